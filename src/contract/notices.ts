// What journeys tell the team, and the secret under which they call other systems.
import { z } from 'zod'
import { e, id, list, ok, page, personal, time } from './shared.ts'

const notice = z.object({
  id,
  level: z.enum(['info', 'warning']),
  text: personal('rendered').describe('filled in with what is known of the customer now'),
  customer: id,
  customerName: personal('name').nullable(),
  journey: id,
  journeyName: z.string().nullable(),
  node: z.string(),
  at: time,
  read: z.boolean(),
})

export const noticesEndpoints = {
  notices: e({
    method: 'get',
    path: '/w/{ws}/notices',
    scope: 'customers:read',
    summary: 'Notices of journeys to the caller, the newest first; of the last 90 days',
    query: list.extend({ unread: z.stringbool().optional() }),
    out: page(notice).extend({ unread: z.number().describe('at most 100 are counted') }),
  }),
  readNotices: e({
    method: 'post',
    path: '/w/{ws}/notices/read',
    scope: 'customers:read',
    summary: 'Marks notices as read, or all of them',
    body: z.object({ ids: z.array(id).max(200).optional() }),
    out: ok,
  }),
  callSecret: e({
    method: 'get',
    path: '/w/{ws}/calls/secret',
    scope: 'channels:write',
    audit: 'saw',
    summary: "The secret by which another system checks the signature of journeys' calls (Standard Webhooks)",
    out: z.object({ secret: z.string() }),
  }),
} as const
