// Who is who: conflicts for a person to decide, merge and unmerge with previews, hints of households.
import { z } from 'zod'
import { e, id, list, page, personal, personalValue, time } from './shared.ts'

const identifier = z.object({ kind: z.string(), value: personal('by-kind') })
const heldIdentifier = identifier.extend({ verified: z.boolean(), shared: z.boolean() })
const worth = z.object({ count: z.number(), revenue: z.number(), currency: z.string() })

export const person = z.object({
  id,
  name: personal('name').nullable(),
  identifiers: z.array(heldIdentifier),
  traits: z.array(
    z.object({ name: z.string(), value: personalValue('by-kind'), at: time, source: z.string() }),
  ),
  tags: z.array(z.string()),
  orders: worth.nullable(),
  journeys: z.number().describe('running now'),
  firstSeen: time,
  lastSeen: time,
})

export const identityConflict = z.object({
  id,
  reason: z.enum(['member_no', 'shared']).describe('two member numbers, or only a shared contact'),
  identifiers: z.array(identifier).describe('what the two have in common'),
  event: z.object({ id: z.string(), name: z.string(), source: z.string() }).nullable(),
  at: time,
  status: z.enum(['open', 'merged', 'apart', 'moved']),
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
  people: z.array(person).describe('both, as they are now; one when they have become one'),
})

const run = z.object({
  journey: id,
  journeyName: z.string(),
  enteredAt: time,
  from: z.enum(['survivor', 'merged']),
  fate: z.enum(['stays', 'ends']),
})
const side = z.object({ person, events: z.number().describe('events since the merge that are theirs') })

const result = z.object({
  status: z.enum(['done', 'pending']).describe('pending: taken, and carried out in a moment'),
  customer: id,
})

export const identityEndpoints = {
  identityConflicts: e({
    method: 'get',
    path: '/w/{ws}/identity/conflicts',
    scope: 'customers:read',
    summary: 'Pairs of customers whom something joins and something parts, newest first',
    query: list.extend({ status: z.enum(['open', 'decided']).default('open') }),
    out: page(identityConflict).extend({ open: z.number() }),
  }),
  decideConflict: e({
    method: 'post',
    path: '/w/{ws}/identity/conflicts/{conflict}/decide',
    scope: 'customers:merge',
    summary: 'Merge the two, keep them apart for good, or give an identifier to one of them',
    body: z.discriminatedUnion('do', [
      z.object({ do: z.literal('merge') }),
      z.object({ do: z.literal('apart') }),
      z.object({
        do: z.literal('move'),
        identifier: z.object({ kind: z.string(), value: z.string() }),
        to: id,
      }),
    ]),
    out: result,
  }),
  mergePreview: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/merge-preview',
    scope: 'customers:merge',
    summary: 'What a merge of the two would give; nothing is changed',
    query: z.object({ with: z.string() }),
    out: z.object({
      survivor: person,
      merged: person,
      together: person,
      traits: z.array(
        z.object({
          name: z.string(),
          survivor: personalValue('by-kind'),
          merged: personalValue('by-kind'),
          wins: z.enum(['survivor', 'merged', 'same']),
        }),
      ),
      consent: z.array(z.object({ channel: z.string(), purpose: z.string(), on: z.boolean() })),
      runs: z.array(run),
      warnings: z.array(z.enum(['two_member_numbers', 'kept_apart'])),
    }),
  }),
  mergeCustomers: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/merge',
    scope: 'customers:merge',
    summary: 'Make the two one. The smaller id survives; the other answers with it',
    body: z.object({ with: z.string() }),
    out: result,
  }),
  unmergePreview: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/unmerge-preview',
    scope: 'customers:merge',
    summary: 'What each would have when this merge is taken apart; nothing is changed',
    query: z.object({ from: z.string().describe('the customer that was merged in') }),
    out: z.object({ mergedAt: time, survivor: side, merged: side, movedOrders: z.array(z.string()) }),
  }),
  unmergeCustomer: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/unmerge',
    scope: 'customers:merge',
    summary: 'Take a merge apart: each gets what it had and what came since to it; they stay apart',
    body: z.object({ from: z.string() }),
    out: result,
  }),
  householdHints: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/household',
    scope: 'customers:read',
    summary: 'Customers at the same address with the same family name: hints, which never merge anybody',
    out: z.object({
      items: z.array(z.object({ id, name: personal('name').nullable(), address: personal('address') })),
    }),
  }),
} as const
