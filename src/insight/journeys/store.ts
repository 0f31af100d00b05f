// SQL of the report of a journey. Each person counts once, by their first run that began in the range; what they did is
// looked at for the goal's window from then on, for those kept out of it (control) as for the others.
import { INTERNAL_CHANNELS } from '../../messages/model.ts'
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import { COST } from '../engagement/sql.ts'
import { MERGED, ORDERS, type OrderParams, PERSON } from '../metrics/orders.ts'

export type ReportParams = OrderParams & {
  journey: Uuid
  /** 0: all */
  version: number
  windowMs: number
  /** workspace time */
  now: number
}

const at = (name: string): string => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`
const SENT = `('message.accepted', 'message.delivered', 'message.opened', 'message.clicked', 'message.bounced', 'message.complained', 'message.blocked')`

/** runs: all that began in the range; firsts: of each person the first; goals: whether it stands, and when it was reached. */
const RUNS = `runs as (
  select e.enrollment_id as run, any(${PERSON}) as person, min(e.occurred) as began, any(e.version) as ver,
         toBool(max(JSONExtractBool(e.props, 'control'))) as kept
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.name = 'journey.entered' and e.journey_id = {journey:UUID}
     and e.occurred >= ${at('from')} and e.occurred < ${at('to')} and ({version:UInt32} = 0 or e.version = {version:UInt32})
   group by run),
firsts as (
  select person, argMin(runs.run, (began, runs.run)) as run, min(began) as entered, argMin(ver, (began, runs.run)) as version,
         argMin(kept, (began, runs.run)) as control
    from runs group by person),
goals as (
  select enrollment_id as run, argMax(name = 'journey.goal_reached', (folded, seq, line, part)) as met,
         maxIf(occurred, name = 'journey.goal_reached') as reached
    from event where workspace_id = {workspace:UUID} and name in ('journey.goal_reached', 'journey.goal_undone')
     and journey_id = {journey:UUID} and occurred >= ${at('from')}
   group by run)`

/** people: each with goal and revenue. `orders` counts from {from} on, whatever {to} is: {until} takes its place. */
const PEOPLE = `${ORDERS.replaceAll('{to:Int64}', '{until:Int64}')}, ${RUNS},
spent as (
  select f.person as person, sum(o.net) as revenue, countIf(o.net > 0) as bought
    from firsts f join orders o on o.person = f.person
   where o.counts and o.placed > f.entered and o.placed <= addMilliseconds(f.entered, {windowMs:Int64})
   group by f.person),
people as (
  select f.person as person, f.run as run, f.entered as entered, f.version as version, f.control as control,
         g.met as met, dateDiff('millisecond', f.entered, g.reached) as took, s.revenue as revenue, s.bought as bought
    from firsts f left join goals g on g.run = f.run left join spent s on s.person = f.person)`

const paramsOf = (p: ReportParams): Record<string, unknown> => ({
  ...p,
  until: p.now + 1,
  internal: INTERNAL_CHANNELS,
})

export type GroupRow = {
  control: boolean
  version: number
  people: number
  goals: number
  revenue: number
  revenueSquares: number
  buyers: number
  /** whose window is not over yet */
  open: number
}

/** By version and group. */
export const reportGroups = (history: History, p: ReportParams): Promise<GroupRow[]> =>
  askHistory<GroupRow>(
    history,
    `with ${PEOPLE}
     select control, version, toUInt32(count()) as people, toUInt32(countIf(met)) as goals, toFloat64(sum(people.revenue)) as revenue,
            sum(toFloat64(people.revenue) * people.revenue) as revenueSquares, toUInt32(countIf(bought > 0)) as buyers,
            toUInt32(countIf(addMilliseconds(entered, {windowMs:Int64}) > ${at('now')})) as open
       from people group by control, version order by version, control`,
    paramsOf(p),
  )

export type TimeRow = { control: boolean; median: number; p90: number }

/** From entry to goal, in ms, of those who reached it. */
export const timesToGoal = (history: History, p: ReportParams): Promise<TimeRow[]> =>
  askHistory<TimeRow>(
    history,
    `with ${MERGED}, ${RUNS}
     select f.control as control, toFloat64(quantileExact(0.5)(dateDiff('millisecond', f.entered, g.reached))) as median,
            toFloat64(quantileExact(0.9)(dateDiff('millisecond', f.entered, g.reached))) as p90
       from firsts f join goals g on g.run = f.run where g.met group by control`,
    paramsOf(p),
  )

export type RunTotals = { runs: number; control: number; goals: number }

/** Of all runs of the range, not of people. */
export async function runTotals(history: History, p: ReportParams): Promise<RunTotals> {
  const rows = await askHistory<RunTotals>(
    history,
    `with ${MERGED}, ${RUNS}
     select toUInt32(countIf(not r.kept)) as runs, toUInt32(countIf(r.kept)) as control, toUInt32(countIf(g.met and not r.kept)) as goals
       from runs r left join goals g on g.run = r.run`,
    paramsOf(p),
  )
  return rows[0]!
}

export type NodeMessages = {
  node: string
  intended: number
  accepted: number
  clicked: number
  failed: number
  unknown: number
  skipped: number
  reasons: Record<string, number>
  reached: number
  clickers: number
  cost: number
}

/** Messages of the range's runs, by node, and (node '') of all; places (tickets) and calls are none. */
export async function messagesByNode(history: History, p: ReportParams): Promise<NodeMessages[]> {
  const rows = await askHistory<NodeMessages & { reasonOf: [string, number][] }>(
    history,
    `with ${MERGED}, ${RUNS},
     said as (
       select e.node as node, e.name as name, e.message as message, ${PERSON} as person, JSONExtractString(e.props, 'reason') as reason,
              ${COST} as cost
         from event e left join merged m on e.customer_id = m.loser
        where e.workspace_id = {workspace:UUID} and e.name like 'message.%' and e.journey_id = {journey:UUID}
          and not has({internal:Array(String)}, e.channel) and e.enrollment_id in (select run from runs) and e.occurred >= ${at('from')}),
     skips as (select node, reason, uniqExact(message) as n from said where name = 'message.skipped' group by node, reason)
     select node, toUInt32(uniqExactIf(message, name = 'message.intended')) as intended,
            toUInt32(uniqExactIf(message, name in ${SENT})) as accepted,
            toUInt32(uniqExactIf(message, name = 'message.clicked')) as clicked,
            toUInt32(uniqExactIf(message, name = 'message.failed')) as failed,
            toUInt32(uniqExactIf(message, name = 'message.unknown')) as unknown,
            toUInt32(uniqExactIf(message, name = 'message.skipped')) as skipped,
            toUInt32(uniqExactIf(person, name in ${SENT})) as reached,
            toUInt32(uniqExactIf(person, name = 'message.clicked')) as clickers,
            sumIf(said.cost, name = 'message.accepted') as cost,
            arrayMap(x -> (x.2, x.3), arrayFilter(x -> x.1 = node, (select groupArray((s.node, s.reason, toUInt32(s.n))) from skips s))) as reasonOf
       from said group by node with rollup order by node`,
    paramsOf(p),
  )
  const all: Record<string, number> = {}
  for (const [reason, n] of rows.flatMap(r => r.reasonOf)) all[reason] = (all[reason] ?? 0) + n
  return rows.map(({ reasonOf, ...row }) => ({
    ...row,
    reasons: row.node === '' ? all : Object.fromEntries(reasonOf),
  }))
}

export type NodePassed = {
  node: string
  runs: number
  people: number
  goals: number
  revenue: number
}

/** Who passed each node (left it on the way, not by an exit), what they reached, and bought within the window after it.
 *  The node '' stands for the entry. */
export const passedByNode = (history: History, p: ReportParams): Promise<NodePassed[]> =>
  askHistory<NodePassed>(
    history,
    `with ${ORDERS.replaceAll('{to:Int64}', '{until:Int64}')}, ${RUNS},
     passes as (
       select r.person as person, e.node as node, e.enrollment_id as run, min(e.occurred) as passed
         from event e join runs r on r.run = e.enrollment_id
        where e.workspace_id = {workspace:UUID} and e.name = 'node.left' and e.journey_id = {journey:UUID}
          and JSONExtractString(e.props, 'port') <> 'exit' and e.occurred >= ${at('from')}
        group by person, node, run
       union all select person, '' as node, run, began as passed from runs where not kept),
     first as (select person, node, min(passes.passed) as passed from passes group by person, node),
     spent as (
       select f.node as node, sum(o.net) as revenue from first f join orders o on o.person = f.person
        where o.counts and o.placed > f.passed and o.placed <= addMilliseconds(f.passed, {windowMs:Int64}) group by f.node)
     select x.node as node, toUInt32(x.runs) as runs, toUInt32(x.people) as people, toUInt32(x.goals) as goals, toFloat64(s.revenue) as revenue
       from (select p.node as node, count() as runs, uniqExact(p.person) as people, countIf(g.met) as goals
               from passes p left join goals g on g.run = p.run group by p.node) x
       left join spent s on s.node = x.node order by node`,
    paramsOf(p),
  )

/** Runs for which each figure that asks a rule came true. */
export async function ruleKpis(history: History, p: ReportParams): Promise<Map<string, number>> {
  const rows = await askHistory<{ kpi: string; runs: number }>(
    history,
    `with ${MERGED}, ${RUNS}
     select JSONExtractString(props, 'kpi') as kpi, toUInt32(uniqExact(enrollment_id)) as runs from event
      where workspace_id = {workspace:UUID} and name = 'journey.kpi_reached' and journey_id = {journey:UUID}
        and enrollment_id in (select run from runs where not kept) and occurred >= ${at('from')}
      group by kpi`,
    paramsOf(p),
  )
  return new Map(rows.map(r => [r.kpi, r.runs]))
}
