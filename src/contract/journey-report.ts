// What a journey was for and what came of it: attainment of its goal, against those who were kept out, and by node.
import { z } from 'zod'
import { e, time } from './shared.ts'

const group = z.object({
  people: z.number().describe('each counts once, by the first run that began in the range'),
  goals: z
    .number()
    .describe('of these people: the goal of that run was reached within its window, and stands'),
  open: z.number().describe('of these people: their window is not over yet, so more may come'),
  medianMs: z.number().nullable().describe('from entry to goal, of those who reached it'),
  p90Ms: z.number().nullable(),
  revenue: z
    .number()
    .describe('net revenue of orders placed within the window after the entry, smallest unit'),
  buyers: z.number(),
})
const lift = z
  .object({
    value: z.number().describe('treated minus control; a share 0 to 1, or smallest units a person'),
    low: z.number(),
    high: z.number().describe('95 % interval at one look'),
    enough: z.boolean().describe('false: too few people, goals or buyers to say anything'),
  })
  .nullable()
const messages = z.object({
  intended: z.number(),
  accepted: z.number(),
  clicked: z.number(),
  failed: z.number(),
  unknown: z.number(),
  skipped: z.number(),
  reasons: z.record(z.string(), z.number()).describe('of the skipped'),
  cost: z.number().describe('what the accounts ask for the accepted, smallest unit with decimals'),
})
const kpi = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['reached', 'clicked', 'goal', 'revenue', 'rule']),
  value: z
    .number()
    .nullable()
    .describe(
      'reached: people; clicked, goal, rule: percent; revenue: smallest unit. null: nothing to divide by',
    ),
  of: z.number().describe('what a percentage is of'),
  target: z.number(),
  met: z.boolean(),
})

export const journeyReport = z.object({
  from: time,
  to: time,
  version: z.number().nullable(),
  currency: z.string(),
  windowMs: z.number().describe("the goal's window; 7 days where the journey has none"),
  hasGoal: z.boolean(),
  runs: z.object({ entered: z.number(), goals: z.number(), control: z.number() }),
  treated: group,
  control: group.nullable().describe('null: nobody is kept out'),
  lift: z.object({ goal: lift, revenue: lift }),
  messages,
  kpis: z.array(kpi).describe('of the whole journey'),
  nodes: z.array(
    z.object({
      node: z.string(),
      passed: z.number().describe('runs that left it on their way'),
      people: z.number(),
      goals: z.number().describe('of these runs: goal reached'),
      revenue: z.number().describe('within the window after the person first passed it'),
      messages: messages.nullable(),
      kpis: z.array(kpi),
    }),
  ),
  versions: z.array(
    z.object({
      version: z.number(),
      people: z.number(),
      goals: z.number(),
      revenue: z.number(),
      control: z.number(),
    }),
  ),
})

export const journeyReportEndpoints = {
  journeyReport: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/report',
    scope: 'journeys:read',
    summary:
      'Attainment of a journey’s goal, revenue, messages and cost, against those kept out; by node and version',
    query: z.object({
      from: z.iso
        .datetime({ offset: true })
        .optional()
        .describe('runs that began from here; 30 days before `to`'),
      to: z.iso.datetime({ offset: true }).optional().describe('and before; now when left out'),
      version: z.coerce.number().int().min(1).optional(),
    }),
    out: journeyReport,
  }),
} as const
