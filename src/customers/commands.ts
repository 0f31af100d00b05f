// Commands of people and API callers. Each answers through the effect `answer`: what was done, or a problem that says
// what to do.
import type { CommandBody, FoldVerdict } from '../inbox/model.ts'
import { enroll } from '../journeys/entry.ts'
import { settle } from '../journeys/fold.ts'
import { say } from '../journeys/intents.ts'
import { endRun } from '../journeys/ends.ts'
import { carryOutRights } from '../membership/commands.ts'
import { never } from '../platform/errors.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { done, wrong, type Answer } from './answer.ts'
import { decideIdentity } from './decisions.ts'
import type { Fold } from './fold.ts'
import { canonicalName } from './attributes.ts'
import {
  addTag,
  fitTrait,
  MAX_TRAITS,
  removeTag,
  setConsent,
  setPreference,
  setTrait,
  type Source,
} from './profile.ts'
import { instantOf, proofOf } from './statements.ts'

/** Carries a command out, whole or not at all. */
export function foldCommand(fold: Fold, body: CommandBody): FoldVerdict {
  const answer = carryOut(fold, body)
  settle(fold)
  fold.effects.push({
    kind: 'answer',
    key: body.key,
    bodyHash: body.bodyHash,
    status: answer.status,
    body: answer.body,
  })
  return answer.status < 300 ? 'folded' : 'refused'
}

type Command = CommandBody['command']
type Of<Do extends Command['do']> = Extract<Command, { do: Do }>

function carryOut(fold: Fold, { key, command, actor }: CommandBody): Answer {
  const source: Source = { at: fold.t, src: actor, proof: 'server' }
  switch (command.do) {
    case 'set_traits':
      return setTraits(fold, command.traits, source)
    case 'add_tag':
      return tagCustomer(fold, command, source)
    case 'remove_tag':
      removeTag(fold, command.tag, source)
      return done()
    case 'set_consent':
      return recordConsent(fold, command, source)
    case 'set_preferences': {
      for (const { channel, purpose, on, version } of command.list)
        setConsent(fold, channel, purpose, on, source, { ...command.proof, ...(version ? { version } : {}) })
      setPreference(fold, command)
      return done()
    }
    case 'issue_coupon':
    case 'claim_coupon':
    case 'redeem_coupon':
    case 'points':
      return carryOutRights(fold, command, { id: key, src: actor })
    case 'enroll':
      return enrollCustomer(fold, command.journey)
    case 'remove_enrollment':
      return removeRun(fold, command.enrollment)
    case 'say':
      return done({ message: publicId('msg', say(fold, key, command)) })
    case 'merge':
    case 'keep_apart':
    case 'give_identifier':
      return decideIdentity(fold, command, actor)
    default:
      return never(command)
  }
}

const HINTS = {
  name: 'Use names of at most 64 characters.',
  too_long: 'Use texts, numbers or yes/no of at most 1 KB.',
  type: 'Give a value of the type that Settings, Attributes shows.',
  choice: 'Give one of the choices that Settings, Attributes shows.',
  computed: 'Set the birthday instead: age is worked out from it.',
}

function setTraits(fold: Fold, traits: Record<string, unknown>, source: Source): Answer {
  for (const [given, value] of Object.entries(traits)) {
    const fitted = fitTrait(fold, canonicalName(given), value)
    if (!('refused' in fitted)) continue
    return wrong(
      400,
      'bad_trait',
      `The attribute ${given.slice(0, 64)} cannot be set: ${fitted.refused}`,
      HINTS[fitted.refused],
      `/traits/${given.slice(0, 64)}`,
    )
  }
  const room = Object.keys(traits).filter(
    n => traits[n] !== null && !Object.hasOwn(fold.state.traits, canonicalName(n)),
  ).length
  if (Object.keys(fold.state.traits).length + room > MAX_TRAITS)
    return wrong(
      409,
      'too_many_traits',
      `A customer can have at most ${MAX_TRAITS} attributes`,
      'Remove some first.',
      '/traits',
    )
  for (const [name, value] of Object.entries(traits)) setTrait(fold, name, value, source)
  return done()
}

function tagCustomer(fold: Fold, { tag, until: given }: Of<'add_tag'>, source: Source): Answer {
  const until = given === undefined ? null : instantOf(given)
  if (until !== null && until <= fold.t)
    return wrong(400, 'past', 'The end of this tag has passed', 'Give a time to come, or none.', '/until')
  switch (addTag(fold, tag, source, { until })) {
    case null:
      return done()
    case 'name':
      return wrong(400, 'bad_tag', 'This is not a tag name', 'Use 1 to 100 characters.', '/tag')
    case 'too_many':
      return wrong(
        409,
        'too_many_tags',
        'This customer has as many tags as one can have',
        'Remove a tag first.',
        '/tag',
      )
  }
}

function recordConsent(fold: Fold, command: Of<'set_consent'>, source: Source): Answer {
  const { channel, purpose = 'marketing', on, proof } = command
  for (const [what, name] of Object.entries({ channel, purpose }))
    if (!/^[a-z][a-z0-9_]{0,31}$/.test(name))
      return wrong(
        400,
        `bad_${what}`,
        `This is not the name of a ${what}`,
        what === 'channel' ? 'Use the name of a channel, such as line or email.' : 'Use marketing.',
        `/${what}`,
      )
  setConsent(fold, channel, purpose, on, source, proofOf(proof))
  return done()
}

function enrollCustomer(fold: Fold, id: Uuid): Answer {
  const journey = fold.plan.current.get(id)
  if (journey === undefined || journey.status === 'stopped')
    return wrong(
      404,
      'journey_not_live',
      'No live journey has this id',
      'Publish the journey, then enrol again.',
      '/journey',
    )
  const entered = enroll(fold, journey)
  if ('run' in entered) return done({ enrollment: publicId('enr', entered.run.id) })
  switch (entered.reason) {
    case 'already_in':
      return wrong(
        409,
        'already_in',
        'The customer is in this journey already',
        'Wait until the run ends, or remove it first.',
        '/journey',
      )
    case 'paused':
      return wrong(409, 'journey_paused', 'The journey is paused', 'Resume it, then enrol again.', '/journey')
    case 'too_many_journeys':
      return wrong(
        409,
        'too_many_journeys',
        'The customer is in as many journeys as one can be',
        'Remove a run first.',
        '/journey',
      )
  }
}

function removeRun(fold: Fold, enrollment: Uuid): Answer {
  const run = fold.state.enr.find(r => r.id === enrollment)
  if (run === undefined)
    return wrong(
      404,
      'no_such_enrollment',
      'The customer has no running enrollment with this id',
      'Load the customer again: it may have ended.',
      '/enrollment',
    )
  endRun(fold, run, 'removed')
  return done()
}
