// Bodies of any shape as items, by the paths people write.
import { describe, expect, test } from 'vitest'
import { applyMapping, mappingFaults, pathsOf } from './mapping.ts'
import type { Mapping, MappingRule } from './model.ts'

const body = {
  type: 'order.created',
  created: 1_777_608_000,
  order: {
    no: 'A-1',
    amount: '1,280',
    buyer: { mail: 'mei@example.com', 手機: '0912-345-678' },
    lines: [
      { code: 'p-1', title: 'Tea', qty: 2 },
      { code: 'p-2', title: 'Cup' },
    ],
  },
}
const rule = (more: Partial<MappingRule>): Mapping => ({
  rules: [{ when: null, each: null, type: 'track', fields: [], ...more }],
})
const first = (mapping: Mapping, of: unknown = body) =>
  applyMapping(mapping, of as never, 'Asia/Taipei').items[0]?.item

describe('mapping', () => {
  test('R0-21 paths give event, identifiers, properties and the lines of an order', () => {
    const mapping = rule({
      when: { path: '$.type', is: 'order.created' },
      fields: [
        { to: 'event', value: 'Order Completed' },
        { to: 'email', path: '$.order.buyer.mail' },
        { to: 'phone', path: "$.order.buyer['手機']" },
        { to: 'timestamp', path: '$.created' },
        { to: 'properties.order_id', path: '$.order.no' },
        { to: 'properties.sales_channel', value: 'online' },
        { to: 'properties.products', path: '$.order.lines[*]' },
        { to: 'properties.products[].product_id', path: '@.code' },
        { to: 'properties.products[].quantity', path: '@.qty' },
      ],
    })
    expect(mappingFaults(mapping)).toEqual([])
    expect(first(mapping)).toEqual({
      type: 'track',
      event: 'Order Completed',
      timestamp: '2026-05-01T04:00:00.000Z',
      properties: {
        order_id: 'A-1',
        sales_channel: 'online',
        products: [{ product_id: 'p-1', quantity: 2 }, { product_id: 'p-2' }],
      },
      context: { traits: { email: 'mei@example.com', phone: '0912-345-678' } },
    })
  })

  test('a list gives an item for each entry, which may still read the whole body', () => {
    const mapping = rule({
      each: '$.order.lines[*]',
      fields: [
        { to: 'event', path: '@.title' },
        { to: 'properties.order_id', path: '$.order.no' },
      ],
    })
    const { items } = applyMapping(mapping, body as never, 'Asia/Taipei')
    expect(items.map(i => [i.item.event, i.item.properties])).toEqual([
      ['Tea', { order_id: 'A-1' }],
      ['Cup', { order_id: 'A-1' }],
    ])
    expect(new Set(items.map(i => i.about)).size).toBe(2)
  })

  test('no rule takes it: told apart from a rule that gives nothing', () => {
    expect(applyMapping(rule({ when: { path: '$.type', is: 'other' } }), body, 'Asia/Taipei').matched).toBe(
      false,
    )
    expect(applyMapping(rule({ each: '$.none[*]' }), body, 'Asia/Taipei')).toMatchObject({
      matched: true,
      items: [],
    })
  })

  test('an identify carries who it is among its traits', () => {
    const mapping = rule({
      type: 'identify',
      fields: [
        { to: 'email', path: '$.order.buyer.mail' },
        { to: 'traits.address.city', value: '台北市' },
      ],
    })
    expect(first(mapping)).toEqual({
      type: 'identify',
      traits: { address: { city: '台北市' }, email: 'mei@example.com' },
      context: { traits: { email: 'mei@example.com' } },
    })
  })

  test('a card or an e-invoice carrier is an identifier of its own', () => {
    const fields = [
      { to: 'cardNo', path: '$.card' },
      { to: 'carrier', path: '$.carrier' },
    ]
    expect(first(rule({ fields }), { card: 88123, carrier: '/ABC1234' })!.context).toEqual({
      traits: {},
      externalIds: [
        { id: '88123', type: 'card_no' },
        { id: '/ABC1234', type: 'carrier' },
      ],
    })
  })

  test.each([
    ['2026-05-01 12:00:00', '2026-05-01T04:00:00Z'],
    ['2026/05/01 12:00', '2026-05-01T04:00:00Z'],
    ['2026-05-01T12:00:00Z', '2026-05-01T12:00:00Z'],
    [1_777_608_000_000, '2026-05-01T04:00:00.000Z'],
    ['1777608000', '2026-05-01T04:00:00.000Z'],
    ['yesterday', 'yesterday'],
  ])('the time %s without a zone is of the workspace', (given, expected) => {
    expect(first(rule({ fields: [{ to: 'timestamp', path: '$.at' }] }), { at: given })!.timestamp).toBe(
      expected,
    )
  })

  test('what is wrong with a mapping is said with its place', () => {
    const faults = mappingFaults(
      rule({
        fields: [
          { to: 'event', path: '$.a[' },
          { to: 'properties.__proto__.x', path: '$.a' },
          { to: 'somewhere', path: '$.a' },
          { to: 'properties.x' },
          { to: 'properties.y', path: '$.list[?@.a == 1]' },
          { to: 'properties.z', path: 'order.id' },
        ],
      }),
    )
    expect(faults.map(f => f.path)).toEqual([
      'mapping.rules.0.fields.0.path',
      'mapping.rules.0.fields.1.to',
      'mapping.rules.0.fields.2.to',
      'mapping.rules.0.fields.3',
      'mapping.rules.0.fields.4.path',
      'mapping.rules.0.fields.5.path',
    ])
    expect(mappingFaults(rule({}))).toEqual([expect.objectContaining({ path: 'mapping.rules.0.fields' })])
  })

  test('the paths of a body are offered, also under names that need quotes', () => {
    const paths = pathsOf(body)
    expect(paths).toContainEqual({ path: '$.order.no', sample: 'A-1' })
    expect(paths).toContainEqual({ path: '$.order.lines[*]', sample: '[2]' })
    for (const { path } of paths) expect(mappingFaults(rule({ fields: [{ to: 'event', path }] }))).toEqual([])
  })
})
