// The stand-ins, how each can be told to fail, and what is set now.
import { CHANNEL_NAMES } from '../channels/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { faultsOf } from './fault-kinds.ts'
import { standInFaultOf } from './stand-in.ts'
import { standIns } from './stand-ins/register.ts'

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
        kinds: [...faultsOf({ adapter, channel })],
        set: set ? { kind: set.kind, times: set.times } : null,
      }
    }),
  )
}
