// A leaf of a rule as a sentence of words and chips. One grammar for reading (joined) and for editing (each chip opens
// what it stands for); the words' file says in which order the chips stand in a language. Pure.
import { word } from '../i18n.ts'
import type { Say } from '../say.ts'
import type { Rule } from '../../src/rules/model.ts'
import { isGroup, type Leaf } from './edit.ts'
import type { Names } from './names.ts'
import {
  sayChannel,
  sayDateTest,
  sayList,
  sayNumber,
  sayNumberTest,
  sayCompared,
  sayScalars,
  saySpan,
  sayTextTest,
  sayTimeTest,
  sayUnit,
  sayWindow,
  type Unit,
} from './phrases.ts'
import { chip, fill, orValues, wrapped, type Chip, type Piece } from './pieces.ts'
import { eventLeafPieces, eventPieces, orderPieces } from './sentence-past.ts'

export function leafPieces(leaf: Leaf, say: Say, names: Names): Piece[] {
  const { t } = say
  const unit = (of: Unit) => (n: number) => sayUnit(n, of, say)
  const listed = (
    id: string,
    keys: string[],
    wrap: (v: string) => string,
    values: string[],
    of: (v: string) => string,
  ) => {
    const { text, missing } = orValues(values, of, say)
    return chip(id, keys, missing ? text : wrap(text), { missing })
  }
  switch (leaf.op) {
    case 'trait':
      return fill(
        'trait',
        {
          trait: traitChip(leaf.trait, say, names),
          test: chip(
            'test',
            ['test', 'type'],
            traitTest(leaf, say, names),
            isOpen(leaf) ? { missing: true } : {},
          ),
        },
        say,
      )
    case 'age': {
      const { min, max } = leaf
      const key =
        min === undefined ? (max === undefined ? 'known' : 'to') : max === undefined ? 'from' : 'between'
      return fill('age', { age: chip('age', ['min', 'max'], t(`ruleAge.${key}`, { min, max })) }, say)
    }
    case 'tags': {
      const tags = leaf.tags
      const text =
        tags.length === 0 ? t('ruleChoose.values') : sayList(tags, leaf.is === 'all' ? 'and' : 'or', say)
      return fill(
        'tags',
        {
          is: chip('is', 'is', t(`ruleTags.${leaf.is}`)),
          tags: chip('tags', 'tags', text, tags.length === 0 ? { missing: true } : {}),
        },
        say,
      )
    }
    case 'identifier': {
      const kind = word('identifier', leaf.kind)
      return fill(
        'identifier',
        { kind: chip('kind', ['kind', 'verified'], leaf.verified ? t('rule.verified', { kind }) : kind) },
        say,
      )
    }
    case 'channel':
      return fill(
        'channel',
        {
          channel: chip('channel', 'channel', sayChannel(leaf.channel)),
          is: chip('is', 'is', t(`ruleChannelIs.${leaf.is}`)),
        },
        say,
      )
    case 'consent': {
      const of = t('rule.consentOf', {
        channel: sayChannel(leaf.channel),
        purpose: word('purpose', leaf.purpose),
      })
      return fill(
        'consent',
        {
          consent: chip('consent', ['channel', 'purpose'], of),
          is: chip('is', 'is', t(`ruleConsentIs.${leaf.is}`)),
        },
        say,
      )
    }
    case 'stage':
      return fill(
        'stage',
        {
          stage: chip(
            'stage',
            ['is', 'stage'],
            t(`ruleStageIs.${leaf.is}`, { stage: word('stage', leaf.stage) }),
          ),
        },
        say,
      )
    case 'tier': {
      const key = leaf.is === 'one_of' ? 'one_of' : 'none_of'
      return fill(
        'tier',
        {
          tiers: listed('tiers', ['is', 'tiers'], v => t(`ruleText.${key}`, { v }), leaf.tiers, names.tier),
        },
        say,
      )
    }
    case 'points':
      return fill(
        'points',
        { test: chip('points', 'test', sayNumberTest(leaf.test, unit('points'), say)) },
        say,
      )
    case 'coupon': {
      const coupon =
        leaf.coupon === undefined
          ? t('ruleCoupon.any')
          : t('ruleCoupon.named', { coupon: names.coupon(leaf.coupon) })
      const expires: Piece[] = leaf.expiresIn
        ? wrapped(
            'ruleCoupon.expires',
            'expires',
            chip('expires', 'expiresIn', t('ruleCoupon.within', { span: saySpan(leaf.expiresIn, say) })),
            say,
          )
        : []
      return fill('coupon', { coupon: chip('coupon', 'coupon', coupon), expires }, say)
    }
    case 'likes':
      return fill(
        'likes',
        {
          likes: listed(
            'likes',
            ['of', 'values'],
            values => t(`ruleLikes.${leaf.of}`, { values }),
            leaf.values,
            v => names.product(leaf.of, v),
          ),
          top: chip('top', 'top', t('ruleLikes.top', { n: sayNumber(leaf.top, say) })),
        },
        say,
      )
    case 'touch': {
      const of = (v: string) =>
        leaf.field === 'kind' ? word('touchKind', v) : leaf.field === 'store' ? names.store(v) : v
      return fill(
        'touch',
        {
          touch: chip(
            'touch',
            ['which', 'field'],
            t(`ruleTouch.${leaf.which}`, { field: t(`ruleTouchField.${leaf.field}`) }),
          ),
          values: listed('values', ['values'], v => v, leaf.values, of),
        },
        say,
      )
    }
    case 'orders':
      return orderPieces(leaf, say, names)
    case 'event':
      return eventLeafPieces(leaf, say, names)
    case 'sequence':
      return fill(
        'sequence',
        {
          window: chip('window', 'window', sayWindow(leaf.window, say)),
          first: eventPieces(leaf.first, 'first', say, names),
          within: chip('within', 'within', saySpan(leaf.within, say)),
          is: chip('is', 'is', t(`ruleSequence.${leaf.is}`)),
          after: eventPieces(leaf.next, 'next', say, names),
        },
        say,
      )
    case 'clock': {
      const { clock, test } = leaf
      const whether = test.is === 'never' || test.is === 'ever'
      return fill(
        whether ? 'clockWhether' : 'clock',
        {
          clock: chip('clock', 'clock', t(`${whether ? 'ruleClockDeed' : 'ruleClock'}.${clock}`)),
          test: chip('test', 'test', whether ? t(`ruleWhether.${test.is}`) : sayTimeTest(test, say)),
        },
        say,
      )
    }
    case 'segment': {
      const segment = names.segment(leaf.segment)
      const text =
        leaf.segment === ''
          ? t('ruleChoose.segment')
          : leaf.group === undefined
            ? t('ruleSegment.named', { segment })
            : t('ruleSegment.group', { segment, group: names.group(leaf.segment, leaf.group) })
      return fill(
        'segment',
        {
          is: chip('is', 'is', t(`ruleSegment.${leaf.is}`)),
          segment: chip('segment', ['segment', 'group'], text, leaf.segment === '' ? { missing: true } : {}),
        },
        say,
      )
    }
    case 'percent':
      return fill(
        'percent',
        {
          range: chip(
            'range',
            ['from', 'to', 'salt'],
            t('rule.percent', {
              from: sayNumber(leaf.from, say),
              to: sayNumber(leaf.to, say),
              salt: leaf.salt,
            }),
          ),
        },
        say,
      )
  }
}

/** Nothing to compare with was given yet. */
const isOpen = (leaf: Extract<Leaf, { op: 'trait' }>): boolean =>
  ('values' in leaf.test && leaf.test.values.length === 0) || ('value' in leaf.test && leaf.test.value === '')

function traitChip(trait: string, say: Say, names: Names): Chip {
  return trait === ''
    ? chip('trait', 'trait', say.t('ruleChoose.trait'), { missing: true })
    : chip('trait', 'trait', names.trait(trait))
}

function traitTest(leaf: Extract<Leaf, { op: 'trait' }>, say: Say, names: Names): string {
  const { t } = say
  switch (leaf.type) {
    case 'text':
      return 'values' in leaf.test && leaf.test.values.length === 0
        ? t('ruleChoose.values')
        : sayTextTest(leaf.test, v => (v === '' ? t('rule.blank') : names.choice(leaf.trait, v)), say)
    case 'number':
      return sayNumberTest(leaf.test, n => sayNumber(n, say), say)
    case 'boolean':
      return t('ruleText.equal', { v: sayCompared(leaf.test.value, say) })
    case 'date':
      return sayDateTest(leaf.test, say)
    case 'list': {
      const { is, values } = leaf.test
      const of = (v: (typeof values)[number]) =>
        typeof v === 'string' && v !== '' ? names.choice(leaf.trait, v) : v
      return values.length === 0
        ? t('ruleChoose.values')
        : t(`ruleList.${is}`, { v: sayScalars(values.map(of), is === 'all' ? 'and' : 'or', say) })
    }
    case 'any':
      return t('rule.known')
  }
}

/** Everything that it must say is said; what is not has a chip that asks for it. */
export function isComplete(rule: Rule, say: Say, names: Names): boolean {
  if (rule.op === 'not') return isComplete(rule.rule, say, names)
  return isGroup(rule)
    ? rule.rules.every(r => isComplete(r, say, names))
    : leafPieces(rule, say, names).every(p => typeof p === 'string' || !p.missing)
}
