// What a node causes outside of its own run: a notice to the team, another journey of the same person.
import { derive, type Fold } from '../customers/fold.ts'
import { parseId } from '../platform/ids.ts'
import { messageIdOf, refsOf } from './intents.ts'
import type { Enrollment } from './model.ts'
import type { Effect } from './nodes/type.ts'

/** A notice in the bell, and a mail where the node says so; its id is the visit's, so it is told once. */
export function tellTeam(
  fold: Fold,
  run: Enrollment,
  { text, level, roles, users, email }: Extract<Effect, { kind: 'notify' }>,
): void {
  const { j: journey, id: enrollment, node } = run
  fold.effects.push({
    kind: 'notice',
    notice: {
      id: messageIdOf(fold, run),
      at: fold.t,
      journey,
      enrollment,
      node,
      text,
      level,
      roles,
      users,
      email,
      event: run.ev ?? null,
      vars: run.vars ?? {},
    },
  })
  derive(fold, 'team.notified', { level, roles, users: users.length }, { ...refsOf(run), node })
}

/** It is let in (or not) like anybody whom a trigger brings, but by this journey's word alone. */
export function startOther(
  fold: Fold,
  run: Enrollment,
  effect: Extract<Effect, { kind: 'start_journey' }>,
): void {
  const only = parseId('jrn', effect.journey)
  if (only === null) return
  const props = { ...effect.props, journey: run.j, node: run.node }
  fold.facts.push({
    name: 'journey.called',
    at: fold.t,
    lateMs: 0,
    keys: [],
    props,
    trusted: true,
    hops: fold.hops,
    only,
  })
}
