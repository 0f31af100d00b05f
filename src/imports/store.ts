// Questions and writes of imports and exports.
import type { CustomerState } from '../customers/model.ts'
import type { ExportSource } from './model.ts'
import { BUCKETS, type Uuid } from '../platform/ids.ts'

const PAGE = 500
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** States of a workspace's customers, bucket by bucket in order of their ids, read page by page; merged ones are left
 *  out. */
export async function* customersOf(source: ExportSource): AsyncGenerator<CustomerState> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    let after: Uuid = NOBODY
    for (;;) {
      const { rows } = await source.pool.query<{ id: Uuid; state: string }>(
        `select id, state from customer
          where bucket = $1 and workspace_id = $2 and merged_into is null and id > $3 and state <> '{}'
          order by id limit ${PAGE}`,
        [bucket, source.workspace, after],
      )
      for (const row of rows) yield JSON.parse(row.state) as CustomerState
      if (rows.length < PAGE) break
      after = rows.at(-1)!.id
    }
  }
}
