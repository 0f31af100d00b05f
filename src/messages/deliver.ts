// The deliver role: claims due intents, reads afresh what may forbid them, renders, lets them to the socket by one
// conditional update, sends, and records the end together with the outcome's inbox row. Any number of these may run.
import { Counter, Histogram, type Registry } from 'prom-client'
import type pg from 'pg'
import { loadAccounts, receiptUrlOf, setAttention, type LoadedAccount } from '../channels/accounts.ts'
import type { Adapter, CallAnswer, SendResult } from '../channels/adapter.ts'
import { CHANNELS, isChannel } from '../channels/model.ts'
import { adapterNamed, adapters } from '../channels/register.ts'
import type { CustomerState } from '../customers/model.ts'
import type { MessageContent } from '../channels/content.ts'
import type { Core, Role } from '../platform/core.ts'
import { faultPoint } from '../platform/fault.ts'
import { isTransient, openPipeline } from '../platform/postgres.ts'
import {
  accountFor,
  afterSend,
  CREDENTIALS_WAIT_MS,
  decide,
  RESOLVE_WITHIN_MS,
  type Decision,
  type End,
} from './decide.ts'
import { openGroup, openSlots } from './group.ts'
import { markLimited, passTickets } from './let-out.ts'
import { releaseTaken, type Take } from './limit-store.ts'
import { asksOf, costOf, quotaOf } from './limits.ts'
import { type Inner, openInner } from './inner.ts'
import { openMessageLinks } from './link-tokens.ts'
import type { Rendered, SkipReason } from './model.ts'
import { RenderFailed, renderContent, templateScope } from './render.ts'
import * as store from './store.ts'
import { hiddenAddress, isSuppressed } from './suppression.ts'

export type DeliverOptions = {
  batch: number
  /** claimed messages that may be under way at once */
  inFlight: number
  claimMs: number
  sendingMs: number
  timeoutMs: number
}
const DEFAULTS: DeliverOptions = {
  batch: 100,
  inFlight: 400,
  claimMs: 30_000,
  sendingMs: 30_000,
  timeoutMs: 10_000,
}
/** A look at the whole ledger at least this often; sooner where an intent falls due sooner. */
const LOOK_MS = 1_000

/** `tick`: one whole round (sweep, claims, sends, records); true when there was work. */
export type Deliverer = Role & { tick(): Promise<boolean> }

type Read = {
  workspaces: Map<string, store.WorkspaceFacts>
  accounts: Map<string, LoadedAccount[]>
  customers: Map<string, CustomerState>
}

const skip = (reason: SkipReason): End => ({
  to: 'skipped',
  outcome: 'skipped',
  reason,
  providerId: null,
  delayMs: null,
  refund: false,
  suppress: false,
  attention: null,
})
const back = (delayMs: number | 'never', reason: string | null): End => ({
  ...skip('late'),
  to: 'intended',
  outcome: null,
  reason,
  delayMs,
})
const ending = (d: Exclude<Decision, { do: 'send' }>): End =>
  d.do === 'skip' ? skip(d.reason) : d.do === 'hold' ? back('never', 'paused') : back(d.ms, null)
const stay = (delayMs: number | 'never', reason: string): End => ({ ...back(delayMs, reason), to: 'unknown' })

function measures(registry: Registry) {
  const counter = (name: string, help: string, labelNames: string[]) =>
    (registry.getSingleMetric(name) as Counter | undefined) ??
    new Counter({ name, help, labelNames, registers: [registry] })
  return {
    ends: counter('itinera_messages_total', 'Messages by channel and state reached', ['channel', 'state']),
    pollCaught: counter(
      'itinera_deliver_poll_caught_total',
      'Rounds with messages that no signal announced',
      [],
    ),
    lost: counter('itinera_messages_lost_claim_total', 'Claims that ended before they were used', []),
    errors: counter('itinera_deliver_errors_total', 'Rounds that failed', []),
    latency:
      (registry.getSingleMetric('itinera_message_latency_seconds') as Histogram | undefined) ??
      new Histogram({
        name: 'itinera_message_latency_seconds',
        help: 'From the decision to the socket, of messages without a delay',
        registers: [registry],
        buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
      }),
  }
}

export async function openDeliverer(core: Core, wanted: Partial<DeliverOptions> = {}): Promise<Deliverer> {
  const options = { ...DEFAULTS, ...wanted }
  const { pool, signals, log } = core
  const metrics = measures(core.metrics)
  const links = openMessageLinks(core)
  const inside = openInner(core, links)
  const settles = adapters()
    .filter(a => a.delivery === 'at_least_once')
    .map(a => a.channel as string)
  const slots = new Map<string, ReturnType<typeof openSlots>>()
  const mark = openGroup((marks: store.Mark[]) => store.markSending(pool, marks, options.sendingMs), 200)
  const markAsking = openGroup(
    (marks: (store.Mark & Take)[]) => markLimited(pool, marks, options.sendingMs),
    200,
  )
  const pass = openGroup((takes: Take[]) => passTickets(pool, signals, takes), 200)
  const record = openGroup((list: store.Finish[]) => finishPatiently(list), 200)

  // Claims may be lost in a crash (the row is then still intended), so their commit need not wait for the disk;
  // the update to `sending` after them does, on another connection, and flushes them too.
  let claimer: pg.Client | null = null
  async function claimSql(): Promise<pg.Client> {
    if (claimer) return claimer
    const c = await openPipeline(core.databaseUrl, core.processId + ' deliver')
    c.on('error', () => {
      if (claimer === c) claimer = null
    })
    c.on('end', () => {
      if (claimer === c) claimer = null
    })
    await c.query('set synchronous_commit = off')
    claimer = c
    return c
  }

  /** An answer of a provider is precious: it is written as soon as the database is back. */
  async function finishPatiently(list: store.Finish[]): Promise<boolean[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await store.finish(pool, signals, list)
      } catch (error) {
        if (!isTransient(error) || attempt >= 20 || stopped) throw error
        await new Promise(resolve => setTimeout(resolve, Math.min(2_000, 50 * 2 ** attempt)))
      }
    }
  }

  async function settle(
    claim: store.Claim,
    from: store.Finish['from'],
    end: End,
    now: number,
    address: string | null,
    text?: string,
    more: { answer?: CallAnswer | undefined; cost?: number | undefined } = {},
  ): Promise<void> {
    const detail = {
      ...(text ? { detail: text.slice(0, 300) } : {}),
      ...(more.answer ? { status: String(more.answer.status) } : {}),
      ...(more.answer?.body ? { answer: more.answer.body } : {}),
    }
    const ours = await record({
      claim,
      from,
      end,
      now,
      address,
      ...(more.cost ? { cost: more.cost } : {}),
      ...(Object.keys(detail).length > 0 ? { detail } : {}),
    })
    faultPoint('deliver.recorded')
    if (ours) metrics.ends.inc({ channel: claim.channel, state: end.to })
    else metrics.lost.inc()
  }

  async function read(claims: store.Claim[]): Promise<Read> {
    const ids = [...new Set(claims.map(c => c.workspace))]
    const [workspaces, accounts, customers] = await Promise.all([
      store.workspaceFacts(pool, ids),
      loadAccounts(core, pool, ids),
      store.customerStates(
        pool,
        claims.map(c => c.customer),
      ),
    ])
    return { workspaces, accounts, customers }
  }

  async function handle(claim: store.Claim, facts: Read): Promise<void> {
    const channel = isChannel(claim.channel) ? CHANNELS[claim.channel] : undefined
    const inner = inside.of(claim.channel)
    const workspace = facts.workspaces.get(claim.workspace)
    if (claim.channel === 'ticket' && workspace) return ticket(claim, workspace)
    if (inner && workspace) return handleInner(claim, inner, workspace, facts)
    if (!channel || !workspace) return settle(claim, 'claimed', skip('no_account'), Date.now(), null)
    const now = () => Date.now() + workspace.offsetMs
    const customer = facts.customers.get(claim.customer) ?? null
    const accounts = facts.accounts.get(`${claim.workspace}:${claim.channel}`) ?? []
    const chosen = claim.rendered?.account ?? claim.intent.account
    const account = accounts.find(a => a.id === chosen) ?? accountFor(channel, accounts, customer)
    const waitMs = account?.attentionAt ? account.attentionAt + CREDENTIALS_WAIT_MS - Date.now() : 0
    const decision = decide(claim.intent, channel, {
      now: now(),
      paused: workspace.paused,
      account: account && { waitMs, settings: account.settings },
      customer,
    })
    const adapter = account ? adapterNamed(account.adapter) : undefined
    if (claim.state === 'unknown')
      return settleUnknown(claim, adapter, account, decision, now, workspace.currency)
    if (decision.do !== 'send') return settle(claim, 'claimed', ending(decision), now(), null)
    if (!adapter) return settle(claim, 'claimed', skip('no_account'), now(), null)
    let rendered: Rendered
    try {
      const made = links.of(claim.id)
      const scope = templateScope(customer, claim.intent.event, workspace, made, claim.intent.vars)
      const written = claim.intent.content as MessageContent
      const content = renderContent(written, scope, claim.intent.purpose, workspace.locale)
      rendered = {
        address: decision.address,
        content,
        unsubscribeUrl: made.unsubscribeUrl,
        account: account!.id,
      }
    } catch (error) {
      if (!(error instanceof RenderFailed)) throw error
      return settle(claim, 'claimed', skip('render_failed'), now(), null, error.message)
    }
    const cost = costOf(account!.settings, workspace.currency)
    const release = await slotsOf(account!, adapter).take()
    try {
      const wanted = {
        claim,
        rendered,
        hidden: hiddenAddress(core.secrets, claim.workspace, claim.channel, rendered.address),
        consentAt: decision.consentAt,
        followAt: decision.followAt,
        now: now(),
      }
      const quota = quotaOf(account!)
      const limits = [...(claim.intent.limits ?? []), ...(quota ? [quota] : [])]
      const zone = workspace.timezone
      const may =
        limits.length === 0
          ? await mark(wanted)
          : await markAsking({ ...wanted, zone, asks: asksOf(limits, wanted.now, zone, cost) })
      if (may === 'lost') return metrics.lost.inc()
      if (may === 'suppressed') return await settle(claim, 'claimed', skip('suppressed'), now(), null)
      if (may !== 'go')
        return await settle(
          claim,
          'claimed',
          'skip' in may ? skip(may.skip) : back(may.wait, null),
          now(),
          null,
        )
      if (claim.intent.notBefore <= claim.intent.at && claim.attempts === 0)
        metrics.latency.observe(Math.max(0, now() - claim.intent.at) / 1000)
      faultPoint('deliver.before_socket')
      const result = await send(adapter, account!, claim, rendered)
      release()
      await recordAnswer(claim, 'sending', adapter, account!, result, rendered.address, now(), cost)
    } finally {
      release()
    }
  }

  /** A call of another system, or a mail to the team: no customer is written to, so nobody's consent is asked for. */
  async function handleInner(
    claim: store.Claim,
    inner: Inner,
    workspace: store.WorkspaceFacts,
    facts: Read,
  ): Promise<void> {
    const now = () => Date.now() + workspace.offsetMs
    const customer = facts.customers.get(claim.customer) ?? null
    const account = facts.accounts.get(`${claim.workspace}:email`)?.[0] ?? null
    let rendered: Rendered
    try {
      const prepared = await inner.prepare(claim, workspace, customer, now(), account)
      if ('wait' in prepared) return settle(claim, 'claimed', ending(prepared.wait), now(), null)
      rendered = prepared.rendered
    } catch (error) {
      if (!(error instanceof RenderFailed)) throw error
      return settle(claim, 'claimed', skip('render_failed'), now(), null, error.message)
    }
    const release = await inside.slotsOf(claim.workspace).take()
    try {
      const may = await mark({ claim, rendered, hidden: '', consentAt: null, followAt: null, now: now() })
      if (may !== 'go') return metrics.lost.inc()
      faultPoint('deliver.before_socket')
      const signal = AbortSignal.timeout(options.timeoutMs)
      const result = await inner.send(claim, workspace, rendered, signal, account)
      faultPoint('deliver.before_record')
      const end = afterSend(result, {
        from: 'sending',
        attempt: claim.attempts + 1,
        delivery: 'at_most_once',
        random: Math.random(),
      })
      const answer = 'answer' in result ? result.answer : undefined
      const detail = 'detail' in result ? result.detail : undefined
      await settle(claim, 'sending', end, now(), null, detail, { answer })
    } finally {
      release()
    }
  }

  /** It goes to nobody: no address, no consent, no hours, and a pause of sending does not hold it. */
  async function ticket(claim: store.Claim, workspace: store.WorkspaceFacts): Promise<void> {
    const { limits = [], notAfter } = claim.intent
    const now = Date.now() + workspace.offsetMs
    if (notAfter !== null && now > notAfter) return settle(claim, 'claimed', skip('late'), now, null)
    const zone = workspace.timezone
    if (!(await pass({ claim, zone, now, asks: asksOf(limits, now, zone, 0) }))) metrics.lost.inc()
  }

  /** The bytes stored at the first try go out again under the same key, within the time the provider keeps it. */
  async function settleUnknown(
    claim: store.Claim,
    adapter: Adapter | undefined,
    account: LoadedAccount | null,
    decision: Decision,
    now: () => number,
    currency: string,
  ): Promise<void> {
    const tooLate = claim.sentAt === null || Date.now() - claim.sentAt > RESOLVE_WITHIN_MS
    if (decision.do === 'skip' || tooLate || !claim.rendered || !account || !adapter)
      return settle(claim, 'unknown', stay('never', tooLate ? 'key_expired' : 'not_retried'), now(), null)
    if (decision.do !== 'send')
      return settle(
        claim,
        'unknown',
        stay(decision.do === 'hold' ? 60_000 : decision.ms, 'retry'),
        now(),
        null,
      )
    const { address } = claim.rendered
    const { consentAt, followAt } = decision
    if (
      await isSuppressed(pool, {
        workspace: claim.workspace,
        channel: claim.channel,
        address,
        hidden: hiddenAddress(core.secrets, claim.workspace, claim.channel, address),
        consentAt,
        followAt,
      })
    )
      return settle(claim, 'unknown', stay('never', 'not_retried'), now(), null)
    const release = await slotsOf(account, adapter).take()
    try {
      const result = await send(adapter, account, claim, claim.rendered)
      const cost = costOf(account.settings, currency)
      await recordAnswer(claim, 'unknown', adapter, account, result, address, now(), cost)
    } finally {
      release()
    }
  }

  async function send(
    adapter: Adapter,
    account: LoadedAccount,
    claim: store.Claim,
    rendered: Rendered,
  ): Promise<SendResult> {
    try {
      return await adapter.send(
        account,
        {
          id: claim.id,
          workspace: claim.workspace,
          address: rendered.address,
          purpose: claim.intent.purpose,
          content: rendered.content as MessageContent,
          unsubscribeUrl: rendered.unsubscribeUrl,
          receiptUrl: receiptUrlOf(core, account, claim.id),
        },
        AbortSignal.timeout(options.timeoutMs),
      )
    } catch (error) {
      // an adapter turns every answer into a result: this is a fault of ours, and the request may have gone out
      log.error(
        { adapter: adapter.name, error: (error as Error).message.slice(0, 200) },
        'deliver: the adapter threw',
      )
      return { kind: 'unknown', detail: 'internal error' }
    }
  }

  async function recordAnswer(
    claim: store.Claim,
    from: 'sending' | 'unknown',
    adapter: Adapter,
    account: LoadedAccount,
    result: SendResult,
    address: string,
    now: number,
    cost: number,
  ): Promise<void> {
    faultPoint('deliver.before_record')
    const end = afterSend(result, {
      from,
      attempt: claim.attempts + 1,
      delivery: adapter.delivery,
      random: Math.random(),
    })
    await settle(claim, from, end, now, address, 'detail' in result ? result.detail : undefined, { cost })
    if (end.attention !== null) await setAttention(pool, account.id, end.attention)
    else if (account.attention !== null && result.kind === 'accepted')
      await setAttention(pool, account.id, null)
  }

  function slotsOf(account: LoadedAccount, adapter: Adapter) {
    let s = slots.get(account.id)
    if (!s) slots.set(account.id, (s = openSlots(adapter.concurrency)))
    return s
  }

  async function deliverAll(claims: store.Claim[]): Promise<void> {
    const facts = await read(claims)
    const results = await Promise.allSettled(claims.map(c => handle(c, facts)))
    const failed = results.find(r => r.status === 'rejected')
    if (failed) throw failed.reason
  }

  let underWay = 0
  const running = new Set<Promise<void>>()
  function begin(claims: store.Claim[]): Promise<void> {
    underWay += claims.length
    const one: Promise<void> = deliverAll(claims).finally(() => {
      underWay -= claims.length
      running.delete(one)
    })
    running.add(one)
    return one
  }

  /** Of the buckets named; null: of all. */
  async function claim(buckets: Set<number> | null): Promise<store.Claim[]> {
    const room = Math.min(options.batch, options.inFlight - underWay)
    if (room <= 0) return []
    const list = buckets && [...buckets]
    const claims = await store.claimDue(await claimSql(), list, core.processId, room, options.claimMs)
    if (claims.length > 0) faultPoint('deliver.claimed')
    return claims
  }

  /** Puts right what a crash or a pause left, and takes the unknowns to be settled. */
  async function sweep(waits: store.Waiting): Promise<store.Claim[]> {
    if (waits.late) await store.expireClaims(pool, signals, settles, 500)
    if (waits.held) await store.releaseHeld(pool, 1_000)
    if (waits.taken) await releaseTaken(pool, 500)
    // looked at again after the expiry: what it made unknown is settled at once
    return waits.unknown || waits.late
      ? store.claimUnknown(await claimSql(), core.processId, options.batch, options.claimMs)
      : []
  }

  async function tick(): Promise<boolean> {
    const unknown = await sweep(await store.whatWaits(pool))
    const claims = await claim(null)
    await Promise.all([unknown, claims].filter(c => c.length > 0).map(begin))
    return unknown.length + claims.length > 0
  }

  let stopped = false
  let wake = () => {}
  /** buckets that were said to have intents since the last look; null: look at all, as at first and by the poll */
  let called: Set<number> | null = null
  const off = signals.on('message', detail => {
    if (detail === '') called = null
    else called?.add(Number(detail))
    wake()
  })
  const pause = (ms: number) =>
    new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const complain = (error: unknown) => {
    metrics.errors.inc()
    log.warn(
      { code: (error as { code?: string }).code, error: (error as Error).message.slice(0, 200) },
      'deliver: will try again',
    )
  }

  async function run(): Promise<void> {
    let lookAt = 0
    let byPoll = false
    while (!stopped) {
      try {
        while (underWay >= options.inFlight) await Promise.race(running).catch(() => undefined)
        if (performance.now() >= lookAt) {
          const waits = await store.whatWaits(pool)
          const dueMs = waits.dueAt === null ? LOOK_MS : waits.dueAt - waits.now
          lookAt = performance.now() + Math.min(LOOK_MS, Math.max(dueMs, 1))
          if (dueMs <= 0) {
            byPoll = called?.size === 0
            called = null
            lookAt = performance.now() + LOOK_MS
          }
          const unknown = await sweep(waits)
          if (unknown.length > 0) begin(unknown).catch(complain)
        }
        const buckets: Set<number> | null = called
        called = new Set()
        const polled = byPoll
        byPoll = false
        const claims = buckets?.size === 0 ? [] : await claim(buckets)
        if (claims.length > 0) {
          if (claims.length >= Math.min(options.batch, options.inFlight - underWay)) called = null // some are left
          if (polled && claims.some(c => c.attempts === 0 && c.intent.notBefore <= c.intent.at))
            metrics.pollCaught.inc()
          begin(claims).catch(complain)
          lookAt = Math.min(lookAt, performance.now() + LOOK_MS)
          continue
        }
        if (called?.size === 0) await pause(Math.max(1, lookAt - performance.now()))
      } catch (error) {
        complain(error)
        called = null
        await pause(1_000)
      }
    }
    await Promise.allSettled(running)
  }

  let loop: Promise<void> | null = null
  return {
    tick,
    start() {
      loop ??= run()
    },
    async stop() {
      stopped = true
      off()
      wake()
      await loop
      await Promise.allSettled(running)
      await claimer?.end()
      claimer = null
      for (const adapter of adapters()) await adapter.close?.()
    },
  }
}

/** The role as main.ts starts it. */
export async function startDeliver(core: Core): Promise<Deliverer> {
  const deliverer = await openDeliverer(core)
  deliverer.start()
  return deliverer
}
