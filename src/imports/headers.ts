// Which column means which field: by the names that people and shop platforms give their columns. Pure.
import type { ImportField, ImportTarget } from './model.ts'
import { PRESETS, type Preset } from './presets/register.ts'
import { TARGETS } from './register.ts'

/** Column -> key of a field, or `extra:<name>` for an attribute or property of the user's naming. */
export type Mapping = Record<string, string>
export const EXTRA = 'extra:'

/** Without case, spaces, punctuation and what stands in brackets: 'E-mail（必填）' and 'email' are the same. */
export function normalHeader(header: string): string {
  const text = header.normalize('NFKC').toLowerCase()
  const short = text.replace(/[([【].*?[)\]】]/g, '').replace(/[\s_\-./:*#'"、，。]+/g, '')
  return short === '' ? text.trim() : short
}

const namesOf = (field: ImportField): string[] =>
  [field.key, field.label.zh, field.label.en, ...(field.synonyms ?? [])].map(normalHeader)

const lookups = new Map<string, Map<string, string>>()

function lookupOf(target: ImportTarget): Map<string, string> {
  let lookup = lookups.get(target.name)
  if (!lookup) {
    lookup = new Map()
    for (const field of target.fields)
      for (const name of namesOf(field)) if (!lookup.has(name)) lookup.set(name, field.key)
    lookups.set(target.name, lookup)
  }
  return lookup
}

/** Fields for the columns that are understood; a field is given to the first column that means it. */
export function suggestMapping(target: ImportTarget, columns: string[], remembered: Mapping = {}): Mapping {
  const lookup = lookupOf(target)
  const mapping: Mapping = {}
  const taken = new Set<string>()
  for (const column of columns) {
    const known = remembered[column]
    if (known === undefined) continue
    mapping[column] = known
    taken.add(known)
  }
  for (const column of columns) {
    if (mapping[column] !== undefined) continue
    const key = lookup.get(normalHeader(column))
    if (key === undefined || taken.has(key)) continue
    mapping[column] = key
    taken.add(key)
  }
  return mapping
}

/** The preset whose export this is: all of its signs are among the columns, and it has most of them. */
export function presetOf(columns: string[]): Preset | null {
  const present = new Set(columns.map(normalHeader))
  const found = PRESETS.filter(p => p.signs.length > 0 && p.signs.every(s => present.has(normalHeader(s))))
  const covered = (p: Preset): number =>
    Object.keys(p.mapping).filter(c => present.has(normalHeader(c))).length
  return found.toSorted((a, b) => covered(b) - covered(a))[0] ?? null
}

/** A preset's mapping in the spelling of these columns; what it does not know is suggested by name. */
export function presetMapping(target: ImportTarget, preset: Preset, columns: string[]): Mapping {
  const fields = new Map(Object.entries(preset.mapping).map(([column, key]) => [normalHeader(column), key]))
  const mapping: Mapping = {}
  for (const column of columns) {
    const key = fields.get(normalHeader(column))
    if (key !== undefined) mapping[column] = key
  }
  return preset.whole ? mapping : suggestMapping(target, columns, mapping)
}

/** The target that understands most columns; ties go to the first of the register. */
export function targetOf(columns: string[]): ImportTarget {
  let best = TARGETS[0]!
  let most = -1
  for (const target of TARGETS) {
    const count = Object.keys(suggestMapping(target, columns)).length
    if (count > most) {
      best = target
      most = count
    }
  }
  return best
}

let known: Set<string> | null = null

/** Every header that some target or preset knows, normal. */
export function knownHeaders(): Set<string> {
  if (!known) {
    known = new Set(TARGETS.flatMap(t => t.fields.flatMap(namesOf)))
    for (const preset of PRESETS)
      for (const column of Object.keys(preset.mapping)) known.add(normalHeader(column))
  }
  return known
}
