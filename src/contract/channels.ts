// Channel accounts.
import { z } from 'zod'
import { e, id, ok, time } from './shared.ts'

export const channelAccount = z.object({
  id,
  channel: z.string(),
  adapter: z.string(),
  name: z.string(),
  settings: z.record(z.string(), z.string()),
  hasSecrets: z.array(z.string()),
  webhookUrl: z.string().nullable(),
  attention: z.string().nullable().describe('why sending waits, such as refused credentials'),
  resting: z
    .object({ since: time, until: time, why: z.string() })
    .nullable()
    .describe('its circuit breaker is open after failures in a row: messages wait, one tries then'),
  version: z.number(),
})

export const channelsEndpoints = {
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
          adapter: z.string().describe('who speaks to the provider; a channel may have several'),
          settings: z.array(z.string()),
          secrets: z.array(z.string()),
          required: z.array(z.string()),
          delivery: z.string(),
          checks: z.boolean().describe('its credentials can be tested'),
        }),
      ),
    }),
  }),
  saveChannel: e({
    method: 'put',
    path: '/w/{ws}/channels/{channel}',
    scope: 'channels:write',
    summary: 'Create or change an account of a channel, which may have several',
    body: z.object({
      account: z
        .union([z.literal('new'), id])
        .optional()
        .describe('the account to change, or new; without it the one of the same provider, else a new one'),
      adapter: z.string().optional().describe('left out: the first of the channel'),
      name: z.string(),
      settings: z.record(z.string(), z.string()),
      secrets: z.record(z.string(), z.string()).optional(),
    }),
    out: channelAccount,
  }),
  checkChannel: e({
    method: 'post',
    path: '/w/{ws}/channels/{channel}/{account}/check',
    scope: 'channels:write',
    summary: 'Asks the provider whether the credentials are good; nothing is sent',
    out: z.object({ ok: z.boolean(), detail: z.string() }),
  }),
  archiveChannel: e({
    method: 'post',
    path: '/w/{ws}/channels/{channel}/{account}/archive',
    scope: 'channels:write',
    summary: 'Use an account no more; what it sent stays',
    out: ok,
  }),
} as const
