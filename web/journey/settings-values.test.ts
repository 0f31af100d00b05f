// A journey's settings as a form and back.
import { expect, test } from 'vitest'
import { journey } from '../../test/reducer.ts'
import type { JourneyGraph } from '../../src/journeys/model.ts'
import { validateGraph } from '../../src/journeys/validate.ts'
import { fieldPath, GOAL_KINDS, goalKindOf, valuesOf, withGoalKind, withValues } from './settings-values.ts'

const HOUR = 3_600_000
const bare = journey({}).graph
const full: JourneyGraph = {
  ...bare,
  goal: { rule: { op: 'tags', is: 'any', tags: ['x'] }, exitOnGoal: false, windowMs: HOUR },
  exits: [{ name: 'gone', rule: { op: 'tags', is: 'any', tags: ['gone'] } }],
  policy: {
    quietHours: { from: '22:00', to: '08:00' },
    caps: [{ max: 2, withinMs: HOUR }],
    priority: 2,
    usefulForMs: HOUR,
    late: { afterMs: HOUR, do: 'skip' },
    controlPercent: 10,
    budget: { amount: 500, per: 'day' },
    kpis: [
      { id: 'a', name: 'A', node: 'end', measure: { kind: 'goal' }, target: 5 },
      {
        id: 'b',
        name: 'B',
        node: null,
        measure: { kind: 'rule', rule: { op: 'tags', is: 'any', tags: ['x'] }, windowMs: HOUR },
        target: 1,
      },
    ],
  },
}

test('what is read is written the same, with nothing and with everything', () => {
  for (const graph of [bare, full, { ...full, policy: { quietHours: null } }]) {
    expect(withValues(graph, valuesOf(graph))).toEqual(graph)
    expect(withValues(graph, {})).toEqual(graph)
  }
})

test('each kind of goal is known again; only what asks for something is a fault', () => {
  for (const kind of GOAL_KINDS) {
    const graph = withGoalKind(full, kind)
    if (kind !== 'rule') expect(goalKindOf(graph)).toBe(kind)
  }
  expect(goalKindOf(withValues(withGoalKind(bare, 'event'), { goalEvent: 'Quiz Done' }))).toBe('event')
  expect(validateGraph(withGoalKind(bare, 'order')).problems).toEqual([])
  expect(validateGraph(withGoalKind(bare, 'event')).problems.length).toBeGreaterThan(0)
})

test('what a new entry leaves out has its usual value; ids are made once', () => {
  const one = withValues(bare, { caps: [{}], kpis: [{ name: '第 1 項' }] })
  expect(one.policy).toMatchObject({
    caps: [{ max: 1 }],
    kpis: [{ id: 'kpi-1', node: null, measure: { kind: 'reached' }, target: 0 }],
  })
  const two = withValues(one, { kpis: [...(valuesOf(one).kpis as object[]), { name: '第 2 項' }] })
  expect(two.policy!.kpis!.map(k => k.id)).toEqual(['kpi-1', 'kpi-2'])
  expect(validateGraph(two).problems).toEqual([])
  expect(withValues(full, { budgetAmount: undefined }).policy!.budget).toBeUndefined()
})

test('faults stand at their fields', () => {
  const paths = [
    '/goal/rule/rules/0',
    '/policy/quietHours/to',
    '/policy/kpis/0/measure/rule/x',
    '/policy/controlPercent',
    '/exits/0/rule',
    '/nodes/a',
  ]
  expect(paths.map(fieldPath)).toEqual([
    '/goalRule/rules/0',
    '/quietTo',
    '/kpis/0/rule/x',
    '/controlPercent',
    '/exits/0/rule',
    null,
  ])
})
