// Wake-ups: within this process at once, to the others by NOTIFY on a connection of its own, the first at once and those that
// follow grouped to at most one every 5 ms. Nothing depends on them for correctness: each loop polls as a backstop, and counts
// what only the poll caught.
import { EventEmitter } from 'node:events'
import pg from 'pg'
import type { Log } from './log.ts'

/** inbox: rows for a bucket (or any); bulk: rows in the waiting table; message: intents to claim; answer: keys of commands;
 *  journal: rows for history, or `awaited`: somebody waits for it; live: `<workspace>:<topic>` for open pages; receipt: webhooks that the stand-in has to deliver;
 *  identifiers: remembered holders of identifiers may be wrong, because somebody was forgotten; holder: this customer no longer
 *  has all the identifiers that are remembered of it; insight: a past was filled in, and weeks can be counted; import, replay,
 *  segment-job: work waits for a worker; outflow: webhooks wait. */
export type Topic =
  | 'inbox'
  | 'bulk'
  | 'message'
  | 'answer'
  | 'journal'
  | 'live'
  | 'receipt'
  | 'identifiers'
  | 'holder'
  | 'import'
  | 'insight'
  | 'replay'
  | 'segment-job'
  | 'outflow'

export type Signals = {
  /** Tell this process at once and the others within about 5 ms. Call after commit. */
  emit(topic: Topic, detail?: string): void
  on(topic: Topic, listener: (detail: string) => void): () => void
  close(): Promise<void>
}

const CHANNEL = 'itinera'
const GROUP_MS = 5

/** Connects by itself again when the connection is lost; signals of this process arrive meanwhile, those of others do not.
 *  @throws when the first connection fails */
export async function openSignals(databaseUrl: string, log: Log): Promise<Signals> {
  const local = new EventEmitter().setMaxListeners(0)
  const self = `${process.pid}.${Math.random().toString(36).slice(2, 8)}`
  let client: pg.Client | null = null
  let closed = false
  let pending = new Map<Topic, Set<string>>()
  let timer: NodeJS.Timeout | NodeJS.Immediate | null = null
  let flushedAt = Number.NEGATIVE_INFINITY
  let reconnect: NodeJS.Timeout | null = null

  async function connect(): Promise<void> {
    const c = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'itinera signals',
      connectionTimeoutMillis: 5_000,
      pipeline: true, // a notification does not wait for the answer of the one before
    })
    const lost = (error?: Error) => {
      if (client === c) client = null
      if (closed || reconnect) return
      log.warn({ code: (error as { code?: string })?.code }, 'signals: connection lost, polling meanwhile')
      reconnect = setTimeout(() => {
        reconnect = null
        connect().catch(lost)
      }, 500)
    }
    c.on('error', lost)
    c.on('end', () => lost())
    c.on('notification', n => {
      const message = JSON.parse(n.payload ?? '{}') as { from?: string; topics?: Record<Topic, string[]> }
      if (message.from === self) return
      for (const [topic, details] of Object.entries(message.topics ?? {}))
        for (const d of details) local.emit(topic, d)
    })
    await c.connect()
    await c.query(`listen ${CHANNEL}`)
    client = c
  }

  function flush(): void {
    timer = null
    flushedAt = performance.now()
    const topics: Partial<Record<Topic, string[]>> = {}
    // NOTIFY carries at most 8,000 bytes: many details become the empty one, "look at everything"
    for (const [topic, details] of pending) topics[topic] = details.size > 40 ? [''] : [...details]
    pending = new Map()
    client
      ?.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify({ from: self, topics })])
      .catch(() => undefined) // others find it by their polls
  }

  await connect()
  return {
    emit(topic, detail = '') {
      local.emit(topic, detail)
      const set = pending.get(topic) ?? new Set<string>()
      pending.set(topic, set.add(detail))
      if (timer) return
      const restMs = GROUP_MS - (performance.now() - flushedAt)
      timer = restMs > 0 ? setTimeout(flush, restMs) : setImmediate(flush)
    },
    on(topic, listener) {
      local.on(topic, listener)
      return () => local.off(topic, listener)
    },
    async close() {
      closed = true
      if (timer) {
        clearTimeout(timer as NodeJS.Timeout)
        clearImmediate(timer as NodeJS.Immediate)
        flush() // what a short-lived process said last is heard, too
      }
      if (reconnect) clearTimeout(reconnect)
      await client?.end().catch(() => {})
    },
  }
}
