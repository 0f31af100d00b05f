// Handlers of what came in: the last events of all sources, and what was refused.
import { nameOf } from '../customers/model.ts'
import { customersById } from '../customers/store.ts'
import { readTimeline } from '../customers/timeline.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { idOr404 } from '../platform/public-id.ts'
import { rejectedEvents } from './rejected.ts'

export const sourceRoutes = {
  async lastEvents({ core, workspace, query }) {
    const { items, next } = await readTimeline(
      core.history,
      { workspace: workspace.id, customers: null, kind: 'event', name: query.name, source: query.source },
      query,
    )
    const ids = new Set(items.map(i => idOr404('cus', i.customer)))
    const customers = await customersById(core.pool, workspace.id, [...ids])
    const nameOfId = (id: string) => {
      const customer = customers.get(idOr404('cus', id))
      return customer && !customer.mergedInto ? nameOf(customer.state) : null
    }
    return { items: items.map(i => ({ ...i, customerName: nameOfId(i.customer) })), next }
  },

  async rejectedEvents({ core, workspace, query }) {
    const at = readCursor(query.cursor, isTexts(1))
    const found = await rejectedEvents(core.pool, workspace.id, at ? at[0]! : null, query.limit + 1)
    const { shown, next } = cutPage(found, query.limit, last => [last.id])
    return {
      items: shown.map(r => ({ ...r, at: r.at.toISOString() })),
      next,
    }
  },
} satisfies Handlers
