// Operations: lag, parked customers, audit.
import { z } from 'zod'
import { e, id, list, page, time } from './shared.ts'

export const ops = z.object({
  inboxRows: z.number(),
  inboxLagMs: z.number(),
  bulkRows: z.number(),
  oldestDueMs: z.number().nullable(),
  foldedPerS: z.number(),
  pendingMessages: z.number(),
  historyLagMs: z.number(),
  parked: z.number(),
  pollCaught: z.number(),
  sweepCaught: z.number(),
  stateBytesP95: z.number(),
  clickhouse: z.enum(['up', 'down']),
  eventToSendP50Ms: z.number().nullable(),
  eventToSendP95Ms: z.number().nullable(),
  processes: z.array(z.object({ id: z.string(), roles: z.array(z.string()), buckets: z.number() })),
})

export const opsEndpoints = {
  ops: e({
    method: 'get',
    path: '/w/{ws}/ops',
    scope: 'ops:read',
    summary: 'Lag, oldest due alarm, throughput',
    out: ops,
  }),
  parked: e({
    method: 'get',
    path: '/w/{ws}/parked',
    scope: 'ops:read',
    summary: 'Customers set aside',
    query: list,
    out: page(
      z.object({ customer: id, reason: z.string(), error: z.string(), at: time, waiting: z.number() }),
    ),
  }),
  audit: e({
    method: 'get',
    path: '/w/{ws}/audit',
    scope: 'team:read',
    summary: 'Who did what',
    query: list.extend({
      kind: z.enum(['saw', 'changed', 'exported', 'published']).optional(),
      action: z.string().optional(),
      target: z.string().optional().describe('public id of what it was done to'),
      actor: z.string().optional().describe('public id of a user or key'),
      from: z.iso.datetime({ offset: true }).optional(),
      to: z.iso.datetime({ offset: true }).optional(),
    }),
    out: page(
      z.object({
        at: time,
        actor: z.string(),
        actorId: z.string(),
        kind: z.enum(['saw', 'changed', 'exported', 'published']),
        action: z.string(),
        target: z.string().nullable(),
        detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      }),
    ),
  }),
} as const
