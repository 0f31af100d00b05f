// Conflicts for a person to decide: two customers of whom something says that they are one, and something that they are
// not. The list is a table (src/customers/identity-store.ts); the state keeps what it needs to close them by itself,
// and whom a person keeps apart for good.
import type { Conflict } from '../inbox/identity-model.ts'
import { bucketOf, deriveId, type Uuid } from '../platform/ids.ts'
import type { Fold } from './fold.ts'
import type { CustomerState, IdRef } from './model.ts'

const MAX_CONFLICTS = 20
const MAX_APART = 50

/** One conflict for each pair, for ever; in the bucket of the smaller id. */
export function conflictIdOf(a: Uuid, b: Uuid): Uuid {
  const [one, two] = a < b ? [a, b] : [b, a]
  return deriveId(bucketOf(one), 'conflict', one, two)
}

export const isApart = (state: Pick<CustomerState, 'apart'>, ids: Uuid[]): boolean =>
  state.apart?.some(id => ids.includes(id)) ?? false

/** Puts a conflict on the list, once. */
export function noteConflict(
  fold: Fold,
  other: Uuid,
  reason: Conflict['reason'],
  met: { ids: IdRef[]; by?: Conflict['by'] },
): void {
  const { state } = fold
  if (other === state.id || isApart(state, [other])) return
  const conflicts = (state.conflicts ??= [])
  if (conflicts.some(c => c.with === other)) return
  conflicts.push({ with: other, at: fold.t, id: conflictIdOf(state.id, other) })
  if (conflicts.length > MAX_CONFLICTS) conflicts.shift()
  const [one, two] = state.id < other ? [state.id, other] : [other, state.id]
  fold.effects.push({
    kind: 'conflict',
    conflict: {
      id: conflictIdOf(one, two),
      one,
      two,
      reason,
      ids: met.ids,
      at: fold.t,
      ...(met.by ? { by: met.by } : {}),
    },
  })
}

/** Closes what is decided by the two having become one. */
export function settleMerged(fold: Fold, by: string | null): void {
  const { state } = fold
  const here = [state.id, ...state.absorbed]
  for (const c of state.conflicts ?? [])
    if (here.includes(c.with)) fold.effects.push({ kind: 'settle', conflict: c.id, how: 'merged', by })
  dropConflicts(state, c => here.includes(c.with))
  if (state.apart) {
    state.apart = state.apart.filter(id => !here.includes(id))
    if (state.apart.length === 0) delete state.apart
  }
}

/** Never asked to be one with that customer again, until a person says so. */
export function keepApart(state: CustomerState, other: Uuid, conflict: Uuid | null): void {
  dropConflicts(state, c => c.with === other || c.id === conflict)
  const apart = (state.apart ??= [])
  if (!apart.includes(other)) apart.push(other)
  if (apart.length > MAX_APART) apart.shift()
}

type Open = NonNullable<CustomerState['conflicts']>[number]

function dropConflicts(state: CustomerState, which: (conflict: Open) => boolean): void {
  if (!state.conflicts) return
  state.conflicts = state.conflicts.filter(c => !which(c))
  if (state.conflicts.length === 0) delete state.conflicts
}
