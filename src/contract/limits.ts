// Limits of sending: the workspace's caps for each person, and what is used of limits shared between people.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { e, id, nodeName, ok, time } from './shared.ts'

const DAY_MS = 86_400_000

const cap = z.object({
  max: z.number().int().min(1).max(50),
  withinMs: z
    .number()
    .int()
    .min(60_000)
    .max(366 * DAY_MS)
    .describe('rolling'),
})
const sendingRules = z.object({
  caps: z
    .array(cap)
    .max(4)
    .describe('most marketing messages to one person, over all journeys; all of them hold'),
  countTransactional: z
    .boolean()
    .describe('transactional messages are never held back; true: they use the allowance up all the same'),
})

const frequencyRule = z.object({
  segment: id.nullable().describe('for people who are in it when the message is let out; null: everybody'),
  channel: z.enum(CHANNEL_NAMES).nullable().describe('null: all channels together'),
  max: z.number().int().min(1).max(50),
  per: z
    .enum(['day', 'week', 'days'])
    .describe('day, week (from Monday): of the workspace’s calendar; days: rolling, so many times 24 hours'),
  days: z.number().int().min(1).max(90).describe('how many, where `per` is days'),
})
const frequencyRuleOut = frequencyRule.extend({
  id,
  segmentName: z.string().nullable(),
  segmentLive: z.boolean().describe('false: its segment is not published, and the rule holds nobody'),
  say: z.object({ zh: z.string(), en: z.string() }),
  heldBack: z.number().describe('messages it held back within the last 7 days'),
  version: z.number(),
})

export const limitsEndpoints = {
  frequencyRules: e({
    method: 'get',
    path: '/w/{ws}/frequency-rules',
    scope: 'journeys:read',
    summary: 'Most marketing messages to one person in a window, by segment and channel; the strictest wins',
    out: z.object({ items: z.array(frequencyRuleOut) }),
  }),
  addFrequencyRule: e({
    method: 'post',
    path: '/w/{ws}/frequency-rules',
    scope: 'workspace:write',
    summary: 'Holds from the next message on; what was sent before counts',
    body: frequencyRule,
    out: z.object({ id }),
  }),
  saveFrequencyRule: e({
    method: 'put',
    path: '/w/{ws}/frequency-rules/{rule}',
    scope: 'workspace:write',
    summary: 'Changes a frequency rule',
    body: frequencyRule.extend({ version: z.number() }),
    out: z.object({ id }),
  }),
  dropFrequencyRule: e({
    method: 'delete',
    path: '/w/{ws}/frequency-rules/{rule}',
    scope: 'workspace:write',
    summary: 'Takes a frequency rule away; messages it held back stay so',
    out: ok,
  }),
  sendingRules: e({
    method: 'get',
    path: '/w/{ws}/sending-rules',
    scope: 'journeys:read',
    summary: 'How many marketing messages one person gets at most',
    out: sendingRules.extend({ version: z.number() }),
  }),
  saveSendingRules: e({
    method: 'put',
    path: '/w/{ws}/sending-rules',
    scope: 'workspace:write',
    summary: 'Changes this and publishes it; sends are counted from then on',
    body: sendingRules.extend({ version: z.number() }),
    out: sendingRules.extend({ version: z.number() }),
  }),
  limits: e({
    method: 'get',
    path: '/w/{ws}/limits',
    scope: 'journeys:read',
    summary:
      'Quotas, budgets, entry caps, canaries, throttles and pools: what is used of each in its present window',
    out: z.object({
      items: z.array(
        z.object({
          kind: z.enum(['quota', 'budget', 'cap', 'canary', 'throttle', 'pool']),
          of: z.string().describe('id of the account or journey; of a pool the coupon’s key'),
          name: z.string().nullable(),
          node: z.string().nullable(),
          nodeName,
          used: z.number().describe('messages or people; of a budget: smallest unit of the currency'),
          max: z.number(),
          per: z.enum(['minute', 'hour', 'day', 'month', 'ever']),
          since: time.nullable(),
        }),
      ),
      currency: z.string(),
    }),
  }),
} as const
