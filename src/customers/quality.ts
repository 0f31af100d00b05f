// What a customer's snapshot says of the quality of its contacts: which channels could be used, when one was verified
// last, and what is kept as a hint though it cannot be an address. Pure.
import { cleanEmail, cleanPhone } from './contacts.ts'
import type { CustomerState } from './model.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { reachOf } from './reach.ts'

const CONTACTS: ReadonlySet<string> = new Set(['email', 'phone', 'line_uid'])
const CHECKS = { bad_email: ['email', cleanEmail], bad_phone: ['phone', cleanPhone] } as const
const NOT_SUPPRESSED: ReadonlyMap<string, string> = new Map()

export function qualityOf(state: Partial<CustomerState>): {
  reach: string[]
  verified: number
  faults: string[]
} {
  const known = { ids: [], traits: {}, consent: {}, ...state } as unknown as CustomerState
  let verified = 0
  for (const id of known.ids) if (id.verified && CONTACTS.has(id.kind)) verified = Math.max(verified, id.at)
  const faults = Object.entries(CHECKS).flatMap(([fault, [name, clean]]) => {
    const value = known.traits[name]?.v
    return typeof value === 'string' && value !== '' && clean(value) === null ? [fault] : []
  })
  const reach = CHANNEL_NAMES.filter(channel => reachOf(known, channel, NOT_SUPPRESSED).reachable)
  return { reach, verified, faults }
}
