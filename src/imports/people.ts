// Customers and their orders as exports read them: page by page, never all in memory.
import { unpackState } from '../customers/pack.ts'
import type { CustomerState } from '../customers/model.ts'
import { ordersOf as viewOrders } from '../customers/order-view.ts'
import { ORDER_COLUMNS, type OrderRecord, orderRow } from '../inbox/order-rows.ts'
import type { ExportSource } from './model.ts'
import { bucketOf, BUCKETS, type Uuid } from '../platform/ids.ts'

const PAGE = 500
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** States of a workspace's customers, bucket by bucket in order of their ids, a page at a time; merged ones are left
 *  out. */
async function* pagesOf(source: ExportSource): AsyncGenerator<CustomerState[]> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    let after: Uuid = NOBODY
    for (;;) {
      const { rows } = await source.pool.query<{ id: Uuid; state: string }>(
        `select id, state from customer
          where bucket = $1 and workspace_id = $2 and merged_into is null and id > $3 and state <> '{}'
          order by id limit ${PAGE}`,
        [bucket, source.workspace, after],
      )
      if (rows.length > 0) yield rows.map(row => unpackState(row.state))
      if (rows.length < PAGE) break
      after = rows.at(-1)!.id
    }
  }
}

export async function* customersOf(source: ExportSource): AsyncGenerator<CustomerState> {
  for await (const page of pagesOf(source)) yield* page
}

export type ReadOrder = ReturnType<typeof viewOrders>[number]

/** Orders of a workspace with the customers they belong to, customer by customer. */
export async function* ordersOf(
  source: ExportSource,
): AsyncGenerator<{ state: CustomerState; order: ReadOrder }> {
  for await (const states of pagesOf(source)) {
    const { rows } = await source.pool.query<OrderRecord>(
      `select ${ORDER_COLUMNS} from order_entry
        where bucket = $1 and workspace_id = $2 and customer_id = any($3::uuid[])`,
      [bucketOf(states[0]!.id), source.workspace, states.map(s => s.id)],
    )
    const entries = Map.groupBy(rows, r => r.customer_id)
    for (const state of states)
      for (const order of viewOrders((entries.get(state.id) ?? []).map(orderRow))) yield { state, order }
  }
}
