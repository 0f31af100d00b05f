// The reducer: folds one input into one customer. Pure: no I/O, no clock, no randomness; the same arguments give the
// same JSON, byte for byte.
import type { Facts, Input, Reduction } from '../inbox/model.ts'
import { BrokenRule } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { CustomerState } from './model.ts'
import type { World } from './world.ts'

export type Self = { workspace: Uuid; id: Uuid }

/** What a fold derived kept triggering itself: the customer is parked. */
export class TooManyRounds extends Error {
  override name = 'TooManyRounds'
}

/** A customer of whom nothing is known yet. `at`: workspace time of the first thing that happened. */
export function emptyState(self: Self, at: number): CustomerState {
  return {
    v: 1, workspace: self.workspace, id: self.id, now: at, first: at, last: at,
    ids: [], traits: {}, tags: {}, consent: {}, enr: [], past: {}, dates: {}, absorbed: [],
  }
}

/** Folds `input` into `state` (null: no row yet). Call it for tombstones too: they forward by themselves. The state
 *  passed is owned by the call and may be changed, except when `need` or another verdict than `folded` is returned.
 *  Own timers due before `input.now` are folded first, each at its due time.
 *  @throws TooManyRounds when derived facts keep triggering */
export function reduce(
  _state: CustomerState | null, _input: Input, _facts: Facts, _world: World, _self: Self,
): Reduction {
  throw new BrokenRule('the reducer is being written: only its signature is here')
}

/** Earliest workspace time at which this customer must be looked at; may be early, never late. */
export function nextAlarm(_state: CustomerState, _world: World): number | null {
  throw new BrokenRule('the reducer is being written: only its signature is here')
}
