// The world of a replay, and what of the past it asks for. Pure.
import type { World } from '../customers/world.ts'
import { planOf } from './plan.ts'

/** Memberships are those of today, and stay. */
export const stillWorld = (world: World): World => ({
  ...world,
  ...(world.segments
    ? {
        segments: world.segments.map(s => ({
          ...s,
          kind: 'static' as const,
          groups: s.groups.map(g => ({ ...g, rule: null })),
        })),
      }
    : {}),
})

/** What of the past a replay of these worlds needs: names of facts, how far back, and whether orders are asked for. */
export function needsOf(worlds: World[]): {
  names: string[]
  horizonMs: number | null
  orders: boolean
  everybody: boolean
} {
  const names = new Set<string>()
  let horizonMs: number | null = 0
  let orders = false
  let everybody = false
  for (const world of worlds) {
    const { triggers, memories, movedBy, dates, commons } = planOf(world)
    for (const name of [...triggers.keys(), ...memories.byEvent.keys(), ...movedBy.facts.keys()])
      names.add(name)
    for (const need of memories.needs.values())
      if (need.kind !== 'r' && need.kind !== 'o')
        horizonMs = horizonMs === null || need.horizonMs === null ? null : Math.max(horizonMs, need.horizonMs)
    orders ||= memories.orders.length > 0 || [...names].some(n => n.startsWith('order.'))
    everybody ||= dates.length > 0 || commons.length > 0
  }
  // what the walk itself tells is told by the walk
  const recorded = [...names].filter(n => !/^(journey|node)\./.test(n)).sort()
  return { names: recorded, horizonMs, orders, everybody }
}
