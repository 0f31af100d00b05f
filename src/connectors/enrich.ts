// Webhook items with what the catalogue knows of their products (src/catalogue/enrich.ts), carts as well as orders.
import { fillLines } from '../catalogue/enrich.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Brought } from './model.ts'

export async function enrich(sql: Sql, workspace: Uuid, brought: Brought[]): Promise<Brought[]> {
  const filled = await fillLines(
    sql,
    workspace,
    brought.map(b => b.item.properties),
  )
  return brought.map((b, i) =>
    filled[i] === b.item.properties ? b : { ...b, item: { ...b.item, properties: filled[i] } },
  )
}
