// A customer's state document as the API shows it. Pure.
import type { z } from 'zod'
import type { customerRow, Out } from '../contract.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { nameOfNode } from '../journeys/node-name.ts'
import { bucketOf, deriveId, publicId, type Uuid } from '../platform/ids.ts'
import { ageAt } from '../platform/wall-time.ts'
import type { IdentifierKind } from '../rules/model.ts'
import { sharesOf } from './affinity.ts'
import type { Attribute } from './attributes.ts'
import {
  nameOf,
  salesChannels,
  STAGES,
  textTrait,
  type CustomerState,
  type OrderSummary,
  type Touch,
} from './model.ts'
import { friendshipOf } from './line.ts'
import { phaseAt } from './phase.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { completenessOf, reachOf } from './reach.ts'
import type { ProfileSettings } from './settings.ts'

export type CustomerRow = z.output<typeof customerRow>
export type CustomerPage = Out<'customer'>

const iso = (ms: number): string => new Date(ms).toISOString()

/** The identifier of a kind to show: verified before claimed, the newest of them. */
function held(state: CustomerState, kind: IdentifierKind): string | null {
  const ids = state.ids.filter(i => i.kind === kind)
  ids.sort((a, b) => Number(b.verified) - Number(a.verified) || b.at - a.at)
  return ids[0]?.value ?? null
}

export function rowOf(state: CustomerState, workspaceCurrency: string): CustomerRow {
  return {
    id: publicId('cus', state.id),
    name: nameOf(state),
    memberNo: held(state, 'member_no'),
    email: held(state, 'email') ?? textTrait(state, 'email'),
    phone: held(state, 'phone') ?? textTrait(state, 'phone'),
    line: friendshipOf(state)?.following ?? false,
    orders: state.orders?.n ?? 0,
    revenue: state.orders?.revenue ?? 0,
    currency: state.orders?.currency ?? workspaceCurrency,
    firstSeen: iso(state.first),
    lastSeen: iso(state.last),
  }
}

/** What the page needs beside the state: names of journeys and nodes, and whether the customer is set aside. */
export type PageFacts = {
  journeyNames: Map<Uuid, string>
  /** graph of `journey/version` */
  graphs: Map<string, JourneyGraph>
  stateBytes: number
  parked: { reason: string; error: string; at: Date } | null
  /** workspace time and zone */
  now: number
  timezone: string
  attributes: Attribute[]
  settings: ProfileSettings
  /** why the address of a channel may not be sent to, by channel */
  suppressed: ReadonlyMap<string, string>
}

export const graphKey = (journey: Uuid, version: number): string => `${journey}/${version}`

export function pageOf(state: CustomerState, facts: PageFacts): CustomerPage {
  const line = friendshipOf(state)
  return {
    id: publicId('cus', state.id),
    name: nameOf(state),
    identifiers: state.ids.map(i => ({
      kind: i.kind,
      value: i.value,
      verified: i.verified,
      shared: i.shared === true,
      at: iso(i.at),
      source: i.src,
    })),
    traits: Object.entries(state.traits).map(([name, t]) => {
      const attribute = facts.attributes.find(a => a.name === name)
      return {
        name,
        value: t.v,
        at: iso(t.at),
        source: t.src,
        verified: t.u !== true,
        label: attribute?.label ?? null,
        choiceLabel: attribute?.choices?.find(c => c.value === t.v)?.label ?? null,
        personal: attribute?.personal ?? true,
        sensitive: attribute?.sensitive ?? false,
      }
    }),
    age: ageAt(state.traits.birthday?.v, facts.timezone, facts.now)?.age ?? null,
    completeness: completenessOf(state, {
      attributes: facts.attributes.filter(a => a.wanted).map(a => a.name),
      contacts: facts.settings.wantedContacts,
    }),
    tags: Object.entries(state.tags).map(([name, t]) => ({
      name,
      at: iso(t.at),
      source: t.src,
      actor: t.by ?? null,
      until: t.until === undefined ? null : iso(t.until),
    })),
    consent: Object.entries(state.consent).map(([key, c]) => {
      const [channel = '', purpose = ''] = key.split('/')
      return { channel, purpose, on: c.on, at: iso(c.at), source: c.src }
    }),
    reachability: CHANNEL_NAMES.map(channel => reachOf(state, channel, facts.suppressed, facts.now)),
    line: line ? { following: line.following, at: iso(line.at) } : null,
    clocks: {
      customer: state.clk?.c === undefined ? null : iso(state.clk.c),
      marketing: state.clk?.m === undefined ? null : iso(state.clk.m),
      team: state.clk?.t === undefined ? null : iso(state.clk.t),
    },
    orders: state.orders ? ordersOf(state.orders) : null,
    stage: {
      stage: STAGES[(state.stage?.s ?? 1) - 1]!,
      at: iso(state.stage?.at ?? state.first),
      cause: state.stage?.by ?? null,
      ruleVersion: state.stage?.no ?? null,
    },
    phase: phaseAt(state, facts.now, facts.settings.phase),
    visits: state.visits
      ? {
          count: state.visits.n,
          engaged: state.visits.e ?? 0,
          lastAt: state.visits.n > 0 ? iso(state.visits.at + state.visits.d) : null,
          storeVisits: state.visits.st ?? 0,
          lastStoreVisitAt: state.visits.stAt === undefined ? null : iso(state.visits.stAt),
        }
      : null,
    touches: state.touch
      ? { first: touchOf(state.touch.f), last: touchOf(state.touch.l ?? state.touch.f) }
      : null,
    likes: { categories: sharesOf(state.likes?.c), brands: sharesOf(state.likes?.b) },
    cart: state.cart
      ? {
          updatedAt: iso(state.cart.at),
          items: state.cart.items.map(([productId, quantity, price = null]) => ({
            productId,
            quantity,
            price,
          })),
          more: state.cart.more ?? 0,
        }
      : null,
    pushTokens: (state.push ?? []).map(p => ({ platform: p.p, token: '…' + p.t.slice(-8), at: iso(p.at) })),
    enrollments: enrollmentsOf(state, facts),
    conflicts: (state.conflicts ?? []).map(c => ({ with: publicId('cus', c.with), at: iso(c.at) })),
    mergedFrom: state.absorbed.map(id => publicId('cus', id)),
    firstSeen: iso(state.first),
    lastSeen: iso(state.last),
    stateBytes: facts.stateBytes,
    parked: facts.parked && { ...facts.parked, at: facts.parked.at.toISOString() },
  }
}

/** What runs, and of what ended what the state remembers; the newest first. */
function enrollmentsOf(state: CustomerState, facts: PageFacts): CustomerPage['enrollments'] {
  const journeyName = (id: Uuid) => facts.journeyNames.get(id) ?? ''
  const running = state.enr.map(e => {
    const node = facts.graphs.get(graphKey(e.j, e.v))?.nodes[e.node]
    return {
      id: publicId('enr', e.id),
      journey: publicId('jrn', e.j),
      journeyName: journeyName(e.j),
      version: e.v,
      enteredAt: iso(e.at),
      node: e.node,
      nodeName: node ? nameOfNode(node) : null,
      waitingUntil:
        e.wait && 'until' in e.wait && typeof e.wait.until === 'number' ? iso(e.wait.until) : null,
      endedAt: null,
      how: null,
    }
  })
  const ended = Object.entries(state.past).map(([at, p]) => {
    const { journey, key } = partsOfPast(at)
    return {
      id: publicId('enr', deriveId(bucketOf(state.id), journey, state.id, key, p.n)),
      journey: publicId('jrn', journey),
      journeyName: journeyName(journey),
      version: 0, // the state keeps no version of what ended; the timeline has it
      enteredAt: iso(p.at),
      node: null,
      nodeName: null,
      waitingUntil: null,
      endedAt: iso(p.out),
      how: p.how,
    }
  })
  return [...running, ...ended].sort((a, b) => (a.enteredAt < b.enteredAt ? 1 : -1))
}

function ordersOf(orders: OrderSummary): NonNullable<CustomerPage['orders']> {
  const channels = salesChannels(orders)
    .filter(([, count]) => count > 0)
    .map(([salesChannel, count, revenue]) => ({ salesChannel, count, revenue }))
  const has = (name: string) => channels.some(c => c.salesChannel === name)
  return {
    count: orders.n,
    unpaid: orders.unpaid ?? 0,
    revenue: orders.revenue,
    average: orders.n > 0 ? Math.round(orders.revenue / orders.n) : null,
    currency: orders.currency,
    firstAt: iso(orders.firstAt),
    lastAt: iso(orders.lastAt),
    cost: orders.cost ?? null,
    margin: orders.cost === undefined ? null : (orders.costed ?? 0) - orders.cost,
    salesChannels: channels.sort((a, b) => b.revenue - a.revenue),
    omnichannel: has('online') && has('store'),
  }
}

const touchOf = (t: Touch): NonNullable<CustomerPage['touches']>['first'] => ({
  at: iso(t.at),
  kind: t.k,
  source: t.s ?? null,
  medium: t.m ?? null,
  campaign: t.c ?? null,
  adId: t.ad ?? null,
  referrer: t.r ?? null,
  store: t.st ?? null,
  keyword: t.kw ?? null,
})

/** The parts of a key of `past`; pastKey (src/journeys/ends.ts) writes them. */
export function partsOfPast(key: string): { journey: Uuid; key: string } {
  return { journey: key.slice(0, 36), key: key.slice(37) }
}
