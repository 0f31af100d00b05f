// Puts a backup back into an installation on which nothing runs; what was in it before is gone. The restored database is
// another incarnation, and sending is paused in every workspace: what fell due meanwhile waits for a person.
import { randomUUID } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { told, worthOf } from '../customers/order-worth.ts'
import { orderStateRow } from '../inbox/history-orders.ts'
import { snapshotRow, type StoredCustomer } from '../inbox/history-rows.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import { demandAlone } from './alone.ts'
import { checkParts, type Manifest, openBackup, type Part, readPart } from './backup-files.ts'
import { columnList, isEvents } from './backup.ts'
import type { History } from './clickhouse.ts'
import { Problem } from './errors.ts'
import { BUCKETS, type Uuid } from './ids.ts'
import type { Log } from './log.ts'
import { migrateClickHouse, migratePostgres, SchemaMismatch, type Step, stepsOf } from './migrate.ts'

export type RestoreTarget = {
  databaseUrl: string
  history: History
  log: Log
  /** false: refuse when the target holds a workspace */
  replace: boolean
  onProgress?: (step: string, done: number, total: number) => void
}

export type Restored = { at: string; rows: number; historyRows: number; workspaces: number; waiting: number }

/** @throws Problem when something runs on the target, it is not empty and may not be replaced, or the backup is damaged */
export async function restore(target: RestoreTarget, source: string): Promise<Restored> {
  const { dir, manifest, close } = await openBackup(source)
  const client = new pg.Client({
    connectionString: target.databaseUrl,
    application_name: 'itinera restore',
    statement_timeout: 0,
  })
  try {
    await checkParts(dir, manifest)
    const steps = stepsOfBackup(manifest)
    await client.connect()
    await refuseWhenInUse(client, target.replace)
    await client.query('begin')
    await fillPostgres(client, dir, manifest, steps, target)
    const counted = await settle(client)
    await client.query('commit')
    // migrations since the backup was made; then history, which follows the restored customers
    await migratePostgres(target.databaseUrl, target.log)
    await fillHistory(client, dir, manifest, target)
    const rows = manifest.postgres.parts.reduce((n, p) => n + p.rows, 0)
    return {
      at: manifest.at,
      rows,
      historyRows: manifest.history.parts.filter(isEvents).reduce((n, p) => n + p.rows, 0),
      ...counted,
    }
  } finally {
    await client.end()
    close()
  }
}

/** The schema steps the backup was made under, which must be ours in the same wording. */
function stepsOfBackup(manifest: Manifest): Step[] {
  const ours = stepsOf('postgres')
  return manifest.postgres.steps.map(s => {
    const step = ours.find(o => o.name === s.name && o.hash === s.hash)
    if (!step)
      throw new SchemaMismatch(
        `The backup was made with the schema step ${s.name} in a form this version does not know. Restore it with the version that made it, or a newer one.`,
      )
    return step
  })
}

async function refuseWhenInUse(client: pg.Client, replace: boolean): Promise<void> {
  const table = await client.query<{ there: string | null }>(
    `select to_regclass('public.workspace')::text as there`,
  )
  const found = table.rows[0]?.there ? (await client.query('select from workspace limit 1')).rowCount : 0
  if (found) await demandAlone(client, 'restore')
  if (found && !replace) {
    throw new Problem(409, 'not_empty', 'There is data here already', {
      action: 'Restore into an empty DATA_DIR, or say --replace to lose what is here.',
    })
  }
}

/** A fresh schema as it was, then the rows: all in one transaction, so that a restore that fails changes nothing. */
async function fillPostgres(
  client: pg.Client,
  dir: string,
  manifest: Manifest,
  steps: Step[],
  target: RestoreTarget,
): Promise<void> {
  await client.query('drop schema public cascade; create schema public')
  await client.query(
    'create table schema_migration (name text primary key, hash text not null, at timestamptz not null default now())',
  )
  for (const step of steps) {
    await client.query(step.text)
    await client.query('insert into schema_migration (name, hash) values ($1, $2)', [step.name, step.hash])
  }
  const { parts } = manifest.postgres
  // steps put rows into some tables (bucket, history_group); children before parents
  for (const part of parts.toReversed()) await client.query(`delete from "${part.table}"`)
  for (const [i, part] of parts.entries()) {
    const stream = client.query(copyFrom(`copy "${part.table}" (${columnList(part.columns)}) from stdin`))
    await pipeline(readPart(dir, part), stream)
    if (stream.rowCount !== part.rows)
      throw new Error(`${part.table}: ${stream.rowCount} rows came back of ${part.rows}`)
    target.onProgress?.('postgres', i + 1, parts.length)
  }
}

/** What must differ from the snapshot: leases are nobody's, the incarnation is new, sending waits. */
async function settle(client: pg.Client): Promise<{ workspaces: number; waiting: number }> {
  await client.query(`update bucket set owner = null, lease_until = '-infinity', epoch = epoch + 1`)
  await client.query(
    `update history_group set owner = null, lease_until = '-infinity', epoch = epoch + 1, batch = null`,
  )
  await client.query(
    `insert into system (key, value) values ('incarnation', $1) on conflict (key) do update set value = excluded.value`,
    [randomUUID()],
  )
  const paused = await client.query(
    `update workspace set settings = settings || '{"sendingPaused": true}', version = version + 1`,
  )
  const waiting = await client.query<{ n: number }>(
    `select count(*)::int as n from message where state in ('intended', 'claimed')`,
  )
  // identity columns go on where the rows end
  const { rows } = await client.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attidentity <> '' and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
  )
  for (const { table, column } of rows) {
    await client.query(
      `select setval(pg_get_serial_sequence('public."${table}"', '${column}'), greatest(1, (select coalesce(max("${column}"), 0) + 1 from "${table}")), false)`,
    )
  }
  return { workspaces: paused.rowCount ?? 0, waiting: waiting.rows[0]!.n }
}

async function fillHistory(
  client: pg.Client,
  dir: string,
  manifest: Manifest,
  target: RestoreTarget,
): Promise<void> {
  const { history } = target
  // stores and products are copied there again from what was restored
  for (const table of ['store', 'product']) await client.query(`update ${table} set mirrored = 0`)
  // made anew rather than emptied: with it goes what the old one remembers of tokens
  for (const table of [
    'event',
    'customer',
    'order_state',
    'segment_size',
    'store',
    'product',
    'schema_migration',
  ])
    await history.command({ query: `drop table if exists ${table} sync` })
  await migrateClickHouse(history, target.log)
  const { parts } = manifest.history
  for (const [i, part] of parts.entries()) {
    await insertPart(history, dir, part)
    target.onProgress?.('history', i + 1, parts.length)
  }
  const found = await history.query({
    query: 'select toUInt32(count()) as n from event',
    format: 'JSONEachRow',
  })
  const [row] = await found.json<{ n: number }>()
  const wanted = parts.filter(isEvents).reduce((n, p) => n + p.rows, 0)
  if (row?.n !== wanted) throw new Error(`history: ${row?.n ?? 0} rows came back of ${wanted}`)
  await fillCustomers(client, history)
}

async function insertPart(history: History, dir: string, part: Part): Promise<void> {
  const [first, ...rest] = part.columns
  if (!first) throw new Error(`${part.file}: a part without columns`)
  await history.insert({
    table: part.table,
    columns: [first, ...rest],
    values: readPart(dir, part),
    format: 'TabSeparated',
    clickhouse_settings: { insert_deduplicate: 0 },
  })
}

/** The newest snapshot of each customer, from the restored customers themselves. */
async function fillCustomers(client: pg.Client, history: History): Promise<void> {
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (let after: string | null = null; ; ) {
      const { rows }: { rows: StoredCustomer[] } = await client.query<StoredCustomer>(
        `select id, workspace_id, version, state, merged_into from customer
          where bucket = $1 and ($2::uuid is null or id > $2) order by id limit 5000`,
        [bucket, after],
      )
      if (!rows.length) break
      await history.insert({
        table: 'customer',
        values: rows.map(snapshotRow),
        format: 'JSONEachRow',
        clickhouse_settings: { insert_deduplicate: 0 },
      })
      await fillOrders(client, history, bucket, rows)
      after = rows.at(-1)!.id
    }
  }
}

/** What the orders of these customers are worth, from their entries. What is folded from now on is newer. */
async function fillOrders(
  client: pg.Client,
  history: History,
  bucket: number,
  customers: { id: Uuid }[],
): Promise<void> {
  const { rows } = await client.query<{ journal_seq: number }>(
    'select journal_seq from bucket where bucket = $1',
    [bucket],
  )
  const place = { seq: rows[0]!.journal_seq, line: Number.MAX_SAFE_INTEGER, part: Number.MAX_SAFE_INTEGER }
  const entries = await client.query<OrderRow & { customer: Uuid; workspace: Uuid; body: string }>(
    `select workspace_id as workspace, customer_id as customer, order_no as "orderNo", entry, key,
            (extract(epoch from occurred) * 1000)::float8 as occurred, amount, currency, body
       from order_entry where bucket = $1 and customer_id = any($2::uuid[])`,
    [bucket, customers.map(c => c.id)],
  )
  const byOrder = Map.groupBy(entries.rows, r => `${r.workspace} ${r.customer} ${r.orderNo}`)
  const values = [...byOrder.values()].map(all => {
    const [{ workspace, customer, orderNo: order }] = all as [(typeof all)[number]]
    const rows = all.map((r): OrderRow => ({ ...r, body: JSON.parse(r.body) as OrderRow['body'] }))
    return orderStateRow(workspace, customer, place, { kind: 'worth', order, worth: told(worthOf(rows)) })
  })
  if (values.length > 0)
    await history.insert({
      table: 'order_state',
      values,
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplicate: 0 },
    })
}
