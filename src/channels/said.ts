// What a customer did on a channel, in the words that all adapters share: `<channel>.message` and its like, and the refusal
// where a message is a stop word.
import type { IdRef } from '../customers/model.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Account, ChannelEvent } from './adapter.ts'
import type { ChannelName } from './model.ts'
import { isStopWord } from './sms.ts'

/** Longest text that is kept of a message. */
const LONGEST = 2_000

export type Sender = { account: Account; channel: ChannelName; id: IdRef; address: string }

/** Something that happened; `id` deduplicates it. */
export function happened(
  by: Sender,
  event: { id: string; name: string; at: number; props: Record<string, unknown> },
): ChannelEvent {
  const body: EventBody = {
    type: 'system',
    name: event.name,
    messageId: event.id,
    at: event.at,
    props: event.props,
    ids: [by.id],
    proof: 'provider',
    src: by.account.name,
    ch: by.channel,
  }
  return { address: by.address, input: { kind: 'event', messageId: event.id, body } }
}

/** A person wants no more marketing by this channel, or (`on`) wants it again. */
export function consented(
  by: Sender,
  said: { id: string; at: number; on: boolean; how: string; proof: string },
): ChannelEvent {
  const event = happened(by, {
    id: said.id,
    name: said.on ? 'consent.granted' : 'consent.refused',
    at: said.at,
    props: { channel: by.channel, purpose: 'marketing', how: said.how, proof: said.proof.slice(0, 100) },
  })
  return said.on ? event : { ...event, reach: { kind: 'refused', at: said.at } }
}

/** A message; `stop`: the provider says that it was one. */
export function wrote(
  by: Sender,
  message: {
    id: string
    /** what the provider calls it, for answers and for taking it back */
    mid: string
    at: number
    type: string
    text?: string | undefined
    media?: { type: string; url?: string; id?: string }[]
    more?: Record<string, unknown>
    stop?: boolean
  },
): ChannelEvent[] {
  const { id, at, text, media = [] } = message
  const said = happened(by, {
    id,
    name: `${by.channel}.message`,
    at,
    props: {
      type: message.type,
      id: message.mid,
      from: 'customer',
      ...(text === undefined ? {} : { text: text.slice(0, LONGEST) }),
      ...(media.length > 0 ? { media: media.slice(0, 10) } : {}),
      ...message.more,
    },
  })
  const stops = message.stop ?? (text !== undefined && isStopWord(text))
  return stops
    ? [said, consented(by, { id: `${id}:stop`, at, on: false, how: 'reply', proof: text ?? '' })]
    : [said]
}
