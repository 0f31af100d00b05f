// Backup taken under load, restored elsewhere, then verified: every invariant holds on what came back.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { eventFor, openStage, type Stage } from '../../test/stage.ts'
import { append } from '../inbox/append.ts'
import { verifyAll } from '../inbox/verify.ts'
import { backup } from './backup.ts'
import { newId, type Uuid } from './ids.ts'
import { restore } from './restore.ts'

let dir: string
let core: TestCore
let stage: Stage
let workspace: Uuid
const opened: TestCore[] = []

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'itinera-backup-'))
  core = await fresh()
  stage = openStage(core)
  workspace = (await createTestWorkspace(core)).id
  await stage.settle()
})
afterEach(async () => {
  await stage.close()
  for (const c of opened.splice(0)) await c.close()
  rmSync(dir, { recursive: true, force: true })
})

async function fresh(): Promise<TestCore> {
  const c = await openTestCore()
  opened.push(c)
  return c
}
const numberOf = async (c: TestCore, sql: string): Promise<number> =>
  Number((await c.pool.query(sql)).rows[0]!.n)
const historyOf = async (c: TestCore, what: string): Promise<number> =>
  (
    await (
      await c.history.query({ query: `select toUInt32(${what}) as n from event`, format: 'JSONEachRow' })
    ).json<{ n: number }>()
  )[0]!.n

const visits = (customers: Uuid[]) =>
  append(
    core.pool,
    core.signals,
    customers.map(c =>
      eventFor(workspace, c, 'Product Viewed', { props: { text: 'tab\there\nline \\N "旅圖"' } }),
    ),
  )
const source = (c: TestCore) => ({ databaseUrl: c.databaseUrl, history: c.history })
const target = (c: TestCore, replace = false) => ({ ...source(c), log: c.log, replace })

test('taken under load and restored elsewhere: all invariants hold, nothing is doubled, and work goes on', {
  timeout: 120_000,
}, async () => {
  const customers = Array.from({ length: 400 }, () => newId())
  await visits(customers)
  await stage.settle()
  // events come in, are folded and copied to history while the backup is written
  let stop = false
  let sent = 0
  const load = (async () => {
    while (!stop) {
      await visits(customers.slice(0, 100))
      sent += 100
      await stage.settle()
    }
  })()
  await expect.poll(() => sent, { timeout: 20_000 }).toBeGreaterThan(200)
  const made = await backup(source(core), join(dir, 'one')).finally(async () => {
    const before = sent
    await expect.poll(() => sent, { timeout: 20_000 }).toBeGreaterThan(before)
    stop = true
    await load
  })
  expect(made.historyRows).toBeGreaterThan(400)

  const other = await fresh()
  const restored = await restore(target(other), join(dir, 'one'))
  expect(restored.workspaces).toBe(await numberOf(core, 'select count(*) as n from workspace'))
  const checks = await verifyAll(other)
  expect(checks.checks.flatMap(c => c.faults)).toEqual([])
  expect(checks.checks.find(c => c.name === 'history')!.counted).toBeGreaterThan(400)
  expect(
    await numberOf(
      other,
      `select count(*) as n from workspace where settings->>'sendingPaused' is distinct from 'true'`,
    ),
  ).toBe(0)
  expect(await historyOf(other, 'count()')).toBe(restored.historyRows)
  expect(restored.historyRows).toBeLessThan(await historyOf(core, 'count()')) // history had gone on

  // the copy takes up its work: what was waiting in the snapshot and what comes now, each once
  const again = openStage(other)
  await append(
    other.pool,
    other.signals,
    customers.map(c => eventFor(workspace, c, 'After')),
  )
  await again.settle()
  await again.close()
  expect(await historyOf(other, `countIf(name = 'After')`)).toBe(400)
  expect(await historyOf(other, 'uniqExact(incarnation)')).toBe(2)
  expect((await verifyAll(other)).checks.flatMap(c => c.faults)).toEqual([])
  const texts = await other.history.query({
    query: `select distinct props from event where name = 'Product Viewed'`,
    format: 'JSONEachRow',
  })
  expect(await texts.json()).toEqual([{ props: JSON.stringify({ text: 'tab\there\nline \\N "旅圖"' }) }])
})

const ordersOf = async (c: TestCore): Promise<unknown> =>
  (
    await c.history.query({
      query: 'select customer_id, order_no, at, counts, net, lines from order_state final order by order_no',
      format: 'JSONEachRow',
    })
  ).json()

const sizesOf = async (c: TestCore): Promise<unknown> =>
  (
    await c.history.query({
      query: 'select segment, grp, at, size, computing from segment_size final order by at',
      format: 'JSONEachRow',
    })
  ).json()

test('one file, readable by its owner only; customers, their orders and what sizes segments had are in history again', async () => {
  const hours = ['2026-01-05 03:00:00.000', '2026-01-05 04:00:00.000']
  await core.history.insert({
    table: 'segment_size',
    values: hours.map((at, i) => ({
      workspace_id: workspace,
      segment: 3,
      grp: 1,
      at,
      size: 20 + i,
      computing: i,
    })),
    format: 'JSONEachRow',
  })
  const people = Array.from({ length: 30 }, () => newId())
  await visits(people)
  const products = [{ sku: 's1', category: 'shoes', price: 500, quantity: 2 }]
  await append(core.pool, core.signals, [
    eventFor(workspace, people[0]!, 'Order Completed', { props: { order_id: 'o1', total: 1000, products } }),
    eventFor(workspace, people[0]!, 'Order Refunded', { props: { order_id: 'o1', total: 500, products } }),
    eventFor(workspace, people[1]!, 'Order Completed', { props: { order_id: 'o2', total: 70 } }),
  ])
  await stage.settle()
  const file = join(dir, 'all.tar')
  const made = await backup(source(core), file)
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(readdirSync(dir)).toEqual(['all.tar'])
  const noted = await core.pool.query<{ value: string }>(`select value from system where key = 'backup_at'`)
  expect(Date.parse(noted.rows[0]!.value)).toBe(Date.parse(made.at) - 60_000) // retention cuts the journal up to there
  const other = await fresh()
  await restore(target(other), file)
  expect(readdirSync(dir)).toEqual(['all.tar'])
  const found = await other.history.query({
    query: 'select toUInt32(count()) as n from customer final',
    format: 'JSONEachRow',
  })
  expect(await found.json()).toEqual([{ n: 30 }])
  expect(await ordersOf(other)).toEqual(await ordersOf(core))
  expect(await ordersOf(other)).toHaveLength(2)
  expect(await sizesOf(other)).toEqual(await sizesOf(core))
  expect(await sizesOf(other)).toHaveLength(2)
})

test('a damaged, a half-made and a missing backup are refused, and the target stays as it was', async () => {
  await backup(source(core), join(dir, 'good'))
  await expect(backup(source(core), join(dir, 'good'))).rejects.toMatchObject({ code: 'exists' })
  const table = join(dir, 'good/postgres/workspace.copy.zst')
  const bytes = readFileSync(table)
  writeFileSync(table, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]))
  const other = await fresh()
  await createTestWorkspace(other)
  await expect(restore(target(other, true), join(dir, 'good'))).rejects.toThrow(
    /workspace\.copy\.zst has changed/,
  )
  rmSync(table)
  await expect(restore(target(other, true), join(dir, 'good'))).rejects.toThrow(/is missing/)
  rmSync(join(dir, 'good/manifest.json'))
  await expect(restore(target(other, true), join(dir, 'good'))).rejects.toThrow(/not a whole backup/)
  await expect(restore(target(other, true), join(dir, 'nowhere'))).rejects.toThrow(/There is no/)
  expect(await numberOf(other, 'select count(*) as n from workspace')).toBe(1)
})

test('a target with data, or one that is in use, is refused', async () => {
  await backup(source(core), join(dir, 'one'))
  const other = await fresh()
  await createTestWorkspace(other)
  await expect(restore(target(other), join(dir, 'one'))).rejects.toMatchObject({ code: 'not_empty' })
  const user = await openTestCore({ beside: other })
  opened.push(user)
  const working = openStage(user)
  await working.settle()
  await expect(restore(target(other, true), join(dir, 'one'))).rejects.toMatchObject({ code: 'in_use' })
  await working.close()
  await restore(target(other, true), join(dir, 'one'))
})
