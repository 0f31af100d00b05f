// Counts tries per key in a sliding window, in this process's memory: n web processes allow n times as many.
import { LRUCache } from 'lru-cache'
import { Problem } from '../errors.ts'

export type RateLimit = {
  /** Counts one try. @throws Problem 429 with Retry-After when there were too many */
  take(key: string, at?: number): void
  /** Forgets the tries of a key: after a success */
  clear(key: string): void
}

/** At most `max` tries of one key in any `windowMs`. The 50,000 keys used last are remembered. */
export function openRateLimit(max: number, windowMs: number): RateLimit {
  const tries = new LRUCache<string, number[]>({ max: 50_000 })
  return {
    take(key, at = Date.now()) {
      const recent = (tries.get(key) ?? []).filter(t => t > at - windowMs)
      if (recent.length >= max)
        throw new Problem(429, 'too_many_tries', 'Too many tries', {
          action: 'Wait, then try again.',
          retryAfterS: Math.max(1, Math.ceil((recent[0]! + windowMs - at) / 1000)),
        })
      tries.set(key, [...recent, at])
    },
    clear: key => void tries.delete(key),
  }
}
