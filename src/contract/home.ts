// The first page: figures, search, the demo brand.
import { z } from 'zod'
import { e, id, personal } from './shared.ts'

export const home = z.object({
  customers: z.number(),
  events24h: z.number(),
  liveJourneys: z.number(),
  waiting: z.number(),
  messages: z
    .array(
      z.object({
        channel: z.string(),
        sent: z.number(),
        reached: z.number(),
        clicked: z.number(),
        reachedPeople: z.number(),
        participants: z.number(),
        failed: z.number(),
        skipped: z.number(),
        unknown: z.number(),
      }),
    )
    .describe(
      'the last 30 days: sent to participants as `engagement` counts them; failed, skipped and unknown as the ledger has them',
    ),
  perDay: z.array(z.object({ day: z.string(), events: z.number(), messages: z.number() })),
  attention: z.array(z.object({ code: z.string(), count: z.number(), link: z.string() })),
  stale: z.boolean().describe('history is down: figures that come from it are 0 or missing'),
  setup: z.object({ source: z.boolean(), channel: z.boolean(), journey: z.boolean(), demo: z.boolean() }),
})
export const demoProgress = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  done: z.number(),
  total: z.number(),
  step: z.string(),
  workspace: id.nullable(),
})

export const homeEndpoints = {
  home: e({
    method: 'get',
    path: '/w/{ws}/home',
    scope: 'customers:read',
    summary: 'What is live, what needs attention, engagement',
    out: home,
  }),
  startDemo: e({
    method: 'post',
    path: '/demo',
    scope: 'session',
    summary: 'Build the made-up demo brand in a new sandbox workspace',
    out: demoProgress,
  }),
  demoProgress: e({
    method: 'get',
    path: '/demo',
    scope: 'session',
    summary: 'How far the demo is',
    out: demoProgress,
  }),
  search: e({
    method: 'get',
    path: '/w/{ws}/search',
    scope: 'customers:read',
    summary: 'Customers, journeys, messages and pages by text',
    query: z.object({ q: z.string() }),
    out: z.object({
      items: z.array(
        z.object({
          kind: z.enum(['customer', 'journey', 'message', 'page']),
          id: z.string(),
          title: personal('hit'),
          detail: z.string(),
        }),
      ),
    }),
  }),
} as const
