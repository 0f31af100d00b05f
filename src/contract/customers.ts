// Customers: list, page, timeline, commands.
import { z } from 'zod'
import { messageContent } from '../channels/content.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { STAGES } from '../customers/model.ts'
import { PHASES } from './phases.ts'
import { e, id, list, nodeName, ok, page, PERSONAL, personal, personalValue, time } from './shared.ts'

export const customerRow = z.object({
  id,
  name: personal('name').nullable(),
  memberNo: z.string().nullable(),
  email: personal('email').nullable(),
  phone: personal('phone').nullable(),
  line: z.boolean(),
  orders: z.number(),
  revenue: z.number(),
  currency: z.string(),
  firstSeen: time,
  lastSeen: time,
})
/** Sales channels in which somebody has bought. */
export const BOUGHT = ['online', 'store', 'both', 'any', 'none'] as const
export const CUSTOMER_SORTS = ['last_seen', 'first_seen', 'revenue', 'orders', 'last_order'] as const
const listedCustomer = customerRow.extend({
  stage: z.enum(STAGES),
  completeness: z.number().nullable().describe('percent of what the workspace wants to know'),
  reach: z.array(z.string()).describe('channels that could reach them, but for suppressions'),
  tags: z.array(z.string()),
  omnichannel: z.boolean(),
  lastOrder: time.nullable(),
})
const customerFilters = z.object({
  stage: z.enum(STAGES).optional(),
  tag: z.string().max(100).optional(),
  segment: id.max(60).optional().describe('is in this segment'),
  reach: z.string().max(20).optional().describe('could be reached by this channel'),
  has: z.string().max(40).optional().describe('has an identifier of this kind'),
  bought: z.enum(BOUGHT).optional(),
  minComplete: z.coerce.number().int().min(0).max(100).optional(),
  maxComplete: z.coerce.number().int().min(0).max(100).optional(),
})
export const enrollment = z.object({
  id,
  journey: id,
  journeyName: z.string(),
  version: z.number(),
  enteredAt: time,
  node: z.string().nullable(),
  nodeName,
  waitingUntil: time.nullable(),
  endedAt: time.nullable(),
  how: z.string().nullable(),
})
const label = z.object({ zh: z.string(), en: z.string() })
const touch = z.object({
  at: time,
  kind: z.enum(['campaign', 'ad', 'search', 'referral', 'store_qr', 'walk_in']),
  source: z.string().nullable(),
  medium: z.string().nullable(),
  campaign: z.string().nullable(),
  adId: z.string().nullable(),
  referrer: z.string().nullable().describe("the referring page's host"),
  store: z.string().nullable().describe('store code'),
  keyword: z.string().nullable(),
})
const liked = z.array(
  z.object({ name: z.string(), share: z.number().describe('of all likes that are kept, now; 0 to 1') }),
)
/** What shows that a customer agreed or refused. */
export const consentProof = z.object({
  text: z.string().max(2000).optional().describe('what was agreed to'),
  version: z.string().max(100).optional(),
  url: z.string().max(1000).optional(),
  ip: z.string().max(64).optional(),
  at: z
    .string()
    .max(40)
    .optional()
    .describe('RFC 3339: when it was said, where that is not the time of the event'),
  address: personal('address').max(200).optional().describe('the address by which it was confirmed'),
  agent: z.string().max(200).optional().describe('the browser in which it was said'),
  how: z.string().max(40).optional().describe('postback: by a button of the message, in the chat'),
  message: z.string().max(40).optional().describe('the message of ours that was answered'),
})
export const customer = z.object({
  id,
  name: personal('name').nullable(),
  identifiers: z.array(
    z.object({
      kind: z.string(),
      value: personal('by-kind'),
      verified: z.boolean(),
      shared: z.boolean().describe('others turned up with it too: it identifies nobody'),
      at: time,
      source: z.string(),
    }),
  ),
  traits: z.array(
    z.object({
      name: z.string(),
      value: personalValue('by-kind'),
      at: time,
      source: z.string(),
      verified: z.boolean().describe('false: only a public key said so'),
      label: label.nullable().describe('of the attribute; null when none is declared under this name'),
      choiceLabel: label.nullable(),
      personal: z.boolean(),
      sensitive: z.boolean(),
    }),
  ),
  age: z.number().nullable().describe('from the birthday, in the workspace zone, now; never stored'),
  completeness: z.object({
    percent: z.number().nullable().describe('of what the workspace wants to know; null: it wants nothing'),
    wanted: z.number(),
    missing: z.array(z.string()).describe('attributes by name, contacts as contact.<kind>'),
  }),
  tags: z.array(
    z.object({
      name: z.string(),
      at: time,
      source: z.string(),
      actor: z.string().nullable(),
      until: time.nullable(),
    }),
  ),
  consent: z.array(
    z.object({ channel: z.string(), purpose: z.string(), on: z.boolean(), at: time, source: z.string() }),
  ),
  reachability: z.array(
    z.object({
      channel: z.enum(CHANNEL_NAMES),
      reachable: z.boolean().describe('a marketing message could be sent now'),
      reason: z
        .enum(['no_address', 'unverified', 'blocked', 'no_consent', 'refused', 'suppressed', 'window'])
        .nullable(),
      address: personal('address').nullable(),
      suppressed: z
        .string()
        .nullable()
        .describe('why this address may not be sent to; erasure: somebody with it was forgotten'),
    }),
  ),
  line: z.object({ following: z.boolean(), at: time }).nullable(),
  clocks: z.object({
    customer: time.nullable().describe('the newest thing that the customer did'),
    marketing: time.nullable().describe('the newest marketing message that a channel accepted'),
    team: time.nullable().describe('the newest 1:1 message by the team'),
  }),
  orders: z
    .object({
      count: z.number().describe('orders that stand: not cancelled, refunded or returned in full'),
      unpaid: z.number(),
      revenue: z.number().describe('net of refunds'),
      average: z.number().nullable().describe('net revenue per order'),
      currency: z.string(),
      firstAt: time,
      lastAt: time,
      cost: z.number().nullable().describe('cost of goods of orders whose cost is known'),
      margin: z.number().nullable().describe('net revenue of orders whose cost is known, minus that cost'),
      salesChannels: z.array(z.object({ salesChannel: z.string(), count: z.number(), revenue: z.number() })),
      omnichannel: z.boolean().describe('bought both online and in a store'),
    })
    .nullable(),
  stage: z.object({
    stage: z.enum(STAGES),
    at: time,
    cause: z.string().nullable().describe('name of the event that caused it; null: first contact'),
    ruleVersion: z.number().nullable().describe('published number whose rules decided'),
  }),
  phase: z.enum(PHASES).describe('purchase phase now: before, during or after a purchase'),
  visits: z
    .object({
      count: z.number(),
      engaged: z.number(),
      lastAt: time.nullable(),
      storeVisits: z.number(),
      lastStoreVisitAt: time.nullable(),
    })
    .nullable(),
  touches: z
    .object({ first: touch, last: touch })
    .nullable()
    .describe('first and last touch with a known source; null: none is known'),
  likes: z.object({ categories: liked, brands: liked }),
  cart: z
    .object({
      updatedAt: time,
      items: z.array(
        z.object({
          productId: z.string().describe('as the shop sent it: a product id, else a SKU'),
          quantity: z.number(),
          price: z.number().nullable().describe('as the shop sent it, in currency units'),
        }),
      ),
      more: z.number().describe('further products that are not kept'),
    })
    .nullable(),
  pushTokens: z.array(
    z.object({ platform: z.string(), token: z.string().describe('its last characters'), at: time }),
  ),
  enrollments: z.array(enrollment),
  conflicts: z.array(z.object({ with: id, at: time })),
  mergedFrom: z.array(id),
  firstSeen: time,
  lastSeen: time,
  stateBytes: z.number(),
  parked: z.object({ reason: z.string(), error: z.string(), at: time }).nullable(),
})
export const timelineItem = z.object({
  id: z.string(),
  at: time,
  receivedAt: time,
  kind: z.enum(['event', 'journey', 'message', 'order', 'profile', 'identity', 'segment']),
  name: z.string(),
  source: z.string(),
  props: z.record(z.string(), z.unknown()).meta({ [PERSONAL]: 'free' }),
  journey: id.nullable(),
  node: z.string().nullable(),
  message: id.nullable(),
  channel: z.string().nullable(),
  phase: z.enum(PHASES).nullable().describe('purchase phase of an event; null where it has none'),
  stage: z.enum(STAGES).nullable().describe('lifecycle stage after the event'),
  ruleVersion: z.number().nullable().describe('published number whose rules decided phase and stage'),
})

export const customersEndpoints = {
  customers: e({
    method: 'get',
    path: '/w/{ws}/customers',
    scope: 'customers:read',
    summary: 'Search customers by name or any identifier, with filters; the highest of `sort` first',
    query: list.extend({
      q: z.string().optional(),
      sort: z.enum(CUSTOMER_SORTS).default('last_seen'),
      ...customerFilters.shape,
    }),
    out: page(listedCustomer).extend({
      total: z.number(),
      stale: z.boolean().describe('history is behind or down; only identifiers were searched'),
    }),
  }),
  customerTags: e({
    method: 'get',
    path: '/w/{ws}/customer-tags',
    scope: 'customers:read',
    summary: 'Tags in use, most used first; at most 200',
    out: z.object({ items: z.array(z.object({ tag: z.string(), people: z.number() })) }),
  }),
  customer: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}',
    scope: 'customers:read',
    audit: 'saw',
    summary: 'One customer; a merged id answers with its survivor',
    out: customer,
  }),
  timeline: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/timeline',
    scope: 'customers:read',
    summary: 'What happened, newest first',
    query: list.extend({
      kind: z.string().optional(),
      phase: z.enum(PHASES).optional(),
      channel: z.string().max(100).optional().describe('channel of a message, or source of an event'),
      from: z.iso.datetime({ offset: true }).optional().describe('happened then or later'),
      to: z.iso.datetime({ offset: true }).optional().describe('happened before'),
      q: z.string().max(200).optional().describe('text in the name or the properties'),
      names: z
        .string()
        .max(2000)
        .optional()
        .describe('further names that `q` also means, separated by commas: a page knows their translations'),
    }),
    out: page(timelineItem),
  }),
  timelineChannels: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/timeline/channels',
    scope: 'customers:read',
    summary: "Channels and sources that a customer's timeline can be narrowed to, most used first",
    out: z.object({ items: z.array(z.string()) }),
  }),
  customerCommand: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/commands',
    scope: 'customers:write',
    summary: 'Change traits, tags, consent, enrollments. Takes Idempotency-Key',
    body: z.discriminatedUnion('do', [
      z.object({
        do: z.literal('set_traits'),
        traits: z.record(
          z.string(),
          z.union([
            z.string(),
            z.number(),
            z.boolean(),
            z.array(z.union([z.string(), z.number(), z.boolean()])).max(100),
            z.null(),
          ]),
        ),
      }),
      z.object({
        do: z.literal('add_tag'),
        tag: z.string().min(1).max(100),
        until: z.iso.datetime({ offset: true }).optional().describe('the tag ends then'),
      }),
      z.object({ do: z.literal('remove_tag'), tag: z.string().min(1).max(100) }),
      z.object({
        do: z.literal('set_consent'),
        channel: z.string(),
        on: z.boolean(),
        purpose: z.string().optional().describe('marketing when not given'),
        proof: consentProof.optional(),
      }),
      z.object({ do: z.literal('enroll'), journey: z.string() }),
      z.object({ do: z.literal('remove_enrollment'), enrollment: z.string() }),
      z
        .object({
          do: z.literal('say'),
          channel: z.enum(CHANNEL_NAMES),
          account: id
            .optional()
            .describe('the account to send by; left out: the one that reaches the customer'),
          content: messageContent,
        })
        .describe('Write to the customer outside of all journeys; takes messages:write, too'),
    ]),
    out: z.object({ status: z.number(), body: z.unknown() }),
  }),
  unpark: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/unpark',
    scope: 'customers:write',
    summary: "Fold a parked customer's inputs again, in order",
    out: ok,
  }),
} as const
