// Intervals against the values of the papers they come from.
import { expect, test } from 'vitest'
import { type Arm, goalLift, revenueLift, wilson } from './model.ts'

const arm = (goals: number, people: number, more: Partial<Arm> = {}): Arm => ({
  people,
  goals,
  revenue: 0,
  revenueSquares: 0,
  buyers: 0,
  ...more,
})
const round = (n: number) => Math.round(n * 10_000) / 10_000

test('the score interval of a share: 81 of 263 (Newcombe 1998)', () => {
  expect(wilson(81, 263).map(round)).toEqual([0.2553, 0.3662])
  expect(wilson(0, 0)).toEqual([0, 1])
})

test('the difference of two shares: 56 of 70 against 48 of 80 (Newcombe 1998, method 10)', () => {
  const { value, low, high, enough } = goalLift(arm(56, 70), arm(48, 80))!
  expect([value, low, high].map(round)).toEqual([0.2, 0.0524, 0.3339])
  expect(enough).toBe(true)
  expect(goalLift(arm(3, 29), arm(9, 30))!.enough).toBe(false)
  expect(goalLift(arm(3, 300), arm(6, 300))!.enough).toBe(false)
  expect(goalLift(arm(0, 5), arm(0, 0))).toBeNull()
})

test('the difference of means: as worked out by hand', () => {
  const of = (values: number[]): Arm =>
    arm(0, values.length, {
      revenue: values.reduce((a, b) => a + b, 0),
      revenueSquares: values.reduce((a, b) => a + b * b, 0),
      buyers: values.filter(v => v > 0).length,
    })
  const { value, low, high, enough } = revenueLift(of([10, 20, 30]), of([0, 10]))!
  // variances 100 and 50: squared errors 100/3 and 25
  expect([value, low, high].map(round)).toEqual([
    15,
    round(15 - 1.959964 * Math.sqrt(100 / 3 + 25)),
    round(15 + 1.959964 * Math.sqrt(100 / 3 + 25)),
  ])
  expect(enough).toBe(false)
  expect(revenueLift(of([1]), of([1, 2]))).toBeNull()
})
