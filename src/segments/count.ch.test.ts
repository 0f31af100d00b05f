// What is counted before a segment is saved is who is in it afterwards: one rule, asked of history and folded.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSegmentLab, type SegmentLab } from '../../test/segment-lab.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'

let lab: SegmentLab
beforeAll(async () => {
  lab = await openSegmentLab()
})
afterAll(() => lab.close())
beforeEach(() => lab.fresh())

const cus = (id: Uuid) => publicId('cus', id)
const span = { n: 30, unit: 'day' } as const
const viewed = (value: number): Rule => ({
  op: 'event',
  event: 'Product Viewed',
  where: [{ path: 'category', op: 'is', value: '洋裝' }],
  window: { in: 'last', span },
  measure: { of: 'count', test: { is: 'at_least', value } },
})
const bought: Rule = {
  op: 'orders',
  lines: { by: 'category', values: ['洋裝'] },
  window: { in: 'last', span },
  measure: { of: 'amount', test: { is: 'at_least', value: 1_000 } },
}
const view = (who: Uuid) => ({ who, name: 'Product Viewed', more: { props: { category: '洋裝' } } })
const order = (who: Uuid, total: number) => ({
  who,
  name: 'Order Completed',
  more: {
    props: { order_id: `o-${who}`, total, products: [{ sku: 'd', category: '洋裝', price: total }] },
  },
})

async function members(rule: Rule): Promise<string[]> {
  const definition = { groups: [{ key: 'in', name: '', rule }] }
  const { id, version } = await lab.ok('createSegment', { body: { name: '受眾', kind: 'live', definition } })
  await lab.ok('publishSegment', { params: { segment: id }, body: { version } })
  await lab.stage.settle()
  const { items } = await lab.ok('segmentMembers', { params: { segment: id }, query: { limit: '200' } })
  return items.map(m => m.customer.id).toSorted()
}

test('R3-45 R1-37 the count and the sample before saving are the members afterwards; an exclusion list is honoured', async () => {
  const [a, b, c, d] = Array.from({ length: 4 }, () => newId()) as [Uuid, Uuid, Uuid, Uuid]
  await lab.tell(view(a), view(a), view(b), view(c), view(c), view(d), order(a, 1000), order(d, 1500))
  const list = await lab.ok('createSegment', { body: { name: '不要打擾', kind: 'static' } })
  await lab.ok('changeSegmentMembers', { params: { segment: list.id }, body: { add: [cus(c)], remove: [] } })
  await lab.stage.settle()
  const out: Rule = { op: 'segment', segment: list.id, is: 'out' }
  for (const [rule, expected] of [
    [viewed(2), [a, c]],
    [{ op: 'and', rules: [viewed(2), out] }, [a]],
    [{ op: 'and', rules: [{ op: 'or', rules: [viewed(2), bought] }, out] }, [a, d]],
    [{ op: 'not', rule: { op: 'or', rules: [bought, viewed(2)] } }, [b]],
  ] as [Rule, Uuid[]][]) {
    const before = await lab.ok('previewRule', { body: { rule } })
    const ids = expected.map(cus).toSorted()
    expect(before.count).toBe(ids.length)
    expect(before.sample.map(s => s.id).toSorted()).toEqual(ids)
    expect(await members(rule)).toEqual(ids)
  }
  const overlap = await lab.ok('overlapOfRule', { body: { rule: viewed(1), segments: [list.id] } })
  expect(overlap.items).toEqual([{ segment: list.id, both: 1, only: 3, other: 0 }])
})
