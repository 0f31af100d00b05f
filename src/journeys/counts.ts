// How many people are where, from history's facts: node.entered, node.left (port 'exit' when the run ended there),
// journey.entered, journey.goal_reached, journey.exited. Who was kept out (control group) is not counted here: the report
// compares them (src/insight/journeys).
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Uuid } from '../platform/ids.ts'
import type { NodeId } from './model.ts'

export type JourneyTotals = { entered: number; waiting: number; goals: number }

/** Totals of every journey of a workspace. */
export async function journeyTotals(history: History, workspace: Uuid): Promise<Map<Uuid, JourneyTotals>> {
  const rows = await askHistory<{ journey: Uuid; entered: string; goals: string; exited: string }>(
    history,
    `select journey_id as journey, countIf(name = 'journey.entered') as entered,
            countIf(name = 'journey.goal_reached') as goals, countIf(name = 'journey.exited') as exited
       from event where workspace_id = {workspace:UUID} and name in ('journey.entered', 'journey.goal_reached', 'journey.exited')
        and not JSONExtractBool(props, 'control')
      group by journey_id`,
    { workspace },
  )
  return new Map(
    rows.map(r => [
      r.journey,
      {
        entered: Number(r.entered),
        waiting: Math.max(0, Number(r.entered) - Number(r.exited)),
        goals: Number(r.goals),
      },
    ]),
  )
}

export type NodeCounts = {
  node: NodeId
  waiting: number
  passed: number
  left: number
  ports: Record<string, number>
}
export type JourneyCounts = {
  nodes: NodeCounts[]
  entered: number
  goals: number
  exits: Record<string, number>
}

/** One version, or all of them. */
export async function journeyCounts(
  history: History,
  workspace: Uuid,
  journey: Uuid,
  version: number | null,
): Promise<JourneyCounts> {
  const rows = await askHistory<{ name: string; node: string; way: string; n: string }>(
    history,
    `select name, if(name in ('node.entered', 'node.left'), node, '') as node,
            multiIf(name = 'node.left', JSONExtractString(props, 'port'), name = 'journey.exited', JSONExtractString(props, 'how'), '') as way,
            count() as n
       from event
      where workspace_id = {workspace:UUID} and journey_id = {journey:UUID} and ({version:UInt32} = 0 or version = {version:UInt32})
        and name in ('node.entered', 'node.left', 'journey.entered', 'journey.goal_reached', 'journey.exited')
        and not JSONExtractBool(props, 'control')
      group by name, node, way`,
    { workspace, journey, version: version ?? 0 },
  )
  const nodes = new Map<NodeId, NodeCounts>()
  const out: JourneyCounts = { nodes: [], entered: 0, goals: 0, exits: {} }
  for (const row of rows) {
    const n = Number(row.n)
    if (row.name === 'journey.entered') out.entered += n
    else if (row.name === 'journey.goal_reached') out.goals += n
    else if (row.name === 'journey.exited') out.exits[row.way] = n
    else {
      let node = nodes.get(row.node)
      if (!node) nodes.set(row.node, (node = { node: row.node, waiting: 0, passed: 0, left: 0, ports: {} }))
      if (row.name === 'node.entered') node.waiting += n
      else {
        node.waiting -= n
        // who was moved to another version neither passed nor left
        if (row.way === 'exit') node.left += n
        else if (row.way !== 'moved') {
          node.passed += n
          node.ports[row.way] = (node.ports[row.way] ?? 0) + n
        }
      }
    }
  }
  out.nodes = [...nodes.values()].map(node => ({ ...node, waiting: Math.max(0, node.waiting) }))
  return out
}

export type PersonAtNode = { enrollment: Uuid; customer: Uuid; since: number }

/** People whose run's last step was to enter this node, the newest first, below a position. */
export async function peopleAtNode(
  history: History,
  workspace: Uuid,
  journey: Uuid,
  node: NodeId,
  version: number | null,
  after: { since: number; enrollment: Uuid } | null,
  limit: number,
): Promise<PersonAtNode[]> {
  const rows = await askHistory<{ enrollment: Uuid; customer: Uuid; at: string }>(
    history,
    `select enrollment_id as enrollment, tupleElement(final, 3) as customer, toUnixTimestamp64Milli(tupleElement(final, 4)) as at
       from (select enrollment_id, argMax((name, node, customer_id, occurred), (folded, seq, line, part)) as final
               from event
              where workspace_id = {workspace:UUID} and journey_id = {journey:UUID} and ({version:UInt32} = 0 or version = {version:UInt32})
                and name in ('node.entered', 'node.left', 'journey.exited')
              group by enrollment_id)
      where tupleElement(final, 1) = 'node.entered' and tupleElement(final, 2) = {node:String}
        and (not {after:Bool} or (at, enrollment_id) < ({since:Int64}, {enrollment:UUID}))
      order by at desc, enrollment_id desc limit {limit:UInt32}`,
    {
      workspace,
      journey,
      node,
      version: version ?? 0,
      after: after !== null,
      since: after?.since ?? 0,
      enrollment: after?.enrollment ?? '00000000-0000-0000-0000-000000000000',
      limit,
    },
  )
  return rows.map(r => ({ enrollment: r.enrollment, customer: r.customer, since: Number(r.at) }))
}
