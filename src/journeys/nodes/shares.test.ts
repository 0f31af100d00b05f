import { expect, test } from 'vitest'
import { percentOf } from '../../rules/percent.ts'
import { validateGraph } from '../validate.ts'
import { nodeType } from '../register.ts'
import { wayAt } from './shares.ts'

const graph = (type: string, fields: Record<string, unknown>, ports: string[]) => ({
  format: 1,
  name: 'shares',
  trigger: { kind: 'event', event: 'Go' },
  reentry: { kind: 'always' },
  exits: [],
  start: 'n',
  nodes: { n: { type, fields, next: Object.fromEntries(ports.map(p => [p, null])) } },
})
const codes = (type: string, fields: Record<string, unknown>, ports: string[]) =>
  validateGraph(graph(type, fields, ports)).problems.map(p => `${p.path} ${p.code}`)

const half = [
  { name: 'a', percent: 50 },
  { name: 'b', percent: 50 },
]

test('shares add up to 100, names differ, and what is wrong says what to do', () => {
  expect(codes('random_split', { shares: half }, ['a', 'b'])).toEqual([])
  expect(codes('random_split', { shares: [half[0], { name: 'a', percent: 40 }] }, ['a'])).toEqual([
    '/fields/shares/1/name way_twice',
    '/fields/shares not_100',
  ])
  const [problem] = validateGraph(
    graph('random_split', { shares: [half[0], { name: 'b', percent: 40 }] }, ['a', 'b']),
  ).problems
  expect(problem!.alternative).toEqual({
    zh: '還差 10 %，請分給其中一條路',
    en: 'Give the missing 10 % to one of the ways',
  })
  // thirds are as near to 100 as decimals get
  const third = { percent: 100 / 3 }
  const thirds = ['a', 'b', 'c'].map(name => ({ ...third, name }))
  expect(codes('random_split', { shares: thirds }, ['a', 'b', 'c'])).toEqual([])
  expect(codes('random_split', { shares: half }, ['a'])).toEqual(['/next/b open_port'])
})

test('an experiment needs a metric, its window and a smallest sample', () => {
  const fields = { variants: half, metric: { kind: 'order' }, windowMs: 86_400_000, minPeople: 100 }
  expect(codes('experiment', fields, ['a', 'b'])).toEqual([])
  expect(codes('experiment', { ...fields, minPeople: 5 }, ['a', 'b'])).toEqual([
    '/fields/minPeople too_small',
  ])
  expect(codes('experiment', { ...fields, metric: { kind: 'event' } }, ['a', 'b'])[0]).toBe(
    '/fields/metric/event invalid_type',
  )
  expect(codes('experiment', { ...fields, variants: half.slice(1) }, ['b'])[0]).toBe(
    '/fields/variants too_small',
  )
  expect(codes('holdout', { percent: 0 }, ['next', 'held'])).toEqual(['/fields/percent too_small'])
  expect(codes('holdout', { percent: 10 }, ['next', 'held'])).toEqual([])
  expect(nodeType('holdout')!.ports({ percent: 10 })).toEqual(['next', 'held'])
})

test('R3-18 50/50 within tolerance over 20,000 people; who is where does not depend on the order of asking', () => {
  let a = 0
  for (let i = 0; i < 20_000; i++) if (wayAt(half, percentOf(`customer-${i}`, 'j/n')) === 'a') a++
  // four standard deviations of a fair coin
  expect(Math.abs(a - 10_000)).toBeLessThan(4 * Math.sqrt(20_000 / 4))
  expect(wayAt(half, percentOf('customer-7', 'j/n'))).toBe(wayAt(half, percentOf('customer-7', 'j/n')))
  expect(wayAt(half, 49.999)).toBe('a')
  expect(wayAt(half, 50)).toBe('b')
  expect(wayAt([{ name: 'x', percent: 33.3 }], 99.99)).toBe('x')
})
