// What goes through the ledger without being a message to a customer: calls of other systems and mails to the team. How
// each is prepared and sent; claims, marks and records are the deliverer's (deliver.ts).
import type { LoadedAccount } from '../channels/accounts.ts'
import type { SendResult } from '../channels/adapter.ts'
import type { CustomerState } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import { openCalls, prepareCall } from './calls.ts'
import type { Decision } from './decide.ts'
import { openSlots } from './slots.ts'
import type { openMessageLinks } from './link-tokens.ts'
import type { Rendered } from './model.ts'
import type { Claim, WorkspaceFacts } from './store.ts'
import { prepareTeamMail, sendTeamMail } from './team-mail.ts'

export type Prepared = { wait: Exclude<Decision, { do: 'send' }> } | { rendered: Rendered }

export type Inner = {
  /** @throws RenderFailed */
  prepare(
    claim: Claim,
    workspace: WorkspaceFacts,
    customer: CustomerState | null,
    now: number,
    email: LoadedAccount | null,
  ): Promise<Prepared>
  send(
    claim: Claim,
    workspace: WorkspaceFacts,
    rendered: Rendered,
    signal: AbortSignal,
    email: LoadedAccount | null,
  ): Promise<SendResult>
}

/** Of one workspace under way at once in one process. */
const CONCURRENCY = 16

export function openInner(core: Core, links: ReturnType<typeof openMessageLinks>) {
  const slots = new Map<string, ReturnType<typeof openSlots>>()
  const send = openCalls(core)
  const channels: Record<string, Inner> = {
    http: {
      prepare: async (claim, workspace, customer, now) =>
        prepareCall(claim, workspace, customer, links.of(claim.id), now),
      send,
    },
    team: {
      prepare: (claim, workspace, customer, now, email) =>
        prepareTeamMail(core, claim, workspace, customer, links.of(claim.id), now, email),
      send: (claim, _workspace, rendered, signal, email) => sendTeamMail(email!, claim, rendered, signal),
    },
  }
  return {
    of: (channel: string): Inner | undefined =>
      Object.hasOwn(channels, channel) ? channels[channel] : undefined,
    slotsOf(workspace: string) {
      let s = slots.get(workspace)
      if (!s) slots.set(workspace, (s = openSlots(CONCURRENCY)))
      return s
    },
  }
}
