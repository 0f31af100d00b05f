// Reasons as history keeps them: which leaf decided and what it saw, but no personal data. A text that was seen is kept
// only where the rule itself says it, or where it is a word of the product. Pure.
import type { Reason, Rule } from '../rules/model.ts'

/** Leaves that see words of the product or numbers, never what somebody wrote. */
const PLAIN: ReadonlySet<string> = new Set([
  'age',
  'stage',
  'consent',
  'channel',
  'identifier',
  'clock',
  'percent',
  'segment',
  'orders',
  'points',
])

const MAX_REASONS = 4

export function withoutPersonal(rule: Rule | null, why: Reason[]): Reason[] {
  return why.slice(0, MAX_REASONS).map(reason => {
    if (PLAIN.has(reason.leaf) || isPlain(reason.seen)) return reason
    const said = rule === null ? '' : JSON.stringify(rule)
    return { ...reason, seen: sayable(reason.seen, said) }
  })
}

const isPlain = (seen: unknown): boolean =>
  seen === null || seen === undefined || typeof seen === 'number' || typeof seen === 'boolean'

/** The texts among what was seen that stand in the rule. */
function sayable(seen: unknown, said: string): unknown {
  if (isPlain(seen)) return seen
  if (typeof seen === 'string') return said.includes(JSON.stringify(seen)) ? seen : null
  if (Array.isArray(seen))
    return seen.filter(v => isPlain(v) || (typeof v === 'string' && said.includes(JSON.stringify(v))))
  return null
}
