// What all parts of the deliverer share: options, measures, the grouped statements, and how an end is recorded.
import { Counter, Histogram, type Registry } from 'prom-client'
import { type LoadedAccount, receiptUrlOf, setAttention } from '../channels/accounts.ts'
import type { Adapter, CallAnswer, Outgoing, SendResult } from '../channels/adapter.ts'
import type { MessageContent } from '../channels/content.ts'
import type { Core } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { faultPoint } from '../platform/fault.ts'
import { openGroup } from '../platform/group.ts'
import { publicId } from '../platform/ids.ts'
import { isTransient } from '../platform/postgres.ts'
import { openBreaker } from './breaker.ts'
import { afterSend, type End } from './decide.ts'
import { openSlots } from './slots.ts'
import { openInner } from './inner.ts'
import { markLimited, passTickets } from './let-out.ts'
import type { Take } from './limit-store.ts'
import { openMessageLinks } from './link-tokens.ts'
import type { Rendered } from './model.ts'
import { openRates } from './rates.ts'
import { type Read, readAfresh } from './read.ts'
import { type Finish, finish } from './finish.ts'
import * as store from './store.ts'

export type DeliverOptions = {
  /** claimed in one statement */
  batch: number
  /** claimed messages that may be under way at once */
  inFlight: number
  claimMs: number
  sendingMs: number
  timeoutMs: number
}
export const DEFAULTS: DeliverOptions = {
  batch: 500,
  inFlight: 2_000,
  claimMs: 30_000,
  sendingMs: 30_000,
  timeoutMs: 10_000,
}
/** In one statement. */
const GROUP = 500

/** The end of a try, with what is known beside it. */
export type Settled = {
  claim: store.Claim
  from: Finish['from']
  end: End
  /** workspace ms */
  now: number
  address?: string | null
  text?: string | undefined
  answer?: CallAnswer | undefined
  cost?: number | undefined
}

export type Answered = {
  claim: store.Claim
  from: 'sending' | 'unknown'
  adapter: Adapter
  account: LoadedAccount
  address: string
  now: number
  cost: number
  /** one of many answers to one request: the circuit breaker is told of the request */
  ofMany?: true
}

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
    batches: counter('itinera_message_batches_total', 'Requests with several messages, by channel', [
      'channel',
    ]),
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

export type Work = ReturnType<typeof openWork>

/** What the parts of a deliverer share: connections, limits of what goes on at once, and the writing of ends. */
export function openWork(core: Core, options: DeliverOptions) {
  const { pool, signals, log } = core
  const metrics = measures(core.metrics)
  const links = openMessageLinks(core)
  const slots = new Map<string, ReturnType<typeof openSlots>>()
  const breaker = openBreaker(pool, signals)
  let stopped = false

  /** An answer of a provider is precious: it is written as soon as the database is back. */
  async function finishPatiently(list: Finish[]): Promise<boolean[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await finish(pool, signals, list)
      } catch (error) {
        if (!isTransient(error) || attempt >= 20 || stopped) throw error
        await new Promise(resolve => setTimeout(resolve, Math.min(2_000, 50 * 2 ** attempt)))
      }
    }
  }
  // one at a time: what comes meanwhile goes together in the next
  const grouped = <I, O>(write: (items: I[]) => Promise<O[]>): ((item: I) => Promise<O>) =>
    openGroup({ write, most: GROUP, inFlight: 1 }).add
  const record = grouped(finishPatiently)

  async function settle({ claim, from, end, now, address, text, answer, cost }: Settled): Promise<void> {
    const detail = {
      ...(text ? { detail: text.slice(0, 300) } : {}),
      ...(answer ? { status: String(answer.status) } : {}),
      ...(answer?.body ? { answer: answer.body } : {}),
      ...(end.rule ? { rule: publicId('frq', end.rule.id) } : {}),
    }
    const ours = await record({
      claim,
      from,
      end,
      now,
      address: address ?? null,
      ...(cost ? { cost } : {}),
      ...(Object.keys(detail).length > 0 ? { detail } : {}),
    })
    faultPoint('deliver.recorded')
    if (ours) metrics.ends.inc({ channel: claim.channel, state: end.to })
    else metrics.lost.inc()
  }

  const rates = openRates(pool)
  return {
    core,
    options,
    metrics,
    links,
    breaker,
    settle,
    inside: openInner(core, links),
    rates,
    mark: grouped((marks: store.Mark[]) => store.markSending(pool, marks, options.sendingMs)),
    markAsking: grouped((marks: (store.Mark & Take)[]) => markLimited(pool, marks, options.sendingMs)),
    pass: grouped((takes: Take[]) => passTickets(pool, signals, takes)),

    read: (claims: store.Claim[]): Promise<Read> =>
      readAfresh(
        core,
        [...new Set(claims.map(c => c.workspace))],
        claims.flatMap(c => (c.intent.as === undefined ? [c.customer] : [c.customer, c.intent.as])),
      ),

    slotsOf(account: LoadedAccount, adapter: Adapter) {
      let s = slots.get(account.id)
      if (!s) slots.set(account.id, (s = openSlots(adapter.concurrency)))
      return s
    },

    outgoing: (claim: store.Claim, rendered: Rendered, account: LoadedAccount): Outgoing => ({
      id: claim.id,
      workspace: claim.workspace,
      address: rendered.address,
      purpose: claim.intent.purpose,
      content: rendered.content as MessageContent,
      unsubscribeUrl: rendered.unsubscribeUrl,
      ...(claim.intent.origin ? { origin: claim.intent.origin } : {}),
      receiptUrl: receiptUrlOf(core, account, claim.id),
      ...(rendered.unit === undefined ? {} : { unit: rendered.unit }),
      ...(rendered.replyToken === undefined ? {} : { replyToken: rendered.replyToken }),
      ...(claim.state === 'unknown' ? { again: true } : {}),
    }),

    /** An adapter turns every answer into a result: what it throws is a fault of ours, and the request may have gone out. */
    async ask<R>(adapter: Adapter, request: () => Promise<R>, otherwise: (r: SendResult) => R): Promise<R> {
      try {
        return await request()
      } catch (error) {
        log.error({ adapter: adapter.name, ...faultOf(error) }, 'deliver: the adapter threw')
        return otherwise({ kind: 'unknown', detail: 'internal error' })
      }
    },

    async recordAnswer(of: Answered, result: SendResult): Promise<void> {
      faultPoint('deliver.before_record')
      const { claim, from, adapter, account, address, now, cost } = of
      const end = afterSend(result, {
        from,
        attempt: claim.attempts + 1,
        delivery: adapter.query ? 'at_least_once' : adapter.delivery,
        random: Math.random(),
      })
      const text = 'detail' in result ? result.detail : undefined
      const asked = result.kind === 'accepted' && result.free ? 0 : cost
      await settle({ claim, from, end, now, address, text, cost: asked })
      if (!of.ofMany) await breaker.told(account, result.kind, text ?? '')
      if (end.attention !== null) await setAttention(pool, account.id, end.attention)
      else if (account.attention !== null && result.kind === 'accepted')
        await setAttention(pool, account.id, null)
    },

    stop(): void {
      stopped = true
      rates.stop()
    },
  }
}
