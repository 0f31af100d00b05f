// How a state is written down: one JSON array without the names that every state repeats, each source once. Pure.
// Measured over the demo brand's 2,000 people in its two journeys: p95 2,020 bytes as an object, 1,452 so; writing takes
// 8 µs instead of 6.5. Objects, as states were written before, are still read.
import { readMemory, writeMemory, type Written } from './pack-memory.ts'
import type { CustomerState, HeldId, OrderSummary, Tag, Trait, TraitValue } from './model.ts'

type Fixed = 'v' | 'workspace' | 'id' | 'now' | 'first' | 'last' | 'ids' | 'traits'
type Short =
  | 'seg'
  | 'mem'
  | 'fills'
  | 'clk'
  | 'inb'
  | 'tags'
  | 'consent'
  | 'enr'
  | 'past'
  | 'dates'
  | 'absorbed'
  | 'stage'
  | 'orders'
  | 'sent'

/** Everything of `T` is among `K`: a field added to what is written by position must be added here too. */
type Covers<T, K extends PropertyKey> = [Exclude<keyof T, K>] extends [never] ? true : never
const COVERED: [
  Covers<Trait, 'v' | 'at' | 'src' | 'u'>,
  Covers<Tag, 'at' | 'src' | 'by' | 'until'>,
  Covers<CustomerState['consent'][string], 'on' | 'at' | 'src' | 'v'>,
  Covers<CustomerState['past'][string], 'n' | 'at' | 'out' | 'how'>,
  Covers<NonNullable<CustomerState['stage']>, 's' | 'at' | 'by' | 'no' | 'e'>,
] = [true, true, true, true, true]
void COVERED

/** What not everybody has; the short names come after all others. */
type Rest = Omit<CustomerState, Fixed | Short> & {
  /** customer, marketing, team; how long before `last` */
  k?: (number | null)[]
  /** newest message of theirs by channel; how long before `last` */
  i?: Record<string, number>
  /** memories: since which number, and what is kept */
  y?: Record<string, [since: number, ...kept: Written]>
  /** whoever was merged in and is filled up to another number: place among them */
  f?: [place: number, no: number][]
  g?: [tag: string, at: number, src: number, by?: string | null, until?: number][]
  c?: [key: string, on: 0 | 1, at: number, src: number, version?: string][]
  e?: CustomerState['enr']
  p?: [key: string, n: number, at: number, out: number, how: string][]
  d?: CustomerState['dates']
  a?: CustomerState['absorbed']
  /** memberships, one after the other: number, group, since */
  m?: number[]
  /** sends, as memberships: message, journey, when */
  x?: number[]
  s?: [stage: number, at: number, by: string, no: number, e?: number]
  o?: [n: number, revenue: number, currency: string, firstAt: number, lastAt: number, more?: OrderRest]
}
type OrderRest = Omit<OrderSummary, 'n' | 'revenue' | 'currency' | 'firstAt' | 'lastAt'>

type Packed = [
  version: 2,
  workspace: string,
  id: string,
  now: number,
  first: number,
  last: number,
  sources: string[],
  ids: (HeldId | [kind: HeldId['kind'], value: string, at: number, src: number, unverified?: 1])[],
  traits: [name: string, value: TraitValue, at: number, src: number, unverified?: 1][],
  rest: Rest,
]

/** Fields of an identifier that most have; one that has more is written as it is. */
const PLAIN = 5
const fieldsOf = (object: object): number => {
  let n = 0
  for (const _ in object) n++
  return n
}

const isEmpty = (object: object): boolean => {
  for (const _ in object) return false
  return true
}

export function packState(state: CustomerState): string {
  const { v: _v, workspace, id, now, first, last, ids, traits, ...more } = state
  const {
    seg,
    tags,
    consent,
    enr,
    past,
    dates,
    absorbed,
    stage,
    orders,
    mem,
    fills,
    clk,
    inb,
    sent,
    ...others
  } = more
  const sources: string[] = []
  const src = (name: string): number => {
    const at = sources.indexOf(name)
    return at >= 0 ? at : sources.push(name) - 1
  }
  const packed: Packed = [
    2,
    workspace,
    id,
    now,
    first,
    last,
    sources,
    ids.map(h =>
      fieldsOf(h) > PLAIN
        ? h
        : h.verified
          ? [h.kind, h.value, h.at, src(h.src)]
          : [h.kind, h.value, h.at, src(h.src), 1],
    ),
    Object.entries(traits).map(([name, t]) =>
      t.u ? [name, t.v, t.at, src(t.src), 1] : [name, t.v, t.at, src(t.src)],
    ),
    others,
  ]
  const rest = packed[9]
  if (!isEmpty(tags)) rest.g = Object.entries(tags).map(([name, t]) => packTag(name, t, src))
  if (!isEmpty(consent))
    rest.c = Object.entries(consent).map(([key, c]) =>
      c.v === undefined ? [key, c.on ? 1 : 0, c.at, src(c.src)] : [key, c.on ? 1 : 0, c.at, src(c.src), c.v],
    )
  if (enr.length > 0) rest.e = enr
  if (!isEmpty(past)) rest.p = Object.entries(past).map(([key, p]) => [key, p.n, p.at, p.out, p.how])
  if (!isEmpty(dates)) rest.d = dates
  if (absorbed.length > 0) rest.a = absorbed
  if (seg !== undefined && seg.length > 0) rest.m = flatten(seg)
  if (sent !== undefined && sent.length > 0) rest.x = flatten(sent)
  if (stage !== undefined) {
    rest.s = [stage.s, stage.at, stage.by, stage.no]
    if (stage.e !== undefined) rest.s.push(stage.e)
  }
  if (orders !== undefined) {
    const { n, revenue, currency, firstAt, lastAt, ...rests } = orders
    rest.o = [n, revenue, currency, firstAt, lastAt]
    if (!isEmpty(rests)) rest.o.push(rests)
  }
  if (clk !== undefined) rest.k = CLOCKS.map(c => (clk[c] === undefined ? null : last - clk[c]))
  if (inb !== undefined) rest.i = Object.fromEntries(Object.entries(inb).map(([c, at]) => [c, last - at]))
  if (fills !== undefined)
    rest.f = fills.flatMap(([who, no]): [number, number][] => {
      const place = absorbed.indexOf(who)
      return place < 0 ? [] : [[place, no]]
    })
  if (mem !== undefined) {
    rest.y = {}
    for (const key in mem) {
      const [since, memory] = mem[key]!
      rest.y[key] = [since, ...writeMemory(key, memory, last)]
    }
  }
  return JSON.stringify(packed)
}

const CLOCKS = ['c', 'm', 't'] as const

function packTag(name: string, tag: Tag, src: (name: string) => number): NonNullable<Rest['g']>[number] {
  if (tag.until !== undefined) return [name, tag.at, src(tag.src), tag.by ?? null, tag.until]
  return tag.by === undefined ? [name, tag.at, src(tag.src)] : [name, tag.at, src(tag.src), tag.by]
}

/** Each since as the time after the one before it: many come at once. */
function flatten(seg: NonNullable<CustomerState['seg']>): number[] {
  const flat: number[] = []
  let last = 0
  for (const [n, group, at] of seg) {
    flat.push(n, group, at - last)
    last = at
  }
  return flat
}

function unflatten(flat: number[]): NonNullable<CustomerState['seg']> {
  const seg: NonNullable<CustomerState['seg']> = []
  let last = 0
  for (let i = 0; i < flat.length; i += 3) seg.push([flat[i]!, flat[i + 1]!, (last += flat[i + 2]!)])
  return seg
}

/** @param text what `packState` wrote */
export function unpackState(text: string): CustomerState {
  const read = JSON.parse(text) as Packed | CustomerState
  if (!Array.isArray(read)) return read
  const [, workspace, id, now, first, last, sources, ids, traits, packed] = read
  const { g = [], c = [], e = [], p = [], d = {}, a = [], m, x, s, o, k, i, y, f, ...others } = packed
  const state: CustomerState = {
    v: 1,
    workspace,
    id,
    now,
    first,
    last,
    ids: ids.map(held => {
      if (!Array.isArray(held)) return held
      const [kind, value, at, src, unverified] = held
      return { kind, value, verified: unverified !== 1, at, src: sources[src]! }
    }),
    traits: {},
    tags: {},
    consent: {},
    enr: e,
    past: {},
    dates: d,
    absorbed: a,
    ...others,
  }
  for (const [name, v, at, src, unverified] of traits) {
    const trait: Trait = { v, at, src: sources[src]! }
    if (unverified === 1) trait.u = true
    state.traits[name] = trait
  }
  for (const [name, at, src, by, until] of g) {
    const tag: Tag = { at, src: sources[src]! }
    if (by) tag.by = by
    if (until !== undefined) tag.until = until
    state.tags[name] = tag
  }
  for (const [key, on, at, src, version] of c) {
    state.consent[key] = { on: on === 1, at, src: sources[src]! }
    if (version !== undefined) state.consent[key].v = version
  }
  for (const [key, n, at, out, how] of p) state.past[key] = { n, at, out, how }
  if (m !== undefined) state.seg = unflatten(m)
  if (x !== undefined) state.sent = unflatten(x)
  if (s !== undefined) {
    const [stage, at, by, no, earned] = s
    state.stage = earned === undefined ? { s: stage, at, by, no } : { s: stage, at, by, no, e: earned }
  }
  if (k !== undefined) {
    state.clk = {}
    CLOCKS.forEach((clock, i) => {
      const before = k[i]
      if (before !== null && before !== undefined) state.clk![clock] = last - before
    })
  }
  if (i !== undefined)
    state.inb = Object.fromEntries(Object.entries(i).map(([channel, before]) => [channel, last - before]))
  if (f !== undefined) state.fills = f.map(([place, no]) => [a[place]!, no])
  if (y !== undefined) {
    state.mem = {}
    for (const key in y) {
      const [since, ...kept] = y[key]!
      state.mem[key] = [since, readMemory(key, kept, last)]
    }
  }
  if (o !== undefined) {
    const [n, revenue, currency, firstAt, lastAt, rest] = o
    state.orders = { n, revenue, currency, firstAt, lastAt, ...rest }
  }
  return state
}
