// Handlers of conversations: the inbox, one thread, notes, ready texts. What a customer said and what is answered are
// inputs of that customer; what the team does with a conversation is the team's own and written here.
import { customersByIdentifier, customersByName, customerOr404 } from '../customers/store.ts'
import { addressFor } from '../customers/reach.ts'
import { unpackState } from '../customers/pack.ts'
import { type CustomerState, nameOf } from '../customers/model.ts'
import { isChannel } from '../channels/model.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { openMessageLinks } from '../messages/link-tokens.ts'
import { renderNotice, templateFault } from '../messages/render.ts'
import { templateScope } from '../messages/render-scope.ts'
import type { Core } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Caller, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { listTeam, roleOf } from '../team/store.ts'
import { conversationOr404, inboundAt } from './find.ts'
import { markReadAtLine } from './mark-read.ts'
import { windowOf } from './model.ts'
import { tell } from './tell-routes.ts'
import { conversationSettingsOf } from './settings.ts'
import {
  addNote,
  changeConversation,
  type ConversationRow,
  countConversations,
  dropQuickReply,
  hasQuickReply,
  listConversations,
  listEntries,
  listQuickReplies,
  putQuickReply,
} from './store.ts'

/** How long somebody who says that they are writing is shown so; the page says it again before that. */
const ANSWERING_MS = 12_000
const MOST_PEOPLE = 200

const iso = (at: Date) => at.toISOString()
const member = (id: Uuid | null, name: string | null) =>
  id === null || name === null ? null : { id: publicId('usr', id), name }

const rowOf = (c: ConversationRow) => ({
  customer: publicId('cus', c.customer),
  customerName: nameOf(unpackState(c.state)),
  channel: c.channel,
  status: c.status,
  unread: c.unread,
  assignee: member(c.assignee, c.assignee_name),
  answering: member(c.answering, c.answering_name),
  handedTo: c.handed_to,
  openedAt: iso(c.opened_at),
  lastAt: iso(c.last_at),
  lastSide: c.last_side,
  lastKind: c.last_kind,
  lastText: c.last_text,
})

const meOf = (caller: Caller): Uuid | null => (caller.kind === 'user' ? caller.id : null)

/** Who goes by these words: by identifier, and by name where history answers. */
async function peopleBy(core: Core, workspace: WorkspaceRow, q: string): Promise<Uuid[]> {
  const named = await customersByIdentifier(core.pool, workspace, q)
  try {
    const found = await customersByName(
      core.history,
      workspace.id,
      { q, except: named, also: [], filter: { wanted: [] }, sort: 'last_seen' },
      null,
      MOST_PEOPLE,
    )
    return [...named, ...found.map(f => f.id)]
  } catch (error) {
    if (error instanceof Problem) return named
    throw error
  }
}

const tellPages = (core: Core, workspace: Uuid) => core.signals.emit('live', `${workspace}:conversations`)

const timeOf = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())

/** How a ready text reads for this customer. */
const filled = (core: Core, workspace: WorkspaceRow, state: CustomerState, text: string): string =>
  renderNotice(text, templateScope(state, null, workspace, openMessageLinks(core).of(newId())))

export const conversationRoutes = {
  async conversations({ core, workspace, caller, query }) {
    const position = readCursor(query.cursor, isTexts(3))
    const me = meOf(caller)
    const found = await listConversations(
      core.pool,
      workspace.id,
      {
        status: query.status === 'all' ? null : query.status,
        assignee: query.assignee === 'all' ? null : query.assignee === 'none' ? 'none' : (me ?? newId()),
        channel: query.channel ?? null,
        customer: query.customer ? (await customerOr404(core.pool, workspace.id, query.customer)).id : null,
        q: query.q ? { text: query.q, people: await peopleBy(core, workspace, query.q) } : null,
      },
      position && { at: position[0]!, customer: position[1]!, channel: position[2]! },
      query.limit + 1,
    )
    const { shown, next } = cutPage(found, query.limit, last => [
      iso(last.last_at),
      last.customer,
      last.channel,
    ])
    return {
      items: shown.map(rowOf),
      next,
      counts: await countConversations(core.pool, workspace.id, me),
    }
  },

  async conversation({ core, workspace, params }) {
    const { customer, row } = await conversationOr404(core, workspace, params)
    const { state } = customer
    const { may, closesAt, humanUntil } = windowOf(
      row.channel,
      inboundAt(state, row.channel),
      workspaceNow(workspace),
    )
    return {
      ...rowOf(row),
      window: {
        may,
        closesAt: timeOf(closesAt ?? undefined),
        humanUntil: timeOf(humanUntil ?? undefined),
      },
      clocks: {
        customer: timeOf(state.clk?.c),
        marketing: timeOf(state.clk?.m),
        team: timeOf(state.clk?.t),
      },
      reachable: isChannel(row.channel) && addressFor(state, row.channel)?.verified === true,
    }
  },

  async conversationEntries({ core, workspace, params, query }) {
    const { customer, row } = await conversationOr404(core, workspace, params)
    const position = readCursor(query.cursor, isTexts(2))
    const found = await listEntries(
      core.pool,
      workspace.id,
      { ids: [customer.id, ...customer.state.absorbed], channel: row.channel },
      position && { at: position[0]!, key: position[1]! },
      query.limit + 1,
    )
    const { shown, next } = cutPage(found, query.limit, last => [iso(last.at), last.key])
    return {
      items: shown.map(e => ({
        id: e.key,
        at: iso(e.at),
        side: e.side,
        kind: e.kind,
        text: e.text,
        data: e.data === null ? null : (JSON.parse(e.data) as Record<string, unknown>),
        author: e.author,
        source: e.source,
        message: e.message && publicId('msg', e.message),
        state: e.state,
        reason: e.reason,
      })),
      next,
    }
  },

  async changeConversation({ core, workspace, caller, params, body }) {
    const { customer, row } = await conversationOr404(core, workspace, params)
    const { assignee, answering, ...plain } = body
    const me = meOf(caller)
    if (me === null && (assignee === 'me' || answering !== undefined))
      throw new Problem(403, 'needs_a_person', 'An API key is nobody', {
        action: 'Sign in, or give the id of a team user.',
      })
    const given = assignee == null ? null : assignee === 'me' ? me : idOr404('usr', assignee, 'assignee')
    if (given !== null && (await roleOf(core.pool, workspace.id, given)) === null)
      throw notFound('usr', 'assignee')
    await changeConversation(core.pool, workspace.id, customer.id, row.channel, {
      ...plain,
      ...(assignee === undefined ? {} : { assignee: given }),
      ...(answering === undefined ? {} : { answering: { by: me!, on: answering, ms: ANSWERING_MS } }),
    })
    if (body.status === 'closed' && row.status !== 'closed')
      // a fact like any other: journeys may begin or end with it. Once for each time that it was open
      await tell(
        core,
        workspace,
        {
          customer: publicId('cus', customer.id),
          channel: row.channel as Parameters<typeof tell>[2]['channel'],
          said: 'resolved',
          id: `${publicId('cus', customer.id)} ${iso(row.opened_at)}`,
          at: iso(new Date(workspaceNow(workspace))),
        },
        actorOf(caller),
      )
    tellPages(core, workspace.id)
    if (body.read && row.channel === 'line' && conversationSettingsOf(workspace).markRead)
      void markReadAtLine(core, workspace.id, customer.state).catch((error: unknown) =>
        core.log.warn(faultOf(error), 'conversations: not marked as read'),
      )
    return { ok: true as const }
  },

  async noteInConversation({ core, workspace, caller, params, body }) {
    const { customer, row } = await conversationOr404(core, workspace, params)
    await addNote(core.pool, workspace.id, {
      customer: customer.id,
      channel: row.channel,
      text: body.text,
      by: actorOf(caller),
      at: workspaceNow(workspace),
    })
    tellPages(core, workspace.id)
    return { ok: true as const }
  },

  async conversationTeam({ core, workspace }) {
    const team = await listTeam(core.pool, workspace.id)
    return { items: team.map(({ id, name, email }) => ({ id: publicId('usr', id), name: name || email })) }
  },

  async quickReplies({ core, workspace, query }) {
    const list = await listQuickReplies(core.pool, workspace.id)
    const state = query.customer ? (await customerOr404(core.pool, workspace.id, query.customer)).state : null
    return {
      items: list.map(q => ({
        ...q,
        id: publicId('qrp', q.id),
        filled: state === null ? null : filled(core, workspace, state, q.text),
      })),
    }
  },

  async saveQuickReply({ core, workspace, caller, params, body }) {
    const isNew = params.reply === 'new'
    const id = isNew ? newId() : idOr404('qrp', params.reply)
    if (!isNew && !(await hasQuickReply(core.pool, workspace.id, id))) throw notFound('qrp')
    const fault = templateFault(body.text)
    if (fault !== null)
      throw new Problem(400, 'bad_template', `The text cannot be filled in: ${fault}`, {
        path: 'text',
        action: 'Write merge fields as {{ customer.name }}.',
      })
    const saved = await putQuickReply(core.pool, workspace.id, {
      id,
      isNew,
      name: body.name,
      text: body.text,
      version: body.version ?? 0,
      by: actorOf(caller),
    })
    if (saved === null)
      throw new Problem(
        409,
        'quick_reply_conflict',
        'Another ready text has this name, or this one was changed',
        {
          path: 'name',
          action: 'Load the list again, or take another name.',
        },
      )
    return { ...saved, id: publicId('qrp', saved.id) }
  },

  async deleteQuickReply({ core, workspace, params }) {
    const id = parseId('qrp', params.reply ?? '')
    if (!id || !(await dropQuickReply(core.pool, workspace.id, id))) throw notFound('qrp')
    return { ok: true as const }
  },
} satisfies Handlers
