// Whose event it is, which identifiers a customer holds, and when two customers are asked to become one. The policy:
// - a public key never merges two known people, and brings in only user_id and anonymous_id;
// - two different member numbers never merge, and a shared browser is not a person: an event that names somebody else
//   is turned away to its holder, or to a customer of its own, and takes only its own identifiers along;
// - several holders: the smallest id asks each larger one once per strength of proof; the event itself is folded by the
//   holder of its strongest identifier, so that a retry, which may be routed to another smallest id by then, ends at
//   the same person and is known there.
import type { EventBody } from '../inbox/model.ts'
import { bucketOfText, deriveId, type Uuid } from '../platform/ids.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState, IdRef, Proof } from './model.ts'

export const MAX_HOPS = 8
const MAX_IDS = 50
const MAX_ASKED = 20

const sameId = (a: IdRef, b: IdRef): boolean => a.kind === b.kind && a.value === b.value
export const holds = (state: Pick<CustomerState, 'ids'>, id: IdRef): boolean =>
  state.ids.some(h => sameId(h, id))

export const memberNoOf = (state: Pick<CustomerState, 'ids'>): string | null =>
  state.ids.find(h => h.kind === 'member_no')?.value ?? null

/** Known: a member number, a user id, or anything verified says who it is. */
export const isKnown = (state: Pick<CustomerState, 'ids'>): boolean =>
  state.ids.some(h => h.verified || h.kind === 'member_no' || h.kind === 'user_id')

const namedBy = (ids: IdRef[], kind: IdRef['kind']): string | null =>
  ids.find(i => i.kind === kind)?.value ?? null

/** The identifier by which the event names somebody who is not this customer; null when it does not. */
function otherPerson(state: CustomerState, body: EventBody): IdRef | null {
  const own = memberNoOf(state)
  const member = body.proof === 'public' ? null : namedBy(body.ids, 'member_no')
  if (member !== null) return own !== null && own !== member ? { kind: 'member_no', value: member } : null
  const user = namedBy(body.ids, 'user_id')
  if (user === null || own === user || holds(state, { kind: 'user_id', value: user })) return null
  const others = own !== null || state.ids.some(h => h.kind === 'user_id')
  return body.proof === 'public' && others ? { kind: 'user_id', value: user } : null
}

/** Where the event belongs when not here: the customer and what it is sent. */
export function turnAway(
  state: CustomerState,
  body: EventBody,
  occurred: number,
): { to: Uuid; body: EventBody } | null {
  if ((body.hops ?? 0) >= MAX_HOPS) return null
  const other = otherPerson(state, body)
  if (other === null) return null
  const holders = (body.holders ?? []).filter(h => h !== state.id && h !== body.away?.by)
  const to =
    holders[0] ?? deriveId(bucketOfText(other.kind, other.value), state.workspace, other.kind, other.value)
  if (to === state.id) return null
  const { agoMs: _agoMs, holders: _holders, ...rest } = body
  const away = { by: state.id, ids: body.ids.filter(id => !holds(state, id)) }
  const more = holders.length > 1 ? { holders: holders.slice(1) } : {}
  return { to, body: { ...rest, ...more, at: occurred, hops: (body.hops ?? 0) + 1, away } }
}

/** The event's strongest identifier: the first of the highest rank (the order of src/collect/resolve.ts). */
const RANK: Record<IdRef['kind'], number> = {
  member_no: 4,
  user_id: 3,
  line_uid: 2,
  email: 2,
  phone: 2,
  anonymous_id: 1,
}
const strongestOf = (ids: IdRef[]): IdRef | undefined =>
  ids.toSorted((a, b) => RANK[b.kind] - RANK[a.kind])[0]

const othersOf = (state: CustomerState, body: EventBody): Uuid[] =>
  (body.holders ?? []).filter(h => h !== state.id && !state.absorbed.includes(h) && h !== body.away?.by)

/** For an event whose strongest identifier another holder has: asks all to merge and sends the event there. If they
 *  merge it comes back from the tombstone; if not it is where it belongs. */
export function sendHome(
  fold: Fold,
  body: EventBody,
  occurred: number,
): { to: Uuid; body: EventBody } | null {
  const { state } = fold
  const others = othersOf(state, body)
  const strongest = strongestOf(body.ids)
  const hops = (body.hops ?? 0) + 1
  if (others.length === 0 || body.away || strongest === undefined || hops > MAX_HOPS) return null
  if (holds(state, strongest)) return null
  for (const other of others.slice(0, 8)) ask(fold, other, body, others.length === 1)
  const { agoMs: _agoMs, holders: _holders, ...rest } = body
  const ids = others.length === 1 ? body.ids.filter(id => !holds(state, id)) : [strongest]
  return { to: others[0]!, body: { ...rest, at: occurred, hops, away: { by: state.id, ids } } }
}

/** What a public key may bring in. */
export const mayHold = (id: IdRef, proof: Proof): boolean =>
  proof !== 'public' || id.kind === 'user_id' || id.kind === 'anonymous_id'

/** Takes up the event's identifiers and asks the other holders to merge. */
export function foldIdentity(fold: Fold, body: EventBody, occurred: number): void {
  const { state } = fold
  const holders = othersOf(state, body)
  const back = body.away?.by === state.id // it came home: the merge has brought its identifiers
  if (body.away && !back && body.away.ids.length > 0)
    fold.effects.push({ kind: 'repoint', from: body.away.by, ids: body.away.ids })
  for (const id of back ? [] : (body.away?.ids ?? body.ids)) {
    const held = state.ids.find(h => sameId(h, id))
    if (held !== undefined) {
      if (held.verified || body.proof === 'public') continue
      held.verified = true
      noteId(fold, id, true)
    } else if (holders.length === 0 && mayHold(id, body.proof)) {
      if (id.kind === 'member_no' && memberNoOf(state) !== null) continue
      addId(state, {
        kind: id.kind,
        value: id.value,
        verified: body.proof !== 'public',
        at: occurred,
        src: body.src,
      })
      noteId(fold, id, body.proof !== 'public')
    }
  }
  for (const holder of holders.slice(0, 8)) ask(fold, holder, body, holders.length === 1)
}

function noteId(fold: Fold, id: IdRef, verified: boolean): void {
  fold.changed = true
  derive(fold, 'identifier.added', { kind: id.kind, value: id.value, verified })
}

/** Beyond the limit the oldest visitor id is forgotten here; it still routes. */
export function addId(state: CustomerState, id: CustomerState['ids'][number]): void {
  state.ids.push(id)
  if (state.ids.length <= MAX_IDS) return
  const oldest = state.ids.findIndex(h => h.kind === 'anonymous_id')
  state.ids.splice(Math.max(oldest, 0), 1)
}

/** Sends the merge request, once for each strength of proof: who refused a public claim may agree to a proven one. */
function ask(fold: Fold, holder: Uuid, body: EventBody, alone: boolean): void {
  const { state } = fold
  const hops = (body.hops ?? 0) + 1
  const before = state.asked?.[holder]
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
        alone,
        hops,
      },
    },
  })
}
