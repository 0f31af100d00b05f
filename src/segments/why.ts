// Why a rule holds for one customer now, or does not: the rule is evaluated over the state, as a fold would. What the
// state does not remember, because no published rule asks for it, comes from history and the customer's orders.
import { ALL_ORDERS, worthOf } from '../customers/order-worth.ts'
import { findCustomer } from '../customers/store.ts'
import type { CustomerState } from '../customers/model.ts'
import { loadFacts } from '../inbox/facts.ts'
import { askHistory } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { notFound } from '../platform/public-id.ts'
import { evaluate } from '../rules/evaluate.ts'
import { matches } from '../rules/match.ts'
import { memoriesOf, type Memories } from '../rules/memories.ts'
import { itemOf, remember, rememberOrder, type Memory } from '../rules/memory.ts'
import type { Rule, Verdict } from '../rules/model.ts'
import { partOf } from '../rules/order-memory.ts'
import type { SqlContext } from '../rules/sql/compile.ts'

/** Of somebody's past, the newest. */
const MOST_EVENTS = 20_000

/** Memories of these rules about one customer: those that the state keeps, the others from history and orders. */
export async function recall(
  core: Core,
  ctx: Pick<SqlContext, 'workspace' | 'at' | 'timezone' | 'currency'>,
  state: CustomerState,
  memories: Memories,
): Promise<NonNullable<CustomerState['mem']>> {
  const mem = { ...state.mem }
  const add = (key: string, memory: Memory | undefined): void => {
    if (memory !== undefined && !Object.hasOwn(state.mem ?? {}, key)) mem[key] = [0, memory]
  }
  for (const [key, memory] of await eventsOf(core, ctx, state, memories)) add(key, memory)
  for (const [key, memory] of await ordersOf(core, ctx, state, memories)) add(key, memory)
  return mem
}

/** @throws Problem 404 `customer_not_found` */
export async function whyOf(core: Core, ctx: SqlContext, rule: Rule, customer: Uuid): Promise<Verdict> {
  const found = await findCustomer(core.pool, ctx.workspace, customer)
  if (!found) throw notFound('cus', 'customer')
  const { state } = found
  const mem = await recall(core, ctx, state, memoriesOf([rule], undefined))
  return evaluate(rule, {
    state: { ...state, mem },
    now: Math.max(ctx.at, state.now),
    timezone: ctx.timezone,
    since: null,
    fresh: new Set(),
    member(segment, group) {
      const asked = ctx.segment(segment, group)
      const inIt = (n: number, g: number) => n === asked?.n && (asked.g === null || asked.g === g)
      return state.seg?.some(([n, g]) => inIt(n, g)) === true
    },
  })
}

type About = Parameters<typeof recall>[1]

async function eventsOf(
  core: Core,
  ctx: About,
  state: CustomerState,
  { byEvent }: Memories,
): Promise<Map<string, Memory | undefined>> {
  const found = new Map<string, Memory | undefined>()
  if (byEvent.size === 0) return found
  const rows = await askHistory<{ name: string; at: number; props: string }>(
    core.history,
    `select name, toFloat64(toUnixTimestamp64Milli(occurred)) as at, props from event
      where workspace_id = {workspace:UUID} and name in {names:Array(String)} and customer_id in {ids:Array(UUID)}
        and occurred <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')
      order by occurred desc limit {most:UInt32}`,
    {
      workspace: ctx.workspace,
      names: [...byEvent.keys()],
      ids: [state.id, ...state.absorbed],
      at: ctx.at,
      most: MOST_EVENTS,
    },
  )
  for (const { name, at, props } of rows) {
    const said = JSON.parse(props) as Record<string, unknown>
    for (const { need, where, part } of byEvent.get(name)!)
      if (matches(said, where))
        found.set(need.key, remember(need, found.get(need.key), itemOf(need, at, said, part), ctx.timezone))
  }
  return found
}

async function ordersOf(
  core: Core,
  ctx: About,
  state: CustomerState,
  { orders }: Memories,
): Promise<Map<string, Memory | undefined>> {
  const found = new Map<string, Memory | undefined>()
  if (orders.length === 0) return found
  const named = [{ workspace: ctx.workspace, customer: state.id, key: ALL_ORDERS }]
  const rows = (await loadFacts(core.pool, named)).get(state.id)![ALL_ORDERS]!
  for (const entries of Map.groupBy(rows, row => row.orderNo).values())
    for (const need of orders) {
      const part = partOf(need.orders!, worthOf(entries), ctx.currency)
      if (part !== null) found.set(need.key, rememberOrder(need, found.get(need.key), part, 1))
    }
  return found
}
