// Customers: list, page, timeline, commands.
import { z } from 'zod'
import { e, id, list, ok, page, PERSONAL, personal, personalValue, time } from './shared.ts'

export const customerRow = z.object({
  id,
  name: personal('name').nullable(),
  memberNo: z.string().nullable(),
  email: personal('email').nullable(),
  phone: personal('phone').nullable(),
  line: z.boolean(),
  orders: z.number(),
  revenue: z.number(),
  currency: z.string(),
  firstSeen: time,
  lastSeen: time,
})
export const enrollment = z.object({
  id,
  journey: id,
  journeyName: z.string(),
  version: z.number(),
  enteredAt: time,
  node: z.string().nullable(),
  nodeTitle: z.string().nullable(),
  waitingUntil: time.nullable(),
  endedAt: time.nullable(),
  how: z.string().nullable(),
})
export const customer = z.object({
  id,
  name: personal('name').nullable(),
  identifiers: z.array(
    z.object({
      kind: z.string(),
      value: personal('by-kind'),
      verified: z.boolean(),
      at: time,
      source: z.string(),
    }),
  ),
  traits: z.array(
    z.object({ name: z.string(), value: personalValue('by-kind'), at: time, source: z.string() }),
  ),
  tags: z.array(z.object({ name: z.string(), at: time, source: z.string() })),
  consent: z.array(
    z.object({ channel: z.string(), purpose: z.string(), on: z.boolean(), at: time, source: z.string() }),
  ),
  line: z.object({ following: z.boolean(), at: time }).nullable(),
  orders: z
    .object({ count: z.number(), revenue: z.number(), currency: z.string(), firstAt: time, lastAt: time })
    .nullable(),
  enrollments: z.array(enrollment),
  conflicts: z.array(z.object({ with: id, at: time })),
  mergedFrom: z.array(id),
  firstSeen: time,
  lastSeen: time,
  stateBytes: z.number(),
  parked: z.object({ reason: z.string(), error: z.string(), at: time }).nullable(),
})
export const timelineItem = z.object({
  id: z.string(),
  at: time,
  receivedAt: time,
  kind: z.enum(['event', 'journey', 'message', 'order', 'profile', 'identity']),
  name: z.string(),
  source: z.string(),
  props: z.record(z.string(), z.unknown()).meta({ [PERSONAL]: 'free' }),
  journey: id.nullable(),
  node: z.string().nullable(),
  message: id.nullable(),
  channel: z.string().nullable(),
})

export const customersEndpoints = {
  customers: e({
    method: 'get',
    path: '/w/{ws}/customers',
    scope: 'customers:read',
    summary: 'Search customers by name or any identifier; newest activity first',
    query: list.extend({ q: z.string().optional() }),
    out: page(customerRow).extend({
      total: z.number(),
      stale: z.boolean().describe('history is behind or down; only identifiers were searched'),
    }),
  }),
  customer: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}',
    scope: 'customers:read',
    audit: 'saw',
    summary: 'One customer; a merged id answers with its survivor',
    out: customer,
  }),
  timeline: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/timeline',
    scope: 'customers:read',
    summary: 'What happened, newest first',
    query: list.extend({ kind: z.string().optional() }),
    out: page(timelineItem),
  }),
  customerCommand: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/commands',
    scope: 'customers:write',
    summary: 'Change traits, tags, consent, enrollments. Takes Idempotency-Key',
    body: z.discriminatedUnion('do', [
      z.object({
        do: z.literal('set_traits'),
        traits: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      }),
      z.object({ do: z.enum(['add_tag', 'remove_tag']), tag: z.string().min(1).max(100) }),
      z.object({ do: z.literal('set_consent'), channel: z.string(), on: z.boolean() }),
      z.object({ do: z.literal('enroll'), journey: z.string() }),
      z.object({ do: z.literal('remove_enrollment'), enrollment: z.string() }),
    ]),
    out: z.object({ status: z.number(), body: z.unknown() }),
  }),
  unpark: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/unpark',
    scope: 'customers:write',
    summary: "Fold a parked customer's inputs again, in order",
    out: ok,
  }),
} as const
