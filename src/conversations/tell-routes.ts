// What chat tools outside tell of a conversation becomes an event of the customer, cleaned like any event of a server.
import { workspaceNow } from '../catalogue/workspace.ts'
import { cleanItem, serverContext } from '../collect/clean.ts'
import { cleanedEvent, tellEvent } from '../collect/tell.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { actorOf, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { hashId, publicId, type Uuid } from '../platform/ids.ts'

type Body = Parameters<NonNullable<Handlers['tellConversation']>>[0]['body']

/** @throws Problem 400 with the intake's code */
function eventOf(body: Body, actor: string, timezone: string): EventBody {
  const { customer, userId, email, phone, lineUid, said, at, to, ...told } = body
  const contacts = Object.fromEntries(
    Object.entries({ email, phone, line_uid: lineUid }).filter(([, value]) => value !== undefined),
  )
  const cleaned = cleanItem(
    {
      type: 'track',
      event: `conversation.${said}`,
      messageId: hashId('conversation', said, body.channel, body.id),
      userId,
      anonymousId: customer === undefined ? undefined : 'customer',
      ...(at === undefined ? {} : { timestamp: at }),
      properties: { ...told, ...(said === 'handed' ? { to: to ?? null } : {}) },
      context: { traits: contacts },
    },
    // told when it happened, not how long ago by a clock of the tool's
    { ...serverContext(actor, timezone), past: true },
  )
  const event = cleanedEvent(cleaned)
  return customer === undefined ? event : { ...event, ids: [] }
}

/** @throws Problem 400, 404 */
export async function tell(core: Core, workspace: WorkspaceRow, body: Body, actor: string): Promise<Uuid> {
  const event = eventOf(body, actor, workspace.timezone)
  if (event.at !== undefined && event.at > workspaceNow(workspace)) event.at = workspaceNow(workspace)
  return tellEvent(core, workspace.id, body.customer, event)
}

export const conversationTellRoutes = {
  async tellConversation({ core, workspace, body, caller }) {
    const customer = await tell(core, workspace, body, actorOf(caller))
    return { customer: publicId('cus', customer), accepted: true as const }
  },
} satisfies Handlers
