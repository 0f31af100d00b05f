// An unmerge that does not come about, because its process dies or its journal is gone: either nothing has changed, or
// everything will.
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { startVictim } from '../../test/kill.ts'
import { eventFor, openStage, type Stage } from '../../test/stage.ts'
import { append } from '../inbox/append.ts'
import { unpark } from '../inbox/parking.ts'
import { pruneJournal, JOURNAL_DAYS } from '../inbox/retention.ts'
import { verifyAll } from '../inbox/verify.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { resolveBatch } from '../collect/resolve.ts'
import type { IdRef } from './model.ts'
import { findCustomer } from './store.ts'
import { unmerge } from './unmerge.ts'

let core: TestCore
let stage: Stage
let space: Awaited<ReturnType<typeof createTestWorkspace>>
beforeEach(async () => {
  core = await openTestCore()
  stage = openStage(core)
  space = await createTestWorkspace(core)
  await stage.settle()
})
afterEach(async () => {
  await stage.close()
  await core.close()
})

async function buy(no: string, orderNo: string, total: number): Promise<Uuid> {
  const ids: IdRef[] = [{ kind: 'member_no', value: no }]
  const [found] = await resolveBatch(core, [{ workspace: space.id, ids, proof: 'server' }])
  const props = { order_id: orderNo, total, currency: 'TWD' }
  await append(core.pool, core.signals, [
    eventFor(space.id, found!.customer, 'Order Completed', { ids, props }),
  ])
  return found!.customer
}

/** Two members who were merged: the survivor and who is part of it. */
async function mergedPair(): Promise<[Uuid, Uuid]> {
  const pair = [await buy('M1', 'o1', 100), await buy('M2', 'o2', 20)].sort() as [Uuid, Uuid]
  const body = {
    key: newId(),
    bodyHash: newId(),
    validUntil: Date.now() + 60_000,
    actor: 'ann',
    command: { do: 'merge' as const, into: pair[0] },
  }
  await append(core.pool, core.signals, [
    { workspace: space.id, customer: pair[1], input: { kind: 'command', messageId: null, body } },
  ])
  await stage.settle()
  return pair
}

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Asks a process to take the two apart that dies at `point`. */
async function dieAt(point: string, survivor: Uuid, part: Uuid): Promise<void> {
  const port = await freePort()
  const victim = await startVictim(core, 'web', `${point}:1`, { PORT: String(port) })
  const url = `http://127.0.0.1:${port}/api/w/${publicId('wsp', space.id)}/customers/${publicId('cus', survivor)}/unmerge`
  await expect(
    fetch(url, {
      method: 'POST',
      headers: { authorization: 'Bearer ' + space.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ from: publicId('cus', part) }),
    }),
  ).rejects.toThrow()
  expect(await victim.ended).toEqual({ signal: 'SIGKILL', point })
}
const worth = async (id: Uuid) => (await findCustomer(core.pool, space.id, id))!.state.orders?.revenue
const faults = async () => (await verifyAll(core)).checks.flatMap(c => c.faults)

test('hard problem 2: killed while the two are set aside: they wait, and released they are as before', {
  timeout: 120_000,
}, async () => {
  const [survivor, part] = await mergedPair()
  await dieAt('unmerge.aside', survivor, part)
  const parked = await core.pool.query<{ reason: string }>('select reason from parked')
  expect(parked.rows).toEqual([{ reason: 'unmerging' }, { reason: 'unmerging' }])
  await buy('M2', 'o3', 3)
  await stage.settle()
  expect(await worth(survivor)).toBe(120) // what comes waits
  for (const id of [survivor, part]) expect(await unpark(core, space.id, id)).toBe(true)
  await stage.settle()
  expect(await worth(survivor)).toBe(123)
  expect((await findCustomer(core.pool, space.id, part))!.id).toBe(survivor)
  expect(await faults()).toEqual([])
})

test('hard problem 2: killed once both are on their way: they are two', { timeout: 120_000 }, async () => {
  const [survivor, part] = await mergedPair()
  await dieAt('unmerge.released', survivor, part)
  const found = (await findCustomer(core.pool, space.id, survivor))!
  await expect(unmerge(core, space.id, found, part, 'ann')).rejects.toMatchObject({
    code: 'unmerge_under_way',
  })
  await stage.settle()
  expect((await core.pool.query('select from parked')).rowCount).toBe(0)
  const worths = [await worth(survivor), await worth(part)]
  expect(worths.sort()).toEqual([100, 20])
  expect((await findCustomer(core.pool, space.id, part))!.id).toBe(part)
  expect(await faults()).toEqual([])
})

test('an unmerge that is refused leaves nobody whose alarm rings for ever: it comes to rest', async () => {
  const [survivor, part] = await mergedPair()
  const later = Date.now() + (JOURNAL_DAYS + 1) * 86_400_000
  await core.pool.query(`insert into system (key, value) values ('backup_at', $1)`, [
    new Date(later).toISOString(),
  ])
  expect(await pruneJournal(core, later)).toBeGreaterThan(0)
  const found = (await findCustomer(core.pool, space.id, survivor))!
  await expect(unmerge(core, space.id, found, part, 'ann')).rejects.toMatchObject({
    code: 'cannot_tell_apart',
  })
  await stage.settle()
  // nor does one that is in the past however it came there: somebody part of another, and somebody set aside
  await core.pool.query(`update customer set due_at = clock_timestamp() - interval '1 minute'`)
  await core.pool.query(
    `insert into parked (bucket, customer_id, workspace_id, reason, error, at)
     select bucket, id, workspace_id, 'threw', '', clock_timestamp() from customer where id = $1`,
    [survivor],
  )
  await stage.settle()
  const due = await core.pool.query('select from customer where due_at is not null')
  expect(due.rowCount).toBe(0)
  expect(await faults()).toEqual([])
})
