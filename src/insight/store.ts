// Questions of the first page and of Ops. From PostgreSQL: what is now. From ClickHouse: what was, in workspace time
// (`folded` is real time). Times are given, never read in SQL.
import { INTERNAL_CHANNELS } from '../messages/model.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import { ALL_BUCKETS, type Uuid } from '../platform/ids.ts'
import type { AuditDetail, AuditKind } from '../platform/http/access.ts'
import type { Sql } from '../platform/postgres.ts'

/** Enough for a 95th percentile of state sizes without reading every state. */
const SAMPLE = 2_000

// ── first page ───────────────────────────────────────────────────────────────

export type Past = { customers: number; events24h: number; waiting: number }

/** `now`: workspace ms. `waiting`: runs under way. */
export async function pastOf(history: History, workspace: Uuid, now: number): Promise<Past> {
  const [people, facts] = await Promise.all([
    askHistory<{ n: string }>(
      history,
      `select count() as n from customer final
        where workspace_id = {workspace:UUID} and merged_into = toUUID('00000000-0000-0000-0000-000000000000')`,
      { workspace },
    ),
    askHistory<{ events: string; entered: string; exited: string }>(
      history,
      `select countIf(kind = 'event' and occurred > fromUnixTimestamp64Milli({since:Int64}, 'UTC')) as events,
              countIf(name = 'journey.entered') as entered, countIf(name = 'journey.exited') as exited
         from event where workspace_id = {workspace:UUID}
          and (name in ('journey.entered', 'journey.exited') or occurred > fromUnixTimestamp64Milli({since:Int64}, 'UTC'))`,
      { workspace, since: now - 24 * 3_600_000 },
    ),
  ])
  const f = facts[0]
  return {
    customers: Number(people[0]?.n ?? 0),
    events24h: Number(f?.events ?? 0),
    waiting: Number(f?.entered ?? 0) - Number(f?.exited ?? 0),
  }
}

/** Events by day of the workspace's zone, since a moment. */
export async function eventsPerDay(
  history: History,
  workspace: Uuid,
  since: number,
  zone: string,
): Promise<Map<string, number>> {
  const rows = await askHistory<{ day: string; n: string }>(
    history,
    `select toString(toDate(occurred, {zone:String})) as day, count() as n from event
      where workspace_id = {workspace:UUID} and kind = 'event' and occurred >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      group by day`,
    { workspace, since, zone },
  )
  return new Map(rows.map(r => [r.day, Number(r.n)]))
}

export type NotSent = { channel: string; failed: number; skipped: number; unknown: number }

/** Messages of customers decided since (workspace ms) that ended without being sent, by channel. */
export async function messagesNotSent(sql: Sql, workspace: Uuid, since: number): Promise<NotSent[]> {
  const { rows } = await sql.query<NotSent>(
    `select channel, count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'skipped') as skipped,
            count(*) filter (where state = 'unknown') as unknown
       from message
      where workspace_id = $1 and created >= $2 and state in ('failed', 'skipped', 'unknown') and channel <> all($3::text[])
      group by channel`,
    [workspace, new Date(since), INTERNAL_CHANNELS],
  )
  return rows
}

export type Present = {
  live_journeys: number
  stopped_accounts: number
  parked: number
  unknown: number
  rejected: number
  approvals: number
  failing_webhooks: number
  channel: boolean
  source: boolean
  demo: boolean
}

/** What is set up and what needs a person. `realSince` is real time, the workspace's messages are not dated here. */
export async function presentOf(sql: Sql, workspace: Uuid, realSince: number): Promise<Present> {
  const { rows } = await sql.query<Present>(
    `select (select count(*) from journey where workspace_id = $1 and status = 'live') as live_journeys,
            (select count(*) from channel_account where workspace_id = $1 and attention is not null and archived_at is null) as stopped_accounts,
            (select count(*) from parked where workspace_id = $1 and bucket = any($3::smallint[])) as parked,
            (select count(*) from message where workspace_id = $1 and state = 'unknown' and bucket = any($3::smallint[])) as unknown,
            (select count(*) from rejected_event where workspace_id = $1 and at > $2) as rejected,
            (select count(*) from journey_approval where workspace_id = $1 and status = 'open') as approvals,
            (select count(*) from webhook where workspace_id = $1 and state = 'failing') as failing_webhooks,
            exists (select from channel_account where workspace_id = $1 and archived_at is null) as channel,
            exists (select from customer where workspace_id = $1 and bucket = any($3::smallint[])) as source,
            exists (select from workspace where id = $1 and settings ->> 'madeUp' = 'true') as demo`,
    [workspace, new Date(realSince), ALL_BUCKETS],
  )
  return rows[0]!
}

// ── ops ──────────────────────────────────────────────────────────────────────

export type Queues = {
  inbox_rows: number
  oldest_inbox: Date | null
  bulk_rows: number
  oldest_due: Date | null
  pending: number
  oldest_journal: Date | null
  parked: number
  state_p95: number | null
}

/** The oldest journal row that history has not. One look at the head of each bucket, whatever waits behind it. */
const OLDEST_JOURNAL = `(select min(j.at) from history_cursor c cross join lateral
  (select at from journal j where j.bucket = c.bucket and j.seq > c.seq order by j.seq limit 1) j)`

/** What waits in this workspace; the oldest journal row is of all of them. */
export async function queuesOf(sql: Sql, workspace: Uuid, now: Date): Promise<Queues> {
  const { rows } = await sql.query<Queues>(
    `select (select count(*) from inbox where bucket = any($3::smallint[]) and workspace_id = $1) as inbox_rows,
            (select min(received) from inbox where bucket = any($3::smallint[]) and workspace_id = $1) as oldest_inbox,
            (select count(*) from bulk where bucket = any($3::smallint[]) and workspace_id = $1) as bulk_rows,
            (select min(due_at) from customer where bucket = any($3::smallint[]) and due_at <= $2 and workspace_id = $1) as oldest_due,
            (select count(*) from message where bucket = any($3::smallint[]) and workspace_id = $1
                and state in ('intended', 'claimed', 'sending')) as pending,
            ${OLDEST_JOURNAL} as oldest_journal,
            (select count(*) from parked where bucket = any($3::smallint[]) and workspace_id = $1) as parked,
            (select percentile_disc(0.95) within group (order by octet_length(state)) from
               (select state from customer where bucket = any($3::smallint[]) and workspace_id = $1 and merged_into is null limit ${SAMPLE}) s) as state_p95`,
    [workspace, now, ALL_BUCKETS],
  )
  return rows[0]!
}

/** Inputs folded a second over the last minute, from history. */
export async function foldedPerSecond(history: History, workspace: Uuid, now: number): Promise<number> {
  const rows = await askHistory<{ n: string }>(
    history,
    `select count() as n from event where workspace_id = {workspace:UUID} and part = 0
      and folded > fromUnixTimestamp64Milli({since:Int64}, 'UTC') and occurred > fromUnixTimestamp64Milli({old:Int64}, 'UTC')`,
    { workspace, since: now - 60_000, old: now - 400 * 86_400_000 },
  )
  return Math.round(Number(rows[0]?.n ?? 0) / 6) / 10
}

/** From the fold's decision to the provider's answer, of messages that were to go at once, in the last hour. */
export async function sendLatency(
  sql: Sql,
  workspace: Uuid,
  now: number,
  offsetMs: number,
): Promise<{ p50: number | null; p95: number | null }> {
  const { rows } = await sql.query<{ p50: number | null; p95: number | null }>(
    `select percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.95) within group (order by ms) as p95
       from (select extract(epoch from sent_at - created) * 1000 + $3 as ms, send_after, created, sent_at from message
              where workspace_id = $1 and created > $2 and sent_at is not null and attempts <= 1) m
      where ms between 0 and 60000`,
    [workspace, new Date(now - 3_600_000), offsetMs],
  )
  return rows[0]!
}

/** By process. */
export async function bucketsHeld(sql: Sql): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ owner: string; n: number }>(
    'select owner, count(*) as n from bucket where owner is not null group by owner',
  )
  return new Map(rows.map(r => [r.owner, r.n]))
}

// ── lists ────────────────────────────────────────────────────────────────────

export type ParkedRow = { customer_id: Uuid; reason: string; error: string; at: Date; waiting: number }

export async function listParked(
  sql: Sql,
  workspace: Uuid,
  after: { at: string; id: Uuid } | null,
  limit: number,
): Promise<ParkedRow[]> {
  const { rows } = await sql.query<ParkedRow>(
    `select customer_id, reason, error, at,
            (select count(*) from parked_input i where i.bucket = p.bucket and i.customer_id = p.customer_id) as waiting
       from parked p where bucket = any($2::smallint[]) and workspace_id = $1
        and ($3::timestamptz is null or (date_trunc('milliseconds', at), customer_id) < ($3::timestamptz, $4::uuid))
      order by date_trunc('milliseconds', at) desc, customer_id desc limit $5`,
    [workspace, ALL_BUCKETS, after?.at ?? null, after?.id ?? null, limit],
  )
  return rows
}

export type AuditRow = {
  id: Uuid
  at: Date
  actor: string
  kind: AuditKind
  action: string
  target: string | null
  detail: AuditDetail
}
export type AuditFilter = {
  kind?: AuditKind
  action?: string
  target?: string
  actor?: string
  /** RFC 3339 */
  from?: string
  to?: string
}

/** Newest first; ids are UUIDv7, so they order by time. */
export async function listAudit(
  sql: Sql,
  workspace: Uuid,
  filter: AuditFilter,
  after: Uuid | null,
  limit: number,
): Promise<AuditRow[]> {
  const { rows } = await sql.query<AuditRow>(
    `select id, at, actor, kind, action, target, detail from audit
      where workspace_id = $1 and ($2::uuid is null or id < $2)
        and ($4::text is null or kind = $4) and ($5::text is null or action = $5) and ($6::text is null or target = $6)
        and ($7::text is null or actor = $7) and ($8::timestamptz is null or at >= $8) and ($9::timestamptz is null or at < $9)
      order by id desc limit $3`,
    [
      workspace,
      after,
      limit,
      filter.kind ?? null,
      filter.action ?? null,
      filter.target ?? null,
      filter.actor ?? null,
      filter.from ?? null,
      filter.to ?? null,
    ],
  )
  return rows
}

/** Names of the users and keys that act in a workspace, by public id kind. */
export async function actorNames(
  sql: Sql,
  workspace: Uuid,
  users: Uuid[],
  keys: Uuid[],
): Promise<Map<Uuid, string>> {
  const { rows } = await sql.query<{ id: Uuid; name: string }>(
    `select id, case when name = '' then email else name end as name from team_user where id = any($2::uuid[])
     union all select id, name from api_key where workspace_id = $1 and id = any($3::uuid[])`,
    [workspace, users, keys],
  )
  return new Map(rows.map(r => [r.id, r.name]))
}

export async function journeysNamed(
  sql: Sql,
  workspace: Uuid,
  q: string,
  limit: number,
): Promise<{ id: Uuid; name: string; status: string }[]> {
  const { rows } = await sql.query<{ id: Uuid; name: string; status: string }>(
    `select id, name, status from journey where workspace_id = $1 and position(lower($2) in lower(name)) > 0
      order by updated_at desc limit $3`,
    [workspace, q, limit],
  )
  return rows
}

export async function messageWithId(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  bucket: number,
): Promise<{ channel: string; state: string } | null> {
  const { rows } = await sql.query<{ channel: string; state: string }>(
    'select channel, state from message where bucket = $1 and id = $2 and workspace_id = $3',
    [bucket, id, workspace],
  )
  return rows[0] ?? null
}
