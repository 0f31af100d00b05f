// Handlers of the engagement dashboard.
import { campaignNames } from '../../catalogue/published-campaigns.ts'
import type { Out, Query } from '../../contract.ts'
import { journeyNames, nodeKey, nodeNames } from '../../journeys/store.ts'
import type { Core } from '../../platform/core.ts'
import { cutPage, readCursor } from '../../platform/cursor.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { publicId, type Uuid } from '../../platform/ids.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { peoplePage, readSql, isValuePlace } from '../people/page.ts'
import { NOBODY } from '../metrics/orders.ts'
import { rangeOf } from '../range.ts'
import { type Counted, engagementRate, FIGURES, opensOf, USUAL_WINDOW_DAYS } from './model.ts'
import type { MessageScope } from './sql.ts'
import {
  engagementBy,
  engagementOf,
  journeysAsked,
  journeysOfCampaigns,
  keptMessages,
  messagesBehindFigure,
  noJourney,
  type Part,
  peopleOfFigure,
  tellingChannels,
} from './store.ts'

const DAY_MS = 86_400_000

/** What a row without a key is asked for by. */
const NONE = 'none' as const

type Asked = Omit<NonNullable<Query<'engagement'>>, 'by'>

/** What a query asks, as SQL needs it. */
export async function messageScopeOf(core: Core, workspace: WorkspaceRow, q: Asked): Promise<MessageScope> {
  const { from, to } = rangeOf(q, workspace)
  const { node, purpose, module, cta } = q
  const campaigns = await journeysOfCampaigns(core.pool, workspace.id)
  return {
    workspace: workspace.id,
    from,
    to,
    windowMs: Number(q.window ?? USUAL_WINDOW_DAYS) * DAY_MS,
    participation: q.participation ? { events: [{ event: q.participation, where: [] }] } : null,
    tells: await tellingChannels(core.pool, workspace.id),
    ...(q.channel ? { channels: [q.channel] } : {}),
    campaigns,
    ...journeysAsked(
      campaigns,
      q.campaign ? (q.campaign === NONE ? NONE : idOr404('cmp', q.campaign, 'campaign')) : null,
      q.journey ? (q.journey === NONE ? NOBODY : idOr404('jrn', q.journey)) : null,
    ),
    ...(node === undefined ? {} : { node }),
    ...(q.version === undefined ? {} : { version: Number(q.version) }),
    ...(purpose === undefined ? {} : { purpose: purpose === NONE ? '' : purpose }),
    ...(module === undefined ? {} : { module: module === NONE ? '' : module }),
    ...(cta === undefined ? {} : { cta }),
  }
}

const presentSome = (figures: Counted, cost: number) => ({
  figures,
  rate: engagementRate(figures),
  cost,
})

type Item = Out<'engagement'>['items'][number]

async function presentParts(core: Core, workspace: Uuid, by: string, parts: Part[]): Promise<Item[]> {
  const split = (key: string) => {
    const [journey = '', node = '', version = ''] = by === 'message' || by === 'journey' ? key.split('/') : []
    return { journey, node, version: Number(version) || null }
  }
  if (by === 'campaign') {
    const names = await campaignNames(core.pool, workspace)
    return parts.map(p => ({
      key: p.key && publicId('cmp', p.key),
      name: names.get(p.key) ?? null,
      journey: null,
      node: null,
      nodeName: null,
      version: null,
      ...presentSome(p.figures, p.cost),
      tells: p.tells,
      opens: opensOf(p.channels),
    }))
  }
  const ids = parts.flatMap(p => split(p.key).journey || [])
  const sent = parts.map(p => split(p.key)).filter(({ journey, node }) => journey !== '' && node !== '')
  const [names, nodes] = await Promise.all([
    journeyNames(core.pool, workspace, ids),
    nodeNames(core.pool, workspace, sent),
  ])
  return parts.map(p => {
    const { journey, node, version } = split(p.key)
    const none = journey === '' || noJourney(journey)
    return {
      key:
        journey === ''
          ? p.key
          : none
            ? ''
            : [publicId('jrn', journey), ...p.key.split('/').slice(1)].join('/'),
      name: names.get(journey) ?? null,
      journey: none ? null : publicId('jrn', journey),
      node: node === '' ? null : node,
      nodeName: nodes.get(nodeKey({ journey, node, version })) ?? null,
      version,
      ...presentSome(p.figures, p.cost),
      tells: p.tells,
      opens: opensOf(p.channels),
    }
  })
}

export const engagementRoutes = {
  async engagement({ core, workspace, query }) {
    const p = await messageScopeOf(core, workspace, query)
    const { history } = core
    const zone = workspace.timezone
    const [total, before, days, channels, parts] = await Promise.all([
      engagementOf(history, p),
      engagementOf(history, { ...p, from: p.from - (p.to - p.from), to: p.from }),
      engagementBy(history, p, 'day', zone),
      engagementBy(history, p, 'channel', zone),
      query.by === 'day' || query.by === 'channel' ? [] : engagementBy(history, p, query.by, zone),
    ])
    const shown = query.by === 'day' ? days : query.by === 'channel' ? channels : parts
    return {
      from: new Date(p.from).toISOString(),
      to: new Date(p.to).toISOString(),
      currency: workspace.currency,
      total: presentSome(total.figures, total.cost),
      before: presentSome(before.figures, before.cost),
      days: days.map(d => ({ day: d.key, figures: d.figures })),
      items: await presentParts(core, workspace.id, query.by, shown),
      opens: opensOf(channels.map(c => c.key)),
      tells: channels.filter(c => c.tells).map(c => c.key),
    }
  },

  async engagementPeople({ core, workspace, query }) {
    const found = peopleOfFigure(await messageScopeOf(core, workspace, query), query.figure)
    return peoplePage(core, workspace, query, readSql(core.history, found))
  },

  async engagementMessages({ core, workspace, query }) {
    const p = await messageScopeOf(core, workspace, query)
    const at = readCursor(query.cursor, isValuePlace)
    const after = at && { at: at[0], message: at[1] }
    const found = await messagesBehindFigure(core.history, p, query.figure, after, query.limit + 1)
    const { shown, next } = cutPage(found, query.limit, last => [last.at, last.message])
    const kept = await keptMessages(
      core.pool,
      workspace.id,
      shown.map(m => m.message),
    )
    return {
      items: shown.map(m => ({
        message: publicId('msg', m.message),
        kept: kept.has(m.message),
        customer: publicId('cus', m.person),
        channel: m.channel,
        journey: noJourney(m.journey) ? null : publicId('jrn', m.journey),
        node: m.node,
        version: m.version,
        at: new Date(m.at).toISOString(),
        figures: FIGURES.filter(f => m[f]),
      })),
      next,
    }
  },
} satisfies Handlers
