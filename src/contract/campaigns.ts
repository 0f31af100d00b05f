// Campaigns: what runs for some time; journeys are announced and reminded by its beginning and end.
import { z } from 'zod'
import { propFilter } from '../rules/check.ts'
import { e, id, list, page, time } from './shared.ts'

const fields = z.object({
  name: z.string().trim().min(1).max(200),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  event: z.string().min(1).max(200).describe('who took part: an event of theirs, since the beginning'),
  where: z.array(propFilter).max(10).default([]),
})
const campaign = fields.extend({
  id,
  startsAt: time,
  endsAt: time,
  archived: z.boolean(),
  version: z.number(),
  updatedAt: time,
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
    body: fields.partial().extend({ archived: z.boolean().optional(), version: z.number() }),
    out: campaign,
  }),
} as const
