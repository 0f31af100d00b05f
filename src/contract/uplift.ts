// What messages changed: those who walked against those who were kept out.
import { z } from 'zod'
import { UPLIFT_METRICS } from '../insight/uplift/model.ts'
import { range } from './insight.ts'
import { e, time } from './shared.ts'

const group = z.object({
  people: z.number().describe('each counts once, by the first run that began in the time'),
  engaged: z.number().describe('came by themselves within the window: site, app, store or chat'),
  converted: z.number().describe('with an order that stands, placed within the window'),
  regulars: z.number().describe('had bought before they entered'),
  repurchased: z.number().describe('of them: bought again within the window'),
  revenue: z.number().describe('net, of orders placed within the window, smallest unit'),
  open: z.number().describe('whose window is not over yet'),
  before: z
    .object({ converted: z.number(), revenue: z.number() })
    .describe('the same people, as long before they entered: says nothing of the cause'),
})

export const upliftQuery = range.extend({
  journey: z
    .string()
    .max(60)
    .optional()
    .describe(
      'its own control group; left out: the control group of the workspace, over all journeys that sell',
    ),
  window: z.coerce.number().min(1).max(365).default(30).describe('days after the entry'),
})

export const upliftEndpoints = {
  uplift: e({
    method: 'get',
    path: '/w/{ws}/uplift',
    scope: 'messages:read',
    summary: 'Engagement, conversion, repurchase and revenue against the control group, with intervals',
    query: upliftQuery,
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      holdoutPercent: z.number().describe('of the workspace now'),
      treated: group,
      control: group,
      lifts: z.array(
        z.object({
          metric: z.enum(UPLIFT_METRICS),
          method: z.string(),
          lift: z
            .object({
              value: z.number().describe('treated − control: a share 0 to 1, or smallest units a person'),
              low: z.number(),
              high: z.number().describe('95 % interval at one look'),
              enough: z.boolean().describe('false: too few to say anything'),
            })
            .nullable()
            .describe('null: nobody is in one of the groups'),
        }),
      ),
    }),
  }),
}
