// What somebody of the team has read is marked as read at the channel, where the channel can and the workspace wants it: LINE.
import { loadAccounts } from '../channels/accounts.ts'
import { markAsRead } from '../channels/line/account.ts'
import { takeReadToken } from '../channels/line/chat.ts'
import { CHANNELS } from '../channels/model.ts'
import type { CustomerState } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'

const TIMEOUT_MS = 5_000

/** Nobody waits for it, and a refusal changes nothing here: the next message brings a new token. */
export async function markReadAtLine(core: Core, workspace: Uuid, state: CustomerState): Promise<void> {
  const accounts = (await loadAccounts(core, core.pool, [workspace])).get(`${workspace}:line`) ?? []
  for (const account of accounts)
    for (const { kind, value } of state.ids) {
      const address = kind === 'line_uid' ? CHANNELS.line.addressOf!(account.settings, value) : null
      if (address === null) continue
      const token = await takeReadToken(core.pool, { workspace, account: account.id, address })
      if (token !== null) await markAsRead(account, token, AbortSignal.timeout(TIMEOUT_MS))
    }
}
