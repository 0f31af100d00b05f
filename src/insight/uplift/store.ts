// SQL of uplift: who entered and walked against who was kept out, and the same people before and after.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { ORDERS, PERSON } from '../metrics/orders.ts'
import { UPLIFT_FIGURES, type UpliftFigure } from '../people/model.ts'
import type { PeopleSql } from '../people/page.ts'
import type { UpliftArm } from './model.ts'

export type UpliftScope = {
  workspace: Uuid
  currency: string
  /** when people entered, workspace ms */
  from: number
  to: number
  now: number
  windowMs: number
  /** null: of the whole workspace, by its own control group */
  journey: Uuid | null
}

/** What people do themselves, so that those who are not written to may do it, too. */
const CAME = `('web', 'app', 'store', 'line')`

/** Each person once, by the first run that began in the range. */
function entries(p: UpliftScope, b: Bound): string {
  const [flag, which] =
    p.journey === null
      ? ['holdout', `JSONHas(e.props, 'holdout')`]
      : ['control', `e.journey_id = ${b.of(p.journey, 'UUID')}`]
  return `entered as (
  select ${PERSON} as person, min(e.occurred) as entered, argMin(JSONExtractBool(e.props, '${flag}'), (e.occurred, e.folded, e.seq, e.line, e.part)) as kept
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.name = 'journey.entered' and ${which}
     and e.occurred >= ${b.moment(p.from)} and e.occurred < ${b.moment(p.to)}
   group by person)`
}

type Row = UpliftArm & {
  kept: boolean
  converted_before: number
  revenue_before: number
}

/** `people`, one row each: person, entered, kept, engaged, after (orders within the window), net, ever, before, net_before. */
function peopleSql(p: UpliftScope, b: Bound): string {
  const window = b.of(p.windowMs, 'Int64')
  return `${ORDERS}, ${entries(p, b)},
     bought as (
       select f.person as person, countIf(o.placed > f.entered and o.placed <= addMilliseconds(f.entered, ${window})) as after,
              sumIf(o.net, o.placed > f.entered and o.placed <= addMilliseconds(f.entered, ${window})) as after_net,
              countIf(o.placed <= f.entered) as ever,
              countIf(o.placed <= f.entered and o.placed > addMilliseconds(f.entered, -${window})) as before,
              sumIf(o.net, o.placed <= f.entered and o.placed > addMilliseconds(f.entered, -${window})) as before_net
         from entered f join orders o on o.person = f.person where o.counts group by f.person),
     came as (
       select distinct f.person as person
         from (select ${PERSON} as who, e.occurred as at from event e left join merged m on e.customer_id = m.loser
                where e.workspace_id = {workspace:UUID} and e.kind = 'event' and e.channel in ${CAME} and e.occurred >= ${b.moment(p.from)}) e
         join entered f on f.person = e.who
        where e.at > f.entered and e.at <= addMilliseconds(f.entered, ${window})),
     people as (
       select f.person as person, f.entered as entered, f.kept as kept, f.person in (select person from came) as engaged,
              x.after as after, x.after_net as net, x.ever as ever, x.before as before, x.before_net as net_before
         from entered f left join bought x on x.person = f.person)`
}

/** Who counts in each figure. */
const counts = (p: UpliftScope, b: Bound): Record<UpliftFigure, string> => ({
  people: 'true',
  engaged: 'people.engaged',
  converted: 'after > 0',
  regulars: 'ever > 0',
  repurchased: 'ever > 0 and after > 0',
  open: `addMilliseconds(entered, ${b.of(p.windowMs, 'Int64')}) > ${b.moment(p.now)}`,
  converted_before: 'before > 0',
})
const paramsOf = (p: UpliftScope, b: Bound): Record<string, unknown> => ({
  ...b.params,
  workspace: p.workspace,
  currency: p.currency,
  from: 0,
  to: p.now + 1,
})

/** Both groups, and of each what the same people did in the same time before they entered. */
export async function upliftArms(
  history: History,
  p: UpliftScope,
): Promise<{ treated: Row | undefined; control: Row | undefined }> {
  const b = new Bound()
  const people = peopleSql(p, b)
  const figures = Object.entries(counts(p, b)).map(
    ([name, when]) => `toUInt32(countIf(${when})) as n_${name}`,
  )
  const rows = await askHistory<Row>(
    history,
    `with ${people}, figures as (
       select toBool(kept) as kept, ${figures.join(', ')}, toFloat64(sum(net)) as revenue, sum(toFloat64(net) * net) as revenueSquares,
              toFloat64(sum(net_before)) as revenue_before
         from people group by kept)
     select kept, revenue, revenueSquares, revenue_before, ${UPLIFT_FIGURES.map(f => `n_${f} as ${f}`).join(', ')} from figures`,
    paramsOf(p, b),
  )
  return { treated: rows.find(r => !r.kept), control: rows.find(r => r.kept) }
}

/** The people whom `upliftArms` counts in this figure. */
export function upliftPeople(p: UpliftScope, arm: 'treated' | 'control', figure: UpliftFigure): PeopleSql {
  const b = new Bound()
  const sql = `with ${peopleSql(p, b)} select person, 1 as value from people
    where ${arm === 'control' ? '' : 'not '}kept and ${counts(p, b)[figure]}`
  return { sql, params: paramsOf(p, b) }
}
