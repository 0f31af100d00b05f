// What is read afresh of workspaces, accounts, people and rules before a message is judged: by the deliverer for what it has
// claimed, and by whoever only asks what would become of a message now.
import { loadAccounts, type LoadedAccount } from '../channels/accounts.ts'
import type { PriceList } from '../channels/price.ts'
import { priceLists } from '../channels/price-store.ts'
import type { CustomerState } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import type { FrequencyRule } from './frequency.ts'
import { frequencyRules } from './frequency-store.ts'
import { customerStates, reserveSegments, type WorkspaceFacts, workspaceFacts } from './store.ts'

export type Read = {
  workspaces: Map<string, WorkspaceFacts>
  accounts: Map<string, LoadedAccount[]>
  customers: Map<string, CustomerState>
  /** numbers of segments for which an account keeps a part of its quota, by public id */
  reserves: Map<string, number>
  /** frequency rules of each workspace */
  frequency: Map<string, FrequencyRule[]>
  /** price tables of the workspaces that have one */
  prices: Map<string, PriceList>
}

export async function readAfresh(core: Core, ids: Uuid[], people: Uuid[]): Promise<Read> {
  const { pool } = core
  const [workspaces, accounts, customers, frequency, prices] = await Promise.all([
    workspaceFacts(pool, ids),
    loadAccounts(core, pool, ids),
    customerStates(pool, ids, people),
    frequencyRules(pool, ids),
    priceLists(pool, ids),
  ])
  const reserves = await reserveSegments(pool, [...accounts.values()].flat())
  return { workspaces, accounts, customers, reserves, frequency, prices }
}
