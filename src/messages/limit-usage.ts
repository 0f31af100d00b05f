// What is used of limits shared between people, in the window that holds now. For screens: nothing is decided by it.
import { nodeKey, nodeNames } from '../journeys/store.ts'
import type { NodeName } from '../journeys/node-name.ts'
import { couponNames } from '../catalogue/published-rewards.ts'
import type { Sql } from '../platform/postgres.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { COST_SCALE } from '../channels/price.ts'
import { quotaOf, windowOf } from './limits.ts'
import type { LimitPer } from './model.ts'

export type Usage = {
  kind: 'quota' | 'budget' | 'cap' | 'canary' | 'throttle' | 'pool'
  of: string
  name: string | null
  node: string | null
  nodeName: NodeName | null
  used: number
  max: number
  per: LimitPer
  since: number | null
}

/** Every limit that something was taken of in its present window, and the quotas of all accounts. `now`: workspace ms. */
export async function limitUsage(sql: Sql, workspace: Uuid, now: number, zone: string): Promise<Usage[]> {
  const [counted, accounts, journeys, coupons] = await Promise.all([
    sql.query<{ key: string; per: LimitPer; start: Date; used: number; max: number }>(
      `select key, per, window_start as start, used, max from limit_count
        where workspace_id = $1 and (per = 'ever' or window_start > $2) order by key, window_start desc`,
      [workspace, new Date(now - 32 * 86_400_000)],
    ),
    sql.query<{ id: Uuid; name: string; settings: Record<string, string> }>(
      'select id, name, settings from channel_account where workspace_id = $1 and archived_at is null order by created_at, id',
      [workspace],
    ),
    sql.query<{ id: Uuid; name: string }>('select id, name from journey where workspace_id = $1', [
      workspace,
    ]),
    couponNames(sql, workspace),
  ])
  const names = new Map([...accounts.rows, ...journeys.rows, ...coupons].map(r => [r.id as string, r.name]))
  const keys = new Map(coupons.map(c => [c.id as string, c.key]))
  const present = counted.rows.filter(r => windowOf(r.per, now, zone).start === r.start.getTime())
  const quotas = accounts.rows.flatMap(account => {
    const limit = quotaOf(account)
    if (!limit) return []
    const used = present.find(r => r.key === limit.key)?.used ?? 0
    return [
      {
        key: limit.key,
        per: limit.per,
        start: new Date(windowOf('month', now, zone).start),
        used,
        max: limit.max,
      },
    ]
  })
  const keyed = [...quotas, ...present.filter(r => !r.key.startsWith('quota:'))].map(r => {
    const [kind = '', of = '', node = null] = r.key.split(':') as [string, string?, string?]
    return { ...r, kind: kind as Usage['kind'], of, node }
  })
  const nodeOf = (journey: Uuid, node: string) => ({ journey, version: null, node })
  const nodes = await nodeNames(
    sql,
    workspace,
    keyed.flatMap(({ of, node }) => (node === null ? [] : [nodeOf(of, node)])),
  )
  return keyed.map(({ kind, of, node, ...r }) => {
    const scale = kind === 'budget' ? COST_SCALE : 1
    return {
      kind,
      of: kind === 'pool' ? (keys.get(of) ?? of) : publicId(kind === 'quota' ? 'chn' : 'jrn', of),
      name: names.get(of) ?? null,
      node,
      nodeName: (node !== null && nodes.get(nodeKey(nodeOf(of, node)))) || null,
      used: r.used / scale,
      max: r.max / scale,
      per: r.per,
      since: r.per === 'ever' ? null : r.start.getTime(),
    }
  })
}
