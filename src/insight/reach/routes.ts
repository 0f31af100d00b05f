// Handlers of reach by channel.
import { workspaceNow } from '../../catalogue/workspace.ts'
import { CHANNEL_NAMES, CHANNELS, isChannel } from '../../channels/model.ts'
import { channelCosts } from '../../messages/channel-costs.ts'
import type { Query } from '../../contract.ts'
import type { Core } from '../../platform/core.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { OPENS, opensOf, USUAL_WINDOW_DAYS } from '../engagement/model.ts'
import { campaignNames } from '../../catalogue/published-campaigns.ts'
import { journeysAsked, journeysOfCampaigns } from '../engagement/store.ts'
import { publicId } from '../../platform/ids.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { rangeOf } from '../range.ts'
import { REACH_DAYS } from './model.ts'
import { reachScope } from './renew.ts'
import {
  connectedChannels,
  keptRates,
  messagesByCampaign,
  messagesByChannel,
  peopleByChannel,
} from './store.ts'

const DAY_MS = 86_400_000
/** What messages of no campaign are asked for by. */
const NONE = 'none'
const NO_MESSAGES = {
  sent: 0,
  reached: 0,
  tells: false,
  opened: 0,
  clicked: 0,
  people: 0,
  buyers: 0,
  cost: 0,
}

/** The last 90 days when no time is given. */
export async function askedReach(core: Core, workspace: WorkspaceRow, query: NonNullable<Query<'reach'>>) {
  const to = query.to ?? new Date(workspaceNow(workspace)).toISOString()
  const from = query.from ?? new Date(Date.parse(to) - REACH_DAYS * DAY_MS).toISOString()
  const campaign = query.campaign
    ? query.campaign === NONE
      ? NONE
      : idOr404('cmp', query.campaign, 'campaign')
    : null
  const campaigns = await journeysOfCampaigns(core.pool, workspace.id)
  const all = await reachScope(
    core,
    workspace,
    rangeOf({ from, to }, workspace),
    Number(query.window ?? USUAL_WINDOW_DAYS),
  )
  return {
    ...all,
    campaigns,
    ...(query.channel ? { channels: [query.channel] } : {}),
    ...journeysAsked(campaigns, campaign, null),
  }
}

export const reachRoutes = {
  async reach({ core, workspace, query }) {
    const now = workspaceNow(workspace)
    const p = await askedReach(core, workspace, query)
    const kinds = CHANNEL_NAMES.map(name => ({ name, given: CHANNELS[name].consent === 'given' }))
    const [people, messages, costs, kept, connected] = await Promise.all([
      peopleByChannel(core.history, workspace.id, kinds),
      messagesByChannel(core.history, p),
      channelCosts(core.pool, workspace, now),
      keptRates(core.pool, workspace.id),
      connectedChannels(core.pool, workspace.id),
    ])
    return {
      from: new Date(p.from).toISOString(),
      to: new Date(p.to).toISOString(),
      currency: workspace.currency,
      customers: people[0]?.of ?? 0,
      items: CHANNEL_NAMES.map(channel => {
        const who = people.find(x => x.channel === channel)
        const told = messages.find(m => m.channel === channel) ?? NO_MESSAGES
        const rate = kept.find(k => k.channel === channel)
        return {
          ...told,
          channel,
          accounts: connected.get(channel) ?? 0,
          bound: who?.bound ?? 0,
          consented: who?.consented ?? 0,
          reachable: who?.reachable ?? 0,
          opens: OPENS[channel],
          unitCost: costs.find(c => c.channel === channel)?.costPerMessage ?? 0,
          used: rate ? { rate: rate.rate, at: rate.at.toISOString() } : null,
        }
      }),
    }
  },

  async reachByCampaign({ core, workspace, query }) {
    const p = await askedReach(core, workspace, query)
    const [found, names] = await Promise.all([
      messagesByCampaign(core.history, p),
      campaignNames(core.pool, workspace.id),
    ])
    return {
      from: new Date(p.from).toISOString(),
      to: new Date(p.to).toISOString(),
      currency: workspace.currency,
      items: found.map(({ campaign, channels, ...figures }) => ({
        ...figures,
        campaign: campaign === '' ? null : publicId('cmp', campaign),
        name: names.get(campaign) ?? null,
        channels: channels.filter(isChannel),
        opens: opensOf(channels),
      })),
    }
  },
} satisfies Handlers
