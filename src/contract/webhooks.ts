// Webhooks out: who is told what happens, what was delivered, what could not be.
import { z } from 'zod'
import { e, id, ok, time } from './shared.ts'

const webhook = z.object({
  id,
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  state: z
    .enum(['on', 'paused', 'failing'])
    .describe('failing: paused by itself, after three days of failures or a 410'),
  failingSince: time.nullable(),
  lastOk: time.nullable(),
  lastError: z.string().nullable(),
  oldSecretUntil: time.nullable().describe('until then the secret of before signs, too'),
  waiting: z.number(),
  dead: z.number(),
  version: z.number(),
})
const fields = {
  name: z.string().trim().min(1).max(100),
  url: z.url().max(2_000),
  events: z.array(z.string().max(100)).min(1).max(50).describe('names; order.* and * stand for many'),
}

export const webhookEndpoints = {
  webhooks: e({
    method: 'get',
    path: '/w/{ws}/webhooks',
    scope: 'channels:read',
    summary: 'Webhooks of the workspace; secrets are told only when they are made',
    out: z.object({ items: z.array(webhook) }),
  }),
  createWebhook: e({
    method: 'post',
    path: '/w/{ws}/webhooks',
    scope: 'channels:write',
    summary: 'A new webhook; the answer alone holds its secret',
    body: z.object(fields),
    out: z.object({ id, secret: z.string() }),
  }),
  updateWebhook: e({
    method: 'put',
    path: '/w/{ws}/webhooks/{webhook}',
    scope: 'channels:write',
    summary: 'Change a webhook, pause it, or turn it on again',
    body: z.object({ ...fields, on: z.boolean(), version: z.number() }),
    out: ok,
  }),
  deleteWebhook: e({
    method: 'delete',
    path: '/w/{ws}/webhooks/{webhook}',
    scope: 'channels:write',
    summary: 'Delete a webhook and what waits for it',
    out: ok,
  }),
  rotateWebhookSecret: e({
    method: 'post',
    path: '/w/{ws}/webhooks/{webhook}/secret',
    scope: 'channels:write',
    summary: 'A new secret; the one of before signs beside it for 24 hours',
    body: z.object({}),
    out: z.object({ secret: z.string() }),
  }),
  testWebhook: e({
    method: 'post',
    path: '/w/{ws}/webhooks/{webhook}/test',
    scope: 'channels:write',
    summary: 'Sends a webhook.test to it',
    body: z.object({}),
    out: ok,
  }),
  webhookDeliveries: e({
    method: 'get',
    path: '/w/{ws}/webhooks/{webhook}/deliveries',
    scope: 'channels:read',
    summary: 'The newest 200 deliveries',
    query: z.object({ state: z.enum(['waiting', 'done', 'dead']).optional() }),
    out: z.object({
      items: z.array(
        z.object({
          id: z.string().describe('webhook-id, the same at every try'),
          type: z.string(),
          state: z.enum(['waiting', 'done', 'dead']),
          attempts: z.number(),
          due: time,
          status: z.number().nullable(),
          error: z.string().nullable(),
          at: time,
        }),
      ),
    }),
  }),
  replayWebhook: e({
    method: 'post',
    path: '/w/{ws}/webhooks/{webhook}/replay',
    scope: 'channels:write',
    summary: 'Deliver dead letters again, under the same ids; all when none is named',
    body: z.object({ ids: z.array(z.string()).max(200).optional() }),
    out: z.object({ replayed: z.number() }),
  }),
  webhookEvents: e({
    method: 'get',
    path: '/w/{ws}/webhooks/events',
    scope: 'channels:read',
    summary:
      'Facts that webhooks can tell of, with their versions; events of sources are told under their own names',
    out: z.object({
      items: z.array(z.object({ name: z.string(), version: z.number(), props: z.array(z.string()) })),
    }),
  }),
} as const
