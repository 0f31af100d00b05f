// Which messages and visits conversions are credited to, what that cost and what came back; the value of a point.
import { z } from 'zod'
import { MODELS, USUAL_HALF_LIFE_DAYS } from '../insight/attribution/credit.ts'
import { ATTRIBUTED_BY, TOUCH_KINDS, USUAL_WINDOW_DAYS } from '../insight/attribution/model.ts'
import { customerRow } from './customers.ts'
import { range } from './insight.ts'
import { e, id, list, nodeName, time } from './shared.ts'

const credit = {
  conversions: z.number().describe('with decimals: a conversion is shared among its touches'),
  people: z.number(),
  revenue: z.number().describe('net of refunds so far, smallest unit'),
  known: z.number().describe('of it: revenue whose cost of goods is known'),
  margin: z.number().describe('of the known revenue, before discounts that are counted as cost'),
  messageCost: z.number().describe('of the messages sent in this time, smallest unit with decimals'),
  couponCost: z.number().describe('discounts given with our coupons on these orders, shared like the orders'),
  pointsCost: z.number().describe('points that journeys gave in this time × value of a point'),
  cost: z.number(),
  gain: z.number().describe('margin − cost'),
  roi: z
    .number()
    .nullable()
    .describe('gain ÷ cost; null: nothing was spent, or the cost of no goods is known'),
}
const query = range.extend({
  model: z.enum(MODELS).default('last'),
  window: z.coerce
    .number()
    .min(1)
    .max(90)
    .default(USUAL_WINDOW_DAYS)
    .describe('days before a conversion in which touches count'),
  half: z.coerce
    .number()
    .min(1)
    .max(90)
    .default(USUAL_HALF_LIFE_DAYS)
    .describe('half-life of time decay, days'),
  touches: z
    .string()
    .regex(new RegExp(`^(${TOUCH_KINDS.join('|')})(,(${TOUCH_KINDS.join('|')}))*$`))
    .default('click')
    .describe('what counts as a touch: click, open, delivery, visit; several with commas'),
  conversion: z.string().max(200).optional().describe('name of an event; left out: orders that stand'),
  by: z.enum(ATTRIBUTED_BY).default('channel'),
})
/** Whose people are asked for. */
export const attributionQuery = query.extend({
  key: z.string().max(300).optional().describe('left out: all'),
  only: z.literal('none').optional().describe('conversions without a touch that an item stands for'),
})

export const attributionEndpoints = {
  attribution: e({
    method: 'get',
    path: '/w/{ws}/attribution',
    scope: 'messages:read',
    summary: 'Conversions of a time credited to the touches before them, with cost and return',
    query,
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      pointValue: z.number(),
      total: z.object(credit).describe('all conversions, with and without a touch'),
      none: z.object(credit).describe('without a touch in their window, and costs that belong to no item'),
      items: z.array(
        z.object({
          key: z.string(),
          name: z.string().nullable(),
          journey: id.nullable(),
          node: z.string().nullable(),
          nodeName,
          version: z.number().nullable(),
          ...credit,
        }),
      ),
    }),
  }),
  attributionPeople: e({
    method: 'get',
    path: '/w/{ws}/attribution/people',
    scope: 'customers:read',
    summary: 'The customers whose conversions are credited to an item, with the revenue credited',
    query: attributionQuery.extend(list.shape),
    out: z.object({
      items: z.array(z.object({ customer: customerRow, value: z.number() })),
      next: z.string().nullable(),
    }),
  }),
  proofSettings: e({
    method: 'get',
    path: '/w/{ws}/proof-settings',
    scope: 'messages:read',
    summary: 'What a point is worth, and who is kept out of everything that sells',
    out: z.object({
      pointValue: z.number().describe('smallest unit with decimals'),
      holdoutPercent: z.number().describe('of all people: in no journey that keeps to it (global holdout)'),
      version: z.number(),
    }),
  }),
  saveProofSettings: e({
    method: 'put',
    path: '/w/{ws}/proof-settings',
    scope: 'workspace:write',
    summary: 'Changes these and publishes them',
    body: z.object({
      pointValue: z.number().min(0).max(1_000_000),
      holdoutPercent: z.number().min(0).max(50),
      version: z.number(),
    }),
    out: z.object({ pointValue: z.number(), holdoutPercent: z.number(), version: z.number() }),
  }),
}
