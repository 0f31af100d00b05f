// One item as a client sent it, made into an event or refused with what to do. Pure, and without a schema library:
// this runs for every event (about 3 µs for one of 300 bytes).
import type { IdRef, Proof } from '../customers/model.ts'
import type { EventBody } from '../inbox/model.ts'
import { newId } from '../platform/ids.ts'
import type { IdentifierKind } from '../rules/model.ts'
import { cleanEmail, cleanLineUid, cleanPhone } from '../customers/contacts.ts'
import { cleanText, inspect, LIMITS, type Fault } from './json.ts'
import type { UserClaims } from './token.ts'

export type CleanContext = {
  /** what the key proves; an item with `claims` is proven by its token */
  proof: 'public' | 'server'
  src: string
  demandToken: boolean
  /** claims of the item's user token, verified before */
  claims: UserClaims | null
  /** the client's clock when it sent the request, ms */
  sentAt: number | null
  /** the endpoint's type; null for a batch, where each item names its own */
  type: string | null
}

export type Cleaned = { event: EventBody; notes: Fault[] } | { fault: Fault }

export type Dict = Record<string, unknown>

export const isDict = (v: unknown): v is Dict => typeof v === 'object' && v !== null && !Array.isArray(v)

const fault = (code: string, path: string | null, detail: string, action: string): { fault: Fault } => ({
  fault: { code, path, detail, action },
})

const TYPES: Record<string, EventBody['type']> = {
  track: 'track',
  identify: 'identify',
  page: 'page',
  screen: 'screen',
}
const NAMES = { identify: 'Identified', page: 'Page Viewed', screen: 'Screen Viewed' }
/** Names of what the product itself makes; a client that could send them could forge a consent or a receipt. */
const OURS =
  /^(contact|consent|message|journey|node|trait|tag|identifier|customer|merge|order|segment|stage|visit|tier|points|coupon|line|email|catalogue)\.[a-z_]+$/
const CONSENT = /^consent\.(granted|refused)$/

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
  const type = typeof typeName === 'string' ? TYPES[typeName] : undefined
  if (!type)
    return fault(
      'unsupported_type',
      'type',
      `"${String(typeName).slice(0, 40)}" is not a type taken here`,
      'Use track, identify, page or screen.',
    )

  let name: string
  if (type === 'track') {
    if (typeof item.event !== 'string' || item.event.trim() === '')
      return fault(
        'name_missing',
        'event',
        'A track needs the name of what happened',
        'Set "event" to a text.',
      )
    name = item.event.trim()
    if (name.length > LIMITS.name)
      return fault(
        'name_too_long',
        'event',
        `The name has more than ${LIMITS.name} characters`,
        'Shorten it.',
      )
  } else name = NAMES[type as keyof typeof NAMES]

  const proof: Proof = context.claims ? 'token' : context.proof
  let kind = type
  if (OURS.test(name)) {
    if (proof === 'public' || !CONSENT.test(name))
      return fault(
        'reserved_name',
        'event',
        `"${name}" is a name of events that this product makes itself`,
        CONSENT.test(name)
          ? 'Send consent with a user token or from your server.'
          : 'Name your event otherwise, for example "Order Completed".',
      )
    kind = 'system'
  }

  const found = identifiers(item, type, context, notes)
  if ('fault' in found) return found
  const messageId = text(item.messageId)
  if (messageId !== null && byteLength(messageId) > LIMITS.id) return tooLong('messageId')

  const props = propertiesOf(item, type)
  if ('fault' in props) return props
  const event: EventBody = {
    type: kind,
    name,
    messageId: messageId || newId(),
    ids: found.ids,
    proof,
    src: context.src,
  }
  occurred(event, item, context, notes)
  if (props.props) event.props = props.props
  if (type === 'identify') {
    const traits = item.traits ?? {}
    if (!isDict(traits))
      return fault('not_an_object', 'traits', 'Traits are not an object', 'Send name: value pairs.')
    event.traits =
      context.claims?.name && traits.name === undefined ? { ...traits, name: context.claims.name } : traits
  }
  return { event, notes }
}

const byteLength = (s: string): number => (s.length * 3 <= LIMITS.id ? s.length : Buffer.byteLength(s))

/** Texts and numbers as trimmed text; null for nothing. */
function text(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() || null
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

const tooLong = (path: string) =>
  fault('id_too_long', path, `It has more than ${LIMITS.id} bytes`, 'Send a shorter identifier.')

function propertiesOf(item: Dict, type: EventBody['type']): { props?: Dict } | { fault: Fault } {
  const props = item.properties
  if (props !== undefined && props !== null && !isDict(props))
    return fault('not_an_object', 'properties', 'Properties are not an object', 'Send name: value pairs.')
  let out: Dict | undefined = props ?? undefined
  if (type === 'page' || type === 'screen') {
    if (typeof item.name === 'string' && out?.name === undefined) out = { ...out, name: item.name }
    if (typeof item.category === 'string' && out?.category === undefined)
      out = { ...out, category: item.category }
  }
  // where a visit came from is needed later and is not among the properties
  const campaign = isDict(item.context) ? item.context.campaign : undefined
  if (isDict(campaign) && out?.campaign === undefined) out = { ...out, campaign }
  return out ? { props: out } : {}
}

/** Sets how long before the send it happened, by the client's own clock, so that its clock need not be right. */
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
  if (sentAt === null) event.at = at
  else event.agoMs = Math.max(0, sentAt - at)
}

/** ms of an RFC 3339 text or of a number of ms; null when it is neither. */
export function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? Math.trunc(ms) : null
}

/** The identifiers that route. Of a public key only `userId` and `anonymousId`: what else it says is a hint. */
function identifiers(
  item: Dict,
  type: EventBody['type'],
  context: CleanContext,
  notes: Fault[],
): { ids: IdRef[] } | { fault: Fault } {
  const ids: IdRef[] = []
  const userId = text(item.userId)
  const anonymousId = text(item.anonymousId)
  if (userId !== null && byteLength(userId) > LIMITS.id) return tooLong('userId')
  if (anonymousId !== null && byteLength(anonymousId) > LIMITS.id) return tooLong('anonymousId')
  const { claims } = context

  if (claims) {
    if (userId !== null && userId !== claims.sub)
      return fault(
        'token_mismatch',
        'userId',
        'The userId is not the person the user token names',
        'Send the token of the person who is signed in, or no userId.',
      )
    if (claims.sub === '' || byteLength(claims.sub) > LIMITS.id) return tooLong('userToken.sub')
    ids.push({ kind: 'member_no', value: claims.sub })
    contact(ids, notes, 'email', claims.email, 'userToken.email')
    contact(ids, notes, 'phone', claims.phone, 'userToken.phone')
    contact(ids, notes, 'line_uid', claims.line_uid, 'userToken.line_uid')
  } else if (context.proof === 'server') {
    if (userId !== null) ids.push({ kind: 'member_no', value: userId })
    const inner = isDict(item.context) ? item.context : null
    const traits = type === 'identify' && isDict(item.traits) ? item.traits : inner?.traits
    if (isDict(traits)) {
      const at = type === 'identify' ? 'traits' : 'context.traits'
      contact(ids, notes, 'email', traits.email, at + '.email')
      contact(ids, notes, 'phone', traits.phone, at + '.phone')
      contact(ids, notes, 'line_uid', traits.line_uid ?? traits.lineUid, at + '.line_uid')
    }
    if (Array.isArray(inner?.externalIds)) externalIds(ids, notes, inner.externalIds)
  } else if (userId !== null) {
    if (context.demandToken)
      return fault(
        'token_required',
        'userId',
        'This source takes a userId only with a signed user token',
        'Have your server sign one for the person who is signed in and send it as context.userToken.',
      )
    ids.push({ kind: 'user_id', value: userId })
  }
  if (anonymousId !== null) ids.push({ kind: 'anonymous_id', value: anonymousId })
  if (ids.length === 0)
    return fault(
      'no_identifier',
      'userId',
      'It does not say who it is about',
      'Send userId or anonymousId; a server key may also send an e-mail, phone or LINE user id.',
    )
  return { ids }
}

const CONTACTS = {
  email: { clean: cleanEmail, what: 'an e-mail address' },
  phone: { clean: cleanPhone, what: 'a phone number (E.164, or of Taiwan)' },
  line_uid: { clean: cleanLineUid, what: 'a LINE user id' },
}
type ContactKind = keyof typeof CONTACTS

function contact(ids: IdRef[], notes: Fault[], kind: ContactKind, value: unknown, path: string): void {
  const given = text(value)
  if (given === null) return
  const cleaned = CONTACTS[kind].clean(given)
  if (cleaned === null) {
    notes.push({
      code: 'bad_' + kind,
      path,
      detail: `It is not ${CONTACTS[kind].what}; the event was stored without this identifier`,
      action: 'Correct it at its source and send it again.',
    })
  } else add(ids, kind, cleaned)
}

function add(ids: IdRef[], kind: IdentifierKind, value: string): void {
  if (!ids.some(i => i.kind === kind && i.value === value)) ids.push({ kind, value })
}

const EXTERNAL: Record<string, IdentifierKind> = {
  member_no: 'member_no',
  user_id: 'member_no',
  email: 'email',
  phone: 'phone',
  line_uid: 'line_uid',
  line: 'line_uid',
  anonymous_id: 'anonymous_id',
}
const MOST_IDS = 20

/** Segment's context.externalIds: [{ id, type }]. Types not known here are left out. */
function externalIds(ids: IdRef[], notes: Fault[], list: unknown[]): void {
  for (const [i, entry] of list.entries()) {
    if (ids.length >= MOST_IDS) return
    if (!isDict(entry)) continue
    const kind = EXTERNAL[String(entry.type)]
    const value = text(entry.id)
    if (!kind || value === null) continue
    const path = `context.externalIds.${i}.id`
    if (kind === 'email' || kind === 'phone' || kind === 'line_uid') contact(ids, notes, kind, value, path)
    else if (byteLength(value) > LIMITS.id) notes.push(tooLong(path).fault)
    else if (kind !== 'member_no' || !ids.some(known => known.kind === 'member_no')) add(ids, kind, value)
  }
}
