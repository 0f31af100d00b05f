// A verified delivery: read by its kind, cleaned like every other event, appended in one transaction with the note that
// it came. What cannot be used stays as a dead letter. Message ids are hashes of the source, what it is about and what it
// says, so that a delivery under a new id, a replay or a retry adds nothing.
import { createHash } from 'node:crypto'
import { fillShelf, type Values } from '../catalogue/shelf.ts'
import { archiveProducts, PRODUCTS } from '../catalogue/products.ts'
import { cleanItem, serverContext } from '../collect/clean.ts'
import { type Fault, LIMITS } from '../collect/json.ts'
import { isDict } from '../platform/values.ts'
import { resolveBatch, resolvedEvent } from '../collect/resolve.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, hashId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { enrich } from './enrich.ts'
import { applyMapping } from './mapping.ts'
import type { Brought } from './model.ts'
import { readShopify } from './shopify.ts'
import {
  claimDelivery,
  customersOfOrders,
  dropDeadLetters,
  keepDeadLetter,
  keepOrderNames,
  noteDelivery,
  orderNames,
  type PostedTo,
} from './store.ts'

type Read = {
  brought: Brought[]
  products: (Values & { code: string })[]
  gone: string[]
  orders: { outside: string; orderNo: string }[]
  fault: Fault | null
}
const nothing: Read = { brought: [], products: [], gone: [], orders: [], fault: null }

const fault = (code: string, path: string | null, detail: string, action: string): Fault => ({
  code,
  path,
  detail,
  action,
})

/** What a body says. Pure. */
export function readBody(source: PostedTo, topic: string | null, raw: string): Read {
  let body: unknown
  try {
    body = JSON.parse(raw)
  } catch {
    return {
      ...nothing,
      fault: fault('bad_json', null, 'The body is not valid JSON', 'Have it sent as JSON'),
    }
  }
  const hash = createHash('sha256').update(raw).digest('base64url')
  if (source.kind === 'shopify') {
    if (!isDict(body))
      return { ...nothing, fault: fault('not_an_object', null, 'The body is no object', 'Send an object') }
    const read = readShopify(topic ?? '', body, hash, {
      currency: source.currency,
      locations: source.settings.locations ?? {},
    })
    return read
      ? { ...read, fault: null }
      : {
          ...nothing,
          fault: fault(
            'unknown_topic',
            null,
            `The topic "${(topic ?? '').slice(0, 60)}" is not read`,
            'Subscribe only to the topics that the set-up page lists',
          ),
        }
  }
  const mapped = applyMapping(source.settings.mapping, body as never, source.timezone)
  if (mapped.fault) return { ...nothing, fault: mapped.fault }
  if (!mapped.matched)
    return {
      ...nothing,
      fault: fault(
        'no_rule',
        null,
        'No rule of the mapping takes this body',
        'Add a rule for it, then replay',
      ),
    }
  return {
    ...nothing,
    brought: mapped.items.map(({ item, about }) => ({
      key:
        typeof item.messageId === 'string' ? `${about.split('.')[0]}:${item.messageId}` : `${about}:${hash}`,
      item,
    })),
  }
}

export type Cleaned = { events: { event: EventBody; customer: Uuid | null }[]; faults: Fault[] }

/** Through the intake's own cleaning, with the proof of a server. Who is not named is found by the order. */
export async function cleanBrought(core: Core, source: PostedTo, brought: Brought[]): Promise<Cleaned> {
  const events: Cleaned['events'] = []
  const faults: Fault[] = []
  const orphans: Brought[] = []
  const context = serverContext(source.name, source.timezone)
  const clean = (item: unknown) => cleanItem(item, context)
  const outside = brought.flatMap(b => b.outsideOrder ?? [])
  const names = await orderNames(core.pool, source.id, outside)
  for (const { key, item, outsideOrder } of await enrich(core.pool, source.workspace_id, brought)) {
    if (outsideOrder !== undefined) {
      const orderNo = names.get(outsideOrder)
      if (orderNo === undefined) {
        faults.push(orderUnknown(outsideOrder))
        continue
      }
      item.properties = { ...(item.properties as Record<string, unknown>), order_id: orderNo }
    }
    const messageId = hashId(source.id, key)
    if (Buffer.byteLength(JSON.stringify(item)) > LIMITS.event) {
      faults.push(
        fault('event_too_large', null, `An event has more than ${LIMITS.event} bytes`, 'Map fewer fields'),
      )
      continue
    }
    const cleaned = clean({ ...item, messageId })
    if (!('fault' in cleaned)) events.push({ event: cleaned.event, customer: null })
    else if (cleaned.fault.code === 'no_identifier' && orderOf(item) !== null)
      orphans.push({ key, item: { ...item, messageId } })
    else faults.push(cleaned.fault)
  }
  const orders = orphans.map(o => orderOf(o.item)!)
  const holders = await customersOfOrders(core.pool, source.workspace_id, orders)
  for (const [i, { item }] of orphans.entries()) {
    const customer = holders.get(orders[i]!)
    // an identifier is what cleaning asks for; the customer is known, so none is needed
    const cleaned = customer ? clean({ ...item, anonymousId: 'order' }) : null
    if (customer && cleaned && !('fault' in cleaned))
      events.push({ event: { ...cleaned.event, ids: [] }, customer })
    else faults.push(orderUnknown(orders[i]!))
  }
  return { events, faults }
}

const orderUnknown = (order: string): Fault =>
  fault(
    'order_unknown',
    'properties.order_id',
    `Nobody is named, and the order ${order.slice(0, 100)} is not known (yet)`,
    'Replay it once the order has come',
  )

function orderOf(item: Record<string, unknown>): string | null {
  const id = isDict(item.properties) ? item.properties.order_id : null
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null
}

export type Taken = { stored: number; rejected: number; duplicate: boolean }

/** `delivery`: the sender's id of it; null: a replay of the dead letter `letter`. Safe to repeat.
 *  @throws the database's error; nothing but identifiers may then have been written */
export async function takeDelivery(
  core: Core,
  source: PostedTo,
  topic: string | null,
  raw: string,
  how: { delivery: string } | { letter: Uuid },
): Promise<Taken> {
  const read = readBody(source, topic, raw)
  const { events, faults } = await cleanBrought(core, source, read.brought)
  if (read.fault) faults.unshift(read.fault)
  const workspace = source.workspace_id
  const unplaced = events.filter(e => e.customer === null)
  const resolved = await resolveBatch(
    core,
    unplaced.map(({ event }) => ({ workspace, ids: event.ids, proof: event.proof })),
  )
  let at = 0
  const rows = events.map(({ event, customer }) => {
    const found = customer ? { customer, holders: [], shared: [] } : resolved[at++]!
    const body = resolvedEvent(event, found)
    return {
      workspace,
      customer: found.customer,
      input: { kind: 'event' as const, messageId: event.messageId, body },
    }
  })
  const taken = await inTransaction(core.pool, async sql => {
    if ('delivery' in how && !(await claimDelivery(sql, source.id, how.delivery)))
      return { stored: 0, rejected: 0, duplicate: true }
    await append(sql, null, rows)
    await fillShelf(sql, PRODUCTS, workspace, read.products)
    await archiveProducts(sql, workspace, read.gone)
    await keepOrderNames(sql, source.id, read.orders)
    const stored = rows.length + read.products.length + read.gone.length
    if (faults[0])
      await keepDeadLetter(sql, source, {
        ...('letter' in how ? { id: how.letter } : {}),
        topic,
        fault: faults[0],
        body: raw,
      })
    else if ('letter' in how) await dropDeadLetters(sql, workspace, source.id, [how.letter])
    const rejected = 'letter' in how ? 0 : faults.length
    await noteDelivery(sql, source.id, { rows: stored, rejected, topic, body: raw })
    return { stored, rejected: faults.length, duplicate: false }
  })
  if (!taken.duplicate) {
    for (const b of new Set(rows.map(r => bucketOf(r.customer)))) core.signals.emit('inbox', String(b))
    core.signals.emit('live', `${workspace}:events`)
  }
  return taken
}
