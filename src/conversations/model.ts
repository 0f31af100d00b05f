// What is said between a customer and the team: which events are part of a conversation, and as what. Pure: the fold asks
// it for every event, so what is nothing of the kind must be seen at once.
import type { ChannelName } from '../channels/model.ts'
import { CHANNELS, isChannel } from '../channels/model.ts'
import type { EventBody } from '../inbox/model.ts'
import { hashId, type Uuid } from '../platform/ids.ts'

export const STATUSES = ['open', 'waiting', 'closed'] as const
export type Status = (typeof STATUSES)[number]

/** One bubble. `unsent`: what it said is taken back. */
export type Said = {
  /** hash of what names it at its sender */
  key: Uuid
  channel: string
  at: number
  side: 'customer' | 'team' | 'system'
  kind: string
  text: string | null
  data: Record<string, unknown> | null
  author: string | null
  src: string
  message?: Uuid
}

const SMALL_A = 97
const TOLD =
  /^(?:(line|email|sms|whatsapp|messenger|instagram)\.(message|postback|unsend)|conversation\.(received|replied|handed))$/
export const MOST_TEXT = 5_000
const MOST_DATA = 2_000
const CHANNEL = /^[a-z][a-z0-9_]{0,31}$/

const textOf = (value: unknown, most: number): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, most) : null

/** What else is known of it, where that is little. */
function dataOf(props: Record<string, unknown>): Record<string, unknown> | null {
  const { type: _type, id: _id, from: _from, text: _text, channel: _channel, staff: _staff, ...data } = props
  if (Object.keys(data).length === 0) return null
  return JSON.stringify(data).length > MOST_DATA ? null : data
}

/** What an event adds to a conversation; null: nothing. Only servers and providers are believed. `at`: when it was. */
export function saidOf(body: EventBody, at: number): Said | null {
  const { name } = body
  if (name.charCodeAt(0) < SMALL_A || (body.proof !== 'server' && body.proof !== 'provider')) return null
  const told = TOLD.exec(name)
  if (told === null) return null
  const [, by, what, said] = told
  const props = body.props ?? {}
  const channel = by ?? props.channel
  if (typeof channel !== 'string' || !CHANNEL.test(channel)) return null
  const id = textOf(what === 'unsend' ? props.messageId : props.id, 200) ?? body.messageId
  const side = said === 'replied' ? 'team' : said === 'handed' ? 'system' : 'customer'
  const kind =
    what === 'postback'
      ? 'postback'
      : what === 'unsend'
        ? 'unsent'
        : said === 'handed'
          ? 'handed'
          : kindOf(props)
  const base = { key: hashId(channel, side, id), channel, at, side, kind, src: body.src } as const
  if (what === 'unsend') return { ...base, text: null, data: null, author: null }
  if (said === 'handed')
    return { ...base, text: textOf(props.to, 60), data: null, author: textOf(props.staff, 100) }
  return {
    ...base,
    text: textOf(props.text, MOST_TEXT),
    data: dataOf(props),
    author: side === 'team' ? textOf(props.staff, 100) : null,
  }
}

const KIND = /^[a-z_]{1,20}$/
const kindOf = ({ type }: Record<string, unknown>): string =>
  typeof type === 'string' && KIND.test(type) ? type : 'text'

/** Meta lets a person of the team answer for so long after the customer's last message, as a human agent. */
export const HUMAN_AGENT_MS = 7 * 86_400_000
const HUMAN_AGENT: readonly string[] = ['messenger', 'instagram'] satisfies ChannelName[]

export type Window = {
  /** until when anything may be said; null: always */
  closesAt: number | null
  /** until when a person may still answer */
  humanUntil: number | null
  /** anything: free text; human: a person's answer only; template: approved templates only; nothing: not until they write */
  may: 'anything' | 'human' | 'template' | 'nothing'
}

/** What may be said now by a channel of whose customer the newest message came at `inbound`. */
export function windowOf(channel: string, inbound: number | null, now: number): Window {
  const windowMs = isChannel(channel) ? CHANNELS[channel].windowMs : undefined
  if (windowMs === undefined) return { closesAt: null, humanUntil: null, may: 'anything' }
  const human = HUMAN_AGENT.includes(channel)
  const after = human ? ('nothing' as const) : ('template' as const)
  if (inbound === null) return { closesAt: null, humanUntil: null, may: after }
  const closesAt = inbound + windowMs
  const humanUntil = human ? inbound + HUMAN_AGENT_MS : null
  if (now < closesAt) return { closesAt, humanUntil, may: 'anything' }
  return { closesAt, humanUntil, may: humanUntil !== null && now < humanUntil ? 'human' : after }
}

/** Typed by a person: nothing of it is a merge field. */
export const literally = (text: string): string => text.replace(/\{(?=[{%])/g, '{{ "{" }}')
