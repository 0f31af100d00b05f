// Journeys: drafts, versions, counts, people.
import { z } from 'zod'
import { customerRow } from './customers.ts'
import { publication, scheduled } from './journey-versions.ts'
import { JOURNEY_STATUSES } from '../journeys/versions/status.ts'
import { e, id, list, page, personalValue, time } from './shared.ts'

export const journeyRow = z.object({
  id,
  name: z.string(),
  status: z.enum(JOURNEY_STATUSES),
  liveVersion: z.number().nullable(),
  trigger: z.string().describe('in one word: the event’s name, the segment’s id'),
  startsBy: personalValue('brand').nullable().describe('the trigger itself; null: a draft has none'),
  waiting: z.number(),
  entered: z.number(),
  goals: z.number(),
  updatedAt: time,
  version: z.number(),
})
export const graphProblem = z.object({
  node: z.string().nullable(),
  path: z.string(),
  code: z.string(),
  message: z.object({ zh: z.string(), en: z.string() }),
  alternative: z.object({ zh: z.string(), en: z.string() }).optional(),
})
export const journeyDetail = journeyRow.extend({
  draft: personalValue('brand').describe('JourneyGraph'),
  draftBy: z.string().nullable().describe('who saved the draft last'),
  draftAt: time.nullable(),
  live: personalValue('brand').nullable().describe('JourneyGraph'),
  scheduled: scheduled.nullable().describe('the publication that waits for its moment'),
  versions: z.array(z.object({ version: z.number(), publishedAt: time, publishedBy: z.string() })),
  problems: z.array(graphProblem),
  computing: z
    .object({ done: z.number(), total: z.number().nullable() })
    .nullable()
    .describe('customers whose past was looked at for its rules; null: their past is known'),
})
export const nodeCounts = z.object({
  node: z.string(),
  waiting: z.number(),
  passed: z.number(),
  left: z.number(),
  ports: z.record(z.string(), z.number()),
})

export const journeysEndpoints = {
  journeys: e({
    method: 'get',
    path: '/w/{ws}/journeys',
    scope: 'journeys:read',
    summary: 'All journeys with live counts',
    out: z.object({
      items: z.array(journeyRow),
      stale: z.boolean().describe('history is down: counts are not known'),
    }),
  }),
  createJourney: e({
    method: 'post',
    path: '/w/{ws}/journeys',
    scope: 'journeys:write',
    summary: 'New draft',
    body: z.object({ graph: z.unknown() }),
    out: journeyDetail,
  }),
  journey: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}',
    scope: 'journeys:read',
    summary: 'Draft, live version, problems',
    out: journeyDetail,
  }),
  saveJourney: e({
    method: 'put',
    path: '/w/{ws}/journeys/{journey}',
    scope: 'journeys:write',
    summary: 'Replace the draft',
    body: z.object({ graph: z.unknown(), version: z.number() }),
    out: journeyDetail,
  }),
  publishJourney: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/publish',
    scope: 'journeys:publish',
    audit: 'published',
    summary: 'Publish the draft as a new immutable version',
    body: publication,
    out: journeyDetail,
  }),
  setJourneyStatus: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/status',
    scope: 'journeys:publish',
    summary: 'Pause, resume, drain, stop, archive, take back',
    body: z.object({ status: z.enum(JOURNEY_STATUSES), version: z.number() }),
    out: journeyDetail,
  }),
  journeyCounts: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/counts',
    scope: 'journeys:read',
    summary: 'People per node',
    query: z.object({ version: z.coerce.number().int().optional() }),
    out: z.object({
      nodes: z.array(nodeCounts),
      entered: z.number(),
      goals: z.number(),
      exits: z.record(z.string(), z.number()),
      asOf: time,
    }),
  }),
  journeyPeople: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/people',
    scope: 'journeys:read',
    summary: 'People waiting at a node',
    query: list.extend({ node: z.string(), version: z.coerce.number().int().optional() }),
    out: page(z.object({ customer: customerRow, since: time })),
  }),
  nodeTypes: e({
    method: 'get',
    path: '/node-types',
    scope: 'session',
    summary: 'Every node type with its fields and ports',
    out: z.object({
      items: z.array(
        z.object({
          type: z.string(),
          family: z.string(),
          fields: z.record(z.string(), z.object({ kind: z.string(), required: z.boolean() })),
        }),
      ),
    }),
  }),
} as const
