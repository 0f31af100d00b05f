// Whatever is done in the builder leaves a rule: no group without parts, nothing lost by moving, every place found again.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../../src/rules/model.ts'
import { anyRule } from './arbitrary.ts'
import {
  asRoot,
  duplicateAt,
  groupOf,
  type Group,
  isGroup,
  moveBy,
  moveInto,
  moveOut,
  type Place,
  pointerOf,
  removeAt,
  ruleAt,
  toggleNot,
} from './edit.ts'

const partsOf = (rule: Rule): Rule[] => (isGroup(rule) ? rule.rules : rule.op === 'not' ? [rule.rule] : [])
function placesOf(rule: Rule, at: Place = []): Place[] {
  return [at, ...partsOf(rule).flatMap((r, i) => placesOf(r, [...at, i]))]
}
const leavesOf = (rule: Rule): string[] =>
  partsOf(rule).length === 0 && !isGroup(rule) ? [JSON.stringify(rule)] : partsOf(rule).flatMap(leavesOf)
const hollow = (rule: Rule, root = true): boolean =>
  (!root && isGroup(rule) && rule.rules.length === 0) || partsOf(rule).some(r => hollow(r, false))

const somewhere = anyRule.chain(rule => {
  const root = asRoot(rule)
  return fc.tuple(fc.constant<Rule>(root), fc.constantFrom(...placesOf(root).slice(1)))
})
const sorted = (rule: Rule) => leavesOf(rule).sort()

const MOVES = {
  up: (root: Rule, place: Place) => moveBy(root, place, -1),
  down: (root: Rule, place: Place) => moveBy(root, place, 1),
  outUp: (root: Rule, place: Place) => moveOut(root, place, -1),
  outDown: (root: Rule, place: Place) => moveOut(root, place, 1),
  group: groupOf,
  not: toggleNot,
}

describe('moves', () => {
  test.each(Object.entries(MOVES))('%s keeps every condition, and says where it went', (_, move) =>
    fc.assert(
      fc.property(somewhere, ([root, place]) => {
        const moved = move(root, place)
        expect(sorted(moved.root)).toEqual(sorted(root))
        expect(hollow(moved.root)).toBe(false)
        const found = ruleAt(moved.root, moved.place)
        expect(found).toBeDefined()
        const before = ruleAt(root, place) as Rule
        // the same conditions stand there, whatever was put around them
        expect(sorted(found as Rule)).toEqual(sorted(before))
      }),
    ),
  )
  test('a line is put into any group', () =>
    fc.assert(
      fc.property(
        somewhere.chain(([root, place]) => {
          const groups = placesOf(root).filter(p => isGroup(ruleAt(root, p) as Rule))
          return fc.tuple(fc.constant(root), fc.constant(place), fc.constantFrom(...groups), fc.nat(3))
        }),
        ([root, place, group, at]) => {
          const step = Math.min(at, (ruleAt(root, group) as Group).rules.length)
          const moved = moveInto(root, place, group, step)
          expect(sorted(moved.root)).toEqual(sorted(root))
          expect(hollow(moved.root)).toBe(false)
          expect(sorted(ruleAt(moved.root, moved.place) as Rule)).toEqual(sorted(ruleAt(root, place) as Rule))
        },
      ),
    ))
  test('a copy stands behind its original', () =>
    fc.assert(
      fc.property(somewhere, ([root, place]) => {
        const { root: after, place: copy } = duplicateAt(root, place)
        expect(leavesOf(ruleAt(after, copy) as Rule)).toEqual(leavesOf(ruleAt(root, place) as Rule))
        expect(leavesOf(after).length).toBe(
          leavesOf(root).length + leavesOf(ruleAt(root, place) as Rule).length,
        )
      }),
    ))
  test('taking away leaves no empty group', () =>
    fc.assert(
      fc.property(somewhere, ([root, place]) => {
        const after = removeAt(root, place)
        expect(hollow(after)).toBe(false)
        expect(leavesOf(after).length).toBe(
          leavesOf(root).length - leavesOf(ruleAt(root, place) as Rule).length,
        )
      }),
    ))
  test('a place is named as faults name it', () =>
    fc.assert(
      fc.property(somewhere, ([root, place]) => {
        const steps = pointerOf(root, place).split('/').slice(1)
        const found = steps.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], root)
        expect(found).toEqual(ruleAt(root, place))
      }),
    ))
})

const LEAF = (n: number): Rule => ({ op: 'age', min: n })
test('the last of a group that moves out takes the place of its group', () => {
  const root: Rule = { op: 'and', rules: [LEAF(1), { op: 'or', rules: [LEAF(2)] }, LEAF(3)] }
  for (const side of [-1, 1] as const)
    expect(moveOut(root, [1, 0], side)).toEqual({
      root: { op: 'and', rules: [LEAF(1), LEAF(2), LEAF(3)] },
      place: [1],
    })
})
test('a line goes down into the group below it, and past its end out again', () => {
  const root: Rule = { op: 'and', rules: [LEAF(1), { op: 'or', rules: [LEAF(2)] }] }
  const first = moveBy(root, [0], 1)
  expect(first).toEqual({
    root: { op: 'and', rules: [{ op: 'or', rules: [LEAF(1), LEAF(2)] }] },
    place: [0, 0],
  })
  const second = moveBy(first.root, first.place, 1)
  expect(second.place).toEqual([0, 1])
  expect(moveBy(second.root, second.place, 1)).toEqual({
    root: { op: 'and', rules: [{ op: 'or', rules: [LEAF(2)] }, LEAF(1)] },
    place: [1],
  })
})
