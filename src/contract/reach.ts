// How well each channel reaches, and at what cost: what helps to choose one.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { USUAL_WINDOW_DAYS } from '../insight/engagement/model.ts'
import { range } from './insight.ts'
import { e, time } from './shared.ts'

const channelReach = z.object({
  channel: z.enum(CHANNEL_NAMES),
  accounts: z.number().describe('0: this channel is not connected'),
  bound: z.number().describe('customers with a verified address'),
  consented: z
    .number()
    .describe('of them: who agreed to marketing, or where being a friend is enough did not refuse'),
  reachable: z.number().describe('whom a marketing message could reach now, but for suppressions'),
  sent: z.number().describe('messages'),
  reached: z.number().describe('messages'),
  tells: z
    .boolean()
    .describe('reached means delivered; false: accepted, and neither come back nor known as blocked'),
  opens: z.enum(['person', 'sums', 'none']),
  opened: z.number().describe('messages, by a person'),
  clicked: z.number().describe('messages'),
  people: z.number().describe('people reached'),
  buyers: z.number().describe('of them: with an order within the window after a message'),
  unitCost: z.number().describe('what the account asks for a message, smallest unit; of several the dearest'),
  cost: z.number().describe('of the messages sent, smallest unit with decimals'),
  used: z
    .object({ rate: z.number(), at: time })
    .nullable()
    .describe('what reach nodes choose by, worked out in the night; null: not yet'),
})

export const reachQuery = range.extend({
  campaign: z.string().max(60).optional().describe('messages of its journeys and broadcasts only'),
  window: z.coerce
    .number()
    .min(1)
    .max(90)
    .default(USUAL_WINDOW_DAYS)
    .describe('days after a message in which an order counts as its conversion'),
})

export const reachEndpoints = {
  reach: e({
    method: 'get',
    path: '/w/{ws}/reach',
    scope: 'messages:read',
    summary: 'Reach, cost, opening, click and conversion by channel; the last 90 days when no time is given',
    query: reachQuery,
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      customers: z.number(),
      items: z.array(channelReach),
    }),
  }),
}
