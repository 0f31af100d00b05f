// Experiments of a published journey: how each way does, and the decision.
import { z } from 'zod'
import { METRICS } from '../journeys/nodes/experiment.ts'
import { e, ok, time } from './shared.ts'

const interval = z.object({ low: z.number(), high: z.number() }).nullable()
export const experimentResult = z.object({
  node: z.string(),
  title: z.string().nullable(),
  metric: z.enum(METRICS),
  event: z.string().nullable().describe('of the metric event'),
  windowMs: z.number(),
  minPeople: z.number(),
  autoWinner: z.boolean(),
  method: z.string(),
  arms: z.array(
    z.object({
      name: z.string(),
      share: z.number().describe('percent'),
      people: z.number(),
      converted: z.number(),
      rate: z.number().nullable(),
      interval: interval.describe('confidence sequence, 95 % for all looks together'),
    }),
  ),
  pairs: z.array(
    z.object({
      one: z.string(),
      two: z.string(),
      p: z.number().describe('always-valid p-value'),
      ratio: interval.describe('rate of `two` over rate of `one`'),
    }),
  ),
  verdict: z.enum(['too_few', 'uneven', 'open', 'won']),
  winner: z.string().nullable(),
  decision: z.object({ variant: z.string(), at: time, by: z.string() }).nullable(),
})

export const experimentsEndpoints = {
  experiments: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/experiments',
    scope: 'journeys:read',
    summary: 'Experiments of the live version: people, conversions, intervals, verdict, decision',
    out: z.object({ items: z.array(experimentResult) }),
  }),
  decideExperiment: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/experiments/{node}/decide',
    scope: 'journeys:publish',
    audit: 'published',
    summary: 'From now on everybody takes this variant; null: by share again',
    body: z.strictObject({ variant: z.string().nullable() }),
    out: ok,
  }),
} as const
