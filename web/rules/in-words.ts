// Any rule as one sentence in the language at hand. Pure.
import type { Rule } from '../../src/rules/model.ts'
import { word } from '../i18n.ts'
import type { Say } from '../say.ts'
import type { Leaf } from './edit.ts'
import { CODES, type Names } from './names.ts'
import { sayNumber, sayScalar } from './phrases.ts'
import type { Piece } from './pieces.ts'
import { leafPieces } from './sentence.ts'

const join = (pieces: Piece[]): string =>
  pieces
    .map(p => (typeof p === 'string' ? p : (p.read ?? p.text)))
    .join('')
    .replace(/ {2,}/g, ' ')
    .trim()

function sentence(rule: Rule, say: Say, names: Names): string {
  switch (rule.op) {
    case 'and':
    case 'or':
      return rule.rules
        .map(r =>
          isGroup(r) && r.op !== rule.op && rule.rules.length > 1
            ? say.t('rule.brackets', { rule: sentence(r, say, names) })
            : sentence(r, say, names),
        )
        .join(say.t(`rule.${rule.op}`))
    case 'not':
      return say.t('rule.not', { rule: sentence(rule.rule, say, names) })
    default:
      return join(leafPieces(rule, say, names))
  }
}

const isGroup = (rule: Rule): boolean => (rule.op === 'and' || rule.op === 'or') && rule.rules.length > 1

/** Drafts may hold anything: what is no rule is told as such. */
export function sayRule(rule: Rule, say: Say, names: Names = CODES): string {
  try {
    return sentence(rule, say, names) || say.t('rule.empty')
  } catch (error) {
    if (error instanceof TypeError) return say.t('rule.unreadable')
    throw error
  }
}

/** What was found at a leaf that decided; null: the leaf itself is not at hand any more. */
export function saySeen(seen: unknown, leaf: Leaf | null, say: Say, names: Names): string {
  if (seen === null || seen === undefined || seen === '') return say.t('rule.nothing')
  if (Array.isArray(seen))
    return seen.length === 0 ? say.t('rule.nothing') : say.list(seen.map(s => saySeen(s, leaf, say, names)))
  if (typeof seen === 'number') {
    if (seen > EARLIEST_MS) return say.exact(seen)
    const money = leaf?.op === 'orders' && (leaf.measure.of === 'amount' || leaf.measure.of === 'average')
    return money ? say.money(seen, names.currency) : sayNumber(Math.round(seen * 100) / 100, say)
  }
  if (typeof seen !== 'string') return sayScalar(seen, say)
  switch (leaf?.op) {
    case 'trait':
      return names.choice(leaf.trait, seen)
    case 'stage':
      return word('stage', seen)
    case 'identifier':
      return word('identifier', seen)
    case 'channel':
      return word('reason', seen)
    case 'consent':
      return say.t(`ruleConsentIs.${seen as 'granted'}`)
    default:
      return /^\d{4}-\d{2}-\d{2}T/.test(seen) ? say.exact(seen) : seen
  }
}

/** Numbers from here on are moments: no count of anything is as large. */
const EARLIEST_MS = 100_000_000_000
