// The conversation that a path names, and what its customer's state knows of it.
import { isChannel } from '../channels/model.ts'
import type { CustomerState } from '../customers/model.ts'
import { customerOr404, type StoredCustomer } from '../customers/store.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { type ConversationRow, findConversation } from './store.ts'

const noConversation = (): Problem =>
  new Problem(404, 'no_conversation', 'There is no conversation with this customer by this channel', {
    action: 'It begins with the customer’s first message.',
  })

/** The customer of a path and their conversation by its channel. @throws Problem 404 */
export async function conversationOr404(
  core: Core,
  workspace: WorkspaceRow,
  params: Record<string, string>,
): Promise<{ customer: StoredCustomer; row: ConversationRow }> {
  const customer = await customerOr404(core.pool, workspace.id, params.customer)
  const row = await findConversation(core.pool, workspace.id, customer.id, params.channel ?? '')
  if (row === null) throw noConversation()
  return { customer, row }
}

export const inboundAt = (state: CustomerState, channel: string): number | null =>
  (isChannel(channel) ? state.inb?.[channel] : undefined) ?? null
