// A customer's orders as the API shows them, from their rows. Pure.
import type { z } from 'zod'
import type { order } from '../contract/profile.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import { basisOf, detail, worthOf, type Worth } from './order-worth.ts'

type Order = z.output<typeof order>

const iso = (ms: number): string => new Date(ms).toISOString()

/** Orders of these rows, newest first. Rows of an order of which nothing said yet what it is are left out. */
export function ordersOf(rows: OrderRow[]): Order[] {
  const byNo = Map.groupBy(
    rows.filter(r => r.entry !== 'points'), // the points' ledger tells of them
    r => r.orderNo,
  )
  return [...byNo]
    .flatMap(([orderNo, list]) => {
      const worth = worthOf(list)
      return worth === null ? [] : [viewOf(orderNo, list, worth)]
    })
    .sort((a, b) => (a.placedAt === b.placedAt ? 0 : a.placedAt < b.placedAt ? 1 : -1))
}

function viewOf(orderNo: string, rows: OrderRow[], worth: Worth): Order {
  const basis = basisOf(rows)
  const of = <K extends Parameters<typeof detail>[1]>(name: K) => detail(basis, name) ?? null
  return {
    orderNo,
    placedAt: iso(worth.at),
    updatedAt: iso(Math.max(...rows.map(r => r.occurred))),
    status: worth.status,
    paid: worth.paid,
    refunded: worth.refunded,
    returned: worth.returned,
    currency: worth.currency,
    total: worth.gross,
    net: worth.net,
    refundedTotal: worth.status === 'cancelled' ? 0 : worth.gross - worth.net,
    subtotal: of('subtotal'),
    tax: of('tax'),
    shipping: of('shipping'),
    discount: of('discount'),
    cost: worth.cost,
    salesChannel: worth.channel,
    store: of('store'),
    staff: of('staff'),
    pickupStore: of('pickup'),
    coupon: of('coupon'),
    source: (basis.placed ?? basis.updated ?? basis.paid)?.body.src ?? '',
    lines: worth.lines.map(l => ({
      productId: l.id ?? null,
      sku: l.sku ?? l.id ?? null,
      name: l.name ?? null,
      category: l.category ?? null,
      brand: l.brand ?? null,
      variant: l.variant ?? null,
      quantity: l.q,
      returned: l.back,
      price: l.price ?? null,
      cost: l.cost ?? null,
    })),
    history: rows
      .toSorted((a, b) => a.occurred - b.occurred || (a.key < b.key ? -1 : 1))
      .map(r => ({
        entry: r.entry,
        at: iso(r.occurred),
        amount: r.body.noTotal || !MONEY.has(r.entry) ? null : r.amount,
        source: r.body.src,
      })),
  }
}

const MONEY = new Set<OrderRow['entry']>(['placed', 'paid', 'updated', 'refunded', 'returned'])
