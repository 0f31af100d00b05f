// What goes out and comes in again the same; and imports as work: cancelled, waiting for room, gone.
import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { createTestWorkspace } from '../../test/harness.ts'
import * as samples from '../../test/import-samples.ts'
import { insertKey } from '../catalogue/keys.ts'
import { BULK_PRESSURE } from '../collect/pressure.ts'
import type { Scope } from '../contract.ts'
import { parseId, type Uuid } from '../platform/ids.ts'
import { errorPath, uploadPath } from './files.ts'
import { runImport } from './run.ts'
import { claimImport } from './store.ts'

import {
  act,
  bulkRows,
  core,
  csv,
  customers,
  download,
  holder,
  imports,
  run,
  space,
  stage,
  upload,
  workIn,
  setUpImportLab,
} from '../../test/import-lab.ts'

setUpImportLab()

describe('export', () => {
  test('R3-20 R0-36 customers go out with every field and come in again the same', async () => {
    await run(samples.bigFive())
    const first = await download('exports/customers.csv?locale=zh-TW')
    expect(first.headers.get('content-type')).toContain('text/csv')
    const text = first.bytes.toString('utf8')
    expect(text.startsWith('\ufeff會員編號,姓名,姓,名,手機,電子信箱')).toBe(true)
    expect(text).toContain("'+886912345678")

    const template = (await download('import-templates/customers.csv')).bytes.toString('utf8')
    expect(template.split('\r\n')[0]).toBe(text.split('\r\n')[0])

    const other = await createTestWorkspace(core)
    const here = space
    workIn(other)
    expect((await run({ name: 'back.csv', bytes: first.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    const back = (await download('exports/customers.csv?locale=zh-TW')).bytes.toString('utf8')
    const sorted = (t: string) => t.split('\r\n').sort()
    expect(sorted(back)).toEqual(sorted(text))
    workIn(here)

    const book = await download('exports/customers.xlsx?locale=en')
    workIn(await createTestWorkspace(core))
    expect((await run({ name: 'book.xlsx', bytes: book.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    expect(await customers()).toHaveLength(3)
  })

  test('R3-20 what a person edits after an import goes out as it is by then, and comes in again with its source and time', async () => {
    await run(samples.bigFive())
    const edited = {
      last_name: '林',
      first_name: '小明',
      birthday: '1996-03-12',
      'address.postal_code': '813',
      'address.city': '高雄市',
      'address.district': '左營區',
      'address.street': '博愛二路 757 號',
    }
    const { items } = await act('customers', {}, { query: { q: 'M-001' } })
    const customer = items[0]!.id
    let open = true
    const command = act('customerCommand', { customer }, { body: { do: 'set_traits', traits: edited } })
    const folds = async () => {
      while (open) await stage.settle()
    }
    await Promise.all([command.finally(() => (open = false)), folds()])
    const fieldsOf = async (id: string) => {
      const { traits } = await act('customer', { customer: id })
      return new Map(traits.filter(t => t.name in edited).map(t => [t.name, t]))
    }
    const mine = await fieldsOf(customer)
    const imported = (await act('customer', { customer })).traits.find(t => t.name === 'gender')!
    for (const [name, value] of Object.entries(edited)) {
      expect(mine.get(name)).toMatchObject({ value, at: expect.any(String) })
      expect([name, mine.get(name)!.source]).not.toEqual([name, imported.source])
      expect(Date.parse(mine.get(name)!.at)).toBeGreaterThanOrEqual(Date.parse(imported.at))
    }
    expect(imported.source).toBe('會員資料')

    const file = await download('exports/customers.csv?locale=zh-TW')
    const row = file.bytes
      .toString('utf8')
      .split('\r\n')
      .find(l => l.includes('M-001'))!
    for (const value of Object.values(edited)) expect(row).toContain(value)
    expect(row).not.toContain('大安區')

    workIn(await createTestWorkspace(core))
    expect((await run({ name: '回來.csv', bytes: file.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    const there = (await act('customers', {}, { query: { q: 'M-001' } })).items[0]!.id
    for (const [name, field] of await fieldsOf(there))
      expect(field).toMatchObject({ value: edited[name as keyof typeof edited], source: '回來' })
    const again = await download('exports/customers.csv?locale=zh-TW')
    const sorted = (b: Buffer) => b.toString('utf8').split('\r\n').sort()
    expect(sorted(again.bytes)).toEqual(sorted(file.bytes))
  })

  test('orders go out line by line and come in again the same', async () => {
    await run(samples.tillOrders())
    const out = await download('exports/orders.csv?locale=zh-TW')
    expect(out.bytes.toString('utf8').split('\r\n')).toHaveLength(5)
    workIn(await createTestWorkspace(core))
    expect((await run({ name: 'orders.csv', bytes: out.bytes, rows: 3 })).counts).toMatchObject({
      new: 3,
      wrong: 0,
    })
    expect((await holder('member_no', 'M-001')).orders).toMatchObject({ n: 1, revenue: 1580 })
  })

  test('no formula leaves; who exported what is in the audit trail; without the right nothing leaves', async () => {
    await run(csv('evil.csv', '會員編號,姓名\nM-1,"=HYPERLINK(""http://x"")"\n'))
    const text = (await download('exports/customers.csv')).bytes.toString('utf8')
    expect(text).toContain(`"'=HYPERLINK(""http://x"")"`)
    const { rows } = await core.pool.query<{ actor: string; kind: string; detail: unknown }>(
      "select actor, kind, detail from audit where workspace_id = $1 and action = 'export'",
      [space.id],
    )
    expect(rows).toEqual([
      { actor: expect.stringMatching(/^key_/), kind: 'exported', detail: { rows: 1, format: 'csv' } },
    ])

    const reader = await insertKey(core.pool, space.id, {
      kind: 'api',
      name: 'reader',
      scopes: ['customers:read', 'sources:read'] as Scope[],
    })
    expect((await download('exports/customers.csv', reader.key)).status).toBe(403)
    expect((await upload(samples.bigFive(), {}, reader.key)).status).toBe(403)
    const stranger = await createTestWorkspace(core)
    expect((await download('exports/customers.csv', stranger.apiKey)).status).toBe(404)
    expect((await download('exports/customers.csv', 'ik_wrong')).status).toBe(401)
    expect((await download('exports/customers.csv?q=1')).status).toBe(400)
    expect((await download('exports/events.csv')).status).toBe(404)
  })
})

describe('work', () => {
  const many = (n: number): samples.Sample =>
    csv(
      'many.csv',
      '會員編號,姓名\n' +
        Array.from({ length: n }, (_, i) => `B-${i},${i % 100 === 7 ? '' : '王小明'}\n`).join(''),
    )

  test('what waits is cancelled at once; what runs stops after its chunk and keeps what it has', async () => {
    const id = (await upload(many(3_000))).body.id as string
    await act('startImport', { import: id })
    expect(await act('cancelImport', { import: id })).toMatchObject({ status: 'cancelled' })
    expect(await imports.tick()).toBe(false)

    await act('startImport', { import: id })
    const stopped = new Promise<void>(resolve => {
      const off = core.signals.on('live', () => {
        off()
        void act('cancelImport', { import: id }).then(() => resolve())
      })
    })
    await imports.tick()
    await stopped
    const ended = await act('import', { import: id })
    expect(ended.status).toBe('cancelled')
    expect(ended.rows).toBeGreaterThan(0)
    expect(await bulkRows()).toBe(ended.rows)
    await act('startImport', { import: id })
    await imports.tick()
    expect((await act('import', { import: id })).counts).toMatchObject({
      new: 3_000 - ended.rows,
      same: ended.rows,
    })
  })

  test('a file waits while too many rows wait to be folded, hears a cancel, and goes on when there is room', async () => {
    const id = (await upload(many(4_000))).body.id as string
    await act('startImport', { import: id })
    const uuid = parseId('imp', id)!
    const row = (await claimImport(core.pool, 'test', [uuid]))!
    const runs = runImport(
      {
        pool: core.pool,
        signals: { emit: () => undefined },
        owner: 'test',
        file: (await uploadPath(core.config.dataDir, uuid))!,
        errorFile: errorPath(core.config.dataDir, uuid),
        workspace: { timezone: 'Asia/Taipei', currency: 'TWD', locale: 'zh-TW' },
        offsetMs: 0,
        bulkLimits: { ...BULK_PRESSURE, rows: 100, everyMs: 0 },
      },
      row,
    )
    const at = async () => (await act('import', { import: id })).rows
    const grown = async (from: number) => {
      await vi.waitFor(async () => expect(await at()).toBeGreaterThan(from), { timeout: 20_000 })
      return at()
    }
    const first = await grown(0)
    await new Promise(resolve => setTimeout(resolve, 1_200)) // a look or two: it stays where it is
    expect(await at()).toBe(first)
    await core.pool.query('delete from bulk')
    const second = await grown(first)
    expect(second).toBeLessThan(4_000)
    await act('cancelImport', { import: id })
    await runs
    expect(await act('import', { import: id })).toMatchObject({ status: 'cancelled', rows: second })
  })

  test('an import that has gone leaves no file, and is no one else’s', async () => {
    const id = (await upload(samples.badRows())).body.id as string
    const row = (
      await core.pool.query<{ id: Uuid }>('select id from import where workspace_id = $1', [space.id])
    ).rows[0]!
    await act('checkImport', { import: id })
    await imports.tick()
    expect(readFileSync(errorPath(core.config.dataDir, row.id), 'utf8')).toContain('M-102')
    const stranger = await createTestWorkspace(core)
    expect((await download(`imports/${id}/errors.csv`, stranger.apiKey, stranger)).status).toBe(404)
    await act('deleteImport', { import: id })
    expect((await download(`imports/${id}/errors.csv`)).status).toBe(404)
  })
})
