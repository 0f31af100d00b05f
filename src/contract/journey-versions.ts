// Versions of journeys: what a publication would change and for whom, comparing, restoring.
import { z } from 'zod'
import { e, personalValue, time } from './shared.ts'

const move = z.discriminatedUnion('do', [
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('move'), to: z.string() }),
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('catch_up'), to: z.string() }),
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('release'), port: z.string() }),
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('exit') }),
])
export const moves = z
  .array(move)
  .max(3000)
  .describe(
    'what becomes of people who wait at a node of an earlier version; who is not named stays on theirs',
  )

export const graphDiff = z.object({
  nodes: z.array(
    z.object({
      node: z.string(),
      change: z.enum(['added', 'removed', 'changed']),
      type: z.string(),
      title: z.string().nullable(),
      retyped: z.boolean(),
      retitled: z.boolean(),
      fields: z.array(z.string()),
      ways: z.array(z.string()),
    }),
  ),
  parts: z.array(z.string()).describe('of the graph beside its nodes'),
})

const place = z.object({
  version: z.number(),
  node: z.string(),
  type: z.string(),
  title: z.string().nullable(),
  people: z.number(),
  change: z.enum(['same', 'changed', 'removed']),
  stays: z.boolean().describe('the new version has the same node: they can wait on there'),
  ports: z.array(z.string()),
  catchUp: z.array(z.string()).describe('new nodes that people here are past, and can be brought through'),
})

export const journeyVersionEndpoints = {
  publishPlan: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/publish-plan',
    scope: 'journeys:read',
    summary: 'What publishing the draft would change, and who waits where',
    out: z.object({
      liveVersion: z.number().nullable(),
      nextVersion: z.number(),
      diff: graphDiff.nullable().describe('against the live version; null: nothing was published yet'),
      places: z.array(place),
      stale: z.boolean().describe('history is down: how many people wait is not known'),
    }),
  }),
  journeyVersion: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/versions/{version}',
    scope: 'journeys:read',
    summary: 'One published version',
    out: z.object({
      version: z.number(),
      publishedAt: time,
      publishedBy: z.string(),
      graph: personalValue('brand').describe('JourneyGraph'),
      moves: z.array(z.unknown()).describe('what its publication did with people on earlier versions'),
    }),
  }),
} as const
