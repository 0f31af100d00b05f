// What a message costs on each channel, and what is left of its accounts' monthly quotas.
import { sendsBySeveral } from '../channels/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { usualCost } from '../channels/price.ts'
import { priceLists } from '../channels/price-store.ts'
import { wallDate } from '../platform/wall-time.ts'
import { quotaOf, windowOf } from './limits.ts'

export type ChannelCost = {
  channel: string
  /** smallest unit of the currency; where several accounts send, the dearest */
  costPerMessage: number
  /** null: an account has none */
  quota: { max: number; left: number } | null
}

/** `now`: workspace ms. Of channels with an account that is not archived. */
export async function channelCosts(
  sql: Sql,
  workspace: { id: Uuid; timezone: string; currency: string },
  now: number,
): Promise<ChannelCost[]> {
  const { rows } = await sql.query<{ id: Uuid; channel: string; settings: Record<string, string> }>(
    'select id, channel, settings from channel_account where workspace_id = $1 and archived_at is null order by channel, created_at, id',
    [workspace.id],
  )
  const prices = (await priceLists(sql, [workspace.id])).get(workspace.id)
  const day = wallDate(now, workspace.timezone)
  const limits = rows.map(r => quotaOf(r))
  const keys = limits.flatMap(l => l?.key ?? [])
  const { start } = windowOf('month', now, workspace.timezone)
  const taken = await sql.query<{ key: string; used: number }>(
    'select key, used from limit_count where workspace_id = $1 and key = any($2::text[]) and window_start = $3',
    [workspace.id, keys, new Date(start)],
  )
  const used = new Map(taken.rows.map(r => [r.key, Number(r.used)]))
  const channels = new Map<string, ChannelCost>()
  for (const [i, row] of rows.entries()) {
    const before = channels.get(row.channel)
    if (before && !sendsBySeveral(row.channel)) continue
    const limit = limits[i]
    const quota = limit ? { max: limit.max, left: Math.max(0, limit.max - (used.get(limit.key) ?? 0)) } : null
    const costPerMessage = usualCost(prices, row, workspace.currency, day)
    channels.set(
      row.channel,
      before === undefined
        ? { channel: row.channel, costPerMessage, quota }
        : {
            channel: row.channel,
            costPerMessage: Math.max(before.costPerMessage, costPerMessage),
            quota:
              before.quota && quota
                ? { max: before.quota.max + quota.max, left: before.quota.left + quota.left }
                : null,
          },
    )
  }
  return [...channels.values()]
}
