// The sandbox: phone, inbox, shop, clock.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { e, id, list, ok, page, time } from './shared.ts'
import { workspace } from './team.ts'

export const sandboxContact = z.object({
  channel: z.enum(CHANNEL_NAMES),
  address: z.string(),
  name: z.string(),
  following: z.boolean(),
  unread: z.number(),
  lastAt: time.nullable(),
})
export const sandboxMessage = z.object({
  id: z.string(),
  channel: z.string(),
  address: z.string(),
  direction: z.enum(['to_customer', 'from_customer']),
  payload: z.unknown(),
  at: time,
})

const sandboxCall = z.object({
  id: z.string(),
  webhookId: z.string(),
  signed: z.boolean(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  status: z.number(),
  at: time,
})

export const sandboxEndpoints = {
  sandboxContacts: e({
    method: 'get',
    path: '/w/{ws}/sandbox/contacts',
    scope: 'sandbox:use',
    summary: "People of the sandbox's phone and inbox",
    query: list.extend({ channel: z.enum(CHANNEL_NAMES), q: z.string().optional() }),
    out: page(sandboxContact),
  }),
  sandboxMessages: e({
    method: 'get',
    path: '/w/{ws}/sandbox/messages',
    scope: 'sandbox:use',
    summary: 'Chat or inbox of one address, oldest first',
    query: z.object({ channel: z.enum(CHANNEL_NAMES), address: z.string() }),
    out: z.object({ items: z.array(sandboxMessage) }),
  }),
  sandboxAct: e({
    method: 'post',
    path: '/w/{ws}/sandbox/act',
    scope: 'sandbox:use',
    summary: 'Do as the customer does: follow, unfollow, write, tap a postback, open or unsubscribe a mail',
    body: z.object({
      channel: z.enum(CHANNEL_NAMES),
      address: z.string(),
      act: z.enum(['follow', 'unfollow', 'text', 'image', 'unsend', 'postback', 'menu', 'unsubscribe']),
      name: z.string().optional(),
      text: z.string().optional(),
      data: z.string().optional(),
      menu: z.string().optional().describe('LINE: the alias of the rich menu that is switched to'),
      message: z.string().optional(),
    }),
    out: ok,
  }),
  sandboxShop: e({
    method: 'get',
    path: '/w/{ws}/sandbox/shop',
    scope: 'sandbox:use',
    summary: 'URL of the shop, and shoppers to be',
    out: z.object({
      url: z.string(),
      shoppers: z.array(
        z.object({
          customer: id,
          name: z.string(),
          memberNo: z.string(),
          lineUid: z.string().nullable(),
          email: z.string().nullable(),
          token: z.string(),
        }),
      ),
    }),
  }),
  sandboxCalls: e({
    method: 'get',
    path: '/w/{ws}/sandbox/calls',
    scope: 'sandbox:use',
    summary:
      'Calls of journeys that reached the stand-in for other systems (http://stand-in/…), the newest first',
    out: z.object({ items: z.array(sandboxCall) }),
  }),
  sandboxAnswer: e({
    method: 'put',
    path: '/w/{ws}/sandbox/calls/answer',
    scope: 'sandbox:use',
    summary: 'What the stand-in for other systems answers to the next calls',
    body: z.object({
      status: z.number().int().min(200).max(599),
      body: z.string().max(10_000).default('{}'),
      times: z.number().int().min(0).max(1000).default(1),
      silent: z.boolean().default(false).describe('keeps the call and answers nothing'),
      retryAfterS: z.number().int().min(0).max(3600).optional(),
    }),
    out: ok,
  }),
  setClock: e({
    method: 'post',
    path: '/w/{ws}/clock',
    scope: 'sandbox:use',
    summary: "Move a sandbox's clock forward; goes on in steps, see workspace.clockTarget",
    body: z.union([z.object({ to: time }), z.object({ byMs: z.number().int().positive() })]),
    out: workspace,
  }),
} as const
