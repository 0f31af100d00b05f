// Who was given which way of an experiment, and who of them succeeded, from history: node.left facts say the way, and that
// it was by share. People who are one by now count once, with the way they were given first.
import type { ExperimentFields, Metric } from '../journeys/nodes/experiment.ts'
import type { NodeId } from '../journeys/model.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Uuid } from '../platform/ids.ts'
import { Bound } from '../rules/sql/bind.ts'
import { filtersSql } from '../rules/sql/props.ts'
import type { Arm } from './stats.ts'

const NOBODY = `toUUID('00000000-0000-0000-0000-000000000000')`
const MS = 'toUnixTimestamp64Milli(occurred)'

/** Who somebody of the time is today. */
const kinSql = (workspace: string): string => `(
  select arrayJoin(argMax(absorbed, version)) as id, customer_id as person from customer
   where workspace_id = ${workspace} and customer_id in (select customer_id from customer where workspace_id = ${workspace} and notEmpty(absorbed))
   group by customer_id having argMax(merged_into, version) = ${NOBODY})`
const PERSON = `if(k.person = ${NOBODY}, e.customer_id, k.person)`

/** Rows (person, ms) of what counts as success. */
function hitsSql(metric: Metric, workspace: string, journey: string, kin: string, b: Bound): string {
  const from = `from event e left join ${kin} k on k.id = e.customer_id where e.workspace_id = ${workspace}`
  switch (metric.kind) {
    case 'order':
      // what was cancelled or came back is none, whenever that was
      return `select person, ms from (
        select ${PERSON} as person, JSONExtractString(props, 'order') as no, minIf(${MS}, change > 0) as ms, sum(JSONExtractInt(props, 'orders_change') as change) as stands
          ${from} and startsWith(e.name, 'order.') and position(props, '"orders_change"') > 0
         group by person, no having stands > 0)`
    case 'goal':
      return `select ${PERSON} as person, ${MS} as ms ${from} and e.name = 'journey.goal_reached' and e.journey_id = ${journey}`
    case 'clicked':
      return `select ${PERSON} as person, ${MS} as ms ${from} and e.name = 'message.clicked' and e.journey_id = ${journey}`
    case 'event': {
      const filters = filtersSql(metric.where, b)
      return `select ${PERSON} as person, ${MS} as ms ${from} and e.name = ${b.text(metric.event)}${filters ? ` and ${filters}` : ''}`
    }
  }
}

/** @param versions of the journey in which the experiment is the same */
export async function countArms(
  history: History,
  workspace: Uuid,
  journey: Uuid,
  node: NodeId,
  versions: number[],
  { variants, metric, windowMs }: ExperimentFields,
): Promise<Arm[]> {
  const b = new Bound()
  const [w, j, n] = [b.of(workspace, 'UUID'), b.of(journey, 'UUID'), b.text(node)]
  const kin = kinSql(w)
  const among = versions.map(v => b.of(v, 'UInt32')).join(', ')
  const rows = await askHistory<{ variant: string; people: number; converted: number }>(
    history,
    `with given as (
       select ${PERSON} as person, min(${MS}) as ms, argMin(JSONExtractString(props, 'port'), (occurred, seq, line, part)) as variant
         from event e left join ${kin} k on k.id = e.customer_id
        where e.workspace_id = ${w} and e.name = 'node.left' and e.journey_id = ${j} and e.node = ${n} and e.version in (${among})
          and JSONExtractString(props, 'why', 1, 'leaf') = 'share'
        group by person)
     select variant, toUInt32(count()) as people, toUInt32(countIf(hit)) as converted
       from (select g.person as person, any(g.variant) as variant,
                    max(h.ms > g.ms and h.ms <= g.ms + ${b.of(windowMs, 'Int64')}) as hit
               from given g left join (${hitsSql(metric, w, j, kin, b)}) h on h.person = g.person
              group by person)
      group by variant`,
    b.params,
  )
  const found = new Map(rows.map(r => [r.variant, r]))
  return variants.map(({ name, percent }) => ({
    name,
    share: percent,
    people: found.get(name)?.people ?? 0,
    converted: found.get(name)?.converted ?? 0,
  }))
}
