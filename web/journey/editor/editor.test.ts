// The editor's core: whatever is done to a graph, its ways lead to nodes that are there, and all of it can be undone.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cartNotPaid, welcome } from '../../../src/journeys/examples.ts'
import type { JourneyGraph } from '../../../src/journeys/model.ts'
import { NODE_TYPES } from '../../../src/journeys/register.ts'
import { validateGraph } from '../../../src/journeys/validate.ts'
import { nodeSay } from '../say/register.ts'
import { clipText, copy, duplicate, paste, readClip } from './clip.ts'
import { begun, drawn } from './history.ts'
import {
  comment,
  connect,
  group,
  insert,
  layOut,
  placeNodes,
  remove,
  setField,
  setTitle,
  uncomment,
  ungroup,
} from './ops.ts'
import { same } from '../../../src/journeys/versions/diff.ts'
import { inOrder, portsOf, spotsTo, targetOf } from './ways.ts'

const counter = () => {
  let n = 0
  return () => `n${++n}`
}
const empty: JourneyGraph = {
  format: 1,
  name: 'x',
  trigger: { kind: 'event', event: 'Product Added' },
  reentry: { kind: 'never' },
  exits: [],
  start: '',
  nodes: {},
}
const codes = (graph: JourneyGraph) => validateGraph(graph).problems.map(p => p.code)

describe('operations', () => {
  test('the first node of an empty journey is its start; the next goes between', () => {
    const id = counter()
    const first = insert(empty, [], 'exit', {}, id)
    expect(first.graph.start).toBe(first.node)
    const second = insert(first.graph, [{ from: null, port: '' }], 'delay', { ms: 1000 }, id)
    expect([second.graph.start, second.graph.nodes[second.node]!.next]).toEqual([
      second.node,
      { next: first.node },
    ])
    expect(validateGraph(second.graph).problems).toEqual([])
  })
  test('on an edge that several ports share all of them lead through what is put in', () => {
    const made = insert(
      cartNotPaid,
      ['accepted', 'failed'].map(port => ({ from: 'line', port })),
      'delay',
      { ms: 1000 },
      counter(),
    )
    expect(made.graph.nodes.line!.next).toMatchObject({ accepted: made.node, failed: made.node })
  })
  test('deleting heals the edge, also over a row of nodes that go together', () => {
    const id = counter()
    let graph = insert(empty, [], 'exit', {}, id).graph
    for (let i = 0; i < 3; i++)
      graph = insert(graph, [{ from: null, port: '' }], 'delay', { ms: 1 }, id).graph
    const [a, b, c, end] = inOrder(graph)
    const healed = remove(graph, [b!, c!])
    expect(healed.nodes[a!]!.next).toEqual({ next: end })
    expect(remove(healed, [a!]).start).toBe(end)
  })
  test('what names a deleted node forgets it', () => {
    const noted = comment(group(cartNotPaid, ['wait', 'line'], 'g', 'g1'), {
      id: 'c1',
      text: '…',
      x: 0,
      y: 0,
      node: 'wait',
    })
    const kpi = { id: 'k', name: 'k', node: 'wait', measure: { kind: 'goal' as const }, target: 1 }
    const gone = remove(placeNodes({ ...noted, policy: { kpis: [kpi] } }, { wait: { x: 1, y: 1 } }), ['wait'])
    expect(gone.canvas).toEqual({
      places: {},
      groups: [{ id: 'g1', name: 'g', nodes: ['line'] }],
      comments: [{ id: 'c1', text: '…', x: 0, y: 0 }],
    })
    expect(gone.policy).toEqual({ kpis: [] })
  })
  test('a renamed branch keeps its way, a new one ends, one that is gone goes', () => {
    const rule = { op: 'tags', is: 'any', tags: ['a'] }
    const id = counter()
    const first = insert(empty, [], 'exit', {}, id)
    const split = insert(
      first.graph,
      [{ from: null, port: '' }],
      'split',
      { branches: [{ name: 'a', rule }] },
      id,
    )
    const renamed = setField(split.graph, split.node, 'branches', [{ name: 'b', rule }])
    expect(renamed.nodes[split.node]!.next).toEqual({ b: first.node, else: null })
    const more = setField(renamed, split.node, 'branches', [
      { name: 'c', rule },
      { name: 'b', rule },
    ])
    expect(more.nodes[split.node]!.next).toEqual({ c: null, b: first.node, else: null })
    expect(codes(more)).not.toContain('unknown_port')
  })
  test('copied into another journey the nodes get ids of their own', () => {
    const clip = readClip(clipText(copy(cartNotPaid, ['wait', 'line'])!))!
    const pasted = paste(welcome, clip, { from: null, port: '' }, counter())
    expect(pasted.all).toHaveLength(2)
    expect(pasted.graph.start).toBe(pasted.node)
    expect(Object.keys(pasted.graph.nodes)).toHaveLength(Object.keys(welcome.nodes).length + 2)
    expect(codes(pasted.graph).filter(c => c === 'dangling' || c === 'unknown_port')).toEqual([])
  })
  test('what is no copy is not pasted', () =>
    expect(['', '{}', 'x', '{"itinera":"nodes","start":"a","nodes":{}}'].map(readClip)).toEqual([
      null,
      null,
      null,
      null,
    ]))
  test('a duplicate stands behind its original, on the same way', () => {
    const made = duplicate(cartNotPaid, ['line'], counter())!
    expect(targetOf(made.graph, { from: 'line', port: 'accepted' })).toBe(made.node)
    expect(targetOf(made.graph, { from: made.node, port: 'accepted' })).toBe(
      targetOf(cartNotPaid, { from: 'line', port: 'accepted' }),
    )
  })
})

describe('undo', () => {
  test('typing is one step', () => {
    let now = begun(cartNotPaid)
    for (const title of ['a', 'ab', 'abc'])
      now = drawn(now, { do: 'change', graph: setTitle(now.graph, 'wait', title), step: 'title wait' })
    now = drawn(now, { do: 'undo' })
    expect(now.graph).toBe(cartNotPaid)
    expect(drawn(now, { do: 'redo' }).graph.nodes.wait!.title).toBe('abc')
  })
})

const TYPES = Object.keys(NODE_TYPES)
const op = fc.record({
  do: fc.constantFrom(
    'insert',
    'add',
    'remove',
    'connect',
    'end',
    'duplicate',
    'paste',
    'group',
    'ungroup',
    'comment',
    'uncomment',
    'field',
    'title',
    'place',
    'layout',
  ),
  a: fc.nat(40),
  b: fc.nat(40),
  type: fc.constantFrom(...TYPES),
})
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never

function run(graph: JourneyGraph, { do: what, a, b, type }: Op, id: () => string): JourneyGraph {
  const ids = Object.keys(graph.nodes)
  const one = ids[a % Math.max(1, ids.length)]
  const other = ids[b % Math.max(1, ids.length)]
  const node = one === undefined ? undefined : graph.nodes[one]
  const ports = node ? portsOf(node) : []
  const port = ports[b % Math.max(1, ports.length)]
  const spot = one !== undefined && port !== undefined ? { from: one, port } : { from: null, port: '' }
  const rule = { op: 'tags', is: 'any', tags: ['a'] }
  switch (what) {
    case 'insert':
      return insert(graph, [spot], type, nodeSay(type).begin(), id).graph
    case 'add':
      return insert(graph, [], type, nodeSay(type).begin(), id, { x: a, y: b }).graph
    case 'remove':
      return remove(
        graph,
        [one, other].filter(x => x !== undefined),
      )
    case 'connect':
      return other === undefined ? graph : connect(graph, spot, other)
    case 'end':
      return connect(graph, spot, null)
    case 'duplicate':
      return duplicate(graph, ids.slice(a % 5, (a % 5) + 2), id)?.graph ?? graph
    case 'paste': {
      const clip = copy(graph, ids.slice(b % 5, (b % 5) + 3))
      return clip ? paste(graph, clip, a % 2 ? spot : null, id).graph : graph
    }
    case 'group':
      return group(graph, ids.slice(a % 4, (a % 4) + 2), 'g', `g${b % 3}`)
    case 'ungroup':
      return ungroup(graph, `g${b % 3}`)
    case 'comment':
      return comment(graph, { id: `c${b % 3}`, text: 't', x: a, y: b, ...(one ? { node: one } : {}) })
    case 'uncomment':
      return uncomment(graph, `c${b % 3}`)
    case 'field':
      return node?.type === 'split'
        ? setField(
            graph,
            one!,
            'branches',
            Array.from({ length: 1 + (a % 3) }, (_, i) => ({ name: `b${(i + b) % 4}`, rule })),
          )
        : one === undefined
          ? graph
          : setField(graph, one, 'ms', a)
    case 'title':
      return one === undefined ? graph : setTitle(graph, one, `t${b}`)
    case 'place':
      return one === undefined ? graph : placeNodes(graph, { [one]: { x: a, y: b } })
    case 'layout':
      return layOut(graph)
  }
}

describe('any sequence of operations', () => {
  const begin = fc.constantFrom(empty, cartNotPaid, welcome)
  test('R3-03 leaves no way to a node that is not there, and undoes to the start', () =>
    fc.assert(
      fc.property(begin, fc.array(op, { maxLength: 60 }), (graph, ops) => {
        const id = counter()
        let now = begun(graph)
        for (const o of ops) {
          now = drawn(now, { do: 'change', graph: run(now.graph, o, id) })
          const { graph: read, problems } = validateGraph(now.graph)
          expect(read).not.toBeNull()
          expect(problems.filter(p => p.code === 'dangling' || p.code === 'unknown_port')).toEqual([])
          expect(problems.filter(p => p.code === 'open_port')).toEqual([])
          expect(inOrder(now.graph).sort()).toEqual(Object.keys(now.graph.nodes).sort())
        }
        const end = now.graph
        const steps = now.past.length
        for (let i = 0; i < steps; i++) now = drawn(now, { do: 'undo' })
        expect(now.graph).toBe(graph)
        for (let i = 0; i < steps; i++) now = drawn(now, { do: 'redo' })
        expect(now.graph).toBe(end)
      }),
      { numRuns: 150 },
    ))
  test('deleting everything that was added one by one gives back ways without holes', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('delay', 'send', 'update', 'wait_event'), { maxLength: 12 }),
        types => {
          const id = counter()
          let graph = cartNotPaid
          const made: string[] = []
          for (const type of types) {
            const next = insert(graph, [{ from: null, port: '' }], type, nodeSay(type).begin(), id)
            graph = next.graph
            made.push(next.node)
          }
          const back = remove(graph, made)
          expect(same({ ...back, canvas: undefined }, { ...cartNotPaid, canvas: undefined })).toBe(true)
          expect(spotsTo(back, back.start)[0]).toEqual({ from: null, port: '' })
        },
      ),
    ))
})
