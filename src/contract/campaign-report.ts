// What campaigns, and broadcasts beside journeys, came to.
import { z } from 'zod'
import { e, id, time } from './shared.ts'

const figures = {
  people: z.number().describe('who were sent something'),
  sent: z.number().describe('messages the provider took'),
  delivered: z.number().describe('of channels that tell'),
  clicked: z.number().describe('messages in which somebody clicked'),
  goals: z.number().describe('people who reached the goal of it within 7 days of its first message to them'),
  revenue: z
    .number()
    .describe('net of standing orders within 7 days of its first message to a person, smallest unit'),
  cost: z.number(),
}
const kind = z.enum(['journey', 'broadcast'])

export const campaignReportEndpoints = {
  comparison: e({
    method: 'get',
    path: '/w/{ws}/broadcasts/comparison',
    scope: 'journeys:read',
    summary: 'Broadcasts beside journeys: what each sent in the time, and what came of it',
    query: z.object({
      from: z.iso.datetime({ offset: true }).optional().describe('30 days before `to`'),
      to: z.iso.datetime({ offset: true }).optional().describe('now when left out'),
    }),
    out: z.object({
      from: time,
      to: time,
      currency: z.string(),
      totals: z
        .array(z.object({ kind, ...figures }))
        .describe('one person counts once in each; what is of one order counts once'),
      items: z.array(z.object({ journey: id, broadcast: id.nullable(), name: z.string(), kind, ...figures })),
    }),
  }),
} as const
