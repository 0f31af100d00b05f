// A customer set to what an unmerge found (split.ts), at once and as an input, so that the journal alone still tells its
// state. The other of the two gets its own.
import { markAll } from '../segments/marks.ts'
import type { FoldEffect } from '../inbox/model.ts'
import type { RestoreBody } from '../inbox/identity-model.ts'
import { settle } from '../journeys/fold.ts'
import { planOf, runningJourney } from '../journeys/plan.ts'
import { resume } from '../journeys/run.ts'
import { setDates } from '../journeys/schedule.ts'
import { bringCoupons } from '../membership/coupons.ts'
import { moveBooks } from '../membership/points.ts'
import { balanceOf } from '../membership/model.ts'
import { hashId } from '../platform/ids.ts'
import { conflictIdOf, keepApart } from './conflicts.ts'
import { letGo } from './decisions.ts'
import { derive, openFold } from './fold.ts'
import { refOf } from './shared.ts'
import type { CustomerState } from './model.ts'
import type { World } from './world.ts'

/** They are one still: the same may be asked twice before the first is folded. */
export const fitsRestore = (state: CustomerState, body: RestoreBody): boolean =>
  body.stands ? state.into !== undefined : state.absorbed.includes(body.with)

/** @param before what it was, a part of the other or both together */
export function foldRestore(
  before: CustomerState,
  body: RestoreBody,
  now: number,
  world: World,
): { state: CustomerState; effects: FoldEffect[] } {
  const state = structuredClone(body.state) // the input is journalled after this
  state.now = Math.max(now, state.now)
  const fold = openFold(state, world, planOf(world), state.now, 'unmerged')
  const mine = state.ids.filter(id => !id.shared).map(refOf)
  fold.effects.push(
    body.stands
      ? { kind: 'unmerged', from: body.with, ids: mine }
      : { kind: 'repoint', from: body.with, ids: mine, tell: true },
  )
  if (body.gone.length > 0) letGo(fold, body.with, body.gone)
  const conflict = conflictIdOf(state.id, body.with)
  keepApart(state, body.with, conflict)
  fold.effects.push({ kind: 'settle', conflict, how: 'apart', by: body.actor })
  for (const row of body.orders) fold.effects.push({ kind: 'order', row })
  for (const { order, worth } of body.worths) fold.effects.push({ kind: 'worth', order, worth })
  for (const orderNo of body.moved)
    fold.effects.push(
      { kind: 'worth', order: orderNo, worth: null },
      {
        kind: 'order',
        row: {
          orderNo,
          entry: 'moved',
          key: hashId(body.op, orderNo),
          occurred: state.now,
          amount: 0,
          currency: world.currency,
          body: { src: body.actor, proof: 'server', to: body.with },
        },
      },
    )
  const booked = before.into === undefined ? balanceOf(before.pts) : 0
  moveBooks(fold, balanceOf(state.pts) - booked, `unmerge/${body.op}`)
  if (body.stands) bringCoupons(fold, body)
  for (const message of body.cancel) fold.effects.push({ kind: 'cancel', message, reason: 'exited' })
  derive(fold, 'customer.unmerged', { with: body.with, actor: body.actor })
  setDates(fold)
  for (const run of state.enr.slice()) {
    const journey = runningJourney(fold.plan, run.j, run.v)
    const wait = run.wait?.kind === 'message' ? run.wait.message : null
    const ended = body.lost.find(m => m.message === wait)
    if (journey !== null && ended)
      resume(fold, run, journey, { kind: 'message', outcome: ended.outcome, reason: ended.reason })
  }
  markAll(fold)
  settle(fold)
  return { state, effects: fold.effects }
}
