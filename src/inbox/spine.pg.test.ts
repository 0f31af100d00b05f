import { unpackState } from '../customers/pack.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { eventFor, openStage, type Stage } from '../../test/stage.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { append } from './append.ts'
import { moveClock } from './clock.ts'
import { runCommand } from './command.ts'
import { openOwner } from './owner.ts'
import { unpark } from './parking.ts'
import { cutOld, JOURNAL_DAYS } from './retention.ts'
import { verifyAll } from './verify.ts'

let core: TestCore
let stage: Stage
let workspace: Uuid

beforeEach(async () => {
  core = await openTestCore()
  stage = openStage(core)
  workspace = (await createTestWorkspace(core)).id
  await stage.settle()
})
afterEach(async () => {
  await stage.close()
  await core.close()
})

const count = async (sql: string, values: unknown[] = []): Promise<number> =>
  Number((await core.pool.query<{ n: number }>(`select count(*) as n from ${sql}`, values)).rows[0]!.n)
const historyCount = async (where: string): Promise<number> => {
  const answer = await core.history.query({
    query: `select toUInt32(count()) as n from event where ${where}`,
    format: 'JSONEachRow',
  })
  return (await answer.json<{ n: number }>())[0]!.n
}
const faultsOf = async (): Promise<string[]> => (await verifyAll(core)).checks.flatMap(c => c.faults)

async function spread(n: number, each: number): Promise<Uuid[]> {
  const customers = Array.from({ length: n }, () => newId())
  await append(
    core.pool,
    core.signals,
    customers.flatMap(c =>
      Array.from({ length: each }, () =>
        eventFor(workspace, c, 'Product Viewed', { props: { product_id: 'A1' } }),
      ),
    ),
  )
  return customers
}

describe('the fold', () => {
  test('buckets that are taken away, as an erasure does, are taken back at the next look', async () => {
    const customers = await spread(20, 1)
    await stage.settle()
    await core.pool.query(`update bucket set owner = null, lease_until = '-infinity', epoch = epoch + 1`)
    await append(
      core.pool,
      core.signals,
      customers.map(c => eventFor(workspace, c, 'Product Viewed')),
    )
    await stage.settle()
    expect(await count('inbox')).toBe(0)
    expect(await count('journal where workspace_id = $1', [workspace])).toBeGreaterThanOrEqual(40)
  })

  test('hard problem 9: each event is folded once, however often it comes, and the state equals replay', async () => {
    const customers = await spread(200, 3)
    const again = customers.map(c => eventFor(workspace, c, 'Product Viewed', { messageId: 'same-' + c }))
    await append(core.pool, core.signals, again)
    await append(core.pool, core.signals, again)
    await stage.settle()
    await append(core.pool, core.signals, again)
    await stage.settle()
    expect(await count('inbox')).toBe(0)
    expect(await count('customer where workspace_id = $1', [workspace])).toBe(200)
    expect(await historyCount(`name = 'Product Viewed'`)).toBe(800)
    expect(await faultsOf()).toEqual([])
  })

  test('an event that was passed on as often as one may be stays where it is, is said to, and counted', async () => {
    await append(core.pool, core.signals, [eventFor(workspace, newId(), 'Product Viewed', { hops: 8 })])
    await stage.settle()
    expect(await historyCount(`name = 'Product Viewed'`)).toBe(1)
    expect(await historyCount(`name = 'identifier.unsettled'`)).toBe(1)
    const counted = core.metrics.getSingleMetric('itinera_event_hops_spent_total')
    expect((await counted!.get()).values[0]!.value).toBe(1)
  })

  test('verify fails when one row is deleted, whichever table it is in', async () => {
    await spread(20, 2)
    await append(core.pool, core.signals, [
      eventFor(workspace, newId(), 'Order Completed', {
        props: { order_id: 'O1', total: 100, currency: 'TWD' },
      }),
    ])
    await stage.settle()
    expect(await faultsOf()).toEqual([])
    expect(await count('order_entry')).toBeGreaterThan(0)
    for (const table of ['customer', 'journal', 'order_entry']) {
      const column = table === 'journal' ? 'bucket, seq' : '*'
      const kept = await core.pool.query(`select ctid, ${column} from ${table} limit 1`)
      expect(kept.rowCount).toBe(1)
      const all = await core.pool.query(`delete from ${table} where ctid = $1 returning *`, [
        kept.rows[0]!.ctid,
      ])
      expect(await faultsOf(), table).not.toEqual([])
      const row = all.rows[0] as Record<string, unknown>
      const names = Object.keys(row)
      await core.pool.query(
        `insert into ${table} (${names.map(n => `"${n}"`).join(', ')}) values (${names.map((_, i) => '$' + (i + 1)).join(', ')})`,
        names.map(n => row[n]),
      )
    }
    await core.history.command({
      query: `alter table event delete where name = 'Order Completed' settings mutations_sync = 1`,
    })
    expect((await faultsOf()).join()).toContain('history has')
  })

  test('a command is answered once: repeated, changed, and too late', async () => {
    const [customer] = await spread(1, 1)
    await stage.settle()
    const owner = openOwner({ ...core, metrics: new (await import('prom-client')).Registry() })
    await stage.close()
    owner.start()
    const ask = (tag: string, key: string) =>
      runCommand(core, {
        workspace,
        customer: customer!,
        key,
        actor: 'test',
        command: { do: 'add_tag', tag },
      })
    const first = await ask('VIP', 'k1')
    expect(first.status).toBe(200)
    expect(await ask('VIP', 'k1')).toEqual(first)
    await expect(ask('other', 'k1')).rejects.toMatchObject({ status: 409, code: 'idempotency_conflict' })
    await append(core.pool, core.signals, [
      {
        workspace,
        customer: customer!,
        input: {
          kind: 'command',
          messageId: null,
          body: {
            key: 'late',
            bodyHash: newId(),
            validUntil: 1,
            actor: 'test',
            command: { do: 'add_tag', tag: 'late' },
          },
        },
      },
    ])
    await ask('third', 'k3')
    const late = await core.pool.query<{ status: number; body: string }>(
      `select status, body from answer where key = 'late'`,
    )
    expect(late.rows[0]).toMatchObject({ status: 503 })
    const state = await core.pool.query<{ state: string }>('select state from customer where id = $1', [
      customer,
    ])
    expect(state.rows[0]!.state).not.toContain('"late"')
    await owner.stop()
    stage = openStage({ ...core, metrics: new (await import('prom-client')).Registry() })
  })

  test('a row that breaks its transaction sets one customer aside; the others go on; unpark folds what waited, in order', async () => {
    const good = await spread(30, 1)
    const bad = newId()
    // a NUL that the intake would have removed: PostgreSQL refuses it in the order ledger
    const poison = eventFor(workspace, bad, 'Order Completed', {
      props: { order_id: 'O\u0000', total: 1, currency: 'TWD' },
    })
    await append(core.pool, core.signals, [
      eventFor(workspace, bad, 'Before'),
      poison,
      eventFor(workspace, bad, 'After'),
    ])
    await stage.settle()
    expect(await count('customer where id = any($1)', [good])).toBe(30)
    expect(await count('parked where customer_id = $1', [bad])).toBe(1)
    await append(core.pool, core.signals, [eventFor(workspace, bad, 'Later')])
    await stage.settle()
    expect(await count('parked_input where customer_id = $1', [bad])).toBe(4)
    expect(await count('inbox')).toBe(0)
    await core.pool.query(`delete from parked_input where body like '%"O\\\\u0000"%'`)
    expect(await count('parked_input where customer_id = $1', [bad])).toBe(3)
    expect(await unpark(core, workspace, bad)).toBe(true)
    await stage.settle()
    const names = await core.history.query({
      query: `select name from event where customer_id = {c: UUID} and kind = 'event' order by seq, line`,
      query_params: { c: bad },
      format: 'JSONEachRow',
    })
    expect((await names.json<{ name: string }>()).map(r => r.name)).toEqual(['Before', 'After', 'Later'])
    expect(await unpark(core, workspace, bad)).toBe(false)
    expect(await faultsOf()).toEqual([])
  })

  test('bulk work is let in and folded like any other', async () => {
    const customers = Array.from({ length: 500 }, () => newId())
    await append(
      core.pool,
      core.signals,
      customers.flatMap(c => [1, 2, 3].map(i => eventFor(workspace, c, 'Imported ' + i))),
      'bulk',
    )
    await stage.settle()
    expect(await count('bulk')).toBe(0)
    expect(await historyCount(`name like 'Imported %'`)).toBe(1500)
    const order = await core.history.query({
      query: `select customer_id, groupArray(name) as names from (select * from event where name like 'Imported %' order by seq, line) group by customer_id`,
      format: 'JSONEachRow',
    })
    for (const row of await order.json<{ names: string[] }>())
      expect(row.names).toEqual(['Imported 1', 'Imported 2', 'Imported 3'])
  })
})

describe('owners', () => {
  test('two processes share the buckets, and nothing is lost or doubled while one leaves and comes back', async () => {
    const beside = await openTestCore({ beside: core })
    const other = openOwner(beside)
    other.start()
    await stage.close()
    const mine = openOwner({ ...core, metrics: new (await import('prom-client')).Registry() })
    mine.start()
    const sent: Uuid[] = []
    for (let i = 0; i < 20; i++) sent.push(...(await spread(50, 2)))
    await expect.poll(() => mine.leases().length, { timeout: 20_000 }).toBe(128)
    await other.stop()
    await beside.close()
    for (let i = 0; i < 5; i++) sent.push(...(await spread(50, 2)))
    await expect.poll(() => count('inbox'), { timeout: 20_000 }).toBe(0)
    await mine.stop()
    stage = openStage({ ...core, metrics: new (await import('prom-client')).Registry() })
    await stage.settle()
    expect(await historyCount(`name = 'Product Viewed'`)).toBe(sent.length * 2)
    expect(await faultsOf()).toEqual([])
  })

  test('hard problem 10: with wake-ups cut the poll finds the row and counts it', async () => {
    await stage.close()
    const { Registry } = await import('prom-client')
    const metrics = new Registry()
    const silent = { ...core.signals, on: () => () => {} }
    const owner = openOwner({ ...core, metrics, signals: silent })
    owner.start()
    await expect.poll(() => owner.leases().length, { timeout: 10_000 }).toBe(256)
    const caught = async () => {
      const { values } = await metrics.getSingleMetric('itinera_poll_caught_total')!.get()
      return values[0]!.value
    }
    // the first may still meet the look that new leases bring, once in each loop; then all are at rest
    for (let i = 0; i < 5 && (await caught()) === 0; i++) {
      const [customer] = await spread(1, 1)
      await expect.poll(() => count('customer where id = $1', [customer])).toBe(1)
    }
    expect(await caught()).toBeGreaterThan(0)
    await owner.stop()
    stage = openStage({ ...core, metrics: new Registry() })
  })
})

describe('the clock', () => {
  test('a jump moves workspace time to the target, and later events carry it', async () => {
    const before = await core.pool.query<{ now: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 + clock_offset_ms as now from workspace where id = $1',
      [workspace],
    )
    const target = before.rows[0]!.now + 7 * 86_400_000
    await moveClock(core, workspace, target)
    await stage.settle()
    const [customer] = await spread(1, 1)
    await stage.settle()
    const row = await core.pool.query<{ state: string }>('select state from customer where id = $1', [
      customer,
    ])
    expect(unpackState(row.rows[0]!.state).now).toBeGreaterThanOrEqual(target)
    await expect(moveClock(core, workspace, before.rows[0]!.now)).rejects.toMatchObject({
      code: 'clock_back',
    })
    expect(await faultsOf()).toEqual([])
  })
})

describe('retention', () => {
  test('journal rows go once history and a backup hold them, and replay starts at the snapshots', async () => {
    await spread(50, 2)
    await append(core.pool, core.signals, [
      eventFor(workspace, newId(), 'Order Completed', {
        props: { order_id: 'O1', total: 100, currency: 'TWD' },
      }),
    ])
    await stage.settle()
    const later = Date.now() + (JOURNAL_DAYS + 1) * 86_400_000
    expect((await cutOld(core, later)).journal).toBe(0) // no backup holds them
    await core.pool.query(`insert into system (key, value) values ('backup_at', $1)`, [
      new Date(later).toISOString(),
    ])
    expect((await cutOld(core, later)).journal).toBeGreaterThan(0)
    expect(await count('journal')).toBe(0)
    await spread(20, 1)
    await stage.settle()
    expect(await faultsOf()).toEqual([])
  })
})
