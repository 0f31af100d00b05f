// The channels by which customers are written to, and how each reaches somebody. The fold, the deliverer, the simulator and
// the pages all read it. A provider of a channel is an adapter (adapter.ts). Pure.
import { lineAddressOf } from '../customers/contacts.ts'
import type { IdentifierKind } from '../rules/identifiers.ts'

export const CHANNEL_NAMES = [
  'line',
  'email',
  'sms',
  'whatsapp',
  'messenger',
  'instagram',
  'push',
  'webpush',
] as const
export type ChannelName = (typeof CHANNEL_NAMES)[number]

export type ChannelKind = {
  name: ChannelName
  /** the identifier that is the address; null: a token under which an app or a browser may be notified */
  addressKind: IdentifierKind | null
  /** the address to use for an identifier by an account with these settings; null: that account cannot reach it */
  addressOf?(settings: Record<string, string>, value: string): string | null
  /** given: marketing needs a consent. implied: being a friend, having begun the chat, or letting the app notify is one,
   *  until it is refused */
  consent: 'given' | 'implied'
  /** What is no approved template may be sent only so long after the customer's last message by this channel, ms. */
  windowMs?: number
  /** The same for what a person of the team answers; left out: no other. */
  replyWindowMs?: number
  /** has templates that the provider approves */
  templates?: true
}

const DAY_MS = 86_400_000

export const CHANNELS: Record<ChannelName, ChannelKind> = {
  line: {
    name: 'line',
    addressKind: 'line_uid',
    addressOf: (settings, value) => lineAddressOf(settings.provider, value),
    consent: 'implied',
  },
  email: { name: 'email', addressKind: 'email', consent: 'given' },
  sms: { name: 'sms', addressKind: 'phone', consent: 'given' },
  whatsapp: { name: 'whatsapp', addressKind: 'phone', consent: 'given', windowMs: DAY_MS, templates: true },
  messenger: {
    name: 'messenger',
    addressKind: 'messenger_id',
    consent: 'implied',
    windowMs: DAY_MS,
    replyWindowMs: 7 * DAY_MS,
  },
  instagram: {
    name: 'instagram',
    addressKind: 'instagram_id',
    consent: 'implied',
    windowMs: DAY_MS,
    replyWindowMs: 7 * DAY_MS,
  },
  push: { name: 'push', addressKind: null, consent: 'implied' },
  webpush: { name: 'webpush', addressKind: null, consent: 'implied' },
}

export const isChannel = (name: string): name is ChannelName => Object.hasOwn(CHANNELS, name)

/** People are friends of one account of LINE or of another; by any other channel the first account sends to all of them. */
export const sendsBySeveral = (channel: string): boolean => channel === 'line'

/** The platform under which a browser's token is kept, among the tokens of apps. */
export const WEB_PLATFORM = 'web'
