// What templates ask for while they are rendered, fresh: products as the catalogue has them, recommendations, the last order,
// stores. One for each message; what is asked twice is read once, and no answer is longer than a message shows.
import type { Slot } from '../channels/content.ts'
import type { CustomerState } from '../customers/model.ts'
import { ordersOf } from '../customers/order-view.ts'
import { ORDER_COLUMNS, type OrderRecord, orderRow } from '../inbox/order-rows.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { productsBoughtWith, topSellers } from '../modules/recommend.ts'
import type {
  Recommended,
  ScopeSource,
  ShownLine,
  ShownOrder,
  ShownProduct,
  ShownStore,
} from './render-scope.ts'

const MOST_PRODUCTS = 60
const MOST_SHOWN = 12
const MOST_ORDER_ROWS = 200
const RECENT_DAYS = 30
/** A page that is slow to answer must not hold a message. */
const HISTORY_SECONDS = 2

type ProductRow = {
  code: string
  sku: string | null
  name: string
  category: string[]
  brand: string | null
  price: number | null
  stock: number | null
  image_url: string | null
  url: string | null
  status: string
  archived: boolean
}
const PRODUCT =
  'code, sku, name, category, brand, price::float8 as price, stock, image_url, url, status, archived'

const shown = (p: ProductRow): ShownProduct => ({
  id: p.code,
  name: p.name,
  category: p.category.at(-1) ?? '',
  brand: p.brand ?? '',
  price: p.price,
  stock: p.stock,
  in_stock: p.status === 'active' && !p.archived && (p.stock === null || p.stock > 0),
  image: p.image_url ?? '',
  url: p.url ?? '',
})

type Engines = { pool: Sql; history: History }

/** `now`: workspace time. */
export function openSource(
  { pool, history }: Engines,
  workspace: Uuid,
  customer: CustomerState | null,
  slots: Readonly<Record<string, Slot>>,
  now: number,
): ScopeSource {
  const kept = new Map<string, Promise<unknown>>()
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    let answer = kept.get(key) as Promise<T> | undefined
    if (!answer) kept.set(key, (answer = ask()))
    return answer
  }
  let asked = 0
  let waitedMs = 0
  const timed =
    <A extends unknown[], R>(ask: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      const from = performance.now()
      try {
        return await ask(...given)
      } finally {
        waitedMs += performance.now() - from
      }
    }

  async function byCodes(codes: string[]): Promise<ShownProduct[]> {
    if (codes.length === 0) return []
    const { rows } = await pool.query<ProductRow>({
      name: 'scope_products',
      text: `select ${PRODUCT} from product where workspace_id = $1 and (code = any($2) or sku = any($2))`,
      values: [workspace, codes.slice(0, MOST_PRODUCTS)],
    })
    const found = new Map(rows.flatMap(r => (r.sku === null ? [] : [[r.sku, shown(r)] as const])))
    for (const r of rows) found.set(r.code, shown(r))
    return codes.flatMap(c => found.get(c) ?? [])
  }

  const orders = () =>
    once('orders', async () => {
      if (!customer) return []
      const { rows } = await pool.query<OrderRecord>(
        `select ${ORDER_COLUMNS} from order_entry where bucket = $1 and workspace_id = $2 and customer_id = $3
          order by occurred desc limit ${MOST_ORDER_ROWS}`,
        [bucketOf(customer.id), workspace, customer.id],
      )
      return ordersOf(rows.map(orderRow))
    })

  const lastOrder = () =>
    once('order', async (): Promise<ShownOrder | null> => {
      const order = (await orders())[0]
      if (!order) return null
      return {
        no: order.orderNo,
        at: order.placedAt,
        status: order.status,
        total: order.total,
        store: order.store ?? '',
        lines: order.lines.map(l => ({
          product_id: l.productId ?? l.sku ?? '',
          name: l.name ?? '',
          quantity: l.quantity,
          price: l.price,
        })),
      }
    })

  const recent = () =>
    once('recent', async () => {
      if (!customer) return []
      const rows = await askHistory<{ code: string }>(
        history,
        `select JSONExtractString(props, 'product_id') as code from event
          where workspace_id = {workspace:UUID} and customer_id = {customer:UUID} and name = 'Product Viewed'
            and occurred > fromUnixTimestamp64Milli({since:Int64}, 'UTC') and code <> ''
          group by code order by max(occurred) desc limit ${MOST_SHOWN * 2}
          settings max_execution_time = ${HISTORY_SECONDS}`,
        { workspace, customer: customer.id, since: Math.round(now - RECENT_DAYS * 86_400_000) },
      ).catch(() => []) // a message without its suggestions is better than none
      return byCodes(rows.map(r => r.code))
    })

  const inCart = () => (customer?.cart?.items ?? []).map(([code]) => code)

  async function boughtWith(): Promise<ShownProduct[]> {
    const bought = (await orders()).slice(0, 10).flatMap(o => o.lines.flatMap(l => l.productId ?? []))
    const seeds = [...new Set([...inCart(), ...((await lastOrder())?.lines.map(l => l.product_id) ?? [])])]
    const codes = await productsBoughtWith(pool, workspace, seeds.slice(0, 20), [...bought, ...inCart()])
    return byCodes(codes)
  }

  /** What can be bought now, without what is in the cart. */
  const recommended = (kind: Recommended) =>
    once(`recommended ${kind}`, async () => {
      const found =
        kind === 'top'
          ? await byCodes(await topSellers(pool, workspace))
          : kind === 'recent'
            ? await recent()
            : await boughtWith()
      const cart = new Set(inCart())
      return found.filter(p => p.in_stock && !cart.has(p.id)).slice(0, MOST_SHOWN)
    })

  const product = (code: string) =>
    once(`product ${code}`, async () => {
      if (++asked > MOST_PRODUCTS) return null
      return (await byCodes([code]))[0] ?? null
    })

  return {
    product: timed(product),
    recommended: timed(recommended),
    lastOrder: timed(lastOrder),
    inCategory: timed((category: string) =>
      once(`category ${category}`, async () => {
        const { rows } = await pool.query<ProductRow>(
          `select ${PRODUCT} from product where workspace_id = $1 and $2 = any(category) and status = 'active' and not archived
              and (stock is null or stock > 0) order by updated_at desc, code limit ${MOST_SHOWN}`,
          [workspace, category],
        )
        return rows.map(shown)
      }),
    ),
    slot: timed((name: string) =>
      once(`slot ${name}`, async () => {
        const slot = Object.hasOwn(slots, name) ? slots[name] : undefined
        if (!slot) return null
        const first = (await byCodes(slot.products)).find(p => p.in_stock)
        if (first || !slot.fill || slot.fill === 'none') return first ?? null
        return (await recommended(slot.fill))[0] ?? null
      }),
    ),
    cartLines: timed(() =>
      once('cart', async (): Promise<ShownLine[]> => {
        const items = customer?.cart?.items ?? []
        const found = new Map((await byCodes(items.map(([code]) => code))).map(p => [p.id, p]))
        return items.map(([code, quantity, price]) => ({
          product_id: code,
          name: found.get(code)?.name ?? code,
          quantity,
          price: price ?? found.get(code)?.price ?? null,
        }))
      }),
    ),
    store: timed((code: string) =>
      once(`store ${code}`, async () => {
        const { rows } = await pool.query<ShownStore>(
          `select code, name, coalesce(address, '') as address, coalesce(phone, '') as phone, coalesce(region, '') as region
             from store where workspace_id = $1 and code = $2 and not archived`,
          [workspace, code],
        )
        return rows[0] ?? null
      }),
    ),
    waitedMs: () => waitedMs,
  }
}
