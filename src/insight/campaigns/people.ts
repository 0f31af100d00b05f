// SQL of who is behind the figures of a campaign, of a broadcast, and of broadcasts beside journeys.
import { findCampaign } from '../../catalogue/campaigns.ts'
import { INTERNAL_CHANNELS } from '../../messages/model.ts'
import type { Core } from '../../platform/core.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'
import type { Uuid } from '../../platform/ids.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { Bound } from '../../rules/sql/bind.ts'
import type { Figure } from '../engagement/model.ts'
import { messagesSql } from '../engagement/sql.ts'
import { MERGED, PERSON } from '../metrics/orders.ts'
import type { BroadcastFigure, CampaignFigure, ComparedFigure } from '../people/model.ts'
import type { PeopleSql } from '../people/page.ts'
import { campaignScope, didSql, eventsOf } from './campaign.ts'
import { compareParams, type CompareScope, compareSql } from './store.ts'

type CampaignAsked = { figure: CampaignFigure; channel?: string; message?: string }
const NONE: PeopleSql = {
  sql: `select toUUID('${'0'.repeat(8)}-0000-0000-0000-000000000000') as person, 0 as value where false`,
  params: {},
}

export async function campaignPeople(
  core: Core,
  workspace: WorkspaceRow,
  id: Uuid,
  { figure, channel, message }: CampaignAsked,
): Promise<PeopleSql> {
  const b = new Bound()
  const params = () => ({ ...b.params, workspace: workspace.id })
  const campaign = await findCampaign(core.pool, workspace.id, id)
  if (figure === 'joined' || figure === 'goal') {
    const events = figure === 'joined' ? eventsOf(campaign) : campaign.goal ? [campaign.goal] : []
    if (events.length === 0) return NONE
    const did = didSql(events, Date.parse(campaign.startsAt), Date.parse(campaign.endsAt), b)
    return { sql: `with ${MERGED} select distinct person, 1 as value from (${did})`, params: params() }
  }
  const { scope, journeys } = await campaignScope(core, workspace, campaign, id)
  if (journeys.length === 0) return NONE
  const only: string[] = []
  if (channel !== undefined) only.push(`channel = ${b.text(channel)}`)
  if (message !== undefined) {
    const [journey = '', node = '', version = ''] = message.split('/')
    only.push(
      `journey = ${b.of(idOr404('jrn', journey), 'UUID')}`,
      `node = ${b.text(node)}`,
      `ver = ${b.of(Number(version) || 0, 'UInt32')}`,
    )
  }
  const flag: Figure = figure === 'participants' ? 'participated' : figure
  return {
    sql: `with ${messagesSql(scope, b)} select person, 1 as value from messages where ${[flag, ...only].join(' and ')}`,
    params: params(),
  }
}

const OF_MESSAGES = ['accepted', 'delivered', 'clicked', 'failed', 'unknown', 'skipped'] as const

/** As `progressOf` counts them (src/campaigns/progress.ts); of messages, how many of each. */
export function broadcastPeople(
  workspace: Uuid,
  journey: Uuid,
  figure: BroadcastFigure,
  reason: string | undefined,
): PeopleSql {
  const b = new Bound()
  const because = reason === undefined ? '' : ` and JSONExtractString(e.props, 'reason') = ${b.text(reason)}`
  const facts = (when: string, value = 'toUInt8(1)') =>
    `select ${PERSON} as person, ${value} as value from event e left join merged m on e.customer_id = m.loser
      where e.workspace_id = {workspace:UUID} and e.journey_id = {journey:UUID} and ${when}`
  const control = `JSONExtractBool(e.props, 'control')`
  const ofMessage = OF_MESSAGES.find(f => f === figure)
  const rows = ofMessage
    ? `select person, uniqExact(message) as value from (${facts(
        `e.name = 'message.${ofMessage}'${ofMessage === 'skipped' ? because : ''} and not has({internal:Array(String)}, e.channel)`,
        'e.message',
      ).replace('e.message as value', 'e.message as message')}) group by person`
    : figure === 'control'
      ? facts(`e.name = 'journey.entered' and ${control}`)
      : figure === 'notEntered'
        ? facts(`e.name = 'journey.not_entered'${because}`)
        : figure === 'audience'
          ? facts(`e.name in ('journey.entered', 'journey.not_entered')`)
          : facts(
              `e.name = 'journey.entered' and not ${control} and e.enrollment_id not in (
                 select enrollment_id from event where workspace_id = {workspace:UUID} and journey_id = {journey:UUID} and name = 'journey.exited')`,
            )
  return {
    sql: `with ${MERGED} ${rows}`,
    params: { ...b.params, workspace, journey, internal: INTERNAL_CHANNELS },
  }
}

/** Of one journey or broadcast, or of all of a kind. */
export function comparedPeople(
  p: CompareScope,
  broadcasts: Uuid[],
  figure: ComparedFigure,
  of: { journey?: Uuid; kind?: 'journey' | 'broadcast' },
): PeopleSql {
  const b = new Bound()
  const told = b.of(broadcasts, 'Array(UUID)')
  const only =
    of.journey !== undefined
      ? ` where journey = ${b.of(of.journey, 'UUID')}`
      : of.kind === undefined
        ? ''
        : ` where ${of.kind === 'broadcast' ? '' : 'not '}has(${told}, journey)`
  const ctes = compareSql(p, b)
  const rows =
    figure === 'goals'
      ? `select distinct person, 1 as value from met${only}`
      : `select person, ${figure === 'people' ? '1' : `${figure}`} as value from ours${only}${only === '' ? ' where' : ' and'} ${figure === 'people' ? 'true' : figure}`
  return { sql: `with ${ctes} ${rows}`, params: { ...b.params, ...compareParams(p) } }
}
