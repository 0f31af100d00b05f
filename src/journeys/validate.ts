// Checks a journey graph that came from outside: its shape, then each node, then the ways between them. Every fault says
// where it is and, in both languages, what to do. The web shows the same faults while it is drawn.
import { checkRule, type Fault, faultsOf } from '../rules/check.ts'
import type { GraphProblem, JourneyGraph, NodeData, NodeId } from './model.ts'
import { policyProblems } from './policy.ts'
import { placeholderFaults, textsOf } from './placeholders.ts'
import { nodeType } from './register.ts'
import { graphShape } from './shape.ts'
import { triggerTypeOf } from './triggers/register.ts'

const MAX_NODES = 300

const at = (node: NodeId | null, faults: Fault[]): GraphProblem[] => faults.map(f => ({ node, ...f }))
const fault = (node: NodeId | null, path: string, code: string, zh: string, en: string): GraphProblem => ({
  node,
  path,
  code,
  message: { zh, en },
})

/** The graph, and what is wrong with it. `graph` is null when not even its shape can be read; a graph with problems can
 *  be kept as a draft but not published. */
export function validateGraph(value: unknown): { graph: JourneyGraph | null; problems: GraphProblem[] } {
  const parsed = graphShape.safeParse(value)
  if (!parsed.success) {
    const problems = faultsOf(parsed.error).map(f => {
      const [, area, node] = f.path.split('/')
      return { node: area === 'nodes' && node !== undefined ? node : null, ...f }
    })
    return { graph: null, problems }
  }
  const graph = parsed.data as JourneyGraph
  const problems = [
    ...checkTrigger(graph),
    ...checkRules(graph),
    ...policyProblems(graph),
    ...Object.entries(graph.nodes).flatMap(([id, node]) => checkNode(graph, id, node)),
  ]
  if (Object.keys(graph.nodes).length > MAX_NODES)
    problems.push(
      fault(
        null,
        '/nodes',
        'too_many_nodes',
        `最多 ${MAX_NODES} 個節點`,
        `A journey has at most ${MAX_NODES} nodes`,
      ),
    )
  if (!Object.hasOwn(graph.nodes, graph.start))
    problems.push(fault(null, '/start', 'no_start', '請指定開始的節點', 'Choose the node to start with'))
  else problems.push(...checkWays(graph))
  return { graph, problems }
}

/** What the trigger's own kind says, and an entry that would let nobody in. */
function checkTrigger({ trigger, entry }: JourneyGraph): GraphProblem[] {
  const faults = triggerTypeOf(trigger)?.validate?.(trigger) ?? []
  const problems = at(
    null,
    faults.map(f => ({ ...f, path: '/trigger' + f.path })),
  )
  if (entry?.from !== undefined && entry.to !== undefined && Date.parse(entry.from) >= Date.parse(entry.to))
    problems.push(
      fault(
        null,
        '/entry/to',
        'ends_before_start',
        '結束時間要晚於開始時間',
        'The end must be later than the beginning',
      ),
    )
  if (entry?.canaryPercent !== undefined && entry.canaryPeople !== undefined)
    problems.push(
      fault(
        null,
        '/entry/canaryPeople',
        'canary_twice',
        '試行只能擇一：比例或人數',
        'A canary is a share or a number of people, not both',
      ),
    )
  if (entry?.backfill === true && !(trigger.kind === 'segment' && trigger.on === 'entered'))
    problems.push(
      fault(
        null,
        '/entry/backfill',
        'nothing_to_fill',
        '只有「進入分眾」的觸發可以納入現有成員',
        'Only a trigger "entered a segment" has members to take in',
      ),
    )
  return problems
}

function checkRules(graph: JourneyGraph): GraphProblem[] {
  const rules: [string, unknown, run: boolean][] = graph.exits.map((exit, i) => [
    `/exits/${i}/rule`,
    exit.rule,
    true,
  ])
  if (graph.filter !== undefined) rules.push(['/filter', graph.filter, false])
  if (graph.entry?.exclude !== undefined) rules.push(['/entry/exclude', graph.entry.exclude, false])
  if (graph.goal !== undefined) rules.push(['/goal/rule', graph.goal.rule, true])
  return rules.flatMap(([path, rule, run]) => {
    const checked = checkRule(rule, path, { run })
    return 'faults' in checked ? at(null, checked.faults) : []
  })
}

function checkNode(graph: JourneyGraph, id: NodeId, node: NodeData): GraphProblem[] {
  const type = nodeType(node.type)
  if (type === undefined)
    return [
      fault(
        id,
        '/type',
        'unknown_type',
        `沒有「${node.type}」這種節點`,
        `There is no node type "${node.type}"`,
      ),
    ]
  const problems: GraphProblem[] = []
  const missing = Object.entries(type.fields).filter(
    ([name, { required, when }]) =>
      required &&
      node.fields[name] === undefined &&
      (when === undefined || when.is.includes(node.fields[when.field])),
  )
  for (const [name] of missing)
    problems.push(fault(id, `/fields/${name}`, 'missing_field', `請填寫「${name}」`, `Fill in "${name}"`))
  if (missing.length === 0)
    problems.push(
      ...at(
        id,
        type.validate(node.fields, graph).map(f => ({ ...f, path: '/fields' + f.path })),
      ),
    )
  const ports = type.ports(node.fields)
  for (const port of ports)
    if (!Object.hasOwn(node.next, port) && type.fallback?.[port] === undefined)
      problems.push(
        fault(
          id,
          `/next/${port}`,
          'open_port',
          `「${port}」還沒有接到下一步`,
          `"${port}" leads nowhere: connect it, or end the journey there`,
        ),
      )
  for (const [port, target] of Object.entries(node.next)) {
    if (!ports.includes(port))
      problems.push(
        fault(
          id,
          `/next/${port}`,
          'unknown_port',
          `這個節點沒有「${port}」出口`,
          `This node has no port "${port}"`,
        ),
      )
    if (target !== null && !Object.hasOwn(graph.nodes, target))
      problems.push(
        fault(
          id,
          `/next/${port}`,
          'dangling',
          `「${port}」接到不存在的節點`,
          `"${port}" leads to a node that does not exist`,
        ),
      )
  }
  problems.push(...checkTexts(id, node))
  return problems
}

/** Templates of a node, with their paths in the node. */
export function nodeTexts(node: NodeData): { path: string; text: string }[] {
  const texts = nodeType(node.type)?.texts?.(node.fields) ?? textsOf(node.fields.content, '/content')
  return texts.map(t => ({ ...t, path: '/fields' + t.path }))
}

function checkTexts(id: NodeId, node: NodeData): GraphProblem[] {
  return nodeTexts(node).flatMap(({ path, text }) =>
    placeholderFaults(text).map(f =>
      f.code === 'open_bracket'
        ? fault(
            id,
            path,
            f.code,
            `合併欄位的括號沒有成對：${f.name}`,
            `A placeholder's brackets do not match: ${f.name}`,
          )
        : fault(
            id,
            path,
            f.code,
            `沒有「${f.name}」這個合併欄位`,
            `Nothing is called "${f.name}": use customer, event, journey, workspace, unsubscribe_url or preferences_url`,
          ),
    ),
  )
}

function checkWays(graph: JourneyGraph): GraphProblem[] {
  const ways = new Map<NodeId, NodeId[]>()
  const ends = new Set<NodeId>()
  for (const [id, node] of Object.entries(graph.nodes)) {
    const targets = Object.values(node.next)
    ways.set(
      id,
      targets.filter((t): t is NodeId => t !== null && Object.hasOwn(graph.nodes, t)),
    )
    if (targets.includes(null) || (nodeType(node.type)?.ports(node.fields).length ?? 0) === 0) ends.add(id)
  }
  const reached = spread([graph.start], id => ways.get(id)!)
  const back = new Map<NodeId, NodeId[]>()
  for (const [id, targets] of ways) for (const t of targets) back.set(t, [...(back.get(t) ?? []), id])
  const ending = spread([...ends], id => back.get(id) ?? [])
  const problems: GraphProblem[] = []
  for (const id of ways.keys()) {
    if (!reached.has(id))
      problems.push(
        fault(id, '', 'unreachable', '沒有任何路徑會走到這裡', 'No way leads here: connect it or remove it'),
      )
    else if (!ending.has(id))
      problems.push(fault(id, '', 'no_end', '從這裡走不到終點', 'No way from here ends the journey'))
    if (onRestlessCycle(id, graph, ways))
      problems.push(
        fault(
          id,
          '',
          'restless_cycle',
          '這個迴圈裡沒有等待，請加入時間延遲',
          'This loop never waits: put a delay into it',
        ),
      )
  }
  return problems
}

function spread(from: NodeId[], next: (id: NodeId) => NodeId[]): Set<NodeId> {
  const seen = new Set(from)
  const open = [...from]
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const n of next(id)) {
      if (seen.has(n)) continue
      seen.add(n)
      open.push(n)
    }
  return seen
}

/** A cycle in which no node always waits would never end. */
const waits = (node: NodeData): boolean => nodeType(node.type)?.waits?.(node.fields) ?? false

function onRestlessCycle(id: NodeId, graph: JourneyGraph, ways: Map<NodeId, NodeId[]>): boolean {
  if (waits(graph.nodes[id]!)) return false
  const restless = (n: NodeId) => ways.get(n)!.filter(t => !waits(graph.nodes[t]!))
  return spread(restless(id), restless).has(id)
}
