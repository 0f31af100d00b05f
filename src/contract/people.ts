// The customers behind figures of reach, uplift, campaigns and broadcasts; and each such list as a file.
import { z } from 'zod'
import {
  BROADCAST_FIGURES,
  CAMPAIGN_FIGURES,
  COMPARED_FIGURES,
  MOST_ROWS,
  REACH_FIGURES,
  UPLIFT_FIGURES,
} from '../insight/people/model.ts'
import { attributionQuery } from './attribution.ts'
import { customerRow } from './customers.ts'
import { messageScope } from './engagement.ts'
import { FIGURES } from '../insight/engagement/model.ts'
import { range } from './insight.ts'
import { reachQuery } from './reach.ts'
import { e, list, page, personal } from './shared.ts'
import { upliftQuery } from './uplift.ts'

const people = page(
  z.object({ customer: customerRow, value: z.number().describe('messages, or 1 where people are counted') }),
)
const reach = reachQuery.extend({ figure: z.enum(REACH_FIGURES) })
const uplift = upliftQuery.extend({ arm: z.enum(['treated', 'control']), figure: z.enum(UPLIFT_FIGURES) })
const campaign = z.object({
  figure: z.enum(CAMPAIGN_FIGURES),
  channel: z.string().max(40).optional(),
  message: z.string().max(250).optional().describe('journey/node/version, as the report names it'),
})
const broadcast = z.object({
  figure: z.enum(BROADCAST_FIGURES),
  reason: z.string().max(100).optional().describe('of skipped or notEntered'),
})
const comparison = range.extend({
  figure: z.enum(COMPARED_FIGURES),
  journey: z.string().max(60).optional().describe('or broadcast, by its journey; left out: all of `kind`'),
  kind: z.enum(['journey', 'broadcast']).optional(),
})

export const peopleEndpoints = {
  reachPeople: e({
    method: 'get',
    path: '/w/{ws}/reach/people',
    scope: 'customers:read',
    summary: 'The customers behind a figure of reach; bound, consented and reachable are of one channel',
    query: reach.extend(list.shape),
    out: people,
  }),
  upliftPeople: e({
    method: 'get',
    path: '/w/{ws}/uplift/people',
    scope: 'customers:read',
    summary: 'The customers behind a figure of those who walked, or of those who were kept out',
    query: uplift.extend(list.shape),
    out: people,
  }),
  campaignPeople: e({
    method: 'get',
    path: '/w/{ws}/campaigns/{campaign}/people',
    scope: 'customers:read',
    summary: 'The customers behind a figure of a campaign, in all or of one channel or message',
    query: campaign.extend(list.shape),
    out: people,
  }),
  // before the next: a fixed path goes first
  comparisonPeople: e({
    method: 'get',
    path: '/w/{ws}/broadcasts/comparison/people',
    scope: 'customers:read',
    summary: 'The customers behind a figure of broadcasts beside journeys',
    query: comparison.extend(list.shape),
    out: people,
  }),
  broadcastPeople: e({
    method: 'get',
    path: '/w/{ws}/broadcasts/{broadcast}/people',
    scope: 'customers:read',
    summary: 'The customers behind a figure of a broadcast',
    query: broadcast.extend(list.shape),
    out: people,
  }),
  peopleFile: e({
    method: 'post',
    path: '/w/{ws}/people-files',
    scope: 'customers:export',
    summary: `The list behind a figure as CSV with a byte order mark, at most ${MOST_ROWS.toLocaleString('en')} rows. Who reads personal data masked gets it without`,
    audit: 'exported',
    body: z.object({
      locale: z.enum(['zh-TW', 'en']).default('zh-TW'),
      list: z.discriminatedUnion('of', [
        messageScope.extend({ of: z.literal('engagement'), figure: z.enum(FIGURES) }),
        attributionQuery.extend({ of: z.literal('attribution') }),
        z.object({ of: z.literal('kpi'), kpi: z.string().max(60) }),
        reach.extend({ of: z.literal('reach') }),
        uplift.extend({ of: z.literal('uplift') }),
        campaign.extend({ of: z.literal('campaign'), campaign: z.string().max(60) }),
        broadcast.extend({ of: z.literal('broadcast'), broadcast: z.string().max(60) }),
        comparison.extend({ of: z.literal('comparison') }),
      ]),
    }),
    // masked cell by cell where it is made: as one text it could not be
    out: z.object({ file: z.string(), csv: personal('brand'), rows: z.number(), more: z.boolean() }),
  }),
} as const
