// What chat tools outside tell of a conversation becomes an event of the customer, cleaned like any event of a server.
import { workspaceNow } from '../catalogue/workspace.ts'
import { cleanItem } from '../collect/clean.ts'
import { resolveBatch, resolvedEvent } from '../collect/resolve.ts'
import { customerOr404 } from '../customers/store.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import { bucketOf, hashId, publicId, type Uuid } from '../platform/ids.ts'

type Body = Parameters<NonNullable<Handlers['tellConversation']>>[0]['body']

/** @throws Problem 400 with the intake's code */
function eventOf(body: Body, actor: string): EventBody {
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
    { proof: 'server', src: actor, demandToken: false, claims: null, sentAt: null, type: null, past: true },
  )
  if ('fault' in cleaned)
    throw new Problem(400, cleaned.fault.code, cleaned.fault.detail, {
      ...(cleaned.fault.path === null ? {} : { path: cleaned.fault.path }),
      action: cleaned.fault.action,
    })
  return customer === undefined ? cleaned.event : { ...cleaned.event, ids: [] }
}

async function placed(
  core: Core,
  workspace: Uuid,
  body: Body,
  event: EventBody,
): Promise<{ customer: Uuid; event: EventBody }> {
  if (body.customer !== undefined)
    return { customer: (await customerOr404(core.pool, workspace, body.customer)).id, event }
  const [found] = await resolveBatch(core, [{ workspace, ids: event.ids, proof: event.proof }])
  return { customer: found!.customer, event: resolvedEvent(event, found!) }
}

/** @throws Problem 400, 404 */
export async function tell(core: Core, workspace: WorkspaceRow, body: Body, actor: string): Promise<Uuid> {
  const event = eventOf(body, actor)
  if (event.at !== undefined && event.at > workspaceNow(workspace)) event.at = workspaceNow(workspace)
  const found = await placed(core, workspace.id, body, event)
  await append(core.pool, null, [
    {
      workspace: workspace.id,
      customer: found.customer,
      input: { kind: 'event', messageId: event.messageId, body: found.event },
    },
  ])
  core.signals.emit('inbox', String(bucketOf(found.customer)))
  return found.customer
}

export const conversationTellRoutes = {
  async tellConversation({ core, workspace, body, caller }) {
    const customer = await tell(core, workspace, body, actorOf(caller))
    return { customer: publicId('cus', customer), accepted: true as const }
  },
} satisfies Handlers
