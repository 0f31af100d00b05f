// What an order is worth, as history keeps it: a row for each fold that touched it, of which the newest counts.
import type { Uuid } from '../platform/ids.ts'
import type { FoldEffect } from './model.ts'

export type OrderStateRow = {
  workspace_id: Uuid
  customer_id: Uuid
  order_no: string
  /** as text: it may have more digits than a number holds */
  version: string
  /** 0: the order is somebody else's by now; all that follows is empty */
  known: number
  at: number
  counts: number
  paid: number
  status: string
  refunded: string
  returned: string
  net: number
  currency: string
  channel: string
  store: string
  lines: [
    product: string,
    sku: string,
    category: string,
    brand: string,
    q: number,
    back: number,
    price: number,
  ][]
}

/** Where in the journal the fold stands: a customer's rows are of one bucket. */
type Place = { seq: number; line: number; part: number }

const versionOf = ({ seq, line, part }: Place): string =>
  String((BigInt(seq) << 28n) + (BigInt(Math.min(line, 0xfffff)) << 8n) + BigInt(Math.min(part, 0xff)))

export function orderStateRow(
  workspace: Uuid,
  customer: Uuid,
  place: Place,
  { order, worth }: Extract<FoldEffect, { kind: 'worth' }>,
): OrderStateRow {
  return {
    workspace_id: workspace,
    customer_id: customer,
    order_no: order,
    version: versionOf(place),
    known: worth === null ? 0 : 1,
    at: worth?.at ?? 0,
    counts: worth?.counts ? 1 : 0,
    paid: worth?.paid ? 1 : 0,
    status: worth?.status ?? '',
    refunded: worth?.refunded ?? '',
    returned: worth?.returned ?? '',
    net: worth?.net ?? 0,
    currency: worth?.currency ?? '',
    channel: worth?.channel ?? '',
    store: worth?.store ?? '',
    lines: (worth?.lines ?? []).map(l => [
      l.id ?? '',
      l.sku ?? '',
      l.category ?? '',
      l.brand ?? '',
      l.q,
      l.back,
      l.price ?? -1,
    ]),
  }
}
