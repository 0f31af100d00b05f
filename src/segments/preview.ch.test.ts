// Questions about a rule that nobody published, over customers that came through the real intake, fold and history.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { postBatch } from '../../test/http-client.ts'
import { serveApp } from '../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { findWorkspace } from '../catalogue/workspace.ts'
import { collectApp } from '../collect/routes.ts'
import type { In, Out } from '../contract.ts'
import { newId, publicId } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import { contextOf, holdersOf } from './preview.ts'
import { previewRoutes } from './preview-routes.ts'

const DAY = 86_400_000
let core: TestCore
let stage: Stage
let server: Awaited<ReturnType<typeof serveApp>>
let space: Awaited<ReturnType<typeof createTestWorkspace>>

const ago = (days: number) => new Date(Date.now() - days * DAY)
const identify = (userId: string, traits: Record<string, unknown>) => ({
  type: 'identify',
  messageId: newId(),
  userId,
  traits,
  timestamp: ago(1),
})
const track = (userId: string, event: string, properties: Record<string, unknown>, days: number) => ({
  type: 'track',
  messageId: newId(),
  userId,
  event,
  properties,
  timestamp: ago(days),
})
const shoes = { sku: 's1', category: 'shoes', price: 500 }

beforeAll(async () => {
  core = await openTestCore()
  space = await createTestWorkspace(core)
  server = await serveApp(collectApp(core))
  stage = openStage(core)
  await stage.settle()
  await post(space.apiKey, [
    identify('ann', { name: '安', city: '台北', points: 10, kids: ['a', 'b'] }),
    identify('ben', { name: '班', city: '高雄', points: 5 }),
    identify('cat', { name: '凱', city: '台北' }),
    identify('dan', { name: '丹', email: 'dan@example.com' }),
    track('ann', 'Product Viewed', shoes, 3),
    track('ann', 'Product Viewed', shoes, 10),
    track('ben', 'Product Viewed', { category: 'bags' }, 3),
    track('ben', 'Product Viewed', shoes, 40),
    track('ann', 'Order Completed', { order_id: 'o1', total: 500, products: [shoes] }, 5),
    track('cat', 'Order Completed', { order_id: 'o2', total: 900, products: [shoes] }, 5),
    track('cat', 'Order Returned', { order_id: 'o2' }, 2),
  ])
}, 180_000)
afterAll(async () => {
  await server.close()
  await stage.close()
  await core.close()
})

async function post(key: string, batch: Record<string, unknown>[]): Promise<void> {
  await postBatch(server.url, key, batch, new Date())
  await stage.settle()
}

const preview = (rule: unknown): Promise<Out<'previewRule'>> =>
  callHandler(core, space.id, 'previewRule', previewRoutes.previewRule, { body: { rule } })
const names = async (rule: Rule) => {
  const { sample, count } = await preview(rule)
  expect(sample).toHaveLength(count!)
  return sample.map(c => c.name).sort()
}
const breakdown = (rule: Rule, by: In<'breakdownOfRule'>['by']) =>
  callHandler(core, space.id, 'breakdownOfRule', previewRoutes.breakdownOfRule, { body: { rule, by } })

const city: Rule = { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: '台北' } }
const everybody: Rule = { op: 'stage', is: 'at_least', stage: 'awareness' }
const viewedShoes: Rule = {
  op: 'event',
  event: 'Product Viewed',
  where: [{ path: 'category', op: 'is', value: 'shoes' }],
  window: { in: 'last', span: { n: 30, unit: 'day' } },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
}
const boughtShoes: Rule = {
  op: 'orders',
  lines: { by: 'category', values: ['shoes'] },
  window: { in: 'ever' },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
}

test('how many, of how many, and who', async () => {
  expect(await preview(city)).toMatchObject({ faults: [], count: 2, total: 4, share: 0.5 })
  expect(await names(city)).toEqual(['凱', '安'])
  expect(await names(viewedShoes)).toEqual(['安'])
  expect(await names({ op: 'not', rule: viewedShoes })).toEqual(['丹', '凱', '班'])
})

test('R2-13 an order that came back is not bought', async () => {
  expect(await names(boughtShoes)).toEqual(['安'])
})

test('a merged person has what both did', async () => {
  await post(space.apiKey, [
    { ...track('ben', 'Product Viewed', { category: 'hats' }, 2), anonymousId: 'browser-1' },
    { ...track('', 'Product Viewed', shoes, 2), userId: undefined, anonymousId: 'browser-2' },
  ])
  expect((await preview(viewedShoes)).count).toBe(2)
  await post(space.apiKey, [
    { type: 'alias', messageId: newId(), userId: 'ben', previousId: 'browser-2', timestamp: ago(0) },
  ])
  expect(await names(viewedShoes)).toEqual(['安', '班'])
  expect((await preview(everybody)).total).toBe(4)
})

test('by trait, tag and stage', async () => {
  expect(await breakdown(everybody, { kind: 'trait', trait: 'city' })).toMatchObject({
    count: 4,
    items: [
      { name: 'city', value: '台北', count: 2 },
      { name: 'city', value: '高雄', count: 1 },
    ],
    rest: 0,
    none: 1,
  })
  const kids = await breakdown(everybody, { kind: 'trait', trait: 'kids' })
  expect(kids.items.map(i => [i.value, i.count])).toEqual([
    ['a', 1],
    ['b', 1],
  ])
  expect((await breakdown(city, { kind: 'trait', trait: 'points' })).items[0]).toMatchObject({ value: '10' })
  expect((await breakdown(everybody, { kind: 'tag' })).none).toBe(4)
})

test('R1-37 attribute and purchase: a woman whose only dress was refunded is out, a man is out; the count is the ids', async () => {
  const dress = { sku: 'd1', category: '洋裝', price: 900 }
  await post(space.apiKey, [
    identify('eve', { name: '怡', gender: 'female' }),
    identify('fay', { name: '菲', gender: 'female' }),
    identify('gil', { name: '吉', gender: 'male' }),
    ...['eve', 'fay', 'gil'].map(who =>
      track(who, 'Order Completed', { order_id: `d-${who}`, total: 900, products: [dress] }, 3),
    ),
    track('fay', 'Order Refunded', { order_id: 'd-fay' }, 1),
  ])
  const rule: Rule = {
    op: 'and',
    rules: [
      { op: 'trait', trait: 'gender', type: 'text', test: { is: 'equal', value: 'female' } },
      { ...boughtShoes, lines: { by: 'category', values: ['洋裝'] }, status: ['paid'] } as Rule,
    ],
  }
  expect(await names(rule)).toEqual(['怡'])
  const workspace = (await findWorkspace(core.pool, space.id))!
  const ctx = await contextOf(core.pool, workspace, Date.now())
  expect(await holdersOf(core.history, ctx, rule)).toHaveLength((await preview(rule)).count!)
})

test('why for one, also of what no published rule asks for', async () => {
  const why = async (rule: Rule, name: string) => {
    const { sample } = await preview({
      op: 'trait',
      trait: 'name',
      type: 'text',
      test: { is: 'equal', value: name },
    })
    const body = { rule, customer: sample[0]!.id }
    return callHandler(core, space.id, 'whyRule', previewRoutes.whyRule, { body })
  }
  const both: Rule = { op: 'and', rules: [viewedShoes, boughtShoes] }
  expect(await why(both, '安')).toMatchObject({
    value: true,
    why: [
      { path: '/rules/0', leaf: 'event', value: true, seen: 1 },
      { path: '/rules/1', leaf: 'orders', value: true, seen: 1 },
    ],
  })
  expect(await why(both, '凱')).toMatchObject({
    value: false,
    why: [{ path: '/rules/0', value: false, seen: 0 }],
  })
  expect(await why(boughtShoes, '凱')).toMatchObject({ value: false, why: [{ leaf: 'orders', seen: 0 }] })
  // the older of the two views leaves the 30 days
  const twice = { ...viewedShoes, measure: { of: 'count', test: { is: 'at_least', value: 2 } } } as Rule
  const { until } = await why(twice, '安')
  expect(Math.round((Date.parse(until!) - Date.now()) / DAY)).toBe(20)
})

test('what is wrong with a rule is told with its path', async () => {
  const found = await preview({ op: 'and', rules: [{ op: 'orders' }] })
  expect(found.count).toBeNull()
  expect(found.faults.map(f => f.path)).toContain('/rules/0/window')
})

test('a rule that names what the workspace does not have is refused with the place and what to do instead', async () => {
  const faults = async (rule: unknown) =>
    (await preview({ op: 'and', rules: [city, rule] })).faults.map(f => [
      f.path,
      f.code,
      f.alternative?.zh ?? '',
    ])
  const trait = (name: string, type: string, test: unknown) => ({ op: 'trait', trait: name, type, test })
  const over = { is: 'over', value: 1 }
  expect(await faults(trait('citty', 'text', { is: 'equal', value: '台北' }))).toMatchObject([
    ['/rules/1/trait', 'unknown_attribute', expect.stringContaining('請選擇已有的屬性')],
  ])
  expect(await faults(trait('birthday', 'number', over))).toMatchObject([
    ['/rules/1/type', 'wrong_type', '請改用日期的比較方式'],
  ])
  expect(await faults({ op: 'segment', segment: publicId('seg', newId()), is: 'in' })).toMatchObject([
    ['/rules/1/segment', 'unknown_segment', '請選擇已發布的分眾'],
  ])
  // what somebody has without a declaration may be asked for, as any type
  for (const name of ['points', 'kids', 'city']) expect(await faults(trait(name, 'number', over))).toEqual([])
})
