// One customer's walk through one journey: from node to node until it waits or ends. Everything that leaves a mark does
// so through `derive` and effects of the fold.
import { derive, type Fold } from '../customers/fold.ts'
import { reachFor } from '../customers/reach.ts'
import { couponRefusal, poolOf } from '../membership/coupons.ts'
import type { Limit } from '../messages/model.ts'
import { bucketOf, deriveId } from '../platform/ids.ts'
import { allowedFrom, nextWallTime } from '../platform/wall-time.ts'
import { percentOf } from '../rules/percent.ts'
import { applyEffects } from './effects.ts'
import { checkEnds, endRun, judge, leaveNode, NONE, OUTSIDE, pastKey, sinceOf } from './ends.ts'
import { askFor, messageIdOf, refsOf } from './intents.ts'
import type { Enrollment, MessageEnd, PublishedJourney } from './model.ts'
import type { NodeContext, Resume, Step } from './nodes/type.ts'
import { isPaused } from './plan.ts'
import { controlWindow, heldOut, quietHoursOf, zoneOf } from './policy.ts'
import { nodeType } from './register.ts'
import { watchKpis } from './watch.ts'
import { wayOf } from './ways.ts'

/** Nodes walked without waiting; a published graph has no such cycle, so this many mean a fault. */
const MAX_STEPS = 64
/** All that a run keeps of what was answered to it; the oldest goes first. */
const MAX_KEPT_BYTES = 4096

/** The port of the reward node for each reason. */
const COUPON_PORTS = { has: 'has', unknown: 'ended', ended: 'ended', too_many: 'limit' } as const

/** What a node may ask while it is entered or resumed. `fresh`: leaf keys of the event being folded. */
export function contextOf(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  fresh: ReadonlySet<string>,
): NodeContext {
  const timezone = zoneOf(journey.graph, fold.state.traits, fold.world.timezone)
  const quietHours = quietHoursOf(journey.graph, fold.world.quietHours)
  return {
    now: fold.t,
    timezone,
    node: run.node,
    enrollment: run,
    journey,
    customer: fold.state,
    evaluate: rule => judge(fold, run, rule, fresh),
    allowedFrom(at) {
      const planned = allowedFrom(at, quietHours, timezone)
      // A timer folded late must not speak up in the quiet hours of the moment it is folded in.
      const real = allowedFrom(fold.now, quietHours, timezone)
      return real > fold.now ? Math.max(planned, real) : planned
    },
    nextWallTime: (time, weekdays) => nextWallTime(fold.t, timezone, time, weekdays),
    coupon(key) {
      const refused = couponRefusal(fold, key)
      return refused === null ? { pool: poolOf(fold.world, key) } : { refused: COUPON_PORTS[refused] }
    },
    share: salt => percentOf(fold.state.id, salt),
    messageId: part => messageIdOf(fold, run, part),
    reachable: (channel, purpose, content, topic) =>
      reachFor(fold.state, channel, purpose, content, fold.t, { toPhones: fold.world.toPhones, topic }),
    costOf: channel => fold.world.costs?.[channel] ?? 0,
    reachRate: channel => fold.world.reach?.[channel] ?? 0.5,
  }
}

/** Enters a node and decides there; null when the run ended or was walked past by a twin's message. */
export function visit(fold: Fold, run: Enrollment, journey: PublishedJourney, id: string): Step | null {
  const node = Object.hasOwn(journey.graph.nodes, id) ? journey.graph.nodes[id]! : null
  const type = node === null ? undefined : nodeType(node.type)
  run.node = id
  run.occ[id] = (run.occ[id] ?? 0) + 1
  run.nodeAt = fold.t
  run.wait = null
  if (run.read?.[id] !== undefined) delete run.read[id]
  derive(fold, 'node.entered', {}, { ...refsOf(run), node: id })
  if (node === null || type === undefined) {
    endRun(fold, run, 'error', { error: node === null ? 'no such node' : `no such node type: ${node.type}` })
    return null
  }
  if (checkEnds(fold, run, journey)) return null
  if (run.twin?.includes(id)) {
    run.twin = run.twin.filter(t => t !== id)
    if (run.twin.length === 0) delete run.twin
    return {
      kind: 'go',
      port: type.twinPort ?? 'accepted',
      effects: [],
      why: [{ path: '', leaf: 'twin', value: true, seen: 'sent before the merge' }],
    }
  }
  return type.enter(node.fields, contextOf(fold, run, journey, NONE))
}

/** Keeps what was answered to a node, as far as there is room for it. */
function keep(run: Enrollment, value: Record<string, unknown>): void {
  const vars = { ...run.vars }
  delete vars[run.node] // the newest is the last
  vars[run.node] = value
  for (const node of Object.keys(vars)) {
    if (JSON.stringify(vars).length <= MAX_KEPT_BYTES) break
    delete vars[node]
  }
  run.vars = vars
}

/** Carries out a step and walks on until the run waits or ends. What it causes elsewhere is one hop further. */
export function proceed(fold: Fold, run: Enrollment, journey: PublishedJourney, first: Step): void {
  const { hops } = fold
  fold.hops = (run.hops ?? 0) + 1
  walk(fold, run, journey, first)
  fold.hops = hops
}

function walk(fold: Fold, run: Enrollment, journey: PublishedJourney, first: Step): void {
  let step = first
  for (let i = 0; i < MAX_STEPS; i++) {
    if (step.kind === 'go' && step.keep !== undefined) keep(run, step.keep)
    applyEffects(fold, run, journey, step.effects)
    if (step.kind === 'wait') {
      run.wait = step.wait
      if (step.tried) derive(fold, 'node.tried', step.tried, { ...refsOf(run), node: run.node })
      return
    }
    if (step.kind === 'end') {
      run.wait = null
      leaveNode(fold, run, 'end', {})
      endRun(fold, run, step.how, step.exit === undefined ? {} : { exit: step.exit }, false)
      return
    }
    run.wait = null
    watchKpis(fold, run, journey, run.node, sinceOf(run).entry)
    leaveNode(fold, run, step.port, step.why && step.why.length > 0 ? { why: step.why } : {})
    const next = wayOf(journey.graph.nodes[run.node]!, step.port)
    if (run.back !== undefined && comesBack(fold, run, next)) return
    if (next === null) {
      endRun(fold, run, 'completed', {}, false)
      return
    }
    const decided = visit(fold, run, journey, next)
    if (decided === null) return
    step = decided
  }
  endRun(fold, run, 'error', { error: `walked ${MAX_STEPS} nodes without waiting` })
}

/** A run that catches up with new nodes waits on where it waited, once its way leaves them. */
function comesBack(fold: Fold, run: Enrollment, next: string | null): boolean {
  const { back } = run
  if (back === undefined) return false
  const old = fold.plan.versions.get(run.j)?.get(back.v)?.graph.nodes
  if (next !== null && old !== undefined && !Object.hasOwn(old, next)) return false
  delete run.back
  run.node = back.node
  run.nodeAt = back.nodeAt
  run.wait = back.wait
  derive(fold, 'node.entered', { back: true }, { ...refsOf(run), node: back.node })
  // what it waits for may have happened meanwhile
  fold.changed = true
  return true
}

/** Begins a run at the graph's start; where entries are capped, it asks for a place first. */
export function begin(fold: Fold, run: Enrollment, journey: PublishedJourney, trigger: string): void {
  fold.state.enr.push(run)
  if (placesOf(fold, run, journey).length > 0) askIn(fold, run, journey)
  else start(fold, run, journey, trigger)
}

/** The places that this run has to have before it begins. Who was in the journey before has theirs in its canary. */
function placesOf({ state }: Fold, run: Enrollment, { graph: { entry } }: PublishedJourney): Limit[] {
  if (entry?.cap === undefined && entry?.canaryPeople === undefined) return []
  const { cap, canaryPeople } = entry
  const limits: Limit[] = cap ? [{ key: `cap:${run.j}`, max: cap.max, per: cap.per, wait: false }] : []
  const isOf = (key: string) => key.startsWith(pastKey(run.j, ''))
  const wasIn =
    state.enr.some(r => r.j === run.j && r !== run && r.node !== OUTSIDE) ||
    Object.keys(state.past).some(isOf)
  if (canaryPeople !== undefined && !wasIn)
    limits.push({ key: `canary:${run.j}`, max: canaryPeople, per: 'ever', wait: false })
  return limits
}

/** Waits for a place among all who may enter. */
function askIn(fold: Fold, run: Enrollment, journey: PublishedJourney): void {
  const id = deriveId(bucketOf(fold.state.id), run.id, 'entry', fold.t)
  run.node = OUTSIDE
  run.wait = { kind: 'message', message: id }
  askFor(fold, run, journey, placesOf(fold, run, journey), id)
}

/** What came of the place that was asked for. */
function comeIn(fold: Fold, run: Enrollment, journey: PublishedJourney, why: Resume): void {
  if (why.kind !== 'message' || why.outcome !== 'accepted') {
    if (why.kind === 'message' && why.reason === 'merged') askIn(fold, run, journey)
    else endRun(fold, run, 'stopped', { reason: (why.kind === 'message' && why.reason) || 'cap' })
    return
  }
  run.wait = null
  run.at = fold.t
  start(fold, run, journey, run.ev?.name ?? '')
}

function start(fold: Fold, run: Enrollment, journey: PublishedJourney, trigger: string): void {
  const told: Record<string, unknown> = run.k === '' ? { trigger } : { trigger, key: run.k }
  const held = heldOut(journey, fold.state.id, trigger, fold.world.holdoutPercent)
  if (held !== undefined) told.holdout = held !== null
  const windowMs = held ?? controlWindow(journey, fold.state.id, trigger)
  if (windowMs !== null) {
    run.ctl = true
    run.node = OUTSIDE
    run.wait = { kind: 'time', until: run.at + windowMs }
    told.control = true
  }
  derive(fold, 'journey.entered', told, refsOf(run))
  watchKpis(fold, run, journey, OUTSIDE, sinceOf(run).entry)
  if (run.ctl) {
    checkEnds(fold, run, journey)
    return
  }
  const step = visit(fold, run, journey, journey.graph.start)
  if (step !== null) proceed(fold, run, journey, step)
}

/** Enters the node again under a new occurrence: its message was ended by a merge, so it is decided anew. */
function revisit(fold: Fold, run: Enrollment, journey: PublishedJourney): void {
  leaveNode(fold, run, 'again', { why: [{ path: '', leaf: 'outcome', value: false, seen: 'merged' }] })
  const step = visit(fold, run, journey, run.node)
  if (step !== null) proceed(fold, run, journey, step)
}

/** What was waited for came. `why` decides with the node; a paused run only keeps a message's outcome. */
export function resume(fold: Fold, run: Enrollment, journey: PublishedJourney, why: Resume): void {
  const { wait } = run
  if (isPaused(fold.plan, run.j)) {
    const { kind, ...got } = why
    if (kind === 'message' && wait?.kind === 'message') wait.got = got as MessageEnd
    return
  }
  if (run.ctl) {
    endRun(fold, run, 'completed')
    return
  }
  if (run.node === OUTSIDE) {
    comeIn(fold, run, journey, why)
    return
  }
  if (why.kind === 'message' && why.outcome === 'skipped' && why.reason === 'merged') {
    revisit(fold, run, journey)
    return
  }
  const node = journey.graph.nodes[run.node]
  const type = node === undefined ? undefined : nodeType(node.type)
  if (node === undefined || type?.resume === undefined) {
    endRun(fold, run, 'error', { error: 'waits at a node that cannot go on' })
    return
  }
  const step = type.resume(
    node.fields,
    contextOf(fold, run, journey, why.kind === 'event' ? fold.fresh : NONE),
    why,
  )
  if (step.kind === 'wait' && step.effects.length === 0) {
    run.wait = step.wait
    return
  }
  // its time is over: what is not at the socket yet stays here
  if (why.kind === 'timer' && wait?.kind === 'message')
    fold.effects.push({ kind: 'cancel', message: wait.message, reason: 'late' })
  proceed(fold, run, journey, step)
}
