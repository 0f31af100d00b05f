import { describe, expect, test } from 'vitest'
import { percentOf } from '../rules/percent.ts'
import { type Arm, evidence, judge, logGamma, probabilityInterval, pValue } from './stats.ts'

/** A seeded generator (mulberry32, public domain), so that a failure can be repeated. */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const arm = (name: string, people: number, converted: number, share = 50): Arm => ({
  name,
  share,
  people,
  converted,
})

describe('known values', () => {
  test('ln Γ: factorials, and Γ(1/2) = √π', () => {
    expect(logGamma(1)).toBeCloseTo(0, 12)
    expect(logGamma(6)).toBeCloseTo(Math.log(120), 12)
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12)
    // ln 100! (OEIS A000142)
    expect(logGamma(101)).toBeCloseTo(363.7393755555635, 9)
  })

  test('the ratio with a uniform prior is 2^n · x! y! / (n+1)!', () => {
    // Beta(1, 1): ten of ten on one side of a fair coin
    expect(Math.exp(evidence([0, 10], [0.5, 0.5], 2))).toBeCloseTo(1024 / 11, 9)
    expect(Math.exp(evidence([3, 4], [0.5, 0.5], 2))).toBeCloseTo((128 * 6 * 24) / 40320, 9)
    expect(evidence([0, 0], [0.3, 0.7])).toBeCloseTo(0, 9)
  })

  test('Dirichlet(1, 1, 1): 3^n · 2 · x! y! z! / (n + 2)!', () => {
    const third = 1 / 3
    // the shares do not add up to 1 exactly in binary
    expect(Math.exp(evidence([4, 1, 0], [third, third, third], 3))).toBeCloseTo((243 * 2 * 24) / 5040, 6)
  })

  test('the expected ratio under equal ways is 1 after every number of conversions', () => {
    for (const q of [0.5, 0.2])
      for (const n of [1, 7, 40]) {
        let mean = 0
        for (let x = 0; x <= n; x++) {
          const choose = logGamma(n + 1) - logGamma(x + 1) - logGamma(n - x + 1)
          mean += Math.exp(
            choose + x * Math.log(q) + (n - x) * Math.log(1 - q) + evidence([x, n - x], [q, 1 - q]),
          )
        }
        expect(mean).toBeCloseTo(1, 9)
      }
  })

  test('the interval ends where the mixture reaches 1/alpha; with nothing seen it is all', () => {
    expect(probabilityInterval(0, 0, 0.05)).toEqual({ low: 0, high: 1 })
    const { low, high } = probabilityInterval(0, 10, 0.05)
    expect(low).toBe(0)
    // B(1, 11) / B(1, 1) / (1 - p)^10 = 20  ⇒  p = 1 - (1/220)^(1/10)
    expect(high).toBeCloseTo(1 - (1 / 220) ** 0.1, 9)
    const wide = probabilityInterval(30, 70, 0.05)
    const narrow = probabilityInterval(300, 700, 0.05)
    expect(wide.low).toBeLessThan(narrow.low)
    expect(narrow.low).toBeLessThan(0.3)
    expect(narrow.high).toBeGreaterThan(0.3)
    expect(narrow.high).toBeLessThan(wide.high)
  })
})

describe('the verdict', () => {
  test('too few, open, won; the winner is whoever has the better rate', () => {
    expect(judge([arm('a', 99, 1), arm('b', 120, 90)], 100).verdict).toEqual({ is: 'too_few' })
    expect(judge([arm('a', 1000, 100), arm('b', 1000, 110)], 100).verdict).toEqual({ is: 'open' })
    expect(judge([arm('a', 1000, 100), arm('b', 1000, 200)], 100).verdict).toEqual({
      is: 'won',
      winner: 'b',
    })
    expect(judge([arm('a', 1000, 200), arm('b', 1000, 100)], 100).verdict).toEqual({
      is: 'won',
      winner: 'a',
    })
    expect(judge([arm('a', 0, 0), arm('b', 0, 0)], 100).verdict).toEqual({ is: 'too_few' })
  })

  test('the winner must beat every other; each pair at a smaller alpha', () => {
    const two = [arm('a', 1000, 100, 33), arm('b', 1000, 200, 33)]
    expect(judge([...two, arm('c', 1000, 195, 34)], 100).verdict).toEqual({ is: 'open' })
    expect(judge([...two, arm('c', 1000, 100, 34)], 100).verdict).toEqual({ is: 'won', winner: 'b' })
    // enough for one comparison, not for three
    const near = [arm('a', 1000, 100), arm('b', 1000, 155)]
    expect(judge(near, 100).verdict).toEqual({ is: 'won', winner: 'b' })
    expect(
      judge(
        [...near, arm('c', 1000, 100)].map(a => ({ ...a, share: 100 / 3 })),
        100,
      ).verdict,
    ).toEqual({
      is: 'open',
    })
  })

  test('uneven shares are not taken for better ways', () => {
    const judged = judge([arm('small', 1000, 100, 10), arm('big', 9000, 900, 90)], 100)
    expect(judged.verdict).toEqual({ is: 'open' })
    expect(judged.pairs[0]!.ratio!.low).toBeLessThan(1)
    expect(judged.pairs[0]!.ratio!.high).toBeGreaterThan(1)
  })

  test('people who are not spread as the shares say: no winner', () => {
    expect(judge([arm('a', 1000, 100), arm('b', 1300, 260)], 100).verdict).toMatchObject({ is: 'uneven' })
  })

  test('the ratio of the rates lies in its interval, and leaves 1 out exactly when p is small', () => {
    for (const b of [100, 130, 150, 200]) {
      const { pairs } = judge([arm('a', 1000, 100), arm('b', 1000, b)], 100)
      const { p, ratio } = pairs[0]!
      expect(ratio!.low).toBeLessThan(b / 100)
      expect(ratio!.high).toBeGreaterThan(b / 100)
      expect(ratio!.low > 1).toBe(p < 0.05)
    }
  })
})

test('of one way nobody converted: the ratio has no end on that side, and every figure is finite', () => {
  for (const [a, b] of [
    [0, 3],
    [3, 0],
    [0, 0],
    [100, 0],
    [100, 100],
  ] as const) {
    const judged = judge([arm('a', 100, a), arm('b', 100, b)], 10)
    const [pair] = judged.pairs
    expect(pair!.ratio === null ? null : pair!.ratio.high === null).toBe(a + b === 0 ? null : a === 0)
    const figures = [
      pair!.p,
      pair!.ratio?.low ?? 0,
      pair!.ratio?.high ?? 0,
      ...judged.arms.flatMap(x => [x.rate!, x.interval!.low, x.interval!.high]),
    ]
    expect(figures.every(Number.isFinite)).toBe(true)
  }
})

/** `days` looks at people who are given their way by the production hash; true once a winner is named. */
function peeks(
  run: number,
  rates: readonly number[],
  people: number,
  days: number,
): { winner: string; day: number } | null {
  const roll = dice(run + 1)
  const share = 100 / rates.length
  const arms = rates.map((_, i) => arm(String(i), 0, 0, share))
  for (let day = 1; day <= days; day++) {
    for (let person = 0; person < people; person++) {
      const id = `${run}-${day}-${person}`
      const way = Math.min(rates.length - 1, Math.floor(percentOf(id, 'experiment') / share))
      arms[way]!.people++
      if (roll() < rates[way]!) arms[way]!.converted++
    }
    const { verdict } = judge(arms, 100)
    if (verdict.is === 'won') return { winner: verdict.winner, day }
  }
  return null
}

// nightly: AA_PEOPLE=400 AA_DAYS=90 npm test -- stats
const PEOPLE = Number(process.env.AA_PEOPLE ?? 100)
const DAYS = Number(process.env.AA_DAYS ?? 30)

test('R3-35 A/A 1,000 times with a look each day: at most 5 % false winners, of two ways and of four', () => {
  for (const [rates, people] of [
    [[0.1, 0.1], PEOPLE],
    [[0.1, 0.1, 0.1, 0.1], PEOPLE / 2],
  ] as const) {
    let winners = 0
    for (let run = 0; run < 1000; run++) if (peeks(run, rates, people, DAYS) !== null) winners++
    console.log(
      `A/A, ${rates.length} ways, ${DAYS} looks, ${people * DAYS} people: ${winners} of 1,000 false winners`,
    )
    expect(winners).toBeLessThanOrEqual(50)
  }
}, 180_000)

test('R3-35 a test of a fixed size, looked at each day in the same way, names far more than 5 %', () => {
  // the error that the method is there for: a two-sided z-test at 5 %
  let winners = 0
  for (let run = 0; run < 300; run++) {
    const roll = dice(run + 1)
    const [a, b] = [
      [0, 0],
      [0, 0],
    ] as [[number, number], [number, number]]
    for (let day = 1; day <= 30; day++) {
      for (let i = 0; i < 100; i++) {
        const way = roll() < 0.5 ? a : b
        way[0]++
        if (roll() < 0.1) way[1]++
      }
      const p = (a[1] + b[1]) / (a[0] + b[0])
      const z = (a[1] / a[0] - b[1] / b[0]) / Math.sqrt(p * (1 - p) * (1 / a[0] + 1 / b[0]))
      if (Math.abs(z) > 1.96) {
        winners++
        break
      }
    }
  }
  expect(winners / 300).toBeGreaterThan(0.15)
})

test('R3-35 a way that is better by a half is found, and it is the right one', () => {
  let right = 0
  let wrong = 0
  for (let run = 0; run < 200; run++) {
    const found = peeks(run, [0.1, 0.15], 200, 30)
    if (found?.winner === '1') right++
    else if (found !== null) wrong++
  }
  expect(right).toBeGreaterThan(180)
  expect(wrong).toBeLessThanOrEqual(2)
})

test('a p-value is 1 at first and never over 1', () => {
  expect(pValue([0, 0], [0.5, 0.5])).toBe(1)
  expect(pValue([50, 50], [0.5, 0.5])).toBe(1)
})
