// Questions about a rule that nobody has published: whom it would hold for now, and why.
import { z } from 'zod'
import { customerRow } from './customers.ts'
import { fault, reason } from './segments.ts'
import { e, id, personal, personalValue, time } from './shared.ts'

const rule = personalValue('brand').describe('Rule: docs/RULES.md')
const faults = z.array(fault).describe('what is wrong with the rule; then nothing else is told')

export const rulesEndpoints = {
  previewRule: e({
    method: 'post',
    path: '/w/{ws}/rules/preview',
    scope: 'segments:read',
    quiet: true,
    summary: 'How many customers a rule holds for now, and five of them',
    body: z.object({ rule, sample: z.boolean().default(true) }),
    out: z.object({
      faults,
      count: z.number().nullable(),
      total: z.number().nullable().describe('customers in all'),
      share: z.number().nullable().describe('0 to 1; null where there is nobody'),
      sample: z.array(customerRow),
      asOf: time.describe('workspace time of the answer; what is known may be a few seconds older'),
      tookMs: z.number(),
    }),
  }),
  overlapOfRule: e({
    method: 'post',
    path: '/w/{ws}/rules/overlap',
    scope: 'segments:read',
    quiet: true,
    summary: 'How many a rule shares with published segments',
    body: z.object({ rule, segments: z.array(id).min(1).max(20) }),
    out: z.object({
      faults,
      items: z.array(
        z.object({
          segment: id,
          both: z.number(),
          only: z.number().describe('the rule holds, not in the segment'),
          other: z.number().describe('in the segment, the rule does not hold'),
        }),
      ),
      asOf: time,
    }),
  }),
  breakdownOfRule: e({
    method: 'post',
    path: '/w/{ws}/rules/breakdown',
    scope: 'segments:read',
    quiet: true,
    summary: 'Those for whom a rule holds, by a trait, stage, tag, sales channel, reach or touch',
    body: z.object({
      rule,
      by: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('trait'), trait: z.string().min(1).max(200) }),
        z.object({ kind: z.enum(['stage', 'tag', 'sales_channel', 'reach', 'tier', 'first_touch']) }),
      ]),
    }),
    out: z.object({
      faults,
      count: z.number().nullable(),
      items: z
        .array(z.object({ name: z.string(), value: personal('by-kind'), count: z.number() }))
        .describe('the 20 largest; of tags, channels and lists one person may count several times'),
      rest: z.number().describe('with another value'),
      none: z.number().describe('without a value'),
      asOf: time,
    }),
  }),
  whyRule: e({
    method: 'post',
    path: '/w/{ws}/rules/why',
    scope: 'customers:read',
    quiet: true,
    summary: 'Whether a rule holds for one customer now, and the parts that decided',
    body: z.object({ rule, customer: id }),
    out: z.object({
      faults,
      value: z.boolean().nullable(),
      until: time.nullable().describe('when time alone may change it'),
      why: z.array(reason),
      asOf: time,
    }),
  }),
} as const
