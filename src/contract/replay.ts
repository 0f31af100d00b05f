// Replays: a draft over the past of real customers, counted. Nothing is sent.
import { z } from 'zod'
import { customerRow } from './customers.ts'
import { e, id, ok, personalValue, time } from './shared.ts'

const counts = z.record(z.string(), z.number())
const counted = z.object({
  entered: z.number(),
  people: z.number(),
  control: z.number().describe('of the entries: in the control group'),
  open: z.number().describe('still in it at the end'),
  goals: z.number(),
  refused: counts.describe('by reason'),
  exits: counts.describe('by how'),
  nodes: counts.describe('entries of each node'),
  ways: counts.describe('by node|port'),
  sends: z.array(z.object({ channel: z.string(), accepted: z.number(), skipped: counts })),
  days: z.array(z.object({ day: z.string(), entered: z.number(), sends: counts })),
  cost: z.number().describe('smallest unit of the currency; messages at the account’s price'),
  faults: z.number().describe('people whose walk went round without end'),
})
const replay = z.object({
  id,
  days: z.number(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number().nullable(),
  liveVersion: z.number().nullable().describe('compared with; null: it was never published'),
  createdAt: time,
  createdBy: z.string(),
  endedAt: time.nullable(),
  problem: z.object({ code: z.string(), title: z.string(), action: z.string() }).nullable(),
})
const result = z.object({
  from: time,
  to: time,
  customers: z.number(),
  facts: z.number(),
  tookMs: z.number(),
  currency: z.string(),
  draft: counted,
  live: counted.nullable(),
  limited: z
    .object({
      quota: z.number().describe('messages by channels with a monthly quota'),
      budget: z.number().describe('messages that the journey’s budget pays'),
      entryCap: z.number(),
      throttle: z.number().describe('visits of throttle nodes'),
      coupons: z.number().describe('coupons of which there are only so many'),
    })
    .describe('of the draft: what is subject to limits shared between people, which are counted as free'),
  difference: z
    .object({ both: z.number(), draft: z.number(), live: z.number() })
    .nullable()
    .describe('people who would enter by both, by the draft alone, by the live version alone'),
  real: z
    .object({ entered: z.number(), people: z.number(), sends: counts })
    .describe('what really happened in this journey in that time'),
  overlap: z.array(z.object({ journey: id, name: z.string(), people: z.number() })),
  samples: z.array(z.string()).describe('figures behind which people can be asked for'),
})

export const replayEndpoints = {
  startReplay: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/replays',
    scope: 'journeys:write',
    summary: 'Replays a graph (default: the draft) over the last days; worked on in the background',
    body: z.strictObject({
      days: z.number().int().min(1).max(90),
      graph: personalValue('brand').optional().describe('JourneyGraph'),
    }),
    out: replay,
  }),
  replays: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/replays',
    scope: 'journeys:read',
    summary: 'Replays of a journey, newest first; the 20 newest are kept',
    out: z.object({ items: z.array(replay) }),
  }),
  replay: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/replays/{replay}',
    scope: 'journeys:read',
    summary: 'One replay with its result, once done',
    out: replay.extend({ result: result.nullable() }),
  }),
  replayPeople: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/replays/{replay}/people',
    scope: 'customers:read',
    summary: 'Some of the people behind a figure, at most 20',
    query: z.object({
      of: z.enum(['draft', 'live', 'difference', 'overlap']),
      figure: z
        .string()
        .describe(
          'entered, refused.filter, node.<id>, skipped.consent …; difference: draft or live; overlap: a journey',
        ),
    }),
    out: z.object({ items: z.array(customerRow) }),
  }),
  cancelReplay: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/replays/{replay}/cancel',
    scope: 'journeys:write',
    summary: 'Ends a replay that waits or runs',
    out: ok,
  }),
} as const
