// What the sandbox's page asks: the phone, the inbox, the shop, the clock.
import { LRUCache } from 'lru-cache'
import { findWorkspace, presentWorkspace } from '../catalogue/workspace.ts'
import { signUserToken, type UserClaims } from '../collect/token.ts'
import { laterBy, moveClock } from '../inbox/clock.ts'
import { Problem } from '../platform/errors.ts'
import type { Core } from '../platform/core.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { faultsOf } from './fault-kinds.ts'
import { faultsSet } from './faults.ts'
import { firstPeople } from './people.ts'
import { setStandInFault } from './stand-in.ts'
import { sandboxCalls, tellAnswer } from './stand-in-http.ts'
import { standInAct, standIns } from './stand-ins/register.ts'
import { menuAt } from './stand-ins/line-menus.ts'
import { sandboxContacts, sandboxMessages, shoppers } from './store.ts'
import { refund, sell, tillOf } from './till.ts'

const SHOPPERS = 50
/** a tab left open over a working day still shops as the same person */
const TOKEN_S = 12 * 3_600
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The same shopper gets the same token for half its life: an open shop is not reloaded when the list is asked again. */
const tokens = new LRUCache<string, string>({ max: 5_000, ttl: (TOKEN_S / 2) * 1_000 })

async function tokenFor(core: Core, workspace: Uuid, claims: UserClaims): Promise<string> {
  const key = JSON.stringify([workspace, claims])
  const known = tokens.get(key)
  if (known !== undefined) return known
  const token = await signUserToken(core, workspace, claims, TOKEN_S)
  tokens.set(key, token)
  return token
}

function demandSandbox(workspace: WorkspaceRow): void {
  if (workspace.kind !== 'sandbox')
    throw new Problem(
      409,
      'not_a_sandbox',
      'Only a sandbox workspace has a phone, an inbox and a shop to try',
      {
        action: 'Create a sandbox workspace under Settings.',
      },
    )
}

function skipOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (!/^\d{1,6}$/.test(cursor))
    throw new Problem(400, 'invalid', 'This is not a cursor of this list', {
      path: 'cursor',
      action: 'Use `next` of the page before.',
    })
  return Number(cursor)
}

export const sandboxRoutes = {
  async sandboxContacts(call) {
    demandSandbox(call.workspace)
    const { channel, q = '', cursor, limit } = call.query
    const skip = skipOf(cursor)
    const rows = await sandboxContacts(call.core.pool, call.workspace.id, channel, q.trim(), skip, limit + 1)
    return {
      items: rows.slice(0, limit).map(r => ({
        channel: r.channel,
        address: r.address,
        name: r.name,
        following: r.following,
        unread: r.unread,
        lastAt: r.last_at?.toISOString() ?? null,
      })),
      next: rows.length > limit ? String(skip + limit) : null,
    }
  },

  async sandboxMessages(call) {
    demandSandbox(call.workspace)
    const rows = await sandboxMessages(
      call.core.pool,
      call.workspace.id,
      call.query.channel,
      call.query.address,
    )
    return { items: rows.map(r => ({ ...r, at: r.at.toISOString() })) }
  },

  async sandboxAct(call) {
    demandSandbox(call.workspace)
    if (call.body.message !== undefined && !UUID.test(call.body.message))
      throw new Problem(400, 'invalid', 'This is not the id of a mail', {
        path: 'message',
        action: 'Give the `id` of a message of the inbox.',
      })
    await standInAct(call.core, call.workspace.id, call.body)
    return { ok: true }
  },

  async sandboxShop(call) {
    demandSandbox(call.workspace)
    const { core, workspace } = call
    let rows = await shoppers(core.pool, workspace.id, SHOPPERS)
    if (rows.length === 0) {
      await firstPeople(core, workspace.id)
      rows = await shoppers(core.pool, workspace.id, SHOPPERS)
    }
    return {
      url: `${core.baseUrl}/shop/${publicId('wsp', workspace.id)}/`,
      shoppers: await Promise.all(
        rows.map(async r => ({
          customer: publicId('cus', r.customer_id),
          name: r.name ?? r.member_no,
          memberNo: r.member_no,
          lineUid: r.line_uid,
          email: r.email,
          token: await tokenFor(core, workspace.id, {
            sub: r.member_no,
            ...(r.name ? { name: r.name } : {}),
            ...(r.email ? { email: r.email } : {}),
            ...(r.line_uid ? { line_uid: r.line_uid } : {}),
          }),
        })),
      ),
    }
  },

  async sandboxCalls(call) {
    demandSandbox(call.workspace)
    const rows = await sandboxCalls(call.core.pool, call.workspace.id)
    return {
      items: rows.map(({ webhook_id, at, ...r }) => ({ ...r, webhookId: webhook_id, at: at.toISOString() })),
    }
  },

  async sandboxAnswer(call) {
    demandSandbox(call.workspace)
    const { retryAfterS, ...answer } = call.body
    await tellAnswer(call.core.pool, call.workspace.id, {
      ...answer,
      ...(retryAfterS === undefined ? {} : { retryAfterS }),
    })
    return { ok: true }
  },

  async sandboxFaults(call) {
    demandSandbox(call.workspace)
    return { items: await faultsSet(call.core.pool, call.workspace.id) }
  },

  async sandboxFault(call) {
    demandSandbox(call.workspace)
    const { adapter, kind } = call.body
    const known = standIns().find(s => s.adapter === adapter)
    if (!known || !faultsOf(known).includes(kind))
      throw new Problem(400, 'invalid', 'This stand-in cannot fail so', {
        path: known ? 'kind' : 'adapter',
        action: 'Choose one that the list of faults has.',
      })
    await setStandInFault(call.core.pool, call.workspace.id, call.body)
    return { items: await faultsSet(call.core.pool, call.workspace.id) }
  },

  async sandboxTill(call) {
    demandSandbox(call.workspace)
    return tillOf(call.core.pool, call.workspace)
  },

  async sandboxSell(call) {
    demandSandbox(call.workspace)
    return sell(call.core, call.workspace, call.body)
  },

  async sandboxRefund(call) {
    demandSandbox(call.workspace)
    await refund(call.core, call.workspace.id, call.body)
    return { ok: true }
  },

  async setClock(call) {
    const { body } = call
    const to = 'to' in body ? Date.parse(body.to) : await laterBy(call.core, call.workspace.id, body.byMs)
    if (Number.isNaN(to))
      throw new Problem(400, 'invalid', 'This is not a time', {
        path: 'to',
        action: 'Give an RFC 3339 time, such as 2026-01-31T09:00:00Z.',
      })
    await moveClock(call.core, call.workspace.id, to)
    return presentWorkspace((await findWorkspace(call.core.pool, call.workspace.id))!)
  },

  async sandboxLineMenu(call) {
    demandSandbox(call.workspace)
    const found = await menuAt(call.core, call.workspace.id, call.query.address)
    if (!found) return { menu: null }
    const { menu, picture } = found
    return {
      menu: {
        id: menu.richMenuId,
        chatBarText: menu.chatBarText,
        selected: menu.selected,
        size: menu.size,
        areas: menu.areas,
        picture: picture && `data:${picture.type};base64,${picture.base64}`,
      },
    }
  },
} satisfies Handlers
