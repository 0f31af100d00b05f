// Whom a rule that nobody has published holds for now: asked of history, over the newest snapshot of every customer and
// what happened. Each question has a limit of time and memory and is refused beyond.
import { ClickHouseError } from '@clickhouse/client'
import { historyDown, type History } from '../platform/clickhouse.ts'
import { Problem } from '../platform/errors.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import type { Sql } from '../platform/postgres.ts'
import { compileRules, type SqlContext } from '../rules/sql/compile.ts'
import type { Rule } from '../rules/model.ts'

const SECONDS = 10
const SAMPLE = 5
const MOST_VALUES = 20
/** Codes of ClickHouse: a limit of time, of memory, of the size of a query. */
const TOO_MUCH = new Set(['159', '160', '241', '307', '158', '62', '168', '167'])

/** What a rule compiles under, at a moment of workspace time; segments by their public ids. */
export async function contextOf(
  sql: Sql,
  workspace: Pick<WorkspaceRow, 'id' | 'timezone' | 'currency'>,
  at: number,
): Promise<SqlContext> {
  const { rows } = await sql.query<{ id: Uuid; n: number; groups: Record<string, number> }>(
    'select id, n, groups from segment where workspace_id = $1',
    [workspace.id],
  )
  const known = new Map(rows.map(r => [publicId('seg', r.id), r]))
  return {
    workspace: workspace.id,
    at,
    timezone: workspace.timezone,
    currency: workspace.currency,
    segment(segment, group) {
      const found = known.get(segment)
      if (!found) return null
      if (group === undefined) return { n: found.n, g: null }
      const g = found.groups[group]
      return g === undefined ? null : { n: found.n, g }
    },
  }
}

/** @throws Problem 503 `history_down`, 422 `rule_too_slow` */
export async function ask<T>(history: History, query: string, params: Record<string, unknown>): Promise<T[]> {
  try {
    const result = await history.query({
      query,
      query_params: params,
      format: 'JSONEachRow',
      clickhouse_settings: {
        max_execution_time: SECONDS,
        // one part needs no merging of versions
        do_not_merge_across_partitions_select_final: 1,
      },
    })
    return await result.json<T>()
  } catch (error) {
    if (!(error instanceof ClickHouseError)) throw historyDown()
    if (!TOO_MUCH.has(error.code)) throw error
    throw new Problem(422, 'rule_too_slow', 'This rule asks for more than can be counted in a moment', {
      action:
        'Use shorter periods or fewer conditions about events, or publish it: members are kept up to date then.',
    })
  }
}

export type Counted = { count: number; total: number; sample: Uuid[] }

export async function previewRule(
  history: History,
  ctx: SqlContext,
  rule: Rule,
  sample: boolean,
): Promise<Counted> {
  const q = compileRules([rule], ctx)
  const ids = sample ? `groupArrayIf(${SAMPLE})(c.customer_id, holds)` : '[]'
  const rows = await ask<{ count: number; total: number; ids: Uuid[] }>(
    history,
    `${q.prelude} select toFloat64(countIf(holds)) as count, toFloat64(count()) as total, ${ids} as ids
       from (select customer_id, ${q.conditions[0]} as holds from ${q.people}) as c`,
    q.params,
  )
  const { count, total, ids: found } = rows[0]!
  return { count, total, sample: found }
}

/** Ids of all for whom the rule holds. */
export async function holdersOf(history: History, ctx: SqlContext, rule: Rule): Promise<Uuid[]> {
  const q = compileRules([rule], ctx)
  const rows = await ask<{ id: Uuid }>(
    history,
    `${q.prelude} select c.customer_id as id from ${q.people} and (${q.conditions[0]}) order by id`,
    q.params,
  )
  return rows.map(r => r.id)
}

export type Overlap = { both: number; only: number; other: number }

/** How many a rule shares with each of the others. */
export async function overlapOf(
  history: History,
  ctx: SqlContext,
  rule: Rule,
  others: Rule[],
): Promise<Overlap[]> {
  const q = compileRules([rule, ...others], ctx)
  const sums = others.map(
    (_, i) =>
      `toFloat64(countIf(h0 and h${i + 1})) as both${i}, toFloat64(countIf(h0 and not h${i + 1})) as only${i}, toFloat64(countIf(not h0 and h${i + 1})) as other${i}`,
  )
  const rows = await ask<Record<string, number>>(
    history,
    `${q.prelude} select ${sums.join(', ')} from (select ${q.conditions.map((c, i) => `(${c}) as h${i}`).join(', ')} from ${q.people})`,
    q.params,
  )
  const row = rows[0]!
  return others.map((_, i) => ({
    both: row[`both${i}`]!,
    only: row[`only${i}`]!,
    other: row[`other${i}`]!,
  }))
}

export type By =
  | { kind: 'trait'; trait: string }
  | { kind: 'stage' | 'tag' | 'sales_channel' | 'reach' | 'tier' | 'first_touch' }

/** The values of one customer, as a list of texts. */
function valuesOf(by: By): string {
  switch (by.kind) {
    case 'trait':
      return `arrayConcat(
        if(has(c.text_names, {trait:String}), [arrayElement(c.text_values, indexOf(c.text_names, {trait:String}))], []),
        if(has(c.number_names, {trait:String}), [toString(arrayElement(c.number_values, indexOf(c.number_names, {trait:String})))], []),
        if(has(c.flags, concat('+', {trait:String})), ['true'], if(has(c.flags, concat('-', {trait:String})), ['false'], [])),
        arrayMap(i -> if(startsWith(i, '"'), JSONExtractString(i), i), arrayMap(i -> substring(i, length({trait:String}) + 2), arrayFilter(i -> startsWith(i, concat({trait:String}, '=')), c.list_items))))`
    case 'stage':
      return `[if(c.stage = '', 'awareness', toString(c.stage))]`
    case 'tag':
      return 'c.tags'
    case 'sales_channel':
      return 'arrayMap(o -> o.1, arrayFilter(o -> o.2 > 0, c.orders_by))'
    case 'reach':
      return 'arrayMap(r -> toString(r), c.reach)'
    case 'tier':
      return `if(c.tier = '', [], [toString(c.tier)])`
    case 'first_touch':
      return 'arraySlice(c.touch_first, 1, 1)'
  }
}

export type Breakdown = {
  count: number
  items: { value: string; count: number }[]
  rest: number
  none: number
}

/** Those for whom the rule holds, by what they have of something: the largest values first. */
export async function breakdownOf(history: History, ctx: SqlContext, rule: Rule, by: By): Promise<Breakdown> {
  const q = compileRules([rule], ctx)
  const params = by.kind === 'trait' ? { ...q.params, trait: by.trait } : q.params
  const list = `select arrayDistinct(arrayFilter(v -> v != '', ${valuesOf(by)})) as list from ${q.people} and (${q.conditions[0]})`
  // one row for everybody and one for each value: the same people are looked at once
  const rows = await ask<{ value: string; all: number; n: number; none: number }>(
    history,
    `${q.prelude} select value, toFloat64(n) as n, toFloat64(sum(n) over ()) as all, toFloat64(max(nobody) over ()) as none from (
       select arrayJoin(arrayConcat(list, [''])) as value, count() as n, countIf(empty(list)) as nobody from (${list}) group by value
     ) order by value = '' desc, n desc, value limit ${MOST_VALUES + 1}`,
    params,
  )
  const everybody = rows.find(r => r.value === '')
  const items = rows.filter(r => r.value !== '').map(r => ({ value: r.value, count: r.n }))
  const shown = items.reduce((sum, i) => sum + i.count, 0)
  const count = everybody?.n ?? 0
  return { count, items, rest: (everybody?.all ?? 0) - count - shown, none: everybody?.none ?? 0 }
}
