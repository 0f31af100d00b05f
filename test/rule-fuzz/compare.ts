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
import { evaluate, leavesOf } from '../../src/rules/evaluate.ts'
import type { EventRef, Rule } from '../../src/rules/model.ts'
import { compileRules } from '../../src/rules/sql/compile.ts'
import { START, uuid, world } from '../reducer.ts'
import type { Town } from '../town.ts'
import { living, LENGTH, play, randomHistory, type Step } from './history.ts'
import { randomRule } from './rules.ts'
import { DAY, HOUR, MINUTE, type Random, randomFrom } from './random.ts'

/** One history; `choices` seeds the order in which what waits is folded. */
export type History = { steps: Step[]; choices: number }
/** A rule at a moment. */
export type Ask = { rule: Rule; at: number }
/** What is asked of several histories at once. `rules`: published, so that customers remember what they need. */
export type Group = { histories: History[]; rules: Rule[]; asks: Ask[] }
export type Size = { histories: number; rules: number; ats: number }
const PAST: ReadonlySet<Rule['op']> = new Set(['event', 'orders', 'sequence'])
/** So many are made for one that is asked: most rules have the same answer for everybody, and show little. */
const TRIES = 3

export function randomGroup(seed: number, size: Size): { group: Group; towns: Town[] } {
  const r = randomFrom(seed)
  const histories = Array.from({ length: size.histories }, (_, i) => ({
    steps: randomHistory(r, 20 + r.int(260), i),
    choices: r.int(1e9),
  }))
  const made: Rule[] = []
  while (made.length < size.rules * TRIES) {
    const rule = randomRule(r)
    // what may not be published is not asked
    if ('rule' in checkRule(rule)) made.push(rule)
  }
  const towns = playGroup({ histories, rules: made })
  const states = towns.flatMap(town => living(town).map(id => town.at(id).state!))
  const soon = END + Math.floor(r.next() * DAY)
  const interest = (rule: Rule): number => {
    const holds = states.filter(state => byState(state, rule, soon)).length
    const past = leavesOf(rule).some(leaf => PAST.has(leaf.op))
    return (holds > 0 && holds < states.length ? 2 : 0) + (past ? 1 : 0)
  }
  const rules = made
    .map(rule => ({ rule, interest: interest(rule) }))
    .sort((a, b) => b.interest - a.interest)
    .slice(0, size.rules)
  const asks = rules.flatMap(({ rule }) =>
    Array.from({ length: size.ats }, () => ({ rule, at: momentFor(r, histories, rule) })),
  )
  return { group: { histories, rules: made, asks }, towns }
}

const END = START + LENGTH + 2 * HOUR

/** A moment after all of it: mostly at or beside the edge of what the rule asks of something that happened. */
function momentFor(r: Random, histories: History[], rule: Rule): number {
  const edges = edgesOf(rule)
  for (let tries = 0; tries < 100 && edges.length > 0 && r.chance(0.99); tries++) {
    const { span, names } = r.of(edges)
    const about = r
      .of(histories)
      .steps.filter(s => 'event' in s && (names === null || names.includes(s.event)))
    if (about.length === 0) continue
    const step = r.of(about)
    const at = START + step.at - ('event' in step ? (step.ago ?? 0) : 0) + span + r.of([-1, 0, 0, 1])
    if (at >= END) return at
  }
  return END + Math.floor(r.next() ** 2 * 40 * DAY)
}

const UNITS = { minute: MINUTE, hour: HOUR, day: DAY }

/** Every span that stands in a rule, ms, with the names of the events that it is about; null: of any. */
function edgesOf(value: unknown): { span: number; names: string[] | null }[] {
  if (typeof value !== 'object' || value === null) return []
  const { op, event, first } = value as { op?: string; event?: string | string[]; first?: EventRef }
  const about = event ?? first?.event ?? (op === 'orders' ? ORDER_EVENTS : undefined)
  const spans = spansOf(value)
  if (about !== undefined) return spans.map(span => ({ span, names: [about].flat() }))
  const inner = Object.values(value).flatMap(edgesOf)
  return inner.length > 0 ? inner : spans.map(span => ({ span, names: null }))
}
const ORDER_EVENTS = ['Order Completed']

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
export function playGroup({ histories, rules }: Pick<Group, 'histories' | 'rules'>): Town[] {
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

/** The customers of whom the rule holds, by history. */
async function bySql(history: Engine, workspace: Uuid, { rule, at }: Ask): Promise<Set<Uuid>> {
  const zone = { timezone: 'Asia/Taipei', currency: 'TWD', segment: () => null }
  const q = compileRules([rule], { workspace, at, ...zone })
  const result = await history.query({
    query: `${q.prelude} select c.customer_id as id from ${q.people} and (${q.conditions[0]})`,
    query_params: q.params,
    format: 'JSONEachRow',
  })
  return new Set((await result.json<{ id: Uuid }>()).map(row => row.id))
}

export const byState = (state: CustomerState, rule: Rule, at: number): boolean =>
  evaluate(rule, { state, now: at, timezone: 'Asia/Taipei', since: null, fresh: new Set() }).value

export type Difference = Ask & { history: number; customer: Uuid; sql: boolean; state: boolean }

/** chDB answers so many questions at once. */
const LANES = 3

/** Where the two differ. */
export async function differences(
  history: Engine,
  workspace: Uuid,
  towns: Town[],
  asks: Ask[],
): Promise<Difference[]> {
  const found: Difference[] = []
  const waiting = [...asks]
  const lane = async (): Promise<void> => {
    for (let ask = waiting.shift(); ask !== undefined; ask = waiting.shift()) {
      const { rule, at } = ask
      const set = await bySql(history, workspace, ask)
      towns.forEach((town, i) => {
        for (const customer of living(town)) {
          const sql = set.has(customer)
          const state = byState(town.at(customer).state!, rule, at)
          if (sql !== state) found.push({ rule, at, history: i, customer, sql, state })
        }
      })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return found
}
