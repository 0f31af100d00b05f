// Takes a merge apart on the live system: sets both aside, so that nothing is folded into them meanwhile, works out
// what each has (split.ts), and lets both go on with that as their first input. A crash in between leaves both set
// aside as `unmerging`; releasing them (Ops) leaves everything as it was.
import { unpackEntriesOf } from '../inbox/journal.ts'
import { orderRowsOf } from '../inbox/order-rows.ts'
import { putBack, unpark } from '../inbox/parking.ts'
import { openWorlds } from '../inbox/worlds.ts'
import { outcomeOf, type MessageState } from '../messages/model.ts'
import type { Core } from '../platform/core.ts'
import { must, Problem } from '../platform/errors.ts'
import { faultPoint } from '../platform/fault.ts'
import { bucketOf, newId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import type { CustomerState } from './model.ts'
import { orderFact } from './orders.ts'
import { unpackState } from './pack.ts'
import { split, type Parted } from './split.ts'
import type { Past } from './split-person.ts'
import { restoresOf, waitsOf, type Messages } from './split-restores.ts'
import { customersById, type StoredCustomer } from './store.ts'

const UNMERGING = 'unmerging'

/** What would be taken apart now. @throws Problem 409 `cannot_tell_apart` */
export async function previewSplit(
  core: Core,
  workspace: Uuid,
  survivor: StoredCustomer,
  target: Uuid,
): Promise<Parted> {
  demandMerged(survivor.state, target)
  const parted = await split(id => readPast(core.pool, workspace, id), survivor.state, target)
  if (!parted)
    throw new Problem(409, 'cannot_tell_apart', 'The journal does not tell any more what was whose', {
      action: 'Give the identifiers that belong to the other person to somebody else instead.',
    })
  return parted
}

function demandMerged(state: CustomerState, target: Uuid): void {
  if (!state.absorbed.includes(target))
    throw new Problem(409, 'not_merged', 'This customer is not part of the other', {
      path: 'from',
      action: 'Choose one of those listed under "merged from".',
    })
}

/** Returns when both are on their way; the next fold of each makes it true. */
export async function unmerge(
  core: Core,
  workspace: Uuid,
  survivor: StoredCustomer,
  target: Uuid,
  actor: string,
): Promise<void> {
  const op = newId()
  const both = [survivor.id, target].sort((a, b) => bucketOf(a) - bucketOf(b))
  await setAside(core, workspace, survivor.id, target, both, op)
  faultPoint('unmerge.aside')
  try {
    // as it is now that nothing is folded into it any more
    const still = (await customersById(core.pool, workspace, [survivor.id])).get(survivor.id)
    must(still, 'a customer that is set aside is there')
    const parted = await previewSplit(core, workspace, still, target)
    const messages = await messagesOf(core.pool, workspace, survivor.id, parted)
    const restores = restoresOf(survivor.id, target, parted, messages, op, actor)
    await inTransaction(core.pool, async sql => {
      await lockBuckets(sql, both)
      const { rowCount } = await sql.query(
        'delete from parked where bucket = any($1::smallint[]) and workspace_id = $2 and customer_id = any($3::uuid[]) and reason = $4 and error = $5',
        [both.map(bucketOf), workspace, both, UNMERGING, op],
      )
      if (rowCount !== 2)
        throw new Problem(409, 'released_meanwhile', 'Somebody released one of the two meanwhile', {
          action: 'Nothing was changed; try again.',
        })
      for (const body of restores)
        await putBack(sql, workspace, body.state.id, { kind: 'restore', messageId: null, body })
    })
  } catch (error) {
    for (const id of both) await unpark(core, workspace, id)
    throw error
  }
  faultPoint('unmerge.released')
  for (const id of both) core.signals.emit('inbox', String(bucketOf(id)))
}

/** No fold is under way while their lease rows are held. */
const lockBuckets = (sql: Sql, ids: Uuid[]) =>
  sql.query(
    'select bucket from bucket where bucket = any($1::smallint[]) order by bucket for no key update',
    [ids.map(bucketOf)],
  )

async function setAside(
  core: Core,
  workspace: Uuid,
  survivor: Uuid,
  target: Uuid,
  both: Uuid[],
  op: Uuid,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    await lockBuckets(sql, both)
    const { rows } = await sql.query<{ id: Uuid; merged_into: Uuid | null; state: string }>(
      'select id, merged_into, state from customer where bucket = any($1::smallint[]) and id = any($2::uuid[]) and workspace_id = $3',
      [both.map(bucketOf), both, workspace],
    )
    const found = new Map(rows.map(r => [r.id, r]))
    const holder = found.get(survivor)
    if (!holder || holder.merged_into || !found.get(target)?.merged_into)
      throw new Problem(409, 'not_merged', 'These two are not one any more', {
        action: 'Load the page again.',
      })
    demandMerged(unpackState(holder.state), target)
    const underWay = await sql.query(
      `select from inbox where bucket = any($1::smallint[]) and workspace_id = $3 and customer_id = any($2::uuid[]) and kind = 'restore' limit 1`,
      [both.map(bucketOf), both, workspace],
    )
    if (underWay.rowCount !== 0)
      throw new Problem(409, 'unmerge_under_way', 'One of the two is being taken apart', {
        action: 'Load the page again in a moment.',
      })
    const parked = await sql.query(
      `insert into parked (bucket, customer_id, workspace_id, reason, error, at)
       select b, c, $3, $4, $5, clock_timestamp() from unnest($1::smallint[], $2::uuid[]) u(b, c) on conflict do nothing`,
      [both.map(bucketOf), both, workspace, UNMERGING, op],
    )
    if (parked.rowCount !== 2)
      throw new Problem(409, 'parked', 'One of the two is set aside', {
        action: 'See Ops, Parked: release the customer, then try again.',
      })
    await sql.query(
      'update customer set due_at = null where bucket = any($1::smallint[]) and id = any($2::uuid[]) and workspace_id = $3',
      [both.map(bucketOf), both, workspace],
    )
  })
}

/** Which messages that their runs wait for exist, and which of the survivor's are not sent yet. */
async function messagesOf(sql: Sql, workspace: Uuid, survivor: Uuid, parted: Parted): Promise<Messages> {
  const waits = [...waitsOf(parted.rest), ...waitsOf(parted.part)]
  const known = await sql.query<{ id: Uuid; state: MessageState; reason: string | null }>(
    'select id, state, reason from message where bucket = any($1::smallint[]) and id = any($2::uuid[]) and workspace_id = $3',
    [[...new Set(waits.map(bucketOf))], waits, workspace],
  )
  const open = await sql.query<{ id: Uuid }>(
    `select id from message where bucket = $1 and workspace_id = $3 and customer_id = $2 and enrollment_id is not null and state in ('intended', 'claimed')`,
    [bucketOf(survivor), survivor, workspace],
  )
  return {
    there: new Map(known.rows.map(r => [r.id, { outcome: outcomeOf(r.state), reason: r.reason }])),
    open: open.rows.map(r => r.id),
  }
}

type JournalRow = { seq: number; catalogue_no: number; body: Buffer }

/** Everything the journal holds of one customer, from the edge on. */
async function readPast(sql: Sql, workspace: Uuid, customer: Uuid): Promise<Past> {
  const bucket = bucketOf(customer)
  const worlds = openWorlds()
  const start = await sql.query<{ state: string }>(
    'select state from customer_snapshot where bucket = $1 and id = $2 and workspace_id = $3',
    [bucket, customer, workspace],
  )
  const snapshot = start.rows[0]
  const past: Past = {
    start: !snapshot || snapshot.state === '{}' ? null : unpackState(snapshot.state),
    facts: {},
    entries: [],
  }
  const edge = await sql.query<{ seq: number }>('select seq from journal_edge where bucket = $1', [bucket])
  for (let seq = edge.rows[0]?.seq ?? 0; ; ) {
    const { rows } = await sql.query<JournalRow>(
      'select seq, catalogue_no, body from journal where bucket = $1 and seq > $2 and workspace_id = $3 order by seq limit 200',
      [bucket, seq, workspace],
    )
    if (rows.length === 0) break
    seq = rows.at(-1)!.seq
    await worlds.load(
      sql,
      rows.map(r => ({ workspace, no: r.catalogue_no })),
    )
    for (const row of rows) {
      const world = worlds.get(workspace, row.catalogue_no)
      for (const entry of unpackEntriesOf(row.body, customer)) past.entries.push({ entry, world })
    }
  }
  await oldOrders(sql, workspace, customer, past)
  return past
}

/** Order rows that were written before the journal begins. */
async function oldOrders(sql: Sql, workspace: Uuid, customer: Uuid, past: Past): Promise<void> {
  const later = new Set(
    past.entries.flatMap(({ entry }) =>
      (entry.e ?? []).flatMap(e => (e.kind === 'order' ? [e.row.orderNo + e.row.key] : [])),
    ),
  )
  for (const row of await orderRowsOf(sql, workspace, customer))
    if (!later.has(row.orderNo + row.key)) (past.facts[orderFact(row.orderNo)] ??= []).push(row)
}
