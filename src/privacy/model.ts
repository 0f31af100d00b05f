// What a person's data are made of, for access and erasure, and what stands in a certificate. Types and pure rules.
import type { IdRef } from '../customers/model.ts'
import type { Uuid } from '../platform/ids.ts'

/** A value that leads to a person: an identifier, or the token of an app they have. */
export type PersonValue = { kind: IdRef['kind'] | 'push_token'; value: string }

/** One person as the stores know them: the customer, everyone merged into it, and every value that points to them. */
export type Person = {
  workspace: Uuid
  /** the survivor first */
  ids: Uuid[]
  /** identifiers, and e-mail addresses and phone numbers among the attributes */
  values: PersonValue[]
  /** not searched for, as others have the same; removed beside a value that is */
  names: string[]
}

/** How much of a person lies where: `postgres.customer`, `clickhouse.event`, `journal`, `files` … */
export type Place = { place: string; rows: number }

export type Certificate = {
  /** public ids of the customers that were one person */
  customers: string[]
  /** SHA-256 of each identifier under a key of this installation: proves later which person it was, tells nobody who */
  identifiers: { kind: string; hash: string }[]
  erased: Place[]
  /** values replaced in what belongs to other customers or to history as such */
  redacted: Place[]
  /** tables, columns and journal rows that were searched afterwards, and what was found */
  searched: { tables: number; columns: number; journalRows: number; files: number; found: Place[] }
  /** suppression: a keyed hash of each address; seen: hashes of message ids, 7 days; audit: who did what with the customer
   *  id; backups: those made before hold the person until they are replaced */
  kept: ('suppression' | 'seen' | 'audit' | 'backups')[]
  requestedBy: string
  reason: string
  requestedAt: string
  finishedAt: string
  /** of all of the above, under a key of this installation */
  seal: string
}

/** What a seal is made over: the database keeps a certificate's names in another order. */
export function sealedText({ seal: _seal, ...said }: Omit<Certificate, 'seal'> & { seal?: string }): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return JSON.stringify(said, sorted)
}

/** What is searched for. `within`: values that stand for themselves inside any text (an address, a number, a long id).
 *  `pairs`: short ones ("M1", "1001"), which would be found in everything: only where they are said to be identifiers. */
export type Needles = {
  ids: Uuid[]
  within: string[]
  pairs: PersonValue[]
  names: string[]
  /** what stands in a value's place in what belongs to others: the same word for the same value, for ever */
  words: ReadonlyMap<string, string>
}

const CONTACTS = new Set<PersonValue['kind']>(['email', 'phone', 'line_uid', 'push_token'])
const isDistinct = ({ kind, value }: PersonValue): boolean =>
  (CONTACTS.has(kind) && value.length >= 6) || value.length >= 9

/** @param sign a keyed hash, so that a word cannot be turned back by trying all phone numbers */
export function needlesOf(person: Person, sign: (value: string) => string): Needles {
  const within = new Set<string>()
  const pairs: PersonValue[] = []
  for (const ref of person.values) {
    if (isDistinct(ref)) within.add(ref.value)
    else if (ref.value !== '') pairs.push(ref)
  }
  for (const v of [...within]) for (const spelling of spellingsOfPhone(v)) within.add(spelling)
  const words = new Map(
    [...within, ...pairs.map(p => p.value)].map(v => [v, `[erased ${sign(v).slice(0, 12)}]`]),
  )
  return { ids: person.ids, within: [...within], pairs, names: person.names, words }
}

/** +886912345678 is also written 0912345678, 0912-345-678, 0912 345 678; +85261234567 also 6123 4567 and 6123-4567. The eight
 *  digits of Hong Kong and Macau alone are not searched for: they stand inside times and ids as well. */
function spellingsOfPhone(value: string): string[] {
  const eight = /^\+(85[23])(\d{4})(\d{4})$/.exec(value)
  if (eight) {
    const [, country, a, b] = eight
    return [`${a} ${b}`, `${a}-${b}`, `${country}${a}${b}`, `${country}-${a}${b}`, `${country} ${a}${b}`]
  }
  const local = /^\+886(\d{8,9})$/.exec(value)
  if (!local) return []
  const digits = '0' + local[1]!
  const [a, b, c] = [digits.slice(0, 4), digits.slice(4, 7), digits.slice(7)]
  return [digits, `${a}-${b}-${c}`, `${a} ${b} ${c}`, `${a}-${b}${c}`]
}

/** How a short identifier stands in JSON: as we write it, as jsonb prints it, and as clients name it. */
const written = ({ kind, value }: PersonValue): string[] => {
  const v = JSON.stringify(value)
  return [
    `"kind":"${kind}","value":${v}`,
    `["${kind}",${v},`, // a state (src/customers/pack.ts)
    `"kind": "${kind}", "value": ${v}`,
    ...(kind === 'member_no' || kind === 'user_id' ? [`"userId":${v}`, `"userId": ${v}`] : []),
    ...(kind === 'anonymous_id' ? [`"anonymousId":${v}`, `"anonymousId": ${v}`] : []),
  ]
}

/** Every text that gives the person away, in lower case: they are searched for whatever the case. */
export const fragmentsOf = (needles: Needles): string[] => [
  ...new Set(
    [
      ...needles.within,
      ...needles.within.map(v => JSON.stringify(v).slice(1, -1)),
      ...needles.pairs.flatMap(written),
    ].map(v => v.toLowerCase()),
  ),
]

/** True when a text (a JSON document or a plain one) gives the person away. `fragments`: what `fragmentsOf` gave. */
export function holdsAny(text: string, fragments: string[]): boolean {
  const low = text.toLowerCase()
  return fragments.some(v => low.includes(v))
}

export const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The values, wherever they stand, replaced: the same one by the same word, so that what was equal stays equal. */
export function redact<T>(value: T, needles: Needles): T {
  const { words: word } = needles
  const patterns = needles.within.map(v => [new RegExp(escapeRegExp(v), 'gi'), word.get(v)!] as const)
  const short = new Map(needles.pairs.map(p => [`${p.kind} ${p.value}`, word.get(p.value)!]))
  const walk = (x: unknown): unknown => {
    if (typeof x === 'string') {
      let text = x
      for (const name of needles.names) if (text.includes(name)) text = text.replaceAll(name, '[erased]')
      for (const [pattern, said] of patterns) text = text.replace(pattern, said)
      return text
    }
    if (Array.isArray(x)) return x.map(walk)
    if (x === null || typeof x !== 'object') return x
    const named = x as { kind?: unknown; value?: unknown }
    const whole =
      typeof named.kind === 'string' && typeof named.value === 'string'
        ? short.get(`${named.kind} ${named.value}`)
        : undefined
    return Object.fromEntries(
      Object.entries(x).map(([k, inner]) => [k, whole !== undefined && k === 'value' ? whole : walk(inner)]),
    )
  }
  return walk(value) as T
}
