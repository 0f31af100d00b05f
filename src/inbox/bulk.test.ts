// Whose turn it is to let bulk rows in.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BulkTurns } from './bulk.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})
const pass = (ms: number) => vi.advanceTimersByTime(ms)

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
const never = () => {
  throw new Error('nobody is called')
}

test('at rest every loop lets in as it likes', () => {
  const turns = new BulkTurns()
  expect([turns.take(a, never), turns.take(b, never), turns.take(a, never)]).toEqual([true, true, true])
})

test('while rows come one loop has the turn, and it goes round', () => {
  const turns = new BulkTurns()
  const called: string[] = []
  const take = (loop: { name: string }) => turns.take(loop, () => called.push(loop.name))
  turns.came()
  expect([take(a), take(b), take(c)]).toEqual([true, false, false])
  // a has folded what it let in and asks again: b comes first
  expect(take(a)).toBe(false)
  expect(called).toEqual(['b'])
  expect([take(c), take(b)]).toEqual([false, true])
  turns.leave(b)
  expect(called).toEqual(['b', 'c'])
  turns.leave(c) // it found nothing
  expect(called).toEqual(['b', 'c', 'a'])
  expect(take(a)).toBe(true)
})

test('when no rows come any more all go on', () => {
  const turns = new BulkTurns()
  turns.came()
  expect([turns.take(a, never), turns.take(b, () => undefined)]).toEqual([true, false])
  pass(1_001)
  expect(turns.take(b, never)).toBe(true)
})

test('while rows come there is a rest after each turn, sixteen times as long as the turn; then who waits is called', () => {
  const turns = new BulkTurns()
  const called: string[] = []
  const take = (loop: { name: string }) => turns.take(loop, () => called.push(loop.name))
  turns.came()
  expect(take(a)).toBe(true)
  pass(50)
  turns.came()
  expect([take(a), take(b)]).toEqual([false, false])
  pass(799)
  expect(called).toEqual([])
  pass(1)
  expect(called).toEqual(['a'])
  expect([take(b), take(a)]).toEqual([false, true])
  // who has the turn and finds nothing gives it up: the next is called after the rest, however long it took at most 5 s later
  pass(900)
  turns.came()
  turns.leave(a)
  pass(4_999)
  expect(called).toEqual(['a'])
  pass(1)
  expect(called).toEqual(['a', 'b'])
})

test('a rest ends for whoever asks once no rows come any more', () => {
  const turns = new BulkTurns()
  turns.came()
  expect(turns.take(a, never)).toBe(true)
  pass(900)
  expect(turns.take(a, () => undefined)).toBe(false)
  pass(101)
  expect(turns.take(b, never)).toBe(true)
})
