// What an order is worth, as history keeps it: one row for each fold that touched it.
import type { Uuid } from '../platform/ids.ts'
import type { FoldEffect } from './model.ts'

export type OrderStateRow = {
  workspace_id: Uuid
  customer_id: Uuid
  order_no: string
  bucket: number
  seq: number
  line: number
  part: number
  incarnation: Uuid
  told: number
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

export function orderStateRow(
  row: { workspace_id: Uuid; bucket: number; seq: number },
  incarnation: Uuid,
  customer: Uuid,
  place: { line: number; part: number },
  now: number,
  { order, worth }: Extract<FoldEffect, { kind: 'worth' }>,
): OrderStateRow {
  return {
    workspace_id: row.workspace_id,
    customer_id: customer,
    order_no: order,
    bucket: row.bucket,
    seq: row.seq,
    ...place,
    incarnation,
    told: now,
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
