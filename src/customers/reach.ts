// Through which channels a customer can be reached by marketing now, and which contacts the profile has. The same rules
// as the deliverer's (src/messages/decide.ts), which has the last word when it sends. Pure.
import { contentNeedsWindow, goesByPhone, type MessageContent } from '../channels/content.ts'
import { CHANNELS, type ChannelName, WEB_PLATFORM } from '../channels/model.ts'
import { consentFor, MARKETING } from '../consent/model.ts'
import type { Origin } from '../messages/model.ts'
import { lineParts } from './contacts.ts'
import { friendshipOf, isFriendOf } from './line.ts'
import type { CustomerState } from './model.ts'
import type { WantedContact } from './settings.ts'

type Reason = 'no_address' | 'unverified' | 'blocked' | 'no_consent' | 'refused' | 'suppressed' | 'window'

export type Reach = {
  channel: ChannelName
  reachable: boolean
  reason: Reason | null
  address: string | null
  suppressed: string | null
}

/** The address a channel would use: the newest verified; else what is only claimed. LINE: a friend's before others. */
export function addressFor(
  state: Pick<CustomerState, 'ids' | 'traits' | 'push' | 'line' | 'lines'>,
  channel: ChannelName,
): { value: string; verified: boolean } | null {
  const kind = CHANNELS[channel].addressKind
  if (kind === null) {
    const tokens = state.push?.filter(t => (t.p === WEB_PLATFORM) === (channel === 'webpush'))
    const token = tokens?.findLast(t => !t.u) ?? tokens?.at(-1)
    return token ? { value: token.t, verified: !token.u } : null
  }
  let best: { value: string; verified: boolean; at: number; friend: boolean } | null = null
  for (const id of state.ids) {
    if (id.kind !== kind) continue
    const friend = kind === 'line_uid' && isFriendOf(state, lineParts(id.value).provider)
    const more =
      best === null ||
      (id.verified !== best.verified ? id.verified : friend !== best.friend ? friend : id.at > best.at)
    if (more) best = { value: id.value, verified: id.verified, at: id.at, friend }
  }
  if (best !== null) return { value: best.value, verified: best.verified }
  const hint = kind === 'email' || kind === 'phone' ? state.traits[kind]?.v : undefined
  return typeof hint === 'string' && hint !== '' ? { value: hint, verified: false } : null
}

/** The customer's last message by this channel is so long ago that only an approved template may be sent. `person`: it is
 *  a person of the team who answers. */
export const windowClosed = (
  state: Pick<CustomerState, 'inb'>,
  channel: ChannelName,
  now: number,
  origin?: Origin,
): boolean => {
  const { windowMs, replyWindowMs } = CHANNELS[channel]
  const openMs = origin === 'reply' ? (replyWindowMs ?? windowMs) : windowMs
  return openMs !== undefined && now - (state.inb?.[channel] ?? 0) >= openMs
}

/** @param suppressed why the address of a channel may not be sent to, by channel
 *  @param now for channels that have no templates: whether their window is open; left out: it is not asked */
export function reachOf(
  state: CustomerState,
  channel: ChannelName,
  suppressed: ReadonlyMap<string, string>,
  now?: number,
): Reach {
  const address = addressFor(state, channel)
  const why = suppressed.get(channel) ?? null
  const shut = now !== undefined && !CHANNELS[channel].templates && windowClosed(state, channel, now)
  const reason = unreachable(state, channel, address, why) ?? (shut ? 'window' : null)
  return { channel, reachable: reason === null, reason, address: address?.value ?? null, suppressed: why }
}

function unreachable(
  state: CustomerState,
  channel: ChannelName,
  address: ReturnType<typeof addressFor>,
  suppressed: string | null,
  topic = MARKETING,
): Reason | null {
  if (address === null) return 'no_address'
  if (!address.verified) return 'unverified'
  if (channel === 'line' && !friendshipOf(state)?.following) return 'blocked'
  // of a purpose that is asked for by itself the deliverer knows
  const consent = consentFor(state.consent, channel, topic, false)
  if (consent?.on === false) return 'refused'
  if (consent === undefined && CHANNELS[channel].consent === 'given') return 'no_consent'
  return suppressed === null ? null : 'suppressed'
}

/** For the fold, which does not know suppressions. What must be sent needs no consent, but an address.
 *  @param topic the purpose of consent it is for; left out: marketing
 *  @param toPhones LINE lets an account write to the phone numbers of who is no friend */
export function reachFor(
  state: CustomerState,
  channel: ChannelName,
  purpose: 'marketing' | 'transactional',
  content: MessageContent,
  now: number,
  { toPhones = false, topic }: { toPhones?: boolean | undefined; topic?: string | undefined } = {},
): { reachable: boolean; reason: string | null } {
  const byPhone =
    toPhones && purpose === 'transactional' && goesByPhone(content) && friendshipOf(state) === undefined
  const reason = unreachable(
    state,
    byPhone ? 'sms' : channel,
    addressFor(state, byPhone ? 'sms' : channel),
    null,
    topic,
  )
  if (reason !== null && !(purpose === 'transactional' && AGREEING.has(reason)))
    return { reachable: false, reason }
  return contentNeedsWindow(content) && windowClosed(state, channel, now)
    ? { reachable: false, reason: 'window' }
    : { reachable: true, reason: null }
}
/** Whether some message could be sent by this channel now, whatever it says. */
export const anyReach = (
  state: CustomerState,
  channel: ChannelName,
  purpose: 'marketing' | 'transactional',
): boolean => {
  const reason = unreachable(state, channel, addressFor(state, channel), null)
  return reason === null || (purpose === 'transactional' && AGREEING.has(reason))
}
const AGREEING: ReadonlySet<Reason> = new Set(['refused', 'no_consent'])

const CHANNEL_OF: Record<WantedContact, ChannelName> = {
  email: 'email',
  phone: 'sms',
  line: 'line',
  push: 'push',
}

/** How much of what the workspace wants to know is known, and what is missing. A full name may be in two parts. */
export function completenessOf(
  state: Pick<CustomerState, 'ids' | 'traits' | 'push' | 'line' | 'lines'>,
  wanted: { attributes: string[]; contacts: WantedContact[] },
): { percent: number | null; wanted: number; missing: string[] } {
  const known = (name: string): boolean => {
    const value = Object.hasOwn(state.traits, name) ? state.traits[name]!.v : undefined
    if (value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)) return true
    return name === 'name' && known('last_name') && known('first_name')
  }
  const missing = wanted.attributes.filter(name => !known(name))
  for (const contact of wanted.contacts) {
    const has = addressFor(state, CHANNEL_OF[contact]) !== null
    if (!has || (contact === 'line' && !friendshipOf(state)?.following)) missing.push(`contact.${contact}`)
  }
  const all = wanted.attributes.length + wanted.contacts.length
  return {
    percent: all === 0 ? null : Math.round(((all - missing.length) / all) * 100),
    wanted: all,
    missing,
  }
}
