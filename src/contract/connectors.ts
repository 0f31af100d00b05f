// Connectors: every way in with what came through it; sources of webhooks, their mapping and dead letters.
import { z } from 'zod'
import { e, id, list, ok, page, personal, personalValue, time } from './shared.ts'

const text = (max: number) => z.string().trim().max(max)
const headerName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9-]{1,100}$/, 'a header name')

const signing = z.discriminatedUnion('scheme', [
  z.object({ scheme: z.literal('standard') }).describe('Standard Webhooks'),
  z.object({
    scheme: z.literal('hmac'),
    header: headerName,
    algorithm: z.enum(['sha256', 'sha1', 'sha512']),
    encoding: z.enum(['hex', 'base64']),
    prefix: text(40).default(''),
    idHeader: headerName.nullable().default(null),
    timestampHeader: headerName.nullable().default(null),
  }),
  z.object({ scheme: z.literal('shopify') }),
])
const path = text(300).min(1)
const field = z.object({
  to: text(200).min(1),
  path: path.optional(),
  value: z.union([text(500), z.number(), z.boolean()]).optional(),
})
export const mapping = z.object({
  rules: z
    .array(
      z.object({
        when: z.object({ path, is: text(200) }).nullable(),
        each: path.nullable(),
        type: z.enum(['track', 'identify']),
        fields: z.array(field).max(100),
      }),
    )
    .max(50),
})
const locations = z
  .record(text(100), text(100))
  .optional()
  .describe('Shopify: the store code of each location id')

const source = z.object({
  id,
  kind: z.enum(['webhook', 'shopify']),
  name: z.string(),
  url: z.string().describe('where the other system posts to'),
  active: z.boolean(),
  signing,
  mapping,
  locations: z.record(z.string(), z.string()),
  hasSecret: z.boolean(),
  lastAt: time.nullable().describe('last delivery with a good signature'),
  rowsIn: z.number(),
  rejected: z.number(),
  waiting: z.number().describe('dead letters that can be replayed'),
  refusedAt: time.nullable(),
  refusedWhy: z.string().nullable().describe('code of the problem that the sender was answered'),
  version: z.number(),
})
const deadLetter = z.object({
  id,
  at: time,
  topic: z.string().nullable(),
  code: z.string(),
  path: z.string().nullable(),
  detail: z.string(),
  body: personal('free'),
})
const preview = z.object({
  matched: z.boolean(),
  items: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      at: time.nullable(),
      ids: z.array(z.object({ kind: z.string(), value: personal('by-kind') })),
      props: personalValue('free'),
      traits: personalValue('free'),
    }),
  ),
  faults: z.array(z.object({ path: z.string().nullable(), code: z.string(), message: z.string() })),
})

export const connectorsEndpoints = {
  connectors: e({
    method: 'get',
    path: '/w/{ws}/connectors',
    scope: 'sources:read',
    summary: 'Every way in: last sync, rows in and rejected within seven days',
    out: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          kind: z.enum(['web', 'api', 'line', 'webhook', 'shopify', 'file']),
          name: z.string(),
          status: z.enum(['ok', 'waiting', 'attention']).describe('waiting: nothing came yet'),
          lastAt: time.nullable(),
          rowsIn: z.number().nullable().describe('null: history is down'),
          rejected: z.number(),
          why: z.string().nullable().describe('what needs attention'),
        }),
      ),
    }),
  }),
  sources: e({
    method: 'get',
    path: '/w/{ws}/sources',
    scope: 'sources:read',
    summary: 'Sources that post webhooks',
    out: z.object({ items: z.array(source) }),
  }),
  createSource: e({
    method: 'post',
    path: '/w/{ws}/sources',
    scope: 'sources:write',
    summary: 'New source. Without a secret one is made and shown this once',
    body: z.object({
      kind: z.enum(['webhook', 'shopify']),
      name: text(100).min(1),
      secret: text(500).optional(),
      signing: signing.optional(),
    }),
    out: source.extend({ secret: z.string().nullable() }),
  }),
  source: e({
    method: 'get',
    path: '/w/{ws}/sources/{source}',
    scope: 'sources:read',
    summary: 'One source with its last body and the paths in it',
    out: source.extend({
      last: z
        .object({
          topic: z.string().nullable(),
          body: personal('free'),
          paths: z.array(z.object({ path: z.string(), sample: personal('name') })),
        })
        .nullable(),
    }),
  }),
  saveSource: e({
    method: 'put',
    path: '/w/{ws}/sources/{source}',
    scope: 'sources:write',
    summary: 'Change a source; a secret that is not given stays',
    body: z.object({
      name: text(100).min(1),
      active: z.boolean(),
      secret: text(500).optional(),
      signing,
      mapping,
      locations,
      version: z.number(),
    }),
    out: source,
  }),
  previewMapping: e({
    method: 'post',
    path: '/w/{ws}/sources/{source}/preview',
    scope: 'sources:read',
    quiet: true,
    summary: 'What a mapping makes of a body (the last received one unless given); nothing is stored',
    body: z.object({ mapping, body: z.string().max(1_000_000).optional() }),
    out: preview,
  }),
  deadLetters: e({
    method: 'get',
    path: '/w/{ws}/sources/{source}/dead-letters',
    scope: 'sources:read',
    summary: 'Bodies that could not be used, with the reason; kept 7 days',
    query: list,
    out: page(deadLetter),
  }),
  replayDeadLetters: e({
    method: 'post',
    path: '/w/{ws}/sources/{source}/dead-letters/replay',
    scope: 'sources:write',
    summary: 'Read them again: those named, or (at most 500 a call) all',
    body: z.object({ ids: z.array(id).max(500).optional() }),
    out: z.object({ used: z.number(), left: z.number() }),
  }),
  discardDeadLetters: e({
    method: 'post',
    path: '/w/{ws}/sources/{source}/dead-letters/discard',
    scope: 'sources:write',
    summary: 'Throw them away: those named, or all',
    body: z.object({ ids: z.array(id).max(500).optional() }),
    out: z.object({ discarded: z.number() }),
  }),
  removeSource: e({
    method: 'delete',
    path: '/w/{ws}/sources/{source}',
    scope: 'sources:write',
    summary: 'Remove; its events stay, its dead letters go',
    out: ok,
  }),
} as const
