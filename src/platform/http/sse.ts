// Open pages learn by server-sent events what changed in their workspace: one event a topic, grouped to at most four
// rounds a second, with a heartbeat that also notices when the caller's session or key has ended.
import { streamSSE } from 'hono/streaming'
import type { Context } from 'hono'
import { LIVE_TOPICS, type LiveTopic } from '../../contract.ts'
import type { Core } from '../core.ts'
import type { Uuid } from '../ids.ts'

const GROUP_MS = 250
const HEARTBEAT_MS = 15_000

/** `<workspace>:<topic>` of signals 'live'; an empty detail means that anything may have changed. */
export function topicsOf(detail: string, workspace: Uuid): readonly LiveTopic[] {
  if (detail === '') return LIVE_TOPICS
  const [of, topic] = detail.split(':')
  return of === workspace && LIVE_TOPICS.includes(topic as LiveTopic) ? [topic as LiveTopic] : []
}

/** Streams until the client goes, the server stops (`closing`), or `stillAllowed` says no. */
export function liveStream(
  c: Context,
  core: Core,
  workspace: Uuid,
  closing: AbortSignal,
  stillAllowed: () => Promise<boolean>,
): Response {
  c.header('x-accel-buffering', 'no')
  c.header('cache-control', 'no-store')
  return streamSSE(c, async stream => {
    const changed = new Set<LiveTopic>()
    let wake = () => {}
    const off = core.signals.on('live', detail => {
      for (const topic of topicsOf(detail, workspace)) changed.add(topic)
      if (changed.size > 0) wake()
    })
    const end = () => wake()
    stream.onAbort(end)
    closing.addEventListener('abort', end)
    const open = () => !stream.aborted && !closing.aborted
    /** Until something changed or the time is over. */
    const pause = (ms: number, wakeable: boolean) =>
      new Promise<void>(resolve => {
        if (!open()) return resolve()
        const timer = setTimeout(resolve, ms)
        wake = () => {
          if (!wakeable && open()) return
          clearTimeout(timer)
          resolve()
        }
      })
    try {
      await stream.writeSSE({ event: 'ready', data: '{}' })
      let checkedAt = Date.now()
      while (open()) {
        if (changed.size === 0) await pause(HEARTBEAT_MS, true)
        for (const topic of changed) await stream.writeSSE({ event: topic, data: '{}' })
        changed.clear()
        if (Date.now() - checkedAt >= HEARTBEAT_MS) {
          checkedAt = Date.now()
          if (!(await stillAllowed())) break
          await stream.write(': still here\n\n')
        }
        await pause(GROUP_MS, false)
      }
    } finally {
      off()
      closing.removeEventListener('abort', end)
    }
  })
}
