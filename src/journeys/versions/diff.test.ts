// Two graphs compared: every kind of edit is told, and nothing else.
import { describe, expect, test } from 'vitest'
import { journey, node } from '../../../test/reducer.ts'
import { happened } from '../../rules/make.ts'
import type { JourneyGraph } from '../model.ts'
import { diffGraphs, isSame, same } from './diff.ts'

const base: JourneyGraph = journey({
  start: 'wait',
  nodes: {
    wait: node('delay', { ms: 1000 }, { next: 'mark' }),
    mark: { ...node('update', { addTags: ['a'] }, { next: null }), title: '貼標' },
  },
}).graph
const edit = (change: (g: JourneyGraph) => void): JourneyGraph => {
  const graph = structuredClone(base)
  change(graph)
  return graph
}
const nodesOf = (after: JourneyGraph) =>
  diffGraphs(base, after).nodes.map(n => [n.node, n.change, n.fields, n.ways, n.retyped, n.retitled])

describe('nodes', () => {
  test('equal graphs do not differ, also with their keys in another order', () => {
    const turned = { ...base, nodes: Object.fromEntries(Object.entries(base.nodes).reverse()) }
    expect(isSame(diffGraphs(base, turned))).toBe(true)
    expect(isSame(diffGraphs(base, structuredClone(base)))).toBe(true)
  })
  test('a field, a way, a title, another kind of node', () => {
    expect(nodesOf(edit(g => void (g.nodes.wait!.fields.ms = 2000)))).toEqual([
      ['wait', 'changed', ['ms'], [], false, false],
    ])
    expect(nodesOf(edit(g => void (g.nodes.wait!.next.next = null)))).toEqual([
      ['wait', 'changed', [], ['next'], false, false],
    ])
    expect(nodesOf(edit(g => void (g.nodes.wait!.title = '等')))).toEqual([
      ['wait', 'changed', [], [], false, true],
    ])
    expect(nodesOf(edit(g => void (g.nodes.wait = node('exit', {}, {}))))).toEqual([
      ['wait', 'changed', ['ms'], ['next'], true, false],
    ])
  })
  test('a node inserted on a way, a node taken out', () => {
    const inserted = edit(g => {
      g.nodes.wait!.next.next = 'new'
      g.nodes.new = node('delay', { ms: 5 }, { next: 'mark' })
    })
    expect(nodesOf(inserted)).toEqual([
      ['wait', 'changed', [], ['next'], false, false],
      ['new', 'added', [], [], false, false],
    ])
    expect(diffGraphs(inserted, base).nodes.map(n => [n.node, n.change])).toEqual([
      ['wait', 'changed'],
      ['new', 'removed'],
    ])
  })
})

test('what stands around the nodes', () => {
  const after = edit(g => {
    g.name = 'Another'
    g.trigger = { kind: 'event', event: 'Other' }
    g.filter = { op: 'identifier', kind: 'phone' }
    g.entry = { canaryPercent: 5 }
    g.key = 'order_id'
    g.reentry = { kind: 'never' }
    g.start = 'mark'
    g.goal = { rule: happened('Order Completed'), exitOnGoal: true }
    g.exits = [{ name: 'x', rule: happened('Left') }]
    g.policy = { priority: 2 }
    g.canvas = { comments: [{ id: 'c', text: 'see', x: 0, y: 0 }] }
  })
  expect(diffGraphs(base, after)).toEqual({
    nodes: [],
    parts: [
      'name',
      'trigger',
      'filter',
      'entry',
      'key',
      'reentry',
      'goal',
      'exits',
      'policy',
      'start',
      'canvas',
    ],
  })
  expect(diffGraphs(after, base).parts).toHaveLength(11)
})

test('same: by what JSON would hold', () => {
  expect(same({ a: 1, b: undefined }, { a: 1 })).toBe(true)
  expect(same([1, 2], { 0: 1, 1: 2 })).toBe(false)
  expect(same([1, 2], [1])).toBe(false)
  expect(same(null, {})).toBe(false)
  expect(same({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toBe(false)
})
