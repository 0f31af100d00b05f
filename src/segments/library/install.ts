// A ready segment with its values as what a person would have written: a draft in the workspace's language. Pure.
import type { Out } from '../../contract.ts'
import { fromSmallestUnit } from '../../customers/money.ts'
import { ONLY_GROUP, type Definition, type SegmentKind } from '../model.ts'
import { type LibrarySegment, sentenceOf, type Values } from './model.ts'

const moneyIn =
  (currency: string) =>
  (amount: number, locale: string): string =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: 0,
    }).format(fromSmallestUnit(amount, currency))

export function outlineOf(
  segment: LibrarySegment,
  values: Values,
  currency: string,
): Out<'outlineLibrarySegment'> {
  const made = segment.define(values)
  return {
    sentence: sentenceOf(segment, values, moneyIn(currency)),
    kind: made.kind,
    groups: made.kind === 'live' ? [{ key: ONLY_GROUP, name: segment.name, rule: made.rule }] : made.groups,
    rest: made.kind === 'partition' ? made.rest : null,
  }
}

export function installable(
  segment: LibrarySegment,
  values: Values,
  workspace: { locale: string; currency: string },
): { name: string; purpose: string; kind: SegmentKind; definition: Definition; library: string } {
  const language = workspace.locale.startsWith('zh') ? 'zh' : 'en'
  const sentence = sentenceOf(segment, values, moneyIn(workspace.currency))
  const made = segment.define(values)
  return {
    name: segment.name[language],
    purpose: `${sentence[language]}\n${segment.purpose[language]}`,
    kind: made.kind,
    library: segment.key,
    definition:
      made.kind === 'live'
        ? { groups: [{ key: ONLY_GROUP, name: '', rule: made.rule }] }
        : {
            groups: made.groups.map(g => ({ key: g.key, name: g.name[language], rule: g.rule })),
            restName: made.rest[language],
          },
  }
}
