// What a catalogue holds: stores, staff, products; the words of a workspace and the industry presets that add to them.
import { z } from 'zod'
import { DAYS, OPEN_RANGE, PRODUCT_STATUSES, STAFF_ROLES } from '../catalogue/model.ts'
import { e, id, list, ok, page, personal, time } from './shared.ts'

/** Text that both engines can keep. */
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine(s => s.isWellFormed() && !s.includes('\u0000'), { message: 'holds characters that are no text' })
const needed = (max: number) => text(max).min(1)
const optional = (max: number) => text(max).nullable().default(null)
const code = needed(100).describe('yours, for ever: events and files name it')
const url = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .nullable()
  .default(null)
const amount = z.number().int().min(0).nullable().default(null)
const version = z.number().describe('of the row this change was made on')
const flag = z.enum(['true', 'false']).optional()
const filters = list.extend({
  q: z.string().optional(),
  archived: flag.describe('true: only what was archived'),
})
const label = z.object({ zh: z.string(), en: z.string() })

// ── stores ───────────────────────────────────────────────────────────────────

export const hours = z
  .partialRecord(z.enum(DAYS), z.array(z.string().regex(OPEN_RANGE, "written 'HH:MM-HH:MM'")).max(4))
  .describe("opening hours by day, 'HH:MM-HH:MM'; a day that is missing is closed")
const storeFields = z.object({
  name: needed(200),
  nameEn: optional(200),
  region: optional(100),
  address: optional(500),
  phone: optional(50),
  latitude: z.number().min(-90).max(90).nullable().default(null),
  longitude: z.number().min(-180).max(180).nullable().default(null),
  hours: hours.default({}),
  active: z.boolean().default(true),
})
const store = storeFields.extend({
  // a shop's own, not a person's
  phone: personal('brand').nullable(),
  address: personal('brand').nullable(),
  id,
  code: z.string(),
  archived: z.boolean(),
  version: z.number(),
  updatedAt: time,
})

// ── staff ────────────────────────────────────────────────────────────────────

const pin = z
  .string()
  .regex(/^\d{4,8}$/, '4 to 8 digits')
  .describe('kept as a hash, never returned')
const staffFields = z.object({
  name: needed(100),
  store: optional(100).describe('code of the store'),
  role: z.enum(STAFF_ROLES).default('staff'),
  active: z.boolean().default(true),
})
const staff = staffFields.extend({
  id,
  code: z.string(),
  hasPin: z.boolean(),
  archived: z.boolean(),
  version: z.number(),
  updatedAt: time,
})

// ── products ─────────────────────────────────────────────────────────────────

export const variant = z.object({
  sku: needed(100),
  name: text(200),
  price: z.number().int().min(0).optional(),
  cost: z.number().int().min(0).optional(),
  stock: z.number().int().optional(),
})
export const attributes = z
  .record(needed(64), z.union([text(500), z.number(), z.boolean()]))
  .refine(a => Object.keys(a).length <= 50, { message: 'at most 50 attributes' })
const productFields = z.object({
  sku: optional(100),
  name: needed(500),
  category: z.array(needed(100)).max(10).default([]).describe('from the widest to the narrowest'),
  brand: optional(100),
  price: amount.describe('smallest unit of the currency'),
  cost: amount.describe('smallest unit of the currency'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable()
    .default(null)
    .describe("null: the workspace's"),
  stock: z.number().int().min(-2_000_000_000).max(2_000_000_000).nullable().default(null),
  imageUrl: url,
  url,
  status: z.enum(PRODUCT_STATUSES).default('active'),
  variants: z.array(variant).max(200).default([]),
  attributes: attributes.default({}),
})
const product = productFields.extend({
  id,
  code: z.string(),
  archived: z.boolean(),
  version: z.number(),
  updatedAt: time,
})

// ── words and presets ────────────────────────────────────────────────────────

const presetRow = z.object({
  key: z.string(),
  name: label,
  lead: label,
  channels: z.array(z.object({ code: z.string(), label })),
  events: z.array(
    z.object({ name: z.string(), label, channel: z.string().nullable(), props: z.array(z.string()) }),
  ),
  touchpoints: z.array(z.object({ code: z.string(), label, channel: z.string() })),
  journeys: z.array(z.string()).describe('names of the drafts it makes'),
  installedAt: time.nullable(),
})

export const catalogueEndpoints = {
  stores: e({
    method: 'get',
    path: '/w/{ws}/stores',
    scope: 'catalogue:read',
    summary: 'Stores; search by code, name, address, region',
    query: filters.extend({ region: z.string().optional(), active: flag }),
    out: page(store).extend({ total: z.number(), regions: z.array(z.string()) }),
  }),
  store: e({
    method: 'get',
    path: '/w/{ws}/stores/{store}',
    scope: 'catalogue:read',
    summary: 'One store',
    out: store,
  }),
  createStore: e({
    method: 'post',
    path: '/w/{ws}/stores',
    scope: 'catalogue:write',
    summary: 'New store; its code is never changed',
    body: storeFields.extend({ code }),
    out: store,
  }),
  saveStore: e({
    method: 'put',
    path: '/w/{ws}/stores/{store}',
    scope: 'catalogue:write',
    summary: 'Replace what a store says; archived takes it out of lists and pickers',
    body: storeFields.extend({ archived: z.boolean().default(false), version }),
    out: store,
  }),
  staff: e({
    method: 'get',
    path: '/w/{ws}/staff',
    scope: 'catalogue:read',
    summary: 'Store staff; search by code and name',
    query: filters.extend({ store: z.string().optional(), active: flag }),
    out: page(staff).extend({ total: z.number() }),
  }),
  staffMember: e({
    method: 'get',
    path: '/w/{ws}/staff/{staff}',
    scope: 'catalogue:read',
    summary: 'One member of staff',
    out: staff,
  }),
  createStaff: e({
    method: 'post',
    path: '/w/{ws}/staff',
    scope: 'catalogue:write',
    summary: 'New member of staff',
    body: staffFields.extend({ code, pin: pin.optional() }),
    out: staff,
  }),
  saveStaff: e({
    method: 'put',
    path: '/w/{ws}/staff/{staff}',
    scope: 'catalogue:write',
    summary: 'Replace; a pin that is not given stays, null removes it',
    body: staffFields.extend({
      pin: pin.nullable().optional(),
      archived: z.boolean().default(false),
      version,
    }),
    out: staff,
  }),
  checkStaffPin: e({
    method: 'post',
    path: '/w/{ws}/staff/check-pin',
    scope: 'catalogue:read',
    summary: 'Whether a PIN is that of an active member of staff; five wrong tries close it for 15 minutes',
    body: z.object({ code: z.string().max(100), pin: z.string().max(20) }),
    out: z.object({ ok: z.boolean(), staff: staff.nullable() }),
  }),
  products: e({
    method: 'get',
    path: '/w/{ws}/products',
    scope: 'catalogue:read',
    summary: 'Products; search by code, SKU, name, brand',
    query: filters.extend({
      category: z.string().optional().describe('a step of the category path'),
      brand: z.string().optional(),
      status: z.enum(PRODUCT_STATUSES).optional(),
    }),
    out: page(product).extend({ total: z.number(), categories: z.array(z.string()) }),
  }),
  product: e({
    method: 'get',
    path: '/w/{ws}/products/{product}',
    scope: 'catalogue:read',
    summary: 'One product',
    out: product,
  }),
  createProduct: e({
    method: 'post',
    path: '/w/{ws}/products',
    scope: 'catalogue:write',
    summary: 'New product; its code is what events name as product_id',
    body: productFields.extend({ code }),
    out: product,
  }),
  saveProduct: e({
    method: 'put',
    path: '/w/{ws}/products/{product}',
    scope: 'catalogue:write',
    summary: 'Replace what a product says; archived takes it out of lists and pickers',
    body: productFields.extend({ archived: z.boolean().default(false), version }),
    out: product,
  }),
  vocabulary: e({
    method: 'get',
    path: '/w/{ws}/vocabulary',
    scope: 'customers:read',
    summary: 'Names that pickers offer: of the product, of installed presets, and those that came in',
    out: z.object({
      events: z.array(
        z.object({
          name: z.string(),
          label,
          from: z.string().describe("'built_in', 'seen' or the preset's key"),
          named: z.boolean().describe('the label is one that the workspace gave'),
          props: z.array(z.string()),
        }),
      ),
      channels: z.array(z.object({ code: z.string(), label, from: z.string() })),
      touchpoints: z.array(z.object({ code: z.string(), label, channel: z.string(), from: z.string() })),
    }),
  }),
  nameEvent: e({
    method: 'put',
    path: '/w/{ws}/event-names/{name}',
    scope: 'catalogue:write',
    summary: 'What pages call an event that clients post under this name; nothing else changes',
    body: z.object({ label: z.object({ zh: needed(60), en: needed(60) }) }),
    out: ok,
  }),
  unnameEvent: e({
    method: 'delete',
    path: '/w/{ws}/event-names/{name}',
    scope: 'catalogue:write',
    summary: 'Call the event again as the product, a preset or its clients do',
    out: ok,
  }),
  presets: e({
    method: 'get',
    path: '/w/{ws}/presets',
    scope: 'catalogue:read',
    summary: 'Industry presets',
    out: z.object({ items: z.array(presetRow) }),
  }),
  installPreset: e({
    method: 'post',
    path: '/w/{ws}/presets/{preset}',
    scope: 'catalogue:write',
    summary: 'Add the words of a preset and its journeys as drafts; again changes nothing',
    out: z.object({ journeys: z.array(id) }),
  }),
  removePreset: e({
    method: 'delete',
    path: '/w/{ws}/presets/{preset}',
    scope: 'catalogue:write',
    summary: 'Take the words of a preset away again; its journeys stay',
    out: ok,
  }),
} as const
