// Statements about a customer from trusted sources: consent with its proof, and tags. Pure.
import type { EventBody } from '../inbox/model.ts'
import type { Fold } from './fold.ts'
import { addTag, removeTag, setConsent, type Source } from './profile.ts'

const PROOF = {
  text: 2000,
  version: 100,
  url: 1000,
  ip: 64,
  at: 40,
  address: 200,
  agent: 200,
  how: 40,
  message: 40,
} as const
const NAME = /^[a-z][a-z0-9_]{0,31}$/

/** The parts of a proof that are texts, shortened; null when there are none. */
export function proofOf(given: unknown): Record<string, string> | null {
  if (typeof given !== 'object' || given === null) return null
  const proof: Record<string, string> = {}
  for (const [name, most] of Object.entries(PROOF)) {
    const value = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined
    if (typeof value === 'string' && value !== '') proof[name] = value.slice(0, most)
    else if (typeof value === 'number') proof[name] = String(value)
  }
  return Object.keys(proof).length > 0 ? proof : null
}

/** ms of an RFC 3339 text; null when it is none. */
export function instantOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return null
  const ms = Date.parse(value)
  return Number.isFinite(ms) ? ms : null
}

export function foldStatement(fold: Fold, body: EventBody, source: Source): void {
  const props = body.props ?? {}
  switch (body.name) {
    case 'consent.granted':
    case 'consent.refused': {
      const { channel, purpose = 'marketing' } = props
      if (
        typeof channel === 'string' &&
        NAME.test(channel) &&
        typeof purpose === 'string' &&
        NAME.test(purpose)
      )
        setConsent(fold, channel, purpose, body.name === 'consent.granted', source, proofOf(props.proof))
      break
    }
    case 'tag.applied':
    case 'tag.cleared': {
      const tag = typeof props.tag === 'string' ? props.tag.trim() : ''
      const actor = typeof props.actor === 'string' && props.actor !== '' ? props.actor.slice(0, 100) : null
      if (body.name === 'tag.applied') addTag(fold, tag, source, { actor, until: instantOf(props.until) })
      else removeTag(fold, tag, source, actor)
    }
  }
}
