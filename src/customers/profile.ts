// Traits, tags, consent and LINE friendship. Policy of traits: a verified value is never replaced by an unverified one;
// otherwise the newer wins. Consent: the newer wins; at the same moment the refusal.
import type { Proof, Trait, TraitValue } from './model.ts'
import { derive, type Fold } from './fold.ts'

export const MAX_TRAITS = 200
const MAX_NAME = 64
const MAX_VALUE_BYTES = 1024
const MAX_TAGS = 200

/** When it was so, who said it, and what vouches for it. */
export type Source = { at: number; src: string; proof: Proof }

/** True when `next` takes the place of `held`. Also the policy of merges, there with ties for the survivor. */
export function traitWins(next: Trait, held: Trait): boolean {
  if (next.u !== held.u) return held.u === true
  return next.at >= held.at
}

const sameValue = (a: TraitValue | undefined, b: TraitValue): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b)

const isScalar = (v: unknown): v is string | number | boolean =>
  typeof v === 'string' || typeof v === 'boolean' || (typeof v === 'number' && Number.isFinite(v))

type Refusal = 'name' | 'type' | 'too_long' | 'too_many' | 'verified' | 'older'

/** Why this name or value cannot be a trait of anybody; null when it can. */
export function traitFault(
  name: string,
  value: unknown,
): Exclude<Refusal, 'too_many' | 'verified' | 'older'> | null {
  if (name === '' || name.length > MAX_NAME || name === '__proto__') return 'name'
  if (value === null || typeof value === 'boolean') return null
  if (!isScalar(value) && !(Array.isArray(value) && value.every(isScalar))) return 'type'
  if (typeof value === 'string' && value.length * 3 <= MAX_VALUE_BYTES) return null
  if (typeof value === 'number') return null
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value)) > MAX_VALUE_BYTES
    ? 'too_long'
    : null
}

/** Sets or (null) removes one trait. Gives why it was not done; null when it was, or was so already. */
export function setTrait(fold: Fold, name: string, value: unknown, source: Source): Refusal | null {
  const { traits } = fold.state
  const fault = traitFault(name, value)
  if (fault !== null) return fault
  const held = Object.hasOwn(traits, name) ? traits[name] : undefined
  const next: Trait = { v: value as TraitValue, at: source.at, src: source.src }
  if (source.proof === 'public') next.u = true
  if (held === undefined && (value === null || Object.keys(traits).length >= MAX_TRAITS))
    return value === null ? null : 'too_many'
  if (held !== undefined && !traitWins(next, held))
    return (next.at < held.at && next.u === held.u) || sameValue(held.v, next.v) ? 'older' : 'verified'
  if (value === null) delete traits[name]
  else traits[name] = next
  if (value !== null && sameValue(held?.v, next.v)) return null
  fold.changed = true
  if (fold.plan.dates.some(j => j.graph.trigger.trait === name)) fold.datesChanged = true
  derive(fold, 'trait.changed', { trait: name, before: held?.v ?? null, after: value })
  return null
}

/** Traits of an event: nested objects become dotted names ('address.city'). */
export function foldTraits(
  fold: Fold,
  given: Record<string, unknown>,
  source: Source,
  prefix = '',
  depth = 0,
): void {
  for (const name of Object.keys(given)) {
    const value = given[name]
    if (value === undefined) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 3) {
      foldTraits(fold, value as Record<string, unknown>, source, prefix + name + '.', depth + 1)
      continue
    }
    const refused = setTrait(fold, prefix + name, value, source)
    // an older value that lost is the normal case of late events
    if (refused !== null && refused !== 'older')
      derive(fold, 'trait.refused', { trait: (prefix + name).slice(0, MAX_NAME), reason: refused })
  }
}

export function addTag(fold: Fold, tag: string, source: Source): 'name' | 'too_many' | null {
  const { tags } = fold.state
  if (tag === '' || tag.length > 100 || tag === '__proto__') return 'name'
  if (Object.hasOwn(tags, tag)) return null
  if (Object.keys(tags).length >= MAX_TAGS) return 'too_many'
  tags[tag] = { at: source.at, src: source.src }
  derive(fold, 'tag.added', { tag })
  return null
}

export function removeTag(fold: Fold, tag: string): void {
  if (!Object.hasOwn(fold.state.tags, tag)) return
  delete fold.state.tags[tag]
  derive(fold, 'tag.removed', { tag })
}

export function setConsent(fold: Fold, channel: string, purpose: string, on: boolean, source: Source): void {
  const key = `${channel}/${purpose}`
  const held = fold.state.consent[key]
  if (held !== undefined && !consentWins({ on, at: source.at }, held)) return
  fold.state.consent[key] = { on, at: source.at, src: source.src }
  if (held?.on !== on) derive(fold, 'consent.changed', { channel, purpose, on })
}

export const consentWins = (next: { on: boolean; at: number }, held: { on: boolean; at: number }): boolean =>
  next.at > held.at || (next.at === held.at && !next.on)

/** Friendship follows the newest event; at the same moment the block. */
export function setLine(fold: Fold, following: boolean, at: number): void {
  const held = fold.state.line
  if (held !== undefined && (held.at > at || (held.at === at && following))) return
  fold.state.line = { following, at }
}
