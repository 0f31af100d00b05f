// Several messages of one content in one request. Who goes, in which order and under which key is stored in the transaction
// that lets them to the socket; as long as it is not known what became of it, exactly the same is asked again.
import type { LoadedAccount } from '../channels/accounts.ts'
import type { BatchSender, SendResult } from '../channels/adapter.ts'
import type { MessageContent } from '../channels/content.ts'
import { faultPoint } from '../platform/fault.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { claimBatch, forgetBatch, markBatch, releaseBatch } from './batch-store.ts'
import { RESOLVE_WITHIN_MS } from './decide.ts'
import { costOfMessage, endOfMay, gate, judgeClaim, noteLatency, type Ready } from './deliver-one.ts'
import type { Work } from './deliver-work.ts'
import { stay } from './ends.ts'
import type { Claim } from './store.ts'
import { hiddenAddress, isSuppressed } from './suppression.ts'
import { allSettled } from '../platform/settled.ts'

/** Those that may share requests, and those that go alone. A message that was tried before, or that answers
 *  by the customer's own leave, goes alone. */
export function groupsOf(ready: Ready[]): { alone: Ready[]; groups: Ready[][] } {
  const alone: Ready[] = []
  const byKey = new Map<string, Ready[]>()
  for (const r of ready) {
    const key =
      r.claim.attempts === 0 && r.mark.rendered.replyToken === undefined
        ? r.adapter.batch?.key(r.mark.rendered.content as MessageContent)
        : null
    if (key === null || key === undefined) alone.push(r)
    else {
      const name = `${r.account.id} ${r.claim.intent.purpose} ${r.mark.rendered.unit ?? ''} ${key}`
      const group = byKey.get(name)
      if (group) group.push(r)
      else byKey.set(name, [r])
    }
  }
  const groups: Ready[][] = []
  for (const group of byKey.values()) {
    const { max } = group[0]!.adapter.batch!
    if (group.length === 1) alone.push(group[0]!)
    else for (let i = 0; i < group.length; i += max) groups.push(group.slice(i, i + max))
  }
  return { alone, groups }
}

/** Sends messages of one account and the same content in one request; who may no longer go falls out before it. */
export async function sendBatch(work: Work, group: Ready[]): Promise<void> {
  const first = group[0]!
  const { account, adapter } = first
  const release = await work.slotsOf(account, adapter).take()
  try {
    const shut = await gate(work, first, 'batch')
    if (shut)
      return await allSettled(
        group.map(r => work.settle({ claim: r.claim, from: 'claimed', end: shut, now: r.now() })),
      )
    const batch = newId()
    const may = await markBatch(work.core.pool, batch, account, group, work.options.sendingMs)
    const others = group.flatMap((r, i) => {
      const m = may[i]!
      if (m === 'lost') work.metrics.lost.inc()
      return m === 'go' || m === 'lost'
        ? []
        : [work.settle({ claim: r.claim, from: 'claimed', end: endOfMay(m), now: r.now() })]
    })
    const going = group.filter((_, i) => may[i] === 'go')
    await allSettled([...others, ...(going.length === 0 ? [] : [request(work, going, batch, release)])])
  } finally {
    release()
  }
}

async function request(work: Work, going: Ready[], batch: Uuid, release: () => void): Promise<void> {
  const { account, adapter } = going[0]!
  for (const r of going) noteLatency(work, r)
  faultPoint('deliver.before_socket')
  const messages = going.map(r => work.outgoing(r.claim, r.mark.rendered, account))
  const signal = AbortSignal.timeout(work.options.timeoutMs)
  const results = await work.ask(
    adapter,
    () => adapter.batch!.send(account, messages, batch, signal),
    other => messages.map(() => other),
  )
  release()
  work.metrics.batches.inc({ channel: adapter.channel })
  faultPoint('deliver.batch_answered')
  await allSettled(
    going.map((r, i) =>
      work.recordAnswer(
        { ...r, from: 'sending', address: r.mark.rendered.address, now: r.now(), cost: r.cost, ofMany: true },
        results[i]!,
      ),
    ),
  )
  await tellBreaker(work, account, results)
  if (results.every(r => r.kind !== 'unknown')) await forgetBatch(work.core.pool, batch)
}

/** An unknown batch is asked again whole, while everybody in it may still be written to and the provider keeps its key. Who
 *  said stop meanwhile stops it: then all of it stays for a person. @param claims those of it that are due */
export async function settleBatch(work: Work, batch: Uuid, claims: Claim[]): Promise<void> {
  const { pool, processId } = work.core
  const held = await claimBatch(pool, batch, processId, work.options.claimMs)
  if (held === null) {
    const gone = claims.filter(c => isTooOld(c))
    return allSettled(
      gone.map(claim =>
        work.settle({ claim, from: 'unknown', end: stay('never', 'key_expired'), now: Date.now() }),
      ),
    )
  }
  try {
    await settleHeld(work, batch, held)
  } finally {
    await releaseBatch(pool, batch)
  }
}

const isTooOld = (c: Claim): boolean => c.sentAt === null || Date.now() - c.sentAt > RESOLVE_WITHIN_MS

async function settleHeld(
  work: Work,
  batch: Uuid,
  { members, open, whole }: NonNullable<Awaited<ReturnType<typeof claimBatch>>>,
): Promise<void> {
  const facts = await work.read(members)
  const judged = members.map(claim => judgeClaim(claim, facts))
  const known = judged.flatMap(j => j ?? [])
  const now = known[0]?.now ?? Date.now
  const stays = (delayMs: number | 'never', reason: string) =>
    allSettled(
      open.map(claim => work.settle({ claim, from: 'unknown', end: stay(delayMs, reason), now: now() })),
    )
  const { account, adapter } = known[0] ?? {}
  if (members.some(isTooOld)) return stays('never', 'key_expired')
  if (!whole || known.length < members.length || !account || !adapter?.batch)
    return stays('never', 'not_retried')
  const sends = known.flatMap(({ claim, decision }) =>
    decision.do === 'send' ? [{ claim, ...decision }] : [],
  )
  if (sends.length < known.length) {
    if (known.some(j => j.decision.do === 'skip')) return stays('never', 'not_retried')
    if (known.some(j => j.decision.do === 'hold')) return stays(60_000, 'retry')
    return stays(Math.max(...known.map(j => (j.decision.do === 'wait' ? j.decision.ms : 0))), 'retry')
  }
  for (const s of sends)
    if (await isSuppressed(work.core.pool, suppressionAsk(work, s.claim, s, account)))
      return stays('never', 'not_retried')
  const shutMs = await work.breaker.waitMs(account)
  if (shutMs !== null) return stays(shutMs, 'retry')
  const release = await work.slotsOf(account, adapter).take()
  try {
    const results = await work.ask(
      adapter,
      () => askAgain(work, adapter.batch!, account, members, batch),
      other => members.map(() => other),
    )
    const at = new Map(members.map((m, i) => [m.id, results[i]!]))
    await allSettled(
      open.map(claim => {
        const cost = costOfMessage({ ...known[0]!, claim }, account, adapter, claim.rendered!)
        const { address } = claim.rendered!
        return work.recordAnswer(
          { claim, from: 'unknown', adapter, account, address, now: now(), cost, ofMany: true },
          at.get(claim.id)!,
        )
      }),
    )
    await tellBreaker(work, account, results)
    if (results.every(r => r.kind === 'accepted' || r.kind === 'bad_recipient' || r.kind === 'rejected'))
      await forgetBatch(work.core.pool, batch)
  } finally {
    release()
  }
}

async function askAgain(
  work: Work,
  sender: BatchSender,
  account: LoadedAccount,
  members: Claim[],
  batch: Uuid,
): Promise<SendResult[]> {
  const messages = members.map(m => work.outgoing(m, m.rendered!, account))
  const signal = AbortSignal.timeout(work.options.timeoutMs)
  return sender.send(account, messages, batch, signal)
}

/** A request counts once, however many messages were in it. */
async function tellBreaker(work: Work, account: LoadedAccount, results: SendResult[]): Promise<void> {
  const said = results.find(r => r.kind === 'accepted') ?? results[0]!
  await work.breaker.told(account, said.kind, 'detail' in said ? said.detail : '')
}

export const suppressionAsk = (
  work: Work,
  claim: Claim,
  { consentAt, followAt }: { consentAt: number | null; followAt: number | null },
  account: LoadedAccount,
) => ({
  workspace: claim.workspace,
  channel: claim.channel,
  address: claim.rendered!.address,
  hidden: hiddenAddress(work.core.secrets, claim.workspace, claim.channel, claim.rendered!.address),
  consentAt,
  followAt,
  ownFriends: Boolean(account.settings.oa),
})
