// Any journey: random graphs over every node type of the register with random valid fields, and random edits of them.
import fc from 'fast-check'
import type { JourneyGraph, Move, NodeData } from '../src/journeys/model.ts'
import { NODE_TYPES, nodeType } from '../src/journeys/register.ts'
import { validateGraph } from '../src/journeys/validate.ts'
import { placeOf } from '../src/journeys/versions/planner.ts'
import type { Rule } from '../src/rules/model.ts'
import { happened } from '../src/rules/make.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** What happens to people of the tests, and what the rules ask about. */
export const EVENTS = ['Start', 'Bought', 'Clicked', 'Came'] as const
export const TAGS = ['茶', '咖啡'] as const

const event = fc.constantFrom(...EVENTS)
const tag = fc.constantFrom(...TAGS)
const span = fc.constantFrom(0, HOUR, 5 * HOUR, DAY, 3 * DAY)
const longer = fc.constantFrom(HOUR, 5 * HOUR, DAY, 3 * DAY)
const rule: fc.Arbitrary<Rule> = fc.oneof(
  tag.map((t): Rule => ({ op: 'tags', is: 'any', tags: [t] })),
  event.map(e => happened(e)),
  fc.integer({ min: 1, max: 99 }).map((to): Rule => ({ op: 'percent', salt: 'x', from: 0, to })),
)
const email = fc
  .constantFrom('嗨', '{{ customer.name }} 好')
  .map(subject => ({ channel: 'email', subject, html: '<p>hi</p>' }))
const purpose = fc.constantFrom('marketing', 'transactional')
const halves = fc.integer({ min: 1, max: 99 }).map(percent => [
  { name: 'a', percent },
  { name: 'b', percent: 100 - percent },
])

/** Valid fields of each type. A type that is missing here is told by the test. */
export const FIELDS: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  delay: fc.oneof(
    span.map(ms => ({ ms })),
    fc.constantFrom('07:00', '21:30').map(time => ({ until: { time } })),
  ),
  wait_event: fc.record({
    event,
    timeoutMs: longer,
    since: fc.constantFrom('entry', 'node'),
  }),
  split: rule.map(r => ({ branches: [{ name: 'yes', rule: r }] })),
  random_split: halves.map(shares => ({ shares })),
  experiment: halves.map(variants => ({
    variants,
    metric: { kind: 'order' },
    windowMs: DAY,
    minPeople: 10,
  })),
  holdout: fc.integer({ min: 1, max: 90 }).map(percent => ({ percent })),
  send: fc.record({ channel: fc.constant('email'), purpose, content: email }),
  reach: fc.record({ purpose, options: email.map(content => [{ channel: 'email', content }]) }),
  ask: fc.record({
    text: fc.constant('哪一種？'),
    answers: fc.constant([{ name: 'tea', label: '茶', tag: '茶' }]),
    timeoutMs: longer,
  }),
  http: fc.constant({ method: 'POST', url: 'https://erp.example/x', body: '{}' }),
  notify: fc.constant({ text: '看一下' }),
  emit: event.map(e => ({ event: e })),
  start_journey: fc.constant({ journey: `jrn_${'0'.repeat(26)}` }),
  stop_journey: fc.constant({ journey: `jrn_${'0'.repeat(26)}` }),
  throttle: fc.constant({ max: 5, per: 'hour' }),
  jump: fc.integer({ min: 1, max: 3 }).map(times => ({ times })),
  update: tag.chain(t => fc.constantFrom({ addTags: [t] }, { removeTags: [t] })),
  reward: fc.constantFrom({ give: 'points', points: 10 }, { give: 'coupon', coupon: 'WELCOME' }),
  exit: fc.constant({}),
}

const typeNames = Object.keys(NODE_TYPES).filter(t => t !== 'exit')

const nodeOf = (type: string): fc.Arbitrary<NodeData> =>
  (FIELDS[type] ?? fc.constant({})).map(fields => ({ type, fields, next: {} }))
/** Half of them are nodes at which people wait. */
const someNode = fc
  .oneof(fc.constantFrom(...typeNames), fc.constantFrom('delay', 'wait_event', 'send'))
  .chain(nodeOf)

/** Ways: every port leads to the next node, elsewhere ahead, back, or out; by the numbers of `dice`. */
function wire(nodes: NodeData[], dice: number[], back: boolean): Record<string, NodeData> {
  let at = 0
  const roll = (n: number): number => (dice[at++ % dice.length] ?? 0) % n
  const entries = nodes.map((node, i) => {
    const ports = nodeType(node.type)?.ports(node.fields) ?? []
    const ahead = i + 1 < nodes.length ? `n${i + 1}` : null
    const next: NodeData['next'] = {}
    ports.forEach((port, p) => {
      const way = roll(6)
      if (p === 0) next[port] = ahead
      else if (way < 2) next[port] = ahead
      else if (way === 2 && i + 2 < nodes.length) next[port] = `n${i + 2 + roll(nodes.length - i - 2)}`
      else if (way === 3 && back) next[port] = `n${roll(i + 1)}`
      else next[port] = null
    })
    return [`n${i}`, { ...node, next }] as const
  })
  return Object.fromEntries(entries)
}

const around = fc.record({
  key: fc.option(fc.constant('order'), { nil: undefined, freq: 5 }),
  reentry: fc.constantFrom<JourneyGraph['reentry']>(
    { kind: 'always' },
    { kind: 'never' },
    { kind: 'after_exit', coolDownMs: DAY },
  ),
  goal: fc.option(
    event.map(e => ({ rule: happened(e), exitOnGoal: true })),
    { nil: undefined, freq: 3 },
  ),
  exits: fc.array(
    tag.map(t => ({ name: `tag ${t}`, rule: { op: 'tags', is: 'any', tags: [t] } as Rule })),
    { maxLength: 1 },
  ),
})

const without = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T

export const anyGraph: fc.Arbitrary<JourneyGraph> = fc
  .tuple(
    fc.array(someNode, { minLength: 1, maxLength: 7 }),
    fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
    around,
  )
  .map(([nodes, dice, rest]) => {
    const make = (back: boolean): JourneyGraph =>
      without({
        format: 1,
        name: 'any',
        trigger: { kind: 'event', event: 'Start' },
        start: 'n0',
        ...rest,
        nodes: wire(nodes, dice, back),
      })
    const looped = make(true)
    return validateGraph(looped).problems.length === 0 ? looped : make(false)
  })
  .filter(graph => validateGraph(graph).problems.length === 0)

/** What may be chosen for people at each node of each earlier version. */
export function anyMoves(
  versions: ReadonlyMap<number, JourneyGraph>,
  to: JourneyGraph,
  dice: number[],
): Move[] {
  let at = 0
  const roll = (n: number): number => (dice[at++ % dice.length] ?? 0) % n
  const targets = Object.keys(to.nodes)
  return [...versions].flatMap(([from, graph]) =>
    Object.keys(graph.nodes).flatMap((node): Move[] => {
      const { ports, stays, catchUp } = placeOf(graph, to, { version: from, node, people: 0 })
      switch (roll(6)) {
        case 0:
          return stays ? [{ from, node, do: 'move', to: node }] : []
        case 1:
          return [{ from, node, do: 'move', to: targets[roll(targets.length)]! }]
        case 2:
          return ports.length > 0 ? [{ from, node, do: 'release', port: ports[roll(ports.length)]! }] : []
        case 3:
          return roll(3) === 0 ? [{ from, node, do: 'exit' }] : []
        case 4:
          return catchUp.length > 0
            ? [{ from, node, do: 'catch_up', to: catchUp[roll(catchUp.length)]! }]
            : []
        default:
          return []
      }
    }),
  )
}

/** The graph with a new node on the way to another, and one node's fields of another graph of the same kind. */
export function anyEdit(graph: JourneyGraph, dice: number[]): JourneyGraph {
  const edited = structuredClone(graph)
  const ids = Object.keys(edited.nodes)
  const target = ids[dice[0]! % ids.length]!
  const fresh = `x${dice[1]! % 1000}`
  if (Object.hasOwn(edited.nodes, fresh)) return edited
  edited.nodes[fresh] =
    dice[2]! % 2 === 0
      ? { type: 'update', fields: { addTags: ['新'] }, next: { next: target } }
      : { type: 'delay', fields: { ms: HOUR }, next: { next: target } }
  for (const [id, node] of Object.entries(edited.nodes))
    if (id !== fresh)
      for (const [port, to] of Object.entries(node.next)) if (to === target) node.next[port] = fresh
  if (edited.start === target) edited.start = fresh
  if (dice[3]! % 3 === 0) {
    // one is taken out: who came to it goes where its first way led
    const gone = ids[dice[4]! % ids.length]!
    const on = Object.values(edited.nodes[gone]!.next)[0] ?? null
    if (on !== null && on !== gone) {
      for (const node of Object.values(edited.nodes))
        for (const [port, to] of Object.entries(node.next)) if (to === gone) node.next[port] = on
      if (edited.start === gone) edited.start = on
      delete edited.nodes[gone]
    }
  }
  return validateGraph(edited).problems.length === 0 ? edited : graph
}
