// The score: what it is the mean of, and its ends.
import { expect, test } from 'vitest'
import { scoreOf } from './model.ts'

test('R3-44 the score is the mean of four shares without a finding', () => {
  expect(scoreOf(0, { format: 0, duplicate: 0, stale: 0 }, [])).toBeNull()
  expect(scoreOf(10, { format: 0, duplicate: 0, stale: 0 }, [0, 0])?.score).toBe(100)
  expect(scoreOf(10, { format: 10, duplicate: 10, stale: 10 }, [10, 10])?.score).toBe(0)
  // half of them have a bad format; of two wanted fields one is missing for everybody
  expect(scoreOf(10, { format: 5, duplicate: 0, stale: 0 }, [10, 0])).toEqual({
    score: 75,
    dimensions: { format: 50, duplicate: 100, stale: 100, missing: 50 },
  })
})
