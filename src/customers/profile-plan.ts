// What a published world asks of a profile, worked out once for each World object. Pure.
import { hashId } from '../platform/ids.ts'
import type { PropFilter } from '../rules/model.ts'
import { BUILT_IN, type PublishedAttribute } from './attributes.ts'
import { settingsOf, type ProfileSettings, type StageCondition } from './settings.ts'
import type { World } from './world.ts'

/** A condition that an event meets; `key` names its count in the state. */
export type Signal = { stage: number; key: string; where: PropFilter[] | undefined; atLeast: number }

export type ProfilePlan = {
  settings: ProfileSettings
  attributes: Map<string, PublishedAttribute>
  /** by the event's name, the highest stage first */
  signals: Map<string, Signal[]>
  /** conditions of stages 5 to 2 */
  stages: { stage: number; conditions: StageCondition[] }[]
  conversions: ReadonlySet<string>
  idleMs: number
}

const plans = new WeakMap<World, ProfilePlan>()

export function profilePlanOf(world: World): ProfilePlan {
  let plan = plans.get(world)
  if (plan === undefined) plans.set(world, (plan = compile(world)))
  return plan
}

/** Short, and the same for the same condition of the same stage in every world. */
const keyOf = (stage: number, event: string, where: PropFilter[] | undefined): string =>
  hashId('stage', String(stage), event, JSON.stringify(where ?? [])).slice(0, 6)

function compile(world: World): ProfilePlan {
  const settings = settingsOf(world.profile)
  const signals = new Map<string, Signal[]>()
  const stages = (['advocacy', 'retention', 'conversion', 'consideration'] as const).map((name, i) => ({
    stage: 5 - i,
    conditions: settings.stages[name],
  }))
  for (const { stage, conditions } of stages)
    for (const c of conditions) {
      if (c.kind !== 'event') continue
      const signal = { stage, key: keyOf(stage, c.event, c.where), where: c.where, atLeast: c.atLeast }
      signals.set(c.event, [...(signals.get(c.event) ?? []), signal])
    }
  return {
    settings,
    attributes: new Map([...BUILT_IN, ...(world.attributes ?? [])].map(a => [a.name, published(a)])),
    signals,
    stages,
    conversions: new Set(settings.visit.conversionEvents),
    idleMs: settings.visit.idleMinutes * 60_000,
  }
}

const published = (a: (typeof BUILT_IN)[number] | PublishedAttribute): PublishedAttribute => {
  const choices = a.choices?.map(c => (typeof c === 'string' ? c : c.value))
  return { name: a.name, type: a.type, ...(choices ? { choices } : {}) }
}
