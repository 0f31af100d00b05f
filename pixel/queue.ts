// Sends events in batches, each at least once under its own messageId: the intake folds it once. What a closed or
// offline page could not send is kept and sent by the next page.
import type { Store } from './storage.ts'
import { isLive } from './token.ts'

export type Item = Record<string, unknown> & {
  messageId: string
  timestamp: string
  context: Record<string, unknown> & { userToken?: string }
}

export type Queue = {
  add(item: Item): void
  /** Resolves when what was queued is acknowledged, refused for good, or waits for its retry. */
  flush(): Promise<void>
  /** The page may end now: hand everything to the browser. */
  leave(): void
  clear(): void
}

const LINGER_MS = 200
const MAX_ITEMS = 50
/** browsers let keepalive requests and beacons carry 64 KB in all */
const MAX_CHARS = 48_000
const MAX_KEPT = 500
/** the intake tells duplicates for 7 days; older leftovers are dropped rather than counted twice */
const MAX_AGE_MS = 6 * 86_400_000
const ADOPT_AFTER_MS = 10_000

export function openQueue(url: string, writeKey: string, store: Store, prefix: string): Queue {
  const own = prefix + Math.random().toString(36).slice(2)
  let waiting: Item[] = []
  let flying: Item[] = []
  let failures = 0
  let cleared = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let round: Promise<void> | null = null

  const keep = () => {
    if (!store.roomy) return
    const items = [...flying, ...waiting].slice(-MAX_KEPT)
    if (items.length) store.set(own, JSON.stringify({ at: Date.now(), items }))
    else store.remove(own)
  }

  function adopt(): void {
    for (const key of store.keys(prefix)) {
      if (key === own) continue
      try {
        const left = JSON.parse(store.get(key) ?? '{}') as { at?: number; items?: Item[] }
        if (Date.now() - (left.at ?? 0) < ADOPT_AFTER_MS) continue
        waiting.push(...(left.items ?? []).filter(i => Date.now() - Date.parse(i.timestamp) < MAX_AGE_MS))
      } catch (error) {
        console.debug('itinera: unreadable leftovers removed', error)
      }
      store.remove(key)
    }
    keep()
  }

  function take(): Item[] {
    let size = 0
    let n = 0
    while (n < waiting.length && n < MAX_ITEMS) {
      size += JSON.stringify(waiting[n]).length
      if (n > 0 && size > MAX_CHARS) break
      n++
    }
    return waiting.splice(0, n)
  }

  /** What waited longer than its token holds goes without: the visitor id still says whose it is. */
  const fresh = (item: Item): Item => {
    const { userToken, ...context } = item.context
    return !userToken || isLive(userToken) ? item : { ...item, userId: undefined, context }
  }
  const body = (batch: Item[]) =>
    JSON.stringify({ writeKey, batch: batch.map(fresh), sentAt: new Date().toISOString() })

  /** True when the batch is done with: stored by the intake, or refused in a way that no retry mends. */
  async function send(batch: Item[]): Promise<{ done: boolean; waitMs: number }> {
    const backoff = Math.min(60_000, 1_000 * 2 ** failures) * (0.5 + Math.random() / 2)
    try {
      // text/plain keeps it a simple request: no preflight for each batch
      const r = await fetch(url, {
        method: 'POST',
        body: body(batch),
        headers: { 'content-type': 'text/plain' },
        keepalive: true,
        credentials: 'omit',
      })
      if (r.ok) return { done: true, waitMs: 0 }
      if (r.status === 429 || r.status >= 500) {
        const asked = Number(r.headers.get('retry-after')) * 1_000
        return { done: false, waitMs: Math.max(backoff, asked || 0) }
      }
      console.warn('itinera: events refused', r.status, await r.text())
      return { done: true, waitMs: 0 }
    } catch (error) {
      console.debug('itinera: offline, trying again', error)
      return { done: false, waitMs: backoff }
    }
  }

  async function run(): Promise<void> {
    while (waiting.length) {
      flying = take()
      const batch = flying
      const generation = cleared
      const result = await send(batch)
      if (generation !== cleared) continue // cleared meanwhile: this batch is not brought back
      flying = []
      if (!result.done) {
        failures++
        waiting = [...batch, ...waiting].slice(-MAX_KEPT)
        keep()
        schedule(result.waitMs)
        return
      }
      failures = 0
      keep()
    }
  }

  function schedule(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(flush, ms)
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    round ??= run().finally(() => {
      round = null
    })
    return round
  }

  adopt()
  if (waiting.length) schedule(LINGER_MS)

  return {
    add(item) {
      waiting.push(item)
      keep()
      if (!round && timer === undefined) schedule(LINGER_MS)
    },
    flush,
    leave() {
      // a batch in flight is a keepalive request and survives the page
      while (waiting.length) {
        const batch = take()
        if (!navigator.sendBeacon(url, new Blob([body(batch)], { type: 'text/plain' }))) {
          waiting = [...batch, ...waiting]
          break
        }
      }
      keep()
    },
    clear() {
      clearTimeout(timer)
      timer = undefined
      waiting = []
      flying = []
      cleared++
      for (const key of store.keys(prefix)) store.remove(key)
    },
  }
}
