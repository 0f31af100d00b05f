// The newest snapshots of customers whom history has heard of. One that is lost is written with the next touch, or by
// `verify`.
import type { Core } from '../platform/core.ts'
import { openBreath } from '../platform/breathe.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { tellEvents } from './announce.ts'
import { snapshotRow, type SnapshotRow, type StoredCustomer } from './history-rows.ts'

/** Snapshots take at most a twentieth of the time, so under load they come less often, but at least this often: a few cost the
 *  same as one, and pages ask for them. */
const SNAPSHOT_SHARE = 20
const SNAPSHOT_MOST_MS = 20_000
const FEW_SNAPSHOTS = 500
const FEW_MOST_MS = 1_000
const SNAPSHOTS_AT_ONCE = 5_000

export function openSnapshots(core: Core) {
  const touched = new Set<Uuid>()
  let nextAt = 0

  async function snapshotsOf(
    ids: readonly Uuid[],
    breath: ReturnType<typeof openBreath>,
  ): Promise<SnapshotRow[]> {
    const { rows } = await core.pool.query<StoredCustomer>(
      'select id, workspace_id, version, state, merged_into from customer where bucket = any($1::smallint[]) and id = any($2::uuid[])',
      [[...new Set(ids.map(bucketOf))], ids],
    )
    const snapshots: SnapshotRow[] = []
    for (const row of rows) {
      snapshots.push(snapshotRow(row))
      const rest = breath()
      if (rest) await rest
    }
    return snapshots
  }

  return {
    touch(customers: Iterable<Uuid>): void {
      for (const customer of customers) touched.add(customer)
    },
    areWaiting: (): boolean => touched.size > 0,
    /** As often as their cost allows. */
    areDue: (): boolean => performance.now() >= nextAt,

    async write(): Promise<void> {
      const began = performance.now()
      const breath = openBreath()
      let written = 0
      while (touched.size > 0) {
        const ids = touched.values().take(SNAPSHOTS_AT_ONCE).toArray()
        const values = await snapshotsOf(ids, breath)
        if (values.length > 0) await core.history.insert({ table: 'customer', values, format: 'JSONEachRow' })
        for (const id of ids) touched.delete(id)
        written += values.length
        // what pages asked since the facts were told of was answered from older snapshots
        tellEvents(
          core.signals,
          values.map(v => v.workspace_id),
        )
      }
      const now = performance.now()
      const mostMs = written > FEW_SNAPSHOTS ? SNAPSHOT_MOST_MS : FEW_MOST_MS
      nextAt = now + Math.min((now - began) * SNAPSHOT_SHARE, mostMs)
    },
  }
}
