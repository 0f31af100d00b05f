// Shopify's bodies as items: the fields of an order, and what is left out.
import { describe, expect, test } from 'vitest'
import checkout from '../../test/fixtures/shopify/checkout.json' with { type: 'json' }
import customer from '../../test/fixtures/shopify/customer.json' with { type: 'json' }
import order from '../../test/fixtures/shopify/order.json' with { type: 'json' }
import product from '../../test/fixtures/shopify/product.json' with { type: 'json' }
import refund from '../../test/fixtures/shopify/refund.json' with { type: 'json' }
import { readShopify } from './shopify.ts'

const settings = { currency: 'TWD', locations: { '655441491': 'TPE01' } }
const read = (topic: string, body: Record<string, unknown>) => readShopify(topic, body, 'hash', settings)!
const items = (topic: string, body: Record<string, unknown>) => read(topic, body).brought.map(b => b.item)

describe('orders', () => {
  test('an order has the canonical fields, money as numbers, and never the phone of its parcel', () => {
    expect(items('orders/create', order)).toEqual([
      {
        type: 'track',
        event: 'Order Completed',
        timestamp: '2026-05-01T12:00:00+08:00',
        channel: 'web',
        properties: {
          order_id: '#1001',
          shop_order_id: '5123456789012',
          total: 1360,
          subtotal: 1300,
          tax: 0,
          shipping: 60,
          discount: 60,
          currency: 'TWD',
          coupon: 'MAY60',
          sales_channel: 'online',
          payment_status: 'paid',
          products: [
            {
              product_id: '632910392',
              sku: 'TEA-001-150',
              name: 'Alishan Oolong',
              variant: '150 g',
              brand: 'Itinera Tea',
              price: 680,
              quantity: 2,
            },
          ],
        },
        context: {
          traits: { email: 'mei.lin@example.com', phone: '+886912345678' },
          externalIds: [{ id: 'shopify:7123456789012', type: 'shop_customer' }],
        },
      },
    ])
  })

  test('a sale at the till has its store and the channel store', () => {
    const [item] = items('orders/create', {
      ...order,
      source_name: 'pos',
      location_id: 655441491,
      user_id: 799407056,
    })
    expect(item!.properties).toMatchObject({ sales_channel: 'store', store: 'TPE01', staff: '799407056' })
  })

  test('a refund is the same with its order and alone, so that it counts once', () => {
    const alone = read('refunds/create', refund).brought
    const within = read('orders/updated', { ...order, refunds: [refund] }).brought
    expect(within.map(b => b.item.event)).toEqual(['Order Updated', 'Order Refunded'])
    expect(within[1]!.key).toBe(alone[0]!.key)
    // alone it knows only the shop's own number, which the order told beside the one that people know
    expect(alone[0]).toMatchObject({ outsideOrder: String(order.id) })
    expect(within[1]!.item.properties).toEqual({
      ...(alone[0]!.item.properties as object),
      order_id: '#1001',
    })
    expect(read('orders/updated', order).orders).toEqual([{ outside: String(order.id), orderNo: '#1001' }])
    expect(alone[0]!.item.properties).toMatchObject({ total: 680, refund_id: expect.any(String) })
  })

  test('a refund that gave nothing back is none', () => {
    const empty = { ...refund, transactions: [], refund_line_items: [] }
    expect(items('refunds/create', empty)).toEqual([])
  })

  test('the same order told twice has one key, a later state another', () => {
    const later = { ...order, updated_at: '2026-05-02T00:00:00+08:00' }
    const key = (topic: string, body: Record<string, unknown>) => read(topic, body).brought[0]!.key
    expect(key('orders/create', order)).toBe(key('orders/create', later))
    expect(key('orders/updated', order)).not.toBe(key('orders/updated', later))
  })
})

test('a customer brings attributes, the consent that was given, and tags', () => {
  expect(items('customers/update', customer).map(i => [i.type, i.event, i.properties])).toEqual([
    ['identify', undefined, undefined],
    ['track', 'consent.granted', { channel: 'email', purpose: 'marketing' }],
    ['track', 'tag.applied', { tag: 'VIP' }],
    ['track', 'tag.applied', { tag: 'tea lover' }],
  ])
})

test('a checkout starts once and then changes; without a person or when paid it is nothing', () => {
  const started = read('checkouts/create', checkout).brought
  const changed = read('checkouts/update', checkout).brought
  expect(changed.map(b => b.item.event)).toEqual(['Checkout Started', 'Checkout Updated'])
  expect(changed[0]!.key).toBe(started[0]!.key)
  expect(items('checkouts/create', { ...checkout, email: null })).toEqual([])
  expect(items('checkouts/update', { ...checkout, completed_at: '2026-05-01T12:00:00+08:00' })).toEqual([])
})

test('a product becomes a row of the catalogue, and a removed one is named', () => {
  expect(read('products/update', product).products).toEqual([
    expect.objectContaining({
      code: '632910392',
      sku: 'TEA-001-150',
      category: ['Tea'],
      price: 680,
      stock: 52,
      status: 'active',
    }),
  ])
  expect(read('products/delete', { id: 632910392 }).gone).toEqual(['632910392'])
})

test('a topic that is not read is told apart from one that says nothing', () => {
  expect(readShopify('app/uninstalled', {}, 'hash', settings)).toBeNull()
})
