// What a sentence is made of: words, and chips that stand for fields of a rule. Pure.
import type { Say } from '../say.ts'
import { sayList } from './phrases.ts'

/** Stands for the fields `keys` of its leaf. `read`: how it is put where there are no chips around the words. */
export type Chip = { id: string; keys: string[]; text: string; read?: string; missing?: true }
export type Piece = string | Chip

export const MARK = '\u0001'
type Key = keyof typeof import('../words/rules.ts')['rules']['ruleLeaf']

/** Words of a key that is only known when it runs, so that its blanks are not checked. */
const plain = (t: Say['t']) => t as unknown as (key: string, blanks: Record<string, string>) => string

/** The words of a leaf with its parts put where the language wants them. */
export function fill(key: Key, parts: Record<string, Piece | Piece[]>, { t }: Say): Piece[] {
  const marks = Object.fromEntries(Object.keys(parts).map(name => [name, MARK + name + MARK]))
  const text = plain(t)(`ruleLeaf.${key}`, marks)
  return text
    .split(MARK)
    .flatMap((piece, i) => (i % 2 === 0 ? piece : (parts[piece] ?? [])))
    .filter(piece => piece !== '')
}

/** @throws TypeError when there are no words: what it was to say is of no shape that the language has */
export function chip(id: string, keys: string | string[], text: string, more: Partial<Chip> = {}): Chip {
  if (typeof text !== 'string') throw new TypeError(`no words for ${id}`)
  return { id, keys: typeof keys === 'string' ? [keys] : keys, text, ...more }
}

export function orValues(
  values: string[],
  of: (v: string) => string,
  say: Say,
): { text: string; missing?: true } {
  return values.length === 0
    ? { text: say.t('ruleChoose.values'), missing: true }
    : { text: sayList(values.map(of), 'or', say) }
}

/** One chip among the words of `key`, whose only blank is `blank`. */
export function wrapped(
  key: 'ruleCoupon.expires' | 'ruleBought.extra',
  blank: string,
  inside: Chip,
  { t }: Say,
): Piece[] {
  return plain(t)(key, { [blank]: MARK })
    .split(MARK)
    .flatMap((words, i) => (i === 0 ? words : [inside, words]))
    .filter(piece => piece !== '')
}
