// Handlers of reach by channel, and the nightly work behind the rates that reach nodes choose by.
import { publishWorld } from '../../catalogue/publish.ts'
import { workspaceNow } from '../../catalogue/workspace.ts'
import { CHANNEL_NAMES, CHANNELS } from '../../channels/model.ts'
import { channelCosts } from '../../messages/channel-costs.ts'
import type { Core } from '../../platform/core.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { inTransaction } from '../../platform/postgres.ts'
import { OPENS, USUAL_WINDOW_DAYS } from '../engagement/model.ts'
import type { MessageScope } from '../engagement/sql.ts'
import { tellingChannels } from '../engagement/store.ts'
import { rangeOf } from '../range.ts'
import { REACH_DAYS } from './model.ts'
import { connectedChannels, keepRates, keptRates, messagesByChannel, peopleByChannel } from './store.ts'

const DAY_MS = 86_400_000
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

async function scopeOf(
  core: Core,
  workspace: WorkspaceRow,
  time: { from: number; to: number },
  windowDays: number,
): Promise<MessageScope & { currency: string }> {
  return {
    ...time,
    workspace: workspace.id,
    currency: workspace.currency,
    windowMs: windowDays * DAY_MS,
    participation: null,
    tells: await tellingChannels(core.pool, workspace.id),
  }
}

export const reachRoutes = {
  async reach({ core, workspace, query }) {
    const now = workspaceNow(workspace)
    const to = query.to ?? new Date(now).toISOString()
    const from = query.from ?? new Date(Date.parse(to) - REACH_DAYS * DAY_MS).toISOString()
    const time = rangeOf({ from, to }, workspace)
    const p = await scopeOf(core, workspace, time, Number(query.window))
    const kinds = CHANNEL_NAMES.map(name => ({ name, given: CHANNELS[name].consent === 'given' }))
    const [people, messages, costs, kept, connected] = await Promise.all([
      peopleByChannel(core.history, workspace.id, kinds),
      messagesByChannel(core.history, p),
      channelCosts(core.pool, workspace, now),
      keptRates(core.pool, workspace.id),
      connectedChannels(core.pool, workspace.id),
    ])
    return {
      from,
      to,
      currency: workspace.currency,
      customers: people[0]?.of ?? 0,
      items: CHANNEL_NAMES.map(channel => {
        const who = people.find(x => x.channel === channel)
        const { cost, ...told } = messages.find(m => m.channel === channel) ?? NO_MESSAGES
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
          cost: Math.round(cost * 10_000) / 10_000,
          used: rate ? { rate: rate.rate, at: rate.at.toISOString() } : null,
        }
      }),
    }
  },
} satisfies Handlers

/** Works the rates out anew; where one has changed and a live journey chooses by it, the world is published. */
export async function renewReach(core: Core, workspace: WorkspaceRow): Promise<void> {
  const now = workspaceNow(workspace)
  const p = await scopeOf(core, workspace, { from: now - REACH_DAYS * DAY_MS, to: now }, USUAL_WINDOW_DAYS)
  const found = await messagesByChannel(core.history, p)
  const connected = await connectedChannels(core.pool, workspace.id)
  const published = await inTransaction(core.pool, async sql => {
    const changed = await keepRates(sql, workspace.id, [...connected.keys()], found, now)
    if (!changed) return false
    const { rows } = await sql.query<{ uses: boolean }>(
      `select exists (select from journey j join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id
          where j.workspace_id = $1 and j.status in ('live', 'paused', 'draining') and v.graph @? '$.nodes.*.fields.by ? (@ == "reach")') as uses`,
      [workspace.id],
    )
    if (!rows[0]!.uses) return false
    await publishWorld(sql, core, workspace.id)
    return true
  })
  if (published) core.signals.emit('inbox', '')
}
