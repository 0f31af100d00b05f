// Questions to history: metrics by class, omnichannel shoppers, where customers first came from, the quality of data.
import { z } from 'zod'
import { CART_WINDOW_HOURS, METRIC_KEYS } from '../insight/metrics/model.ts'
import { FIRST_TOUCH_BY } from '../insight/reports/model.ts'
import { STAGES } from '../customers/model.ts'
import { DIMENSIONS, STALE_MONTHS } from '../insight/quality/model.ts'
import { e, list, page, personal, time } from './shared.ts'
import { customerRow } from './customers.ts'

export const range = z.object({
  from: z.iso.datetime({ offset: true }).optional().describe('included; 30 days before `to` when left out'),
  to: z.iso.datetime({ offset: true }).optional().describe('not included; now when left out'),
})
const metricsQuery = range.extend({
  channel: z.string().max(60).optional().describe('sales channel: online, store, reseller …'),
  store: z.string().max(100).optional().describe('code of a store'),
  cartHours: z.coerce
    .number()
    .min(1)
    .max(24 * 30)
    .default(CART_WINDOW_HOURS)
    .describe('hours after the last addition in which an order must follow, else the cart is abandoned'),
})

const stale = z.object({
  months: z.coerce
    .number()
    .int()
    .min(1)
    .max(120)
    .default(STALE_MONTHS)
    .describe('not seen or verified for so long'),
})

export const metric = z.object({
  key: z.enum(METRIC_KEYS),
  class: z.enum(['O', 'X']).describe('O: results; X: behaviour and feedback'),
  unit: z.enum(['money', 'ratio', 'count', 'number', 'seconds']),
  value: z
    .number()
    .nullable()
    .describe('null: nothing to divide by. Money in the smallest unit; ratios 0 to 1'),
  part: z.number().describe('what is divided'),
  whole: z.number().describe('what it is divided by; for sums the number of orders behind it'),
  people: z.number().describe('customers behind what is divided, as metricPeople lists them'),
  filtered: z.boolean().describe('whether sales channel and store narrow it'),
})

export const insightEndpoints = {
  metrics: e({
    method: 'get',
    path: '/w/{ws}/metrics',
    scope: 'customers:read',
    summary: 'Metrics of a time, labelled O (results) or X (behaviour and feedback)',
    query: metricsQuery,
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      items: z.array(metric),
      /** revenue whose lines all carry a cost, of all revenue: what margin is known for */
      costed: z.object({ revenue: z.number(), of: z.number() }),
      days: z.array(z.object({ day: z.string(), revenue: z.number(), orders: z.number() })),
      channels: z.array(z.string()).describe('sales channels that have orders in this time'),
      stores: z.array(z.string()).describe('stores that have orders in this time'),
    }),
  }),
  metricPeople: e({
    method: 'get',
    path: '/w/{ws}/metrics/{metric}/people',
    scope: 'customers:read',
    summary: 'The customers behind a metric, the largest share first',
    query: metricsQuery.extend(list.shape),
    out: z.object({
      items: z.array(z.object({ customer: customerRow, value: z.number() })),
      next: z.string().nullable(),
    }),
  }),
  omnichannel: e({
    method: 'get',
    path: '/w/{ws}/reports/omnichannel',
    scope: 'customers:read',
    summary:
      'Average spend of shoppers online only, in stores only and both; spend per visit by channels used',
    query: range,
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      groups: z.array(
        z.object({
          key: z.enum(['online', 'store', 'both', 'other']),
          people: z.number(),
          orders: z.number(),
          revenue: z.number(),
          average: z.number().nullable().describe('revenue per shopper'),
        }),
      ),
      byChannels: z.array(
        z.object({
          channels: z.number().describe('4 stands for four or more'),
          people: z.number(),
          visits: z.number(),
          revenue: z.number(),
          perVisit: z.number().nullable(),
        }),
      ),
    }),
  }),
  stages: e({
    method: 'get',
    path: '/w/{ws}/reports/stages',
    scope: 'customers:read',
    summary:
      'How many customers are in each lifecycle stage now, and the share that went on from each to the next',
    out: z.object({
      items: z.array(
        z.object({
          stage: z.enum(STAGES),
          people: z.number().describe('in this stage now'),
          reached: z.number().describe('in this stage or a later one'),
          from: z.number().describe('reached the stage before: the base of the step'),
        }),
      ),
    }),
  }),
  firstTouch: e({
    method: 'get',
    path: '/w/{ws}/reports/first-touch',
    scope: 'customers:read',
    summary: 'Where customers first came from, and how many of them bought later',
    query: range.extend({
      by: z.enum(FIRST_TOUCH_BY).default('kind'),
      days: z.coerce
        .number()
        .int()
        .min(1)
        .max(730)
        .default(90)
        .describe('days after the first touch in which a purchase counts'),
    }),
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      items: z.array(
        z.object({
          key: z.string().describe('empty: not known'),
          people: z.number(),
          known: z.number().describe('of them with a member number, e-mail, phone or LINE'),
          buyers: z.number().describe('of them who bought within the days'),
          whole: z.number().describe('of them whose days are over: the base of the later purchase rate'),
          wholeBuyers: z.number(),
          revenue: z.number().describe('of their orders within the days'),
        }),
      ),
    }),
  }),
  firstTouchPeople: e({
    method: 'get',
    path: '/w/{ws}/reports/first-touch/people',
    scope: 'customers:read',
    summary: 'The customers who first came this way, newest first',
    query: range.extend({ by: z.enum(FIRST_TOUCH_BY).default('kind'), key: z.string(), ...list.shape }),
    out: z.object({
      items: z.array(z.object({ customer: customerRow, at: time })),
      next: z.string().nullable(),
    }),
  }),
  quality: e({
    method: 'get',
    path: '/w/{ws}/quality',
    scope: 'customers:read',
    summary: 'How good the data of known customers is: a score, and how many each rule finds',
    query: stale,
    out: z.object({
      customers: z.number().describe('with a member number, e-mail, phone or LINE'),
      score: z.number().nullable().describe('0 to 100, the mean of the dimensions; null: nobody to judge'),
      dimensions: z.array(z.object({ key: z.enum(DIMENSIONS), score: z.number() })),
      rules: z.array(
        z.object({
          key: z.string().describe('missing.<attribute> and missing.contact.<kind> for what is wanted'),
          dimension: z.enum(DIMENSIONS),
          people: z.number(),
          label: z
            .object({ zh: z.string(), en: z.string() })
            .nullable()
            .describe('of the attribute that is missing'),
        }),
      ),
      months: z.number(),
    }),
  }),
  qualityPeople: e({
    method: 'get',
    path: '/w/{ws}/quality/{rule}/people',
    scope: 'customers:read',
    summary: 'The customers a rule finds, with what it found; those who share a value stand together',
    query: list.extend(stale.shape),
    out: page(
      z.object({
        customer: customerRow,
        kind: z.enum(['email', 'phone', 'attributes', 'time', 'none']).describe('what `value` is'),
        value: personal('by-kind'),
      }),
    ),
  }),
  qualityFixList: e({
    method: 'post',
    path: '/w/{ws}/quality/{rule}/fix-list',
    scope: 'customers:export',
    summary:
      'The same list as CSV with a byte order mark, at most 50,000 rows. Who reads personal data masked gets it without',
    audit: 'exported',
    body: stale.extend({ locale: z.enum(['zh-TW', 'en']).default('zh-TW') }),
    // masked cell by cell where it is made: as one text it could not be
    out: z.object({ file: z.string(), csv: personal('brand'), rows: z.number(), more: z.boolean() }),
  }),
} as const
