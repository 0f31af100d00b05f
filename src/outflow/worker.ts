// What leaves to systems outside: reads the journal, and delivers webhooks with retries. Runs with the deliver role.
import { Webhook } from 'standardwebhooks'
import { audienceListener } from '../audiences/store.ts'
import { syncAudiences } from '../audiences/worker.ts'
import { exchange, NoAnswer } from '../channels/exchange.ts'
import { FORBIDDEN_TEXT } from '../channels/outgoing.ts'
import { addressOfCall } from '../messages/calls.ts'
import type { Core } from '../platform/core.ts'
import { publicId } from '../platform/ids.ts'
import { openWorker, type Worker } from '../platform/loop.ts'
import { readJournal } from './read.ts'
import {
  type Answered,
  claimDeliveries,
  type Due,
  pauseFailing,
  pruneDeliveries,
  recordDelivery,
  webhookListener,
} from './webhooks.ts'

const POLL_MS = 1_000
const IDLE_MS = 10_000
const BATCH = 50
const TIMEOUT_MS = 15_000
const HOLD_S = 60
/** Waits between tries, seconds: about 31 hours in all, then it is a dead letter. */
export const WAITS_S = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800, 28_800]
/** A webhook that has not once succeeded for so long is paused. */
const PAUSE_AFTER_S = 3 * 86_400
const DONE_DAYS = 3
const DEAD_DAYS = 30
const HOUSEKEEPING_MS = 60_000

/** When the next try is, s, with a fifth of it random; null: there is none. `attempt` from 1. */
export function waitAfter(attempt: number, random: number): number | null {
  const wait = WAITS_S[attempt - 1]
  return wait === undefined ? null : wait * (1 + random / 5)
}

/** The headers of a delivery: webhook-id is the same at every try; during a rotation both secrets sign. */
export function signedHeaders(
  id: string,
  body: string,
  secrets: string[],
  now: Date,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Itinera',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map(s => new Webhook(s).sign(id, now, body)).join(' '),
  }
}

export type Outflow = Worker

export function openOutflow(core: Core): Outflow {
  async function post(of: Due): Promise<Answered> {
    const to = addressOfCall(core, { id: of.workspace_id }, of.url)
    const secrets = [of.secret, of.old_secret].flatMap(s => (s === null ? [] : [core.secrets.open(s)]))
    const id = publicId('evt', of.id)
    const headers = signedHeaders(id, of.body, secrets, new Date())
    try {
      const request = { method: 'POST', url: new URL(to.url), headers, body: of.body }
      const { status, body } = await exchange(request, to.trusted, AbortSignal.timeout(TIMEOUT_MS))
      if (status >= 200 && status < 300) return { ok: true, status }
      return { ok: false, status, error: `${status} ${body.slice(0, 200)}`.trim(), gone: status === 410 }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      const forbidden = error.message === 'EFORBIDDEN'
      return { ok: false, status: null, error: forbidden ? FORBIDDEN_TEXT : error.message, gone: false }
    }
  }

  async function deliver(of: Due): Promise<void> {
    const answer = await post(of)
    await recordDelivery(core.pool, of, answer, answer.ok ? null : waitAfter(of.attempts, Math.random()))
  }

  let kept = Number.NEGATIVE_INFINITY
  async function keepHouse(): Promise<void> {
    if (performance.now() - kept < HOUSEKEEPING_MS) return
    kept = performance.now()
    for (const workspace of await pauseFailing(core.pool, PAUSE_AFTER_S)) {
      core.log.warn({ workspace }, 'webhooks: one has failed for three days and is paused')
      core.signals.emit('live', `${workspace}:webhooks`)
    }
    await pruneDeliveries(core.pool, DONE_DAYS, DEAD_DAYS)
  }

  /** somebody wants to hear of what is folded */
  let listening = true
  async function tick(): Promise<boolean> {
    await keepHouse()
    const read = await readJournal(core.pool, [webhookListener, audienceListener])
    listening = read !== 'nobody'
    const synced = await syncAudiences(core)
    const due = await claimDeliveries(core.pool, BATCH, HOLD_S)
    const ends = await Promise.allSettled(due.map(deliver))
    const failed = ends.find(e => e.status === 'rejected')
    for (const workspace of new Set(due.map(d => d.workspace_id)))
      core.signals.emit('live', `${workspace}:webhooks`)
    if (failed) throw failed.reason
    return read === 'some' || synced || due.length > 0
  }

  return openWorker(core, {
    tick,
    restMs: POLL_MS,
    idleMs: IDLE_MS,
    failed: 'outflow: will try again',
    wakes: [{ topic: 'outflow' }, { topic: 'journal', when: () => listening }],
  })
}

export function startOutflow(core: Core): Outflow {
  const outflow = openOutflow(core)
  outflow.start()
  return outflow
}
