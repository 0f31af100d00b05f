// Factories for tests of the reducer: the smallest valid things, and a person whose inputs are folded one by one.
import type { CustomerState, IdRef, Proof } from '../src/customers/model.ts'
import { nextAlarm, reduce } from '../src/customers/reduce.ts'
import type { World } from '../src/customers/world.ts'
import type { CommandBody, Derived, EventBody, Facts, FoldEffect, Input } from '../src/inbox/model.ts'
import { lackingFacts, noteRow } from '../src/customers/order-facts.ts'
import type { JourneyGraph, NodeData, PublishedJourney } from '../src/journeys/model.ts'
import type { Intent, MessageState, Outcome } from '../src/messages/model.ts'
import type { Uuid } from '../src/platform/ids.ts'
import { happened } from '../src/rules/make.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
/** Monday, 2 March 2026, 10:00 in Taipei. */
export const START = Date.UTC(2026, 2, 2, 2)

export const uuid = (n: number, bucket = n % 256): Uuid =>
  `00000000-0000-7000-8000-${n.toString(16).padStart(10, '0')}${bucket.toString(16).padStart(2, '0')}`

export const WORKSPACE = uuid(0xabc)

export function journey(
  graph: Partial<JourneyGraph>,
  more: Partial<PublishedJourney> = {},
): PublishedJourney {
  return {
    id: uuid(0x1000),
    name: 'A journey',
    version: 1,
    status: 'live',
    graph: {
      format: 1,
      name: 'A journey',
      trigger: { kind: 'event', event: 'Start' },
      reentry: { kind: 'always' },
      exits: [],
      start: 'end',
      nodes: { end: node('exit', {}, {}) },
      ...graph,
    },
    ...more,
  }
}

export const node = (type: string, fields: Record<string, unknown>, next: NodeData['next']): NodeData => ({
  type,
  fields,
  next,
})

export const sendNode = (next: NodeData['next'], channel: 'line' | 'email' = 'line'): NodeData =>
  node(
    'send',
    {
      channel,
      purpose: 'marketing',
      content:
        channel === 'line'
          ? { channel, messages: [{ type: 'text', text: 'hi' }] }
          : { channel, subject: 'hi', html: '<p>hi</p>' },
    },
    next,
  )

/** An hour after something went into the cart a message, unless they buy; once a day at most. */
export const cartJourney = journey({
  trigger: { kind: 'event', event: 'Product Added' },
  reentry: { kind: 'after_exit', coolDownMs: DAY },
  exits: [{ name: 'bought', rule: happened('Order Completed') }],
  start: 'wait',
  nodes: { wait: node('delay', { ms: HOUR }, { next: 'line' }), line: sendNode({ accepted: null }) },
})

export const world = (...journeys: PublishedJourney[]): World => ({
  no: 1,
  workspace: WORKSPACE,
  timezone: 'Asia/Taipei',
  currency: 'TWD',
  quietHours: null,
  journeys,
})

let messages = 0
export const event = (name: string, more: Partial<EventBody> = {}): EventBody => ({
  type: 'track',
  name,
  messageId: `m${++messages}`,
  agoMs: 0,
  props: {},
  ids: [],
  proof: 'server' as Proof,
  src: 'test',
  ...more,
})

export const eventInput = (body: EventBody, now: number): Input => ({
  kind: 'event',
  now,
  received: now,
  body,
})

export const id = (kind: IdRef['kind'], value: string): IdRef => ({ kind, value })

/** A customer whose inputs are folded at given times; facts are kept as an owner keeps them. */
export class Person {
  state: CustomerState | null = null
  now = START
  world: World
  facts: Facts = {}
  /** every effect so far, in order */
  effects: FoldEffect[] = []
  readonly self: { workspace: Uuid; id: Uuid }
  constructor(w: World, n = 1) {
    this.world = w
    this.self = { workspace: WORKSPACE, id: uuid(n) }
  }

  fold(input: Input): FoldEffect[] {
    let result = reduce(this.state, input, this.facts, this.world, this.self)
    while ('need' in result) {
      lackingFacts(this.facts, result.need)
      result = reduce(this.state, input, this.facts, this.world, this.self)
    }
    this.state = result.state
    for (const e of result.effects) if (e.kind === 'order') noteRow(this.facts, e.row)
    this.effects.push(...result.effects)
    this.now = Math.max(this.now, input.now)
    return result.effects
  }

  event(name: string, more: Partial<EventBody> = {}): FoldEffect[] {
    return this.fold(eventInput(event(name, more), this.now))
  }

  command(command: CommandBody['command']): { status: number; body: unknown } {
    const body: CommandBody = {
      key: `k${++messages}`,
      bodyHash: uuid(9),
      validUntil: 0,
      actor: 'ann',
      command,
    }
    const answer = this.fold({ kind: 'command', now: this.now, received: this.now, body }).findLast(
      e => e.kind === 'answer',
    )
    if (answer?.kind !== 'answer') throw new Error('a command answers')
    return { status: answer.status, body: answer.body }
  }

  /** Time passes: every alarm due by then is folded at its due time. */
  wait(ms: number): FoldEffect[] {
    const until = this.now + ms
    const before = this.effects.length
    for (let due = this.alarm(); due !== null && due <= until; due = this.alarm())
      this.fold({ kind: 'alarm', now: Math.max(due, this.now), received: due, body: { due } })
    this.now = until
    return this.effects.slice(before)
  }

  alarm(): number | null {
    return this.state === null ? null : nextAlarm(this.state, this.world)
  }

  outcome(
    intent: Intent,
    outcome: Outcome,
    reason: string | null = null,
    state: MessageState = outcome,
  ): FoldEffect[] {
    const { id: message, enrollment, node: at, journey: of, channel } = intent
    const body = { message, enrollment, node: at, journey: of, channel, state, outcome, reason, at: this.now }
    return this.fold({ kind: 'outcome', now: this.now, received: this.now, body })
  }

  recheck(): FoldEffect[] {
    return this.fold({
      kind: 'recheck',
      now: this.now,
      received: this.now,
      body: { catalogueNo: this.world.no },
    })
  }
}

export const derivedOf = (effects: FoldEffect[]): Derived[] =>
  effects.flatMap(e => (e.kind === 'derived' ? [e.fact] : []))
export const namesOf = (effects: FoldEffect[]): string[] => derivedOf(effects).map(f => f.name)
export const intentsOf = (effects: FoldEffect[]): Intent[] =>
  effects.flatMap(e => (e.kind === 'intent' ? [e.intent] : []))
export const cancelled = (effects: FoldEffect[]): Uuid[] =>
  effects.flatMap(e => (e.kind === 'cancel' ? [e.message] : []))
/** Why journeys did not take them, in order. */
export const refusals = (p: Person): unknown[] =>
  derivedOf(p.effects)
    .filter(f => f.name === 'journey.not_entered')
    .map(f => f.props.reason)
/** Where runs are, as 'node' in order of entry. */
export const places = (p: Person): string[] => (p.state?.enr ?? []).map(r => r.node)
