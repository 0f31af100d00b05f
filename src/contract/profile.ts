// What a profile is made of: attributes, the workspace's rules for stages, visits and phases, orders, consent proofs.
import { z } from 'zod'
import { ATTRIBUTE_TYPES, WANTED_CONTACTS } from '../customers/settings.ts'
import { propFilter } from '../rules/check.ts'
import { consentProof } from './customers.ts'
import { e, ok, time } from './shared.ts'

const label = z.object({ zh: z.string().min(1).max(60), en: z.string().min(1).max(60) })
const attributeBody = z.object({
  label,
  type: z.enum(ATTRIBUTE_TYPES),
  choices: z
    .array(z.object({ value: z.string().min(1).max(100), label }))
    .min(1)
    .max(200)
    .nullable(),
  wanted: z.boolean().describe('counts towards the completeness of a profile'),
  purpose: z.string().max(500).describe('why it is kept'),
  personal: z.boolean(),
  sensitive: z.boolean(),
})
export const attribute = attributeBody.extend({
  name: z.string(),
  builtIn: z.boolean(),
})

const times = z.number().int().min(1).max(100)
const condition = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('event'),
    event: z.string().min(1).max(200),
    atLeast: times,
    where: z.array(propFilter).max(10).optional(),
  }),
  z.strictObject({ kind: z.literal('orders'), atLeast: times }),
  z.strictObject({
    kind: z.literal('return_visit'),
    withinDays: z.number().int().min(1).max(730),
    trait: z.string().min(1).max(64),
  }),
  z.strictObject({ kind: z.literal('member') }),
])
const conditions = z.array(condition).max(20)
export const profileSettings = z.object({
  stages: z.object({
    consideration: conditions,
    conversion: conditions,
    retention: conditions,
    advocacy: conditions,
  }),
  visit: z.object({
    idleMinutes: z.number().int().min(1).max(1440),
    engagedOverMs: z.number().int().min(0).max(3_600_000),
    pageViews: times,
    conversions: times,
    conversionEvents: z.array(z.string().min(1).max(200)).max(50),
    storeCheckIns: z.boolean().optional().describe('a check-in at a store is told as visit.started, too'),
  }),
  phase: z.object({
    checkoutHours: z.number().int().min(1).max(720),
    postDays: z.number().int().min(1).max(730),
  }),
  wantedContacts: z.array(z.enum(WANTED_CONTACTS)).max(WANTED_CONTACTS.length),
})

export const ORDER_STATUS = ['placed', 'paid', 'shipped', 'ready', 'picked_up', 'cancelled'] as const
const part = z.enum(['none', 'part', 'whole'])
const money = z.number().describe('smallest unit of the currency')
export const order = z.object({
  orderNo: z.string(),
  placedAt: time,
  updatedAt: time,
  status: z.enum(ORDER_STATUS),
  paid: z.boolean(),
  refunded: part,
  returned: part,
  currency: z.string(),
  total: money.describe('before refunds'),
  net: money.describe('after refunds; 0 when cancelled'),
  refundedTotal: money,
  subtotal: money.nullable(),
  tax: money.nullable(),
  shipping: money.nullable(),
  discount: money.nullable(),
  cost: money.nullable().describe('of the goods kept; null: not known'),
  salesChannel: z.string(),
  store: z.string().nullable(),
  staff: z.string().nullable(),
  pickupStore: z.string().nullable(),
  coupon: z.string().nullable(),
  source: z.string(),
  lines: z.array(
    z.object({
      productId: z.string().nullable(),
      sku: z.string().nullable(),
      name: z.string().nullable(),
      category: z.string().nullable(),
      brand: z.string().nullable(),
      variant: z.string().nullable(),
      quantity: z.number(),
      returned: z.number().describe('of the quantity, how many came back'),
      price: money.nullable().describe('of one'),
      cost: money.nullable().describe('of one'),
    }),
  ),
  history: z.array(z.object({ entry: z.string(), at: time, amount: money.nullable(), source: z.string() })),
})

export const profileEndpoints = {
  attributes: e({
    method: 'get',
    path: '/w/{ws}/attributes',
    scope: 'customers:read',
    summary: 'Attributes: the built-in ones and your own',
    out: z.object({ items: z.array(attribute) }),
  }),
  saveAttribute: e({
    method: 'put',
    path: '/w/{ws}/attributes/{name}',
    scope: 'workspace:write',
    summary: 'Declares an attribute or changes it. A built-in one keeps its type and choices',
    body: attributeBody,
    out: attribute,
  }),
  deleteAttribute: e({
    method: 'delete',
    path: '/w/{ws}/attributes/{name}',
    scope: 'workspace:write',
    summary: 'Forgets a declaration; values that customers have stay. A built-in one returns to its defaults',
    out: ok,
  }),
  profileSettings: e({
    method: 'get',
    path: '/w/{ws}/profile-settings',
    scope: 'customers:read',
    summary: 'Rules of stages, visits and purchase phases, and the contacts that are wanted',
    out: z.object({ settings: profileSettings, defaults: profileSettings, version: z.number() }),
  }),
  saveProfileSettings: e({
    method: 'put',
    path: '/w/{ws}/profile-settings',
    scope: 'workspace:write',
    summary: 'Changes these rules and publishes them; they hold from now on',
    body: z.object({ settings: profileSettings, version: z.number() }),
    out: z.object({ settings: profileSettings, defaults: profileSettings, version: z.number() }),
  }),
  customerOrders: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/orders',
    scope: 'customers:read',
    summary: "A customer's orders of every sales channel with lines and status, newest first; at most 500",
    out: z.object({ items: z.array(order), more: z.boolean() }),
  }),
  consentProofs: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/consent-proofs',
    scope: 'customers:read',
    summary: 'Everything said about consent, with its proof, newest first; at most 500',
    out: z.object({
      items: z.array(
        z.object({
          at: time,
          channel: z.string(),
          purpose: z.string(),
          on: z.boolean(),
          source: z.string(),
          proof: consentProof.nullable(),
        }),
      ),
    }),
  }),
} as const
