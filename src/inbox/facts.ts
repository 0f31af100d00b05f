// Reads what a fold asks for: rows of orders by number, or all orders of a customer.
import { noteRow } from '../customers/order-facts.ts'
import { ALL_ORDERS } from '../customers/order-worth.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Facts } from './model.ts'
import { ORDER_COLUMNS, type OrderRecord, orderRow } from './order-rows.ts'

type Named = { workspace: Uuid; customer: Uuid; key: string }
export async function loadFacts(sql: Sql, named: Named[]): Promise<Map<Uuid, Facts>> {
  const facts = new Map<Uuid, Facts>()
  for (const n of named) {
    const f = facts.get(n.customer) ?? {}
    f[n.key] = []
    facts.set(n.customer, f)
  }
  const whole = named.filter(n => n.key === ALL_ORDERS)
  const some = named.filter(n => n.key !== ALL_ORDERS)
  const buckets = (list: Named[]) => [...new Set(list.map(n => bucketOf(n.customer)))]
  if (whole.length > 0) {
    const { rows } = await sql.query<OrderRecord>({
      name: 'fold_all_orders',
      text: `select ${ORDER_COLUMNS} from order_entry
              where bucket = any($1::smallint[]) and (workspace_id, customer_id) in (select * from unnest($2::uuid[], $3::uuid[]))
              order by occurred, key`,
      values: [buckets(whole), whole.map(n => n.workspace), whole.map(n => n.customer)],
    })
    for (const r of rows) facts.get(r.customer_id)![ALL_ORDERS]!.push(orderRow(r))
  }
  if (some.length > 0) {
    const { rows } = await sql.query<OrderRecord>({
      name: 'fold_orders',
      text: `select ${ORDER_COLUMNS} from order_entry
              where bucket = any($1::smallint[]) and (workspace_id, customer_id, order_no) in (select * from unnest($2::uuid[], $3::uuid[], $4::text[]))
              order by occurred, key`,
      values: [
        buckets(some),
        some.map(n => n.workspace),
        some.map(n => n.customer),
        some.map(n => n.key.slice('order:'.length)),
      ],
    })
    for (const r of rows) noteRow(facts.get(r.customer_id)!, orderRow(r))
  }
  return facts
}
