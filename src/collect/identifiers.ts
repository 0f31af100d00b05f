// The identifiers of one item that route it to a customer, by what its key or token proves. Pure.
import { type Region, WRITTEN, type WrittenKind } from '../customers/contacts.ts'
import type { IdRef } from '../customers/model.ts'
import type { EventBody } from '../inbox/model.ts'
import type { IdentifierKind } from '../rules/model.ts'
import type { CleanContext } from './clean.ts'
import { byteLength, fault, LIMITS, text, tooLong, type Fault } from './json.ts'
import { isDict } from '../platform/values.ts'

/** The identifiers that route. Of a public key only `userId`, `anonymousId` and the app's installation: what else it
 *  says is a hint. */
export function identifiers(
  item: Record<string, unknown>,
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
    contact(ids, notes, context.region, 'email', claims.email, 'userToken.email')
    contact(ids, notes, context.region, 'phone', claims.phone, 'userToken.phone')
    contact(ids, notes, context.region, 'line_uid', claims.line_uid, 'userToken.line_uid')
  } else if (context.proof === 'server') {
    if (userId !== null) ids.push({ kind: 'member_no', value: userId })
    const inner = isDict(item.context) ? item.context : null
    const traits = type === 'identify' && isDict(item.traits) ? item.traits : inner?.traits
    if (isDict(traits)) {
      const at = type === 'identify' ? 'traits' : 'context.traits'
      contact(ids, notes, context.region, 'email', traits.email, at + '.email')
      contact(ids, notes, context.region, 'phone', traits.phone, at + '.phone')
      contact(ids, notes, context.region, 'line_uid', traits.line_uid ?? traits.lineUid, at + '.line_uid')
      contact(ids, notes, context.region, 'card_no', traits.card_no ?? traits.cardNo, at + '.card_no')
      contact(ids, notes, context.region, 'carrier', traits.carrier, at + '.carrier')
    }
    if (Array.isArray(inner?.externalIds)) externalIds(ids, notes, context.region, inner.externalIds)
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
  if (type === 'alias' && ids.length > 0) {
    const previous = text(item.previousId)
    if (previous === null)
      return fault(
        'previous_missing',
        'previousId',
        'An alias needs the id it links',
        'Set "previousId" to the visitor id or user id that was used until now.',
      )
    if (byteLength(previous) > LIMITS.id) return tooLong('previousId')
    // what the caller's proof cannot vouch for is taken as a visitor id: it links a history, never two known people
    for (const id of context.previous ?? [{ kind: 'anonymous_id' as const, value: previous }])
      add(ids, id.kind, id.value)
  }
  if (anonymousId !== null) add(ids, 'anonymous_id', anonymousId)
  // mobile clients name the app's installation with every call
  const device = isDict(item.context) && isDict(item.context.device) ? item.context.device.id : undefined
  if (device !== undefined) contact(ids, notes, context.region, 'device_id', device, 'context.device.id')
  if (ids.length === 0)
    return fault(
      'no_identifier',
      'userId',
      'It does not say who it is about',
      'Send userId or anonymousId; a server key may also send an e-mail, phone, LINE user id, card number or e-invoice carrier.',
    )
  return { ids }
}

function contact(
  ids: IdRef[],
  notes: Fault[],
  region: Region,
  kind: WrittenKind,
  value: unknown,
  path: string,
): void {
  const given = text(value)
  if (given === null) return
  const { clean, what } = WRITTEN[kind]
  const cleaned = clean(given, region)
  if (cleaned === null) {
    notes.push({
      code: 'bad_' + kind,
      path,
      detail: `It is not ${what}; the event was stored without this identifier`,
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
  card_no: 'card_no',
  carrier: 'carrier',
  device_id: 'device_id',
  anonymous_id: 'anonymous_id',
  shop_customer: 'user_id', // a shop system's own number of a customer: not the brand's member number
}
const MOST_IDS = 20

const isWritten = (kind: IdentifierKind): kind is WrittenKind => Object.hasOwn(WRITTEN, kind)

/** Segment's context.externalIds: [{ id, type }]. Types not known here are left out. */
function externalIds(ids: IdRef[], notes: Fault[], region: Region, list: unknown[]): void {
  for (const [i, entry] of list.entries()) {
    if (ids.length >= MOST_IDS) return
    if (!isDict(entry)) continue
    const kind = Object.hasOwn(EXTERNAL, String(entry.type)) ? EXTERNAL[String(entry.type)] : undefined
    const value = text(entry.id)
    if (!kind || value === null) continue
    const path = `context.externalIds.${i}.id`
    if (isWritten(kind)) contact(ids, notes, region, kind, value, path)
    else if (byteLength(value) > LIMITS.id) notes.push(tooLong(path).fault)
    else if (kind !== 'member_no' || !ids.some(known => known.kind === 'member_no')) add(ids, kind, value)
  }
}
