// What became of messages: sent, delivered, opened, clicked, taken part, blocked; by channel, journey, message, link, day.
import { z } from 'zod'
import { DIMENSIONS, FIGURES, USUAL_WINDOW_DAYS } from '../insight/engagement/model.ts'
import { customerRow } from './customers.ts'
import { range } from './insight.ts'
import { e, id, list, nodeName, time } from './shared.ts'

const count = z.object({
  messages: z.number(),
  people: z.number().describe('each counts once, however many messages'),
})
export const figures = z.object(
  Object.fromEntries(FIGURES.map(f => [f, count])) as Record<(typeof FIGURES)[number], typeof count>,
)
const some = {
  figures,
  rate: z
    .number()
    .nullable()
    .describe('engagement rate: people who took part ÷ people reached; null: nobody was reached'),
  cost: z.number().describe('what the accounts ask for it, smallest unit with decimals'),
}

export const messageScope = range.extend({
  channel: z.string().max(40).optional(),
  campaign: z.string().max(60).optional().describe('its journeys and broadcasts; none: of no campaign'),
  journey: z.string().max(60).optional().describe('none: of no journey, as replies'),
  node: z.string().max(100).optional().describe('of the journey'),
  version: z.coerce.number().int().min(1).optional().describe('of the journey'),
  purpose: z.enum(['marketing', 'transactional', 'none']).optional(),
  module: z.string().max(60).optional().describe('none: of no module'),
  cta: z
    .string()
    .max(200)
    .optional()
    .describe('label of a link that somebody clicked: messages that had it; clicked means this link'),
  window: z.coerce
    .number()
    .min(1)
    .max(90)
    .default(USUAL_WINDOW_DAYS)
    .describe('days after a message in which taking part or blocking counts as its doing'),
  participation: z
    .string()
    .max(200)
    .optional()
    .describe('name of the event that counts as taking part; left out: a click or an answer'),
})
const figure = z.enum(FIGURES)

export const engagementEndpoints = {
  engagement: e({
    method: 'get',
    path: '/w/{ws}/engagement',
    scope: 'messages:read',
    summary: 'What became of the messages sent in a time, against the time before, and by one dimension',
    query: messageScope.extend({ by: z.enum(DIMENSIONS).default('channel') }),
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      total: z.object(some).describe('people counted once over everything: the parts may add up to more'),
      before: z.object(some).describe('the same length of time just before'),
      days: z.array(z.object({ day: z.string(), figures })),
      items: z
        .array(
          z.object({
            key: z.string().describe('of the dimension; empty: none'),
            name: z.string().nullable().describe('of a journey or module'),
            journey: id.nullable(),
            node: z.string().nullable(),
            nodeName,
            version: z.number().nullable(),
            ...some,
            tells: z
              .boolean()
              .describe(
                'reached means delivered; false: accepted, and neither come back nor known as blocked',
              ),
            opens: z
              .enum(['person', 'sums', 'none'])
              .describe('how openings are known: of each person, as sums of many only (LINE), or not at all'),
          }),
        )
        .describe('largest first, at most 500; days in order'),
      opens: z.enum(['person', 'sums', 'none']).describe('of everything: person where one channel tells'),
      tells: z.array(z.string()).describe('channels whose reached means delivered'),
    }),
  }),
  engagementPeople: e({
    method: 'get',
    path: '/w/{ws}/engagement/people',
    scope: 'customers:read',
    summary: 'The customers behind a figure, with how many messages each',
    query: messageScope.extend({ figure, ...list.shape }),
    out: z.object({
      items: z.array(z.object({ customer: customerRow, value: z.number() })),
      next: z.string().nullable(),
    }),
  }),
  engagementMessages: e({
    method: 'get',
    path: '/w/{ws}/engagement/messages',
    scope: 'messages:read',
    summary: 'The messages behind a figure, the newest first',
    query: messageScope.extend({ figure, ...list.shape }),
    out: z.object({
      items: z.array(
        z.object({
          message: id,
          kept: z.boolean().describe('the ledger still has it, so it can be opened'),
          customer: id,
          channel: z.string(),
          journey: id.nullable(),
          node: z.string(),
          version: z.number(),
          at: time,
          figures: z.array(figure).describe('those it counts in'),
        }),
      ),
      next: z.string().nullable(),
    }),
  }),
}
