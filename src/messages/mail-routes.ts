// Questions about e-mail accounts: their domain's records, and how their mails are received.
import { standings } from './reputation.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { parseId, publicId } from '../platform/ids.ts'
import { findAccount } from '../channels/accounts.ts'
import { checkDomain, systemLookUp } from '../channels/domain-check.ts'

/** Shares of complaints: to stay below, and never to reach (Gmail's and Yahoo's rules for who sends much). */
const AIM = 0.001
const LIMIT = 0.003

export const verdictOf = (rate: number | null): 'good' | 'warn' | 'bad' | 'none' =>
  rate === null ? 'none' : rate >= LIMIT ? 'bad' : rate >= AIM ? 'warn' : 'good'

export const mailRoutes = {
  async mailDomain(call) {
    const id = parseId('chn', call.params.account ?? '')
    const account = id === null ? null : await findAccount(call.core, call.core.pool, call.workspace.id, id)
    if (account?.channel !== 'email')
      throw new Problem(404, 'no_account', 'There is no such e-mail account', {
        path: 'account',
        action: 'Load the channels again.',
      })
    return checkDomain(account, account.adapter, systemLookUp())
  },

  async mailStanding(call) {
    const now = Date.now() + call.workspace.clockOffsetMs
    const told = await standings(call.core.pool, call.workspace.id, now)
    return {
      items: told.map(({ account, ...s }) => {
        const rate = s.delivered === 0 ? null : s.complained / s.delivered
        return { account: publicId('chn', account), ...s, complaintRate: rate, verdict: verdictOf(rate) }
      }),
      lines: { aim: AIM, limit: LIMIT },
    }
  },
} satisfies Handlers
