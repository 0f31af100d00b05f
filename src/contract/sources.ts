// Sources: keys, last events, rejected ones.
import { z } from 'zod'
import { timelineItem } from './customers.ts'
import { SCOPES, e, id, list, ok, page, personal, time } from './shared.ts'

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
  body: personal('free'),
})

export const sourcesEndpoints = {
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
    out: page(timelineItem.extend({ customer: id, customerName: personal('name').nullable() })),
  }),
  rejectedEvents: e({
    method: 'get',
    path: '/w/{ws}/rejected-events',
    scope: 'sources:read',
    summary: 'What was refused, and why',
    query: list,
    out: page(rejected),
  }),
} as const
