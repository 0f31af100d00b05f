// One of two persons who were one, as told anew: the production reducer, effects off, over what is this one's. Pure.
import type {
  EventBody,
  Facts,
  FoldEffect,
  FoldVerdict,
  Input,
  JournalEntry,
  Reduction,
} from '../inbox/model.ts'
import { balanceOf } from '../membership/model.ts'
import type { Uuid } from '../platform/ids.ts'
import { MAX_HOPS } from './identity.ts'
import type { CustomerState } from './model.ts'
import { lackingFacts, noteRow } from './order-facts.ts'
import { reduce } from './reduce.ts'
import type { World } from './world.ts'

/** What one customer was given, in order; `start`: its state where the journal begins. */
export type Past = {
  start: CustomerState | null
  facts: Facts
  entries: { entry: JournalEntry; world: World }[]
}

/** `did`: what it decided in its own story; `story`: what it was given there */
export type Person = {
  readonly id: Uuid
  state: CustomerState | null
  facts: Facts
  did: Tally
  story: Past['entries']
}

/** Messages intended by run and node. */
export class Tally {
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

/** What the merged person was sent by a run that this one's own story does not have counts as sent. */
export function makeUp(person: Person, really: Tally): void {
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

/** Folds what was given to the two together. Where the story decides otherwise than they did: what they took is taken
 *  by its owner all the same, what they did not take is not. */
export function fold(person: Person, input: Input, real: FoldVerdict, world: World): void {
  const result = tryOut(person, input, world)
  if (result.verdict === real) take(person, input, result, world)
  else if (real === 'folded' && input.kind === 'event')
    take(person, input, tryOut(person, { ...input, body: anonymous(input.body) }, world), world)
  else if (real === 'folded' && input.kind === 'absorb')
    take(
      person,
      input,
      tryOut(person, { ...input, body: { ...input.body, actor: '', hops: MAX_HOPS } }, world),
      world,
    )
  else if (real === 'folded' && input.kind === 'command') takeAllPoints(person, input, world)
}

/** Points that both together could pay with: this one pays as much as it has. */
function takeAllPoints(person: Person, input: Extract<Input, { kind: 'command' }>, world: World): void {
  const { command } = input.body
  const has = balanceOf(person.state?.pts)
  if (command.do !== 'points' || command.amount > 0 || has === 0) return
  const paid = { ...input, body: { ...input.body, command: { ...command, amount: -has } } }
  take(person, input, tryOut(person, paid, world), world)
}

type Result = Extract<Reduction, { state: CustomerState }>

function tryOut(person: Person, input: Input, world: World): Result {
  const self = { workspace: world.workspace, id: person.id }
  for (;;) {
    const result = reduce(structuredClone(person.state), input, person.facts, world, self)
    if (!('need' in result)) return result
    lackingFacts(person.facts, result.need)
  }
}

function take(person: Person, input: Input, result: Result, world: World): void {
  if (result.verdict === 'folded' || person.state !== null) person.state = result.state
  person.did.count(result.effects)
  const verdict = result.verdict === 'folded' ? {} : { x: result.verdict }
  const entry = { c: person.id, k: input.kind, n: input.now, r: input.received, b: input.body, ...verdict }
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
