// LINE beside messages: what an account may send and who its friends are, checks of messages, chats, account links, rich menus,
// and what LINE counted.
import { z } from 'zod'
import { menuAudience, menuDraft } from '../line/menus/model.ts'
import { e, id, nodeName, ok, personal } from './shared.ts'

const fault = z.object({
  path: z.string().describe('as LINE names it, such as messages[0].altText'),
  message: z.string(),
})

export const lineMenu = z.object({
  id,
  account: id,
  place: z.number(),
  audience: menuAudience,
  menu: menuDraft,
  picture: id.nullable(),
  pictureUrl: z.string().nullable(),
  alias: z.string().nullable(),
  status: z.enum(['draft', 'live', 'archived']),
  changed: z.boolean().describe('it is live, and the draft differs'),
  people: z
    .number()
    .nullable()
    .describe('friends who were given it by name; null: it is the one of all, or reached by a tap'),
  faults: z.array(fault).describe('what stands between it and publication'),
  fault: z.string().nullable().describe('what LINE said of the last try'),
  version: z.number(),
})
const menuBody = {
  audience: menuAudience,
  menu: menuDraft,
  picture: id.nullable(),
  alias: z
    .string()
    .regex(/^[a-z0-9_-]{1,32}$/)
    .nullable(),
}

export const lineEndpoints = {
  validateMessages: e({
    method: 'post',
    path: '/w/{ws}/channels/{account}/validate',
    scope: 'channels:read',
    summary:
      "Asks LINE whether these message objects are well formed, after LINE's known rules were looked at",
    quiet: true,
    body: z.object({ messages: z.array(z.record(z.string(), z.unknown())).max(10) }),
    out: z.object({
      faults: z.array(fault),
      asked: z.boolean().describe('false: LINE was not reached, or the known rules found enough'),
    }),
  }),
  lineAccounts: e({
    method: 'get',
    path: '/w/{ws}/line/accounts',
    scope: 'channels:read',
    summary:
      'LINE accounts: what each may send and has sent this month, and its friends; null where LINE does not answer',
    out: z.object({
      items: z.array(
        z.object({
          id,
          name: z.string(),
          bot: z.object({ basicId: z.string(), displayName: z.string(), chatMode: z.string() }).nullable(),
          quota: z.object({ limit: z.number().nullable(), used: z.number() }).nullable(),
          friends: z
            .object({
              day: z.string(),
              followers: z.number(),
              targetedReaches: z.number().nullable().describe('null: fewer than 20'),
              blocks: z.number(),
            })
            .nullable()
            .describe('as LINE counted on the newest day that it told'),
        }),
      ),
    }),
  }),
  takeLineQuota: e({
    method: 'post',
    path: '/w/{ws}/line/accounts/{account}/take-quota',
    scope: 'channels:write',
    summary: "Sets the account's monthly quota to what LINE says",
    out: z.object({ monthlyQuota: z.number().nullable() }),
  }),
  lineChat: e({
    method: 'post',
    path: '/w/{ws}/line/accounts/{account}/chat',
    scope: 'customers:write',
    summary: 'Shows that somebody is writing, or marks the chat as read',
    quiet: true,
    body: z.object({
      address: personal('by-kind').describe('LINE user id'),
      do: z.enum(['loading', 'read']),
      seconds: z.number().int().min(5).max(60).optional(),
    }),
    out: z.object({ done: z.boolean().describe('false: nothing is left to be marked as read') }),
  }),
  lineLink: e({
    method: 'post',
    path: '/w/{ws}/line/accounts/{account}/link',
    scope: 'customers:write',
    summary:
      'The address at which a friend binds their LINE account to their membership; for this friend alone',
    quiet: true,
    body: z.object({ address: personal('by-kind').describe('LINE user id') }),
    out: z.object({ url: z.string() }),
  }),
  lineMenus: e({
    method: 'get',
    path: '/w/{ws}/line/menus',
    scope: 'channels:read',
    summary:
      'Rich menus in the order in which they are looked at, the first whose audience somebody is in is theirs',
    out: z.object({
      items: z.array(lineMenu),
      waiting: z.number().describe('friends of whom LINE is still to be told'),
    }),
  }),
  createLineMenu: e({
    method: 'post',
    path: '/w/{ws}/line/menus',
    scope: 'messages:write',
    summary: 'A new rich menu, as a draft',
    body: z.object({ account: id, ...menuBody }),
    out: lineMenu,
  }),
  saveLineMenu: e({
    method: 'put',
    path: '/w/{ws}/line/menus/{menu}',
    scope: 'messages:write',
    summary: "Changes a rich menu's draft; what is live stays until it is published again",
    body: z.object({ version: z.number(), ...menuBody }),
    out: lineMenu,
  }),
  publishLineMenu: e({
    method: 'post',
    path: '/w/{ws}/line/menus/{menu}/publish',
    scope: 'messages:write',
    summary: 'Brings a rich menu to LINE and gives it to those whose it is',
    audit: 'published',
    out: lineMenu,
  }),
  archiveLineMenu: e({
    method: 'post',
    path: '/w/{ws}/line/menus/{menu}/archive',
    scope: 'messages:write',
    summary: 'Takes a rich menu away, at LINE too',
    out: ok,
  }),
  orderLineMenus: e({
    method: 'put',
    path: '/w/{ws}/line/menus-order',
    scope: 'messages:write',
    summary: 'The order in which rich menus are looked at',
    body: z.object({ menus: z.array(id).max(200) }),
    out: ok,
  }),
  lineInsight: e({
    method: 'get',
    path: '/w/{ws}/line/insight',
    scope: 'messages:read',
    summary:
      "What LINE counted of journeys' messages, by node; LINE tells sums only, and none of fewer than 20 people",
    query: z.object({ journey: id.optional() }),
    out: z.object({
      items: z.array(
        z.object({
          journey: id,
          journeyName: z.string(),
          version: z.number(),
          node: z.string(),
          nodeName,
          from: z.string(),
          to: z.string(),
          asked: z.string().nullable().describe('the day on which LINE was asked last; null: not yet'),
          opened: z.number().nullable().describe('people; null: fewer than 20, or not asked yet'),
          clicked: z.number().nullable(),
        }),
      ),
    }),
  }),
  sandboxLineMenu: e({
    method: 'get',
    path: '/w/{ws}/sandbox/line-menu',
    scope: 'sandbox:use',
    summary: "The rich menu under a friend's chat at the sandbox's phone",
    query: z.object({ address: z.string() }),
    out: z.object({
      menu: z
        .object({
          id: z.string(),
          chatBarText: z.string(),
          selected: z.boolean(),
          size: z.object({ width: z.number(), height: z.number() }),
          areas: z.array(
            z.object({
              bounds: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
              action: z.record(z.string(), z.unknown()),
            }),
          ),
          picture: z.string().nullable().describe('data URL'),
        })
        .nullable(),
    }),
  }),
} as const
