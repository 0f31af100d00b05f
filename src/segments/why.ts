// Why a rule holds for one customer now, or does not: the state is read and the rule evaluated, as a fold would.
import { findCustomer } from '../customers/store.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { notFound } from '../platform/public-id.ts'
import { evaluate } from '../rules/evaluate.ts'
import type { Rule, Verdict } from '../rules/model.ts'
import type { SqlContext } from '../rules/sql/compile.ts'

/** @throws Problem 404 `customer_not_found` */
export async function whyOf(core: Core, ctx: SqlContext, rule: Rule, customer: Uuid): Promise<Verdict> {
  const found = await findCustomer(core.pool, ctx.workspace, customer)
  if (!found) throw notFound('cus', 'customer')
  const { state } = found
  return evaluate(rule, {
    state,
    now: Math.max(ctx.at, state.now),
    timezone: ctx.timezone,
    since: null,
    fresh: new Set(),
    member(segment, group) {
      const asked = ctx.segment(segment, group)
      return (
        asked !== null &&
        (state.seg ?? []).some(([n, g]) => n === asked.n && (asked.g === null || g === asked.g))
      )
    },
  })
}
