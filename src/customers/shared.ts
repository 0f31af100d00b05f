// Identifiers that two people turn up with. The policy:
// - a phone, e-mail or carrier seen with two member numbers identifies nobody any more: it stays with both as a way to
//   reach them, flagged, and a person decides (conflicts.ts);
// - a browser or an app's installation on which two people signed in is not a person: what it does with nobody signed
//   in stays on its own from then on, with neither of them; its history until then stays with the first;
// - what comes with nothing but such identifiers belongs to a customer of its own, `nobodyOf` it.
import { bucketOfText, deriveId, type Uuid } from '../platform/ids.ts'
import { sharedAs, strengthOf } from '../rules/identifiers.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState, HeldId, IdRef } from './model.ts'

export const sameId = (a: IdRef, b: IdRef): boolean => a.kind === b.kind && a.value === b.value
export const hasId = (ids: IdRef[], id: IdRef): boolean => ids.some(i => sameId(i, id))
export const heldId = (state: Pick<CustomerState, 'ids'>, id: IdRef): HeldId | undefined =>
  state.ids.find(h => sameId(h, id))
export const refOf = ({ kind, value }: IdRef): IdRef => ({ kind, value })

/** The customer who stands for what a shared identifier does alone. */
export const nobodyOf = (workspace: Uuid, id: IdRef): Uuid =>
  deriveId(bucketOfText(id.kind, id.value), workspace, 'shared', id.kind, id.value)

/** The first of the highest strength. */
export const strongestOf = (ids: IdRef[]): IdRef | undefined =>
  ids.toSorted((a, b) => strengthOf(b.kind) - strengthOf(a.kind))[0]

/** Flags those of `ids` that are held here and can be shared: they route here no more. */
export function share(fold: Fold, ids: IdRef[]): void {
  const fresh = fold.state.ids.filter(h => !h.shared && sharedAs(h.kind) !== undefined && hasId(ids, h))
  if (fresh.length === 0) return
  for (const id of fresh) {
    id.shared = true
    derive(fold, 'identifier.shared', refOf(id))
  }
  fold.effects.push({ kind: 'share', ids: fresh.map(refOf) })
}

/** Keeps what others hold too: contacts as a way to reach; with `all`, for a customer who is nobody, browsers as well. */
export function keepShared(
  fold: Fold,
  ids: IdRef[],
  from: { verified: boolean; at: number; src: string; all?: boolean },
): void {
  const { verified, at, src } = from
  for (const id of ids) {
    if (heldId(fold.state, id) || !(from.all || (verified && sharedAs(id.kind) === 'contact'))) continue
    fold.state.ids.push({ ...refOf(id), verified, at, src, shared: true })
    derive(fold, 'identifier.added', { ...refOf(id), verified, shared: true })
    fold.changed = true
  }
}

/** Whom an event belongs to that names this customer only by identifiers that others have too (its intake knew less);
 *  null when it may be this one's. */
export function nobodyFor(state: CustomerState, ids: IdRef[]): Uuid | null {
  if (ids.length === 0 || !ids.every(id => heldId(state, id)?.shared)) return null
  const to = nobodyOf(state.workspace, strongestOf(ids)!)
  return to === state.id ? null : to
}
