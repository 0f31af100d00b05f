// Campaigns: what runs for some time, with its pages, what belongs to it, who takes part, what it may cost and what it is for;
// journeys are announced and reminded by its beginning and end.
import { z } from 'zod'
import { CAMPAIGN_MEASURES } from '../campaigns/figures.ts'
import { propFilter } from '../rules/check.ts'
import { e, id, list, nodeName, page, time } from './shared.ts'

const where = z.array(propFilter).max(10)
const event = z.string().min(1).max(200)
const parts = z.object({
  name: z.string().trim().min(1).max(200),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  event: event.describe('who took part: an event of theirs, since the beginning'),
  where,
  also: z
    .array(z.object({ event, where: where.default([]) }))
    .max(9)
    .describe('further events by which people take part: any of them counts'),
  code: z
    .string()
    .regex(/^[A-Za-z0-9_-]{0,60}$/, 'letters, digits, - and _')
    .describe('utm_campaign of its links; empty: made from its id'),
  pages: z
    .array(
      z.object({
        label: z.string().trim().min(1).max(100),
        url: z.url({ protocol: /^https?$/ }).max(2_000),
      }),
    )
    .max(20),
  budget: z.number().int().min(0).max(1e12).nullable().describe('smallest unit of the currency'),
  goal: z
    .object({
      event,
      where: where.default([]),
      target: z.number().int().min(1).max(1e9).describe('people who do it within the period'),
    })
    .nullable(),
  kpis: z
    .array(
      z.object({
        measure: z.enum(CAMPAIGN_MEASURES),
        target: z.number().min(0).max(1e12).describe('rate: percent; revenue: smallest unit; others: people'),
      }),
    )
    .max(10),
})
const fields = parts.extend({
  where: parts.shape.where.default([]),
  also: parts.shape.also.default([]),
  code: parts.shape.code.default(''),
  pages: parts.shape.pages.default([]),
  budget: parts.shape.budget.default(null),
  goal: parts.shape.goal.default(null),
  kpis: parts.shape.kpis.default([]),
})
const campaign = parts.extend({
  id,
  startsAt: time,
  endsAt: time,
  archived: z.boolean(),
  version: z.number(),
  updatedAt: time,
  links: z
    .array(z.object({ label: z.string(), channel: z.string(), url: z.string() }))
    .describe('its pages as each channel should link to them, with UTM'),
})

const counted = z.object({
  sent: z.number().describe('messages'),
  reached: z
    .number()
    .describe('people: delivered where the channel tells, else accepted and not known blocked'),
  clicked: z.number().describe('people'),
  participants: z.number().describe('of the reached: took part after a message, within the period'),
  rate: z.number().nullable().describe('participants of the reached; null: nobody was reached'),
  cost: z.number().describe('smallest unit, with decimals'),
})

export const campaignsEndpoints = {
  campaigns: e({
    method: 'get',
    path: '/w/{ws}/campaigns',
    scope: 'journeys:read',
    summary: 'Campaigns',
    query: list.extend({ archived: z.enum(['true', 'false']).optional() }),
    out: page(campaign),
  }),
  campaign: e({
    method: 'get',
    path: '/w/{ws}/campaigns/{campaign}',
    scope: 'journeys:read',
    summary: 'One campaign with the journeys and broadcasts that belong to it',
    out: campaign.extend({
      journeys: z.array(z.object({ id, broadcast: id.nullable(), name: z.string(), status: z.string() })),
    }),
  }),
  createCampaign: e({
    method: 'post',
    path: '/w/{ws}/campaigns',
    scope: 'journeys:publish',
    summary: 'New campaign',
    body: fields,
    out: campaign,
  }),
  saveCampaign: e({
    method: 'put',
    path: '/w/{ws}/campaigns/{campaign}',
    scope: 'journeys:publish',
    summary: 'Change a campaign; journeys that wait for its beginning or end wait for the new one',
    body: parts.partial().extend({ archived: z.boolean().optional(), version: z.number() }),
    out: campaign,
  }),
  setCampaignJourneys: e({
    method: 'put',
    path: '/w/{ws}/campaigns/{campaign}/journeys',
    scope: 'journeys:write',
    summary: 'Which journeys and broadcasts belong to it: these and no others',
    body: z.object({ journeys: z.array(id).max(500) }),
    out: z.object({ ok: z.literal(true) }),
  }),
  campaignReport: e({
    method: 'get',
    path: '/w/{ws}/campaigns/{campaign}/report',
    scope: 'journeys:read',
    summary: 'What it reached within its period, who took part, what it cost, how far its goal is',
    out: z.object({
      total: counted.describe('each person once'),
      joined: z.number().describe('all who took part within the period, reached or not'),
      channels: z.array(
        counted.extend({
          channel: z.string(),
          tells: z.boolean().describe('reached means delivered; false: accepted and not known blocked'),
        }),
      ),
      messages: z.array(
        counted.extend({
          journey: id,
          journeyName: z.string(),
          node: z.string(),
          version: z.number(),
          nodeName,
          broadcast: id.nullable(),
        }),
      ),
      revenue: z.number().describe('net of standing orders of reached people within the period, after it'),
      spent: z.number(),
      budget: z.number().nullable(),
      goal: z.object({ people: z.number(), target: z.number() }).nullable(),
      kpis: z.array(
        z.object({
          measure: z.enum(CAMPAIGN_MEASURES),
          value: z.number().nullable(),
          target: z.number(),
          met: z.boolean(),
        }),
      ),
      currency: z.string(),
      asOf: time,
    }),
  }),
} as const
