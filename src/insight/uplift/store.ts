// SQL of uplift: who entered and walked against who was kept out, and the same people before and after.
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Uuid } from '../../platform/ids.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { ORDERS, PERSON } from '../metrics/orders.ts'
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

/** Both groups, and of each what the same people did in the same time before they entered. */
export async function upliftArms(
  history: History,
  p: UpliftScope,
): Promise<{ treated: Row | undefined; control: Row | undefined }> {
  const b = new Bound()
  const entry = entries(p, b)
  const window = b.of(p.windowMs, 'Int64')
  const rows = await askHistory<Row>(
    history,
    `with ${ORDERS}, ${entry},
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
         from entered f left join bought x on x.person = f.person)
     select toBool(kept) as kept, toUInt32(count()) as people, toUInt32(countIf(people.engaged)) as engaged, toUInt32(countIf(after > 0)) as converted,
            toUInt32(countIf(ever > 0)) as regulars, toUInt32(countIf(ever > 0 and after > 0)) as repurchased,
            toFloat64(sum(net)) as revenue, sum(toFloat64(net) * net) as revenueSquares,
            toUInt32(countIf(addMilliseconds(entered, ${window}) > ${b.moment(p.now)})) as open,
            toUInt32(countIf(before > 0)) as converted_before, toFloat64(sum(net_before)) as revenue_before
       from people group by kept`,
    { ...b.params, workspace: p.workspace, currency: p.currency, from: 0, to: p.now + 1 },
  )
  return { treated: rows.find(r => !r.kept), control: rows.find(r => r.kept) }
}
