// Ops: how far behind each stage is, what was set aside, who runs. Also the audit list.
import type { Out } from '../contract.ts'
import { unlessDown } from '../platform/clickhouse.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import type { Call, Handlers } from '../platform/http/handler.ts'
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { counterSum, readStats } from './stats.ts'
import {
  actorNames,
  bucketsHeld,
  foldedPerSecond,
  listAudit,
  listParked,
  queuesOf,
  sendLatency,
} from './store.ts'

const since = (now: number, oldest: Date | null): number => (oldest ? Math.max(0, now - oldest.getTime()) : 0)
const rounded = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 10) / 10)

async function readOps(call: Call<'ops'>): Promise<Out<'ops'>> {
  const { core, workspace } = call
  const now = Date.now()
  const [queues, perSecond, latency, processes, held] = await Promise.all([
    queuesOf(core.pool, workspace.id, new Date(now)),
    unlessDown(foldedPerSecond(core.history, workspace.id, now)),
    sendLatency(core.pool, workspace.id, workspaceNow(workspace), workspace.clockOffsetMs),
    readStats(core.pool),
    bucketsHeld(core.pool),
  ])
  return {
    inboxRows: queues.inbox_rows,
    inboxLagMs: since(now, queues.oldest_inbox),
    bulkRows: queues.bulk_rows,
    oldestDueMs: queues.oldest_due ? since(now, queues.oldest_due) : null,
    foldedPerS: perSecond ?? 0,
    pendingMessages: queues.pending,
    historyLagMs: since(now, queues.oldest_journal),
    parked: queues.parked,
    pollCaught: counterSum(processes, 'itinera_poll_caught_total'),
    sweepCaught: counterSum(processes, 'itinera_sweep_caught_total'),
    stateBytesP95: queues.state_p95 ?? 0,
    clickhouse: perSecond === null ? 'down' : 'up',
    eventToSendP50Ms: rounded(latency.p50),
    eventToSendP95Ms: rounded(latency.p95),
    processes: processes.map(p => ({ id: p.id, roles: p.roles, buckets: held.get(p.id) ?? 0 })),
  }
}

const isText = isTexts(1)
const isTwoTexts = isTexts(2)

export const opsRoutes = {
  ops: readOps,

  async parked(call) {
    const { cursor, limit } = call.query
    const after = readCursor(cursor, isTwoTexts)
    const rows = await listParked(
      call.core.pool,
      call.workspace.id,
      after && { at: after[0]!, id: after[1]! },
      limit + 1,
    )
    const { shown, next } = cutPage(rows, limit, last => [last.at.toISOString(), last.customer_id])
    return {
      items: shown.map(r => ({
        customer: publicId('cus', r.customer_id),
        reason: r.reason,
        error: r.error,
        at: r.at.toISOString(),
        waiting: r.waiting,
      })),
      next,
    }
  },

  async audit(call) {
    const { cursor, limit, ...filter } = call.query
    const rows = await listAudit(
      call.core.pool,
      call.workspace.id,
      filter,
      readCursor(cursor, isText)?.[0] ?? null,
      limit + 1,
    )
    const { shown, next } = cutPage(rows, limit, last => [last.id])
    const idsOf = (prefix: 'usr' | 'key'): Uuid[] =>
      [...new Set(shown.map(r => parseId(prefix, r.actor)))].filter(id => id !== null)
    const users = idsOf('usr')
    const names = await actorNames(call.core.pool, call.workspace.id, users, idsOf('key'))
    const nameOf = (actor: string) => names.get(parseId('usr', actor) ?? parseId('key', actor) ?? '') ?? actor
    return {
      items: shown.map(r => ({
        at: r.at.toISOString(),
        actor: nameOf(r.actor),
        actorId: r.actor,
        kind: r.kind,
        action: r.action,
        target: r.target,
        detail: r.detail,
      })),
      next,
    }
  },
} satisfies Handlers
