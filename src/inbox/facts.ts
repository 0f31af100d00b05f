// Reads what a fold asks for: rows of orders by number, or all orders of a customer.
import { noteRow } from '../customers/order-facts.ts'
import { ALL_ORDERS } from '../customers/order-worth.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Facts } from './model.ts'
import { ORDER_COLUMNS, type OrderRecord, orderRow } from './order-rows.ts'

type Named = { workspace: Uuid; customer: Uuid; key: string }
/** By customer; what is not there is told as such, so that the reducer does not ask again. */
export async function loadFacts(sql: Sql, named: Named[]): Promise<Map<Uuid, Facts>> {
  const facts = new Map<Uuid, Facts>()
  for (const n of named) {
    const f = facts.get(n.customer) ?? {}
    f[n.key] = []
    facts.set(n.customer, f)
  }
  const whole = named.filter(n => n.key === ALL_ORDERS)
  const some = named.filter(n => n.key !== ALL_ORDERS)
  if (whole.length > 0) {
    const { rows } = await sql.query<OrderRecord>({
      name: 'fold_all_orders',
      text: entriesOf('($1::smallint[], $2::uuid[], $3::uuid[]) n (bucket, workspace_id, customer_id)', ''),
      values: keysOf(whole),
    })
    for (const r of rows) facts.get(r.customer_id)![ALL_ORDERS]!.push(orderRow(r))
  }
  if (some.length > 0) {
    const { rows } = await sql.query<OrderRecord>({
      name: 'fold_orders',
      text: entriesOf(
        '($1::smallint[], $2::uuid[], $3::uuid[], $4::text[]) n (bucket, workspace_id, customer_id, order_no)',
        'and o.order_no = n.order_no',
      ),
      values: [...keysOf(some), texts(some.map(n => n.key.slice('order:'.length)))],
    })
    for (const r of rows) noteRow(facts.get(r.customer_id)!, orderRow(r))
  }
  return facts
}

const keysOf = (list: Named[]) => [
  smallints(list.map(n => bucketOf(n.customer))),
  uuids(list.map(n => n.workspace)),
  uuids(list.map(n => n.customer)),
]

/** One look into the primary key for each name (`offset 0` keeps it so): as `in (select …)` beside `bucket = any`, each
 *  name was looked for in all buckets of the fold, which took half of PostgreSQL's time of an import. */
const entriesOf = (names: string, further: string): string =>
  `select x.* from unnest${names}
    cross join lateral (select ${ORDER_COLUMNS} from order_entry o
      where o.bucket = n.bucket and o.workspace_id = n.workspace_id and o.customer_id = n.customer_id ${further} offset 0) x
   order by x.occurred, x.key`
