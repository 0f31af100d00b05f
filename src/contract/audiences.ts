// Audiences of advertising platforms.
import { z } from 'zod'
import { PROVIDERS } from '../audiences/model.ts'
import { e, id, ok, time } from './shared.ts'

const audience = z.object({
  id,
  name: z.string(),
  provider: z.enum(PROVIDERS),
  segment: id,
  exclude: id.nullable(),
  settings: z.record(z.string(), z.string()),
  hasToken: z.boolean(),
  state: z.enum(['on', 'paused', 'failing']),
  told: z.number().describe('people whom the platform has'),
  waiting: z.number().describe('people to be told of'),
  lastSync: time.nullable(),
  lastError: z.string().nullable(),
  remote: z.string().nullable().describe('the audience of LINE, as narrowcasts name it'),
  building: z.boolean().describe('a new one is being filled without who left'),
  version: z.number(),
})

export const audienceEndpoints = {
  audiences: e({
    method: 'get',
    path: '/w/{ws}/audiences',
    scope: 'segments:read',
    summary: 'Audiences of advertising platforms, their sizes and errors',
    out: z.object({ items: z.array(audience) }),
  }),
  saveAudience: e({
    method: 'put',
    path: '/w/{ws}/audiences/{audience}',
    scope: 'channels:write',
    summary: 'Make (`new`) or change an audience. Only people who agreed to purpose `ads` are told of',
    body: z.object({
      name: z.string().trim().min(1).max(100),
      provider: z.enum(PROVIDERS),
      segment: id,
      exclude: id.nullable().describe('who is in this segment is left out, such as buyers'),
      settings: z.object({
        audienceId: z
          .string()
          .regex(/^\d{1,30}$/)
          .optional(),
        pixelId: z
          .string()
          .regex(/^\d{1,30}$/)
          .optional()
          .describe('purchases are told back to it (Meta)'),
        customerId: z
          .string()
          .regex(/^\d{3}-?\d{3}-?\d{4}$/)
          .optional()
          .describe('the Google Ads account that owns the list'),
        loginCustomerId: z
          .string()
          .regex(/^\d{3}-?\d{3}-?\d{4}$/)
          .optional()
          .describe('the manager account, where the service account is a user of that (Google)'),
        account: id.optional().describe('the LINE account whose friends are told of (LINE)'),
        baseUrl: z.string().max(500).optional(),
      }),
      accessToken: z
        .string()
        .max(5_000)
        .optional()
        .describe('Google: the JSON key of a service account. Left out: the one of before'),
      on: z.boolean(),
    }),
    out: z.object({ id }),
  }),
  deleteAudience: e({
    method: 'delete',
    path: '/w/{ws}/audiences/{audience}',
    scope: 'channels:write',
    summary: 'Forget an audience here; at the platform it stays as it is',
    out: ok,
  }),
  audienceFile: e({
    method: 'get',
    path: '/w/{ws}/audiences/{audience}/file',
    scope: 'customers:export',
    summary: 'Its people as a file by the platform’s rules (SHA-256 hashes; LINE: user ids), at most 50,000',
    audit: 'exported',
    out: z.object({ name: z.string(), csv: z.string(), people: z.number() }),
  }),
} as const
