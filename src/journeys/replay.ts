// A journey over the past: one person after the other is walked through what was recorded of them, by the production fold
// of journeys, and what would have come of it is counted. Nothing is sent or written. What was recorded stands: it is not
// derived again; profile, consent and segments are those of today, opens and clicks are not known. Pure.
import { openFold, happen, type Fact, type Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import { worthOf } from '../customers/order-worth.ts'
import { rememberEvent, rememberOrder } from '../customers/remember.ts'
import type { World } from '../customers/world.ts'
import type { FoldEffect } from '../inbox/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import { outcomeOf, type Intent, type MessageState } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import { dayOf } from '../platform/zone-days.ts'
import { decideWants } from './caps.ts'
import { foldOutcome, foldTimers, settle } from './fold.ts'
import { goesOut, judge } from './judge.ts'
import type { NodeId } from './model.ts'
import { planOf } from './plan.ts'
import { nextDue, setDates } from './schedule.ts'

/** Something recorded of a person; times in ms. */
export type Recorded = { name: string; at: number; received: number; props: Record<string, unknown> }

/** A row of the never-send list for one of their addresses. */
export type Never = { channel: string; reason: string; at: number }
/** `facts` by when they were received, `orders` oldest first. The state may be changed. */
export type Past = { state: CustomerState; facts: Recorded[]; orders: OrderRow[]; never?: Never[] }

export type ReplayOf = {
  /** with the journey, and no other; segments stand as they are (`stillWorld`) */
  world: World
  journey: Uuid
  /** what is replayed; facts before it are only remembered */
  from: number
  to: number
  /** cost of one message, in the smallest unit, of channels that have an account */
  costs: Record<string, number>
}

export type Counted = {
  entered: number
  people: number
  /** of the entries: kept unsent to measure what the journey earns */
  control: number
  /** in it at the end */
  open: number
  goals: number
  refused: Record<string, number>
  exits: Record<string, number>
  nodes: Record<NodeId, number>
  /** node|port */
  ways: Record<string, number>
  sends: Record<string, { accepted: number; skipped: Record<string, number> }>
  /** by day of the workspace's zone (days since 1970): entries, and accepted messages by channel */
  days: Record<number, { entered: number; sends: Record<string, number> }>
  cost: number
  /** people whose walk did not end: a fault of the journey */
  faults: number
  /** some of the people behind a figure: `entered`, `refused.filter`, `node.<id>`, `skipped.consent` … */
  samples: Record<string, Uuid[]>
}

const MOST_SAMPLES = 20
/** Timers and messages of one person; who needs more goes round for ever. */
const MOST_STEPS = 20_000

export const nothingCounted = (): Counted => ({
  entered: 0,
  people: 0,
  control: 0,
  open: 0,
  goals: 0,
  refused: {},
  exits: {},
  nodes: {},
  ways: {},
  sends: {},
  days: {},
  cost: 0,
  faults: 0,
  samples: {},
})

/** What happens before journeys are asked. */
type Before = (fold: Fold) => void
type Waiting = { intent: Intent; due: number }

export type Replay = {
  /** Walks one person; true when they entered. */
  walk(past: Past): boolean
  counted: Counted
}

/** One for a whole replay: `counted` grows with each person walked. */
export function openReplay(of: ReplayOf): Replay {
  const counted = nothingCounted()
  return {
    counted,
    walk(past) {
      const walk = new Walk(of, counted, past)
      walk.through(past)
      return walk.entered
    },
  }
}

/** As the ledger asks it (src/messages/suppression.ts): on the list by then, and not lifted by a later consent or follow. */
function forbids(never: Never[], state: CustomerState, channel: string, now: number): boolean {
  return never.some(n => {
    if (n.channel !== channel || n.at > now) return false
    if (n.reason === 'opt_out') {
      const consent = state.consent[`${channel}/marketing`]
      return !(consent?.on === true && consent.at > n.at)
    }
    if (n.reason !== 'blocked' || channel !== 'line') return true
    const line = state.line
    return !(line?.following === true && line.at > n.at)
  })
}

class Walk {
  entered = false
  private readonly of: ReplayOf
  private readonly counted: Counted
  private readonly state: CustomerState
  private waiting: Waiting[] = []
  private steps = 0

  private readonly never: Never[]

  constructor(of: ReplayOf, counted: Counted, { state, never = [] }: Past) {
    this.of = of
    this.counted = counted
    this.never = never
    this.state = asOf(state, of)
  }

  through({ facts, orders }: Past): void {
    const { from, to } = this.of
    try {
      this.recall(facts, orders)
      const changes = orderChanges(orders, from, to)
      let next = 0
      for (const fact of facts) {
        if (fact.received < from || fact.received >= to) continue
        for (; next < changes.length && changes[next]!.at <= fact.received; next++)
          this.ordered(changes[next]!)
        this.pass(fact.received)
        this.step(fact.received, fold => this.happened(fold, fact, orders))
      }
      for (; next < changes.length; next++) this.ordered(changes[next]!)
      this.pass(to)
    } catch (error) {
      if (!(error instanceof EndlessWalk)) throw error
      this.counted.faults++
      this.sample('faults')
    }
    this.counted.open += this.state.enr.length
    if (this.state.enr.length > 0) this.sample('open')
  }

  /** What was before is remembered, as rules ask for it. */
  private recall(facts: Recorded[], orders: OrderRow[]): void {
    const { world, from } = this.of
    const plan = planOf(world)
    const fold = openFold(this.state, world, plan, from)
    if (plan.memories.byEvent.size > 0)
      for (const { name, at, received, props } of facts)
        if (received < from) rememberEvent(fold, name, props, at, at)
    if (plan.memories.orders.length > 0)
      for (const rows of Map.groupBy(
        orders.filter(r => r.occurred < from),
        r => r.orderNo,
      ).values())
        rememberOrder(fold, null, worthOf(rows))
    if (plan.dates.length > 0) setDates(fold)
  }

  private ordered({ at, before, after }: OrderChange): void {
    this.pass(at)
    this.step(at, fold => {
      rememberOrder(fold, before, after)
      fold.changed = this.state.enr.length > 0
    })
  }

  private happened(fold: Fold, { name, at, received, props }: Recorded, orders: OrderRow[]): void {
    const fact: Omit<Fact, 'keys'> = { name, at, lateMs: received - at, props, trusted: true }
    if (name.startsWith('order.') && typeof props.order === 'string') {
      const rows = orders.filter(r => r.orderNo === props.order && r.occurred <= at)
      fact.order = {
        before: worthOf(rows.filter(r => r.occurred < at)),
        after: worthOf(rows),
      }
    }
    happen(fold, fact, at, true)
  }

  /** As the reducer does around each input. */
  private step(now: number, before: Before | null, inclusive = false): void {
    if (++this.steps > MOST_STEPS) throw new EndlessWalk()
    const { world } = this.of
    const plan = planOf(world)
    const fold = openFold(this.state, world, plan, now)
    foldTimers(fold, now, inclusive)
    this.state.now = Math.max(this.state.now, now)
    before?.(fold)
    if (plan.restless && this.state.enr.length > 0) fold.changed = true
    settle(fold)
    decideWants(fold)
    for (const effect of fold.effects) this.note(effect)
  }

  /** Timers ring and messages end, each at its moment. */
  private pass(until: number): void {
    const { world } = this.of
    for (;;) {
      const alarm = nextDue(this.state, planOf(world), world)?.at ?? Number.POSITIVE_INFINITY
      let first: Waiting | null = null
      for (const w of this.waiting) if (first === null || w.due < first.due) first = w
      const at = Math.max(this.state.now, Math.min(alarm, first?.due ?? Number.POSITIVE_INFINITY))
      if (at > until || at === Number.POSITIVE_INFINITY) return
      if (first !== null && first.due <= alarm) this.deliver(first, at)
      else this.step(at, null, true)
    }
  }

  private deliver(waiting: Waiting, at: number): void {
    const { costs } = this.of
    const { intent } = waiting
    const judged = judge(intent, this.state, at, Object.hasOwn(costs, intent.channel))
    if (judged.do === 'wait') {
      waiting.due = at + Math.max(1, judged.ms)
      return
    }
    this.waiting = this.waiting.filter(w => w !== waiting)
    if (judged.do === 'accept' && forbids(this.never, this.state, intent.channel, at))
      this.ends(intent, at, 'skipped', 'suppressed')
    else if (judged.do === 'accept') this.ends(intent, at, 'accepted', null)
    else this.ends(intent, at, 'skipped', judged.reason)
  }

  private ends(intent: Intent, at: number, state: MessageState, reason: string | null): void {
    const { channel, enrollment, node, journey, purpose } = intent
    if (goesOut(channel)) this.count(channel, at, state, reason)
    this.step(at, fold =>
      foldOutcome(fold, {
        message: intent.id,
        enrollment,
        node,
        journey,
        channel,
        state,
        outcome: outcomeOf(state),
        reason,
        at,
        ...(state === 'accepted' ? { purpose } : {}),
      }),
    )
  }

  private count(channel: string, at: number, state: MessageState, reason: string | null): void {
    const { counted, of } = this
    const sends = (counted.sends[channel] ??= { accepted: 0, skipped: {} })
    if (state === 'accepted') {
      sends.accepted++
      const day = this.dayAt(at)
      day.sends[channel] = (day.sends[channel] ?? 0) + 1
      counted.cost += of.costs[channel] ?? 0
      this.sample(`sent.${channel}`)
    } else {
      add(sends.skipped, reason ?? 'unknown')
      this.sample(`skipped.${reason ?? 'unknown'}`)
    }
  }

  private dayAt(at: number): Counted['days'][number] {
    return (this.counted.days[dayOf(at, this.of.world.timezone)] ??= { entered: 0, sends: {} })
  }

  private note(effect: FoldEffect): void {
    if (effect.kind === 'intent') {
      const { intent } = effect
      this.waiting.push({ intent, due: Math.max(intent.at, intent.notBefore) })
    } else if (effect.kind === 'cancel') this.cancel(effect.message, effect.reason)
    else if (effect.kind === 'derived' && effect.fact.journey === this.of.journey) this.told(effect.fact)
  }

  private cancel(message: Uuid, reason: string): void {
    const found = this.waiting.find(w => w.intent.id === message)
    if (found === undefined) return
    this.waiting = this.waiting.filter(w => w !== found)
    this.ends(found.intent, this.state.now, 'skipped', reason)
  }

  private told({
    name,
    at,
    props,
    node,
  }: {
    name: string
    at: number
    props: Record<string, unknown>
    node?: NodeId
  }) {
    const { counted } = this
    switch (name) {
      case 'journey.entered':
        counted.entered++
        if (!this.entered) counted.people++
        this.entered = true
        this.dayAt(at).entered++
        if (props.control === true) counted.control++
        this.sample('entered')
        break
      case 'journey.not_entered':
        add(counted.refused, String(props.reason))
        this.sample(`refused.${String(props.reason)}`)
        break
      case 'journey.goal_reached':
        counted.goals++
        this.sample('goals')
        break
      case 'journey.exited':
        add(counted.exits, String(props.how))
        this.sample(`exit.${String(props.how)}`)
        break
      case 'node.entered':
        add(counted.nodes, node!)
        this.sample(`node.${node!}`)
        break
      case 'node.left':
        add(counted.ways, `${node!}|${String(props.port)}`)
    }
  }

  private sample(key: string): void {
    const some = (this.counted.samples[key] ??= [])
    if (some.length < MOST_SAMPLES && some.at(-1) !== this.state.id) some.push(this.state.id)
  }
}

class EndlessWalk extends Error {}

const add = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1
}

/** A state as it may have been at the beginning: nothing runs, and what ended later has not been. */
function asOf(state: CustomerState, { from }: ReplayOf): CustomerState {
  const { mem: _mem, used: _used, ...rest } = state
  return {
    ...rest,
    now: Math.min(state.now, from),
    enr: [],
    dates: {},
    past: Object.fromEntries(Object.entries(state.past).filter(([, p]) => p.out < from)),
  }
}

type OrderChange = {
  at: number
  before: ReturnType<typeof worthOf>
  after: ReturnType<typeof worthOf>
}

/** What orders became worth within the time, one entry after the other. */
function orderChanges(orders: OrderRow[], from: number, to: number): OrderChange[] {
  const known = new Map<string, OrderRow[]>()
  const changes: OrderChange[] = []
  for (const row of orders) {
    const rows = known.get(row.orderNo) ?? []
    const before = rows.length === 0 ? null : worthOf(rows)
    known.set(row.orderNo, [...rows, row])
    if (row.occurred >= from && row.occurred < to)
      changes.push({ at: row.occurred, before, after: worthOf([...rows, row]) })
  }
  return changes
}
