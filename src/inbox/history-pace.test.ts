// How long history rests, and who ends a rest.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPace, type Round } from './history-pace.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** From the beginning of a round to the next. `call`: so long after the end of the round. */
async function roundMs(round: Round, tookMs: number, call?: { afterMs: number; byWaiting?: boolean }) {
  const pace = openPace()
  const began = performance.now()
  pace.begin()
  vi.advanceTimersByTime(tookMs)
  const rested = pace.rest(round)
  if (call) {
    vi.advanceTimersByTime(call.afterMs)
    pace.called(call.byWaiting ?? false)
  }
  vi.advanceTimersToNextTimer()
  await rested
  return performance.now() - began
}

const work = (rows: number): Round => ({ worked: true, rows })
const NOTHING: Round = { worked: false, rows: 0 }

test('the larger a round was, and the longer it took, the longer the rest', async () => {
  expect(await roundMs(work(10), 20)).toBe(250)
  expect(await roundMs(work(100), 20)).toBe(1_000)
  expect(await roundMs(work(6_000), 20)).toBe(2_000)
  expect(await roundMs(work(6_000), 1_500)).toBe(6_000)
  expect(await roundMs(work(6_000), 9_000)).toBe(9_000)
})

test('a call ends a rest without work soon, and none after work but that of who waits', async () => {
  expect(await roundMs(NOTHING, 5)).toBe(1_005)
  expect(await roundMs(NOTHING, 5, { afterMs: 100 })).toBe(355)
  expect(await roundMs(work(100), 20, { afterMs: 100 })).toBe(1_000)
  expect(await roundMs(work(100), 20, { afterMs: 100, byWaiting: true })).toBe(250)
  expect(await roundMs(work(100), 20, { afterMs: 500, byWaiting: true })).toBe(520)
})

test('who waits makes the next round an eager one, once', () => {
  const pace = openPace()
  pace.called(true)
  expect([pace.begin(), pace.begin()]).toEqual([true, false])
})

/** A round that found nothing, and its rest. `heard`: somebody calls while it looks. */
async function idleRoundMs(pace: ReturnType<typeof openPace>, heard = false) {
  const began = performance.now()
  pace.begin()
  if (heard) pace.called(false)
  const rested = pace.rest(NOTHING)
  vi.advanceTimersToNextTimer()
  await rested
  return performance.now() - began
}

test('a call that comes while a round looks is looked at soon, not at the next poll', async () => {
  const pace = openPace()
  expect(await idleRoundMs(pace, true)).toBe(250)
  expect(await idleRoundMs(pace)).toBe(1_000)
})

test('after long without work it looks by itself less often', async () => {
  const pace = openPace()
  for (let second = 0; second <= 10; second++) expect(await idleRoundMs(pace)).toBe(1_000)
  expect(await idleRoundMs(pace)).toBe(5_000)
})
