// Whose event it is, which identifiers a customer holds, and when two customers are asked to become one. The policy:
// - a public key never merges two known people, and brings in only user_id and anonymous_id;
// - two different member numbers never merge, and a shared browser is not a person: an event that names somebody else
//   is turned away to its holder, or to a customer of its own, and takes only its own identifiers along; what both
//   turned up with is shared from then on (shared.ts), and what met is for a person to decide (conflicts.ts);
// - whom a person keeps apart is not asked again;
// - several holders: the smallest id asks each larger one once per strength of proof; the event itself is folded by the
//   holder of its strongest identifier, so that a retry, which may be routed to another smallest id by then, ends at
//   the same person and is known there.
import type { EventBody } from '../inbox/model.ts'
import type { Conflict } from '../inbox/identity-model.ts'
import { bucketOfText, deriveId, type Uuid } from '../platform/ids.ts'
import { isPublic, sharedAs } from '../rules/identifiers.ts'
import { isApart, noteConflict } from './conflicts.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState, IdRef, Proof } from './model.ts'
import { hasId, heldId, keepShared, nobodyFor, refOf, share, strongestOf } from './shared.ts'

/** Nothing travels for ever: who is part of another passes on to a smaller id only, so that ends by itself; everything
 *  else that is passed on or asked counts up, and stays where it is at the end. */
export const MAX_HOPS = 8
export const hopsSpent = (body: EventBody): boolean => (body.hops ?? 0) >= MAX_HOPS
const MAX_IDS = 50
const MAX_ASKED = 20

export const holds = (state: Pick<CustomerState, 'ids'>, id: IdRef): boolean => hasId(state.ids, id)

/** The member number; the first, where a person has merged two members. */
export const memberNoOf = (state: Pick<CustomerState, 'ids'>): string | null =>
  state.ids.find(h => h.kind === 'member_no')?.value ?? null

/** True when this customer is a member, and not under that number. */
export const otherMember = (state: Pick<CustomerState, 'ids'>, no: string | null): boolean =>
  no !== null && memberNoOf(state) !== null && !holds(state, { kind: 'member_no', value: no })

/** Known: a member number, a user id, or anything verified says who it is. */
export const isKnown = (state: Pick<CustomerState, 'ids'>): boolean =>
  state.ids.some(h => h.verified || h.kind === 'member_no' || h.kind === 'user_id')

const namedBy = (ids: IdRef[], kind: IdRef['kind']): string | null =>
  ids.find(i => i.kind === kind)?.value ?? null

/** True when `ids` name somebody by a user id, and this customer goes by other names. */
export function otherName(state: Pick<CustomerState, 'ids'>, ids: IdRef[]): boolean {
  const value = namedBy(ids, 'user_id')
  if (value === null) return false
  const names = state.ids.filter(h => h.kind === 'user_id' || h.kind === 'member_no')
  return names.length > 0 && !names.some(h => h.value === value)
}

/** The identifier by which the event names somebody who is not this customer; null when it does not. */
function otherPerson(state: CustomerState, body: EventBody): IdRef | null {
  if (body.proof === 'public')
    return otherName(state, body.ids) ? { kind: 'user_id', value: namedBy(body.ids, 'user_id')! } : null
  const value = namedBy(body.ids, 'member_no')
  return value !== null && otherMember(state, value) ? { kind: 'member_no', value } : null
}

export const causeOf = (body: EventBody): NonNullable<Conflict['by']> => ({
  event: body.messageId,
  name: body.name,
  src: body.src,
})

type Onward = { to: Uuid; body: EventBody }

/** The event as it is passed on: in absolute time, one step further, holders chosen anew. */
function onward(body: EventBody, occurred: number): EventBody {
  const { agoMs: _agoMs, holders: _holders, ...rest } = body
  return { ...rest, at: occurred, hops: (body.hops ?? 0) + 1 }
}

/** Where the event belongs when not here: the customer and what it is sent. What it has in common with this customer
 *  is shared from now on, and what met is noted. */
export function turnAway(fold: Fold, body: EventBody, occurred: number): Onward | null {
  const { state } = fold
  if (hopsSpent(body)) return null
  if (state.gone !== undefined) {
    if (state.gone.every(g => g.until <= fold.now)) delete state.gone
    const gone = body.ids.some(id => holds(state, id)) ? undefined : goneTo(state, body.ids, fold.now)
    if (gone !== undefined) {
      const others = (body.holders ?? []).filter(h => h !== gone && h !== state.id)
      const more = others.length > 0 ? { holders: others } : {}
      return { to: gone, body: { ...onward(body, occurred), ...more, away: { by: state.id, ids: body.ids } } }
    }
  }
  const other = otherPerson(state, body)
  if (other === null) {
    const nobody = nobodyFor(state, body.ids)
    if (nobody === null) return null
    return { to: nobody, body: { ...onward(body, occurred), ids: [], shared: body.ids } }
  }
  const holders = (body.holders ?? []).filter(h => h !== state.id && h !== body.away?.by)
  const to =
    holders[0] ??
    goneTo(state, [other], fold.now) ??
    deriveId(bucketOfText(other.kind, other.value), state.workspace, other.kind, other.value)
  if (to === state.id) return null
  const common = body.ids.filter(id => holds(state, id))
  const shared = common.filter(id => sharedAs(id.kind) !== undefined)
  const met = body.proof === 'public' ? [] : meet(fold, common, to, causeOf(body))
  share(fold, common)
  const ids = body.ids.filter(id => !hasId(shared, id))
  const away = {
    by: state.id,
    ids: ids.filter(id => !holds(state, id)),
    ...(met.length > 0 ? { met } : {}),
  }
  return {
    to,
    body: {
      ...onward(body, occurred),
      ids,
      ...(holders.length > 1 ? { holders: holders.slice(1) } : {}),
      ...(shared.length > 0 ? { shared: [...(body.shared ?? []), ...shared] } : {}),
      away,
    },
  }
}

/** Two members have these in common: for a person to decide, unless it is only a browser or was shared before. Gives
 *  what met. */
function meet(fold: Fold, common: IdRef[], other: Uuid, by: NonNullable<Conflict['by']>): IdRef[] {
  const met = common.filter(id => sharedAs(id.kind) !== 'browser' && !heldId(fold.state, id)?.shared)
  if (met.length > 0) noteConflict(fold, other, reasonOf(met), { ids: met.map(refOf), by })
  return met
}

export const reasonOf = (met: IdRef[]): Conflict['reason'] =>
  met.every(id => sharedAs(id.kind) === 'contact') ? 'shared' : 'member_no'

/** Who has what a person gave away or an unmerge took along, while intakes may not know it yet. */
export const goneTo = (state: CustomerState, ids: IdRef[], now: number): Uuid | undefined =>
  state.gone?.find(g => g.until > now && ids.some(id => hasId(g.ids, id)))?.to

const othersOf = (state: CustomerState, body: EventBody): Uuid[] =>
  (body.holders ?? []).filter(h => h !== state.id && !state.absorbed.includes(h) && h !== body.away?.by)

/** For an event whose strongest identifier another holder has: asks all to merge and sends the event there. If they
 *  merge it comes back from the tombstone; if not it is where it belongs. */
export function sendHome(fold: Fold, body: EventBody, occurred: number): Onward | null {
  const { state } = fold
  const others = othersOf(state, body)
  const strongest = strongestOf(body.ids)
  const hops = (body.hops ?? 0) + 1
  if (others.length === 0 || body.away || strongest === undefined || hops > MAX_HOPS) return null
  if (holds(state, strongest)) return null
  for (const other of others.slice(0, 8)) ask(fold, other, body, others.length === 1)
  const ids = others.length === 1 ? body.ids.filter(id => !holds(state, id)) : [strongest]
  return { to: others[0]!, body: { ...onward(body, occurred), away: { by: state.id, ids } } }
}

/** What a public key may bring in. */
export const mayHold = (id: IdRef, proof: Proof): boolean => proof !== 'public' || isPublic(id.kind)

/** Takes up the event's identifiers and asks the other holders to merge. */
export function foldIdentity(fold: Fold, body: EventBody, occurred: number): void {
  const { state } = fold
  if (hopsSpent(body)) derive(fold, 'identifier.unsettled', { hops: body.hops, ids: body.ids })
  const holders = othersOf(state, body)
  // an intake that did not know of a merge yet may have claimed new identifiers for who is part of this one
  for (const holder of body.holders ?? [])
    if (state.absorbed.includes(holder))
      fold.effects.push({ kind: 'repoint', from: holder, ids: body.ids.map(refOf) })
  const back = body.away?.by === state.id // it came home with the merge; what it was the first to name is taken up
  if (body.away && !back && body.away.ids.length > 0)
    fold.effects.push({ kind: 'repoint', from: body.away.by, ids: body.away.ids })
  const verified = body.proof !== 'public'
  if (body.shared)
    keepShared(fold, body.shared, { verified, at: occurred, src: body.src, all: body.ids.length === 0 })
  if (body.away?.met && !back)
    noteConflict(fold, body.away.by, reasonOf(body.away.met), { ids: body.away.met, by: causeOf(body) })
  for (const id of body.away?.ids ?? body.ids) {
    const held = heldId(state, id)
    if (held !== undefined) {
      if (held.verified || body.proof === 'public') continue
      held.verified = true
      noteId(fold, id, true)
    } else if (holders.length === 0 && mayHold(id, body.proof)) {
      if (id.kind === 'member_no' && memberNoOf(state) !== null) continue
      addId(state, { ...refOf(id), verified, at: occurred, src: body.src })
      noteId(fold, id, verified)
    }
  }
  for (const holder of holders.slice(0, 8)) ask(fold, holder, body, holders.length === 1)
}

export function noteId(fold: Fold, id: IdRef, verified: boolean): void {
  fold.changed = true
  derive(fold, 'identifier.added', { kind: id.kind, value: id.value, verified })
}

/** Beyond the limit the oldest visitor id is forgotten here; it still routes. */
export function addId(state: CustomerState, id: CustomerState['ids'][number]): void {
  state.ids.push(id)
  if (state.ids.length <= MAX_IDS) return
  const oldest = state.ids.findIndex(h => sharedAs(h.kind) === 'browser')
  state.ids.splice(Math.max(oldest, 0), 1)
}

/** Sends the merge request, once for each strength of proof: who refused a public claim may agree to a proven one. */
function ask(fold: Fold, holder: Uuid, body: EventBody, alone: boolean): void {
  const { state } = fold
  const hops = (body.hops ?? 0) + 1
  const before = state.asked?.[holder]
  if (isApart(state, [holder])) return
  if (hops > MAX_HOPS || (before !== undefined && (before.proof !== 'public' || body.proof === 'public')))
    return
  const asked = (state.asked ??= {})
  asked[holder] = { at: fold.t, proof: body.proof }
  const all = Object.keys(asked)
  if (all.length > MAX_ASKED) delete asked[all[0]!]
  const member = memberNoOf(state) ?? (body.proof === 'public' ? null : namedBy(body.ids, 'member_no'))
  fold.effects.push({
    kind: 'post',
    to: holder,
    input: {
      kind: 'merge',
      messageId: null,
      body: {
        survivor: state.id,
        memberNo: member,
        known: isKnown(state),
        proof: body.proof,
        ids: body.ids,
        holds: body.ids.filter(id => holds(state, id)),
        alone,
        ...(state.apart ? { apart: state.apart } : {}),
        by: causeOf(body),
        hops,
      },
    },
  })
}
