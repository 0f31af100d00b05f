import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { eventFor } from '../../test/stage.ts'
import { ALL_BUCKETS, newId, type Uuid } from '../platform/ids.ts'
import { append } from './append.ts'
import { BulkTurns } from './bulk.ts'
import { openFoldMetrics } from './fold-metrics.ts'
import { FoldLoop } from './fold-loop.ts'
import { FOLD_LEASES, holdLeases } from './leases.ts'
import { openWorlds } from './worlds.ts'

let core: TestCore
let loop: FoldLoop
let workspace: Uuid

beforeAll(async () => {
  core = await openTestCore()
  workspace = (await createTestWorkspace(core)).id
  loop = new FoldLoop(core, 0, openFoldMetrics(core), openWorlds(), new BulkTurns())
  await loop.connection()
  loop.setLeases(await holdLeases(core, FOLD_LEASES))
  while (await loop.step());
})
afterAll(async () => {
  await loop.close()
  await core.close()
})

const posted = async (buckets: number[]): Promise<void> => {
  await append(
    core.pool,
    core.signals,
    buckets.map(bucket => eventFor(workspace, newId(Date.now(), bucket), 'Product Viewed')),
  )
  for (const bucket of buckets) loop.call(bucket)
}
const waiting = async (): Promise<number[]> => {
  const { rows } = await core.pool.query<{ bucket: number }>(
    'select distinct bucket from inbox order by bucket',
  )
  return rows.map(r => r.bucket)
}

test('a transaction folds some buckets, those that called first; one that calls again and again comes after the others', async () => {
  const busy = ALL_BUCKETS.slice(0, 16)
  const others = ALL_BUCKETS.slice(100, 124)
  await posted([...busy, ...others])
  const seen: number[] = []
  for (let i = 0; i < 6; i++) {
    await loop.step()
    const left = await waiting()
    seen.push(left.filter(b => others.includes(b)).length)
    await posted(busy)
  }
  expect(seen).toEqual([24, 8, 0, 0, 0, 0])
  while (await loop.step());
  expect(await waiting()).toEqual([])
  const { rows } = await core.pool.query<{ n: number }>(
    'select count(*)::int as n from customer where workspace_id = $1',
    [workspace],
  )
  expect(rows[0]!.n).toBe(7 * busy.length + others.length)
})
