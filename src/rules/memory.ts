// Memories: what a customer's state keeps of the past for a leaf (needs.ts says how much). They do not depend on the
// order in which events are told, and memories of two parts of a history merge into that of the whole. Pure.
//
// t, r  times, newest first, at most `most`       c  how many, at most `most`     s  sum, in ten-thousandths
// d  [day, value]…, newest first                  v  [hash, newest time]…, newest first
// i  how many, first, last                        f, l  time, value (where a path is asked for)
// q  times of the first event, of the second      o  [time, amount, quantity, how many]…, newest first
import { dayOf, momentOf } from '../platform/zone-days.ts'
import { textHash, valuesAt } from './match.ts'
import type { Scalar } from './model.ts'
import type { Need } from './needs.ts'

export type Memory = (number | string | boolean | number[])[]

/** What a memory takes up of an event: when, and the values at the need's path; `part`: which event of a sequence. */
export type Item = { at: number; values?: readonly unknown[]; part?: number }

/** Sums count in these, so that they do not depend on the order of their parts. */
const PARTS = 10_000
const MAX_TEXT = 200

/** The values that `need` takes from an event's properties. */
export const itemOf = (need: Need, at: number, props: Record<string, unknown>, part = 0): Item => ({
  at,
  part,
  ...(need.path === null ? {} : { values: valuesAt(props, need.path.split('.')) }),
})

/** The memory with the event in it; the one given may be changed. `zone`: of the workspace. */
export function remember(
  need: Need,
  memory: Memory | undefined,
  item: Item,
  zone: string,
): Memory | undefined {
  if (need.since !== null && item.at < momentOf(need.since, zone)) return memory
  const one = single(need, item, zone)
  return one === null ? memory : memory === undefined ? one : mergeMemories(need, memory, one)
}

/** The memory of this event alone; null: it leaves none. */
function single(need: Need, { at, values = [], part = 0 }: Item, zone: string): Memory | null {
  switch (need.kind) {
    case 't':
    case 'r':
      return [at]
    case 'c':
      return [1]
    case 's':
      return [partsOf(values)]
    case 'd':
      return [dayOf(at, zone), need.of === 'sum' ? partsOf(values) : need.of === 'last' ? at : 1]
    case 'v': {
      const hashes = [...new Set(values.filter(isScalar).map(hashOf))].sort((a, b) => a - b)
      return hashes.length === 0 ? null : hashes.flatMap(h => [h, at]).slice(0, 2 * need.most)
    }
    case 'i':
      return [1, at, at]
    case 'f':
    case 'l': {
      if (need.path === null) return [at]
      const value = values.find(isScalar)
      return value === undefined ? null : [at, typeof value === 'string' ? value.slice(0, MAX_TEXT) : value]
    }
    case 'q':
      return part === 0 ? [[at], []] : [[], [at]]
    case 'o':
      return null
  }
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** 41 bits: of 1,000 values two are taken for one in one of two million cases. */
const hashOf = (value: Scalar): number => Number.parseInt(textHash(JSON.stringify(value)).slice(-8), 36)

const partsOf = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, v) => (typeof v === 'number' ? sum + Math.floor(v * PARTS + 0.5) : sum), 0)

/** A sum as it is compared. */
export const fromParts = (parts: number): number => parts / PARTS

/** The memory of both parts of a history; both given may be changed. */
export function mergeMemories(need: Need, a: Memory, b: Memory): Memory {
  switch (need.kind) {
    case 't':
    case 'r':
      return newestOf(a as number[], b as number[], need.most)
    case 'c':
      return [Math.min((a[0] as number) + (b[0] as number), need.most)]
    case 's':
      return [(a[0] as number) + (b[0] as number)]
    case 'd':
      return mergeDays(a as number[], b as number[], need.of === 'last')
    case 'v':
      return mergeValues(a as number[], b as number[], need.most)
    case 'i': {
      const [n, first, last] = a as [number, number, number]
      const [m, from, to] = b as [number, number, number]
      return [n + m, Math.min(first, from), Math.max(last, to)]
    }
    case 'f':
      return before(a, b) ? a : b
    case 'l':
      return a[0] === b[0] ? (before(a, b) ? a : b) : (a[0] as number) > (b[0] as number) ? a : b
    case 'q': {
      const [first, next] = a as [number[], number[]]
      const [more, later] = b as [number[], number[]]
      return [newestOf(first, more, need.most), newestOf(next, later, need.most)]
    }
    case 'o':
      return mergeOrders(a as number[], b as number[], need.most)
  }
}

/** The earlier, at the same moment the one with the smaller value as JSON. */
const before = (a: Memory, b: Memory): boolean =>
  (a[0] as number) < (b[0] as number) ||
  (a[0] === b[0] && (JSON.stringify(a[1]) ?? '') <= (JSON.stringify(b[1]) ?? ''))

/** Both lists, newest first. One of them is mostly a single time, newer than all others. */
function newestOf(a: number[], b: number[], most: number): number[] {
  if (b.length === 1) {
    const at = b[0]!
    let i = 0
    while (i < a.length && a[i]! > at) i++
    if (i >= most) return a
    a.splice(i, 0, at)
  } else {
    a.push(...b)
    a.sort((x, y) => y - x)
  }
  if (a.length > most) a.length = most
  return a
}

function mergeDays(a: number[], b: number[], last: boolean): number[] {
  for (let i = 0; i < b.length; i += 2) {
    const day = b[i]!
    const value = b[i + 1]!
    let at = 0
    while (at < a.length && a[at]! > day) at += 2
    if (a[at] !== day) a.splice(at, 0, day, value)
    else a[at + 1] = last ? Math.max(a[at + 1]!, value) : a[at + 1]! + value
  }
  return a
}

function mergeValues(a: number[], b: number[], most: number): number[] {
  const times = new Map<number, number>()
  for (const list of [a, b])
    for (let i = 0; i < list.length; i += 2) {
      const held = times.get(list[i]!)
      if (held === undefined || held < list[i + 1]!) times.set(list[i]!, list[i + 1]!)
    }
  return [...times]
    .sort((x, y) => y[1] - x[1] || x[0] - y[0])
    .slice(0, most)
    .flat()
}

/** One order of a memory: when it was placed, its amount and quantity, and how many such there are. What was taken out
 *  before it was put in counts negative. */
export type OrderEntry = [at: number, amount: number, quantity: number, n: number]

const WIDTH = 4

export function* ordersIn(memory: Memory): Generator<OrderEntry> {
  for (let i = 0; i < memory.length; i += WIDTH) yield memory.slice(i, i + WIDTH) as OrderEntry
}

function mergeOrders(a: number[], b: number[], most: number): number[] {
  for (let i = 0; i < b.length; i += WIDTH) {
    const [at, amount, quantity, n] = b.slice(i, i + WIDTH) as OrderEntry
    let j = 0
    while (j < a.length && isBefore(a, j, at, amount, quantity)) j += WIDTH
    if (a[j] !== at || a[j + 1] !== amount || a[j + 2] !== quantity) a.splice(j, 0, at, amount, quantity, n)
    else if (a[j + 3] === -n) a.splice(j, WIDTH)
    else a[j + 3]! += n
  }
  if (a.length > most * WIDTH) a.length = most * WIDTH
  return a
}

const isBefore = (a: number[], j: number, at: number, amount: number, quantity: number): boolean =>
  a[j] !== at ? a[j]! > at : a[j + 1] !== amount ? a[j + 1]! > amount : a[j + 2]! > quantity

/** Puts an order in, or takes it out (`n` -1). Undefined: nothing is left. */
export function rememberOrder(
  need: Need,
  memory: Memory | undefined,
  [at, amount, quantity]: [at: number, amount: number, quantity: number],
  n: 1 | -1,
): Memory | undefined {
  const one = [at, amount, quantity, n]
  const all = memory === undefined ? one : mergeOrders(memory as number[], one, need.most)
  return all.length === 0 ? undefined : all
}

/** Drops what can never count again at `now` or later; undefined: nothing is left. */
export function pruned(need: Need, memory: Memory, now: number): Memory | undefined {
  if (need.horizonMs === null) return memory
  const oldest = now - need.horizonMs
  switch (need.kind) {
    case 't':
    case 'r':
    case 'o':
    case 'd':
    case 'v': {
      const width = need.kind === 'o' ? WIDTH : need.kind === 'd' || need.kind === 'v' ? 2 : 1
      const atOf = (i: number): number =>
        need.kind === 'd'
          ? ((memory[i] as number) + 1) * 86_400_000
          : (memory[need.kind === 'v' ? i + 1 : i] as number)
      let end = memory.length
      while (end > 0 && atOf(end - width) < oldest) end -= width
      if (end === 0) return undefined
      memory.length = end
      return memory
    }
    case 'q': {
      const kept = (memory as number[][]).map(list => list.filter(at => at >= oldest))
      return kept.every(list => list.length === 0) ? undefined : kept
    }
    default:
      return memory
  }
}
