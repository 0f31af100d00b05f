// What history knows for memories that begin with a publication: events of each customer of the time from before the
// journal row with which it began in their bucket, made into memories by the same code that folds live events.
import { planOf } from '../journeys/plan.ts'
import type { World } from '../customers/world.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Uuid } from '../platform/ids.ts'
import { matches } from '../rules/match.ts'
import type { Memories } from '../rules/memories.ts'
import { itemOf, remember, type Memory } from '../rules/memory.ts'
import { NOBODY } from './jobs.ts'

/** Events of a step. */
const STEP_EVENTS = 20_000

type Tracked = NonNullable<ReturnType<Memories['byEvent']['get']>>

export type Past = {
  /** by the event's name: what is to be made of it */
  tracked: ReadonlyMap<string, Tracked>
  /** a memory of orders begins, too */
  orders: boolean
  /** what occurred before may be left out; null: nothing may */
  horizonMs: number | null
  zone: string
}

/** What the publication of this number asks of the past; null: nothing. */
export function pastOf(world: World, no: number): Past | null {
  const { memories } = planOf(world)
  const begins = (key: string): boolean => memories.since[key] === no
  const tracked = new Map<string, Tracked>()
  let horizonMs: number | null = 0
  for (const [name, all] of memories.byEvent) {
    const begun = all.filter(({ need }) => begins(need.key))
    if (begun.length === 0) continue
    tracked.set(name, begun)
    for (const { need } of begun)
      horizonMs = horizonMs === null || need.horizonMs === null ? null : Math.max(horizonMs, need.horizonMs)
  }
  const orders = memories.orders.some(need => begins(need.key))
  if (tracked.size === 0 && !orders) return null
  return { tracked, orders, horizonMs, zone: world.timezone }
}

const WHERE = `workspace_id = {workspace:UUID} and name in {names:Array(String)} and customer_id > {after:UUID}
   and occurred >= fromUnixTimestamp64Milli({from:Int64})`

/** Customers at whom a step ends, in ClickHouse's order of ids, beyond `after`: so that each has about as many events. */
export async function stepsOf(
  history: History,
  workspace: Uuid,
  past: Past,
  after: Uuid,
  now: number,
): Promise<Uuid[]> {
  const rows = await askHistory<{ id: Uuid }>(
    history,
    `select customer_id as id from (
       select customer_id, n, sum(n) over (order by customer_id) as total from (
         select customer_id, count() as n from event where ${WHERE} group by customer_id))
      where intDiv(total, ${STEP_EVENTS}) <> intDiv(total - n, ${STEP_EVENTS}) order by customer_id`,
    { workspace, names: [...past.tracked.keys()], after, from: fromOf(past, now) },
  )
  return rows.map(r => r.id)
}

const fromOf = ({ horizonMs }: Past, now: number): number => (horizonMs === null ? 0 : now - horizonMs)

/** Memories of the customers of one step. `upTo`: its last one; null: to the end. `edges`: for each bucket the journal row
 *  before which it is the past. */
export async function readPast(
  history: History,
  workspace: Uuid,
  past: Past,
  step: { after: Uuid; upTo: Uuid | null; edges: number[]; now: number },
): Promise<Map<Uuid, Record<string, Memory>>> {
  const needsProps = [...past.tracked.values()]
    .flat()
    .some(t => t.where !== undefined || t.need.path !== null)
  const rows = await askHistory<{ id: Uuid; name: string; at: number; props: string }>(
    history,
    `select customer_id as id, name, toUnixTimestamp64Milli(occurred) as at, ${needsProps ? 'props' : "''"} as props from event
      where ${WHERE} and ({upTo:UUID} = toUUID('${NOBODY}') or customer_id <= {upTo:UUID})
        and seq < arrayElement({edges:Array(UInt64)}, bucket + 1)`,
    {
      workspace,
      names: [...past.tracked.keys()],
      after: step.after,
      upTo: step.upTo ?? NOBODY,
      edges: step.edges,
      from: fromOf(past, step.now),
    },
  )
  const found = new Map<Uuid, Record<string, Memory>>()
  for (const { id, name, at, props } of rows) {
    const said = needsProps ? (JSON.parse(props) as Record<string, unknown>) : {}
    for (const { need, where, part } of past.tracked.get(name)!) {
      if (!matches(said, where)) continue
      let held = found.get(id)
      if (held === undefined) found.set(id, (held = {}))
      const memory = remember(need, held[need.key], itemOf(need, Number(at), said, part), past.zone)
      if (memory !== undefined) held[need.key] = memory
    }
  }
  return found
}
