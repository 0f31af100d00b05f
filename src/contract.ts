// The one table of endpoints under /api: types the server, the web client and /openapi.json. Zod in, zod out.
// Ids are public ids (cus_…), times RFC 3339 UTC, money integers of the smallest unit with currency, lists page by
// cursor, newest first. Nothing of Node here: the web imports this file.
import { z } from 'zod'

export const ROLES = ['owner', 'admin', 'marketer', 'analyst', 'staff', 'viewer'] as const
export type Role = (typeof ROLES)[number]
/** Scopes of API keys. A role stands for a set of them (src/team/roles.ts). */
export const SCOPES = [
  'customers:read',
  'customers:write',
  'journeys:read',
  'journeys:write',
  'journeys:publish',
  'messages:read',
  'messages:write',
  'sources:read',
  'sources:write',
  'channels:read',
  'channels:write',
  'sandbox:use',
  'ops:read',
  'team:read',
  'team:write',
  'workspace:write',
  'events:write',
] as const
export type Scope = (typeof SCOPES)[number]

const time = z.string().describe('RFC 3339, UTC')
const id = z.string()
const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })
const list = z.object({
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const ok = z.object({ ok: z.literal(true) })

export const problem = z.object({
  type: z.string(),
  status: z.number(),
  code: z.string(),
  title: z.string(),
  action: z.string(),
  path: z.string().optional(),
  requestId: z.string(),
})

export const workspace = z.object({
  id,
  name: z.string(),
  kind: z.enum(['live', 'sandbox']),
  timezone: z.string(),
  locale: z.string(),
  currency: z.string(),
  now: time.describe('workspace time'),
  clockTarget: time.nullable(),
  madeUp: z.boolean().describe('holds the demo brand, made up'),
  sendingPaused: z.boolean(),
  quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
  version: z.number(),
})
export const me = z.object({
  user: z.object({ id, email: z.string(), name: z.string(), locale: z.string(), hasPassword: z.boolean() }),
  workspaces: z.array(z.object({ workspace, role: z.enum(ROLES) })),
})

export const customerRow = z.object({
  id,
  name: z.string().nullable(),
  memberNo: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
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
  name: z.string().nullable(),
  identifiers: z.array(
    z.object({ kind: z.string(), value: z.string(), verified: z.boolean(), at: time, source: z.string() }),
  ),
  traits: z.array(z.object({ name: z.string(), value: z.unknown(), at: time, source: z.string() })),
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
/** One line of a timeline. `name` is an event's or a derived fact's; `why` the reasons of a decision. */
export const timelineItem = z.object({
  id: z.string(),
  at: time,
  receivedAt: time,
  kind: z.enum(['event', 'journey', 'message', 'order', 'profile', 'identity']),
  name: z.string(),
  source: z.string(),
  props: z.record(z.string(), z.unknown()),
  journey: id.nullable(),
  node: z.string().nullable(),
  message: id.nullable(),
  channel: z.string().nullable(),
})

export const journeyRow = z.object({
  id,
  name: z.string(),
  status: z.enum(['draft', 'live', 'paused', 'stopped']),
  liveVersion: z.number().nullable(),
  trigger: z.string(),
  waiting: z.number(),
  entered: z.number(),
  goals: z.number(),
  updatedAt: time,
  version: z.number(),
})
export const graphProblem = z.object({
  node: z.string().nullable(),
  path: z.string(),
  code: z.string(),
  message: z.object({ zh: z.string(), en: z.string() }),
})
export const journeyDetail = journeyRow.extend({
  draft: z.unknown().describe('JourneyGraph'),
  live: z.unknown().nullable().describe('JourneyGraph'),
  versions: z.array(z.object({ version: z.number(), publishedAt: time, publishedBy: z.string() })),
  problems: z.array(graphProblem),
})
export const nodeCounts = z.object({
  node: z.string(),
  waiting: z.number(),
  passed: z.number(),
  left: z.number(),
  ports: z.record(z.string(), z.number()),
})

export const messageRow = z.object({
  id,
  customer: id,
  customerName: z.string().nullable(),
  channel: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  journey: id.nullable(),
  journeyName: z.string().nullable(),
  node: z.string().nullable(),
  at: time,
  changedAt: time,
})
export const messageDetail = messageRow.extend({
  content: z.unknown(),
  rendered: z.unknown().nullable(),
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

export const keyRow = z.object({
  id,
  kind: z.enum(['write', 'api']),
  name: z.string(),
  hint: z.string(),
  writeKey: z.string().nullable(),
  scopes: z.array(z.string()),
  demandToken: z.boolean(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
})
export const rejected = z.object({
  id: z.string(),
  at: time,
  source: z.string(),
  code: z.string(),
  path: z.string().nullable(),
  detail: z.string(),
  body: z.string(),
})
export const channelAccount = z.object({
  id,
  channel: z.string(),
  name: z.string(),
  settings: z.record(z.string(), z.string()),
  hasSecrets: z.array(z.string()),
  webhookUrl: z.string().nullable(),
  attention: z.string().nullable().describe('why sending waits, such as refused credentials'),
  version: z.number(),
})

export const sandboxContact = z.object({
  channel: z.enum(['line', 'email']),
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

export const ops = z.object({
  inboxRows: z.number(),
  inboxLagMs: z.number(),
  bulkRows: z.number(),
  oldestDueMs: z.number().nullable(),
  foldedPerS: z.number(),
  pendingMessages: z.number(),
  historyLagMs: z.number(),
  parked: z.number(),
  pollCaught: z.number(),
  sweepCaught: z.number(),
  stateBytesP95: z.number(),
  clickhouse: z.enum(['up', 'down']),
  eventToSendP50Ms: z.number().nullable(),
  eventToSendP95Ms: z.number().nullable(),
  processes: z.array(z.object({ id: z.string(), roles: z.array(z.string()), buckets: z.number() })),
})
export const home = z.object({
  customers: z.number(),
  events24h: z.number(),
  liveJourneys: z.number(),
  waiting: z.number(),
  messages: z.array(
    z.object({
      channel: z.string(),
      accepted: z.number(),
      delivered: z.number(),
      clicked: z.number(),
      failed: z.number(),
      skipped: z.number(),
      unknown: z.number(),
    }),
  ),
  perDay: z.array(z.object({ day: z.string(), events: z.number(), messages: z.number() })),
  attention: z.array(z.object({ code: z.string(), count: z.number(), link: z.string() })),
  stale: z.boolean().describe('history is down: figures that come from it are 0 or missing'),
  setup: z.object({ source: z.boolean(), channel: z.boolean(), journey: z.boolean(), demo: z.boolean() }),
})
export const demoProgress = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  done: z.number(),
  total: z.number(),
  step: z.string(),
  workspace: id.nullable(),
})

type Endpoint = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** below /api; `{ws}` is the workspace id */
  path: string
  /** 'public': no sign-in; 'session': any signed-in user; else the scope needed in the workspace */
  scope: Scope | 'public' | 'session'
  summary: string
  query?: z.ZodObject
  body?: z.ZodType
  out: z.ZodType
}
const e = <const T extends Endpoint>(endpoint: T) => endpoint

export const endpoints = {
  // sign-in and team
  signIn: e({
    method: 'post',
    path: '/sign-in',
    scope: 'public',
    summary: 'Sign in with e-mail and password',
    body: z.object({ email: z.string(), password: z.string() }),
    out: me,
  }),
  checkLink: e({
    method: 'post',
    path: '/sign-in-link/check',
    scope: 'public',
    summary:
      'What a one-time link is for, without using it. first: may be used as it is; invite: name and password of a new account, or the password of the account there is; reset: a new password',
    body: z.object({ token: z.string() }),
    out: z.object({
      purpose: z.enum(['first', 'invite', 'reset']),
      email: z.string().nullable(),
      workspaceName: z.string().nullable(),
      hasAccount: z.boolean(),
      expiresAt: time,
    }),
  }),
  useLink: e({
    method: 'post',
    path: '/sign-in-link',
    scope: 'public',
    summary: 'Sign in with a one-time link (first start, invitation, reset)',
    body: z.object({
      token: z.string(),
      email: z.email().optional(),
      name: z.string().max(100).optional(),
      password: z.string().min(10).max(200).optional(),
    }),
    out: me,
  }),
  askReset: e({
    method: 'post',
    path: '/password-reset',
    scope: 'public',
    summary: 'Ask for a reset link; the answer never tells whether the address is known',
    body: z.object({ email: z.string() }),
    out: ok,
  }),
  signOut: e({ method: 'post', path: '/sign-out', scope: 'session', summary: 'End this session', out: ok }),
  me: e({
    method: 'get',
    path: '/me',
    scope: 'session',
    summary: 'Who is signed in, and their workspaces',
    out: me,
  }),
  updateMe: e({
    method: 'patch',
    path: '/me',
    scope: 'session',
    summary:
      'Name, e-mail, language, password. A new e-mail or password needs the current password where there is one; a new password ends all other sessions',
    body: z.object({
      name: z.string().min(1).max(100).optional(),
      email: z.email().optional(),
      locale: z.enum(['zh-TW', 'en']).optional(),
      password: z.string().min(10).max(200).optional(),
      currentPassword: z.string().optional(),
    }),
    out: me,
  }),
  createWorkspace: e({
    method: 'post',
    path: '/workspaces',
    scope: 'session',
    summary: 'New workspace; the caller becomes its owner',
    body: z.object({ name: z.string().min(1).max(100), kind: z.enum(['live', 'sandbox']) }),
    out: workspace,
  }),
  workspace: e({
    method: 'get',
    path: '/w/{ws}',
    scope: 'customers:read',
    summary: 'One workspace',
    out: workspace,
  }),
  updateWorkspace: e({
    method: 'patch',
    path: '/w/{ws}',
    scope: 'workspace:write',
    summary: 'Name, zone, quiet hours, pause sending',
    body: z.object({
      name: z.string().min(1).max(100).optional(),
      timezone: z.string().optional(),
      locale: z.string().optional(),
      quietHours: z.object({ from: z.string(), to: z.string() }).nullable().optional(),
      sendingPaused: z.boolean().optional(),
      version: z.number(),
    }),
    out: workspace,
  }),
  team: e({
    method: 'get',
    path: '/w/{ws}/team',
    scope: 'team:read',
    summary: 'Team users and invitations',
    out: z.object({
      users: z.array(z.object({ id, email: z.string(), name: z.string(), role: z.enum(ROLES) })),
      invitations: z.array(z.object({ email: z.string(), role: z.enum(ROLES), expiresAt: time })),
    }),
  }),
  invite: e({
    method: 'post',
    path: '/w/{ws}/team',
    scope: 'team:write',
    summary: 'Invite; answers with the link to pass on',
    body: z.object({ email: z.email(), role: z.enum(ROLES) }),
    out: z.object({ link: z.string(), expiresAt: time }),
  }),
  setRole: e({
    method: 'put',
    path: '/w/{ws}/team/{user}',
    scope: 'team:write',
    summary: 'Change a role',
    body: z.object({ role: z.enum(ROLES) }),
    out: ok,
  }),
  removeUser: e({
    method: 'delete',
    path: '/w/{ws}/team/{user}',
    scope: 'team:write',
    summary: 'Remove from the workspace',
    out: ok,
  }),
  // first page
  home: e({
    method: 'get',
    path: '/w/{ws}/home',
    scope: 'customers:read',
    summary: 'What is live, what needs attention, engagement',
    out: home,
  }),
  startDemo: e({
    method: 'post',
    path: '/demo',
    scope: 'session',
    summary: 'Build the made-up demo brand in a new sandbox workspace',
    out: demoProgress,
  }),
  demoProgress: e({
    method: 'get',
    path: '/demo',
    scope: 'session',
    summary: 'How far the demo is',
    out: demoProgress,
  }),
  search: e({
    method: 'get',
    path: '/w/{ws}/search',
    scope: 'customers:read',
    summary: 'Customers, journeys, messages and pages by text',
    query: z.object({ q: z.string() }),
    out: z.object({
      items: z.array(
        z.object({
          kind: z.enum(['customer', 'journey', 'message', 'page']),
          id: z.string(),
          title: z.string(),
          detail: z.string(),
        }),
      ),
    }),
  }),
  // customers
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
  // journeys
  journeys: e({
    method: 'get',
    path: '/w/{ws}/journeys',
    scope: 'journeys:read',
    summary: 'All journeys with live counts',
    out: z.object({
      items: z.array(journeyRow),
      stale: z.boolean().describe('history is down: counts are not known'),
    }),
  }),
  createJourney: e({
    method: 'post',
    path: '/w/{ws}/journeys',
    scope: 'journeys:write',
    summary: 'New draft',
    body: z.object({ graph: z.unknown() }),
    out: journeyDetail,
  }),
  journey: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}',
    scope: 'journeys:read',
    summary: 'Draft, live version, problems',
    out: journeyDetail,
  }),
  saveJourney: e({
    method: 'put',
    path: '/w/{ws}/journeys/{journey}',
    scope: 'journeys:write',
    summary: 'Replace the draft',
    body: z.object({ graph: z.unknown(), version: z.number() }),
    out: journeyDetail,
  }),
  publishJourney: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/publish',
    scope: 'journeys:publish',
    summary: 'Publish the draft as a new immutable version',
    body: z.object({ version: z.number() }),
    out: journeyDetail,
  }),
  setJourneyStatus: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/status',
    scope: 'journeys:publish',
    summary: 'live, paused or stopped',
    body: z.object({ status: z.enum(['live', 'paused', 'stopped']), version: z.number() }),
    out: journeyDetail,
  }),
  journeyCounts: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/counts',
    scope: 'journeys:read',
    summary: 'People per node',
    query: z.object({ version: z.coerce.number().int().optional() }),
    out: z.object({
      nodes: z.array(nodeCounts),
      entered: z.number(),
      goals: z.number(),
      exits: z.record(z.string(), z.number()),
      asOf: time,
    }),
  }),
  journeyPeople: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/people',
    scope: 'journeys:read',
    summary: 'People waiting at a node',
    query: list.extend({ node: z.string(), version: z.coerce.number().int().optional() }),
    out: page(z.object({ customer: customerRow, since: time })),
  }),
  nodeTypes: e({
    method: 'get',
    path: '/node-types',
    scope: 'session',
    summary: 'Every node type with its fields and ports',
    out: z.object({
      items: z.array(
        z.object({
          type: z.string(),
          family: z.string(),
          fields: z.record(z.string(), z.object({ kind: z.string(), required: z.boolean() })),
        }),
      ),
    }),
  }),
  // messages
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
    }),
    out: page(messageRow).extend({ invariant }),
  }),
  message: e({
    method: 'get',
    path: '/w/{ws}/messages/{message}',
    scope: 'messages:read',
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
        address: z.string(),
        reason: z.string(),
        source: z.string(),
        at: time,
      }),
    ),
  }),
  // sources
  keys: e({
    method: 'get',
    path: '/w/{ws}/keys',
    scope: 'sources:read',
    summary: 'Write keys and API keys',
    out: z.object({ items: z.array(keyRow) }),
  }),
  createKey: e({
    method: 'post',
    path: '/w/{ws}/keys',
    scope: 'sources:write',
    summary: 'New key; an API key is shown this once',
    body: z.object({
      kind: z.enum(['write', 'api']),
      name: z.string().min(1).max(100),
      scopes: z.array(z.enum(SCOPES)).optional(),
      demandToken: z.boolean().optional(),
    }),
    out: keyRow.extend({ key: z.string() }),
  }),
  revokeKey: e({
    method: 'delete',
    path: '/w/{ws}/keys/{key}',
    scope: 'sources:write',
    summary: 'Revoke',
    out: ok,
  }),
  lastEvents: e({
    method: 'get',
    path: '/w/{ws}/events',
    scope: 'sources:read',
    summary: 'Last events of all sources',
    query: list.extend({ source: z.string().optional(), name: z.string().optional() }),
    out: page(timelineItem.extend({ customer: id })),
  }),
  rejectedEvents: e({
    method: 'get',
    path: '/w/{ws}/rejected-events',
    scope: 'sources:read',
    summary: 'What was refused, and why',
    query: list,
    out: page(rejected),
  }),
  // channels
  channels: e({
    method: 'get',
    path: '/w/{ws}/channels',
    scope: 'channels:read',
    summary: 'Channel accounts; secrets are never returned',
    out: z.object({
      items: z.array(channelAccount),
      kinds: z.array(
        z.object({
          channel: z.string(),
          settings: z.array(z.string()),
          secrets: z.array(z.string()),
          required: z.array(z.string()),
          delivery: z.string(),
        }),
      ),
    }),
  }),
  saveChannel: e({
    method: 'put',
    path: '/w/{ws}/channels/{channel}',
    scope: 'channels:write',
    summary: 'Create or change the account of a channel (line, email)',
    body: z.object({
      name: z.string(),
      settings: z.record(z.string(), z.string()),
      secrets: z.record(z.string(), z.string()).optional(),
    }),
    out: channelAccount,
  }),
  // sandbox
  sandboxContacts: e({
    method: 'get',
    path: '/w/{ws}/sandbox/contacts',
    scope: 'sandbox:use',
    summary: "People of the sandbox's phone and inbox",
    query: list.extend({ channel: z.enum(['line', 'email']), q: z.string().optional() }),
    out: page(sandboxContact),
  }),
  sandboxMessages: e({
    method: 'get',
    path: '/w/{ws}/sandbox/messages',
    scope: 'sandbox:use',
    summary: 'Chat or inbox of one address, oldest first',
    query: z.object({ channel: z.enum(['line', 'email']), address: z.string() }),
    out: z.object({ items: z.array(sandboxMessage) }),
  }),
  sandboxAct: e({
    method: 'post',
    path: '/w/{ws}/sandbox/act',
    scope: 'sandbox:use',
    summary: 'Do as the customer does: follow, unfollow, write, tap a postback, open or unsubscribe a mail',
    body: z.object({
      channel: z.enum(['line', 'email']),
      address: z.string(),
      act: z.enum(['follow', 'unfollow', 'text', 'postback', 'unsubscribe']),
      name: z.string().optional(),
      text: z.string().optional(),
      data: z.string().optional(),
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
  setClock: e({
    method: 'post',
    path: '/w/{ws}/clock',
    scope: 'sandbox:use',
    summary: "Move a sandbox's clock forward; goes on in steps, see workspace.clockTarget",
    body: z.union([z.object({ to: time }), z.object({ byMs: z.number().int().positive() })]),
    out: workspace,
  }),
  // ops
  ops: e({
    method: 'get',
    path: '/w/{ws}/ops',
    scope: 'ops:read',
    summary: 'Lag, oldest due alarm, throughput',
    out: ops,
  }),
  parked: e({
    method: 'get',
    path: '/w/{ws}/parked',
    scope: 'ops:read',
    summary: 'Customers set aside',
    query: list,
    out: page(
      z.object({ customer: id, reason: z.string(), error: z.string(), at: time, waiting: z.number() }),
    ),
  }),
  audit: e({
    method: 'get',
    path: '/w/{ws}/audit',
    scope: 'team:read',
    summary: 'Who did what',
    query: list,
    out: page(z.object({ at: time, actor: z.string(), action: z.string(), target: z.string().nullable() })),
  }),
} as const

export type EndpointName = keyof typeof endpoints
export type In<N extends EndpointName> = (typeof endpoints)[N] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined
export type Query<N extends EndpointName> = (typeof endpoints)[N] extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : undefined
export type Out<N extends EndpointName> = z.output<(typeof endpoints)[N]['out']>

/** Server-sent events of GET /api/w/{ws}/live: the name of what changed; pages refetch what they show. */
export const LIVE_TOPICS = [
  'customers',
  'messages',
  'journeys',
  'events',
  'clock',
  'sandbox',
  'ops',
  'demo',
] as const
export type LiveTopic = (typeof LIVE_TOPICS)[number]
