// One claimed message to somebody outside: what is decided before it, how it is written, and its way to the socket and back.
import type { LoadedAccount } from '../channels/accounts.ts'
import type { Adapter } from '../channels/adapter.ts'
import { goesByPhone, type MessageContent } from '../channels/content.ts'
import { CHANNELS, isChannel, type ChannelName } from '../channels/model.ts'
import { categoryOf, costOf, type PriceList } from '../channels/price.ts'
import { adapterNamed } from '../channels/register.ts'
import { isOfDatabase } from '../platform/postgres.ts'
import { wallDate } from '../platform/wall-time.ts'
import { faultPoint } from '../platform/fault.ts'
import { CIRCUIT_OPEN } from './breaker.ts'
import { composeToSend } from './compose.ts'
import { accountFor, CREDENTIALS_WAIT_MS, decide, type Decision, type End } from './decide.ts'
import type { Work } from './deliver-work.ts'
import { back, ending, skip } from './ends.ts'
import { frequencyAsks } from './frequency.ts'
import type { MayGo } from './let-out.ts'
import type { Take } from './limit-store.ts'
import { type Ask, asksOf, quotaOf } from './limits.ts'
import type { Rendered } from './model.ts'
import { isOnTime } from './rates.ts'
import type { Read } from './read.ts'
import { RenderFailed } from './render.ts'
import type { Claim, Mark, WorkspaceFacts } from './store.ts'
import { hiddenAddress } from './suppression.ts'

/** What is decided of a message, by which account, and at which time. */
export type Judged = {
  claim: Claim
  channel: ChannelName
  workspace: WorkspaceFacts
  account: LoadedAccount | null
  adapter: Adapter | undefined
  decision: Decision
  now: () => number
  prices: PriceList | undefined
}
/** One that may go as soon as its account lets it. */
export type Ready = Judged & {
  account: LoadedAccount
  adapter: Adapter
  mark: Mark
  take: Take | null
  cost: number
}

/** Another try of an unknown one goes by the account of the first, or not at all. */
function accountOf(claim: Claim, accounts: LoadedAccount[], customer: Parameters<typeof accountFor>[2]) {
  const used = accounts.find(a => a.id === claim.rendered?.account)
  if (used || claim.state === 'unknown') return used ?? null
  const chosen = claim.intent.account
  if (chosen !== undefined) return accounts.find(a => a.id === chosen) ?? null
  const byPhone = claim.intent.purpose === 'transactional' && goesByPhone(claim.intent.content)
  return accountFor(CHANNELS[claim.channel as ChannelName], accounts, customer, byPhone)
}

/** Null: its channel or workspace is not there. An unknown one of a broadcast that is held or ended is not said again: it may
 *  not have been said at all. */
export function judgeClaim(claim: Claim, facts: Read): Judged | null {
  const workspace = facts.workspaces.get(claim.workspace)
  const { channel } = claim
  if (!workspace || !isChannel(channel)) return null
  const now = () => Date.now() + workspace.offsetMs
  const customer = facts.customers.get(claim.customer) ?? null
  const account = accountOf(claim, facts.accounts.get(`${claim.workspace}:${channel}`) ?? [], customer)
  const waitMs = account?.attentionAt ? account.attentionAt + CREDENTIALS_WAIT_MS - Date.now() : 0
  // what a person wants tried again is not too late
  const intent = claim.again > 0 ? { ...claim.intent, notAfter: null } : claim.intent
  const held = claim.state === 'unknown' ? workspace.held[claim.intent.journey ?? ''] : undefined
  const decision: Decision =
    held === undefined
      ? decide(intent, CHANNELS[channel], {
          now: now(),
          paused: workspace.paused || workspace.stopped.includes(channel),
          account: account && { waitMs, settings: account.settings },
          customer,
          asked: workspace.asked,
        })
      : held === 'paused'
        ? { do: 'hold' }
        : { do: 'skip', reason: 'exited' }
  const adapter = account ? adapterNamed(account.adapter) : undefined
  const prices = facts.prices.get(claim.workspace)
  return { claim, channel, workspace, account, adapter, decision, now, prices }
}

/** What the message says, to whom. @throws RenderFailed */
async function write(
  work: Work,
  judged: Judged & { account: LoadedAccount },
  address: string,
  facts: Read,
): Promise<Rendered> {
  const { claim, workspace, account, now, decision } = judged
  const consent = decision.do === 'send' ? decision.consent : undefined
  const { event, vars, enrollment, purpose, as, origin, content: written } = claim.intent
  const { content, unsubscribeUrl } = await composeToSend(
    work.core,
    {
      message: claim.id,
      content: written as MessageContent,
      purpose,
      event,
      vars,
      enrollment,
      customer: facts.customers.get(as ?? claim.customer) ?? null,
      workspace,
      now: now(),
      linkDomain: workspace.linkDomain,
    },
    work.links,
  )
  return {
    address,
    content: origin === 'test' ? markedAsTest(content) : content,
    unsubscribeUrl,
    account: account.id,
    ...(consent === undefined ? {} : { consent }),
  }
}

/** So that nobody takes a test for the real one. */
export function markedAsTest(content: MessageContent): MessageContent {
  if (content.channel === 'email') return { ...content, subject: `[TEST] ${content.subject}` }
  if (content.channel === 'push' || content.channel === 'webpush')
    return { ...content, title: `[TEST] ${content.title}` }
  return content
}

/** Whether the part of the account's quota that is kept for a segment is for this person, too. */
function isFavoured(claim: Claim, { settings }: LoadedAccount, { customers, reserves }: Read): boolean {
  if (!settings.quotaReserve) return true
  const n = reserves.get(settings.quotaReserveFor ?? '')
  return customers.get(claim.customer)?.seg?.some(m => m[0] === n) ?? false
}

/** What the account asks for it now, smallest unit. */
export function costOfMessage(
  { claim, workspace, prices, now }: Judged,
  account: LoadedAccount,
  adapter: Adapter,
  rendered: Pick<Rendered, 'address' | 'content'>,
): number {
  const content = rendered.content as MessageContent
  const asked = {
    purpose: claim.intent.purpose,
    category: prices ? categoryOf(prices, account.id, content) : null,
    address: rendered.address,
    day: wallDate(now(), workspace.timezone),
  }
  return costOf(prices, account, workspace.currency, asked, adapter.units?.(content) ?? 1)
}

/** What it asks of limits: of what its journey said, of its account's quota, and of the rules about its person. */
export function asksOfMessage(
  { claim, account, workspace: { timezone } }: Judged & { account: LoadedAccount },
  facts: Read,
  now: number,
  cost: number,
): Ask[] {
  const quota = claim.intent.origin === 'test' ? null : quotaOf(account, isFavoured(claim, account, facts))
  const limits = [...(claim.intent.limits ?? []), ...(quota ? [quota] : [])]
  const person = facts.customers.get(claim.customer)
  const rules = facts.frequency.get(claim.workspace) ?? []
  return [
    ...asksOf(limits, now, timezone, cost),
    ...(person ? frequencyAsks(rules, claim.intent, person, now, timezone) : []),
  ]
}

/** What may go; null: it may not, and is settled. */
export async function prepare(work: Work, judged: Judged, facts: Read): Promise<Ready | null> {
  const { claim, account, adapter, decision, workspace, now } = judged
  const ends = async (end: End, text?: string): Promise<null> => {
    await work.settle({ claim, from: 'claimed', end, now: now(), text })
    return null
  }
  if (decision.do !== 'send') return ends(ending(decision))
  if (!account || !adapter) return ends(skip('no_account'))
  let rendered: Rendered
  try {
    rendered = await write(work, { ...judged, account }, decision.address, facts)
  } catch (error) {
    if (!(error instanceof RenderFailed)) throw error
    // the template is well, but what it asks for could not be told: it is tried again
    if (isOfDatabase(error.cause)) throw error.cause
    return ends(skip('render_failed'), error.message)
  }
  const cost = costOfMessage(judged, account, adapter, rendered)
  const mark: Mark = {
    claim,
    rendered,
    hidden: hiddenAddress(work.core.secrets, claim.workspace, claim.channel, rendered.address),
    consentAt: decision.consentAt,
    followAt: decision.followAt,
    ownFriends: Boolean(account.settings.oa),
    now: now(),
  }
  const asks = asksOfMessage({ ...judged, account }, facts, mark.now, cost)
  const take = asks.length === 0 ? null : { claim, zone: workspace.timezone, now: mark.now, asks }
  return { ...judged, account, adapter, mark, take, cost }
}

/** Where one goes that does not go to the socket. */
export function endOfMay(may: Exclude<MayGo, 'go' | 'lost'>): End {
  if (may === 'suppressed') return skip('suppressed')
  if (may === 'stopped') return back('never', 'paused')
  if ('wait' in may) return back(may.wait, null)
  return may.rule ? { ...skip(may.skip), rule: may.rule } : skip(may.skip)
}

/** Whether the account lets this request out now: its circuit breaker and its rate. */
export async function gate(work: Work, ready: Ready, key: 'send' | 'batch'): Promise<End | null> {
  const { account, adapter, claim } = ready
  const shutMs = await work.breaker.waitMs(account)
  if (shutMs !== null) return back(shutMs, CIRCUIT_OPEN)
  if (key === 'send' && isOnTime(claim.slotAt, Date.now())) return null
  const urgent = claim.intent.purpose === 'transactional' && key === 'send'
  const turn = await work.rates.take(account, adapter, key, urgent)
  return turn.go ? null : back(turn.ms, 'rate', turn.booked && key === 'send')
}

/** From claimed to its end, whatever happens on the way; the account's slot is held while it is at the socket. */
export async function sendOne(work: Work, ready: Ready): Promise<void> {
  const { claim, account, adapter, mark, take, now, cost } = ready
  const release = await work.slotsOf(account, adapter).take()
  try {
    const shut = await gate(work, ready, 'send')
    if (shut) return await work.settle({ claim, from: 'claimed', end: shut, now: now() })
    const may = take === null ? await work.mark(mark) : await work.markAsking({ ...mark, ...take })
    if (may === 'lost') return work.metrics.lost.inc()
    if (may !== 'go') return await work.settle({ claim, from: 'claimed', end: endOfMay(may), now: now() })
    await toSocket(work, ready)
  } finally {
    release()
  }

  async function toSocket(w: Work, r: Ready): Promise<void> {
    noteLatency(w, r)
    faultPoint('deliver.before_socket')
    const message = w.outgoing(claim, mark.rendered, account)
    const signal = AbortSignal.timeout(w.options.timeoutMs)
    const result = await w.ask(
      adapter,
      () => adapter.send(account, message, signal),
      other => other,
    )
    release()
    const { address } = mark.rendered
    await w.recordAnswer({ claim, from: 'sending', adapter, account, address, now: now(), cost }, result)
  }
}

/** Observes how long it took to the socket, of first tries that were to go at once. */
export function noteLatency(work: Work, { claim, now }: Ready): void {
  if (claim.intent.notBefore <= claim.intent.at && claim.attempts === 0)
    work.metrics.latency.observe(Math.max(0, now() - claim.intent.at) / 1000)
}
