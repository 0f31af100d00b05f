// One population in both evaluators: folded by the real reducer, written to ClickHouse as the history worker writes it,
// asked rule by rule.
import type { CustomerState } from '../../src/customers/model.ts'
import { packState } from '../../src/customers/pack.ts'
import type { World } from '../../src/customers/world.ts'
import { historyRows, historyTuple, HISTORY_COLUMNS, snapshotRow } from '../../src/inbox/history-rows.ts'
import { packJournal, writeEntry } from '../../src/inbox/journal.ts'
import type { History } from '../../src/platform/clickhouse.ts'
import { bucketOf, type Uuid } from '../../src/platform/ids.ts'
import { checkRule } from '../../src/rules/check.ts'
import { evaluate } from '../../src/rules/evaluate.ts'
import type { Rule } from '../../src/rules/model.ts'
import { compileRules } from '../../src/rules/sql/compile.ts'
import { START, uuid, world } from '../reducer.ts'
import type { Town } from '../town.ts'
import { living, LENGTH, play, randomHistory, type Step } from './history.ts'
import { randomRule } from './rules.ts'
import { MINUTE, randomFrom } from './random.ts'

export type Case = { steps: Step[]; choices: number; rules: Rule[]; ats: number[] }

/** A case of one seed: a history, rules, and times: some at random, some at or beside the edges of a rule's span. */
export function randomCase(seed: number, rules: number, past: boolean): Case {
  const r = randomFrom(seed)
  const steps = randomHistory(r, 40 + r.int(80))
  const list: Rule[] = []
  while (list.length < rules) {
    const rule = randomRule(r, past)
    // what may not be published is not asked
    if ('rule' in checkRule(rule)) list.push(rule)
  }
  const end = START + LENGTH + MINUTE * 60
  const edges = list.flatMap(rule => spansOf(rule))
  const ats = Array.from({ length: 2 }, () => end + Math.floor(r.next() * 40 * 86_400_000))
  for (let i = 0; i < 40 && ats.length < 4 && edges.length > 0; i++) {
    const step = r.of(steps)
    const at = START + step.at - ('event' in step ? (step.ago ?? 0) : 0) + r.of(edges) + r.of([-1, 0, 1])
    if (at >= end) ats.push(at)
  }
  return { steps, choices: r.int(1e9), rules: list, ats }
}

const UNITS = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE }

/** Every span that stands in a rule, ms. */
export function spansOf(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return []
  const { n, unit } = value as { n?: unknown; unit?: unknown }
  if (typeof n === 'number' && typeof unit === 'string') return [n * UNITS[unit as keyof typeof UNITS]]
  return Object.values(value).flatMap(spansOf)
}

/** A world in which these rules are published, so that customers remember what they need. */
export function worldOf(_rules: Rule[]): World {
  return world()
}

export function playCase(c: Case): Town {
  const r = randomFrom(c.choices)
  return play(c.steps, worldOf(c.rules), n => r.int(n))
}

export const workspaceOf = (n: number): Uuid => uuid(0xf00000 + n)

/** Rows of a town as the history worker makes them. */
export function rowsOf(town: Town, workspace: Uuid) {
  const events: unknown[][] = []
  const orders: unknown[] = []
  const customers: unknown[] = []
  let seq = 0
  for (const [id, { state, log }] of town.customers) {
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

export async function store(history: History, all: ReturnType<typeof rowsOf>[]): Promise<void> {
  const events = all.flatMap(a => a.events)
  await history.insert({
    table: 'event',
    columns: [...HISTORY_COLUMNS],
    values: events,
    format: 'JSONCompactEachRow',
  })
  await history.insert({ table: 'order_state', values: all.flatMap(a => a.orders), format: 'JSONEachRow' })
  await history.insert({ table: 'customer', values: all.flatMap(a => a.customers), format: 'JSONEachRow' })
}

/** For each rule the customers of whom it holds, by history. */
export async function bySql(
  history: History,
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

export type Difference = { rule: Rule; at: number; customer: Uuid; sql: boolean; state: boolean }

export async function differences(
  history: History,
  workspace: Uuid,
  town: Town,
  rules: Rule[],
  ats: number[],
): Promise<Difference[]> {
  const found: Difference[] = []
  const people = living(town)
  for (const at of ats) {
    const sets = await bySql(history, workspace, rules, at)
    rules.forEach((rule, i) => {
      for (const customer of people) {
        const sql = sets[i]!.has(customer)
        const state = byState(town.at(customer).state!, rule, at)
        if (sql !== state) found.push({ rule, at, customer, sql, state })
      }
    })
  }
  return found
}
