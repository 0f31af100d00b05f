// Webhooks of a workspace and what is to be delivered to them: all of their SQL. Deadlines are real time.
import { deriveId, hashId, newId, publicId, type Uuid } from '../platform/ids.ts'
import type { HistoryRow } from '../inbox/history-rows.ts'
import type { Sql } from '../platform/postgres.ts'
import { fitsPattern } from './event-types.ts'
import type { Listener } from './read.ts'

export type WebhookState = 'on' | 'paused' | 'failing'
export type WebhookRow = {
  id: Uuid
  workspace_id: Uuid
  name: string
  url: string
  events: string[]
  secret: Buffer
  old_secret: Buffer | null
  old_until: Date | null
  state: WebhookState
  failing_since: Date | null
  last_ok: Date | null
  last_error: string | null
  created_at: Date
  version: number
}
const COLUMNS =
  'id, workspace_id, name, url, events, secret, old_secret, old_until, state, failing_since, last_ok, last_error, created_at, version'

export async function listWebhooks(
  sql: Sql,
  workspace: Uuid,
): Promise<(WebhookRow & { waiting: number; dead: number })[]> {
  const { rows } = await sql.query<WebhookRow & { waiting: number; dead: number }>(
    `select ${COLUMNS}, coalesce(d.waiting, 0)::float8 as waiting, coalesce(d.dead, 0)::float8 as dead from webhook w
       left join (select webhook_id, count(*) filter (where state = 'waiting') as waiting,
                         count(*) filter (where state = 'dead') as dead
                    from webhook_delivery where workspace_id = $1 group by webhook_id) d on d.webhook_id = w.id
      where w.workspace_id = $1 order by w.created_at, w.id`,
    [workspace],
  )
  return rows
}

export async function findWebhook(sql: Sql, workspace: Uuid, id: Uuid): Promise<WebhookRow | null> {
  const { rows } = await sql.query<WebhookRow>(
    `select ${COLUMNS} from webhook where workspace_id = $1 and id = $2`,
    [workspace, id],
  )
  return rows[0] ?? null
}

export type WebhookFields = { name: string; url: string; events: string[] }

export async function insertWebhook(
  sql: Sql,
  workspace: Uuid,
  fields: WebhookFields,
  secret: Buffer,
): Promise<Uuid> {
  const id = newId()
  await sql.query(
    `insert into webhook (id, workspace_id, name, url, events, secret, state, created_at)
     values ($1, $2, $3, $4, $5, $6, 'on', clock_timestamp())`,
    [id, workspace, fields.name, fields.url, fields.events, secret],
  )
  return id
}

/** False when there is no such webhook of this version. Turned on again its failures are forgotten. */
export async function updateWebhook(
  sql: Sql,
  of: { workspace: Uuid; id: Uuid; version: number },
  fields: WebhookFields & { on: boolean },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update webhook set name = $4, url = $5, events = $6, version = version + 1,
            state = case when $7 then 'on' when state = 'on' then 'paused' else state end,
            failing_since = case when $7 and state <> 'on' then null else failing_since end
      where workspace_id = $1 and id = $2 and version = $3`,
    [of.workspace, of.id, of.version, fields.name, fields.url, fields.events, fields.on],
  )
  return rowCount === 1
}

export async function rotateSecret(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  secret: Buffer,
  overlapS: number,
): Promise<void> {
  await sql.query(
    `update webhook set old_secret = secret, old_until = clock_timestamp() + make_interval(secs => $4), secret = $3,
            version = version + 1 where workspace_id = $1 and id = $2`,
    [workspace, id, secret, overlapS],
  )
}

export async function deleteWebhook(sql: Sql, workspace: Uuid, id: Uuid): Promise<void> {
  await sql.query('delete from webhook_delivery where workspace_id = $1 and webhook_id = $2', [workspace, id])
  await sql.query('delete from webhook where workspace_id = $1 and id = $2', [workspace, id])
}

type NewDelivery = {
  workspace: Uuid
  id: Uuid
  webhook: Uuid
  customer: Uuid | null
  type: string
  body: string
}

export async function insertDeliveries(sql: Sql, list: NewDelivery[]): Promise<void> {
  if (list.length === 0) return
  await sql.query(
    `insert into webhook_delivery (workspace_id, id, webhook_id, customer_id, type, body, state, due, created_at)
     select *, 'waiting', clock_timestamp(), clock_timestamp()
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])
     on conflict do nothing`,
    [
      list.map(d => d.workspace),
      list.map(d => d.id),
      list.map(d => d.webhook),
      list.map(d => d.customer),
      list.map(d => d.type),
      list.map(d => d.body),
    ],
  )
}

const NONE = '00000000-0000-0000-0000-000000000000'

/** What is told of one event. Traits stay here: an event carries them for the profile, not for others. */
export function bodyOf(row: HistoryRow, id: Uuid): string {
  const { traits: _, ...props } = JSON.parse(row.props) as Record<string, unknown>
  return JSON.stringify({
    type: row.name,
    version: 1,
    timestamp: new Date(row.occurred).toISOString(),
    data: {
      id: publicId('evt', id),
      customer: publicId('cus', row.customer_id),
      ...(row.message === NONE ? {} : { message: publicId('msg', row.message) }),
      ...(row.journey_id === NONE ? {} : { journey: publicId('jrn', row.journey_id) }),
      ...(row.node === '' ? {} : { node: row.node }),
      ...(row.channel === '' ? {} : { channel: row.channel }),
      props,
    },
  })
}

/** Puts what happened into the queue of every webhook that wants it. One that is paused by a person hears nothing of that
 *  time; for one that fails it waits. */
export const webhookListener: Listener = {
  async workspaces(sql) {
    const { rows } = await sql.query<{ workspace_id: Uuid }>(
      `select distinct workspace_id from webhook where state <> 'paused'`,
    )
    return rows.map(r => r.workspace_id)
  },
  async take(sql, rows) {
    const { rows: hooks } = await sql.query<
      Pick<WebhookRow, 'id' | 'workspace_id' | 'events' | 'created_at'>
    >(
      `select id, workspace_id, events, created_at from webhook where state <> 'paused' and workspace_id = any($1::uuid[])`,
      [[...new Set(rows.map(r => r.workspace_id))]],
    )
    const made = rows.flatMap(row => {
      const event = hashId(row.bucket, row.seq, row.line, row.part)
      return hooks
        .filter(h => h.workspace_id === row.workspace_id && row.folded >= h.created_at.getTime())
        .filter(h => h.events.some(pattern => fitsPattern(pattern, row.name)))
        .map(h => ({
          workspace: row.workspace_id,
          id: deriveId(row.bucket, h.id, event),
          webhook: h.id,
          customer: row.customer_id,
          type: row.name,
          body: bodyOf(row, event),
        }))
    })
    await insertDeliveries(sql, made)
  },
}

export type Due = {
  workspace_id: Uuid
  id: Uuid
  webhook_id: Uuid
  body: string
  attempts: number
  url: string
  secret: Buffer
  old_secret: Buffer | null
}

/** Those that are due, held for a while: a process that dies leaves them to be tried again. */
export async function claimDeliveries(sql: Sql, limit: number, holdS: number): Promise<Due[]> {
  const { rows } = await sql.query<Due>(
    `with due as (
       select d.workspace_id, d.id from webhook_delivery d join webhook w on w.id = d.webhook_id and w.state = 'on'
        where d.state = 'waiting' and d.due <= clock_timestamp() order by d.due limit $1 for update of d skip locked)
     update webhook_delivery d set attempts = d.attempts + 1, due = clock_timestamp() + make_interval(secs => $2)
       from due, webhook w
      where d.workspace_id = due.workspace_id and d.id = due.id and w.id = d.webhook_id
     returning d.workspace_id, d.id, d.webhook_id, d.body, d.attempts, w.url, w.secret,
               case when w.old_until > clock_timestamp() then w.old_secret end as old_secret`,
    [limit, holdS],
  )
  return rows
}

export type Answered =
  | { ok: true; status: number }
  | { ok: false; status: number | null; error: string; gone: boolean }

/** @param againS when it is tried again; null: never, it is a dead letter */
export async function recordDelivery(
  sql: Sql,
  of: Due,
  answer: Answered,
  againS: number | null,
): Promise<void> {
  const state = answer.ok ? 'done' : againS === null ? 'dead' : 'waiting'
  await sql.query(
    `update webhook_delivery set state = $3, status = $4, error = $5,
            due = case when $6::float8 is null then due else clock_timestamp() + make_interval(secs => $6) end
      where workspace_id = $1 and id = $2`,
    [of.workspace_id, of.id, state, answer.status, answer.ok ? null : answer.error.slice(0, 300), againS],
  )
  await (answer.ok
    ? sql.query(
        `update webhook set failing_since = null, last_ok = clock_timestamp(), last_error = null where id = $1`,
        [of.webhook_id],
      )
    : sql.query(
        `update webhook set failing_since = coalesce(failing_since, clock_timestamp()), last_error = $2,
                state = case when $3 and state = 'on' then 'failing' else state end where id = $1`,
        [of.webhook_id, answer.error.slice(0, 300), answer.gone],
      ))
}

/** Pauses what has failed for so long without one success; says how many. */
export async function pauseFailing(sql: Sql, afterS: number): Promise<Uuid[]> {
  const { rows } = await sql.query<{ workspace_id: Uuid }>(
    `update webhook set state = 'failing' where state = 'on' and failing_since < clock_timestamp() - make_interval(secs => $1)
     returning workspace_id`,
    [afterS],
  )
  return rows.map(r => r.workspace_id)
}

/** Forgets what was delivered, and dead letters that nobody looked at. */
export async function pruneDeliveries(sql: Sql, doneDays: number, deadDays: number): Promise<void> {
  await sql.query(
    `delete from webhook_delivery where (workspace_id, id) in (
       select workspace_id, id from webhook_delivery
        where (state = 'done' and created_at < clock_timestamp() - make_interval(days => $1))
           or (state = 'dead' and created_at < clock_timestamp() - make_interval(days => $2)) limit 5000)`,
    [doneDays, deadDays],
  )
}

export type DeliveryRow = {
  id: Uuid
  type: string
  state: 'waiting' | 'done' | 'dead'
  attempts: number
  due: Date
  status: number | null
  error: string | null
  created_at: Date
}

/** Newest first, at most 200. */
export async function deliveriesOf(
  sql: Sql,
  workspace: Uuid,
  webhook: Uuid,
  state: string | undefined,
): Promise<DeliveryRow[]> {
  const { rows } = await sql.query<DeliveryRow>(
    `select id, type, state, attempts, due, status, error, created_at from webhook_delivery
      where workspace_id = $1 and webhook_id = $2 and ($3::text is null or state = $3) order by created_at desc, id limit 200`,
    [workspace, webhook, state ?? null],
  )
  return rows
}

/** Dead letters are delivered again, under the same ids; all of the webhook's when none is named. */
export async function replayDead(
  sql: Sql,
  workspace: Uuid,
  webhook: Uuid,
  ids: Uuid[] | null,
): Promise<number> {
  const { rowCount } = await sql.query(
    `update webhook_delivery set state = 'waiting', attempts = 0, due = clock_timestamp()
      where workspace_id = $1 and webhook_id = $2 and state = 'dead' and ($3::uuid[] is null or id = any($3::uuid[]))`,
    [workspace, webhook, ids],
  )
  return rowCount ?? 0
}
