// A merge taken apart: from what the journal holds of the survivor, the two persons it would hold had they never been
// one. Folds the same inputs with the production reducer, effects off, each input at whom its identifiers name. Pure but
// for the reading that it is given. The policy:
// - until the merge each has what it had; afterwards an event belongs to who holds its strongest identifier, an outcome
//   to whose run it is of, and what names neither stays with the survivor, as do a person's commands and other merges, but
//   for who became part of the merged one;
// - time passes for both; what a run decided to send counts as sent: the merged person had it, or nobody will;
// - a run that waits for a message which does not exist goes on as after an unknown outcome (`lost`).
import type {
  EventBody,
  Facts,
  FoldEffect,
  FoldVerdict,
  Input,
  JournalEntry,
  Reduction,
} from '../inbox/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import type { AbsorbBody, RestoreBody } from '../inbox/identity-model.ts'
import { pastKey } from '../journeys/ends.ts'
import { balanceOf } from '../membership/model.ts'
import type { Outcome } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import { MAX_HOPS } from './identity.ts'
import type { CustomerState } from './model.ts'
import { told, worthOf } from './order-worth.ts'
import { lackingFacts, noteRow } from './order-facts.ts'
import { orderFact } from './orders.ts'
import { reduce } from './reduce.ts'
import { heldId, refOf } from './shared.ts'
import { belongsTo, forPart, without } from './whose.ts'
import type { World } from './world.ts'

/** What one customer was given, in order; `start`: its state where the journal begins. */
export type Past = {
  start: CustomerState | null
  facts: Facts
  entries: { entry: JournalEntry; world: World }[]
}
export type ReadPast = (customer: Uuid) => Promise<Past>

/** `did`: what it decided in its own story; `story`: what it was given there */
type Person = { state: CustomerState | null; facts: Facts; did: Tally; story: Past['entries'] }
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
    .filter(r => !before.has(r.orderNo + r.key))
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

/** `stories`: of everybody whose past was told without the target, by whose it is. */
type Parting = {
  rest: Person
  taken: Person
  before: Set<string>
  mergedAt: number
  events: { rest: number; part: number }
  stories: Map<Uuid, Past>
}

/** @param until the last moment of `holder` that counts: it may have become part of somebody then, and stood again later */
async function part(
  read: ReadPast,
  holder: Uuid,
  target: Uuid,
  until = Number.POSITIVE_INFINITY,
): Promise<Parting | null> {
  const past = await read(holder)
  if (past.start?.absorbed.includes(target)) return null
  const before = structuredClone(past.facts)
  const rest: Person = { state: past.start, facts: past.facts, did: new Tally(), story: [] }
  const stories = new Map<Uuid, Past>()
  let parting: Parting | null = null
  const really = new Tally()
  let together = new Tally()

  /** False: what is whose can't be told. */
  async function hear(input: Input, entry: JournalEntry, world: World): Promise<boolean> {
    const real = entry.x ?? 'folded'
    if (input.kind === 'restore' && real === 'folded') {
      if (parting !== null && input.body.state.absorbed.includes(target)) {
        // somebody else was taken out meanwhile: out of this story too
        const other = input.body.with
        if (input.body.stands || !rest.state?.absorbed.includes(other)) return false
        const own: Past = { start: past.start, facts: structuredClone(before), entries: rest.story }
        const told = async (id: Uuid): Promise<Past> => {
          const story = id === holder ? own : stories.get(id)
          return story ? { ...story, facts: structuredClone(story.facts) } : read(id)
        }
        const apart = await part(told, holder, other)
        if (apart === null) return false
        Object.assign(rest, apart.rest)
        for (const [id, story] of apart.stories) stories.set(id, story)
        for (const tally of [really, together]) tally.count(entry.e)
        return true
      }
      // the state that it was given has all that was sent until then made up for
      rest.did = really.copy()
      parting = null
      // in this story they may have been apart already; the state that it was given holds all the same
      if (!input.body.stands && rest.state && !rest.state.absorbed.includes(input.body.with))
        rest.state = { ...rest.state, absorbed: [...rest.state.absorbed, input.body.with] }
    }
    really.count(entry.e)
    if (input.kind === 'absorb' && real === 'folded' && parting === null) {
      parting = await open(read, rest, input, world, target, holder)
      together = new Tally()
      for (const [id, story] of parting?.stories ?? []) stories.set(id, story)
      if (parting !== null) return true
    }
    if (parting === null) {
      fold(rest, input, real, world, holder)
      return true
    }
    together.count(entry.e)
    const { taken, events } = parting
    const whose = belongsTo(input, rest.state, taken.state!)
    const [ours, theirs] = [rest.state, taken.state!]
    if (whose !== 'rest') fold(taken, without(forPart(input, theirs), ours, theirs), real, world, target)
    if (whose !== 'part') fold(rest, without(input, theirs, ours), real, world, holder)
    if (input.kind === 'event' && real === 'folded' && whose !== 'both') events[whose]++
    return true
  }

  for (const { entry, world } of past.entries) {
    if (entry.n > until) break
    const { story } = rest
    const length = story.length
    if (entry.b === null) for (const tally of [really, together]) tally.count(entry.e)
    else if (!(await hear(inputOf(entry), entry, world))) return null
    // the story tells what really came of it, whether or not it was this one's in the story
    const told = rest.story === story && rest.story.length > length
    if (!told) rest.story.push({ entry: { ...entry, b: null }, world })
    else if (entry.e) rest.story.at(-1)!.entry.e = entry.e
  }
  // said again, for the compiler takes what is set within `hear` for null
  const found = parting as Parting | null
  if (found === null) return null
  makeUp(rest, really)
  makeUp(found.taken, together)
  stories.set(holder, { start: past.start, facts: before, entries: rest.story })
  return { ...found, rest, stories }
}

/** Messages intended by run and node. */
class Tally {
  readonly sent: Map<string, number>
  constructor(sent: Iterable<[string, number]> = []) {
    this.sent = new Map(sent)
  }
  copy(): Tally {
    return new Tally(this.sent)
  }
  count(effects: readonly FoldEffect[] = []): void {
    for (const e of effects) {
      if (e.kind !== 'intent') continue
      const key = `${e.intent.enrollment}|${e.intent.node}`
      this.sent.set(key, (this.sent.get(key) ?? 0) + 1)
    }
  }
}

/** The highest number of a run that this customer may have begun, by journey and key. */
function numbersOf(state: CustomerState): Map<string, number> {
  const numbers = new Map(Object.entries(state.used ?? {}))
  const note = (key: string, n: number) => numbers.set(key, Math.max(n, numbers.get(key) ?? 0))
  for (const [key, past] of Object.entries(state.past)) note(key, past.n)
  for (const run of state.enr) note(pastKey(run.j, run.k), run.n)
  return numbers
}

/** What the merged person was sent by a run that this one's own story does not have counts as sent. */
function makeUp(person: Person, really: Tally): void {
  const { state, did } = person
  if (state === null) return
  for (const run of state.enr)
    for (const [key, times] of really.sent) {
      if (!key.startsWith(run.id)) continue
      const node = key.slice(run.id.length + 1)
      const more = times - (did.sent.get(key) ?? 0)
      if (more <= 0) continue
      run.occ[node] = (run.occ[node] ?? 0) + more
      if (!run.twin?.includes(node)) (run.twin ??= []).push(node)
      did.sent.set(key, times)
    }
}

const inputOf = (entry: JournalEntry): Input =>
  ({ kind: entry.k, now: entry.n, received: entry.r, body: structuredClone(entry.b) }) as Input

/** At the absorb that brought the target: itself, or somebody of whom it was part by then. */
async function open(
  read: ReadPast,
  rest: Person,
  input: Extract<Input, { kind: 'absorb' }>,
  world: World,
  target: Uuid,
  holder: Uuid,
): Promise<Parting | null> {
  const { body } = input
  const mergedAt = input.now
  const events = { rest: 0, part: 0 }
  const stories = new Map<Uuid, Past>()
  if (body.loser === target) {
    if (body.state === null) return null
    const { into: _into, ...state } = body.state
    // what its events brought and neither knew yet
    for (const { kind, value, verified } of body.ids)
      if (
        verified !== undefined &&
        !heldId(state, { kind, value }) &&
        !(rest.state && heldId(rest.state, { kind, value }))
      )
        state.ids.push({ kind, value, verified, at: mergedAt, src: 'merge' })
    const taken: Person = { state, facts: factsOf(body.orders), did: new Tally(), story: [] }
    return { rest, taken, before: keysOf(body.orders), mergedAt, events, stories }
  }
  if (!body.state?.absorbed.includes(target)) return null
  const inner = await part(read, body.loser, target, body.state.now)
  if (inner === null || inner.rest.state === null) return null
  const theirs = new Set(Object.values(inner.taken.facts).flatMap(rows => rows.map(r => r.orderNo + r.key)))
  const others: AbsorbBody = {
    ...body,
    state: { ...inner.rest.state, into: holder },
    ids: body.ids.filter(id => !heldId(inner.taken.state!, id)),
    orders: body.orders.filter(r => !theirs.has(r.orderNo + r.key)),
  }
  fold(rest, { ...input, body: others }, 'folded', world, holder)
  return { ...inner, rest, taken: { ...inner.taken, did: new Tally() } }
}

const keysOf = (rows: OrderRow[]): Set<string> => new Set(rows.map(r => r.orderNo + r.key))

function factsOf(rows: OrderRow[]): Facts {
  const facts: Facts = {}
  for (const row of rows) (facts[orderFact(row.orderNo)] ??= []).push(row)
  return facts
}

/** Folds what was given to the two together. Where the story decides otherwise than they did: what they took is taken
 *  by its owner all the same, what they did not take is not. */
function fold(person: Person, input: Input, real: FoldVerdict, world: World, id: Uuid): void {
  const result = tryOut(person, input, world, id)
  if (result.verdict === real) take(person, input, result, world, id)
  else if (real === 'folded' && input.kind === 'event')
    take(person, input, tryOut(person, { ...input, body: anonymous(input.body) }, world, id), world, id)
  else if (real === 'folded' && input.kind === 'absorb')
    take(
      person,
      input,
      tryOut(person, { ...input, body: { ...input.body, actor: '', hops: MAX_HOPS } }, world, id),
      world,
      id,
    )
  else if (real === 'folded' && input.kind === 'command') takeAllPoints(person, input, world, id)
}

/** Points that both together could pay with: this one pays as much as it has. */
function takeAllPoints(
  person: Person,
  input: Extract<Input, { kind: 'command' }>,
  world: World,
  id: Uuid,
): void {
  const { command } = input.body
  const has = balanceOf(person.state?.pts)
  if (command.do !== 'points' || command.amount > 0 || has === 0) return
  const paid = { ...input, body: { ...input.body, command: { ...command, amount: -has } } }
  take(person, input, tryOut(person, paid, world, id), world, id)
}

type Result = Extract<Reduction, { state: CustomerState }>

function tryOut(person: Person, input: Input, world: World, id: Uuid): Result {
  const self = { workspace: world.workspace, id }
  for (;;) {
    const result = reduce(structuredClone(person.state), input, person.facts, world, self)
    if (!('need' in result)) return result
    lackingFacts(person.facts, result.need)
  }
}

function take(person: Person, input: Input, result: Result, world: World, id: Uuid): void {
  if (result.verdict === 'folded' || person.state !== null) person.state = result.state
  person.did.count(result.effects)
  const verdict = result.verdict === 'folded' ? {} : { x: result.verdict }
  const entry = { c: id, k: input.kind, n: input.now, r: input.received, b: input.body, ...verdict }
  person.story.push({ entry, world })
  for (const effect of result.effects) {
    if (effect.kind !== 'order') continue
    noteRow(person.facts, effect.row)
  }
}

function anonymous(body: EventBody): EventBody {
  const { holders: _holders, away: _away, ...rest } = body
  return { ...rest, ids: [] }
}

// ── what each goes on with ───────────────────────────────────────────────────

export type Ended = { message: Uuid; outcome: Outcome; reason: string | null }
/** `there`: messages that exist, and how each ended; `open`: the survivor's that are not at the socket. */
export type Messages = {
  there: ReadonlyMap<Uuid, { outcome: Outcome | null; reason: string | null }>
  open: Uuid[]
}

export const waitsOf = (state: CustomerState): Uuid[] =>
  state.enr.flatMap(r => (r.wait?.kind === 'message' ? [r.wait.message] : []))

/** The first input of each, the survivor's first. */
export function restoresOf(
  survivor: Uuid,
  target: Uuid,
  parted: Parted,
  messages: Messages,
  op: Uuid,
  actor: string,
): RestoreBody[] {
  const { rest, part } = parted
  // An end that is known may have been told by now, to whom waits for it only in this story: it is told again here.
  const lost = (state: CustomerState): Ended[] =>
    waitsOf(state).flatMap((message): Ended[] => {
      const known = messages.there.get(message)
      if (!known) return [{ message, outcome: 'unknown', reason: 'unmerged' }]
      return known.outcome === null ? [] : [{ message, outcome: known.outcome, reason: known.reason }]
    })
  const ours = new Set(waitsOf(rest))
  const common = { op, actor, cancel: [], orders: [], moved: [], worths: [], gone: [] }
  return [
    {
      ...common,
      with: target,
      state: rest,
      stands: false,
      gone: part.ids.filter(id => !id.shared).map(refOf),
      lost: lost(rest),
      cancel: messages.open.filter(id => !ours.has(id)),
      moved: parted.orderNos,
    },
    {
      ...common,
      with: survivor,
      state: part,
      stands: true,
      lost: lost(part),
      orders: parted.newOrders,
      worths: parted.worths,
    },
  ]
}
