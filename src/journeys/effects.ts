// What a node causes, carried out: the one place where an effect of the closed list gets its meaning.
import { derive, type Fold } from '../customers/fold.ts'
import { isOrderEvent } from '../customers/orders.ts'
import { addTag, removeTag, setTrait, type Source } from '../customers/profile.ts'
import { issueCoupon } from '../membership/coupons.ts'
import type { Cause } from '../membership/model.ts'
import { earnPoints } from '../membership/points.ts'
import { never } from '../platform/errors.ts'
import { parseId } from '../platform/ids.ts'
import { startOther, tellTeam } from './beyond.ts'
import { endRun } from './ends.ts'
import { askFor, callOut, intend, mailTeam, messageIdOf, refsOf } from './intents.ts'
import type { Enrollment, PublishedJourney } from './model.ts'
import type { Effect } from './nodes/type.ts'

export function applyEffects(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  effects: Effect[],
): void {
  const source: Source = { at: fold.t, src: 'journey', proof: 'server' }
  for (const effect of effects) {
    switch (effect.kind) {
      case 'send':
        intend(fold, run, journey, effect)
        break
      case 'call':
        callOut(fold, run, journey, effect)
        break
      case 'emit':
        derive(fold, effect.name, effect.props)
        break
      case 'notify':
        tellTeam(fold, run, effect)
        if (effect.email) mailTeam(fold, run, journey, effect)
        break
      case 'start_journey':
        startOther(fold, run, effect)
        break
      case 'stop_journey':
        stopOther(fold, run, effect.journey)
        break
      case 'set_trait':
        setTrait(fold, effect.trait, effect.value, source)
        break
      case 'add_to_trait': {
        const held = Object.hasOwn(fold.state.traits, effect.trait) ? fold.state.traits[effect.trait]!.v : 0
        setTrait(fold, effect.trait, (typeof held === 'number' ? held : 0) + effect.by, source)
        break
      }
      case 'add_tag':
        addTag(fold, effect.tag, source)
        break
      case 'remove_tag':
        removeTag(fold, effect.tag, source)
        break
      case 'issue_coupon':
        issueCoupon(fold, effect.coupon, rewardCause(run))
        break
      case 'points':
        earnPoints(
          fold,
          { amount: effect.amount, reason: effect.reason, ref: orderOfRun(run) },
          rewardCause(run),
          effect.validDays,
        )
        break
      case 'ticket':
        askFor(fold, run, journey, effect.limits, messageIdOf(fold, run))
        break
      default:
        never(effect)
    }
  }
}

function stopOther(fold: Fold, run: Enrollment, journey: string): void {
  const id = parseId('jrn', journey)
  for (const other of fold.state.enr.slice())
    if (other.j === id && other !== run) endRun(fold, other, 'stopped', { by: run.j, node: run.node })
}

/** The order that began the run: what is given for it goes with it. */
function orderOfRun({ ev }: Enrollment): string | null {
  if (ev === undefined) return null
  const no = isOrderEvent(ev.name) ? ev.props.order_id : ev.name.startsWith('order.') ? ev.props.order : null
  return typeof no === 'string' || typeof no === 'number' ? String(no) : null
}

/** Once for each visit of the node. */
const rewardCause = (run: Enrollment): Cause => ({
  id: `${run.id}/${run.node}/${run.occ[run.node] ?? 0}`,
  src: 'journey',
  of: { ...refsOf(run), node: run.node },
})
