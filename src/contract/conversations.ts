// Conversations: what customers write and the team answers, by channel; ready texts; hours and what is answered outside them.
import { z } from 'zod'
import { messageContent } from '../channels/content.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { STATUSES } from '../conversations/model.ts'
import { e, id, list, ok, page, personal, time } from './shared.ts'

const side = z.enum(['customer', 'team', 'note', 'system'])
const member = z.object({ id, name: z.string() })

const conversation = z.object({
  customer: id,
  customerName: personal('name').nullable(),
  channel: z.string(),
  status: z.enum(STATUSES).describe('open: the customer waits; waiting: the team does; closed'),
  unread: z.number(),
  assignee: member.nullable(),
  answering: member.nullable().describe('who of the team is writing now'),
  handedTo: z.string().nullable().describe('the tool outside that answers; null: it is answered here'),
  openedAt: time,
  lastAt: time,
  lastSide: side,
  lastKind: z.string(),
  lastText: z.string().nullable(),
})

const window = z.object({
  may: z
    .enum(['anything', 'human', 'template', 'nothing'])
    .describe('human: a person of the team may still answer; template: approved templates only'),
  closesAt: time.nullable(),
  humanUntil: time.nullable(),
})

const entry = z.object({
  id,
  at: time,
  side,
  kind: z.string().describe('text, image, sticker, location, postback …; unsent: taken back by the customer'),
  text: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).nullable(),
  author: z.string().nullable(),
  source: z.string(),
  message: id.nullable().describe('our own message in the ledger'),
  state: z.string().nullable().describe('of our own message: its state in the ledger'),
  reason: z.string().nullable(),
})

const where = '/w/{ws}/conversations/{customer}/{channel}'
const text = z.string().trim().min(1).max(5_000)

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 09:00')
export const conversationSettings = z.object({
  hours: z
    .array(z.object({ day: z.enum(days), from: clockTime, to: clockTime }))
    .max(21)
    .describe('when the team answers, in the zone of the workspace; none: always'),
  away: z
    .object({ on: z.boolean(), text: z.string().trim().max(1_000) })
    .describe('answered once in each conversation that is opened outside those hours'),
  markRead: z
    .boolean()
    .describe('a conversation that somebody opens is marked as read at its provider, where it can be'),
})

const quickReply = z.object({
  id,
  name: z.string(),
  text: z.string().describe('Liquid, such as {{ customer.name }}'),
  version: z.number(),
})

export const conversationsEndpoints = {
  conversations: e({
    method: 'get',
    path: '/w/{ws}/conversations',
    scope: 'conversations:read',
    summary: 'Conversations, the newest first',
    query: list.extend({
      status: z.enum([...STATUSES, 'all']).default('open'),
      assignee: z.enum(['me', 'none', 'all']).default('all'),
      channel: z.string().max(32).optional(),
      customer: z.string().optional().describe('of one customer'),
      q: z.string().trim().max(100).optional().describe('a name, or words that were said'),
    }),
    out: page(conversation).extend({
      counts: z.object({
        open: z.number(),
        mine: z.number(),
        unassigned: z.number(),
        unread: z.number().describe('messages that nobody has read'),
      }),
    }),
  }),
  conversation: e({
    method: 'get',
    path: where,
    scope: 'conversations:read',
    audit: 'saw',
    summary: 'One conversation: its state, and what may be said now',
    out: conversation.extend({
      window,
      clocks: z.object({
        customer: time.nullable().describe('the newest thing that the customer did'),
        marketing: time.nullable().describe('the newest marketing message that a channel accepted'),
        team: time.nullable().describe('the newest 1:1 message by the team'),
      }),
      reachable: z.boolean().describe('there is an address to answer to'),
    }),
  }),
  conversationEntries: e({
    method: 'get',
    path: `${where}/entries`,
    scope: 'conversations:read',
    summary: 'What was said, the newest first',
    query: list,
    out: page(entry),
  }),
  changeConversation: e({
    method: 'post',
    path: where,
    scope: 'conversations:write',
    summary:
      'Opens, closes, assigns, marks as read, hands over to a tool outside, says that somebody is writing',
    body: z.strictObject({
      status: z.enum(STATUSES).optional(),
      assignee: z.string().nullable().optional().describe('usr_…, me, or null for nobody'),
      read: z.literal(true).optional(),
      handedTo: z.string().trim().min(1).max(60).nullable().optional(),
      answering: z.boolean().optional(),
    }),
    out: ok,
  }),
  noteInConversation: e({
    method: 'post',
    path: `${where}/notes`,
    scope: 'conversations:write',
    summary: 'Writes down something for the team; the customer never sees it',
    body: z.object({ text }),
    out: ok,
  }),
  replyInConversation: e({
    method: 'post',
    path: `${where}/replies`,
    scope: 'conversations:write',
    summary: 'Answers the customer; the same Idempotency-Key answers once',
    body: z.strictObject({
      text: text.optional().describe('as it is: nothing of it is a merge field'),
      subject: z.string().trim().min(1).max(200).optional().describe('of an e-mail'),
      content: messageContent.optional().describe('in place of a text: what the channel can do more'),
      retryOf: id.optional().describe('msg_… that failed: its content is sent anew'),
    }),
    out: z.object({ status: z.number(), body: z.unknown() }),
  }),
  conversationTeam: e({
    method: 'get',
    path: '/w/{ws}/conversation-team',
    scope: 'conversations:read',
    summary: 'Who of the team can be given a conversation',
    out: z.object({ items: z.array(member) }),
  }),
  quickReplies: e({
    method: 'get',
    path: '/w/{ws}/quick-replies',
    scope: 'conversations:read',
    summary: 'Ready texts; with a customer also as they would read for that customer',
    query: z.object({ customer: z.string().optional() }),
    out: z.object({
      items: z.array(quickReply.extend({ filled: personal('rendered').nullable() })),
    }),
  }),
  saveQuickReply: e({
    method: 'put',
    path: '/w/{ws}/quick-replies/{reply}',
    scope: 'conversations:write',
    summary: 'Makes or changes a ready text; `new` makes one',
    body: z.object({
      name: z.string().trim().min(1).max(60),
      text: z.string().trim().min(1).max(2_000),
      version: z.number().optional(),
    }),
    out: quickReply,
  }),
  deleteQuickReply: e({
    method: 'delete',
    path: '/w/{ws}/quick-replies/{reply}',
    scope: 'conversations:write',
    summary: 'Deletes a ready text',
    out: ok,
  }),
  conversationSettings: e({
    method: 'get',
    path: '/w/{ws}/conversation-settings',
    scope: 'conversations:read',
    summary: 'When the team answers, and what is said outside those hours',
    out: conversationSettings.extend({ version: z.number() }),
  }),
  saveConversationSettings: e({
    method: 'put',
    path: '/w/{ws}/conversation-settings',
    scope: 'workspace:write',
    summary: 'Changes when the team answers',
    body: conversationSettings.extend({ version: z.number() }),
    out: conversationSettings.extend({ version: z.number() }),
  }),
  tellConversation: e({
    method: 'post',
    path: '/w/{ws}/conversations',
    scope: 'conversations:write',
    summary:
      'A chat tool outside tells what was said, in either direction, or who answers now; the same id counts once',
    body: z.strictObject({
      customer: z.string().max(100).optional().describe('cus_…; or say who it is by what follows'),
      userId: z.string().max(512).optional().describe('member number'),
      email: z.string().max(320).optional(),
      phone: z.string().max(40).optional(),
      lineUid: z.string().max(200).optional(),
      channel: z.enum([...CHANNEL_NAMES, 'chat']),
      said: z
        .enum(['received', 'replied', 'handed', 'resolved'])
        .describe('by the customer; by the team; who answers now; the matter is settled'),
      id: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .describe('your id of it, or the provider’s: told again it is there once'),
      at: time.optional(),
      type: z.string().max(20).optional(),
      text: z.string().max(5_000).optional(),
      media: z.string().max(2_000).optional().describe('address of a picture or file'),
      staff: z.string().max(100).optional().describe('replied, resolved: who of the team'),
      topic: z.string().max(60).optional().describe('resolved: what it was about'),
      to: z
        .string()
        .trim()
        .min(1)
        .max(60)
        .nullable()
        .optional()
        .describe('handed: name of the tool that answers from now on; null: it is answered here again'),
    }),
    out: z.object({ customer: id, accepted: z.literal(true) }),
  }),
} as const
