// What a published world asks of a profile, worked out once for each World object. Pure.
import { hashId } from '../platform/ids.ts'
import type { PropFilter } from '../rules/model.ts'
import { BUILT_IN, type PublishedAttribute } from './attributes.ts'
import { settingsOf, type ProfileSettings, type StageCondition } from './settings.ts'
import type { World } from './world.ts'

/** An event that conditions of stages count, no further than `most`. */
export type Signal = { key: string; where: PropFilter[] | undefined; most: number }

export type ProfilePlan = {
  settings: ProfileSettings
  attributes: Map<string, PublishedAttribute>
  /** by the event's name */
  signals: Map<string, Signal[]>
  /** conditions of stages 2 to 5, each with the key under which the state counts it */
  stages: { stage: number; conditions: (StageCondition & { key: string })[] }[]
  conversions: ReadonlySet<string>
  idleMs: number
}

const plans = new WeakMap<World, ProfilePlan>()

export function profilePlanOf(world: World): ProfilePlan {
  let plan = plans.get(world)
  if (plan === undefined) plans.set(world, (plan = compile(world)))
  return plan
}

/** Short, and the same for the same condition in every world; how often it is asked for does not matter. */
const conditionKey = (condition: StageCondition): string =>
  hashId(
    'stage',
    condition.kind === 'event'
      ? JSON.stringify([condition.event, condition.where ?? []])
      : JSON.stringify({ ...condition, atLeast: 0 }),
  ).slice(0, 8)

function compile(world: World): ProfilePlan {
  const settings = settingsOf(world.profile)
  const signals = new Map<string, Signal[]>()
  const own = (['consideration', 'conversion', 'retention', 'advocacy'] as const).map((name, i) => ({
    stage: i + 2,
    conditions: settings.stages[name].map(c => ({ ...c, key: conditionKey(c) })),
  }))
  for (const condition of own.flatMap(s => s.conditions)) {
    if (condition.kind !== 'event') continue
    const list = signals.get(condition.event) ?? []
    const same = list.find(s => s.key === condition.key)
    if (same) same.most = Math.max(same.most, condition.atLeast)
    else list.push({ key: condition.key, where: condition.where, most: condition.atLeast })
    signals.set(condition.event, list)
  }
  return {
    settings,
    attributes: new Map([...BUILT_IN, ...(world.attributes ?? [])].map(a => [a.name, published(a)])),
    signals,
    stages: own.reverse(),
    conversions: new Set(settings.visit.conversionEvents),
    idleMs: settings.visit.idleMinutes * 60_000,
  }
}

const published = (a: (typeof BUILT_IN)[number] | PublishedAttribute): PublishedAttribute => {
  const choices = a.choices?.map(c => (typeof c === 'string' ? c : c.value))
  return { name: a.name, type: a.type, ...(choices ? { choices } : {}) }
}
