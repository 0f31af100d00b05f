// Handlers of LINE's endpoints: accounts, checks of messages, chats, links, rich menus, what LINE counted.
import { isDeepStrictEqual } from 'node:util'
import { type LoadedAccount, loadAccounts } from '../channels/accounts.ts'
import {
  botInfo,
  LineFailed,
  lineProblem,
  markAsRead,
  quotaOf,
  showLoading,
  validateMessages,
} from '../channels/line/account.ts'
import { takeReadToken } from '../channels/line/chat.ts'
import { checkMessages } from '../channels/line/message-rules.ts'
import type { Out } from '../contract.ts'
import { nodeKey, nodeNames } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { newestDay, type UnitRow, unitRows } from './insight.ts'
import { linkUrl } from './link-url.ts'
import { menuFaults } from './menus/model.ts'
import { beginRound } from './menus/people.ts'
import { archiveMenu, publishMenu } from './menus/publish.ts'
import {
  findMenu,
  insertMenu,
  listMenus,
  menuCounts,
  type MenuRow,
  orderMenus,
  pictureTypes,
  updateMenu,
} from './menus/store.ts'
import { setMonthlyQuota } from './quota.ts'

const TIMEOUT_MS = 8_000
const soon = (): AbortSignal => AbortSignal.timeout(TIMEOUT_MS)
type Where = { core: Core; workspace: { id: Uuid } }

async function accountsIn({ core, workspace }: Where): Promise<LoadedAccount[]> {
  const all = (await loadAccounts(core, core.pool, [workspace.id])).get(`${workspace.id}:line`) ?? []
  return all.filter(a => a.adapter === 'line')
}

async function accountIn(where: Where, text: string | undefined): Promise<LoadedAccount> {
  const id = idOr404('chn', text)
  const account = (await accountsIn(where)).find(a => a.id === id)
  if (!account) throw notFound('chn')
  return account
}

const orNull = async <T>(work: Promise<T>): Promise<T | null> =>
  work.catch((error: unknown) => {
    if (error instanceof LineFailed) return null
    throw error
  })

type Menu = Out<'lineMenus'>['items'][number]

async function present(
  { core, workspace }: Where,
  rows: MenuRow[],
): Promise<{ items: Menu[]; waiting: number }> {
  const [types, counts, all] = await Promise.all([
    pictureTypes(
      core.pool,
      workspace.id,
      rows.flatMap(r => r.picture_id ?? []),
    ),
    menuCounts(core.pool, workspace.id),
    listMenus(core.pool, workspace.id),
  ])
  const items = rows.map((r): Menu => {
    const type = r.picture_id ? types.get(r.picture_id) : undefined
    const picture = r.picture_id ? publicId('pic', r.picture_id) : null
    const aliases = new Set(
      all.flatMap(m =>
        m.account_id === r.account_id && m.id !== r.id && m.status === 'live'
          ? (m.published?.alias ?? [])
          : [],
      ),
    )
    const live = r.published
    const faults = menuFaults(r.menu, r.audience, r.alias, aliases).map(f => ({
      path: f.property,
      message: f.message,
    }))
    if (!type) faults.push({ path: 'picture', message: 'May not be empty' })
    return {
      id: publicId('lrm', r.id),
      account: publicId('chn', r.account_id),
      place: r.place,
      audience: r.audience,
      menu: r.menu,
      picture,
      pictureUrl: type ? `${core.baseUrl}/pictures/${picture}.${type}` : null,
      alias: r.alias,
      status: r.status,
      changed:
        live !== null &&
        !isDeepStrictEqual(
          [live.menu, live.picture, live.alias, live.audience],
          [r.menu, r.picture_id, r.alias, r.audience],
        ),
      people:
        r.status === 'live' && live?.audience.kind !== 'all' && live?.audience.kind !== 'tab'
          ? (counts.linked.get(r.provider_id ?? '') ?? 0)
          : null,
      faults,
      fault: r.fault,
      version: r.version,
    }
  })
  return { items, waiting: counts.waiting }
}

const one = async (where: Where, row: MenuRow): Promise<Menu> => (await present(where, [row])).items[0]!

async function menuIn({ core, workspace }: Where, text: string | undefined): Promise<MenuRow> {
  const row = await findMenu(core.pool, workspace.id, idOr404('lrm', text))
  if (!row || row.status === 'archived') throw notFound('lrm')
  return row
}

const aliasTaken = (error: unknown): never => {
  if ((error as { constraint?: string }).constraint === 'line_menu_alias')
    throw new Problem(409, 'alias_taken', 'Another menu of this account has this alias', {
      path: 'alias',
      action: 'Choose another.',
    })
  throw error
}

export const lineRoutes = {
  async validateMessages(call) {
    const account = await accountIn(call, call.params.account)
    const { messages } = call.body
    const known = checkMessages(messages)
    const said = known.length > 0 ? null : await orNull(validateMessages(account, messages, soon()))
    return {
      faults: (said ?? known).map(f => ({ path: f.property, message: f.message })),
      asked: said !== null,
    }
  },

  async lineAccounts(call) {
    const accounts = await accountsIn(call)
    const items = await Promise.all(
      accounts.map(async a => {
        const [bot, quota, day] = await Promise.all([
          orNull(botInfo(a, soon())),
          orNull(quotaOf(a, soon())),
          newestDay(call.core.pool, call.workspace.id, a.id),
        ])
        return {
          id: publicId('chn', a.id),
          name: a.name,
          bot: bot && { basicId: bot.basicId, displayName: bot.displayName, chatMode: bot.chatMode },
          quota,
          friends: day && {
            day: day.day,
            followers: day.followers,
            targetedReaches: day.targeted_reaches,
            blocks: day.blocks,
          },
        }
      }),
    )
    return { items }
  },

  async takeLineQuota(call) {
    const account = await accountIn(call, call.params.account)
    const { limit } = await quotaOf(account, soon()).catch(lineProblem)
    await setMonthlyQuota(call.core.pool, call.workspace.id, account.id, limit)
    call.core.signals.emit('message', '')
    return { monthlyQuota: limit }
  },

  async lineChat(call) {
    const account = await accountIn(call, call.params.account)
    const { address, seconds = 20 } = call.body
    if (call.body.do === 'loading') {
      await showLoading(account, address, seconds, soon()).catch(lineProblem)
      return { done: true }
    }
    const chat = { workspace: call.workspace.id, account: account.id, address }
    const token = await takeReadToken(call.core.pool, chat)
    if (token === null) return { done: false }
    await markAsRead(account, token, soon()).catch(lineProblem)
    return { done: true }
  },

  async lineLink(call) {
    const account = await accountIn(call, call.params.account)
    return { url: linkUrl(call.core, account, call.body.address) }
  },

  async lineMenus(call) {
    return present(call, await listMenus(call.core.pool, call.workspace.id))
  },

  async createLineMenu(call) {
    const account = await accountIn(call, call.body.account)
    const { audience, menu, picture, alias } = call.body
    const row = await insertMenu(call.core.pool, {
      workspace: call.workspace.id,
      id: newId(),
      account: account.id,
      audience,
      menu,
      picture: picture === null ? null : idOr404('pic', picture, 'picture'),
      alias,
    }).catch(aliasTaken)
    return one(call, row)
  },

  async saveLineMenu(call) {
    const before = await menuIn(call, call.params.menu)
    const { audience, menu, picture, alias, version } = call.body
    const row = await updateMenu(call.core.pool, {
      workspace: call.workspace.id,
      id: before.id,
      version,
      audience,
      menu,
      picture: picture === null ? null : idOr404('pic', picture, 'picture'),
      alias,
    }).catch(aliasTaken)
    if (!row)
      throw new Problem(409, 'changed_meanwhile', 'Somebody else has changed this menu', {
        path: 'version',
        action: 'Load it again and repeat your change.',
      })
    return one(call, row)
  },

  async publishLineMenu(call) {
    const row = await menuIn(call, call.params.menu)
    const account = await accountIn(call, publicId('chn', row.account_id))
    await publishMenu(call.core, account, row).catch(lineProblem)
    return one(call, await menuIn(call, call.params.menu))
  },

  async archiveLineMenu(call) {
    const row = await menuIn(call, call.params.menu)
    const account = (await accountsIn(call)).find(a => a.id === row.account_id) ?? null
    await archiveMenu(call.core, account, row).catch(lineProblem)
    return { ok: true }
  },

  async orderLineMenus(call) {
    const { core, workspace } = call
    const menus = call.body.menus.map(m => idOr404('lrm', m, 'menus'))
    if (!(await orderMenus(core.pool, workspace.id, menus))) throw notFound('lrm', 'menus')
    for (const account of await accountsIn(call))
      await beginRound(core.pool, { workspace: workspace.id, account: account.id })
    return { ok: true }
  },

  async lineInsight(call) {
    const journey = call.query.journey === undefined ? null : idOr404('jrn', call.query.journey, 'journey')
    const rows = await unitRows(call.core.pool, call.workspace.id, journey)
    const at = (r: UnitRow) => ({ journey: r.journey_id, version: r.journey_version, node: r.node })
    const nodes = await nodeNames(call.core.pool, call.workspace.id, rows.map(at))
    return {
      items: rows.map(r => ({
        journey: publicId('jrn', r.journey_id),
        journeyName: r.journey,
        version: r.journey_version,
        node: r.node,
        nodeName: nodes.get(nodeKey(at(r))) ?? null,
        from: r.first_day,
        to: r.last_day,
        asked: r.pulled_day,
        opened: r.impressions,
        clicked: r.clicks,
      })),
    }
  },
} satisfies Handlers
