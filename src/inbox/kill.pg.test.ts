import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { seeded, startVictim } from '../../test/kill.ts'
import { eventFor, openStage } from '../../test/stage.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { append } from './append.ts'
import { verifyAll } from './verify.ts'

const ROUNDS = process.env.FULL === '1' ? 60 : 10
const POINTS = [
  'fold.read',
  'fold.reduced',
  'fold.written',
  'fold.committed',
  'history.stored',
  'history.inserted',
]

let core: TestCore
beforeEach(async () => {
  core = await openTestCore()
})
afterEach(() => core.close())

test('hard problem 2: owners and history killed at named points lose and double nothing, and state equals replay', {
  timeout: 240_000,
}, async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  console.log(`kill test: seed ${seed}, ${ROUNDS} kills`)
  const random = seeded(seed)
  const workspace = (await createTestWorkspace(core)).id
  const sent: string[] = []
  const customers = Array.from({ length: 40 }, () => newId())
  const pick = (): Uuid => customers[Math.floor(random() * customers.length)]!
  for (let round = 0; round < ROUNDS; round++) {
    const point = POINTS[round % POINTS.length]!
    const victim = await startVictim(core, 'fold,history', `${point}:${1 + Math.floor(random() * 4)}`)
    let done = false
    const ended = victim.ended.then(e => {
      done = true
      return e
    })
    // it meets its point only while there is work: bounded feeding until it has
    for (let i = 0; i < 200 && !done; i++) {
      const batch = Array.from({ length: 10 }, () => {
        const messageId = `${seed}-${round}-${i}-${Math.floor(random() * 1e9)}`
        sent.push(messageId)
        const order = random() < 0.2
        return eventFor(workspace, pick(), order ? 'Order Completed' : 'Product Viewed', {
          messageId,
          props: order ? { order_id: messageId, total: 10, currency: 'TWD' } : { product_id: 'A1' },
        })
      })
      await append(core.pool, core.signals, batch)
      await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 50))])
    }
    victim.kill()
    const end = await ended
    expect(end).toEqual({ signal: 'SIGKILL', point })
  }
  const stage = openStage(core)
  await stage.settle()
  const stored = await core.history.query({
    query: `select toUInt32(count()) as n, toUInt32(uniqExact(message_id)) as ids from event where kind = 'event'`,
    format: 'JSONEachRow',
  })
  expect(await stored.json()).toEqual([{ n: sent.length, ids: new Set(sent).size }])
  const verified = await verifyAll(core)
  expect(verified.checks.flatMap(c => c.faults)).toEqual([])
  await stage.close()
})
