// The sandbox's till: sells the made-up brand's goods in a store and takes them back, told as a store's own system tells it.
import { fromSmallestUnit, toSmallestUnit } from '../customers/money.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { BRAND, findProduct, PRODUCTS, STORES } from './brand.ts'
import { trackAsServer } from './intake.ts'
import { sandboxNow } from './stand-in.ts'

/** A price is in the smallest unit of the workspace's currency. */
export type Till = {
  products: { sku: string; name: { zh: string; en: string }; price: number }[]
  stores: { code: string; name: string }[]
  staff: { code: string; name: string; store: string | null }[]
}

type Shop = { id: Uuid; currency: string }

/** The made-up brand asks the same figures in any currency. */
const priced = (price: number, currency: string): number => toSmallestUnit(price, currency) ?? 0

/** A brand that has no stores yet sells in the made-up ones. */
export async function tillOf(sql: Sql, { id: workspace, currency }: Shop): Promise<Till> {
  const [stores, staff] = await Promise.all([
    sql.query<{ code: string; name: string }>(
      'select code, name from store where workspace_id = $1 and active and not archived order by code limit 200',
      [workspace],
    ),
    sql.query<{ code: string; name: string; store: string | null }>(
      `select code, name, store from staff where workspace_id = $1 and active and not archived
        order by code limit 500`,
      [workspace],
    ),
  ])
  return {
    products: PRODUCTS.map(({ sku, name, price }) => ({ sku, name, price: priced(price, currency) })),
    stores: stores.rows.length > 0 ? stores.rows : STORES.map(code => ({ code, name: code })),
    staff: staff.rows,
  }
}

export type Sale = {
  order: string
  store: string
  staff?: string | undefined
  memberNo?: string | undefined
  lines: { sku: string; quantity: number }[]
  /** a coupon that was used for this order, and what it took off in the smallest unit */
  coupon?: string | undefined
  discount: number
}

async function tell(core: Core, workspace: Uuid, item: Record<string, unknown>): Promise<void> {
  const at = new Date(await sandboxNow(core.pool, workspace)).toISOString()
  const library = { name: 'itinera-till', version: '1' }
  const told = { type: 'track', ...item, timestamp: at, sentAt: at, context: { library } }
  if (!(await trackAsServer(core, workspace, told)))
    throw new Problem(502, 'till_failed', 'The product did not take what the till told', {
      action: 'Try again.',
    })
}

const whose = (order: string, memberNo: string | undefined) =>
  memberNo ? { userId: memberNo } : { anonymousId: `till-${order}` }

/** The total is in the smallest unit. @throws Problem 400 for goods that the brand does not sell */
export async function sell(core: Core, { id, currency }: Shop, sale: Sale): Promise<{ total: number }> {
  const lines = sale.lines.map(({ sku, quantity }) => {
    const product = findProduct(sku)
    if (!product)
      throw new Problem(400, 'invalid', 'The brand does not sell this', {
        path: 'lines',
        action: 'Choose goods of the till.',
      })
    return { product, quantity }
  })
  const subtotal = lines.reduce((sum, l) => sum + priced(l.product.price, currency) * l.quantity, 0)
  const discount = Math.min(sale.discount, subtotal)
  const said = (amount: number) => fromSmallestUnit(amount, currency)
  await tell(core, id, {
    event: 'Order Completed',
    messageId: `till-${sale.order}`,
    ...whose(sale.order, sale.memberNo),
    properties: {
      order_id: sale.order,
      subtotal: said(subtotal),
      discount: said(discount),
      total: said(subtotal - discount),
      currency,
      sales_channel: 'store',
      store: sale.store,
      ...(sale.staff ? { staff: sale.staff } : {}),
      ...(sale.coupon ? { coupon: sale.coupon } : {}),
      products: lines.map(({ product, quantity }) => ({
        product_id: product.sku,
        sku: product.sku,
        name: product.name.zh,
        category: product.category.zh,
        brand: BRAND.zh,
        price: product.price,
        quantity,
      })),
    },
  })
  return { total: subtotal - discount }
}

/** All of an order comes back. */
export async function refund(
  core: Core,
  workspace: Uuid,
  of: { order: string; store: string; memberNo?: string | undefined },
): Promise<void> {
  const id = `R-${of.order}`
  await tell(core, workspace, {
    event: 'Order Refunded',
    messageId: `till-refund-${of.order}-${newId().slice(-8)}`,
    ...whose(of.order, of.memberNo),
    properties: { order_id: of.order, refund_id: id, sales_channel: 'store', store: of.store },
  })
}
