// Whose turn it is to let bulk rows in.
import { beforeEach, expect, test, vi } from 'vitest'
import { BulkTurns } from './bulk.ts'

let now = 0
beforeEach(() => {
  now = 5_000
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})

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
  now += 1_001
  expect(turns.take(b, never)).toBe(true)
})
