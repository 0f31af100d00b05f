// The segments the demo brand lives with: ready ones from the library, with round figures that fit its year. Published
// before anything happens, so that there is no past to look at.
import type { Core } from '../platform/core.ts'
import { must } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { PRODUCTS } from '../sandbox/brand.ts'
import { installable } from '../segments/library/install.ts'
import { NO_FIGURES, readValues } from '../segments/library/model.ts'
import { LIBRARY } from '../segments/library/register.ts'
import { createSegment, findSegment, publishSegment } from '../segments/store.ts'

/** What the brand chose, by the library's key; the last one stands first in the list. */
export const DEMO_SEGMENTS = {
  birthday_this_month: {},
  reachable_by_line: {},
  omnichannel_shoppers: {},
  first_order_only: {},
  sleeping_vip: { amount: 3_000, days: 140 },
  cart_not_paid: {},
  high_potential: {},
  favourite_category: { categories: [...new Set(PRODUCTS.map(p => p.category.zh))] },
  rfm: {
    windowDays: 0,
    recency: [15, 40, 75, 140],
    frequency: [1, 2, 3, 5],
    monetary: [800, 1_300, 2_000, 3_000],
  },
  nasld: { onceDays: 70 },
} as const satisfies Record<string, Record<string, unknown>>

/** Installs and publishes them; the history role's worker then says that their past is known. */
export async function publishSegments(core: Core, workspace: WorkspaceRow): Promise<void> {
  for (const [key, given] of Object.entries(DEMO_SEGMENTS)) {
    const segment = LIBRARY.find(s => s.key === key)
    must(segment, 'the demo takes segments that the library has')
    const read = readValues(segment, given, NO_FIGURES)
    must('values' in read, 'the demo gives values that fit')
    const id = await createSegment(core, workspace.id, installable(segment, read.values, workspace), 'demo')
    const { version } = await findSegment(core.pool, workspace.id, id)
    await publishSegment(core, workspace.id, id, version, 'demo')
  }
}
