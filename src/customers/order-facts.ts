// Order rows that a fold is given as facts, by order or all of a customer, and how they grow.
import type { Facts } from '../inbox/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import { ALL_ORDERS } from './order-worth.ts'
import { orderFact } from './orders.ts'

/** Facts grow as the fold itself writes them. */
export function noteRow(facts: Facts, row: OrderRow): void {
  for (const rows of [(facts[orderFact(row.orderNo)] ??= []), facts[ALL_ORDERS]])
    if (rows !== undefined && !rows.some(r => r.orderNo === row.orderNo && r.key === row.key)) rows.push(row)
}

/** What was read joins what this transaction has written by now. */
export function takeFacts(facts: Facts, read: Facts): void {
  for (const [key, rows] of Object.entries(read)) facts[key] = rows
  if (read[ALL_ORDERS] === undefined) return
  for (const row of ordersAmong(facts)) noteRow(facts, row)
}

/** Facts that are asked for and that nothing but what is at hand could tell. */
export function lackingFacts(facts: Facts, need: string[]): void {
  for (const key of need) facts[key] ??= key === ALL_ORDERS ? ordersAmong(facts) : []
}

const ordersAmong = (facts: Facts): OrderRow[] =>
  Object.entries(facts).flatMap(([key, rows]) => (key === ALL_ORDERS ? [] : rows))
