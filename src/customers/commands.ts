// Commands of people and API callers. Each answers through the effect `answer`: what was done, or a problem that says
// what to do.
import type { CommandBody, FoldVerdict } from '../inbox/model.ts'
import { enroll } from '../journeys/entry.ts'
import { settle } from '../journeys/fold.ts'
import { say } from '../journeys/intents.ts'
import { endRun } from '../journeys/ends.ts'
import { carryOutRights } from '../membership/commands.ts'
import { never } from '../platform/errors.ts'
import { publicId } from '../platform/ids.ts'
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

function carryOut(fold: Fold, { key, command, actor }: CommandBody): Answer {
  const { state, plan } = fold
  const source: Source = { at: fold.t, src: actor, proof: 'server' }
  switch (command.do) {
    case 'set_traits':
      return setTraits(fold, command.traits, source)
    case 'add_tag': {
      const until = command.until === undefined ? null : instantOf(command.until)
      if (until !== null && until <= fold.t)
        return wrong(400, 'past', 'The end of this tag has passed', 'Give a time to come, or none.', '/until')
      const fault = addTag(fold, command.tag, source, { until })
      if (fault === 'name')
        return wrong(400, 'bad_tag', 'This is not a tag name', 'Use 1 to 100 characters.', '/tag')
      if (fault === 'too_many')
        return wrong(
          409,
          'too_many_tags',
          'This customer has as many tags as one can have',
          'Remove a tag first.',
          '/tag',
        )
      return done()
    }
    case 'remove_tag':
      removeTag(fold, command.tag, source)
      return done()
    case 'set_consent':
      for (const name of ['channel', 'purpose'] as const)
        if (!/^[a-z][a-z0-9_]{0,31}$/.test(command[name] ?? 'marketing'))
          return wrong(
            400,
            `bad_${name}`,
            `This is not the name of a ${name}`,
            name === 'channel' ? 'Use the name of a channel, such as line or email.' : 'Use marketing.',
            `/${name}`,
          )
      setConsent(
        fold,
        command.channel,
        command.purpose ?? 'marketing',
        command.on,
        source,
        proofOf(command.proof),
      )
      return done()
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
    case 'enroll': {
      const journey = plan.current.get(command.journey)
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
      return entered.reason === 'already_in'
        ? wrong(
            409,
            'already_in',
            'The customer is in this journey already',
            'Wait until the run ends, or remove it first.',
            '/journey',
          )
        : entered.reason === 'paused'
          ? wrong(409, 'journey_paused', 'The journey is paused', 'Resume it, then enrol again.', '/journey')
          : wrong(
              409,
              'too_many_journeys',
              'The customer is in as many journeys as one can be',
              'Remove a run first.',
              '/journey',
            )
    }
    case 'remove_enrollment': {
      const run = state.enr.find(r => r.id === command.enrollment)
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
