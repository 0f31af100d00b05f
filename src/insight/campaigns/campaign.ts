// What a campaign came to within its period: messages of its journeys and broadcasts as engagement counts them, people who took
// part, what was bought, how far its goal is.
import { type Campaign, findCampaign, journeysOfCampaign } from '../../catalogue/campaigns.ts'
import type { Out } from '../../contract.ts'
import { type NodeAt, nodeKey, nodeNames } from '../../journeys/store.ts'
import { askHistory } from '../../platform/clickhouse.ts'
import type { Core } from '../../platform/core.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'
import { publicId, type Uuid } from '../../platform/ids.ts'
import type { PropFilter } from '../../rules/model.ts'
import { Bound } from '../../rules/sql/bind.ts'
import { filtersSql } from '../../rules/sql/props.ts'
import { workspaceNow } from '../../catalogue/workspace.ts'
import { type Counted, engagementRate } from '../engagement/model.ts'
import { type MessageScope, messagesSql } from '../engagement/sql.ts'
import { engagementBy, engagementOf, tellingChannels } from '../engagement/store.ts'
import { MERGED, ORDERS, PERSON } from '../metrics/orders.ts'

type Report = Out<'campaignReport'>
type Counts = Report['total']
type Event = { event: string; where: PropFilter[] }

const presentCounted = (f: Counted, cost: number): Counts => ({
  sent: f.sent.messages,
  reached: f.reached.people,
  clicked: f.clicked.people,
  participants: f.participated.people,
  rate: engagementRate(f),
  cost,
})
const NONE: Counts = { sent: 0, reached: 0, clicked: 0, participants: 0, rate: null, cost: 0 }

/** Rows (person) of who did one of these from {from} to before {to}; over `merged`. */
export function didSql(events: Event[], from: number, to: number, b: Bound): string {
  const some = events.map(({ event, where }) => {
    const filters = filtersSql(where, b)
    return `(name = ${b.text(event)}${filters ? ` and ${filters}` : ''})`
  })
  return `select ${PERSON} as person
            from (select * from event where workspace_id = {workspace:UUID} and (${some.join(' or ')})
                     and occurred >= ${b.moment(from)} and occurred < ${b.moment(to)}) e
            left join merged m on e.customer_id = m.loser`
}

/** How many people did. */
async function peopleWhoDid(
  core: Core,
  workspace: Uuid,
  events: Event[],
  from: number,
  to: number,
): Promise<number> {
  const b = new Bound()
  const rows = await askHistory<{ n: number }>(
    core.history,
    `with ${MERGED} select toFloat64(uniqExact(person)) as n from (${didSql(events, from, to, b)})`,
    { ...b.params, workspace },
  )
  return rows[0]?.n ?? 0
}

/** What counts as taking part. */
export const eventsOf = ({ event, where, also }: Campaign): Event[] => [{ event, where }, ...also]

/** Its messages: those of the journeys and broadcasts that belong to it, within its period. */
export async function campaignScope(
  core: Core,
  workspace: WorkspaceRow,
  campaign: Campaign,
  id: Uuid,
): Promise<{ scope: MessageScope; journeys: Awaited<ReturnType<typeof journeysOfCampaign>> }> {
  const [journeys, tells] = await Promise.all([
    journeysOfCampaign(core.pool, workspace.id, id),
    tellingChannels(core.pool, workspace.id),
  ])
  const from = Date.parse(campaign.startsAt)
  const to = Date.parse(campaign.endsAt)
  return {
    journeys,
    scope: {
      workspace: workspace.id,
      from,
      to,
      windowMs: to - from,
      participation: { events: eventsOf(campaign), from, to },
      tells,
      journeys: journeys.map(j => j.id),
    },
  }
}

/** Net of standing orders that reached people placed within the period, after the first message that reached them. */
async function revenueOf(core: Core, p: MessageScope, currency: string, now: number): Promise<number> {
  const b = new Bound()
  const rows = await askHistory<{ revenue: number }>(
    core.history,
    `with ${messagesSql(p, b)}, ${ORDERS.replace(`${MERGED},`, '')},
     firsts as (select person, min(messages.at) as first from messages where reached group by person)
     select toFloat64(sum(o.net)) as revenue from firsts f join orders o on o.person = f.person
      where o.counts and o.placed > f.first and o.placed < ${b.moment(p.to)}`,
    { ...b.params, workspace: p.workspace, from: p.from, to: Math.min(p.to, now + 1), currency },
  )
  return rows[0]?.revenue ?? 0
}

/** docs/PROOF.md and docs/CAMPAIGNS.md define each figure. @throws Problem 404 `campaign_not_found` */
export async function campaignReport(core: Core, workspace: WorkspaceRow, id: Uuid): Promise<Report> {
  const now = workspaceNow(workspace)
  const campaign = await findCampaign(core.pool, workspace.id, id)
  const { scope, journeys } = await campaignScope(core, workspace, campaign, id)
  const { from, to } = scope
  const sends = journeys.length > 0
  const [total, channels, messages, joined, revenue, reachedGoal] = await Promise.all([
    sends ? engagementOf(core.history, scope) : null,
    sends ? engagementBy(core.history, scope, 'channel', workspace.timezone) : [],
    sends ? engagementBy(core.history, scope, 'message', workspace.timezone) : [],
    peopleWhoDid(core, workspace.id, eventsOf(campaign), from, to),
    sends ? revenueOf(core, scope, workspace.currency, now) : 0,
    campaign.goal ? peopleWhoDid(core, workspace.id, [campaign.goal], from, to) : 0,
  ])
  const counts = total ? presentCounted(total.figures, total.cost) : NONE
  const nodes = await nodeNames(
    core.pool,
    workspace.id,
    messages.map(m => nodeOf(m.key)),
  )
  const held = new Map(journeys.map(j => [j.id, j]))
  const values: Record<Report['kpis'][number]['measure'], number | null> = {
    reached: counts.reached,
    participants: counts.participants,
    rate: counts.rate === null ? null : 100 * counts.rate,
    revenue,
    goal: reachedGoal,
  }
  return {
    total: counts,
    joined,
    channels: channels.map(c => ({
      channel: c.key,
      tells: c.tells,
      ...presentCounted(c.figures, c.cost),
    })),
    messages: messages.map(m => {
      const { journey, node, version } = keyOf(m.key)
      return {
        journey: publicId('jrn', journey),
        broadcast: held.get(journey)?.kind === 'broadcast' ? publicId('brd', journey) : null,
        journeyName: held.get(journey)?.name ?? '—',
        node,
        version,
        nodeName: nodes.get(nodeKey(nodeOf(m.key))) ?? null,
        ...presentCounted(m.figures, m.cost),
      }
    }),
    revenue,
    spent: counts.cost,
    budget: campaign.budget,
    goal: campaign.goal && { people: reachedGoal, target: campaign.goal.target },
    kpis: campaign.kpis.map(({ measure, target }) => {
      const value = values[measure]
      return { measure, target, value, met: value !== null && value >= target }
    }),
    currency: workspace.currency,
    asOf: new Date(now).toISOString(),
  }
}

/** A message is what one node of one version of a journey sent: `journey/node/version`. */
function keyOf(key: string): { journey: Uuid; node: string; version: number } {
  const first = key.indexOf('/')
  const last = key.lastIndexOf('/')
  return {
    journey: key.slice(0, first),
    node: key.slice(first + 1, last),
    version: Number(key.slice(last + 1)),
  }
}

/** Where its node is looked for; in any version where none was told. */
const nodeOf = (key: string): NodeAt => ({ ...keyOf(key), version: keyOf(key).version || null })
