// An import whose process is killed goes on behind its last chunk: every row once, the error file whole. And a hundred
// thousand rows in bounded memory.
import { mkdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { startVictim } from '../../test/kill.ts'
import { findWorkspace } from '../catalogue/workspace.ts'
import type { Uuid } from '../platform/ids.ts'
import { errorPath } from './files.ts'
import { findImport, queueImport, type ImportRow } from './store.ts'
import { takeUpload } from './upload.ts'
import { type Imports, MOST_MORE_MB, openImports } from './workers.ts'

let core: TestCore
let imports: Imports
let workspace: Uuid

beforeAll(async () => {
  core = await openTestCore()
  imports = openImports(core)
  workspace = (await createTestWorkspace(core)).id
})
afterAll(async () => {
  await imports.stop()
  await core.close()
})

/** Orders of a till, `wrong` of every hundred without a date. */
function* orders(prefix: string, count: number, wrong: number): Generator<string> {
  yield '訂單編號,訂單時間,會員編號,門市代號,品名,貨號,單價,數量\n'
  for (let i = 0; i < count; i++)
    yield `${prefix}-${i},${i % 100 < wrong ? '' : '2026/05/01 18:30'},M-${i % 5_000},TPE01,高山烏龍 150g,OOL-150,640,${1 + (i % 3)}\n`
}

async function put(name: string, text: Iterable<string>): Promise<ImportRow> {
  const row = await takeUpload(
    core,
    (await findWorkspace(core.pool, workspace))!,
    ReadableStream.from(
      (function* () {
        let part: string[] = []
        for (const line of text)
          if (part.push(line) === 1_000) {
            yield Buffer.from(part.join(''))
            part = []
          }
        yield Buffer.from(part.join(''))
      })(),
    ) as ReadableStream<Uint8Array>,
    {
      fileName: name,
      source: null,
      target: 'orders',
      preset: null,
      constants: {},
      start: false,
      actor: 'test',
    },
  )
  await queueImport(core.pool, workspace, row.id, 'queued', Date.now())
  return row
}

const brought = async (prefix: string) =>
  (
    await core.pool.query<{ rows: number; orders: number }>(
      `select count(*)::int as rows, count(distinct body::json->'props'->>'order_id')::int as orders
         from bulk where workspace_id = $1 and body like '%"order_id":"' || $2 || '-%'`,
      [workspace, prefix],
    )
  ).rows[0]!

test.each([
  ['import.before-commit', 'B'],
  ['import.after-commit', 'A'],
])(
  'R3-09 hard problem 2: killed at %s of the second chunk, the run goes on and nothing is lost or doubled',
  async (point, prefix) => {
    const row = await put(`${prefix}.csv`, orders(prefix, 2_600, 3))
    const victim = await startVictim(core, 'web', `${point}:2`, { DATA_DIR: core.config.dataDir, PORT: '0' })
    expect(await victim.ended).toEqual({ signal: 'SIGKILL', point })
    const broken = (await findImport(core.pool, workspace, row.id))!
    expect(broken.status).toBe('running')
    expect(broken.position).toBe(point === 'import.before-commit' ? 498 : 998) // all but the header and the order that is open
    expect(await imports.tick()).toBe(false) // its lease holds
    await core.pool.query("update import set lease_until = '-infinity' where id = $1", [row.id]) // 30 s later
    expect(await imports.tick()).toBe(true)
    const done = (await findImport(core.pool, workspace, row.id))!
    expect(done).toMatchObject({ status: 'done', counts: { new: 2_522, wrong: 78, same: 0 } })
    expect(await brought(prefix)).toEqual({ rows: 2_522, orders: 2_522 })
    const lines = readFileSync(errorPath(core.config.dataDir, row.id), 'utf8').trim().split('\r\n')
    expect(lines).toHaveLength(1 + 78)
    expect(new Set(lines).size).toBe(1 + 78)
  },
  60_000,
)

test('an import that kills its thread each time ends as failed, not in a circle', async () => {
  const row = await put('circle.csv', orders('C', 10, 0))
  mkdirSync(errorPath(core.config.dataDir, row.id)) // no file can be written there: the thread ends without an answer
  let ticks = 0
  while (ticks < 10 && (await imports.tick())) ticks++
  expect(ticks).toBe(4)
  expect(await findImport(core.pool, workspace, row.id)).toMatchObject({
    status: 'failed',
    problem: { code: 'import_broke' },
  })
}, 180_000)

test('R3-18 100,000 rows: every one once, in bounded memory', async () => {
  const row = await put('large.csv', orders('L', 100_000, 0))
  global.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 50)
  expect(await imports.tick()).toBe(true)
  clearInterval(watch)
  expect(await findImport(core.pool, workspace, row.id)).toMatchObject({
    status: 'done',
    counts: { new: 100_000 },
  })
  expect(await brought('L')).toEqual({ rows: 100_000, orders: 100_000 })
  expect((most - before) / 1024 / 1024).toBeLessThan(MOST_MORE_MB)
}, 120_000)
