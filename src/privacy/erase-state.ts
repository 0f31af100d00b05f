// A person's rows, their entries in the journal, and what others' states and inputs say of them. The buckets' leases are
// taken for one transaction (their epoch goes up), so that no owner folds what it has in memory over what is gone.
import type { CustomerState } from '../customers/model.ts'
import { lineParts } from '../customers/contacts.ts'
import { packState, unpackState } from '../customers/pack.ts'
import { hideAddresses } from '../messages/suppression.ts'
import type { Core } from '../platform/core.ts'
import { ALL_BUCKETS, bucketOf, bucketOfText, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { forgetInRow } from './journal.ts'
import { type Needles, type Person, type PersonValue, redact } from './model.ts'
import {
  columnsOf,
  eachJournalRow,
  personTables,
  personValues,
  personWhere,
  textValues,
  textWhere,
} from './places.ts'
import { workspaceTimeOf } from './store.ts'
import { Tally } from './tally.ts'

/** Becomes the owner of these buckets for the rest of the transaction: whoever held them reads everything again. */
const takeBuckets = (sql: Sql, buckets: number[]): Promise<unknown> =>
  sql.query(
    `with l as (select bucket from bucket where bucket = any($1::smallint[]) order by bucket for no key update)
     update bucket b set owner = null, lease_until = '-infinity', epoch = epoch + 1 from l where b.bucket = l.bucket`,
    [buckets],
  )

/** The person's rows, and their entries in the journal of the same buckets, in one transaction: replay equals state
 *  before and after it. Their addresses stay suppressed, as hashes. */
export async function eraseState(
  core: Core,
  person: Person,
  needles: Needles,
  erased: Tally,
  redacted: Tally,
): Promise<void> {
  const buckets = [...new Set(person.ids.map(bucketOf))].sort((a, b) => a - b)
  // found before the lock is taken, so that folds wait for what came meanwhile only
  const seen = new Map<number, number>()
  const hits: { bucket: number; seq: number }[] = []
  const look = async (sql: Sql, bucket: number) => {
    await eachJournalRow(sql, person.workspace, bucket, seen.get(bucket) ?? 0, row => {
      seen.set(bucket, row.seq)
      if (forgetInRow(row.body, needles)) hits.push({ bucket, seq: row.seq })
    })
  }
  for (const bucket of buckets) await look(core.pool, bucket)
  const now = await workspaceTimeOf(core.pool, person.workspace)
  const counted = new Tally()
  const changed = new Tally()
  await inTransaction(core.pool, async sql => {
    await takeBuckets(sql, buckets)
    for (const bucket of buckets) await look(sql, bucket)
    const tables = await personTables(sql)
    const first = ['identifier', 'message'] // the lock order of every role
    tables.sort((a, b) => rank(first, a.table) - rank(first, b.table) || (a.table < b.table ? -1 : 1))
    for (const t of tables) {
      const { rowCount } = await sql.query(
        `delete from "${t.table}" where ${personWhere(t)}`,
        personValues(person),
      )
      counted.add(`postgres.${t.table}`, rowCount ?? 0)
    }
    await renameShared(sql, person, needles)
    await rewriteRows(sql, needles, hits, counted, changed)
    await redactOthers(sql, person, needles, buckets, changed)
    await hideAddresses(sql, core.secrets, { ...person, at: now, addresses: addressesOf(person) })
  })
  for (const p of counted.list()) erased.add(p.place, p.rows)
  for (const p of changed.list()) redacted.add(p.place, p.rows)
}

/** Identifiers of the person that others hold, too (shared ones stand for nobody): those have to lead somewhere under
 *  the word that will stand in their states. The row under the value itself goes when all of them are rewritten. */
async function renameShared(sql: Sql, person: Person, needles: Needles): Promise<void> {
  const { rows } = await sql.query<PersonValue & { bucket: number }>(
    `select i.bucket, i.kind, i.value from identifier i join unnest($2::text[], $3::text[]) v(kind, value) using (kind, value)
      where i.workspace_id = $1 and i.bucket = any($4::smallint[])`,
    [person.workspace, ...columnsOf(person), ALL_BUCKETS],
  )
  for (const row of rows) {
    const { value } = redact({ kind: row.kind, value: row.value }, needles)
    await sql.query(
      `insert into identifier select (r).* from (
         select jsonb_populate_record(i, jsonb_build_object('bucket', $5::int, 'value', $6::text)) as r from identifier i
          where i.bucket = $1 and i.workspace_id = $2 and i.kind = $3 and i.value = $4) s on conflict do nothing`,
      [row.bucket, person.workspace, row.kind, row.value, bucketOfText(row.kind, value), value],
    )
  }
}

const rank = (first: string[], table: string): number =>
  (first.indexOf(table) + first.length + 1) % (first.length + 1)

const CHANNELS_OF: Record<string, string[]> = {
  email: ['email'],
  line_uid: ['line'],
  phone: ['sms'],
  push_token: ['push', 'webpush'],
}
const addressesOf = (person: Person): { channel: string; address: string }[] =>
  person.values.flatMap(v =>
    (CHANNELS_OF[v.kind] ?? []).map(channel => ({
      channel,
      address: channel === 'line' ? lineParts(v.value).uid : v.value,
    })),
  )

async function rewriteRows(
  sql: Sql,
  needles: Needles,
  hits: { bucket: number; seq: number }[],
  erased: Tally,
  redacted: Tally,
): Promise<void> {
  for (const { bucket, seq } of hits) {
    const { rows } = await sql.query<{ body: Buffer }>(
      'select body from journal where bucket = $1 and seq = $2 for update',
      [bucket, seq],
    )
    const again = rows[0] && forgetInRow(rows[0].body, needles)
    if (!again) continue
    await sql.query('update journal set body = $3 where bucket = $1 and seq = $2', [bucket, seq, again.body])
    erased.add('journal', again.erased)
    for (const n of again.redacted.values()) redacted.add('journal', n)
  }
}

/** Other customers of these buckets whose state (and snapshot) names a value: a hint that somebody else's browser left,
 *  an address that two people share. It becomes the same word as in their journal. */
async function redactOthers(
  sql: Sql,
  person: Person,
  needles: Needles,
  buckets: number[],
  redacted: Tally,
): Promise<void> {
  for (const table of ['customer', 'customer_snapshot']) {
    const { rows } = await sql.query<{ bucket: number; id: Uuid; state: string }>(
      `select bucket, id, state from ${table} where bucket = any($3::smallint[]) and ${textWhere({ table, columns: ['state'], workspace: true })}`,
      [...textValues(person.workspace, needles), buckets],
    )
    for (const row of rows) {
      const state = packState(redact(unpackState(row.state), needles) as CustomerState)
      await sql.query(`update ${table} set state = $3 where bucket = $1 and id = $2`, [
        row.bucket,
        row.id,
        state,
      ])
      redacted.add(`postgres.${table}`, 1)
    }
  }
}

/** Another bucket's journal and states, where others' inputs name the person. */
export async function redactBucket(
  core: Core,
  person: Person,
  needles: Needles,
  bucket: number,
  redacted: Tally,
): Promise<void> {
  const hits: { bucket: number; seq: number }[] = []
  await eachJournalRow(core.pool, person.workspace, bucket, 0, row => {
    if (forgetInRow(row.body, needles)) hits.push({ bucket, seq: row.seq })
  })
  const changed = new Tally()
  const states = await core.pool.query(
    `select 1 from customer where bucket = $3 and ${textWhere({ table: 'customer', columns: ['state'], workspace: true })} limit 1`,
    [...textValues(person.workspace, needles), bucket],
  )
  if (hits.length === 0 && states.rowCount === 0) return
  await inTransaction(core.pool, async sql => {
    await takeBuckets(sql, [bucket])
    await rewriteRows(sql, needles, hits, changed, changed)
    await redactOthers(sql, person, needles, [bucket], changed)
  })
  for (const p of changed.list()) redacted.add(p.place, p.rows)
}
