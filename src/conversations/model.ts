// What is said between a customer and the team: which events are part of a conversation, and as what. Pure: the fold asks
// it for every event, so what is nothing of the kind must be seen at once.
import { CHANNELS, type ChannelKind, isChannel } from '../channels/model.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Intent, Outcome } from '../messages/model.ts'
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
  /^(?:(line|email|sms|whatsapp|messenger|instagram)\.(message|postback|unsend)|conversation\.(received|replied|handed|resolved))$/
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

const OWN_BUTTON = 'itinera:'
/** A tap on a button of ours (bind, confirm): we answer it, and nobody of the team has to. */
const isOwnButton = (data: unknown): boolean => typeof data === 'string' && data.startsWith(OWN_BUTTON)

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
  if (what === 'postback' && isOwnButton(props.data)) return null
  const id = textOf(what === 'unsend' ? props.messageId : props.id, 200) ?? body.messageId
  const side = said === 'replied' ? 'team' : said === 'handed' || said === 'resolved' ? 'system' : 'customer'
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
  if (said === 'resolved')
    return {
      ...base,
      kind: said,
      text: textOf(props.topic, 60),
      data: null,
      author: textOf(props.staff, 100),
    }
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

export type Window = {
  /** until when anything may be said; null: always */
  closesAt: number | null
  /** until when a person may still answer */
  humanUntil: number | null
  /** anything: free text; human: a person's answer only; template: approved templates only; nothing: not until they write */
  may: 'anything' | 'human' | 'template' | 'nothing'
}

const NO_CHANNEL: Partial<ChannelKind> = {}

/** What may be said now by a channel of whose customer the newest message came at `inbound`. */
export function windowOf(channel: string, inbound: number | null, now: number): Window {
  const { windowMs, replyWindowMs, templates } = isChannel(channel) ? CHANNELS[channel] : NO_CHANNEL
  if (windowMs === undefined) return { closesAt: null, humanUntil: null, may: 'anything' }
  const after = templates ? ('template' as const) : ('nothing' as const)
  if (inbound === null) return { closesAt: null, humanUntil: null, may: after }
  const closesAt = inbound + windowMs
  const humanUntil = replyWindowMs === undefined ? null : inbound + replyWindowMs
  if (now < closesAt) return { closesAt, humanUntil, may: 'anything' }
  return { closesAt, humanUntil, may: humanUntil !== null && now < humanUntil ? 'human' : after }
}

/** Typed by a person: nothing of it is a merge field. */
export const literally = (text: string): string => text.replace(/\{(?=[{%])/g, '{{ "{" }}')

/** The words of a message of ours, as a bubble shows them. */
export function wordsOf(content: Intent['content']): {
  kind: string
  text: string | null
  data: Said['data']
} {
  switch (content.channel) {
    case 'line': {
      const texts = content.messages.flatMap(m =>
        m.type === 'text' && typeof m.text === 'string' ? [m.text] : [],
      )
      const image = content.messages.find(m => m.type === 'image')
      const kind = texts.length > 0 ? 'text' : (content.messages[0]?.type ?? 'text')
      return {
        kind,
        text: texts.length > 0 ? plain(texts.join('\n')) : null,
        data: image === undefined ? null : { media: image.originalContentUrl },
      }
    }
    case 'email':
      return { kind: 'email', text: plain(content.subject), data: null }
    case 'whatsapp':
      return content.template
        ? { kind: 'template', text: content.template.name, data: null }
        : { kind: 'text', text: plain(content.text ?? ''), data: null }
    case 'sms':
    case 'messenger':
    case 'instagram':
      return { kind: 'text', text: plain(content.text), data: null }
    default:
      return { kind: content.channel, text: null, data: null }
  }
}

/** `literally`, undone. */
const plain = (text: string): string => text.replaceAll('{{ "{" }}', '{').slice(0, MOST_TEXT)

/** What a message that was just decided on adds to the conversation: a person's answer, or what is said while nobody is
 *  there. Null: nothing (a journey's, a test, a confirmation). */
export function saidByUs({ id, channel, content, origin, by = '', at }: Intent): Said | null {
  if (origin !== 'reply' && !(origin === 'auto' && by === AWAY)) return null
  const side = origin === 'reply' ? ('team' as const) : ('system' as const)
  const words = wordsOf(content)
  return {
    key: hashId(channel, side, id),
    channel,
    at,
    side,
    ...words,
    ...(origin === 'auto' ? { kind: 'away' } : {}),
    author: by,
    src: 'page',
    message: id,
  }
}
export const AWAY = 'away'

/** An answer that did not arrive: the customer still waits. */
export const notSaid = (of: {
  message: Uuid
  channel: string
  at: number
  outcome: Outcome | null
  reason: string | null
}): Said | null =>
  of.outcome === 'failed' || of.outcome === 'skipped'
    ? {
        key: hashId(of.channel, 'failed', of.message),
        channel: of.channel,
        at: of.at,
        side: 'system',
        kind: 'failed',
        text: null,
        data: null,
        author: null,
        src: 'page',
        message: of.message,
      }
    : null
