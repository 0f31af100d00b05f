// The segments' part of the reducer. A fold marks what happened; only segments that it may touch are judged, those that
// others rest on first. A change is a fact (segment.left, segment.entered) with its cause and the leaves that decided, and
// may trigger like any fact. State: `seg`, who is in what; `segDue`, the earliest moment at which time alone may change
// any of it (it may be early: then it is only worked out anew); `dwell`, since when rules hold that must hold for a while.
import { derive, openFold, type Fold } from '../customers/fold.ts'
import { addTag, removeTag, type Source } from '../customers/profile.ts'
import type { World } from '../customers/world.ts'
import { planOf } from '../journeys/plan.ts'
import { filledTo } from '../customers/remember.ts'
import { publicId } from '../platform/ids.ts'
import { evaluate, holds, type Subject } from '../rules/evaluate.ts'
import type { Rule, Verdict } from '../rules/model.ts'
import { ONLY, ONLY_GROUP, type PublishedSegment } from './model.ts'
import { markAll, touched } from './marks.ts'
import { segmentMark, type Item } from './plan.ts'
import { withoutPersonal } from './reasons.ts'

/** The moment of `segDue`. */
export function segmentsDue(fold: Fold): void {
  delete fold.state.segDue
  for (const place of fold.segments.timed) fold.dirty.add(place)
}

/** Judges what was marked. */
export function foldSegments(fold: Fold): void {
  const { items } = fold.segments
  const subject = subjectOf(fold)
  // what rests on a segment comes after it, so that marks of this pass are met in this pass
  for (let i = 0; i < items.length && fold.dirty.size > 0; i++)
    if (fold.dirty.delete(i)) judge(fold, items[i]!, subject)
  fold.dirty.clear()
}

/** Whether judging everything now would change anything: a membership, or when it must be looked at again. `state` is
 *  changed by asking. */
export function wouldMove(state: Fold['state'], world: World, now: number): boolean {
  const held = JSON.stringify([state.seg, state.dwell, state.segDue])
  const fold = openFold(state, world, planOf(world), Math.max(now, state.now))
  markAll(fold)
  forgetSegments(fold)
  foldSegments(fold)
  return JSON.stringify([state.seg, state.dwell, state.segDue]) !== held
}

export type Explained = {
  segment: PublishedSegment
  group: string
  since: number
  rule: Rule | null
  why: Verdict['why']
  computing: boolean
}

/** What the customer is in, and why now. `state` is changed by asking. */
export function explain(state: Fold['state'], world: World, now: number): Explained[] {
  const fold = openFold(state, world, planOf(world), Math.max(now, state.now))
  const subject = subjectOf(fold)
  return (state.seg ?? []).flatMap(([n, g, since]) => {
    const segment = fold.segments.byN.get(n)
    if (segment === undefined) return []
    const found = segment.kind === 'static' ? NOWHERE : groupOf(fold, segment, subject)
    const computing = isComputing(fold, segment)
    return [
      {
        segment,
        group: keyOf(segment, g),
        since,
        rule: found.rule,
        why: reasonsOf(found.rule, subject),
        computing,
      },
    ]
  })
}

/** Whether the customer is in the segment (in that group of it), by its public id: for rules. `asOf`: and was by then. */
export function isMember(
  { state, segments }: Pick<Fold, 'state' | 'segments'>,
  id: string,
  group?: string,
  asOf = Number.POSITIVE_INFINITY,
): boolean {
  const segment = segments.byId.get(id)
  if (segment === undefined || state.seg === undefined) return false
  const held = state.seg.find(m => m[0] === segment.n)
  return held !== undefined && held[2] <= asOf && (group === undefined || keyOf(segment, held[1]) === group)
}

/** The past that this version needs is not all known yet. */
const isComputing = (fold: Fold, segment: PublishedSegment): boolean =>
  !segment.filled && filledTo(fold.state) < segment.since

const subjectOf = (fold: Fold): Subject => ({
  state: fold.state,
  now: fold.t,
  timezone: fold.world.timezone,
  since: null,
  fresh: NONE,
  member: (id, group) => isMember(fold, id, group),
})
const NONE: ReadonlySet<string> = new Set()

function due({ state, t }: Fold, until: number | null): void {
  // an answer that may change at a moment that has come would ring for ever
  if (until !== null && (state.segDue === undefined || until < state.segDue))
    state.segDue = Math.max(until, t + 1)
}

/** The group, and the rule that decided: its own, or for the rest the last that did not hold. */
type Found = { g: number; rule: Rule | null }
const NOWHERE: Found = { g: 0, rule: null }

/** The first group whose rule holds. Of those passed by it is told when time may let them hold. */
function groupOf(fold: Fold, segment: PublishedSegment, subject: Subject): Found {
  let last: Rule | null = null
  for (const { g, rule } of segment.groups) {
    if (rule === null) return { g, rule: last }
    const { value, until } = holds(rule, subject)
    due(fold, until)
    if (value) return { g, rule }
    last = rule
  }
  return { g: 0, rule: last }
}

const reasonsOf = (rule: Rule | null, subject: Subject): Verdict['why'] =>
  rule === null ? [] : evaluate(rule, subject).why

function judge(fold: Fold, item: Item, subject: Subject): void {
  const { segment } = item
  if (isComputing(fold, segment)) return
  const found = groupOf(fold, segment, subject)
  const { state } = fold
  const at = state.seg === undefined ? -1 : state.seg.findIndex(m => m[0] === segment.n)
  const held = at < 0 ? 0 : state.seg![at]![1]
  const waits = segment.dwellMs !== undefined && held === 0 && !dwelt(fold, segment, found.g > 0)
  const g = waits ? 0 : found.g
  if (g === held) return
  const why = withoutPersonal(found.rule, reasonsOf(found.rule, subject))
  const moved = held > 0 && g > 0
  if (held > 0) state.seg!.splice(at, 1)
  if (g > 0) (state.seg ??= []).push([segment.n, g, fold.t])
  const tell = (name: string, group: number, other: number): void => {
    const props: Record<string, unknown> = {
      segment: item.id,
      group: keyOf(segment, group),
      version: segment.version,
      cause: fold.cause,
      why,
    }
    if (moved) props.moved = keyOf(segment, other)
    derive(fold, name, props, { version: segment.version })
  }
  if (held > 0) tell('segment.left', held, g)
  if (g > 0) tell('segment.entered', g, held)
  if (segment.tag !== undefined) retag(fold, item.id, segment.tag, g > 0)
  touched(fold, segmentMark(item.id))
  fold.changed = true
}

/** Whether the rule has held for long enough; from now on time counts, or begins anew. */
function dwelt(fold: Fold, { n, dwellMs }: PublishedSegment, holds: boolean): boolean {
  const { state } = fold
  const at = state.dwell === undefined ? -1 : state.dwell.findIndex(d => d[0] === n)
  const since = at < 0 ? fold.t : state.dwell![at]![1]
  if (holds && fold.t < since + dwellMs!) {
    if (at < 0) (state.dwell ??= []).push([n, since])
    due(fold, since + dwellMs!)
    return false
  }
  if (at >= 0) {
    state.dwell!.splice(at, 1)
    if (state.dwell!.length === 0) delete state.dwell
  }
  return true
}

function retag(fold: Fold, id: string, tag: string, on: boolean): void {
  const source: Source = { at: fold.t, src: id, proof: 'server' }
  if (on) addTag(fold, tag, source)
  // a tag that somebody else put on is theirs
  else if (Object.hasOwn(fold.state.tags, tag) && fold.state.tags[tag]!.src === id)
    removeTag(fold, tag, source)
}

function keyOf(segment: PublishedSegment, g: number): string {
  if (segment.kind !== 'partition') return ONLY_GROUP
  return segment.groups.find(group => group.g === g)?.key ?? segment.former?.[g] ?? String(g)
}

/** What a survivor takes over of who was merged in, before all is judged for the person: lists; and memberships of live
 *  segments, so that who was in and still belongs there does not enter again. */
export function mergeSegments(fold: Fold, other: Fold['state']): void {
  const { state, segments } = fold
  for (const theirs of other.seg ?? []) {
    const segment = segments.byN.get(theirs[0])
    const held = state.seg?.find(m => m[0] === theirs[0])
    if (segment === undefined) continue
    if (held === undefined) (state.seg ??= []).push(theirs)
    else if (segment.kind !== 'partition' && theirs[2] < held[2]) held[2] = theirs[2]
  }
  for (const [n, since] of other.dwell ?? []) {
    const ours = state.dwell?.find(d => d[0] === n)
    if (ours === undefined) (state.dwell ??= []).push([n, since])
    else ours[1] = Math.min(ours[1], since)
  }
  markAll(fold)
}

/** Segments that are published no more are forgotten. */
export function forgetSegments({ state, segments }: Fold): void {
  if (state.seg === undefined) return
  const kept = state.seg.filter(m => segments.byN.has(m[0]))
  if (kept.length === state.seg.length) return
  if (kept.length > 0) state.seg = kept
  else delete state.seg
}

/** Puts the customer on a static list, or takes them off. A list that is not published knows nobody. */
export function setListed(fold: Fold, n: number, on: boolean, by: { actor: string; src: string }): void {
  const { state } = fold
  const list = fold.segments.byN.get(n)
  const at = state.seg === undefined ? -1 : state.seg.findIndex(m => m[0] === n)
  if (list?.kind !== 'static' || at >= 0 === on) return
  if (on) (state.seg ??= []).push([n, ONLY, fold.t])
  else state.seg!.splice(at, 1)
  const id = publicId('seg', list.id)
  const props = {
    segment: id,
    group: ONLY_GROUP,
    version: list.version,
    cause: 'list',
    actor: by.actor,
    source: by.src,
  }
  derive(fold, on ? 'segment.entered' : 'segment.left', props, { version: list.version })
  touched(fold, segmentMark(id))
  fold.changed = true
}
