// Traits, tags, consent and LINE friendship. Policy of traits: a verified value is never replaced by an unverified one;
// otherwise the newer wins. Consent: the newer wins; at the same moment the refusal.
import { hashId } from '../platform/ids.ts'
import { canonicalName, conform } from './attributes.ts'
import { PUSH_PLATFORM, PUSH_TOKEN } from './cart.ts'
import { cleanEmail, cleanPhone, regionOf } from './contacts.ts'
import { derive, type Fold } from './fold.ts'
import type { CustomerState, Proof, Trait, TraitValue } from './model.ts'
import { profilePlanOf } from './profile-plan.ts'

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

type Refusal = 'name' | 'type' | 'choice' | 'computed' | 'too_long' | 'too_many' | 'verified' | 'older'

const utf8 = new TextEncoder()

/** Why this name or value cannot be a trait of anybody; null when it can. */
export function traitFault(name: string, value: unknown): 'name' | 'type' | 'too_long' | null {
  if (name === '' || name.length > MAX_NAME || name === '__proto__') return 'name'
  if (value === null || typeof value === 'boolean') return null
  if (!isScalar(value) && !(Array.isArray(value) && value.every(isScalar))) return 'type'
  if (typeof value === 'string' && value.length * 3 <= MAX_VALUE_BYTES) return null
  if (typeof value === 'number') return null
  return utf8.encode(typeof value === 'string' ? value : JSON.stringify(value)).length > MAX_VALUE_BYTES
    ? 'too_long'
    : null
}

const E164 = /^\+[1-9]\d{7,14}$/

/** The value as its attribute keeps it, or why it cannot be kept. Numbers and addresses are kept in their one written
 *  form where they have one; a bad one is kept as it came, for whoever mends it. */
export function fitTrait(
  fold: Fold,
  name: string,
  given: unknown,
): { value: TraitValue | null } | { refused: 'name' | 'type' | 'too_long' | 'choice' | 'computed' } {
  const fault = traitFault(name, given)
  if (fault !== null) return { refused: fault }
  if (given === null) return { value: null }
  if (name === 'age') return { refused: 'computed' } // from the birthday, when somebody asks
  const attribute = profilePlanOf(fold.world).attributes.get(name)
  if (attribute === undefined) return { value: given as TraitValue }
  const fitted = conform(attribute, given as TraitValue)
  if ('refused' in fitted || typeof fitted.value !== 'string') return fitted
  if (name === 'phone' && !E164.test(fitted.value))
    return { value: cleanPhone(fitted.value, regionOf(fold.world.timezone)) ?? fitted.value }
  return name === 'email' ? { value: cleanEmail(fitted.value) ?? fitted.value } : fitted
}

/** Sets or (null) removes one trait. Gives why it was not done; null when it was, or was so already. */
export function setTrait(fold: Fold, given: string, raw: unknown, source: Source): Refusal | null {
  const { traits } = fold.state
  const name = canonicalName(given)
  const fitted = fitTrait(fold, name, raw)
  if ('refused' in fitted) return fitted.refused
  const { value } = fitted
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
  fold.moved.push(...(fold.plan.movedBy.traits.get(name) ?? []))
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
    if (value === undefined || name === PUSH_TOKEN || name === PUSH_PLATFORM) continue
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

/** Adds a tag, or changes its end. A tag whose end has passed is not added. */
export function addTag(
  fold: Fold,
  tag: string,
  source: Source,
  more: { actor?: string | null; until?: number | null } = {},
): 'name' | 'too_many' | null {
  const { state } = fold
  const { tags } = state
  if (tag === '' || tag.length > 100 || tag === '__proto__') return 'name'
  const until = more.until ?? null
  if (until !== null && until <= fold.t) return null
  const held = Object.hasOwn(tags, tag) ? tags[tag]! : null
  if (held !== null && (source.at < held.at || (held.until ?? null) === until)) return null
  if (held === null && Object.keys(tags).length >= MAX_TAGS) return 'too_many'
  tags[tag] = {
    at: held?.at ?? source.at,
    src: held?.src ?? source.src,
    ...(held?.by ? { by: held.by } : held === null && more.actor ? { by: more.actor } : {}),
    ...(until === null ? {} : { until }),
  }
  setTagEnd(state)
  fold.changed = true
  derive(fold, held === null ? 'tag.added' : 'tag.changed', {
    ...said(tag, source, more.actor),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
  })
  return null
}

const said = (tag: string, source: Source, actor: string | null | undefined) => ({
  tag,
  source: source.src,
  ...(actor ? { actor } : {}),
})

/** A tag given after `source.at` stays. */
export function removeTag(fold: Fold, tag: string, source: Source, actor: string | null = null): void {
  const { state } = fold
  if (!Object.hasOwn(state.tags, tag) || state.tags[tag]!.at > source.at) return
  delete state.tags[tag]
  setTagEnd(state)
  fold.changed = true
  derive(fold, 'tag.removed', { ...said(tag, source, actor), reason: 'removed' })
}

/** Takes off the tags that end by now. */
export function expireTags(fold: Fold): void {
  const { state } = fold
  for (const [tag, mark] of Object.entries(state.tags)) {
    if (mark.until === undefined || mark.until > fold.t) continue
    delete state.tags[tag]
    derive(fold, 'tag.removed', { tag, source: mark.src, reason: 'expired' })
  }
  fold.changed = true
  setTagEnd(state)
}

/** The alarm of the first tag that ends. */
export function setTagEnd(state: CustomerState): void {
  let first: number | undefined
  for (const tag of Object.values(state.tags))
    if (tag.until !== undefined && (first === undefined || tag.until < first)) first = tag.until
  if (first === undefined) delete state.tagEnd
  else state.tagEnd = first
}

/** Every statement is kept with its proof; the newest decides. */
export function setConsent(
  fold: Fold,
  channel: string,
  purpose: string,
  on: boolean,
  source: Source,
  proof: Record<string, string> | null = null,
): void {
  const { at, src } = source
  fold.effects.push({
    kind: 'consent_proof',
    row: { key: hashId(channel, purpose, String(on), String(at), src), channel, purpose, on, at, src, proof },
  })
  const key = `${channel}/${purpose}`
  const held = fold.state.consent[key]
  if (held !== undefined && !consentWins({ on, at }, held)) return
  const version = proof?.version?.slice(0, MOST_VERSION)
  fold.state.consent[key] = { on, at, src, ...(version ? { v: version } : {}) }
  if (held?.on !== on) derive(fold, 'consent.changed', { channel, purpose, on, source: src })
  if (!on) fold.effects.push({ kind: 'stop_sends', channel, topic: purpose, keep: keptTopics(fold, channel) })
}

const MOST_VERSION = 20

/** Purposes that were agreed to by themselves: refusing marketing does not end them. */
const keptTopics = ({ state }: Fold, channel: string): string[] =>
  Object.entries(state.consent).flatMap(([key, said]) =>
    said.on && key.startsWith(`${channel}/`) ? [key.slice(channel.length + 1)] : [],
  )

export const consentWins = (next: { on: boolean; at: number }, held: { on: boolean; at: number }): boolean =>
  next.at > held.at || (next.at === held.at && !next.on)

/** Fewer messages, or none for a while: what is left out stays as it is. */
export function setPreference(fold: Fold, wanted: { less?: boolean; until?: number | null }): void {
  const held = fold.state.pref ?? {}
  const less = wanted.less ?? held.less ?? false
  const until = wanted.until === undefined ? (held.until ?? null) : wanted.until
  if (less === (held.less ?? false) && until === (held.until ?? null)) return
  const pref = { ...(less ? { less: true as const } : {}), ...(until === null ? {} : { until }) }
  if (less || until !== null) fold.state.pref = pref
  else delete fold.state.pref
  derive(fold, 'consent.preference', { less, until: until === null ? null : new Date(until).toISOString() })
}

/** Of two who are one, the newer word is not known: what asks for less holds. */
export function mergePreference(state: CustomerState, other: CustomerState): void {
  if (other.pref === undefined) return
  const until = Math.max(state.pref?.until ?? 0, other.pref.until ?? 0)
  state.pref = {
    ...(state.pref?.less || other.pref.less ? { less: true as const } : {}),
    ...(until > 0 ? { until } : {}),
  }
}
