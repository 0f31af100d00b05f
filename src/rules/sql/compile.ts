// A rule as ClickHouse SQL: a condition on the newest snapshot `c` of each living customer, with the same answers as
// evaluate.ts, to the millisecond. Pure: text and bound parameters. docs/SEGMENTS.md, "Rules asked of history".
import { never } from '../../platform/errors.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Rule } from '../model.ts'
import { Bound } from './bind.ts'
import { eventSql, sequenceSql } from './events.ts'
import { orderSql } from './orders.ts'
import { stateSql } from './state.ts'

export type SqlContext = {
  workspace: Uuid
  /** workspace time of the question; what happened later does not count */
  at: number
  timezone: string
  /** of amounts */
  currency: string
  /** number of a segment, and of the group asked for (null: any); null where there is no such one */
  segment: (segment: string, group: string | undefined) => { n: number; g: number | null } | null
}

/** `conditions[i]` is a condition on `c` for rule i. `people`: the FROM and the beginning of the WHERE that they
 *  need, `prelude` what comes before the SELECT. */
export type Compiled = {
  prelude: string
  people: string
  conditions: string[]
  params: Record<string, unknown>
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** All rules for one query, so that they share one pass over the snapshots.
 *  The caller writes `${prelude}select … from ${people} and ${conditions[i]}`. */
export function compileRules(rules: Rule[], ctx: SqlContext): Compiled {
  const b = new Bound()
  const conditions = rules.map(rule => conditionOf(rule, ctx, b))
  const workspace = b.of(ctx.workspace, 'UUID')
  // those who absorbed others are few: only of them the newest version is looked for; never empty, for transform()
  const kin = `(select (arrayPushBack(groupArray(toString(id)), ''), arrayPushBack(groupArray(toString(person)), '')) from (
    select arrayJoin(argMax(absorbed, version)) as id, customer_id as person from customer
     where workspace_id = ${workspace} and customer_id in (select customer_id from customer where workspace_id = ${workspace} and notEmpty(absorbed))
     group by customer_id having argMax(merged_into, version) = toUUID('${NOBODY}'))) as kin`
  return {
    prelude: conditions.some(c => c.includes('kin.')) ? `with ${kin} ` : '',
    people: `customer as c final where c.workspace_id = ${workspace} and c.merged_into = toUUID('${NOBODY}')`,
    conditions,
    params: b.params,
  }
}

function conditionOf(rule: Rule, ctx: SqlContext, b: Bound): string {
  switch (rule.op) {
    case 'and':
    case 'or':
      return `(${rule.rules.map(r => conditionOf(r, ctx, b)).join(` ${rule.op} `)})`
    case 'not':
      return `not (${conditionOf(rule.rule, ctx, b)})`
    case 'event':
      return eventSql(rule, ctx, b)
    case 'sequence':
      return sequenceSql(rule, ctx, b)
    case 'orders':
      return orderSql(rule, ctx, b)
    default:
      return rule.op === undefined ? never(rule) : stateSql(rule, ctx, b)
  }
}
