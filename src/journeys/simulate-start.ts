// Where a walk starts: the world with a draft in it, and a made-up person in it, made by the production reducer from what
// is told of them. Pure.
import { lackingFacts, noteRow } from '../customers/order-facts.ts'
import { reduce } from '../customers/reduce.ts'
import type { CustomerState, IdRef } from '../customers/model.ts'
import type { World } from '../customers/world.ts'
import type { EventBody, Facts } from '../inbox/model.ts'
import { deriveId, type Uuid } from '../platform/ids.ts'
import type { JourneyGraph, PublishedJourney } from './model.ts'

/** Somebody who does not exist. Contact points count as verified. */
export type MadeUp = {
  /** another number is another person, for shares */
  seed?: number
  traits?: Record<string, unknown>
  tags?: string[]
  email?: string
  phone?: string
  memberNo?: string
  /** a LINE friend */
  line?: boolean
  /** to marketing, by channel */
  consent?: Record<string, boolean>
  /** what happened before; nothing of it starts a journey */
  past?: { event: string; agoMs: number; props?: Record<string, unknown> }[]
}

/** `journey` as if it were published, with the version it would get, in the world that is published now. Rules know all
 *  that a state remembers: nothing is being filled in. `beside`: the other journeys live on too. */
export function trialWorld(
  world: World,
  journey: { id: Uuid; version: number; graph: JourneyGraph },
  beside: boolean,
): World {
  const { memories: _kept, segments, ...rest } = world
  const live: PublishedJourney = { ...journey, name: journey.graph.name, status: 'live' }
  return {
    ...rest,
    ...(segments ? { segments: segments.map(s => ({ ...s, since: 0, filled: true })) } : {}),
    journeys: [live, ...(beside ? world.journeys.filter(j => j.id !== journey.id) : [])],
  }
}

const paused = (world: World): World => ({
  ...world,
  journeys: world.journeys.map(j => ({ ...j, status: 'paused' as const })),
})

const DAY_MS = 86_400_000

/** The person's past folded by the production reducer up to `at` (workspace ms), with every journey paused meanwhile. */
export function madeUp(person: MadeUp, world: World, at: number): { state: CustomerState; facts: Facts } {
  const calm = paused(world)
  const self = {
    workspace: world.workspace,
    id: deriveId((person.seed ?? 0) & 255, 'made up', person.seed ?? 0),
  }
  const past = (person.past ?? []).toSorted((a, b) => b.agoMs - a.agoMs)
  const facts: Facts = {}
  let state: CustomerState | null = null
  let n = 0
  const tell = (when: number, body: Partial<EventBody> & Pick<EventBody, 'name'>): void => {
    const input = {
      kind: 'event' as const,
      now: when,
      received: when,
      body: {
        type: 'system' as const,
        messageId: `made-up-${n++}`,
        agoMs: 0,
        ids: [],
        proof: 'server' as const,
        src: 'simulation',
        ...body,
      },
    }
    let result = reduce(state, input, facts, calm, self)
    while ('need' in result) {
      lackingFacts(facts, result.need)
      result = reduce(state, input, facts, calm, self)
    }
    for (const e of result.effects) if (e.kind === 'order') noteRow(facts, e.row)
    state = result.state
  }
  const ids: IdRef[] = []
  if (person.email) ids.push({ kind: 'email', value: person.email })
  if (person.phone) ids.push({ kind: 'phone', value: person.phone })
  if (person.memberNo) ids.push({ kind: 'member_no', value: person.memberNo })
  if (person.line) ids.push({ kind: 'line_uid', value: `U${self.id.replaceAll('-', '')}` })
  const first = at - Math.max(past[0]?.agoMs ?? 0, DAY_MS) - 1
  tell(first, { type: 'identify', name: 'Identified', ids, traits: person.traits ?? {} })
  if (person.line) tell(first, { name: 'contact.followed', props: { channel: 'line' } })
  for (const [channel, on] of Object.entries(person.consent ?? {}))
    tell(first, { name: on ? 'consent.granted' : 'consent.refused', props: { channel } })
  for (const tag of person.tags ?? []) tell(first, { name: 'tag.applied', props: { tag } })
  for (const { event, agoMs, props = {} } of past) tell(at - agoMs, { type: 'track', name: event, props })
  return { state: state!, facts }
}

/** Somebody real, as a draft would meet them: what they are in now goes on without the simulation; whether they were in
 *  this journey before is left out, so that they may enter. */
export function asNewcomer(state: CustomerState, journey: Uuid): CustomerState {
  const { used, ...rest } = state
  const elsewhere = <T>(of: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(of).filter(([key]) => !key.startsWith(`${journey}|`)))
  return {
    ...structuredClone(rest),
    enr: [],
    dates: {},
    past: elsewhere(state.past),
    ...(used ? { used: elsewhere(used) } : {}),
    ...(state.mem
      ? { mem: Object.fromEntries(Object.entries(state.mem).map(([key, [, memory]]) => [key, [0, memory]])) }
      : {}),
  }
}
