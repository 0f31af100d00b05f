// How well each channel reaches, and at what cost: what helps to choose one.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { USUAL_WINDOW_DAYS } from '../insight/engagement/model.ts'
import { range } from './insight.ts'
import { e, id, time } from './shared.ts'

const ofMessages = {
  sent: z.number().describe('messages'),
  reached: z.number().describe('messages'),
  tells: z
    .boolean()
    .describe('reached means delivered; false: accepted, and neither come back nor known as blocked'),
  opens: z
    .enum(['person', 'sums', 'none'])
    .describe('how openings are known; of several channels: person where one tells so'),
  opened: z.number().describe('messages, by a person'),
  clicked: z.number().describe('messages'),
  people: z.number().describe('people reached, each once'),
  buyers: z.number().describe('of them: with an order within the window after a message'),
  cost: z.number().describe('of the messages sent, smallest unit with decimals'),
}
const campaignReach = z.object({
  campaign: id.nullable().describe('null: messages of no campaign'),
  name: z.string().nullable(),
  channels: z.array(z.enum(CHANNEL_NAMES)).describe('by which it sent'),
  ...ofMessages,
})
const channelReach = z.object({
  channel: z.enum(CHANNEL_NAMES),
  accounts: z.number().describe('0: this channel is not connected'),
  bound: z.number().describe('customers with a verified address'),
  consented: z
    .number()
    .describe('of them: who agreed to marketing, or where being a friend is enough did not refuse'),
  reachable: z.number().describe('whom a marketing message could reach now, but for suppressions'),
  ...ofMessages,
  unitCost: z.number().describe('what the account asks for a message, smallest unit; of several the dearest'),
  used: z
    .object({ rate: z.number(), at: time })
    .nullable()
    .describe('what reach nodes choose by, worked out in the night; null: not yet'),
})

export const reachQuery = range.extend({
  campaign: z
    .string()
    .max(60)
    .optional()
    .describe('messages of its journeys and broadcasts only; none: of no campaign'),
  channel: z.string().max(40).optional().describe('its messages only'),
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
  reachByCampaign: e({
    method: 'get',
    path: '/w/{ws}/reach/campaigns',
    scope: 'messages:read',
    summary: 'Reach, cost, opening, click and conversion of messages by the campaign they belong to now',
    query: reachQuery,
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      items: z.array(campaignReach).describe('the one that sent most first; people count once in each'),
    }),
  }),
}
