// What a draft does to other journeys, checked when it is published: whom it starts and stops is there, what it starts is live,
// and nobody is sent in a circle for ever.
import { publicId, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import type { GraphProblem, JourneyGraph } from '../model.ts'
import { sayNode } from '../node-name.ts'
import { nodeType } from '../register.ts'
import { wayOf } from '../ways.ts'
import type { JourneyStatus } from '../versions/status.ts'

type Target = { id: Uuid; name: string; status: JourneyStatus; live: JourneyGraph | null }

const targetsOf = (graph: JourneyGraph, type: 'start_journey' | 'stop_journey') =>
  Object.entries(graph.nodes).flatMap(([node, data]) =>
    data.type === type && typeof data.fields.journey === 'string'
      ? [{ node, title: sayNode(data, node), journey: data.fields.journey }]
      : [],
  )

/** Whether whoever enters comes to this node: no way to the end leads past it. */
function alwaysReaches(graph: JourneyGraph, target: string): boolean {
  const seen = new Set<string>([target])
  const todo = [graph.start]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    const data = graph.nodes[node]
    const ports = data ? nodeType(data.type)?.ports(data.fields) : undefined
    if (data === undefined || ports === undefined || ports.length === 0) return false
    for (const port of ports) {
      const next = wayOf(data, port)
      if (next === null) return false
      todo.push(next)
    }
  }
  return true
}

/** Journeys that everybody who enters starts, where they may come in again and again. */
const startsAlways = (graph: JourneyGraph): string[] =>
  targetsOf(graph, 'start_journey').flatMap(t => (alwaysReaches(graph, t.node) ? [t.journey] : []))

/** The names on the way round; null: it does not lead back. */
function circle(own: string, graph: JourneyGraph, from: string, all: Map<string, Target>): string[] | null {
  if (graph.reentry.kind === 'never') return null
  const seen = new Set<string>()
  const walk = (id: string): string[] | null => {
    if (id === own) return []
    if (seen.has(id)) return null
    seen.add(id)
    const target = all.get(id)
    if (!target?.live || target.status === 'stopped' || target.live.reentry.kind === 'never') return null
    for (const next of startsAlways(target.live)) {
      const rest = walk(next)
      if (rest !== null) return [target.name, ...rest]
    }
    return null
  }
  return walk(from)
}

const problem = (
  { node, title }: { node: string; title: { zh: string; en: string } },
  code: string,
  zh: string,
  en: string,
  alternative: NonNullable<GraphProblem['alternative']>,
): GraphProblem => ({
  node,
  path: '/journey',
  code,
  message: { zh: `「${title.zh}」${zh}`, en: `"${title.en}" ${en}` },
  alternative,
})

/** What is wrong with starting and stopping the other journeys that nodes of this graph name. */
export async function otherJourneyProblems(
  sql: Sql,
  workspace: Uuid,
  journey: Uuid,
  graph: JourneyGraph,
): Promise<GraphProblem[]> {
  const starts = targetsOf(graph, 'start_journey')
  const stops = targetsOf(graph, 'stop_journey')
  if (starts.length + stops.length === 0) return []
  const { rows } = await sql.query<Target>(
    `select j.id, j.name, j.status, v.graph as live
       from journey j left join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id and v.version = j.live_version
      where j.workspace_id = $1 and j.kind = 'journey' and j.status <> 'archived'`,
    [workspace],
  )
  const all = new Map(rows.map(r => [publicId('jrn', r.id), r]))
  const own = publicId('jrn', journey)
  const gone = [...starts, ...stops].flatMap(t =>
    all.has(t.journey)
      ? []
      : [
          problem(
            t,
            'journey_unknown',
            '指向的旅程不存在或已封存',
            'names a journey that is not there, or archived',
            {
              zh: '選擇另一個旅程，或刪除這個節點',
              en: 'Choose another journey, or remove the node',
            },
          ),
        ],
  )
  const idle = starts.flatMap(t => {
    const target = all.get(t.journey)
    return target === undefined || t.journey === own || target.status === 'live' || target.status === 'paused'
      ? []
      : [
          problem(
            t,
            'journey_not_live',
            `要開始的旅程「${target.name}」沒有上線`,
            `starts the journey "${target.name}", which is not live`,
            { zh: '先發布那個旅程', en: 'Publish that journey first' },
          ),
        ]
  })
  const always = new Set(startsAlways(graph))
  const rounds = starts.flatMap(t => {
    const names = always.has(t.journey) ? circle(own, graph, t.journey, all) : null
    if (names === null) return []
    const way = [graph.name, ...names, graph.name].join(' → ')
    return [
      problem(
        t,
        'journeys_in_a_circle',
        `會讓人永遠繞圈：${way}`,
        `sends people in a circle for ever: ${way}`,
        {
          zh: '在途中加一個條件分流讓人離開，或讓其中一個旅程不能重複進入',
          en: 'Put a split on the way by which people leave, or let one of the journeys be entered once only',
        },
      ),
    ]
  })
  return [...gone, ...idle, ...rounds]
}
