// Broadcasts: one message to many at a moment. Each is a journey of its own kind; `journey` leads to its graph, its approvals
// and its people.
import { z } from 'zod'
import { BROADCAST_ACTS, BROADCAST_STATES, broadcastSpec } from '../campaigns/model.ts'
import { e, id, list, page, personalValue, time } from './shared.ts'

const progress = z.object({
  audience: z.number().describe('people told of the start; grows until `told`'),
  told: z.boolean().describe('all are: the audience is frozen, whoever comes later is not in it'),
  entered: z.number(),
  control: z.number().describe('kept unsent, to compare with'),
  notEntered: z.record(z.string(), z.number()).describe('of the audience, by reason'),
  done: z.number().describe('people for whom it is over'),
  waiting: z.number(),
  accepted: z.number(),
  delivered: z.number().describe('0 where the channel does not tell'),
  clicked: z.number(),
  failed: z.number(),
  unknown: z.number(),
  skipped: z.number(),
  reasons: z.record(z.string(), z.number()).describe('of the skipped'),
  perMinute: z.number().describe('accepted, of the last ten minutes'),
  etaAt: time.nullable().describe('when it will be over as things go; null: nothing says'),
})
const canary = z.object({
  state: z.enum(['open', 'passed', 'stopped']),
  until: time.nullable(),
  figures: z
    .object({
      accepted: z.number(),
      failed: z.number(),
      unknown: z.number(),
      complained: z.number(),
      blocked: z.number(),
      mayTell: z.number().describe('accepted by channels that tell deliveries'),
      delivered: z.number(),
      verdict: z
        .object({
          limit: z.enum(['failed', 'complained', 'blocked', 'missing']),
          percent: z.number(),
          most: z.number(),
        })
        .nullable(),
      at: time,
    })
    .nullable(),
})
export const broadcastRow = z.object({
  id,
  journey: id,
  name: z.string(),
  state: z.enum(BROADCAST_STATES),
  channels: z.array(z.string()),
  campaign: id.nullable(),
  startAt: time.nullable().describe('workspace time; null: at once'),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  updatedAt: time,
  version: z.number(),
  progress: progress.nullable().describe('null: not started, or history is down'),
  canary: canary.nullable(),
})
const problem = z.object({
  path: z.string().describe('of the spec; of its graph where `node` is given'),
  node: z.string().nullable(),
  code: z.string(),
  message: z.object({ zh: z.string(), en: z.string() }),
})
const detail = broadcastRow.extend({
  spec: personalValue('brand').describe('as saved: see the body of createBroadcast'),
  problems: z.array(problem),
  approval: z.object({
    needed: z.boolean().describe('the workspace wants a second person'),
    open: id.nullable().describe('asked for; decided at the approvals of `journey`'),
  }),
})
const body = z.object({ spec: broadcastSpec, campaign: id.nullable().default(null) })

export const broadcastsEndpoints = {
  broadcasts: e({
    method: 'get',
    path: '/w/{ws}/broadcasts',
    scope: 'journeys:read',
    summary: 'Broadcasts with how far they are, the newest first',
    query: list.extend({ campaign: z.string().optional() }),
    out: page(broadcastRow).extend({
      stale: z.boolean().describe('history is down: progress is not known'),
    }),
  }),
  createBroadcast: e({
    method: 'post',
    path: '/w/{ws}/broadcasts',
    scope: 'journeys:write',
    summary: 'New draft',
    body,
    out: detail,
  }),
  broadcast: e({
    method: 'get',
    path: '/w/{ws}/broadcasts/{broadcast}',
    scope: 'journeys:read',
    summary: 'One broadcast: what it says, to whom, how far it is',
    out: detail,
  }),
  saveBroadcast: e({
    method: 'put',
    path: '/w/{ws}/broadcasts/{broadcast}',
    scope: 'journeys:write',
    summary: 'Replace the draft; not once it is scheduled or started',
    body: body.extend({ version: z.number() }),
    out: detail,
  }),
  broadcastAudience: e({
    method: 'get',
    path: '/w/{ws}/broadcasts/{broadcast}/audience',
    scope: 'journeys:read',
    summary: 'The last look: who gets it by which channel and who does not and why, cost, quota, hours, caps',
    out: z.object({
      candidates: z.number().describe('in the segment now'),
      people: z.number().describe('of them, without those who are excluded'),
      control: z.number(),
      excluded: z.array(z.object({ reason: z.string(), people: z.number() })),
      channels: z.array(
        z.object({
          channel: z.string(),
          reachable: z.number(),
          gets: z
            .number()
            .nullable()
            .describe('by this channel, as the first that reaches them; null: decided by cost'),
          unreachable: z
            .array(z.object({ reason: z.enum(['no_contact', 'refused', 'other']), people: z.number() }))
            .describe('other: no consent yet, blocked'),
          costPerMessage: z.number().describe('smallest unit of the currency'),
          cost: z.number().describe('at most, smallest unit'),
          quota: z.object({ max: z.number(), left: z.number() }).nullable(),
        }),
      ),
      nobody: z.number().describe('people whom none of the channels reaches'),
      cost: z.number().describe('at most, smallest unit'),
      currency: z.string(),
      capped: z
        .array(z.object({ max: z.number(), withinMs: z.number(), people: z.number() }))
        .describe('people who have had as many marketing messages as a cap of the workspace allows'),
      quiet: z
        .object({ from: z.string(), to: z.string(), waitsUntil: time })
        .nullable()
        .describe('it would start in the quiet hours: messages wait until then'),
      startAt: time.nullable(),
      confirmAbove: z.number(),
      asOf: time,
    }),
  }),
  startBroadcast: e({
    method: 'post',
    path: '/w/{ws}/broadcasts/{broadcast}/start',
    scope: 'journeys:write',
    audit: 'published',
    summary:
      'Schedules it, or starts it where it has no time; where another person has to approve, asks for that',
    body: z.object({
      version: z.number(),
      confirm: z.number().int().optional().describe('how many people; needed above `confirmAbove`'),
      note: z.string().max(1000).default(''),
    }),
    out: detail,
  }),
  turnBroadcast: e({
    method: 'post',
    path: '/w/{ws}/broadcasts/{broadcast}/turn',
    scope: 'journeys:publish',
    summary:
      'Pause: nothing more goes out. Resume: goes on (also after a canary stopped). Cancel: ends what is not at the socket. Take back: a scheduled one is a draft again',
    body: z.object({ act: z.enum(BROADCAST_ACTS), version: z.number() }),
    out: detail,
  }),
} as const
