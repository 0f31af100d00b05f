import { expect, test } from 'vitest'
import { openLoop } from './loop.ts'

/** A loop whose ticks are answered by hand; it rests for ever unless called. */
function byHand(stepMs?: number) {
  const asked: ((worked: boolean) => void)[] = []
  let heard = () => {}
  const failures: unknown[] = []
  const loop = openLoop({
    tick: () =>
      new Promise(resolve => {
        asked.push(resolve)
        heard()
      }),
    restMs: () => 3_600_000,
    ...(stepMs === undefined ? {} : { stepMs }),
    failed: error => failures.push(error),
  })
  return {
    loop,
    failures,
    ticks: (n: number) =>
      new Promise<void>(resolve => {
        heard = () => asked.length >= n && resolve()
        heard()
      }),
    answer: (n: number, worked: boolean) => asked[n - 1]!(worked),
    asked,
  }
}

test('a call that comes while a tick runs is looked at again at once', async () => {
  const { loop, ticks, answer } = byHand()
  loop.start()
  await ticks(1)
  loop.call()
  answer(1, false)
  await ticks(2)
  answer(2, false)
  await loop.stop()
})

test('a call ends a rest, work goes on by itself, and stopping ends a rest', async () => {
  const { loop, ticks, answer, asked } = byHand()
  loop.start()
  await ticks(1)
  answer(1, true)
  await ticks(2)
  answer(2, false)
  await new Promise(resolve => setImmediate(resolve))
  expect(asked).toHaveLength(2)
  loop.call()
  await ticks(3)
  answer(3, false)
  await loop.stop()
  expect(asked).toHaveLength(3)
})

test('a call does not cut the pause between steps', async () => {
  const { loop, ticks, answer, asked } = byHand(3_600_000)
  loop.start()
  await ticks(1)
  answer(1, true)
  await new Promise(resolve => setImmediate(resolve))
  loop.call()
  await new Promise(resolve => setImmediate(resolve))
  expect(asked).toHaveLength(1)
  await loop.stop()
})
