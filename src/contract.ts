// The one table of endpoints under /api: types the server, the web client and /openapi.json. Zod in, zod out; a file
// of src/contract/ for each subject. Ids are public ids (cus_…), times RFC 3339 UTC, money integers of the smallest unit
// with currency, lists page by cursor, newest first. Nothing of Node here: the web imports this file.
import type { z } from 'zod'
import { attributionEndpoints } from './contract/attribution.ts'
import { broadcastsEndpoints } from './contract/broadcasts.ts'
import { campaignReportEndpoints } from './contract/campaign-report.ts'
import { audienceEndpoints } from './contract/audiences.ts'
import { campaignsEndpoints } from './contract/campaigns.ts'
import { catalogueEndpoints } from './contract/catalogue.ts'
import { channelsEndpoints } from './contract/channels.ts'
import { connectorsEndpoints } from './contract/connectors.ts'
import { consentEndpoints } from './contract/consent.ts'
import { conversationsEndpoints } from './contract/conversations.ts'
import { customersEndpoints } from './contract/customers.ts'
import { engagementEndpoints } from './contract/engagement.ts'
import { enrollEndpoints } from './contract/enroll.ts'
import { experimentsEndpoints } from './contract/experiments.ts'
import { homeEndpoints } from './contract/home.ts'
import { identityEndpoints } from './contract/identity.ts'
import { importsEndpoints } from './contract/imports.ts'
import { insightEndpoints } from './contract/insight.ts'
import { journeyReportEndpoints } from './contract/journey-report.ts'
import { journeyVersionEndpoints } from './contract/journey-versions.ts'
import { journeysEndpoints } from './contract/journeys.ts'
import { kpisEndpoints } from './contract/kpis.ts'
import { libraryEndpoints } from './contract/library.ts'
import { lineEndpoints } from './contract/line.ts'
import { limitsEndpoints } from './contract/limits.ts'
import { mailEndpoints } from './contract/mail.ts'
import { membershipEndpoints } from './contract/membership.ts'
import { messagesEndpoints } from './contract/messages.ts'
import { sendingEndpoints } from './contract/sending.ts'
import { modulesEndpoints } from './contract/modules.ts'
import { noticesEndpoints } from './contract/notices.ts'
import { opsEndpoints } from './contract/ops.ts'
import { peopleEndpoints } from './contract/people.ts'
import { profileEndpoints } from './contract/profile.ts'
import { privacyEndpoints } from './contract/privacy.ts'
import { sandboxEndpoints } from './contract/sandbox.ts'
import { replayEndpoints } from './contract/replay.ts'
import { reachEndpoints } from './contract/reach.ts'
import { rulesEndpoints } from './contract/rules.ts'
import { segmentsEndpoints } from './contract/segments.ts'
import { sourcesEndpoints } from './contract/sources.ts'
import { teamEndpoints } from './contract/team.ts'
import { trialEndpoints } from './contract/trial.ts'
import { upliftEndpoints } from './contract/uplift.ts'
import { webhookEndpoints } from './contract/webhooks.ts'
import { pricesEndpoints } from './contract/prices.ts'
import { whatsappEndpoints } from './contract/whatsapp.ts'
import { whyEndpoints } from './contract/why.ts'

export { ROLES, SCOPES, problem, type Role, type Scope } from './contract/shared.ts'
export { customer, customerRow, timelineItem } from './contract/customers.ts'

export const endpoints = {
  ...teamEndpoints,
  ...homeEndpoints,
  ...insightEndpoints,
  ...engagementEndpoints,
  ...reachEndpoints,
  ...attributionEndpoints,
  ...upliftEndpoints,
  ...kpisEndpoints,
  ...peopleEndpoints,
  ...customersEndpoints,
  ...identityEndpoints,
  ...profileEndpoints,
  ...segmentsEndpoints,
  ...rulesEndpoints,
  ...libraryEndpoints,
  ...journeysEndpoints,
  ...journeyReportEndpoints,
  ...membershipEndpoints,
  ...experimentsEndpoints,
  ...enrollEndpoints,
  ...journeyVersionEndpoints,
  ...trialEndpoints,
  ...replayEndpoints,
  ...whyEndpoints,
  ...messagesEndpoints,
  ...sendingEndpoints,
  ...modulesEndpoints,
  ...noticesEndpoints,
  ...mailEndpoints,
  ...webhookEndpoints,
  ...audienceEndpoints,
  ...limitsEndpoints,
  ...pricesEndpoints,
  ...sourcesEndpoints,
  ...importsEndpoints,
  ...channelsEndpoints,
  ...whatsappEndpoints,
  ...lineEndpoints,
  ...catalogueEndpoints,
  ...campaignsEndpoints,
  ...campaignReportEndpoints,
  ...broadcastsEndpoints,
  ...connectorsEndpoints,
  ...conversationsEndpoints,
  ...consentEndpoints,
  ...sandboxEndpoints,
  ...opsEndpoints,
  ...privacyEndpoints,
} as const

export type EndpointName = keyof typeof endpoints
export type In<N extends EndpointName> = (typeof endpoints)[N] extends { body: infer B extends z.ZodType }
  ? z.input<B>
  : undefined
export type Query<N extends EndpointName> = (typeof endpoints)[N] extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : undefined
export type Out<N extends EndpointName> = z.output<(typeof endpoints)[N]['out']>

/** Server-sent events of GET /api/w/{ws}/live: the name of what changed; pages refetch what they show. */
export const LIVE_TOPICS = [
  'webhooks',
  'audiences',
  'customers',
  'messages',
  'journeys',
  'events',
  'clock',
  'sandbox',
  'ops',
  'demo',
  'imports',
  'segments',
  'notices',
  'conversations',
  'membership',
  'replays',
  'modules',
] as const
export type LiveTopic = (typeof LIVE_TOPICS)[number]
