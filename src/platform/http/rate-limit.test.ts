import { expect, test } from 'vitest'
import type { Problem } from '../errors.ts'
import { openRateLimit } from './rate-limit.ts'

const refusal = (take: () => void): Problem | null => {
  try {
    take()
    return null
  } catch (error) {
    return error as Problem
  }
}

test('so many tries in a sliding window, then 429 with the seconds to wait', () => {
  const limit = openRateLimit(2, 10_000)
  limit.take('a', 0)
  limit.take('a', 4_000)
  expect(refusal(() => limit.take('a', 5_000))).toMatchObject({ status: 429, retryAfterS: 5 })
  expect(refusal(() => limit.take('b', 5_000))).toBeNull()
  expect(refusal(() => limit.take('a', 10_001))).toBeNull()
  expect(refusal(() => limit.take('a', 10_002))).toMatchObject({ status: 429 })
  limit.clear('a')
  expect(refusal(() => limit.take('a', 10_003))).toBeNull()
})
