// Consent: purposes with their texts, what was asked and is to be confirmed, the preference page's address, rates.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { e, id, ok, time } from './shared.ts'

const name = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'lower-case letters, digits and _')
const both = (most: number) =>
  z.object({ zh: z.string().trim().min(1).max(most), en: z.string().trim().min(1).max(most) })

const purposeFields = z.object({
  label: both(60),
  text: both(2_000).describe('what is agreed to; another text is another version, and proofs name theirs'),
  channels: z.array(z.enum(CHANNEL_NAMES)).min(1).max(CHANNEL_NAMES.length),
  asked: z
    .boolean()
    .describe(
      'needs a consent of its own; else the one for marketing stands for it until something else is said',
    ),
  doubleOptIn: z.boolean().describe('holds only when the person has confirmed it'),
  archived: z.boolean(),
})
const purpose = purposeFields.extend({
  name,
  textVersion: z.number(),
  version: z.number(),
})

export const consentEndpoints = {
  consentPurposes: e({
    method: 'get',
    path: '/w/{ws}/consent-purposes',
    scope: 'customers:read',
    summary: 'What the brand asks its customers for',
    out: z.object({ items: z.array(purpose) }),
  }),
  saveConsentPurpose: e({
    method: 'put',
    path: '/w/{ws}/consent-purposes/{name}',
    scope: 'workspace:write',
    summary: 'Makes or changes a purpose; version 0 makes one',
    body: purposeFields.extend({ version: z.number() }),
    out: purpose,
  }),
  consentRates: e({
    method: 'get',
    path: '/w/{ws}/consent-rates',
    scope: 'customers:read',
    summary: 'How many agreed and refused, by day, purpose and channel',
    query: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }),
    out: z.object({
      days: z.array(z.object({ day: z.string(), on: z.number(), off: z.number() })),
      by: z.array(z.object({ purpose: z.string(), channel: z.string(), on: z.number(), off: z.number() })),
      pending: z.number().describe('asked for, not confirmed yet, and not too late'),
    }),
  }),
  askConsent: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/consent-requests',
    scope: 'customers:write',
    summary:
      'Asks the person to confirm a consent: a link by e-mail and in other chats, a code by SMS, in LINE a button that answers in the chat or leads to the page. It holds once confirmed',
    body: z.object({ channel: z.enum(CHANNEL_NAMES), purpose: name.default('marketing') }),
    out: z.object({ id, expiresAt: time }),
  }),
  confirmConsent: e({
    method: 'post',
    path: '/w/{ws}/customers/{customer}/consent-requests/{request}/confirm',
    scope: 'customers:write',
    summary: 'The person told the code that they got by SMS',
    body: z.object({ code: z.string().trim().min(4).max(12) }),
    out: ok,
  }),
  preferenceLink: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/preference-link',
    scope: 'customers:read',
    audit: 'saw',
    summary: 'The address of the page on which this customer chooses what they get',
    out: z.object({ url: z.string() }),
  }),
} as const
