import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId, type Uuid } from '../platform/ids.ts'
import { StateMemory } from './state-memory.ts'

const IDS: Uuid[] = Array.from({ length: 12 }, () => newId())
const SIZE = 100

const stateOf = (n: number, length: number) => Buffer.from(String.fromCharCode(97 + (n % 26)).repeat(length))

test('what is remembered of a customer is what was written last of it, and the newest are always there', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          { weight: 8, arbitrary: fc.record({ who: fc.nat(11), length: fc.integer({ min: 1, max: 40 }) }) },
          { weight: 1, arbitrary: fc.record({ forget: fc.nat(11) }) },
          { weight: 1, arbitrary: fc.constant('clear' as const) },
        ),
        { maxLength: 200 },
      ),
      acts => {
        const memory = new StateMemory(SIZE)
        const truth = new Map<Uuid, { text: string; version: number }>()
        let written: { id: Uuid; length: number }[] = []
        acts.forEach((act, version) => {
          if (act === 'clear') {
            memory.clear()
            truth.clear()
            written = []
          } else if ('forget' in act) {
            memory.delete(IDS[act.forget]!)
            truth.delete(IDS[act.forget]!)
          } else {
            const id = IDS[act.who]!
            const state = stateOf(version, act.length)
            memory.set(id, { state, version, due: version * 2, merged_into: null })
            truth.set(id, { text: state.toString(), version })
            written.push({ id, length: state.length })
          }
          // never another's bytes, never older ones
          for (const id of IDS) {
            const kept = memory.get(id)
            if (!kept) continue
            expect({ text: kept.state.toString(), version: kept.version }).toEqual(truth.get(id))
            expect(kept.due).toBe(kept.version * 2)
          }
          // of what was written last, as much as there is room for; at the ring's end up to one state's length stays empty
          let room = SIZE - 40
          for (const { id, length } of written.toReversed()) {
            if ((room -= length) < 0) break
            expect(memory.get(id)?.state.toString()).toBe(truth.get(id)?.text)
          }
        })
      },
    ),
    { numRuns: 500 },
  )
})

test('a state larger than the memory is refused', () => {
  const memory = new StateMemory(SIZE)
  expect(() =>
    memory.set(IDS[0]!, { state: stateOf(1, 101), version: 1, due: null, merged_into: null }),
  ).toThrow()
})
