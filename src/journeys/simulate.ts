// One person's walk under a virtual clock, by the production reducer: in the browser, behind the API and in
// `itinera journey test`. A walk is worked out whole from where it starts and what is done, in order; so taking back the
// last thing done is leaving it out. Nothing is sent, nothing is kept. Pure.
import { lackingFacts, noteRow } from '../customers/order-facts.ts'
import { nextAlarm, reduce } from '../customers/reduce.ts'
import type { CustomerState } from '../customers/model.ts'
import { TooManyRounds } from '../customers/fold.ts'
import type { CommandBody, EventBody, Facts, FoldEffect, Input } from '../inbox/model.ts'
import {
  canMove,
  outcomeOf,
  outcomeOfIntent,
  isOfJourney,
  type JourneyIntent,
  type MessageState,
} from '../messages/model.ts'
import { renderContent, RenderFailed } from '../messages/render.ts'
import { templateScope } from '../messages/render-scope.ts'
import { never } from '../platform/errors.ts'
import { publicId } from '../platform/ids.ts'
import { judge } from './judge.ts'
import { isReference, type MessageContent } from '../channels/content.ts'
import type { NodeId } from './model.ts'
import type { SimAction, SimStart, Walk, WalkLine, WalkMessage } from './walk.ts'

/** Inputs of one walk; a journey that goes on for ever ends here. */
const MOST_INPUTS = 5_000
const MOST_LINES = 20_000

class WalkEnds extends Error {
  readonly code: 'too_long' | 'rounds' | 'refused'
  constructor(code: 'too_long' | 'rounds' | 'refused', text: string) {
    super(text)
    this.code = code
  }
}

type Open = { intent: JourneyIntent; shown: WalkMessage; due: number | null; ended: boolean }

/** Works the walk out whole, from its start through these actions; the same input gives the same walk. Faults of the journey
 *  end it and are in `fault`. @throws only for faults of ours */
export function simulate(start: SimStart, actions: readonly SimAction[]): Walk {
  const walk = new Walking(start)
  let fault: Walk['fault'] = null
  for (let action = -1; action < actions.length && fault === null; action++) {
    walk.action = action
    try {
      if (action < 0) walk.begin()
      else walk.act(actions[action]!)
    } catch (error) {
      if (error instanceof WalkEnds) fault = { code: error.code, text: error.message, action }
      else if (error instanceof TooManyRounds) fault = { code: 'rounds', text: error.message, action }
      else throw error
    }
  }
  return walk.result(fault)
}

class Walking {
  action = -1
  private readonly start: SimStart
  private readonly facts: Facts
  private state: CustomerState
  private now: number
  private inputs = 0
  private readonly lines: WalkLine[] = []
  private readonly messages: Open[] = []
  private readonly visits: Record<NodeId, number> = {}
  private readonly ways: Record<string, number> = {}

  constructor(start: SimStart) {
    this.start = start
    this.state = structuredClone(start.person)
    this.facts = structuredClone(start.facts ?? {})
    this.now = Math.max(start.at, this.state.now)
  }

  begin(): void {
    // dates begin to count, and what the world says is looked at
    this.fold({ ...this.stamp(), kind: 'recheck', body: { catalogueNo: this.start.world.no } })
    this.pass(this.now)
  }

  act(action: SimAction): void {
    switch (action.do) {
      case 'event':
        this.event(action)
        break
      case 'wait':
        this.pass(this.now + action.ms)
        break
      case 'until':
        this.pass(Math.max(this.now, action.at))
        break
      case 'next':
        this.pass(this.nextDue() ?? this.now)
        break
      case 'message':
        this.said(action)
        break
      case 'enroll':
        this.command({ do: 'enroll', journey: this.start.journey })
        break
      case 'set':
        this.command(action.command)
        break
      default:
        never(action)
    }
  }

  result(fault: Walk['fault']): Walk {
    const { journey } = this.start
    const own = this.state.enr.filter(r => r.j === journey)
    return {
      at: this.now,
      next: this.nextDue(),
      lines: this.lines,
      messages: this.messages.map(m => m.shown),
      intents: this.messages.map(m => m.intent),
      state: this.state,
      visits: this.visits,
      ways: this.ways,
      here: own.filter(r => r.node !== '').map(r => r.node),
      control: own.some(r => r.ctl === true),
      fault,
    }
  }

  private stamp(): { now: number; received: number } {
    return { now: this.now, received: this.now }
  }

  private line(line: Omit<WalkLine, 'at' | 'action'>, at = this.now): void {
    if (this.lines.length >= MOST_LINES) throw new WalkEnds('too_long', `more than ${MOST_LINES} lines`)
    this.lines.push({ at, ...line, action: this.action })
  }

  private event({
    name,
    props = {},
    traits,
    ids = [],
    agoMs = 0,
  }: Extract<SimAction, { do: 'event' }>): void {
    const body: EventBody = {
      type: 'track',
      name,
      messageId: `sim-${this.action}-${this.inputs}`,
      agoMs,
      props,
      ids,
      proof: 'server',
      src: 'simulation',
      ...(traits ? { traits } : {}),
    }
    this.line({ by: 'hand', name, props })
    this.fold({ ...this.stamp(), kind: 'event', body })
    this.pass(this.now)
  }

  private command(command: CommandBody['command']): void {
    const { do: name, ...props } = command
    this.line({ by: 'hand', name: `command.${name}`, props })
    const effects = this.fold({
      ...this.stamp(),
      kind: 'command',
      body: {
        key: `sim-${this.action}`,
        bodyHash: this.start.journey,
        validUntil: Number.MAX_SAFE_INTEGER,
        actor: 'simulation',
        command,
      },
    })
    const answer = effects.findLast(e => e.kind === 'answer')
    if (answer?.kind === 'answer' && answer.status >= 300)
      throw new WalkEnds('refused', String((answer.body as { title?: unknown }).title ?? answer.status))
    this.pass(this.now)
  }

  /** Time goes on to `until`: alarms ring and messages end, each at its moment. What is there comes before what rings. */
  private pass(until: number): void {
    for (;;) {
      const alarm = nextAlarm(this.state, this.start.world)
      const message = this.firstDue()
      const at = Math.max(
        this.now,
        Math.min(alarm ?? Number.POSITIVE_INFINITY, message?.due ?? Number.POSITIVE_INFINITY),
      )
      if (at > until) break
      this.now = at
      if (message !== null && message.due! <= at && (alarm === null || alarm >= message.due!))
        this.deliver(message)
      else this.fold({ ...this.stamp(), kind: 'alarm', body: { due: alarm! } })
    }
    this.now = Math.max(this.now, until)
  }

  private nextDue(): number | null {
    const times = [nextAlarm(this.state, this.start.world), this.firstDue()?.due ?? null].filter(
      t => t !== null,
    )
    return times.length === 0 ? null : Math.max(this.now, Math.min(...times))
  }

  private firstDue(): Open | null {
    let first: Open | null = null
    for (const m of this.messages)
      if (!m.ended && m.due !== null && (first === null || m.due < first.due!)) first = m
    return first
  }

  private fold(input: Input): FoldEffect[] {
    if (++this.inputs > MOST_INPUTS) throw new WalkEnds('too_long', `more than ${MOST_INPUTS} inputs`)
    const { world, person } = this.start
    const self = { workspace: world.workspace, id: person.id }
    let result = reduce(this.state, input, this.facts, world, self)
    while ('need' in result) {
      lackingFacts(this.facts, result.need)
      result = reduce(this.state, input, this.facts, world, self)
    }
    this.state = result.state
    for (const effect of result.effects) this.note(effect)
    return result.effects
  }

  private note(effect: FoldEffect): void {
    if (effect.kind === 'order') noteRow(this.facts, effect.row)
    else if (effect.kind === 'derived') {
      const { name, at, props, journey, enrollment, node, message } = effect.fact
      this.line({ by: 'fold', name, props, journey, enrollment, node, message }, at)
      if (journey !== this.start.journey || node === undefined) return
      if (name === 'node.entered') this.visits[node] = (this.visits[node] ?? 0) + 1
      if (name === 'node.left') {
        const way = `${node}|${String(props.port)}`
        this.ways[way] = (this.ways[way] ?? 0) + 1
      }
    } else if (effect.kind === 'intent') {
      if (isOfJourney(effect.intent)) this.intend(effect.intent)
    } else if (effect.kind === 'cancel') {
      const open = this.messages.find(m => m.intent.id === effect.message && !m.ended)
      if (open) this.becomes(open, 'skipped', effect.reason)
    }
  }

  private intend(intent: JourneyIntent): void {
    const { id, node, journey, channel, purpose, at, notBefore, notAfter } = intent
    this.messages.push({
      intent,
      ended: false,
      due: this.start.endings?.[node] === 'hold' ? null : Math.max(at, notBefore),
      shown: {
        id,
        node,
        journey,
        channel,
        purpose,
        at,
        notBefore,
        notAfter,
        state: 'intended',
        reason: null,
        content: null,
      },
    })
  }

  /** It ends as was chosen for its node, else as the deliverer would make it end now. */
  private deliver(open: Open): void {
    const { intent } = open
    const chosen = intent.ended === undefined ? this.start.endings?.[intent.node] : undefined
    if (chosen !== undefined && chosen !== 'hold') {
      this.becomes(open, chosen.outcome, chosen.reason ?? null)
      return
    }
    const has = this.start.channels?.includes(intent.channel) ?? true
    const judged = judge(intent, this.state, this.now, has)
    if (judged.do === 'wait') open.due = this.now + judged.ms
    else if (judged.do === 'skip') this.becomes(open, 'skipped', judged.reason)
    else this.becomes(open, 'accepted', null)
  }

  private said({ node, state, reason, detail }: Extract<SimAction, { do: 'message' }>): void {
    const open = this.messages.findLast(m => m.intent.node === node)
    if (open === undefined) throw new WalkEnds('refused', `no message of ${node} yet`)
    const from = open.shown.state
    const first = outcomeOf(from) === null && outcomeOf(state) !== null
    if (!first && !canMove(from, state))
      throw new WalkEnds('refused', `a message that is ${from} cannot become ${state}`)
    // who opens it has got it
    if (first && state !== 'accepted' && outcomeOf(state) === 'accepted') this.becomes(open, 'accepted', null)
    this.becomes(open, state, reason ?? null, detail)
    this.pass(this.now)
  }

  private becomes(
    open: Open,
    state: MessageState,
    reason: string | null,
    detail?: Record<string, string>,
  ): void {
    const { intent, shown } = open
    const before = outcomeOf(shown.state)
    const outcome = outcomeOf(state)
    if (outcome === 'accepted' && shown.content === null) {
      try {
        shown.content = this.render(intent)
      } catch (error) {
        if (!(error instanceof RenderFailed)) throw error
        state = 'skipped'
        reason = 'render_failed'
      }
    }
    shown.state = state
    shown.reason = reason
    if (outcomeOf(state) !== null) open.ended = true
    const told = before === null ? outcomeOf(state) : null
    this.line({
      by: 'message',
      name: `message.${state}`,
      props: { channel: intent.channel, ...(reason ? { reason } : {}), ...detail },
      journey: intent.journey,
      enrollment: intent.enrollment,
      node: intent.node,
      message: intent.id,
    })
    this.fold({
      ...this.stamp(),
      kind: 'outcome',
      body: outcomeOfIntent(intent, {
        state,
        outcome: told,
        reason,
        at: this.now,
        ...(told === 'accepted' ? { purpose: intent.purpose } : {}),
        ...(detail ? { detail } : {}),
      }),
    })
  }

  private render({ content, ...intent }: JourneyIntent): MessageContent | null {
    // a module stands in a draft by its id: what it says is known to the server alone
    if ((content.channel !== 'line' && content.channel !== 'email') || isReference(content)) return null
    const { workspace, world } = this.start
    const scope = templateScope(
      this.state,
      intent.event,
      { ...workspace, timezone: world.timezone },
      {
        track: url => url,
        tap: data => data,
        own: [],
        preferencesUrl: () => '#preferences',
        unsubscribeUrl: `#unsubscribe-${publicId('msg', intent.id)}`,
        openUrl: `#open-${publicId('msg', intent.id)}`,
      },
      intent.vars,
    )
    return renderContent(content, scope, intent.purpose, workspace.locale)
  }
}
