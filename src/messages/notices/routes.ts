// Handlers of what journeys tell the team, and of the secret of their calls.
import { callSecret } from '../../channels/http.ts'
import { nameOf } from '../../customers/model.ts'
import { customersById } from '../../customers/store.ts'
import { journeyNames } from '../../journeys/store.ts'
import { cutPage, isTexts, readCursor } from '../../platform/cursor.ts'
import { Problem } from '../../platform/errors.ts'
import type { Caller, Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { publicId } from '../../platform/ids.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { openMessageLinks } from '../link-tokens.ts'
import { countUnread, listNotices, markRead, NOTICE_DAYS, noticeId, type Reader } from './store.ts'
import { renderNotice } from '../render.ts'
import { templateScope } from '../render-scope.ts'
import { customerStates } from '../store.ts'

const readerOf = (caller: Caller): Reader =>
  caller.kind === 'user' ? { id: caller.id, email: caller.email, role: caller.role } : null

const sinceOf = (w: WorkspaceRow): Date => new Date(Date.now() + w.clockOffsetMs - NOTICE_DAYS * 86_400_000)

export const noticeRoutes = {
  async notices({ core, workspace, caller, query }) {
    const position = readCursor(query.cursor, isTexts(2))
    const reader = readerOf(caller)
    const since = sinceOf(workspace)
    const [found, unread] = await Promise.all([
      listNotices(core.pool, workspace.id, reader, since, {
        unread: query.unread === true,
        after: position && { at: position[0]!, id: position[1]! },
        limit: query.limit + 1,
      }),
      countUnread(core.pool, workspace.id, reader, since),
    ])
    const { shown, next } = cutPage(found, query.limit, last => [last.at.toISOString(), last.id])
    const people = [...new Set(shown.map(n => n.customer))]
    const [rows, states, journeys] = await Promise.all([
      customersById(core.pool, workspace.id, people),
      customerStates(core.pool, [workspace.id], people), // of who is part of somebody else by now: that one's
      journeyNames(core.pool, workspace.id, [...new Set(shown.map(n => n.journey))]),
    ])
    const links = openMessageLinks(core)
    return {
      items: shown.map(n => {
        const row = rows.get(n.customer)
        const scope = templateScope(
          states.get(n.customer) ?? null,
          n.body.event,
          workspace,
          links.of(n.id),
          n.body.vars,
        )
        return {
          id: noticeId(n.id),
          level: n.level,
          text: renderNotice(n.text, scope),
          customer: publicId('cus', n.customer),
          customerName: row && !row.mergedInto ? nameOf(row.state) : null,
          journey: publicId('jrn', n.journey),
          journeyName: journeys.get(n.journey) ?? null,
          node: n.node,
          at: n.at.toISOString(),
          read: n.read,
        }
      }),
      next,
      unread,
    }
  },

  async readNotices({ core, workspace, caller, body }) {
    const reader = readerOf(caller)
    if (reader === null)
      throw new Problem(403, 'needs_a_person', 'Only a person reads notices', {
        action: 'Sign in; an API key sees all notices and has read none.',
      })
    const ids = body.ids?.map((id, i) => idOr404('ntc', id, `ids/${i}`)) ?? null
    await markRead(core.pool, workspace.id, reader, sinceOf(workspace), ids)
    core.signals.emit('live', `${workspace.id}:notices`)
    return { ok: true as const }
  },

  async callSecret({ core, workspace }) {
    return { secret: callSecret(core.secrets, workspace.id) }
  },
} satisfies Handlers
