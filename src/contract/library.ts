// Ready segments with the shop's own figures, and the names that a rule's pickers offer.
import { z } from 'zod'
import { ATTRIBUTE_TYPES } from '../customers/settings.ts'
import { FAMILIES } from '../segments/library/model.ts'
import { SEGMENT_KINDS } from '../segments/model.ts'
import { e, id, personalValue } from './shared.ts'

const label = z.object({ zh: z.string(), en: z.string() })
const values = z.record(z.string(), z.union([z.number(), z.array(z.number()), z.array(z.string())]))

const param = z.object({
  key: z.string(),
  label,
  kind: z.enum(['number', 'bounds', 'names']),
  unit: z.enum(['days', 'hours', 'times', 'cycles', 'percent', 'points', 'money']).nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  fraction: z.boolean(),
  of: z
    .enum(['category', 'brand', 'tier', 'campaign', 'sales_channel', 'date_attribute'])
    .nullable()
    .describe('names: what they are chosen from'),
  most: z.number().nullable().describe('names: at most so many'),
  default: values.valueType,
  ownFigure: z.boolean().describe('the default comes from the shop’s own history'),
})

/** What the values make of it. */
const outline = z.object({
  sentence: label,
  kind: z.enum(['live', 'partition']),
  groups: z.array(z.object({ key: z.string(), name: label, rule: personalValue('brand') })),
  rest: label.nullable(),
})

export const figures = z.object({
  buyers: z.number().describe('people with orders that stand; 0: common figures stand in'),
  windowDays: z.number(),
  medianIntervalDays: z.number(),
  averageOrder: z.number(),
  topFifthSpent: z.number().describe('four of five buyers spent less'),
  recencyDays: z.array(z.number()),
  orders: z.array(z.number()),
  amounts: z.array(z.number()),
  currency: z.string(),
})

const part = z.enum([
  'events',
  'attributes',
  'tags',
  'stores',
  'products',
  'categories',
  'brands',
  'salesChannels',
  'tiers',
  'coupons',
  'campaigns',
  'segments',
])

export const libraryEndpoints = {
  segmentLibrary: e({
    method: 'get',
    path: '/w/{ws}/segment-library',
    scope: 'segments:read',
    summary: 'Ready segments in both languages, with defaults from the shop’s own history',
    out: z.object({
      figures,
      stale: z.boolean().describe('history is down: common figures stand in'),
      items: z.array(
        z.object({
          key: z.string(),
          family: z.enum(FAMILIES),
          name: label,
          purpose: label,
          params: z.array(param),
          outline: outline.describe('with the defaults'),
          installed: z.array(id).describe('segments made from it, not archived'),
        }),
      ),
    }),
  }),
  outlineLibrarySegment: e({
    method: 'post',
    path: '/w/{ws}/segment-library/{key}/outline',
    scope: 'segments:read',
    quiet: true,
    summary: 'What a ready segment comes to with these values; nothing is made',
    body: z.object({ params: z.record(z.string(), z.unknown()).default({}) }),
    out: outline,
  }),
  installLibrarySegment: e({
    method: 'post',
    path: '/w/{ws}/segment-library/{key}/install',
    scope: 'segments:write',
    summary: 'Makes a draft of a ready segment; values left out are the defaults',
    body: z.object({
      params: z.record(z.string(), z.unknown()).default({}),
      name: z.string().trim().min(1).max(200).optional(),
    }),
    out: z.object({ id: id.describe('the new segment') }),
  }),
  ruleVocabulary: e({
    method: 'get',
    path: '/w/{ws}/rule-vocabulary',
    scope: 'segments:read',
    summary:
      'Names that a rule may use: events with properties, attributes, tags, stores, products and so on',
    query: z.object({
      q: z.string().trim().max(100).optional().describe('part of a name or code'),
      part: part.optional().describe('only this part'),
      limit: z.coerce.number().int().min(1).max(500).default(100).describe('of each part'),
    }),
    out: z.object({
      events: z.array(
        z.object({
          name: z.string(),
          label,
          from: z.string(),
          named: z.boolean(),
          props: z.array(z.string()).describe('dotted paths'),
          types: z
            .record(z.string(), z.enum(['text', 'number', 'boolean']))
            .describe('of the values seen at a path, where they are all of one type'),
        }),
      ),
      attributes: z.array(
        z.object({
          name: z.string(),
          label,
          type: z.enum(ATTRIBUTE_TYPES),
          choices: z.array(z.object({ value: z.string(), label })).nullable(),
        }),
      ),
      tags: z.array(z.string()),
      stores: z.array(z.object({ code: z.string(), name: z.string() })),
      products: z.array(z.object({ product: z.string(), sku: z.string(), name: z.string() })),
      categories: z.array(z.string()),
      brands: z.array(z.string()),
      salesChannels: z.array(z.object({ code: z.string(), label })),
      tiers: z.array(z.string()),
      coupons: z.array(z.string()),
      campaigns: z.array(z.string()),
      segments: z.array(
        z.object({
          id,
          name: z.string(),
          kind: z.enum(SEGMENT_KINDS),
          groups: z
            .array(z.object({ key: z.string(), name: z.string() }))
            .describe('of a partition, the rest last'),
        }),
      ),
      named: z
        .object({
          journeys: z.array(z.object({ id, name: z.string() })),
          coupons: z.array(z.object({ key: z.string(), name: z.string() })),
          campaigns: z.array(z.object({ id, name: z.string() })),
        })
        .describe('what journeys name besides; all of them'),
      more: z.array(part).describe('parts that hold more than is shown: search'),
      stale: z.boolean().describe('history is down: only what is declared is here'),
    }),
  }),
} as const
