// The kinds of conditions that the builder offers, in their families, each with the leaf it begins as; and the parts that
// may be added to a leaf that stands already. Pure.
import type { Window } from '../../src/rules/model.ts'
import { MAX_AGO } from '../../src/rules/windows.ts'
import type { Leaf } from './edit.ts'

const EVER = { in: 'ever' } as const
const LAST_30 = { in: 'last', span: { n: 30, unit: 'day' } } as const
const ONCE = { of: 'count', test: { is: 'at_least', value: 1 } } as const
const NONE = { of: 'count', test: { is: 'equal', value: 0 } } as const

export const KINDS = {
  trait: {
    family: 'person',
    leaf: { op: 'trait', trait: '', type: 'text', test: { is: 'one_of', values: [] } },
  },
  age: { family: 'person', leaf: { op: 'age', min: 25, max: 34 } },
  birthday: {
    family: 'person',
    leaf: { op: 'trait', trait: 'birthday', type: 'date', test: { is: 'month', month: 'this' } },
  },
  tags: { family: 'person', leaf: { op: 'tags', is: 'any', tags: [] } },
  stage: { family: 'person', leaf: { op: 'stage', is: 'at_least', stage: 'consideration' } },
  did: { family: 'behaviour', leaf: { op: 'event', event: '', window: LAST_30, measure: ONCE } },
  didNot: { family: 'behaviour', leaf: { op: 'event', event: '', window: LAST_30, measure: NONE } },
  sequence: {
    family: 'behaviour',
    leaf: {
      op: 'sequence',
      first: { event: '' },
      next: { event: '' },
      within: { n: 24, unit: 'hour' },
      is: 'not_followed',
      window: LAST_30,
    },
  },
  clock: {
    family: 'behaviour',
    leaf: { op: 'clock', clock: 'customer', test: { is: 'over_ago', span: { n: 30, unit: 'day' } } },
  },
  likes: { family: 'behaviour', leaf: { op: 'likes', of: 'category', values: [], top: 3 } },
  touch: { family: 'behaviour', leaf: { op: 'touch', which: 'first', field: 'campaign', values: [] } },
  bought: {
    family: 'orders',
    leaf: { op: 'orders', window: EVER, measure: ONCE, lines: { by: 'category', values: [] } },
  },
  boughtAny: { family: 'orders', leaf: { op: 'orders', window: EVER, measure: ONCE } },
  boughtNot: { family: 'orders', leaf: { op: 'orders', window: LAST_30, measure: NONE } },
  spent: {
    family: 'orders',
    leaf: {
      op: 'orders',
      window: { in: 'days', n: 365 },
      measure: { of: 'amount', test: { is: 'at_least', value: 10000 } },
    },
  },
  lastOrder: {
    family: 'orders',
    leaf: { op: 'clock', clock: 'order', test: { is: 'over_ago', span: { n: 60, unit: 'day' } } },
  },
  cycle: {
    family: 'orders',
    leaf: {
      op: 'orders',
      window: EVER,
      measure: { of: 'cycle', onceDays: 60, test: { is: 'over', value: 2 } },
    },
  },
  reachable: { family: 'reach', leaf: { op: 'channel', channel: 'line', is: 'reachable' } },
  consent: {
    family: 'reach',
    leaf: { op: 'consent', channel: 'email', purpose: 'marketing', is: 'granted' },
  },
  identifier: { family: 'reach', leaf: { op: 'identifier', kind: 'member_no' } },
  tier: { family: 'member', leaf: { op: 'tier', is: 'one_of', tiers: [] } },
  points: { family: 'member', leaf: { op: 'points', test: { is: 'at_least', value: 100 } } },
  coupon: { family: 'member', leaf: { op: 'coupon', expiresIn: { n: 7, unit: 'day' } } },
  segment: { family: 'other', leaf: { op: 'segment', segment: '', is: 'in' } },
  percent: { family: 'other', leaf: { op: 'percent', salt: 'sample', from: 0, to: 10 } },
} as const satisfies Record<string, { family: string; leaf: Leaf }>

export type KindKey = keyof typeof KINDS
export const FAMILIES = ['person', 'behaviour', 'orders', 'reach', 'member', 'other'] as const
export const kindsOf = (family: (typeof FAMILIES)[number]): KindKey[] =>
  (Object.keys(KINDS) as KindKey[]).filter(k => KINDS[k].family === family)

export type Extra = 'where' | 'firstWhere' | 'nextWhere' | 'salesChannel' | 'store' | 'status' | 'expires'

/** Parts that this leaf could have and has not. `chip` is what they open as. */
export function extrasOf(leaf: Leaf): { extra: Extra; chip: string; leaf: Leaf }[] {
  const blank = { path: '', op: 'is' as const, value: '' }
  switch (leaf.op) {
    case 'event':
      return leaf.where ? [] : [{ extra: 'where', chip: 'where.0', leaf: { ...leaf, where: [blank] } }]
    case 'sequence':
      return [
        ...(leaf.first.where
          ? []
          : [
              {
                extra: 'firstWhere' as const,
                chip: 'first.0',
                leaf: { ...leaf, first: { ...leaf.first, where: [blank] } },
              },
            ]),
        ...(leaf.next.where
          ? []
          : [
              {
                extra: 'nextWhere' as const,
                chip: 'next.0',
                leaf: { ...leaf, next: { ...leaf.next, where: [blank] } },
              },
            ]),
      ]
    case 'orders':
      return (['salesChannel', 'store', 'status'] as const)
        .filter(key => leaf[key] === undefined)
        .map(key => ({ extra: key, chip: key, leaf: { ...leaf, [key]: [] } }))
    case 'coupon':
      return leaf.expiresIn
        ? []
        : [{ extra: 'expires', chip: 'expires', leaf: { ...leaf, expiresIn: { n: 7, unit: 'day' } } }]
    default:
      return []
  }
}

/** The leaf without a part that may be missing; null when the chip stands for what it cannot do without. */
export function without(leaf: Leaf, chip: string): Leaf | null {
  if (leaf.op === 'orders' && (chip === 'salesChannel' || chip === 'store' || chip === 'status')) {
    const { [chip]: _, ...rest } = leaf
    return rest as Leaf
  }
  if (leaf.op === 'coupon' && chip === 'expires') {
    const { expiresIn: _, ...rest } = leaf
    return rest
  }
  return null
}

type Period = Extract<Window, { in: 'period' }>
const OFFERED_BACK = 12

/** The periods to choose from, the present one first: no more than may be asked, and the one that is chosen. */
export const periodsOf = (chosen: Period): Period[] =>
  Array.from(
    { length: Math.max(Math.min(OFFERED_BACK, MAX_AGO[chosen.period]), chosen.ago) + 1 },
    (_, ago) => ({
      ...chosen,
      ago,
    }),
  )
