// Orders that do not say what their goods cost: the catalogue does, whoever told of the order.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openShopLab, type ShopLab } from '../../test/shop-lab.ts'

let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
  const made = await lab.call('createProduct', {
    body: {
      code: 'TEA',
      name: '高山茶',
      category: ['茶葉', '高山茶'],
      brand: '旅圖',
      price: 680,
      cost: 300,
      variants: [{ sku: 'TEA-L', name: '大', cost: 450 }],
    },
  })
  expect(made.status).toBe(200)
}, 180_000)
afterAll(() => lab.close())

const order = (userId: string, products: object[], more: object = {}) => ({
  type: 'track',
  userId,
  event: 'Order Completed',
  properties: { order_id: `O-${userId}`, total: 680, products, ...more },
})
async function linesOf(userId: string): Promise<Record<string, unknown>[]> {
  const found = await lab.call('customers', { query: { q: userId } })
  const customer = (found.body.items as { id: string }[])[0]!.id
  const { body } = await lab.call('customerOrders', { params: { customer } })
  return (body.items as { lines: Record<string, unknown>[] }[])[0]!.lines
}

test('R0-35 cost, category and brand come from the catalogue for orders of the API; the sender’s own words win', async () => {
  await lab.batch([
    order('api', [{ product_id: 'TEA', price: 680, quantity: 2 }]),
    order('variant', [{ product_id: 'TEA', sku: 'TEA-L', price: 980 }]),
    order('own', [{ product_id: 'TEA', price: 680, cost: 10, category: '特價' }]),
    order('abroad', [{ product_id: 'TEA', price: 20 }], { currency: 'USD' }),
    order('unknown', [{ product_id: 'COFFEE', price: 90 }]),
    { type: 'track', userId: 'api', event: 'Product Viewed', properties: { product_id: 'TEA' } },
  ])
  await lab.settle()
  expect(await linesOf('api')).toMatchObject([
    { category: '茶葉 > 高山茶', brand: '旅圖', cost: 300, quantity: 2 },
  ])
  expect(await linesOf('variant')).toMatchObject([{ cost: 450 }])
  expect(await linesOf('own')).toMatchObject([{ cost: 10, category: '特價', brand: '旅圖' }])
  // in another currency it is not known
  expect(await linesOf('abroad')).toMatchObject([{ cost: null, brand: '旅圖' }])
  expect(await linesOf('unknown')).toMatchObject([{ cost: null, brand: null }])
})

test('R0-35 and for orders that a file brings', async () => {
  const csv = '訂單編號,訂單時間,會員編號,商品編號,單價,數量\nF-1,2026-05-01 12:00,file-1,TEA,680,1\n'
  const answer = await fetch(
    `${lab.core.baseUrl}/api/w/${lab.ws}/import-files?name=orders.csv&target=orders&start=1`,
    { method: 'POST', headers: { authorization: `Bearer ${lab.apiKey}` }, body: csv },
  )
  expect(answer.status).toBe(201)
  const { id } = (await answer.json()) as { id: string }
  await vi.waitFor(
    async () =>
      expect((await lab.call('import', { params: { import: id } })).body).toMatchObject({
        status: 'done',
        counts: { new: 1 },
      }),
    { timeout: 20_000 },
  )
  await lab.settle()
  expect(await linesOf('file-1')).toMatchObject([{ cost: 300, category: '茶葉 > 高山茶' }])
}, 180_000)
