// The send ledger and its invariant.
import { z } from 'zod'
import { timelineItem } from './customers.ts'
import { e, id, list, nodeName, ok, page, personal, personalValue, time } from './shared.ts'

export const messageRow = z.object({
  id,
  customer: id,
  customerName: personal('name').nullable(),
  channel: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  journey: id.nullable(),
  journeyName: z.string().nullable(),
  node: z.string().nullable(),
  nodeName,
  at: time,
  changedAt: time,
  origin: z.enum(['reply', 'test', 'auto']).nullable().describe('null: a journey’s'),
  cost: z.number().nullable().describe('what the account asked for it, smallest unit'),
  account: id.nullable(),
  heldBy: z
    .object({ rule: id, say: z.object({ zh: z.string(), en: z.string() }) })
    .nullable()
    .describe('the frequency rule that held it back, as it was then'),
})
export const messageDetail = messageRow.extend({
  content: personalValue('brand'),
  rendered: personalValue('rendered').nullable(),
  attempts: z.number(),
  providerId: z.string().nullable(),
  notBefore: time,
  notAfter: time.nullable(),
  timeline: z.array(timelineItem),
})
export const invariant = z.object({
  intents: z.number().describe('counted from the journal by history'),
  ends: z.record(z.string(), z.number()),
  pending: z.number(),
  holds: z.boolean(),
  asOf: time,
  behind: z
    .boolean()
    .describe('history is down or far behind: intents are counted only so far, and holds says nothing'),
})

export const messagesEndpoints = {
  messages: e({
    method: 'get',
    path: '/w/{ws}/messages',
    scope: 'messages:read',
    summary: 'The send ledger',
    query: list.extend({
      state: z.string().optional(),
      channel: z.string().optional(),
      journey: z.string().optional(),
      customer: z.string().optional(),
      ids: z.string().max(2_000).optional().describe('only these messages, with commas between'),
    }),
    out: page(messageRow).extend({ invariant, currency: z.string() }),
  }),
  message: e({
    method: 'get',
    path: '/w/{ws}/messages/{message}',
    scope: 'messages:read',
    audit: 'saw',
    summary: 'One message with what was sent and why',
    out: messageDetail,
  }),
  resolveMessage: e({
    method: 'post',
    path: '/w/{ws}/messages/{message}/resolve',
    scope: 'messages:write',
    summary: 'A person resolves an unknown, or releases or skips one held after a restore',
    body: z.object({ as: z.enum(['accepted', 'failed', 'release', 'skip']) }),
    out: ok,
  }),
  suppressions: e({
    method: 'get',
    path: '/w/{ws}/suppressions',
    scope: 'messages:read',
    summary: 'Addresses never sent to',
    query: list,
    out: page(
      z.object({
        channel: z.string(),
        address: personal('address'),
        reason: z.string(),
        source: z.string(),
        at: time,
      }),
    ),
  }),
} as const
