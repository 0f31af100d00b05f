// Privacy: what is held of a person, forgetting them, who reads personal data, periods, what is kept for nothing.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { consentProof } from './customers.ts'
import { ROLES, e, id, list, ok, page, personal, time } from './shared.ts'

const place = z.object({
  place: z.string().describe('postgres.customer, clickhouse.event, journal, files …'),
  rows: z.number(),
})
const days = z.number().int().min(1).max(3650)
export const privacySettings = z.object({
  maskedRoles: z.array(z.enum(ROLES)).describe('who reads names and contact data masked'),
  mask: z.object({ names: z.boolean(), contacts: z.boolean() }),
  retention: z
    .object({
      events: days.min(8).nullable(),
      messages: days.nullable(),
      rejected: days.max(7),
      audit: days.min(30).nullable(),
    })
    .describe('days; null: for ever'),
})
export const certificate = z.object({
  customers: z.array(id),
  identifiers: z.array(z.object({ kind: z.string(), hash: z.string() })),
  erased: z.array(place),
  redacted: z.array(place),
  searched: z.object({
    tables: z.number(),
    columns: z.number(),
    journalRows: z.number(),
    files: z.number(),
    found: z.array(place),
  }),
  kept: z.array(z.enum(['suppression', 'seen', 'audit', 'backups'])),
  requestedBy: id,
  reason: z.string(),
  requestedAt: time,
  finishedAt: time,
  seal: z.string(),
})
export const erasure = z.object({
  id,
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  step: z.string(),
  done: z.number(),
  total: z.number(),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: time,
  finishedAt: time.nullable(),
  error: z.string().nullable(),
  certificate: certificate.nullable(),
})

export const privacyEndpoints = {
  privacy: e({
    method: 'get',
    path: '/w/{ws}/privacy',
    scope: 'privacy:read',
    summary: 'Who reads personal data masked, and how long each kind of data is kept',
    out: privacySettings.extend({ version: z.number() }),
  }),
  savePrivacy: e({
    method: 'put',
    path: '/w/{ws}/privacy',
    scope: 'privacy:write',
    summary: 'Change them',
    body: privacySettings.extend({ version: z.number() }),
    out: privacySettings.extend({ version: z.number() }),
  }),
  accessReport: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/access-report',
    scope: 'customers:export',
    audit: 'exported',
    summary:
      '"What do you hold of me": everything of one person from every store, as JSON and as a page to read; in parts where a store holds more than 50,000 rows',
    query: z.object({
      next: z.string().max(16_000).optional().describe('`next` of the part before; left out: the first part'),
    }),
    out: z.object({
      at: time,
      rows: z.number(),
      part: z.number(),
      more: z.array(z.string()).describe('places of which the next part holds more; empty: this is the last'),
      next: z.string().nullable().describe('asks for the next part; null: this is the last'),
      json: z.record(z.string(), z.unknown()).meta({ 'x-personal': 'free' }),
      html: personal('free'),
    }),
  }),
  erasurePreview: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/erasure',
    scope: 'privacy:write',
    summary: 'What an erasure of this person would remove, and what must be typed to ask for it',
    out: z.object({
      customers: z.array(id),
      identifiers: z.number(),
      places: z.array(place),
      confirm: z.string(),
    }),
  }),
  requestErasure: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/erasure',
    scope: 'privacy:write',
    summary: 'Forget this person in every store. Cannot be undone',
    body: z.object({ confirm: z.string(), reason: z.string().min(1).max(500) }),
    out: z.object({ id }),
  }),
  erasures: e({
    method: 'get',
    path: '/w/{ws}/erasures',
    scope: 'privacy:read',
    summary: 'Erasures with their progress and certificates',
    query: list,
    out: page(erasure),
  }),
  erasure: e({
    method: 'get',
    path: '/w/{ws}/erasures/{erasure}',
    scope: 'privacy:read',
    summary: 'One erasure',
    out: erasure,
  }),
  retryErasure: e({
    method: 'post',
    path: '/w/{ws}/erasures/{erasure}/retry',
    scope: 'privacy:write',
    summary: 'Try an erasure that failed again',
    out: ok,
  }),
  checkCertificate: e({
    method: 'post',
    path: '/w/{ws}/erasure-certificates/check',
    scope: 'privacy:read',
    quiet: true,
    summary:
      'Whether a certificate of erasure was made here and says what it said then; and whether it is about somebody',
    body: z.object({
      certificate,
      identifier: z
        .object({ kind: z.string().max(40), value: z.string().max(500) })
        .optional()
        .describe('of the person it may be about, as they were known: email, phone (E.164), member_no …'),
    }),
    out: z.object({
      genuine: z.boolean(),
      about: z.boolean().nullable().describe('null: no identifier was given'),
    }),
  }),
  liftErasureSuppression: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/erasure-suppression/lift',
    scope: 'privacy:write',
    summary:
      'Somebody who was erased is back and agrees to be written to: records the consent with its proof, and lifts what the erasure left on the address',
    body: z.object({
      channel: z.enum(CHANNEL_NAMES),
      proof: consentProof.extend({ text: z.string().min(1).max(2000).describe('what was agreed to') }),
    }),
    out: ok,
  }),
  dataUse: e({
    method: 'get',
    path: '/w/{ws}/data-use',
    scope: 'privacy:read',
    summary: 'Event names and attributes with bytes and estimated cost, and what is kept for nothing',
    out: z.object({
      items: z.array(
        z.object({
          kind: z.enum(['event', 'attribute']),
          name: z.string(),
          rows: z.number(),
          bytes: z.number().describe('on disk, estimated'),
          costPerMonth: z.number().describe('in `currency`, estimated from `pricePerGb`'),
          lastAt: time.nullable(),
          purpose: z.string().nullable(),
          usedBy: z.array(z.string()),
          unused: z.boolean(),
        }),
      ),
      currency: z.string(),
      pricePerGb: z.number(),
    }),
  }),
} as const
