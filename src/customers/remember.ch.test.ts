// Rules over the past through the real path: an exit that time alone brings about, what is published in the middle, and
// replay of all of it from the journal.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { collectApp } from '../collect/routes.ts'
import { publishGraphs } from '../demo/journeys.ts'
import { moveClock } from '../inbox/clock.ts'
import { verifyAll } from '../inbox/verify.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import type { Rule } from '../rules/model.ts'
import { customerRoutes } from './routes.ts'

const DAY = 86_400_000
let core: TestCore
let stage: Stage
let server: Awaited<ReturnType<typeof serveApp>>
let space: Awaited<ReturnType<typeof createTestWorkspace>>

beforeAll(async () => {
  core = await openTestCore()
  space = await createTestWorkspace(core)
  server = await serveApp(collectApp(core))
  stage = openStage(core)
  await stage.settle()
})
afterAll(async () => {
  await server.close()
  await stage.close()
  await core.close()
})

async function send(event: string, properties: Record<string, unknown>, at: number): Promise<void> {
  const item = {
    type: 'track',
    userId: 'may',
    event,
    properties,
    timestamp: new Date(at),
  }
  await postBatch(server.url, space.apiKey, [item])
  await stage.settle()
}

async function facts(name: string) {
  const { items } = await callHandler(core, space.id, 'customers', customerRoutes.customers, {
    query: { q: 'may' },
  })
  const timeline = await callHandler(core, space.id, 'timeline', customerRoutes.timeline, {
    params: { customer: items[0]!.id },
    query: { limit: 200 },
  })
  return timeline.items.filter(i => i.name === name)
}

const bought: Rule = {
  op: 'orders',
  status: ['paid'],
  window: { in: 'last', span: { n: 30, unit: 'day' } },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
}
const lapsing: JourneyGraph = {
  format: 1,
  name: 'stays',
  trigger: { kind: 'event', event: 'Order Completed', latenessMs: 7 * DAY },
  reentry: { kind: 'never' },
  exits: [{ name: 'lapsed', rule: { op: 'not', rule: bought } }],
  start: 'wait',
  nodes: { wait: { type: 'delay', fields: { ms: 300 * DAY }, next: { next: null } } },
}

test('R4-19 "has not bought for 30 days" ends a run on the very millisecond, with no event; all is replayed', async () => {
  await publishGraphs(core, space.id, [lapsing])
  await stage.settle()
  const first = Date.now() - 2 * DAY - 7
  const second = Date.now() - DAY - 3
  await send('Order Completed', { order_id: 'A', total: 900 }, first)
  await send('Order Completed', { order_id: 'B', total: 900 }, second)
  await send('Order Cancelled', { order_id: 'A' }, second)
  expect(await facts('journey.entered')).toHaveLength(1)
  await moveClock(core, space.id, second + 30 * DAY - 60_000)
  await stage.settle()
  expect(await facts('journey.exited')).toEqual([])
  await moveClock(core, space.id, second + 31 * DAY)
  await stage.settle()
  const [exit] = await facts('journey.exited')
  expect([Date.parse(exit!.at), exit!.props.exit]).toEqual([second + 30 * DAY, 'lapsed'])
  const verified = await verifyAll(core)
  expect(verified.checks.flatMap(c => c.faults)).toEqual([])
})
