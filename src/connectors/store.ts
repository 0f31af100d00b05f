// What is kept of sources: how they are set up, what came, what could not be used.
import type { Fault } from '../collect/json.ts'
import { ALL_BUCKETS, newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import type { SourceKind, SourceSettings } from './model.ts'
import { storable } from '../platform/values.ts'

export type SourceRow = {
  workspace_id: Uuid
  id: Uuid
  kind: SourceKind
  name: string
  settings: SourceSettings
  secret: Buffer | null
  active: boolean
  version: number
}
export type StateRow = {
  last_at: Date | null
  rows_in: number
  rejected: number
  refused_at: Date | null
  refused_why: string | null
  last_topic: string | null
  waiting: number
}
export type DeadLetter = {
  id: Uuid
  at: Date
  topic: string | null
  code: string
  path: string | null
  detail: string
  body: string
}

/** A body is shown and mapped whole up to here; longer ones are cut for the preview only. */
const LAST_BODY_CHARACTERS = 200_000

const SELECT = `select s.workspace_id, s.id, s.kind, s.name, s.settings, s.secret, s.active, s.version,
       t.last_at, coalesce(t.rows_in, 0) as rows_in, coalesce(t.rejected, 0) as rejected, t.refused_at, t.refused_why, t.last_topic,
       (select count(*)::int from dead_letter d where d.workspace_id = s.workspace_id and d.source_id = s.id) as waiting
  from source s left join source_state t on t.source_id = s.id`

export async function listSources(sql: Sql, workspace: Uuid): Promise<(SourceRow & StateRow)[]> {
  const { rows } = await sql.query<SourceRow & StateRow>(
    `${SELECT} where s.workspace_id = $1 order by s.created_at, s.id`,
    [workspace],
  )
  return rows
}

/** @throws Problem 404 */
export async function findSource(sql: Sql, workspace: Uuid, id: Uuid): Promise<SourceRow & StateRow> {
  const { rows } = await sql.query<SourceRow & StateRow>(
    `${SELECT} where s.workspace_id = $1 and s.id = $2`,
    [workspace, id],
  )
  if (!rows[0]) throw notFound('src')
  return rows[0]
}

export type PostedTo = SourceRow & { timezone: string; currency: string }

/** The source an address names, which says its workspace too. */
export async function sourceOfAddress(sql: Sql, id: Uuid): Promise<PostedTo | null> {
  const { rows } = await sql.query<PostedTo>(
    `select s.workspace_id, s.id, s.kind, s.name, s.settings, s.secret, s.active, s.version, w.timezone, w.currency
       from source s join workspace w on w.id = s.workspace_id where s.id = $1`,
    [id],
  )
  return rows[0] ?? null
}

export async function insertSource(
  sql: Sql,
  source: Pick<SourceRow, 'workspace_id' | 'kind' | 'name' | 'settings' | 'secret'>,
): Promise<Uuid> {
  const id = newId()
  await sql.query(
    'insert into source (workspace_id, id, kind, name, settings, secret, created_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [
      source.workspace_id,
      id,
      source.kind,
      source.name,
      JSON.stringify(source.settings),
      source.secret,
      new Date(),
    ],
  )
  await sql.query('insert into source_state (source_id) values ($1)', [id])
  return id
}

/** False when `version` is not the present one. A null secret stays as it is. */
export async function updateSource(
  sql: Sql,
  source: Pick<SourceRow, 'workspace_id' | 'id' | 'name' | 'settings' | 'secret' | 'active' | 'version'>,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update source set name = $4, settings = $5, secret = coalesce($6, secret), active = $7, version = version + 1
      where workspace_id = $1 and id = $2 and version = $3`,
    [
      source.workspace_id,
      source.id,
      source.version,
      source.name,
      JSON.stringify(source.settings),
      source.secret,
      source.active,
    ],
  )
  return rowCount === 1
}

export async function deleteSource(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query('delete from source where workspace_id = $1 and id = $2', [
    workspace,
    id,
  ])
  return rowCount === 1
}

// ── deliveries ───────────────────────────────────────────────────────────────

/** False when this delivery came before. */
export async function claimDelivery(sql: Sql, source: Uuid, delivery: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    'insert into source_delivery (source_id, delivery, at) values ($1, $2, $3) on conflict do nothing',
    [source, delivery.slice(0, 300), new Date()],
  )
  return rowCount === 1
}

export type Noted = { rows: number; rejected: number; topic: string | null; body: string }

/** After a delivery with a good signature. */
export async function noteDelivery(sql: Sql, source: Uuid, noted: Noted): Promise<void> {
  await sql.query(
    `update source_state set last_at = $2, rows_in = rows_in + $3, rejected = rejected + $4, last_topic = $5, last_body = $6
      where source_id = $1`,
    [
      source,
      new Date(),
      noted.rows,
      noted.rejected,
      noted.topic,
      storable(noted.body).slice(0, LAST_BODY_CHARACTERS),
    ],
  )
}

export async function noteRefused(sql: Sql, source: Uuid, why: string): Promise<void> {
  await sql.query(
    'update source_state set refused_at = $2, refused_why = $3 where source_id = $1 and (refused_at is null or refused_at < $4)',
    [source, new Date(), why, new Date(Date.now() - 1_000)],
  )
}

export async function lastBody(
  sql: Sql,
  source: Uuid,
): Promise<{ topic: string | null; body: string } | null> {
  const { rows } = await sql.query<{ last_topic: string | null; last_body: string | null }>(
    'select last_topic, last_body from source_state where source_id = $1',
    [source],
  )
  const row = rows[0]
  return row?.last_body ? { topic: row.last_topic, body: row.last_body } : null
}

// ── dead letters ─────────────────────────────────────────────────────────────

export async function keepDeadLetter(
  sql: Sql,
  source: Pick<SourceRow, 'workspace_id' | 'id'>,
  letter: { id?: Uuid; topic: string | null; fault: Fault; body: string },
): Promise<void> {
  await sql.query(
    `insert into dead_letter (workspace_id, source_id, id, at, topic, code, path, detail, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (workspace_id, source_id, id) do update set code = excluded.code, path = excluded.path, detail = excluded.detail`,
    [
      source.workspace_id,
      source.id,
      letter.id ?? newId(),
      new Date(),
      letter.topic,
      letter.fault.code,
      letter.fault.path && storable(letter.fault.path),
      storable(`${letter.fault.detail}. ${letter.fault.action}`),
      storable(letter.body),
    ],
  )
}

export async function countDeadLetters(sql: Sql, workspace: Uuid): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    'select count(*)::int as n from dead_letter where workspace_id = $1',
    [workspace],
  )
  return rows[0]?.n ?? 0
}

/** Newest first, below the id `before`; those named when `ids` are given. */
export async function deadLettersOf(
  sql: Sql,
  workspace: Uuid,
  source: Uuid,
  which: { before?: Uuid | null; ids?: Uuid[] | null; limit: number },
): Promise<DeadLetter[]> {
  const { rows } = await sql.query<DeadLetter>(
    `select id, at, topic, code, path, detail, body from dead_letter
      where workspace_id = $1 and source_id = $2 and ($3::uuid is null or id < $3) and ($4::uuid[] is null or id = any($4))
      order by id desc limit $5`,
    [workspace, source, which.before ?? null, which.ids ?? null, which.limit],
  )
  return rows
}

export async function dropDeadLetters(
  sql: Sql,
  workspace: Uuid,
  source: Uuid,
  ids: Uuid[] | null,
): Promise<number> {
  const { rowCount } = await sql.query(
    'delete from dead_letter where workspace_id = $1 and source_id = $2 and ($3::uuid[] is null or id = any($3))',
    [workspace, source, ids],
  )
  return rowCount ?? 0
}

/** What the sender's own order numbers are known as. */
export async function orderNames(sql: Sql, source: Uuid, outside: string[]): Promise<Map<string, string>> {
  if (outside.length === 0) return new Map()
  const { rows } = await sql.query<{ outside: string; order_no: string }>(
    'select outside, order_no from source_order where source_id = $1 and outside = any($2::text[])',
    [source, outside],
  )
  return new Map(rows.map(r => [r.outside, r.order_no]))
}

export async function keepOrderNames(
  sql: Sql,
  source: Uuid,
  names: { outside: string; orderNo: string }[],
): Promise<void> {
  for (const { outside, orderNo } of names)
    await sql.query(
      `insert into source_order (source_id, outside, order_no, at) values ($1, $2, $3, $4)
       on conflict (source_id, outside) do update set order_no = excluded.order_no where source_order.order_no <> excluded.order_no`,
      [source, outside, orderNo, new Date()],
    )
}

// ── whose order ──────────────────────────────────────────────────────────────

/** Who holds these orders, by order number; an order two people hold is nobody's here, and one that an unmerge gave to
 *  somebody else is theirs alone. */
export async function customersOfOrders(
  sql: Sql,
  workspace: Uuid,
  orders: string[],
): Promise<Map<string, Uuid>> {
  if (orders.length === 0) return new Map()
  const { rows } = await sql.query<{ order_no: string; customers: Uuid[] }>(
    `select order_no, array_agg(customer_id) as customers
       from (select o.order_no, o.customer_id,
                    sum(case when o.entry <> 'moved' then 0 when o.body::jsonb ? 'back' then -1 else 1 end) as away
               from order_entry o join customer c on c.bucket = o.bucket and c.id = o.customer_id
              where o.bucket = any($1::smallint[]) and o.workspace_id = $2 and o.order_no = any($3::text[]) and o.entry <> 'points' and c.merged_into is null
              group by o.order_no, o.customer_id) held
      where away <= 0 group by order_no`,
    [ALL_BUCKETS, workspace, orders],
  )
  return new Map(rows.flatMap(r => (r.customers.length === 1 ? [[r.order_no, r.customers[0]!]] : [])))
}
