// Of two persons who were one: whose an input is, and what of it each would have been given alone. Pure.
import type { EventBody, Input, OutcomeBody } from '../inbox/model.ts'
import { strengthOf } from '../rules/identifiers.ts'
import type { CustomerState } from './model.ts'
import { heldId } from './shared.ts'

/** Whose an input is that was given to the two together. */
export function belongsTo(
  input: Input,
  rest: CustomerState | null,
  part: CustomerState,
): 'rest' | 'part' | 'both' {
  switch (input.kind) {
    case 'event':
      return ownerOf(input.body, rest, part)
    case 'outcome':
      return part.enr.some(r => r.id === input.body.enrollment) ? 'part' : 'rest'
    case 'command': {
      const { command } = input.body
      if (command.do === 'give_identifier')
        return heldId(part, command.id) && !(rest && heldId(rest, command.id)) ? 'part' : 'rest'
      if (command.do === 'redeem_coupon')
        return part.coupons?.[command.code] && !rest?.coupons?.[command.code] ? 'part' : 'rest'
      return command.do === 'remove_enrollment' && part.enr.some(r => r.id === command.enrollment)
        ? 'part'
        : 'rest'
    }
    case 'fill':
      return part.id === input.body.of || part.absorbed.includes(input.body.of) ? 'part' : 'rest'
    case 'absorb': {
      const into = input.body.state?.into
      return into === part.id || (into !== undefined && part.absorbed.includes(into)) ? 'part' : 'rest'
    }
    case 'alarm':
    case 'recheck':
      return 'both'
    default:
      return 'rest'
  }
}

function ownerOf(body: EventBody, rest: CustomerState | null, part: CustomerState): 'rest' | 'part' {
  const ids = [...body.ids].sort((a, b) => strengthOf(b.kind) - strengthOf(a.kind))
  for (const id of ids) {
    const inPart = heldId(part, id)
    const inRest = rest === null ? undefined : heldId(rest, id)
    if (inPart && !inRest) return 'part'
    if (inRest && !inPart) return 'rest'
  }
  return 'rest'
}

/** An event that joined the two names each by what it had: no identifier of the other comes along. */
export function without(input: Input, other: CustomerState | null, own: CustomerState | null): Input {
  if (input.kind !== 'event' || other === null) return input
  const ids = input.body.ids.filter(id => !heldId(other, id) || (own !== null && heldId(own, id)))
  return ids.length === input.body.ids.length ? input : { ...input, body: { ...input.body, ids } }
}

/** The survivor sent a moved run's message under an id of its own bucket. */
export function forPart(input: Input, part: CustomerState): Input {
  if (input.kind !== 'outcome') return input
  const run = part.enr.find(r => r.id === input.body.enrollment)
  if (run?.wait?.kind !== 'message' || run.node !== input.body.node) return input
  const body: OutcomeBody = { ...input.body, message: run.wait.message }
  return { ...input, body }
}
