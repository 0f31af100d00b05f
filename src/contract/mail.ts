// E-mail accounts: what the DNS says of their domains, and their standing with mailbox providers.
import { z } from 'zod'
import { e, id } from './shared.ts'

export const mailEndpoints = {
  mailDomain: e({
    method: 'get',
    path: '/w/{ws}/email/accounts/{account}/domain',
    scope: 'channels:read',
    summary: "SPF, DKIM and DMARC records of an e-mail account's domain, looked up now",
    out: z.object({
      domain: z.string(),
      checks: z.array(
        z.object({
          kind: z.enum(['spf', 'dkim', 'dmarc']),
          name: z.string().describe('where the record is, or belongs'),
          found: z.array(z.string()),
          state: z.enum(['good', 'weak', 'wrong', 'missing', 'unknown']),
          code: z.string(),
          wanted: z.string().nullable().describe('the TXT record to put there'),
        }),
      ),
    }),
  }),
  mailStanding: e({
    method: 'get',
    path: '/w/{ws}/email/standing',
    scope: 'channels:read',
    summary:
      'Complaints and bounces of each e-mail account in the last 7 days, against what Gmail and Yahoo accept',
    out: z.object({
      items: z.array(
        z.object({
          account: id,
          delivered: z.number(),
          bounced: z.number(),
          complained: z.number(),
          complaintRate: z
            .number()
            .nullable()
            .describe('complaints / delivered; null: nothing told as delivered'),
          verdict: z.enum(['good', 'warn', 'bad', 'none']),
        }),
      ),
      lines: z.object({ aim: z.number(), limit: z.number() }),
    }),
  }),
} as const
