// From what the server tells and what the form says to the start of a walk: the production reducer runs in the page.
import type { Out } from '../../src/contract.ts'
import type { CustomerState, HeldId, Trait } from '../../src/customers/model.ts'
import type { World } from '../../src/customers/world.ts'
import { madeUp, trialWorld, type MadeUp } from '../../src/journeys/simulate-start.ts'
import type { Ending, SimStart } from '../../src/journeys/walk.ts'
import type { JourneyGraph } from '../../src/journeys/model.ts'

type Told = Out<'simulationStart'>
type Real = Out<'simulationPerson'>

/** The state that was told in parts, each masked as the seat may see it. */
function assembled({ state, identifiers, traits }: Real): CustomerState {
  const rest = state as CustomerState
  return {
    ...rest,
    ids: (rest.ids as Omit<HeldId, 'value'>[]).map((held, i) => ({ ...held, value: identifiers[i]!.value })),
    traits: Object.fromEntries(
      traits.map(({ name, value }) => [name, { ...rest.traits[name], v: value as Trait['v'] } as Trait]),
    ),
  }
}

export function startOf(
  told: Told,
  graph: JourneyGraph,
  person: { madeUp: MadeUp } | { real: Real },
  options: { beside: boolean; endings: Record<string, Ending> },
): SimStart {
  const { journey } = told
  const at = new Date(told.at).getTime()
  const world = trialWorld(
    told.world as World,
    { id: journey.uuid, version: journey.version, graph },
    options.beside,
  )
  const made = 'madeUp' in person ? madeUp(person.madeUp, world, at) : null
  return {
    world,
    journey: journey.uuid,
    person: 'real' in person ? assembled(person.real) : made!.state,
    facts: made?.facts ?? {},
    at,
    workspace: told.workspace,
    endings: options.endings,
    channels: told.channels,
  }
}
