// How many people a broadcast is done with.
import { expect, test } from 'vitest'
import { peopleDone } from './spec.ts'

const progress = { audience: 10, done: 3, control: 1, notEntered: { cap: 2 } } as unknown as Parameters<
  typeof peopleDone
>[1]

test('runs that are over, the control group and who was not let in; never more than all', () => {
  expect(peopleDone('sending', progress)).toBe(6)
  expect(peopleDone('sending', { ...progress, done: 30 })).toBe(10)
})

test('one that is done is done with all', () => expect(peopleDone('done', { ...progress, done: 0 })).toBe(10))
