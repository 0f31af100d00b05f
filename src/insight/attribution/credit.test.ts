import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MODELS, shareOut, weightsOf } from './credit.ts'

const DAY = 86_400_000
const at = 100 * DAY
const touch = (days: number, direct = false) => ({ at: at - days * DAY, direct })

describe('weights', () => {
  const four = [touch(21), touch(14, true), touch(7), touch(0, true)]
  const w = (model: (typeof MODELS)[number]) => weightsOf(model, four, 7 * DAY)
  test('each model by hand', () => {
    expect(w('first')).toEqual([1, 0, 0, 0])
    expect(w('last')).toEqual([0, 0, 0, 1])
    expect(w('last_non_direct')).toEqual([0, 0, 1, 0])
    expect(w('linear')).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(w('position').map(x => Math.round(x * 1000))).toEqual([400, 100, 100, 400])
    // 1/8, 1/4, 1/2, 1 of 15/8
    expect(w('time_decay').map(x => Math.round(x * 15))).toEqual([1, 2, 4, 8])
  })
  test('one touch has all, two share the ends; all direct: the last one', () => {
    for (const model of MODELS) expect(weightsOf(model, [touch(3)], DAY)).toEqual([1])
    expect(weightsOf('position', [touch(3), touch(1)], DAY)).toEqual([0.5, 0.5])
    expect(weightsOf('last_non_direct', [touch(3, true), touch(1, true)], DAY)).toEqual([0, 1])
    expect(weightsOf('linear', [], DAY)).toEqual([])
  })
})

test('R3-34 credits add up to 100 % exactly, in every model, whatever the touches and the amount', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...MODELS),
      fc.array(fc.record({ days: fc.double({ min: 0, max: 365, noNaN: true }), direct: fc.boolean() }), {
        minLength: 1,
        maxLength: 60,
      }),
      fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }),
      fc.integer({ min: 1, max: 60 }),
      (model, list, total, half) => {
        const touches = list.map(t => touch(t.days, t.direct)).sort((a, b) => a.at - b.at)
        const weights = weightsOf(model, touches, half * DAY)
        expect(weights.length).toBe(touches.length)
        const parts = shareOut(total, weights)
        expect(parts.reduce((a, b) => a + b, 0)).toBe(total)
        // no part is further from its exact share than one unit
        for (const [i, p] of parts.entries()) {
          expect(Number.isInteger(p)).toBe(true)
          expect(Math.abs(p - total * weights[i]!)).toBeLessThanOrEqual(1 + Math.abs(total) * 1e-12)
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test('the largest remainder gets the rest, the earlier of equals', () => {
  expect(shareOut(100, [1 / 3, 1 / 3, 1 / 3])).toEqual([34, 33, 33])
  expect(shareOut(10, [0.26, 0.37, 0.37])).toEqual([2, 4, 4])
  expect(shareOut(-100, [0.5, 0.25, 0.25])).toEqual([-50, -25, -25])
  expect(shareOut(0, [0.5, 0.5])).toEqual([0, 0])
})
