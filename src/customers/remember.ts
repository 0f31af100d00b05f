// The fold's side of memories (src/rules/memory.ts): what happens is put in, an order's part is taken out and put in anew
// when its worth changes, what history knows of the past and what others remember is merged in, and what no published
// rule asks for any more is dropped. Costs nothing for events that no rule names.
import type { FillBody, Facts } from '../inbox/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import type { Uuid } from '../platform/ids.ts'
import { matches } from '../rules/match.ts'
import {
  itemOf,
  mergeMemories,
  pruned,
  remember,
  rememberOrder as changeOrder,
  type Memory,
} from '../rules/memory.ts'
import type { Need } from '../rules/needs.ts'
import { partOf } from '../rules/order-memory.ts'
import type { Fold } from './fold.ts'
import type { CustomerState } from './model.ts'
import { ALL_ORDERS, worthOf, type Worth } from './order-worth.ts'
import type { World } from './world.ts'

/** Since which catalogue number this memory is kept. */
const sinceOf = ({ plan }: Fold, key: string): number => plan.memories.since[key] ?? 0

/** What is known; what an earlier publication had begun is not. */
function heldOf(fold: Fold, { key }: Need): Memory | undefined {
  const { mem } = fold.state
  const kept = mem !== undefined && Object.hasOwn(mem, key) ? mem[key] : undefined
  return kept !== undefined && kept[0] === sinceOf(fold, key) ? kept[1] : undefined
}

function keep(fold: Fold, need: Need, memory: Memory | undefined): void {
  const { state } = fold
  const kept = memory === undefined ? undefined : pruned(need, memory, fold.t)
  if (kept !== undefined) (state.mem ??= {})[need.key] = [sinceOf(fold, need.key), kept]
  else if (state.mem !== undefined) delete state.mem[need.key]
  tidy(fold)
}

/** The world under which a state has nothing to drop: it stays so, as only what the world asks for is put in. */
const tidied = new WeakMap<CustomerState, World>()

/** Drops what no rule asks for, and what an earlier publication had begun. What a later one began came with somebody
 *  whose owner knows it already: it is kept until this one does. */
function tidy(fold: Fold): void {
  const { state, plan, world } = fold
  if (state.mem === undefined || tidied.get(state) === world) return
  tidied.set(state, world)
  let left = 0
  for (const key in state.mem) {
    const since = state.mem[key]![0]
    if (since <= world.no && (!plan.memories.needs.has(key) || since !== sinceOf(fold, key)))
      delete state.mem[key]
    else left++
  }
  if (left === 0) delete state.mem
}

/** Puts something that happened into every memory that it is part of; gives their keys. `at`: as journeys see it, for
 *  what counts since an entry; `occurred`: as history has it. */
export function rememberEvent(
  fold: Fold,
  name: string,
  props: Record<string, unknown>,
  at: number,
  occurred: number,
): string[] {
  const keys: string[] = []
  for (const { need, where, part } of fold.plan.memories.byEvent.get(name) ?? []) {
    if (!matches(props, where)) continue
    const item = itemOf(need, need.kind === 'r' ? at : occurred, props, part)
    keep(fold, need, remember(need, heldOf(fold, need), item, fold.world.timezone))
    keys.push(need.key)
  }
  return keys
}

/** An order's worth has changed. */
export function rememberOrder(fold: Fold, before: Worth | null, after: Worth | null): void {
  const { currency } = fold.world
  for (const need of fold.plan.memories.orders) {
    const was = partOf(need.orders!, before, currency)
    const is = partOf(need.orders!, after, currency)
    if (was === null ? is === null : is !== null && was.every((x, i) => x === is[i])) continue
    let memory = heldOf(fold, need)
    if (was !== null) memory = changeOrder(need, memory, was, -1)
    if (is !== null) memory = changeOrder(need, memory, is, 1)
    keep(fold, need, memory)
  }
}

/** Works out anew the order memories that are kept since `no`, from all orders. */
function recallOrders(fold: Fold, rows: OrderRow[], no: number): void {
  const needs = fold.plan.memories.orders.filter(need => sinceOf(fold, need.key) === no)
  if (needs.length === 0) return
  const worths = [...Map.groupBy(rows, row => row.orderNo).values()].map(worthOf)
  for (const need of needs) {
    let memory: Memory | undefined
    for (const worth of worths) {
      const part = partOf(need.orders!, worth, fold.world.currency)
      if (part !== null) memory = changeOrder(need, memory, part, 1)
    }
    keep(fold, need, memory)
  }
}

// ── what is filled in ────────────────────────────────────────────────────────

/** Catalogue number up to which the past of `id` is known, who is this customer or was merged in. */
const filledOf = (state: CustomerState, id: Uuid): number =>
  state.fills?.find(f => f[0] === id)?.[1] ?? state.fill ?? 0

function setFilled(state: CustomerState, id: Uuid, no: number): void {
  const fills = new Map(state.absorbed.map(a => [a, filledOf(state, a)]))
  if (id === state.id) state.fill = no
  else if (fills.has(id)) fills.set(id, no)
  const others = [...fills].filter(([, n]) => n !== (state.fill ?? 0))
  if (others.length > 0) state.fills = others
  else delete state.fills
}

/** Catalogue number up to which the memories of the whole person are full. */
export const filledTo = ({ fill = 0, fills }: CustomerState): number =>
  fills === undefined ? fill : fills.reduce((least, [, no]) => Math.min(least, no), fill)

/** Merges in what history knows: once for each publication and customer of the time. Every bucket has that publication by
 *  now. */
export function foldFill(fold: Fold, body: FillBody, facts: Facts): void {
  const { state, plan } = fold
  const { catalogueNo: no, of } = body
  tidy(fold)
  if (no <= filledOf(state, of)) return
  for (const [key, memory] of Object.entries(body.mem)) {
    const need = plan.memories.needs.get(key)
    if (need === undefined || need.kind === 'o' || sinceOf(fold, key) !== no) continue
    const held = heldOf(fold, need)
    const theirs = structuredClone(memory) // the input is journalled after this
    keep(fold, need, held === undefined ? theirs : mergeMemories(need, held, theirs))
  }
  if (body.orders && of === state.id) recallOrders(fold, facts[ALL_ORDERS] ?? [], no)
  setFilled(state, of, no)
  fold.changed = true
}

/** Takes over what somebody who was merged in remembers, but for orders: those come with their rows. */
export function mergeRemembered(fold: Fold, loser: Uuid, other: CustomerState): void {
  const { state, plan, world } = fold
  for (const [key, [since, memory]] of Object.entries(other.mem ?? {})) {
    const need = plan.memories.needs.get(key)
    if (need !== undefined && since === sinceOf(fold, key)) {
      if (need.kind === 'o') continue
      const held = heldOf(fold, need)
      keep(fold, need, held === undefined ? memory : mergeMemories(need, held, memory))
    } else if (since > world.no && state.mem?.[key] === undefined) (state.mem ??= {})[key] = [since, memory]
  }
  const theirs = [loser, ...other.absorbed].map((id): [Uuid, number] => [id, filledOf(other, id)])
  const ours = state.absorbed.map((id): [Uuid, number] => [id, filledOf(state, id)])
  const all = new Map([...ours.filter(([id]) => id !== loser), ...theirs])
  const others = [...all].filter(([, no]) => no !== (state.fill ?? 0))
  if (others.length > 0) state.fills = others
  else delete state.fills
}
