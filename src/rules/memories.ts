// Which memories the rules of a world need, by what makes them, and since which publication each is kept: worked out once
// for each world. Pure.
import type { World } from '../customers/world.ts'
import { leavesOf } from './evaluate.ts'
import type { PropFilter, Rule } from './model.ts'
import { needOf, type Need } from './needs.ts'

type Tracked = { need: Need; where: PropFilter[] | undefined; part: number }

export type Memories = {
  needs: ReadonlyMap<string, Need>
  /** by the event's name */
  byEvent: ReadonlyMap<string, Tracked[]>
  orders: Need[]
  /** from which catalogue number on each is kept; none: it always was */
  since: Readonly<Record<string, number>>
}

/** `since`: what the world says of each key (`sinceAt` made it when the world was published). */
export function memoriesOf(rules: Iterable<Rule>, since: World['memories']): Memories {
  const needs = new Map<string, Need>()
  const byEvent = new Map<string, Tracked[]>()
  for (const rule of rules)
    for (const leaf of leavesOf(rule)) {
      if (leaf.op !== 'event' && leaf.op !== 'orders' && leaf.op !== 'sequence') continue
      const need = needOf(leaf)
      if (need === null || needs.has(need.key)) continue
      needs.set(need.key, need)
      need.events.forEach(({ names, where }, part) => {
        for (const name of names) {
          const list = byEvent.get(name) ?? []
          byEvent.set(name, list)
          list.push({ need, where, part })
        }
      })
    }
  const orders = [...needs.values()].filter(n => n.kind === 'o')
  return { needs, byEvent, orders, since: since ?? {} }
}

/** The catalogue numbers from which on memories are kept, at the publication of world `no`: those that the world before
 *  had go on, the others begin. Memories since an entry need no past. */
export function sinceAt(needs: Memories['needs'], before: World['memories'], no: number): World['memories'] {
  const since: Record<string, number> = {}
  for (const { key, kind } of needs.values())
    if (kind !== 'r') since[key] = before !== undefined && Object.hasOwn(before, key) ? before[key]! : no
  return Object.keys(since).length === 0 ? undefined : since
}
