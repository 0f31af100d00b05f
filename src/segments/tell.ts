// Whom a job that tells something to many is for: of the customers walked over, those to whom it would make a difference.
import { openFold } from '../customers/fold.ts'
import { unpackState } from '../customers/pack.ts'
import type { World } from '../customers/world.ts'
import type { Told } from '../inbox/model.ts'
import { awaits } from '../journeys/entry.ts'
import { planOf } from '../journeys/plan.ts'

/** Whether a live journey would look at this customer: what all of them would turn down is not said. */
export function concerns(told: Told, text: string, world: World, now: number): boolean {
  if (text === '{}') return false
  const plan = planOf(world)
  const state = unpackState(text)
  const fold = openFold(state, world, plan, Math.max(now, state.now))
  return awaits(fold, told)
}
