// One population in both evaluators: folded by the real reducer, written to ClickHouse as the history worker writes it,
// asked rule by rule.
import type { CustomerState } from '../../src/customers/model.ts'
import { packState } from '../../src/customers/pack.ts'
import type { World } from '../../src/customers/world.ts'
import { historyRows, historyTuple, HISTORY_COLUMNS, snapshotRow } from '../../src/inbox/history-rows.ts'
import type { OrderStateRow } from '../../src/inbox/history-orders.ts'
import { packJournal, writeEntry } from '../../src/inbox/journal.ts'
import type { History as Engine } from '../../src/platform/clickhouse.ts'
import { bucketOf, type Uuid } from '../../src/platform/ids.ts'
import { checkRule } from '../../src/rules/check.ts'
import { evaluate } from '../../src/rules/evaluate.ts'
import type { Rule } from '../../src/rules/model.ts'
import { compileRules } from '../../src/rules/sql/compile.ts'
import { START, uuid, world } from '../reducer.ts'
import type { Town } from '../town.ts'
import { living, LENGTH, play, randomHistory, type Step } from './history.ts'
import { randomRule } from './rules.ts'
import { DAY, HOUR, MINUTE, randomFrom } from './random.ts'

/** One history; `choices` seeds the order in which what waits is folded. */
export type History = { steps: Step[]; choices: number }
/** Rules that are asked of several histories at once, at each of the times. */
export type Group = { histories: History[]; rules: Rule[]; ats: number[] }

/** Times: some at random, some at or beside the edges of a rule's span. */
export function randomGroup(
  seed: number,
  size: { histories: number; rules: number; ats: number; past: boolean },
): Group {
  const r = randomFrom(seed)
  const histories = Array.from({ length: size.histories }, () => ({
    steps: randomHistory(r, 30 + r.int(90)),
    choices: r.int(1e9),
  }))
  const rules: Rule[] = []
  while (rules.length < size.rules) {
    const rule = randomRule(r, size.past)
    // what may not be published is not asked
    if ('rule' in checkRule(rule)) rules.push(rule)
  }
  const end = START + LENGTH + 2 * HOUR
  const edges = rules.flatMap(spansOf)
  const ats: number[] = []
  for (let tries = 0; ats.length < size.ats; tries++) {
    if (tries % 3 === 2 || tries > 200) ats.push(end + Math.floor(r.next() * 40 * DAY))
    const step = r.of(r.of(histories).steps)
    const at = START + step.at - ('event' in step ? (step.ago ?? 0) : 0) + r.of(edges) + r.of([-1, 0, 0, 1])
    if (at >= end) ats.push(at)
  }
  return { histories, rules, ats: ats.slice(0, size.ats) }
}

const UNITS = { minute: MINUTE, hour: HOUR, day: DAY }

/** Every span that stands in a rule, ms. */
function spansOf(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return []
  const { n, unit } = value as { n?: unknown; unit?: unknown }
  if (typeof n === 'number' && typeof unit === 'string') return [n * UNITS[unit as keyof typeof UNITS]]
  return Object.values(value).flatMap(spansOf)
}

/** A world in which these rules are published, so that customers remember what they need. */
const worldOf = (rules: Rule[]): World => ({
  ...world(),
  segments: rules.map((rule, i) => ({
    id: uuid(0xe00000 + i),
    n: i + 1,
    version: 1,
    kind: 'live',
    groups: [{ key: 'in', g: 1, rule }],
    since: 1,
    filled: true,
  })),
})

/** A town for each history, with ids of their own. */
export function playGroup({ histories, rules }: Group): Town[] {
  const known = worldOf(rules)
  return histories.map(({ steps, choices }, i) => {
    const r = randomFrom(choices)
    return play(steps, known, n => r.int(n), i * 1000)
  })
}

export const workspaceOf = (n: number): Uuid => uuid(0xf00000 + n)

/** Rows of a town as the history worker makes them. */
function rowsOf(towns: Town[], workspace: Uuid) {
  const events: unknown[][] = []
  const orders: OrderStateRow[] = []
  const customers: unknown[] = []
  let seq = 0
  for (const [id, { state, log }] of towns.flatMap(t => [...t.customers])) {
    const row = {
      bucket: bucketOf(id),
      seq: ++seq,
      workspace_id: workspace,
      catalogue_no: 1,
      at: new Date(START),
      body: packJournal(log.map(({ b, ...entry }) => writeEntry(entry, JSON.stringify(b)))),
    }
    const made = historyRows(row, uuid(0xaaaa))
    events.push(...made.rows.map(historyTuple))
    orders.push(...made.orders)
    if (state !== null)
      customers.push(
        snapshotRow({
          id,
          workspace_id: workspace,
          version: 1,
          state: packState(state),
          merged_into: state.into ?? null,
        }),
      )
  }
  return { events, orders, customers }
}

export async function store(history: Engine, groups: { towns: Town[]; workspace: Uuid }[]): Promise<void> {
  const all = groups.map(g => rowsOf(g.towns, g.workspace))
  const events = all.flatMap(a => a.events)
  await history.insert({
    table: 'event',
    columns: [...HISTORY_COLUMNS],
    values: events,
    format: 'JSONCompactEachRow',
  })
  const orders = all.flatMap(a => a.orders)
  await history.insert({ table: 'order_state', values: orders, format: 'JSONEachRow' })
  await history.insert({ table: 'customer', values: all.flatMap(a => a.customers), format: 'JSONEachRow' })
}

/** For each rule the customers of whom it holds, by history. */
export async function bySql(
  history: Engine,
  workspace: Uuid,
  rules: Rule[],
  at: number,
): Promise<Set<Uuid>[]> {
  const q = compileRules(rules, {
    workspace,
    at,
    timezone: 'Asia/Taipei',
    currency: 'TWD',
    segment: () => null,
  })
  const result = await history.query({
    query: `${q.prelude} select c.customer_id as id, [${q.conditions.map(c => `toUInt8(${c})`).join(', ')}] as holds from ${q.people}`,
    query_params: q.params,
    format: 'JSONEachRow',
  })
  const rows = await result.json<{ id: Uuid; holds: number[] }>()
  return rules.map((_, i) => new Set(rows.filter(row => row.holds[i] === 1).map(row => row.id)))
}

export const byState = (state: CustomerState, rule: Rule, at: number): boolean =>
  evaluate(rule, { state, now: at, timezone: 'Asia/Taipei', since: null, fresh: new Set() }).value

export type Difference = {
  rule: Rule
  at: number
  history: number
  customer: Uuid
  sql: boolean
  state: boolean
}

/** How often both were asked, and where they differ. */
export async function differences(
  history: Engine,
  workspace: Uuid,
  towns: Town[],
  { rules, ats }: Pick<Group, 'rules' | 'ats'>,
): Promise<Difference[]> {
  const found: Difference[] = []
  for (const at of ats) {
    const sets = await bySql(history, workspace, rules, at)
    towns.forEach((town, i) => {
      for (const customer of living(town))
        rules.forEach((rule, j) => {
          const sql = sets[j]!.has(customer)
          const state = byState(town.at(customer).state!, rule, at)
          if (sql !== state) found.push({ rule, at, history: i, customer, sql, state })
        })
    })
  }
  return found
}
