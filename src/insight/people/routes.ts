// Handlers of the people behind figures, and of each such list as a file.
import { stringify } from 'csv-stringify/sync'
import type { In, Query } from '../../contract.ts'
import { CHANNELS, isChannel } from '../../channels/model.ts'
import { findBroadcast } from '../../campaigns/store.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { attributedPeople } from '../attribution/routes.ts'
import { broadcastPeople, campaignPeople } from '../campaigns/people.ts'
import { comparisonPeopleSql } from '../campaigns/routes.ts'
import { messageScopeOf } from '../engagement/routes.ts'
import { peopleOfFigure } from '../engagement/store.ts'
import { peopleOfKpi } from '../kpis/routes.ts'
import { askedReach } from '../reach/routes.ts'
import { channelPeople, messagePeople } from '../reach/store.ts'
import { upliftScope } from '../uplift/routes.ts'
import { upliftPeople } from '../uplift/store.ts'
import { MOST_ROWS } from './model.ts'
import { type PeopleSql, peoplePage, type ReadPeople, readSql, withCustomers } from './page.ts'

type Asked = In<'peopleFile'>['list']
type Of<K extends Asked['of']> = Extract<Asked, { of: K }>
type Q<N extends 'reachPeople' | 'upliftPeople' | 'campaignPeople' | 'broadcastPeople'> = NonNullable<
  Query<N>
>

async function reachSql(core: Core, workspace: WorkspaceRow, q: Q<'reachPeople'>): Promise<PeopleSql> {
  const { channel, figure } = q
  if (channel !== undefined && !isChannel(channel))
    throw new Problem(404, 'not_found', 'There is no such channel', {
      path: 'channel',
      action: `Use one of: ${Object.keys(CHANNELS).join(', ')}.`,
    })
  if (figure !== 'bound' && figure !== 'consented' && figure !== 'reachable')
    return messagePeople(await askedReach(core, workspace, q), figure)
  if (channel === undefined)
    throw new Problem(400, 'channel_missing', 'This figure is one of a channel', {
      path: 'channel',
      action: 'Name the channel.',
    })
  return channelPeople(workspace.id, channel, CHANNELS[channel].consent === 'given', figure)
}

const upliftSql = (workspace: WorkspaceRow, q: Q<'upliftPeople'>): PeopleSql =>
  upliftPeople(upliftScope(workspace, { ...q, window: Number(q.window ?? 30) }), q.arm, q.figure)

async function broadcastSql(
  core: Core,
  workspace: WorkspaceRow,
  broadcast: string | undefined,
  q: Q<'broadcastPeople'>,
): Promise<PeopleSql> {
  const { journey } = await findBroadcast(core.pool, workspace.id, idOr404('brd', broadcast))
  return broadcastPeople(workspace.id, journey, q.figure, q.reason)
}

/** The list that a file is asked of, as something to read page by page. */
async function readList(core: Core, workspace: WorkspaceRow, list: Asked): Promise<ReadPeople> {
  switch (list.of) {
    case 'attribution':
      return attributedPeople(core, workspace, list)
    case 'kpi':
      return peopleOfKpi(core, workspace, list.kpi)
    default:
      return readSql(core.history, await sqlOf(core, workspace, list))
  }
}
async function sqlOf(
  core: Core,
  workspace: WorkspaceRow,
  list: Of<'engagement' | 'reach' | 'uplift' | 'campaign' | 'broadcast' | 'comparison'>,
): Promise<PeopleSql> {
  switch (list.of) {
    case 'engagement':
      return peopleOfFigure(await messageScopeOf(core, workspace, list), list.figure)
    case 'reach':
      return reachSql(core, workspace, list)
    case 'uplift':
      return upliftSql(workspace, list)
    case 'campaign':
      return campaignPeople(core, workspace, idOr404('cmp', list.campaign), list)
    case 'broadcast':
      return broadcastSql(core, workspace, list.broadcast, list)
    case 'comparison':
      return comparisonPeopleSql(core, workspace, list)
  }
}

const HEADINGS = {
  'zh-TW': ['顧客', '姓名', '會員編號', 'Email', '電話', '值'],
  en: ['customer', 'name', 'member_no', 'email', 'phone', 'value'],
} as const

export const peopleRoutes = {
  reachPeople: async ({ core, workspace, query }) =>
    peoplePage(core, workspace, query, readSql(core.history, await reachSql(core, workspace, query))),

  upliftPeople: async ({ core, workspace, query }) =>
    peoplePage(core, workspace, query, readSql(core.history, upliftSql(workspace, query))),

  async campaignPeople({ core, workspace, params, query }) {
    const found = await campaignPeople(core, workspace, idOr404('cmp', params.campaign), query)
    return peoplePage(core, workspace, query, readSql(core.history, found))
  },

  async broadcastPeople({ core, workspace, params, query }) {
    const found = await broadcastSql(core, workspace, params.broadcast, query)
    return peoplePage(core, workspace, query, readSql(core.history, found))
  },

  async comparisonPeople({ core, workspace, query }) {
    const found = await comparisonPeopleSql(core, workspace, query)
    return peoplePage(core, workspace, query, readSql(core.history, found))
  },

  async peopleFile({ core, workspace, body, scopes, note }) {
    const read = await readList(core, workspace, body.list)
    const found = await read(0, MOST_ROWS + 1)
    const only = (text: string | null) => (scopes.has('customers:personal') ? (text ?? '') : '')
    const rows = (await withCustomers(core, workspace, found.slice(0, MOST_ROWS))).map(
      ({ customer: c, value }) => [c.id, only(c.name), c.memberNo ?? '', only(c.email), only(c.phone), value],
    )
    note({ list: body.list.of, rows: rows.length })
    return {
      file: `people-${body.list.of}.csv`,
      // a cell that a spreadsheet would take for a formula is made a text
      csv: stringify([[...HEADINGS[body.locale ?? 'zh-TW']], ...rows], {
        bom: true,
        escape_formulas: true,
        record_delimiter: 'windows',
      }),
      rows: rows.length,
      more: found.length > MOST_ROWS,
    }
  },
} satisfies Handlers
