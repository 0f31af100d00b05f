// Rows of orders as the table keeps them, and as the reducer is given them.
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { OrderRow } from './order-model.ts'

/** What `ORDER_COLUMNS` of order_entry give. */
export type OrderRecord = {
  customer_id: Uuid
  order_no: string
  entry: OrderRow['entry']
  key: Uuid
  occurred: Date
  amount: number
  currency: string
  body: string
}

export const ORDER_COLUMNS = 'customer_id, order_no, entry, key, occurred, amount, currency, body'

export const orderRow = (r: OrderRecord): OrderRow => ({
  orderNo: r.order_no,
  entry: r.entry,
  key: r.key,
  occurred: r.occurred.getTime(),
  amount: r.amount,
  currency: r.currency,
  body: JSON.parse(r.body) as OrderRow['body'],
})

/** Every order row of a customer, oldest first. */
export async function orderRowsOf(sql: Sql, workspace: Uuid, customer: Uuid): Promise<OrderRow[]> {
  const { rows } = await sql.query<OrderRecord>(
    `select ${ORDER_COLUMNS} from order_entry
      where bucket = $1 and workspace_id = $2 and customer_id = $3 order by occurred, order_no, key`,
    [bucketOf(customer), workspace, customer],
  )
  return rows.map(orderRow)
}
