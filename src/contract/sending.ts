// Stopping and releasing what is sent, what failed for good, and test sends.
import { z } from 'zod'
import { authoredContent } from '../channels/content.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { e, id, ok, personal, time } from './shared.ts'

const channel = z.enum(CHANNEL_NAMES)
export const DEAD_REASONS = ['retries_exhausted', 'unknown', 'poison'] as const
const deadReason = z.enum(DEAD_REASONS)
const listName = z.string().trim().min(1).max(60)

const recipient = z.object({ customer: id, name: personal('name').nullable() })

export const sendingEndpoints = {
  sending: e({
    method: 'get',
    path: '/w/{ws}/sending',
    scope: 'messages:read',
    summary: 'Whether sending is stopped, in all or by channel, and what waits for it',
    out: z.object({
      stopped: z.boolean(),
      channels: z.array(channel),
      held: z.number().describe('messages that wait for the release'),
      waiting: z.number().describe('messages that have no end yet'),
    }),
  }),
  stopSending: e({
    method: 'post',
    path: '/w/{ws}/sending/stop',
    scope: 'messages:write',
    summary: 'Emergency stop: holds everything that is not at the socket',
    body: z.object({ channel: channel.optional().describe('left out: all channels') }),
    out: ok,
  }),
  releaseSending: e({
    method: 'post',
    path: '/w/{ws}/sending/release',
    scope: 'messages:write',
    summary: 'Lets go on what was stopped; what is too late by then is skipped',
    body: z.object({ channel: channel.optional() }),
    out: ok,
  }),
  deadMessages: e({
    method: 'get',
    path: '/w/{ws}/dead-messages',
    scope: 'messages:read',
    summary: 'Messages that failed for good and that nobody has looked after: by reason and channel',
    out: z.object({
      groups: z.array(
        z.object({
          reason: deadReason,
          channel: z.string(),
          count: z.number(),
          oldest: time,
          newest: time,
          message: id.describe('one of them'),
        }),
      ),
    }),
  }),
  handleDeadMessages: e({
    method: 'post',
    path: '/w/{ws}/dead-messages',
    scope: 'messages:write',
    summary: 'Try a group again, or leave it; at most 1,000 at once',
    body: z.object({
      do: z.enum(['retry', 'skip']),
      reason: deadReason,
      channel: z.string(),
    }),
    out: z.object({ done: z.number(), left: z.number() }),
  }),
  testRecipients: e({
    method: 'get',
    path: '/w/{ws}/test-recipients',
    scope: 'messages:read',
    summary: 'Who may get test sends: seed lists, and the customer that the caller is',
    out: z.object({
      lists: z.array(z.object({ name: z.string(), members: z.array(recipient) })),
      self: recipient.nullable(),
    }),
  }),
  addTestRecipient: e({
    method: 'post',
    path: '/w/{ws}/test-recipients',
    scope: 'messages:write',
    summary: 'Put a customer on a seed list',
    body: z.object({ list: listName, customer: id }),
    out: ok,
  }),
  removeTestRecipient: e({
    method: 'post',
    path: '/w/{ws}/test-recipients/remove',
    scope: 'messages:write',
    summary: 'Take a customer off a seed list',
    body: z.object({ list: listName, customer: id }),
    out: ok,
  }),
  testCode: e({
    method: 'post',
    path: '/w/{ws}/test-recipients/code',
    scope: 'messages:write',
    summary: 'A code to send to the brand by LINE or another chat, which says which customer the caller is',
    out: z.object({ code: z.string(), ends: time }),
  }),
  bindTestSelf: e({
    method: 'post',
    path: '/w/{ws}/test-recipients/self',
    scope: 'messages:write',
    summary: 'Say which customer the caller is; null: none',
    body: z.object({ customer: id.nullable() }),
    out: ok,
  }),
  testSend: e({
    method: 'post',
    path: '/w/{ws}/test-send',
    scope: 'messages:write',
    summary: 'Send a content to test recipients, filled in as for a customer; nothing counts it',
    body: z.object({
      content: authoredContent,
      as: id.optional().describe('the customer whose data fill it in; left out: each recipient their own'),
      account: id.optional(),
      self: z.boolean().optional(),
      lists: z.array(listName).max(5).optional(),
      customers: z.array(id).max(20).optional().describe('of those on seed lists'),
    }),
    out: z.object({
      sent: z.array(z.object({ customer: id, message: id })),
    }),
  }),
} as const
