// Published worlds by number, read once and kept. A world never changes, so the cache needs no invalidation.
import { LRUCache } from 'lru-cache'
import type { World } from '../customers/world.ts'
import { must } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type Worlds = {
  /** Loads what is missing. */
  load(sql: Sql, wanted: { workspace: Uuid; no: number }[]): Promise<void>
  /** @throws BrokenRule when it was not loaded */
  get(workspace: Uuid, no: number): World
}

/** A cache for one process. */
export function openWorlds(): Worlds {
  const cache = new LRUCache<string, World>({ max: 200 })
  const key = (workspace: Uuid, no: number) => workspace + ':' + no
  return {
    async load(sql, wanted) {
      const missing = wanted.filter(w => w.no > 0 && !cache.has(key(w.workspace, w.no)))
      if (missing.length === 0) return
      const { rows } = await sql.query<{ workspace_id: Uuid; no: number; body: string }>(
        `select c.workspace_id, c.no, c.body from catalogue c
           join unnest($1::uuid[], $2::bigint[]) w(workspace_id, no) on c.workspace_id = w.workspace_id and c.no = w.no`,
        [missing.map(m => m.workspace), missing.map(m => m.no)],
      )
      for (const r of rows) cache.set(key(r.workspace_id, r.no), JSON.parse(r.body) as World)
    },
    get(workspace, no) {
      if (no === 0)
        return { no: 0, workspace, timezone: 'UTC', currency: 'TWD', quietHours: null, journeys: [] }
      const world = cache.get(key(workspace, no))
      must(world, `world ${no} of workspace ${workspace} is loaded before it is used`)
      return world
    },
  }
}
