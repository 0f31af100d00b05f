// One item as a client sent it, made into an event or refused with what to do. Pure, and without a schema library:
// this runs for every event (about 3 µs for one of 300 bytes). Imports and webhooks pass their items through it too.
import { type Region, regionOf } from '../customers/contacts.ts'
import type { IdRef, Proof } from '../customers/model.ts'
import type { EventBody } from '../inbox/model.ts'
import { newId } from '../platform/ids.ts'
import { identifiers } from './identifiers.ts'
import { byteLength, cleanText, fault, inspect, LIMITS, text, tooLong, type Fault } from './json.ts'
import { type Dict, isDict } from '../platform/values.ts'
import type { UserClaims } from './token.ts'
import { channelOf, pushHint, touchProps } from './touch.ts'

export type CleanContext = {
  /** what the key proves; an item with `claims` is proven by its token */
  proof: 'public' | 'server'
  src: string
  demandToken: boolean
  /** whose phone numbers are written without a country */
  region: Region
  /** claims of the item's user token, verified before */
  claims: UserClaims | null
  /** the client's clock when it sent the request, ms */
  sentAt: number | null
  /** our clock when the request came, ms */
  receivedAt?: number
  /** the endpoint's type; null for a batch, where each item names its own */
  type: string | null
  /** a history that is taken over: times are kept as they are told, whenever it was sent */
  past?: boolean
  /** an alias of a server: what its previousId is known as */
  previous?: IdRef[]
}

/** Of what a server of the brand tells, or we read for it; `src`: where it is from. */
export const serverContext = (src: string, timezone: string): CleanContext => ({
  proof: 'server',
  src,
  demandToken: false,
  region: regionOf(timezone),
  claims: null,
  sentAt: null,
  type: null,
})

export type Cleaned = { event: EventBody; notes: Fault[] } | { fault: Fault }

const TYPES: Record<string, EventBody['type']> = {
  track: 'track',
  identify: 'identify',
  page: 'page',
  screen: 'screen',
  group: 'group',
  alias: 'alias',
}
const NAMES = {
  identify: 'Identified',
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  group: 'Group Joined',
  alias: 'Alias Linked',
}
/** Names of what the product itself makes; a client that could send them could forge a consent or a receipt. */
const OURS =
  /^(contact|consent|message|journey|node|trait|tag|identifier|customer|merge|order|segment|stage|visit|tier|points|coupon|conversation|line|email|catalogue)\.[a-z_]+$/
/** Of those, what a proven sender may tell: a person of their consent, a server also of tags, of membership, and of what
 *  was said between the customer and the team. */
const CONSENT = /^consent\.(granted|refused)$/
const SERVER =
  /^(tag\.(applied|cleared)|(tier|points)\.changed|coupon\.(issued|redeemed|expired)|conversation\.(replied|received|handed|resolved))$/
const SAID_BY: Record<string, string> = {
  'conversation.received': 'customer',
  'conversation.replied': 'team',
}

/** Turns one item into an event. Never throws. */
export function cleanItem(raw: unknown, context: CleanContext): Cleaned {
  if (!isDict(raw))
    return fault('not_an_object', null, 'The item is not a JSON object', 'Send one object per event.')
  const notes: Fault[] = []
  const look = inspect(raw)
  if (look.fault) return { fault: look.fault }
  let item: Dict = raw
  if (look.badText) {
    item = cleanText(raw) as Dict
    notes.push({
      code: 'text_cleaned',
      path: look.badText,
      detail: 'NUL characters or halves of surrogate pairs were removed; the event was stored',
      action: 'Send valid Unicode text.',
    })
  }

  const typeName = context.type ?? item.type
  const type = typeof typeName === 'string' && Object.hasOwn(TYPES, typeName) ? TYPES[typeName] : undefined
  if (!type)
    return fault(
      'unsupported_type',
      'type',
      `"${String(typeName).slice(0, 40)}" is not a type taken here`,
      `Use ${Object.keys(TYPES).join(', ')}.`,
    )
  const named = nameOf(item, type)
  if (typeof named !== 'string') return named

  const proof: Proof = context.claims ? 'token' : context.proof
  let kind = type
  if (OURS.test(named)) {
    const consent = CONSENT.test(named)
    if (proof === 'public' || !(consent || (proof === 'server' && SERVER.test(named))))
      return fault(
        'reserved_name',
        'event',
        `"${named}" is a name of events that this product makes itself`,
        consent
          ? 'Send consent with a user token or from your server.'
          : 'Name your event otherwise, for example "Order Completed".',
      )
    kind = 'system'
  }

  const found = identifiers(item, type, context, notes)
  if ('fault' in found) return found
  const messageId = text(item.messageId)
  if (messageId !== null && byteLength(messageId) > LIMITS.id) return tooLong('messageId')

  const inner = isDict(item.context) ? item.context : null
  const props = propertiesOf(item, type, named, inner)
  if ('fault' in props) return props
  const traits = traitsOf(item, type, inner, context.claims)
  if ('fault' in traits) return traits
  const event: EventBody = {
    type: kind,
    name: named,
    messageId: messageId || newId(),
    ids: found.ids,
    proof,
    src: context.src,
  }
  occurred(event, item, context, notes)
  const ch = channelOf(named, type, props.props, item.channel, inner)
  if (ch !== null) event.ch = ch
  if (props.props) event.props = props.props
  // who wrote last is what the newest says
  const from = SAID_BY[named]
  if (from !== undefined) event.props = { ...event.props, from }
  const hint = inner === null ? null : pushHint(named, type, inner)
  const said = hint === null ? traits.traits : { ...traits.traits, ...hint }
  if (said) event.traits = said
  return { event, notes }
}

function nameOf(item: Dict, type: EventBody['type']): string | { fault: Fault } {
  if (type !== 'track') return NAMES[type as keyof typeof NAMES]
  const name = typeof item.event === 'string' ? item.event.trim() : ''
  if (name === '')
    return fault('name_missing', 'event', 'A track needs the name of what happened', 'Set "event" to a text.')
  if (name.length > LIMITS.name)
    return fault('name_too_long', 'event', `The name has more than ${LIMITS.name} characters`, 'Shorten it.')
  return name
}

function propertiesOf(
  item: Dict,
  type: EventBody['type'],
  name: string,
  inner: Dict | null,
): { props?: Dict } | { fault: Fault } {
  const given = item.properties
  if (given !== undefined && given !== null && !isDict(given))
    return fault('not_an_object', 'properties', 'Properties are not an object', 'Send name: value pairs.')
  const props: Dict | undefined = given ?? undefined
  let more = touchProps(name, type, props, inner)
  if (type === 'page' || type === 'screen') {
    for (const key of ['name', 'category'])
      if (typeof item[key] === 'string' && props?.[key] === undefined) (more ??= {})[key] = item[key]
  }
  if (type === 'group') (more ??= {}).group_id = text(item.groupId)
  if (more) return { props: { ...props, ...more } }
  return props ? { props } : {}
}

/** What the event says of the person. A group's traits are the person's under `group.`: who belongs to which company,
 *  class or plan is a fact about the customer. */
function traitsOf(
  item: Dict,
  type: EventBody['type'],
  inner: Dict | null,
  claims: UserClaims | null,
): { traits?: Dict } | { fault: Fault } {
  if (type !== 'identify' && type !== 'group') return {}
  // some clients send what identify says only among the context
  const traits = item.traits ?? (type === 'identify' ? inner?.traits : null) ?? {}
  if (!isDict(traits))
    return fault('not_an_object', 'traits', 'Traits are not an object', 'Send name: value pairs.')
  if (type === 'identify')
    return { traits: claims?.name && traits.name === undefined ? { ...traits, name: claims.name } : traits }
  const group = text(item.groupId)
  if (group === null)
    return fault('group_missing', 'groupId', 'A group call needs the id of the group', 'Set "groupId".')
  if (byteLength(group) > LIMITS.id) return tooLong('groupId')
  return { traits: { group: { ...traits, id: group } } }
}

/** A request is on its way for so long at most; a longer way means that the client's clock is slow. */
const ON_THE_WAY_MS = 30_000

/** Sets how long before it was received it happened. By the client's own clock, from its sending on, so that its clock need
 *  not be right; where that clock agrees with ours it is taken at its word, so that of two requests the slower one's events
 *  keep their place. */
function occurred(event: EventBody, item: Dict, context: CleanContext, notes: Fault[]): void {
  const given = item.timestamp ?? item.originalTimestamp
  if (given === undefined || given === null) {
    event.agoMs = 0
    return
  }
  const at = timeOf(given)
  if (at === null) {
    event.agoMs = 0
    notes.push({
      code: 'bad_time',
      path: 'timestamp',
      detail: 'It is not a time; the event was stored with the time it was received',
      action: 'Send RFC 3339, for example 2026-05-01T12:00:00Z.',
    })
    return
  }
  const sentAt = (item.sentAt === undefined ? null : timeOf(item.sentAt)) ?? context.sentAt
  if (sentAt === null || context.past) event.at = at
  else event.agoMs = Math.max(0, arrival(sentAt, context.receivedAt) - at)
}

/** The moment of our receiving, by the client's clock. */
function arrival(sentAt: number, receivedAt = sentAt): number {
  const way = receivedAt - sentAt
  return way >= 0 && way <= ON_THE_WAY_MS ? receivedAt : sentAt
}

/** ms of an RFC 3339 text or of a number of ms; null when it is neither. */
export function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? Math.trunc(ms) : null
}
