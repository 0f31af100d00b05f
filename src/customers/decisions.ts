// A person's decisions on who is who: merge above the policy, keep apart for good, give an identifier to its owner.
// Each is a command at one of the two, whose owner tells the other.
import { moveBooks } from '../membership/points.ts'
import { balanceOf } from '../membership/model.ts'
import type { CommandBody } from '../inbox/model.ts'
import type { IdentityBody } from '../inbox/identity-model.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { done, wrong, type Answer } from './answer.ts'
import { keepApart } from './conflicts.ts'
import { derive, type Fold } from './fold.ts'
import { addId } from './identity.ts'
import { heldId, nobodyOf, refOf, sameId } from './shared.ts'
import type { IdRef } from './model.ts'

type Decision = Extract<CommandBody['command'], { do: 'merge' | 'keep_apart' | 'give_identifier' }>

/** Longer than an intake remembers a holder (src/collect/resolve.ts) and than any backlog. */
const GONE_MS = 24 * 3_600_000
const MAX_GONE = 10

export function decideIdentity(fold: Fold, decision: Decision, actor: string): Answer {
  const { state } = fold
  if (decision.do === 'merge') return mergeInto(fold, decision.into, actor)
  if (decision.do === 'keep_apart') {
    const { from, conflict } = decision
    keepApart(state, from, conflict)
    fold.effects.push({ kind: 'settle', conflict, how: 'apart', by: actor })
    tell(fold, from, { do: 'apart', from: state.id, conflict })
    derive(fold, 'customer.kept_apart', { from, actor })
    return done()
  }
  return give(fold, decision, actor)
}

function tell(fold: Fold, to: Uuid, body: IdentityBody): void {
  fold.effects.push({ kind: 'post', to, input: { kind: 'identity', messageId: null, body } })
}

function mergeInto(fold: Fold, into: Uuid, actor: string): Answer {
  const { state } = fold
  if (into >= state.id)
    return wrong(409, 'wrong_side', 'The smaller id survives a merge', 'Send the command to the larger id.')
  state.into = into
  moveBooks(fold, -balanceOf(state.pts), `merge/${into}`)
  fold.effects.push({
    kind: 'merged',
    into,
    ids: state.ids.filter(id => !id.shared).map(refOf),
    hops: 0,
    actor,
  })
  return done({ survivor: publicId('cus', into) })
}

function give(fold: Fold, decision: Extract<Decision, { do: 'give_identifier' }>, actor: string): Answer {
  const { state } = fold
  const { to, conflict } = decision
  const held = heldId(state, decision.id)
  if (!held)
    return wrong(
      404,
      'no_such_identifier',
      'This customer does not have this identifier',
      'Load both customers again: it may have been moved.',
      '/identifier',
    )
  const { shared, ...id } = held
  state.ids = state.ids.filter(h => h !== held)
  letGo(fold, to, [refOf(id)])
  keepApart(state, to, conflict)
  if (conflict !== null) fold.effects.push({ kind: 'settle', conflict, how: 'moved', by: actor })
  tell(fold, to, { do: 'take', id, from: state.id, nobody: shared === true, conflict })
  derive(fold, 'identifier.removed', { ...refOf(id), to, actor })
  fold.changed = true
  return done()
}

/** What an intake that does not know it yet still sends here by these is passed on. */
export function letGo(fold: Fold, to: Uuid, ids: IdRef[]): void {
  const { state } = fold
  const gone = (state.gone ?? []).filter(g => g.until > fold.t)
  gone.push({ to, ids, until: fold.t + GONE_MS })
  state.gone = gone.slice(-MAX_GONE)
}

/** What the other customer's owner tells of such a decision. */
export function foldIdentityWord(fold: Fold, body: IdentityBody): void {
  const { state } = fold
  keepApart(state, body.from, body.conflict)
  if (body.do === 'apart') return
  const { id } = body
  const held = state.ids.find(h => sameId(h, id))
  if (held) delete held.shared
  else addId(state, id)
  fold.effects.push({
    kind: 'repoint',
    from: body.nobody ? nobodyOf(state.workspace, id) : body.from,
    ids: [refOf(id)],
    tell: true,
  })
  derive(fold, 'identifier.added', { ...refOf(id), verified: id.verified, from: body.from })
  fold.changed = true
}
