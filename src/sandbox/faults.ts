// How each stand-in can be told to fail, and what is set now.
import { CHANNEL_NAMES } from '../channels/model.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Uuid } from '../platform/ids.ts'
import { FAULT_KINDS } from './fault-kinds.ts'
import { type StandInFault, standInFaultOf } from './stand-in.ts'
import { standIns } from './stand-ins/register.ts'

const MAIL: StandInFault['kind'][] = ['smtp_4xx', 'smtp_5xx_rcpt', 'smtp_auth', 'hang', 'accept_then_drop']
const REQUESTS = FAULT_KINDS.filter(kind => !kind.startsWith('smtp_'))
/** LINE tells nothing of single messages. */
const WITHOUT_RECEIPTS = REQUESTS.filter(kind => !kind.startsWith('receipt_'))

export const faultsOfAdapter = (adapter: string): readonly StandInFault['kind'][] =>
  adapter === 'smtp' ? MAIL : adapter === 'line' ? WITHOUT_RECEIPTS : REQUESTS

export async function faultsSet(sql: Sql, workspace: Uuid) {
  const list = standIns().toSorted(
    (a, b) => CHANNEL_NAMES.indexOf(a.channel) - CHANNEL_NAMES.indexOf(b.channel),
  )
  return Promise.all(
    list.map(async ({ adapter, channel }) => {
      const set = await standInFaultOf(sql, workspace, adapter)
      return {
        adapter,
        channel,
        kinds: [...faultsOfAdapter(adapter)],
        set: set ? { kind: set.kind, times: set.times } : null,
      }
    }),
  )
}
