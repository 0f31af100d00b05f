// A point an hour of each segment's size, by the workspace's clock. Writing an hour's point twice leaves the later one.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import { sizes } from './facts.ts'

const HOUR_MS = 3_600_000
const ROUND_MS = 30_000

type Kept = { at: number; hours: Map<Uuid, number> }
const kept = new WeakMap<Core, Kept>()

/** Looks at most twice a minute; history that does not answer is asked again at the next look. */
export async function keepSizes(core: Core): Promise<void> {
  const state = kept.get(core) ?? { at: Number.NEGATIVE_INFINITY, hours: new Map<Uuid, number>() }
  kept.set(core, state)
  if (performance.now() - state.at < ROUND_MS) return
  state.at = performance.now()
  const { rows } = await core.pool.query<{ id: Uuid; offset: number; ns: number[]; computing: number[] }>(
    `select w.id, w.clock_offset_ms as offset, array_agg(s.n) as ns,
            coalesce(array_agg(s.n) filter (where exists (
              select from segment_job j where j.segment_id = s.id and j.kind = 'backfill' and j.status in ('queued', 'running'))), '{}') as computing
       from segment s join workspace w on w.id = s.workspace_id where s.status = 'live' group by w.id`,
  )
  for (const { id, offset, ns, computing } of rows) {
    const hour = Math.floor((Date.now() + offset) / HOUR_MS)
    if (state.hours.get(id) === hour) continue
    try {
      await keep(core, id, hour * HOUR_MS, ns, new Set(computing))
      state.hours.set(id, hour)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  }
}

async function keep(
  core: Core,
  workspace: Uuid,
  at: number,
  ns: number[],
  computing: ReadonlySet<number>,
): Promise<void> {
  const found = await sizes(core.history, workspace)
  await core.history.insert({
    table: 'segment_size',
    values: ns.flatMap(n =>
      [...(found.get(n) ?? new Map([[1, 0]]))].map(([grp, size]) => ({
        workspace_id: workspace,
        segment: n,
        grp,
        at,
        size,
        computing: computing.has(n) ? 1 : 0,
      })),
    ),
    format: 'JSONEachRow',
  })
}
