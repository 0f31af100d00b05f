// The sandbox: phone, inbox, shop, clock.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { FAULT_KINDS } from '../sandbox/fault-kinds.ts'
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

const faultKind = z.enum(FAULT_KINDS)
const faults = z.object({
  items: z.array(
    z.object({
      adapter: z.string(),
      channel: z.enum(CHANNEL_NAMES),
      kinds: z.array(faultKind),
      set: z.object({ kind: faultKind, times: z.number() }).nullable().describe('how the next calls fail'),
    }),
  ),
})
const code = z.string().min(1).max(100)

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
  sandboxFaults: e({
    method: 'get',
    path: '/w/{ws}/sandbox/faults',
    scope: 'sandbox:use',
    summary: 'The stand-ins, how each can fail, and what is set',
    out: faults,
  }),
  sandboxFault: e({
    method: 'put',
    path: '/w/{ws}/sandbox/faults',
    scope: 'sandbox:use',
    summary: 'Let the next calls of a stand-in fail; no times: it is well again',
    body: z.object({
      adapter: z.string().min(1).max(60),
      kind: faultKind,
      times: z.number().int().min(0).max(1_000).default(1),
    }),
    out: faults,
  }),
  sandboxTill: e({
    method: 'get',
    path: '/w/{ws}/sandbox/till',
    scope: 'sandbox:use',
    summary:
      'What the till sells, and the stores and staff to sell as; prices in the smallest unit of the currency',
    out: z.object({
      products: z.array(
        z.object({ sku: z.string(), name: z.object({ zh: z.string(), en: z.string() }), price: z.number() }),
      ),
      stores: z.array(z.object({ code: z.string(), name: z.string() })),
      staff: z.array(z.object({ code: z.string(), name: z.string(), store: z.string().nullable() })),
    }),
  }),
  sandboxSell: e({
    method: 'post',
    path: '/w/{ws}/sandbox/till/sales',
    scope: 'sandbox:use',
    summary: 'A sale at the till, told as a store’s system tells it',
    body: z.object({
      order: code,
      store: code,
      staff: code.optional(),
      memberNo: code.optional(),
      lines: z
        .array(z.object({ sku: code, quantity: z.number().int().min(1).max(99) }))
        .min(1)
        .max(20),
      coupon: code.optional(),
      discount: z.number().int().min(0).default(0).describe('smallest unit'),
    }),
    out: z.object({ total: z.number().describe('smallest unit') }),
  }),
  sandboxRefund: e({
    method: 'post',
    path: '/w/{ws}/sandbox/till/refunds',
    scope: 'sandbox:use',
    summary: 'Takes all of an order back at the till',
    body: z.object({ order: code, store: code, memberNo: code.optional() }),
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
