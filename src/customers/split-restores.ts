// What each of two persons who were one goes on with: the first input that either is given.
import type { RestoreBody } from '../inbox/identity-model.ts'
import type { Outcome } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { CustomerState } from './model.ts'
import { refOf } from './shared.ts'
import type { Parted } from './split.ts'

export type Ended = { message: Uuid; outcome: Outcome; reason: string | null }
/** `there`: messages that exist, and how each ended; `open`: the survivor's that are not at the socket. */
export type Messages = {
  there: ReadonlyMap<Uuid, { outcome: Outcome | null; reason: string | null }>
  open: Uuid[]
}

export const waitsOf = (state: CustomerState): Uuid[] =>
  state.enr.flatMap(r => (r.wait?.kind === 'message' ? [r.wait.message] : []))

/** The first input of each, the survivor's first. */
export function restoresOf(
  survivor: Uuid,
  target: Uuid,
  parted: Parted,
  messages: Messages,
  op: Uuid,
  actor: string,
): RestoreBody[] {
  const { rest, part } = parted
  // An end that is known may have been told by now, to whom waits for it only in this story: it is told again here.
  const lost = (state: CustomerState): Ended[] =>
    waitsOf(state).flatMap((message): Ended[] => {
      const known = messages.there.get(message)
      if (!known) return [{ message, outcome: 'unknown', reason: 'unmerged' }]
      return known.outcome === null ? [] : [{ message, outcome: known.outcome, reason: known.reason }]
    })
  const ours = new Set(waitsOf(rest))
  const common = { op, actor, cancel: [], orders: [], moved: [], worths: [], gone: [] }
  return [
    {
      ...common,
      with: target,
      state: rest,
      stands: false,
      gone: part.ids.filter(id => !id.shared).map(refOf),
      lost: lost(rest),
      cancel: messages.open.filter(id => !ours.has(id)),
      moved: parted.orderNos,
    },
    {
      ...common,
      with: survivor,
      state: part,
      stands: true,
      lost: lost(part),
      orders: parted.newOrders,
      worths: parted.worths,
    },
  ]
}
