// A town of customers in memory: what intake, owners and deliverer do around the reducer, one step at a time in any
// order, so that merges can be tried in every interleaving. It follows src/inbox and src/collect in what matters here:
// resolution of identifiers, deduplication by customer, forwarding, tombstones, outcomes.
import { resolvedEvent, type Resolved } from '../src/collect/resolve.ts'
import type { CustomerState, IdRef, Proof } from '../src/customers/model.ts'
import { nextAlarm, reduce } from '../src/customers/reduce.ts'
import { nobodyOf, strongestOf } from '../src/customers/shared.ts'
import { split, type Parted } from '../src/customers/split.ts'
import { restoresOf } from '../src/customers/split-restores.ts'
import type { World } from '../src/customers/world.ts'
import type {
  CommandBody,
  EventBody,
  Facts,
  FoldEffect,
  IncomingInput,
  Input,
  JournalEntry,
} from '../src/inbox/model.ts'
import type { OrderRow } from '../src/inbox/order-model.ts'
import type { Conflict } from '../src/inbox/identity-model.ts'
import { type Intent, outcomeOfIntent } from '../src/messages/model.ts'
import { BrokenRule } from '../src/platform/errors.ts'
import type { Uuid } from '../src/platform/ids.ts'
import { strengthOf } from '../src/rules/identifiers.ts'
import { happened } from '../src/rules/make.ts'
import { DAY, HOUR, journey, node, sendNode, START, uuid, WORKSPACE } from './reducer.ts'

/** What goes on in the town: a welcome once in a life, and a word to carts left alone. */
export const welcome = journey({
  trigger: { kind: 'event', event: 'Signed Up' },
  reentry: { kind: 'never' },
  start: 'hello',
  nodes: {
    hello: sendNode({ accepted: 'day', unknown: 'day' }),
    day: node('delay', { ms: DAY }, { next: 'again' }),
    again: sendNode({ accepted: null }),
  },
})
export const cart = journey(
  {
    trigger: { kind: 'event', event: 'Product Added' },
    exits: [{ name: 'bought', rule: happened('Order Completed') }],
    start: 'wait',
    nodes: { wait: node('delay', { ms: HOUR }, { next: 'line' }), line: sendNode({ accepted: null }) },
  },
  { id: uuid(0x1001) },
)

/** `passed`: passed on by another customer; it was taken there */
type Mail = { input: IncomingInput; at: number; passed?: boolean }
type Customer = { state: CustomerState | null; queue: Mail[]; facts: Facts; log: JournalEntry[] }
export type Sent = {
  intent: Intent
  state: 'intended' | 'skipped' | 'accepted'
  reason?: string
  holder: Uuid
}

const keyOf = (id: IdRef) => `${id.kind}/${id.value}`

export class Town {
  now = START
  customers = new Map<Uuid, Customer>()
  identifiers = new Map<string, Uuid>()
  /** identifiers that name nobody any more */
  shared = new Set<string>()
  conflicts = new Map<Uuid, Conflict & { status: string }>()
  messages = new Map<Uuid, Sent>()
  /** events that the intake took */
  sent = new Set<string>()
  /** events taken, over all customers: as `seen` of the workspace */
  private taken = new Set<string>()
  /** how often each event was folded, over all customers */
  folded = new Map<string, number>()
  /** order rows as each customer's owner wrote them */
  effects: { customer: Uuid; effect: FoldEffect }[] = []
  steps = 0
  answers: number[] = []
  private made: number
  private commands = 0
  readonly world: World
  /** @param made how many ids are taken already, by towns beside this one */
  constructor(world: World, made = 0) {
    this.world = world
    this.made = made
  }

  at(id: Uuid): Customer {
    let c = this.customers.get(id)
    if (!c) this.customers.set(id, (c = { state: null, queue: [], facts: {}, log: [] }))
    return c
  }

  /** The intake: claims and resolves identifiers, then appends for the smallest holder. */
  collect(
    name: string,
    ids: IdRef[],
    proof: Proof,
    messageId: string,
    props: Record<string, unknown> = {},
    more: Partial<EventBody> = {},
  ): void {
    this.sent.add(messageId)
    const event: EventBody = {
      type: 'track',
      name,
      messageId,
      at: this.now,
      props,
      ids,
      proof,
      src: 'test',
      ...more,
    }
    const resolved = this.resolve(ids)
    this.post(resolved.customer, { kind: 'event', messageId, body: resolvedEvent(event, resolved) })
  }

  private resolve(ids: IdRef[]): Resolved {
    const shared = ids.filter(i => this.shared.has(keyOf(i)))
    if (shared.length === ids.length)
      return { customer: this.identifiers.get(keyOf(strongestOf(shared)!))!, holders: [], shared }
    const strong = ids
      .filter(i => !this.shared.has(keyOf(i)))
      .sort((a, b) => strengthOf(b.kind) - strengthOf(a.kind))
    const best = strong.find(i => this.identifiers.has(keyOf(i)))
    const missing = strong.filter(i => !this.identifiers.has(keyOf(i)))
    if (missing.length > 0) {
      const fits = best !== undefined && strengthOf(missing[0]!.kind) <= strengthOf(best.kind)
      const holder = fits ? this.identifiers.get(keyOf(best))! : uuid(++this.made, (this.made * 37) % 256)
      for (const i of missing) this.identifiers.set(keyOf(i), holder)
    }
    const all = [...new Set(strong.map(i => this.identifiers.get(keyOf(i))!))]
    const customer = all.toSorted()[0]!
    return { customer, holders: all.filter(h => h !== customer), shared }
  }

  /** A person's command; the answer's status is kept in `answers`. */
  command(to: Uuid, command: CommandBody['command']): void {
    const key = `c${++this.commands}`
    const body: CommandBody = { key, bodyHash: WORKSPACE, validUntil: 0, actor: 'ann', command }
    this.post(to, { kind: 'command', messageId: null, body })
  }

  /** What src/customers/unmerge.ts does: the two go on with what each has, before whatever waits for them. */
  async unmerge(holder: Uuid, target: Uuid): Promise<Parted | null> {
    const underWay = (id: Uuid) => this.at(id).queue.some(m => m.input.kind === 'restore')
    if (underWay(holder) || underWay(target)) return null
    const parted = await split(
      async id => ({
        start: null,
        facts: {},
        entries: structuredClone(this.at(id).log).map(entry => ({ entry, world: this.world })),
      }),
      this.at(holder).state!,
      target,
    )
    if (!parted) return null
    const known = [...this.messages].filter(([, m]) => m.state === 'intended')
    const open = known.flatMap(([id, m]) => (m.holder === holder ? [id] : []))
    const there = new Map(
      [...this.messages].map(([id, m]) => [
        id,
        { outcome: m.state === 'intended' ? null : m.state, reason: m.reason ?? null },
      ]),
    )
    const op = uuid(0xffff + ++this.commands)
    for (const body of restoresOf(holder, target, parted, { there, open }, op, 'ann'))
      this.at(body.state.id).queue.unshift({
        input: { kind: 'restore', messageId: null, body: structuredClone(body) },
        at: this.now,
      })
    return parted
  }

  post(to: Uuid, input: IncomingInput, passed = false): void {
    this.at(to).queue.push({ input: structuredClone(input), at: this.now, passed })
  }

  /** Customers with something to fold. */
  busy(): Uuid[] {
    return [...this.customers].filter(([, c]) => c.queue.length > 0).map(([id]) => id)
  }

  /** Folds the next input of one customer, as its owner does. */
  foldNext(id: Uuid): void {
    if (++this.steps > 5000)
      throw new BrokenRule('the town comes to no rest: something is forwarded in a circle')
    const c = this.at(id)
    const mail = c.queue.shift()!
    this.now += 1
    if (mail.input.kind === 'event' && !mail.passed) {
      if (this.taken.has(mail.input.messageId!)) return
      this.taken.add(mail.input.messageId!)
    }
    this.fold(id, {
      kind: mail.input.kind,
      now: this.now,
      received: this.now,
      body: mail.input.body,
    } as Input)
  }

  /** Whoever is set aside by an unmerge has no alarm until that is folded. */
  ring(id: Uuid): void {
    const { state, queue } = this.at(id)
    if (queue.some(m => m.input.kind === 'restore')) return
    const due = state === null ? null : nextAlarm(state, this.world)
    if (due !== null && due <= this.now)
      this.fold(id, { kind: 'alarm', now: this.now, received: this.now, body: { due } })
  }

  private fold(id: Uuid, input: Input): void {
    const c = this.at(id)
    const before = JSON.stringify(input)
    const self = { workspace: WORKSPACE, id }
    let result = reduce(c.state, input, c.facts, this.world, self)
    while ('need' in result) {
      for (const key of result.need) c.facts[key] ??= []
      result = reduce(c.state, input, c.facts, this.world, self)
    }
    if (JSON.stringify(input) !== before) throw new BrokenRule('the reducer changed its input')
    const effects = result.effects.length > 0 ? { e: structuredClone(result.effects) } : {}
    const verdict = result.verdict === 'folded' ? {} : { x: result.verdict }
    c.log.push({
      c: id,
      k: input.kind,
      n: input.now,
      r: input.received,
      b: JSON.parse(before).body,
      ...verdict,
      ...effects,
    })
    // a state must survive being stored
    c.state = JSON.parse(JSON.stringify(result.state)) as CustomerState
    if (input.kind === 'event' && result.verdict === 'folded')
      this.folded.set(input.body.messageId, (this.folded.get(input.body.messageId) ?? 0) + 1)
    for (const effect of result.effects) this.carryOut(id, c, effect)
    if (result.verdict === 'forwarded') {
      const { forwardTo: to, forwardAs: as } = result
      this.post(to!, as!, true)
      // an intake that still knew the merged id may have claimed identifiers for it
      if (c.state.into === to && (as!.kind === 'event' || as!.kind === 'merge'))
        for (const i of as!.body.ids) this.repoint(i, id, to!, false)
    }
  }

  private carryOut(id: Uuid, c: Customer, effect: FoldEffect): void {
    this.effects.push({ customer: id, effect })
    switch (effect.kind) {
      case 'order':
        ;(c.facts['order:' + effect.row.orderNo] ??= []).push(effect.row)
        break
      case 'post':
        this.post(effect.to, effect.input)
        break
      case 'repoint':
      case 'unmerged':
        for (const i of effect.ids) this.repoint(i, effect.from, id, false)
        break
      case 'share':
        for (const i of effect.ids) this.repoint(i, id, nobodyOf(WORKSPACE, i), true)
        break
      case 'answer':
        this.answers.push(effect.status)
        break
      case 'conflict':
        if (!this.conflicts.has(effect.conflict.id))
          this.conflicts.set(effect.conflict.id, { ...effect.conflict, status: 'open' })
        break
      case 'settle': {
        const conflict = this.conflicts.get(effect.conflict)
        if (conflict) conflict.status = effect.how
        break
      }
      case 'intent':
        if (this.messages.has(effect.intent.id)) throw new BrokenRule('one intent twice')
        this.messages.set(effect.intent.id, { intent: effect.intent, state: 'intended', holder: id })
        break
      case 'cancel':
        this.skip(effect.message, effect.reason)
        break
      case 'merged': {
        for (const [message, sent] of this.messages) if (sent.holder === id) this.skip(message, 'merged')
        const orders: OrderRow[] = Object.values(c.facts).flat()
        this.post(effect.into, {
          kind: 'absorb',
          messageId: null,
          body: {
            loser: id,
            state: c.state,
            ids: effect.ids,
            orders,
            hops: effect.hops,
            ...(effect.actor === undefined ? {} : { actor: effect.actor }),
          },
        })
        break
      }
      default:
    }
  }

  private repoint(id: IdRef, from: Uuid, to: Uuid, shared: boolean): void {
    const key = keyOf(id)
    if (this.identifiers.get(key) !== from) return
    this.identifiers.set(key, to)
    if (shared) this.shared.add(key)
    else this.shared.delete(key)
  }

  private skip(message: Uuid, reason: string): void {
    const sent = this.messages.get(message)
    if (sent?.state !== 'intended') return
    sent.state = 'skipped'
    sent.reason = reason
    this.tell(sent, 'skipped', reason)
  }

  /** The deliverer sends one open message. */
  deliver(message: Uuid): void {
    const sent = this.messages.get(message)!
    if (sent.state !== 'intended') return
    sent.state = 'accepted'
    this.tell(sent, 'accepted', null)
  }

  private tell({ intent, holder }: Sent, outcome: 'accepted' | 'skipped', reason: string | null): void {
    this.post(holder, {
      kind: 'outcome',
      messageId: null,
      body: outcomeOfIntent(intent, { state: outcome, outcome, reason, at: this.now }),
    })
  }

  /** Folds and delivers until nothing is left, in the order the numbers choose. */
  rest(choose: (n: number) => number): void {
    for (;;) {
      const busy = this.busy()
      const open = [...this.messages].filter(([, s]) => s.state === 'intended').map(([id]) => id)
      if (busy.length + open.length === 0) return
      const pick = choose(busy.length + open.length)
      if (pick < busy.length) this.foldNext(busy[pick]!)
      else this.deliver(open[pick - busy.length]!)
    }
  }

  /** Who a customer is by now: the end of its chain. */
  survivor(id: Uuid): Uuid {
    let at = id
    for (let i = 0; i < 50; i++) {
      const into = this.at(at).state?.into
      if (into === undefined) return at
      at = into
    }
    throw new BrokenRule('a chain of merges without an end')
  }

  holderOf(id: IdRef): Uuid | null {
    const holder = this.identifiers.get(keyOf(id))
    return holder === undefined ? null : this.survivor(holder)
  }
}
