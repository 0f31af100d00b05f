// Any rule as one sentence in the language at hand. Pure.
import type { Rule } from '../../src/rules/model.ts'
import type { Say } from '../say.ts'
import { CODES, type Names } from './names.ts'
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
          rule.rules.length > 1 && isGroup(r) ? `(${sentence(r, say, names)})` : sentence(r, say, names),
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
