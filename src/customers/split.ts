// A merge taken apart: from what the journal holds of the survivor, the two persons it would hold had they never been
// one. Folds the same inputs with the production reducer, effects off, each input at whom its identifiers name. Pure but
// for the reading that it is given. The policy:
// - until the merge each has what it had; afterwards an event belongs to who holds its strongest identifier, an outcome
//   to whose run it is of, and what names neither stays with the survivor, as do a person's commands and other merges, but
//   for who became part of the merged one;
// - time passes for both; what a run decided to send counts as sent: the merged person had it, or nobody will;
// - a run that waits for a message which does not exist goes on as after an unknown outcome (`lost`).
import type { Facts, FoldVerdict, Input, JournalEntry } from '../inbox/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import type { AbsorbBody, RestoreBody } from '../inbox/identity-model.ts'
import { pastKey } from '../journeys/ends.ts'
import type { Uuid } from '../platform/ids.ts'
import type { CustomerState } from './model.ts'
import { told, worthOf } from './order-worth.ts'
import { orderFact } from './orders.ts'
import { heldId } from './shared.ts'
import { fold, makeUp, type Past, type Person, Tally } from './split-person.ts'
import { belongsTo, forPart, without } from './whose.ts'
import type { World } from './world.ts'

export type ReadPast = (customer: Uuid) => Promise<Past>

export type Parted = {
  rest: CustomerState
  part: CustomerState
  /** when they became one */
  mergedAt: number
  /** events since then, by whose they are */
  events: { rest: number; part: number }
  /** order rows that the part has since the merge, and all its order numbers */
  newOrders: OrderRow[]
  /** what those orders are worth */
  worths: RestoreBody['worths']
  orderNos: string[]
}

/** Takes `target` out of `holder`. Null: the journal does not reach back to their merge, or others that were taken out
 *  since hide what is whose. */
export async function split(read: ReadPast, holder: CustomerState, target: Uuid): Promise<Parted | null> {
  const parting = await part(read, holder.id, target)
  if (!parting) return null
  const { rest, taken, before, mergedAt, events } = parting
  if (rest.state === null || taken.state === null) return null // there was nobody but one of them
  // a run's number is a part of its identity: those that the merged person began are taken
  const own = numbersOf(rest.state)
  for (const [key, n] of numbersOf(holder)) if (n > (own.get(key) ?? 0)) (rest.state.used ??= {})[key] = n
  // what no story explains stays with the survivor
  for (const id of holder.ids)
    if (!heldId(rest.state, id) && !heldId(taken.state, id)) rest.state.ids.push(structuredClone(id))
  const newOrders = Object.values(taken.facts)
    .flat()
    .filter(row => !before.has(keyOf(row)))
  return {
    rest: rest.state,
    part: taken.state,
    mergedAt,
    events,
    newOrders,
    worths: [...new Set(newOrders.map(r => r.orderNo))].map(order => ({
      order,
      worth: told(worthOf(taken.facts[orderFact(order)]!)),
    })),
    orderNos: Object.keys(taken.facts)
      .filter(key => taken.facts[key]!.length > 0 && (rest.facts[key] ?? []).every(r => r.entry === 'moved'))
      .map(key => taken.facts[key]![0]!.orderNo),
  }
}

/** The two apart, from their merge on. */
type Parting = {
  taken: Person
  /** keys of the order rows that `taken` had by then */
  before: Set<string>
  mergedAt: number
  events: { rest: number; part: number }
}
/** Of everybody whose past was told without the target, by whose it is. */
type Stories = Map<Uuid, Past>
type Told = Parting & { rest: Person; stories: Stories }

/** The holder's past as it is told anew without the target. */
type Telling = {
  readonly read: ReadPast
  readonly target: Uuid
  /** the holder, where the journal begins */
  readonly begin: Pick<Past, 'start' | 'facts'>
  readonly rest: Person
  readonly stories: Stories
  parting: Parting | null
  /** all that was really sent, and what of it since the parting */
  really: Tally
  together: Tally
}

/** @param until the last moment of `holder` that counts: it may have become part of somebody then, and stood again later */
async function part(
  read: ReadPast,
  holder: Uuid,
  target: Uuid,
  until = Number.POSITIVE_INFINITY,
): Promise<Told | null> {
  const past = await read(holder)
  if (past.start?.absorbed.includes(target)) return null
  const rest: Person = { id: holder, state: past.start, facts: past.facts, did: new Tally(), story: [] }
  const telling: Telling = {
    read,
    target,
    begin: { start: past.start, facts: structuredClone(past.facts) },
    rest,
    stories: new Map(),
    parting: null,
    really: new Tally(),
    together: new Tally(),
  }
  for (const { entry, world } of past.entries) {
    if (entry.n > until) break
    const { story } = rest
    const length = story.length
    if (entry.b === null) countSent(telling, entry)
    else if (!(await hear(telling, inputOf(entry), entry, world))) return null
    // the story tells what really came of it, whether or not it was this one's in the story
    const told = rest.story === story && rest.story.length > length
    if (!told) rest.story.push({ entry: { ...entry, b: null }, world })
    else if (entry.e) rest.story.at(-1)!.entry.e = entry.e
  }
  const { parting, really, together, stories, begin } = telling
  if (parting === null) return null
  makeUp(rest, really)
  makeUp(parting.taken, together)
  stories.set(holder, { ...begin, entries: rest.story })
  return { ...parting, rest, stories }
}

function countSent({ really, together }: Telling, entry: JournalEntry): void {
  for (const tally of [really, together]) tally.count(entry.e)
}

/** False: what is whose can't be told. */
async function hear(telling: Telling, input: Input, entry: JournalEntry, world: World): Promise<boolean> {
  const { rest, target } = telling
  const real = entry.x ?? 'folded'
  if (input.kind === 'restore' && real === 'folded') {
    if (telling.parting !== null && input.body.state.absorbed.includes(target)) {
      countSent(telling, entry)
      return takeOutOther(telling, input.body)
    }
    standAgain(telling, input.body)
  }
  countSent(telling, entry)
  if (input.kind === 'absorb' && real === 'folded' && telling.parting === null) {
    telling.parting = await open(telling, input, world)
    telling.together = new Tally()
    if (telling.parting !== null) return true
  }
  const { parting } = telling
  if (parting === null) fold(rest, input, real, world)
  else give(parting, rest, input, real, world)
  return true
}

/** Somebody else was taken out of the two while they were one: out of this story, too. */
async function takeOutOther(telling: Telling, body: RestoreBody): Promise<boolean> {
  const { read, begin, rest, stories } = telling
  if (body.stands || !rest.state?.absorbed.includes(body.with)) return false
  const own: Past = { start: begin.start, facts: structuredClone(begin.facts), entries: rest.story }
  const retold = async (id: Uuid): Promise<Past> => {
    const story = id === rest.id ? own : stories.get(id)
    return story ? { ...story, facts: structuredClone(story.facts) } : read(id)
  }
  const apart = await part(retold, rest.id, body.with)
  if (apart === null) return false
  Object.assign(rest, apart.rest)
  for (const [id, story] of apart.stories) stories.set(id, story)
  return true
}

/** The holder got a state in which they are apart, with all that was sent until then made up for. */
function standAgain(telling: Telling, body: RestoreBody): void {
  const { rest, really } = telling
  telling.parting = null
  rest.did = really.copy()
  // in this story they may have been apart already; the state that it was given holds all the same
  if (!body.stands && rest.state && !rest.state.absorbed.includes(body.with))
    rest.state = { ...rest.state, absorbed: [...rest.state.absorbed, body.with] }
}

/** What the two were given together, to whose it is. */
function give({ taken, events }: Parting, rest: Person, input: Input, real: FoldVerdict, world: World): void {
  const [ours, theirs] = [rest.state, taken.state!]
  const whose = belongsTo(input, ours, theirs)
  if (whose !== 'rest') fold(taken, without(forPart(input, theirs), ours, theirs), real, world)
  if (whose !== 'part') fold(rest, without(input, theirs, ours), real, world)
  if (input.kind === 'event' && real === 'folded' && whose !== 'both') events[whose]++
}

/** The highest number of a run that this customer may have begun, by journey and key. */
function numbersOf(state: CustomerState): Map<string, number> {
  const numbers = new Map(Object.entries(state.used ?? {}))
  const note = (key: string, n: number) => numbers.set(key, Math.max(n, numbers.get(key) ?? 0))
  for (const [key, past] of Object.entries(state.past)) note(key, past.n)
  for (const run of state.enr) note(pastKey(run.j, run.k), run.n)
  return numbers
}

const inputOf = (entry: JournalEntry): Input =>
  ({ kind: entry.k, now: entry.n, received: entry.r, body: structuredClone(entry.b) }) as Input

/** At the absorb that brought the target: itself, or somebody of whom it was part by then. */
async function open(
  { read, rest, target, stories }: Telling,
  input: Extract<Input, { kind: 'absorb' }>,
  world: World,
): Promise<Parting | null> {
  const { body } = input
  if (body.loser === target) return body.state === null ? null : openTarget(body, body.state, rest, input.now)
  if (!body.state?.absorbed.includes(target)) return null
  const inner = await part(read, body.loser, target, body.state.now)
  if (inner === null || inner.rest.state === null) return null
  const { taken, before, mergedAt, events } = inner
  const theirs = new Set(Object.values(taken.facts).flatMap(rows => rows.map(keyOf)))
  const others: AbsorbBody = {
    ...body,
    state: { ...inner.rest.state, into: rest.id },
    ids: body.ids.filter(id => !heldId(taken.state!, id)),
    orders: body.orders.filter(row => !theirs.has(keyOf(row))),
  }
  fold(rest, { ...input, body: others }, 'folded', world)
  for (const [id, story] of inner.stories) stories.set(id, story)
  return { taken: { ...taken, did: new Tally() }, before, mergedAt, events }
}

function openTarget(body: AbsorbBody, given: CustomerState, rest: Person, mergedAt: number): Parting {
  const { into: _into, ...state } = given
  // what its events brought and neither knew yet
  for (const { kind, value, verified } of body.ids)
    if (
      verified !== undefined &&
      !heldId(state, { kind, value }) &&
      !(rest.state && heldId(rest.state, { kind, value }))
    )
      state.ids.push({ kind, value, verified, at: mergedAt, src: 'merge' })
  return {
    taken: { id: body.loser, state, facts: factsOf(body.orders), did: new Tally(), story: [] },
    before: new Set(body.orders.map(keyOf)),
    mergedAt,
    events: { rest: 0, part: 0 },
  }
}

const keyOf = (row: OrderRow): string => row.orderNo + row.key

function factsOf(rows: OrderRow[]): Facts {
  const facts: Facts = {}
  for (const row of rows) (facts[orderFact(row.orderNo)] ??= []).push(row)
  return facts
}
