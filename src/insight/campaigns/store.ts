// SQL of broadcasts beside journeys: messages as engagement counts them, and what people did within seven days of the first
// message of each to them.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { type MessageScope, messagesSql } from '../engagement/sql.ts'
import { MERGED, NOBODY, ORDERS, PERSON } from '../metrics/orders.ts'

export type Figures = {
  people: number
  sent: number
  delivered: number
  clicked: number
  goals: number
  revenue: number
  cost: number
}
export type Compared = Figures & { key: string }

export type CompareScope = MessageScope & { currency: string; now: number }

/** `ours`: messages of journeys; `firsts`: of each the first to each person; `met` (journey, person): who reached its goal
 *  within the window after that. */
export function compareSql(p: CompareScope, b: Bound): string {
  return `${messagesSql(p, b)},
     ${ORDERS.replace(`${MERGED},`, '')},
     ours as (select * from messages where journey <> toUUID('${NOBODY}')),
     firsts as (select journey, person, min(ours.at) as first from ours group by journey, person),
     runs_met as (
       select any(${PERSON}) as person, any(e.journey_id) as journey, argMax(e.name = 'journey.goal_reached', (e.folded, e.seq, e.line, e.part)) as met,
              maxIf(e.occurred, e.name = 'journey.goal_reached') as reached
         from event e left join merged m on e.customer_id = m.loser
        where e.workspace_id = {workspace:UUID} and e.name in ('journey.goal_reached', 'journey.goal_undone')
          and e.occurred >= ${b.moment(p.from)} group by e.enrollment_id),
     met as (
       select f.journey as journey, f.person as person
         from firsts f join runs_met g on g.person = f.person and g.journey = f.journey
        where g.met and g.reached >= f.first and g.reached <= ${within(p, b)})`
}
const within = (p: CompareScope, b: Bound): string => `addMilliseconds(f.first, ${b.of(p.windowMs, 'Int64')})`
export const compareParams = (p: CompareScope): Record<string, unknown> => ({
  workspace: p.workspace,
  from: p.from,
  to: p.now + 1,
  currency: p.currency,
})

/** By journey, or by kind: each person and each order once. `broadcasts`: which of the journeys are. */
export async function compareSending(
  history: History,
  p: CompareScope,
  broadcasts: Uuid[],
  by: 'journey' | 'kind',
): Promise<Compared[]> {
  const b = new Bound()
  const kind = `if(has(${b.of(broadcasts, 'Array(UUID)')}, journey), 'broadcast', 'journey')`
  const key = by === 'journey' ? 'toString(journey)' : kind
  return askHistory<Compared>(
    history,
    `with ${compareSql(p, b)},
     bought as (
       select distinct ${key} as k, f.person as person, o.order_id as order_id, o.net as net
         from firsts f join orders o on o.person = f.person
        where o.counts and o.placed > f.first and o.placed <= ${within(p, b)}),
     reached_goal as (select ${key} as k, uniqExact(person) as n from met group by k),
     spent as (select k, sum(net) as revenue from bought group by k),
     counted as (
       select ${key} as k, uniqExact(person) as people, count() as sent, countIf(delivered) as delivered, countIf(clicked) as clicked,
              sum(ours.cost) as cost from ours group by k)
     select c.k as key, toFloat64(c.people) as people, toFloat64(c.sent) as sent, toFloat64(c.delivered) as delivered,
            toFloat64(c.clicked) as clicked, toFloat64(g.n) as goals, toFloat64(s.revenue) as revenue, toFloat64(c.cost) as cost
       from counted c left join reached_goal g on g.k = c.k left join spent s on s.k = c.k order by sent desc, key limit 200`,
    { ...b.params, ...compareParams(p) },
  )
}
