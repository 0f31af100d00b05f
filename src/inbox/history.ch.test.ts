// Copying the journal into history where buckets were dealt out to leases otherwise when a batch was stored.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { eventFor } from '../../test/stage.ts'
import { bucketOf, newId, type Uuid } from '../platform/ids.ts'
import { askHistory } from '../platform/clickhouse.ts'
import { append } from './append.ts'
import { openHistoryWorker } from './history.ts'
import { openOwner } from './owner.ts'

let core: TestCore
let workspace: Uuid

beforeAll(async () => {
  core = await openTestCore()
  workspace = (await createTestWorkspace(core)).id
})
afterAll(() => core.close())

test('batches that sixteen groups left open are finished first; each row is stored once', async () => {
  const owner = openOwner(core)
  const people = Array.from({ length: 600 }, newId)
  await append(
    core.pool,
    core.signals,
    people.map(c => eventFor(workspace, c, 'Product Viewed', { props: { product_id: 'A1' } })),
  )
  while (await owner.tick()) {}
  // as it was dealt out before: a lease had the buckets of its number, sixteen apart
  for (const lease of [1, 4, 5, 11]) {
    const { rows } = await core.pool.query<{ bucket: number; last: number }>(
      'select bucket, max(seq) as last from journal where bucket % 16 = $1 group by bucket',
      [lease],
    )
    expect(rows.length).toBeGreaterThan(0)
    await core.pool.query(
      'update history_group set batch_no = batch_no + 1, batch = $2 where history_group = $1',
      [lease, Object.fromEntries(rows.map(r => [r.bucket, [1, r.last]]))],
    )
  }
  const worker = openHistoryWorker(core)
  while (await worker.tick()) {}

  const stored = await askHistory<{ customer_id: Uuid; n: number }>(
    core.history,
    `select customer_id, toUInt32(count()) as n from event where workspace_id = {w: UUID} and name = 'Product Viewed' group by customer_id`,
    { w: workspace },
  )
  expect(new Map(stored.map(s => [s.customer_id, s.n]))).toEqual(new Map(people.map(c => [c, 1])))
  const { rows } = await core.pool.query(
    `select (select count(*)::int from history_group where batch is not null) as open,
            (select count(*)::int from history_cursor c join bucket b using (bucket) where c.seq <> b.journal_seq) as behind`,
  )
  expect(rows[0]).toEqual({ open: 0, behind: 0 })
  expect(new Set(people.map(bucketOf)).size).toBeGreaterThan(200)
  await worker.stop()
  await owner.stop()
})
