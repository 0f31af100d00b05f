// Two customers become one. `merge` is folded by the larger id, which agrees or refuses; `absorb` by the survivor.
// The policy: traits: verified, then newer (ties: the survivor's) · tags: both · consent: newer, at the same moment the
// refusal · orders: worth from all rows of both · runs: of the same journey and key the one further on stays, under
// its own id, the other ends as `merged` · a twin's message counts as sent · what was merged in triggers nothing;
// goals and exits hold for the whole person at once · an
// absorb that meets another member number is undone: what was forwarded in between goes back. A person's
// decision (`actor`) stands above the policy: then a person may have two member numbers.
import type { Facts, FoldVerdict } from '../inbox/model.ts'
import type { AbsorbBody, MergeBody, MergedId, RefusedBody } from '../inbox/identity-model.ts'
import type { Enrollment } from '../journeys/model.ts'
import { mergeSent } from '../journeys/caps.ts'
import { runningJourney } from '../journeys/plan.ts'
import { nodeType } from '../journeys/register.ts'
import { endRun } from '../journeys/ends.ts'
import { resume } from '../journeys/run.ts'
import { setDates } from '../journeys/schedule.ts'
import { mergeWatches } from '../journeys/watch.ts'
import { mergeActivity } from './activity.ts'
import { derive, type Fold } from './fold.ts'
import { isApart, keepApart, noteConflict, settleMerged } from './conflicts.ts'
import { letGo } from './decisions.ts'
import {
  addId,
  goneTo,
  holds,
  isKnown,
  MAX_HOPS,
  mayHold,
  memberNoOf,
  noteId,
  otherMember,
  otherName,
  reasonOf,
} from './identity.ts'
import type { Uuid } from '../platform/ids.ts'
import { setFriendship } from './line.ts'
import { mergeSegments } from '../segments/fold.ts'
import { mergeRights } from '../membership/fold.ts'
import { moveBooks } from '../membership/points.ts'
import { balanceOf } from '../membership/model.ts'
import { sharedAs } from '../rules/identifiers.ts'
import type { CustomerState, IdRef } from './model.ts'
import { backRow, isElsewhere, told } from './order-worth.ts'
import { addOrderRows, orderFact } from './orders.ts'
import { consentWins, setTagEnd, traitWins, mergePreference } from './profile.ts'
import { mergeRemembered, rememberOrder } from './remember.ts'
import { mergeStanding } from './standing.ts'
import { hasId, heldId, keepShared, nobodyOf, refOf, share, strongestOf } from './shared.ts'

/** A merge request at the larger id. */
export function foldMerge(fold: Fold, body: MergeBody, hasRow: boolean): FoldVerdict {
  const { state } = fold
  if (body.survivor === state.id || state.absorbed.includes(body.survivor)) return 'folded'
  if (body.survivor > state.id) {
    // A merge has turned the two around: this one is the smaller id now, so it asks.
    if (body.hops < MAX_HOPS)
      fold.effects.push({
        kind: 'post',
        to: body.survivor,
        input: {
          kind: 'merge',
          messageId: null,
          body: {
            ...body,
            survivor: state.id,
            memberNo: memberNoOf(state),
            known: isKnown(state),
            holds: body.ids.filter(id => holds(state, id)),
            ...(state.apart ? { apart: state.apart } : {}),
            hops: body.hops + 1,
          },
        },
      })
    return 'folded'
  }
  const reason = hasRow ? refusal(state, body) : null
  if (reason !== null) return refuse(fold, body, reason)
  state.into = body.survivor
  const ids: MergedId[] = state.ids.map(({ kind, value }) => ({ kind, value }))
  for (const id of body.ids) {
    if (holds(state, id) || goneTo(state, [id], fold.now) !== undefined) continue
    ids.push(body.alone && mayHold(id, body.proof) ? { ...id, verified: body.proof !== 'public' } : id)
  }
  moveBooks(fold, -balanceOf(state.pts), `merge/${body.survivor}`)
  fold.effects.push({ kind: 'merged', into: body.survivor, ids, hops: body.hops })
  return 'folded'
}

/** `member_no` is a conflict for a person to decide; a mere visitor id in common with a known person is not. */
function refusal(state: CustomerState, body: MergeBody): RefusedBody['reason'] | null {
  if (isApart(state, [body.survivor]) || isApart(body, [state.id, ...state.absorbed])) return 'apart'
  if (otherMember(state, body.memberNo)) return metBy(state, body).length > 0 ? 'member_no' : 'known'
  return body.proof === 'public' && body.known && isKnown(state) ? 'known' : null
}

/** What the two have in common, beyond a browser or a user id that only a client said. */
function metBy(state: CustomerState, body: MergeBody): IdRef[] {
  const strong = (id: IdRef) => sharedAs(id.kind) !== 'browser' && id.kind !== 'user_id'
  const ours = body.ids.filter(id => strong(id) && holds(state, id))
  // the event is ours by its strongest identifier: then it is the asker's other ones that met us
  const theirs = (body.holds ?? []).filter(strong)
  return ours.length > 0 && theirs.length > 0 && hasId(ours, strongestOf(body.ids)!) ? theirs : ours
}

function refuse(fold: Fold, body: MergeBody, reason: RefusedBody['reason']): FoldVerdict {
  const { state } = fold
  const answer: RefusedBody = { loser: state.id, reason }
  if (reason !== 'apart' && (otherMember(state, body.memberNo) || otherName(state, body.ids))) {
    const met = metBy(state, body)
    const oursToo = holds(state, strongestOf(body.ids)!)
    const shared = (oursToo ? (body.holds ?? []) : body.ids.filter(id => holds(state, id))).filter(
      id => sharedAs(id.kind) !== undefined,
    )
    if (reason === 'member_no') {
      const open = met.filter(id => !heldId(state, id)?.shared).map(refOf)
      noteConflict(fold, body.survivor, reasonOf(open), { ids: open, by: body.by })
      answer.met = open
      if (body.by) answer.by = body.by
    }
    share(fold, shared)
    keepShared(fold, shared, { verified: body.proof !== 'public', at: fold.t, src: 'shared' })
    if (shared.length > 0) answer.shared = shared.map(refOf)
  }
  derive(fold, 'merge.refused', { with: body.survivor, reason })
  fold.effects.push({
    kind: 'post',
    to: body.survivor,
    input: { kind: 'merge_refused', messageId: null, body: answer },
  })
  return 'refused'
}

/** The answer to a merge request, at the survivor; or, at the loser, the survivor's refusal of its `absorb`. */
export function foldRefused(fold: Fold, body: RefusedBody): void {
  const { state } = fold
  if (body.loser !== state.id) {
    if (body.reason === 'member_no')
      noteConflict(fold, body.loser, reasonOf(body.met ?? []), { ids: body.met ?? [], by: body.by })
    if (body.shared) {
      share(fold, body.shared)
      keepShared(fold, body.shared, { verified: true, at: fold.t, src: 'shared' })
    }
    derive(fold, 'merge.refused', { with: body.loser, reason: body.reason })
    return
  }
  const from = state.into
  if (from === undefined) return
  delete state.into
  moveBooks(fold, balanceOf(state.pts), `merge/${from}`)
  const other = body.from ?? from
  if (body.reason === 'apart') keepApart(state, other, null)
  else noteConflict(fold, other, 'member_no', { ids: [] })
  fold.effects.push({ kind: 'unmerged', from, ids: state.ids.map(({ kind, value }) => ({ kind, value })) })
  derive(fold, 'merge.refused', { with: other, reason: body.reason })
  waitNoMore(fold, state.enr.slice())
}

/** What came of these runs' open messages was told to another customer: nobody waits for it for ever. */
function waitNoMore(fold: Fold, runs: Enrollment[]): void {
  for (const run of runs) {
    const journey = runningJourney(fold.plan, run.j, run.v)
    if (journey !== null && run.wait?.kind === 'message')
      resume(fold, run, journey, { kind: 'message', outcome: 'unknown', reason: 'merge_refused' })
  }
}

/** Whom an `absorb` belongs to that came here through somebody who is not, or not any more, part of this customer: the
 *  loser became part of that one, and of this one only with it. */
export function absorbBack(state: CustomerState, body: AbsorbBody): { to: Uuid; body: AbsorbBody } | null {
  const into = body.state?.into
  if (into === undefined || into === state.id || state.absorbed.includes(into) || body.hops >= MAX_HOPS)
    return null
  return { to: into, body: { ...body, detour: true, hops: body.hops + 1 } }
}

/** Facts that folding an `absorb` needs. */
export const absorbNeeds = (body: AbsorbBody): string[] => [
  ...new Set(body.orders.map(o => orderFact(o.orderNo))),
]

/** Takes a merged customer in; folding it twice changes nothing more. */
export function foldAbsorb(fold: Fold, body: AbsorbBody, facts: Facts): FoldVerdict {
  const { state } = fold
  if (state.absorbed.includes(body.loser)) return 'folded'
  const reason = body.actor === undefined ? whyNotAbsorb(state, body) : null
  if (reason !== null) return refuseAbsorb(fold, body, reason)
  state.absorbed.push(body.loser)
  if (state.asked) delete state.asked[body.loser]
  fold.effects.push({ kind: 'repoint', from: body.loser, ids: body.ids })
  fold.effects.push({ kind: 'said_with', from: body.loser })
  takeOrders(fold, body, facts)
  if (body.state !== null) takeState(fold, body, body.state)
  takeIds(fold, body.ids)
  settleMerged(fold, body.actor ?? null)
  derive(fold, 'customer.merged', {
    loser: body.loser,
    ...(body.actor === undefined ? {} : { actor: body.actor }),
  })
  fold.changed = true
  setDates(fold)
  return 'folded'
}

function whyNotAbsorb(state: CustomerState, body: AbsorbBody): 'apart' | 'member_no' | null {
  if (isApart(state, [body.loser, ...(body.state?.absorbed ?? [])])) return 'apart'
  const brought = body.ids.find(id => id.kind === 'member_no' && id.verified !== undefined)?.value ?? null
  const theirs = (body.state === null ? null : memberNoOf(body.state)) ?? brought
  return otherMember(state, theirs) ? 'member_no' : null
}

function refuseAbsorb(fold: Fold, body: AbsorbBody, reason: 'apart' | 'member_no'): FoldVerdict {
  if (reason === 'member_no') noteConflict(fold, body.loser, reason, { ids: [] })
  derive(fold, 'merge.refused', { with: body.loser, reason })
  letGo(fold, body.loser, body.state?.ids.filter(id => !id.shared).map(refOf) ?? [])
  fold.effects.push({
    kind: 'post',
    to: body.loser,
    input: {
      kind: 'merge_refused',
      messageId: null,
      body: { loser: body.loser, reason, from: fold.state.id },
    },
  })
  return 'refused'
}

function takeOrders(fold: Fold, body: AbsorbBody, facts: Facts): void {
  for (const key of absorbNeeds(body)) {
    const rows = body.orders.filter(o => orderFact(o.orderNo) === key)
    if (isElsewhere(rows)) continue
    const known = facts[key] ?? []
    const back = backRow(known, fold.t)
    const more = back ? [...rows, back] : rows
    const { fresh, before, after } = addOrderRows(fold.state, fold.world.currency, known, more)
    if (fresh.length === 0) continue
    rememberOrder(fold, before, after)
    for (const row of fresh) fold.effects.push({ kind: 'order', row })
    fold.effects.push({ kind: 'worth', order: rows[0]!.orderNo, worth: told(after) })
  }
}

function takeState(fold: Fold, body: AbsorbBody, given: CustomerState): void {
  const { state } = fold
  const other = structuredClone(given) // the input is journalled after this: it must not change with the state
  rejoin(fold, other)
  mergeRemembered(fold, body.loser, other)
  mergeProfile(state, other)
  mergePreference(state, other)
  mergeActivity(fold, other)
  mergeStanding(state, other)
  mergeSent(state, other)
  mergeWatches(state, other)
  mergeRights(fold, other)
  mergeSegments(fold, other)
  mergeRuns(fold, other)
  if (body.detour)
    waitNoMore(
      fold,
      state.enr.filter(run => other.enr.includes(run)),
    )
}

/** The event that made the two meet named them first: they are new to both, and may start something. */
function takeIds(fold: Fold, ids: AbsorbBody['ids']): void {
  const { state } = fold
  for (const { kind, value, verified } of ids) {
    if (verified === undefined || holds(state, { kind, value })) continue
    if (goneTo(state, [{ kind, value }], fold.now) !== undefined) continue
    if (kind === 'member_no' && memberNoOf(state) !== null) continue
    addId(state, { kind, value, verified, at: fold.t, src: 'merge' })
    noteId(fold, { kind, value }, verified)
  }
}

/** What both had shared with each other leads to the person again. */
function rejoin(fold: Fold, other: CustomerState): void {
  const { state } = fold
  for (const id of other.ids) {
    const held = heldId(state, id)
    if (!id.shared || !held?.shared) continue
    delete held.shared
    const from = nobodyOf(state.workspace, id)
    fold.effects.push({ kind: 'repoint', from, ids: [refOf(id)], tell: true })
  }
}

function mergeProfile(state: CustomerState, other: CustomerState): void {
  state.first = Math.min(state.first, other.first)
  state.last = Math.max(state.last, other.last)
  for (const id of other.ids) {
    const held = state.ids.find(h => h.kind === id.kind && h.value === id.value)
    if (held === undefined) addId(state, id)
    else held.verified ||= id.verified
  }
  for (const [name, trait] of Object.entries(other.traits)) {
    const held = Object.hasOwn(state.traits, name) ? state.traits[name] : undefined
    if (held === undefined || !traitWins(held, trait)) state.traits[name] = trait
  }
  for (const [tag, mark] of Object.entries(other.tags))
    if (!Object.hasOwn(state.tags, tag) || state.tags[tag]!.at > mark.at) state.tags[tag] = mark
  setTagEnd(state)
  for (const [key, consent] of Object.entries(other.consent)) {
    const held = state.consent[key]
    if (held === undefined || consentWins(consent, held)) state.consent[key] = consent
  }
  if (other.line) setFriendship(state, '', other.line)
  for (const [provider, line] of Object.entries(other.lines ?? {})) setFriendship(state, provider, line)
  for (const id of other.absorbed) if (!state.absorbed.includes(id)) state.absorbed.push(id)
  for (const c of other.conflicts ?? [])
    if (!state.conflicts?.some(o => o.id === c.id)) (state.conflicts ??= []).push(c)
  for (const id of other.apart ?? []) if (!state.apart?.includes(id)) (state.apart ??= []).push(id)
}

const steps = (run: Enrollment): number => Object.values(run.occ).reduce((a, b) => a + b, 0)

/** The run further on: more nodes entered; then the one that began earlier; then the smaller id. */
function further(a: Enrollment, b: Enrollment): Enrollment {
  const by = steps(b) - steps(a) || a.at - b.at
  return by < 0 || (by === 0 && a.id < b.id) ? a : b
}

function mergeRuns(fold: Fold, other: CustomerState): void {
  const { state } = fold
  for (const run of other.enr) {
    const twin = state.enr.find(r => r.j === run.j && r.k === run.k)
    if (twin === undefined) {
      state.enr.push(run)
      continue
    }
    const stays = further(run, twin)
    const ends = stays === run ? twin : run
    if (stays === run) state.enr.push(run)
    else state.enr.push(ends) // so that it ends in the open, like any run
    inherit(fold, stays, ends)
    endRun(fold, ends, 'merged')
  }
  // A twin that ended after the other had begun has been through: the person does not go through again.
  for (const run of state.enr.slice()) {
    const theirs = other.past[`${run.j}|${run.k}`]
    const ours = state.past[`${run.j}|${run.k}`]
    const past = other.enr.includes(run) ? ours : theirs
    if (past !== undefined && past.how !== 'merged' && past.out >= run.at) endRun(fold, run, 'merged')
  }
  for (const [key, past] of Object.entries(other.past)) {
    const held = state.past[key]
    if (held === undefined) state.past[key] = past
    else state.past[key] = { ...(past.out > held.out ? past : held), n: Math.max(past.n, held.n) }
  }
}

/** What the run that stays takes over: goal reached, and the messages the other sent at nodes it has yet to enter. */
function inherit(fold: Fold, stays: Enrollment, ends: Enrollment): void {
  if (stays.goalAt === undefined && ends.goalAt !== undefined) stays.goalAt = ends.goalAt
  const journey = runningJourney(fold.plan, stays.j, stays.v)
  const sent = new Set(stays.twin ?? [])
  for (const node of ends.twin ?? []) if (stays.occ[node] === undefined) sent.add(node)
  for (const node of Object.keys(ends.occ)) {
    const type = nodeType(journey?.graph.nodes[node]?.type ?? '')
    // a reward for which it still waits for a place was not given
    const asks = type?.twinPort !== undefined && ends.wait !== null && ends.node === node
    if ((type?.family === 'message' || type?.twinPort) && !asks && stays.occ[node] === undefined)
      sent.add(node)
  }
  if (sent.size > 0) stays.twin = [...sent]
  // A message that the other still waits for stands for this run, unless this run has sent its own there.
  if (ends.wait?.kind === 'message' && ends.node !== '' && sent.has(ends.node)) ends.wait = null
}
