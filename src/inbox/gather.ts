// What a fold needs before it can think: the customers (from memory, else their rows), which messages are new, which
// commands were answered, the facts that inputs name, and the published worlds. One round of statements for all of them.
import type pg from 'pg'
import { openBreath } from '../platform/breathe.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { loadFacts } from './facts.ts'
import type { FoldInput, Kept } from './fold-model.ts'
import { bodyOf, orderNamed } from './inbox-body.ts'
import { readCustomers, type InboxRow, type Mail } from './read.ts'
import type { StateMemory } from './state-memory.ts'
import type { Worlds } from './worlds.ts'

/** `customers`: whom the mail concerns; `breaking`: who is set aside in this transaction. Runs inside it. */
export async function gather(
  sql: pg.Client,
  mail: Mail,
  customers: Uuid[],
  breaking: Map<Uuid, string>,
  kept: StateMemory,
  worlds: Worlds,
): Promise<FoldInput> {
  const held = new Map<Uuid, Kept>()
  const missing: Uuid[] = []
  for (const id of customers) {
    const row = kept.get(id)
    if (row) held.set(id, row)
    else missing.push(id)
  }
  const live = mail.rows.filter(
    r => r.customer_id !== null && !mail.parked.has(r.customer_id) && !breaking.has(r.customer_id),
  )
  const unique = new Map<string, InboxRow>()
  for (const r of live) if (r.message_hash) unique.set(r.workspace_id + r.message_hash, r)
  const named = live.flatMap(r => {
    const key = orderNamed(r)
    return key ? [{ workspace: r.workspace_id, customer: r.customer_id!, key }] : []
  })
  const wanted = [
    ...mail.standings.map(s => ({ workspace: s.workspace_id, no: s.catalogue_no })),
    ...mail.rows
      .filter(r => r.kind === 'publish')
      .map(r => ({
        workspace: r.workspace_id,
        no: (bodyOf(r) as { catalogueNo: number }).catalogueNo,
      })),
  ]
  const [loaded, facts] = await Promise.all([
    readCustomers(sql, {
      buckets: [...new Set(customers.map(bucketOf))],
      customers: missing,
      hashes: [...unique.values()]
        .map(r => ({ bucket: bucketOf(r.message_hash!), workspace: r.workspace_id, hash: r.message_hash! }))
        .sort((a, b) => a.bucket - b.bucket || (a.workspace + a.hash < b.workspace + b.hash ? -1 : 1)),
      commandKeys: live
        .filter(r => r.kind === 'command')
        .map(r => ({
          bucket: r.bucket,
          workspace: r.workspace_id,
          key: (bodyOf(r) as { key: string }).key,
        })),
      day: new Date(mail.now).toISOString().slice(0, 10),
    }),
    loadFacts(sql, named),
    worlds.load(sql, wanted),
  ])
  for (const row of loaded.customers) held.set(row.id, row)
  return {
    mail,
    held,
    fresh: loaded.fresh,
    answered: loaded.answered,
    facts,
    worlds,
    breaking,
    breath: openBreath(),
    loadFacts: async (workspace, customer, keys) =>
      (
        await loadFacts(
          sql,
          keys.map(key => ({ workspace, customer, key })),
        )
      ).get(customer) ?? {},
  }
}
