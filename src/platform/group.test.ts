import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { groupOf, openGroup } from './group.ts'

/** A database that answers when it is told to. */
function held() {
  const written: number[][] = []
  const answers: { give(): void; fail(error: Error): void }[] = []
  const write = (items: number[]) => {
    written.push(items)
    return new Promise<number[]>((resolve, reject) =>
      answers.push({ give: () => resolve(items.map(n => n * 10)), fail: reject }),
    )
  }
  return { written, answers, write }
}

test('what is asked in one turn leaves together; while two groups are on their way the rest gathers', async () => {
  const { written, answers, write } = held()
  const group = openGroup({ write, most: 100 })
  const first = [group.add(1), group.add(2)]
  await turn()
  const second = group.add(3)
  await turn()
  const rest = [4, 5, 6].map(n => group.add(n))
  await turn()
  expect(written).toEqual([[1, 2], [3]])
  expect(group.waiting()).toBe(3)
  answers[1]!.give()
  expect(await second).toBe(30)
  await turn()
  expect(written).toEqual([[1, 2], [3], [4, 5, 6]])
  expect(group.waiting()).toBe(0)
  for (const a of answers) a.give()
  expect(await Promise.all([...first, ...rest])).toEqual([10, 20, 40, 50, 60])
})

test('a group weighs no more than the most; what weighs more alone goes alone', async () => {
  const { written, answers, write } = held()
  const group = openGroup({ write, most: 5, weight: n => n, inFlight: 10 })
  const all = [2, 3, 1, 9, 4].map(n => group.add(n))
  await turn()
  expect(written).toEqual([[2, 3], [1], [9], [4]])
  for (const a of answers) a.give()
  expect(await Promise.all(all)).toEqual([20, 30, 10, 90, 40])
})

test('what is thrown reaches those of its group, and the next group leaves', async () => {
  const { answers, write } = held()
  const group = openGroup({ write, most: 1, inFlight: 1 })
  const [one, two] = [group.add(1), group.add(2)]
  await turn()
  answers[0]!.fail(new Error('gone'))
  await expect(one).rejects.toThrow('gone')
  await turn()
  answers[1]!.give()
  expect(await two).toBe(20)
})

test('one group for each owner', () => {
  const made: object[] = []
  const of = groupOf((owner: object) => {
    made.push(owner)
    return { most: 1, write: async (items: number[]) => items }
  })
  const [a, b] = [{}, {}]
  expect(of(a)).toBe(of(a))
  expect(of(a)).not.toBe(of(b))
  expect(made).toEqual([a, b])
})
