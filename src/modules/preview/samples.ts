// Products in a preview for nobody: where a message would show what suits a person, the catalogue's newest stand in.
import type { ScopeSource, ShownProduct } from '../../messages/render-scope.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'

const MOST = 12
/** In a cart of nobody's. */
const IN_CART = 2

/** newest: real products stood in; nothing: the message shows products, and there are none. */
export type StoodIn = 'newest' | 'nothing'

export function withSamples(
  sql: Sql,
  workspace: Uuid,
): { source: (own: ScopeSource) => ScopeSource; stoodIn: () => StoodIn | null } {
  let told: StoodIn | null = null
  return {
    stoodIn: () => told,
    source(own) {
      const newest = async (): Promise<ShownProduct[]> => {
        const { rows } = await sql.query<{ code: string }>(
          `select code from product where workspace_id = $1 and status = 'active' and not archived and (stock is null or stock > 0)
            order by created_at desc, code limit ${MOST}`,
          [workspace],
        )
        const found = await Promise.all(rows.map(r => own.product(r.code)))
        told = rows.length > 0 ? 'newest' : 'nothing'
        return found.filter(p => p !== null)
      }
      return {
        ...own,
        async recommended(kind) {
          const found = await own.recommended(kind)
          return found.length > 0 ? found : newest()
        },
        async slot(name) {
          return (await own.slot(name)) ?? (await newest())[0] ?? null
        },
        async cartLines() {
          const lines = await own.cartLines()
          if (lines.length > 0) return lines
          const some = (await newest()).slice(0, IN_CART)
          return some.map(({ id, name, price }) => ({ product_id: id, name, quantity: 1, price }))
        },
      }
    },
  }
}
