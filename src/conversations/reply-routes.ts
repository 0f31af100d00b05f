// A person of the team answers: a command of the customer, so folded once, in order, and answered. What the channel allows
// is asked here, to say what to do instead, and again by the deliverer.
import { messageContent, contentNeedsWindow, type MessageContent } from '../channels/content.ts'
import { isChannel } from '../channels/model.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { runCommand } from '../inbox/command.ts'
import { findMessage } from '../messages/ledger.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers, type WorkspaceRow } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { windowOf, type Window } from './model.ts'
import { contentOf } from './content.ts'
import { conversationOr404, inboundAt } from './find.ts'

type Body = Parameters<NonNullable<Handlers['replyInConversation']>>[0]['body']

/** @throws Problem 404, 400 when it names another channel or nothing to say */
async function wanted(
  core: Core,
  workspace: WorkspaceRow,
  channel: string,
  body: Body,
): Promise<MessageContent> {
  let content: MessageContent | null
  if (body.retryOf !== undefined) content = await contentOfFailed(core, workspace.id, body.retryOf)
  else if (body.content !== undefined) content = body.content
  else if (body.text !== undefined)
    content = await contentOf(channel, body.text, body.subject ?? `Re: ${workspace.name}`)
  else
    throw new Problem(400, 'nothing_to_say', 'There is neither a text nor content', {
      path: 'text',
      action: 'Write something.',
    })
  if (content === null || content.channel !== channel)
    throw new Problem(400, 'other_channel', 'This cannot be said by this channel', {
      path: 'content',
      action: 'Give content of the channel of the conversation.',
    })
  return content
}

async function contentOfFailed(core: Core, workspace: Uuid, text: string): Promise<MessageContent> {
  const found = await findMessage(core.pool, workspace, idOr404('msg', text, 'retryOf'))
  if (!found) throw notFound('msg', 'retryOf')
  if (found.intent.origin !== 'reply' || !['failed', 'skipped'].includes(found.state))
    throw new Problem(409, 'not_failed', 'This answer has not failed', {
      path: 'retryOf',
      action: 'Load the conversation again.',
    })
  return messageContent.parse(found.intent.content)
}

/** @throws Problem 409 `window_closed` */
function demandWindow({ may, humanUntil }: Window, content: MessageContent): void {
  if (may === 'anything' || may === 'human' || !contentNeedsWindow(content)) return
  throw new Problem(
    409,
    'window_closed',
    'The customer wrote so long ago that this channel does not take a free answer any more',
    {
      action:
        may === 'template'
          ? 'Send an approved template, or answer by another channel.'
          : humanUntil === null
            ? 'Wait until the customer writes, or answer by another channel.'
            : 'A person may answer for 7 days; these are over. Answer by another channel.',
    },
  )
}

export const conversationReplyRoutes = {
  async replyInConversation({ core, workspace, caller, params, body, idempotencyKey }) {
    const { customer, row } = await conversationOr404(core, workspace, params)
    if (row.handed_to !== null)
      throw new Problem(409, 'handed_over', `${row.handed_to} answers this conversation now`, {
        action: 'Take it back first, so that the customer is not answered twice.',
      })
    const { channel } = row
    const content = await wanted(core, workspace, channel, body)
    if (!isChannel(channel)) throw notFound('chn', 'channel')
    demandWindow(windowOf(channel, inboundAt(customer.state, channel), workspaceNow(workspace)), content)
    const by = actorOf(caller)
    return runCommand(core, {
      workspace: workspace.id,
      customer: customer.id,
      key: idempotencyKey,
      actor: by,
      command: { do: 'say', channel, content, origin: 'reply', by },
    })
  },
} satisfies Handlers
