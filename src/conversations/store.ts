// SQL of conversations. Whoever is part of somebody else has their conversation there; the entries of both are read together.
import { bucketOf, newId, type Uuid } from '../platform/ids.ts'
import type { Pool, Sql } from '../platform/postgres.ts'
import type { Status } from './model.ts'

export type ConversationRow = {
  customer: Uuid
  state: string
  channel: string
  status: Status
  unread: number
  opened_at: Date
  last_at: Date
  last_side: 'customer' | 'team' | 'note' | 'system'
  last_kind: string
  last_text: string | null
  handed_to: string | null
  assignee: Uuid | null
  assignee_name: string | null
  answering: Uuid | null
  answering_name: string | null
}

const COLUMNS = `c.customer_id as customer, k.state, c.channel, c.status, c.unread, c.opened_at, c.last_at, c.last_side, c.last_kind, c.last_text,
  c.handed_to, c.assignee, coalesce(nullif(a.name, ''), a.email) as assignee_name,
  case when c.answering_until > clock_timestamp() then c.answering end as answering,
  case when c.answering_until > clock_timestamp() then coalesce(nullif(w.name, ''), w.email) end as answering_name`
const FROM = `conversation c
  join customer k on k.bucket = c.bucket and k.id = c.customer_id and k.merged_into is null
  left join team_user a on a.id = c.assignee left join team_user w on w.id = c.answering`

export type ConversationFilter = {
  status: Status | null
  assignee: Uuid | 'none' | null
  channel: string | null
  customer: Uuid | null
  /** words, and who is found by them */
  q: { text: string; people: Uuid[] } | null
}

const like = (text: string) => `%${text.replace(/[\\%_]/g, c => '\\' + c)}%`

/** Newest first, below a position. */
export async function listConversations(
  pool: Pool,
  workspace: Uuid,
  of: ConversationFilter,
  after: { at: string; customer: Uuid; channel: string } | null,
  limit: number,
): Promise<ConversationRow[]> {
  const { rows } = await pool.query<ConversationRow>(
    `select ${COLUMNS} from ${FROM}
      where c.workspace_id = $1 and ($2::text is null or c.status = $2)
        and ($3::text is null or case when $3 = 'none' then c.assignee is null else c.assignee = $3::uuid end)
        and ($4::text is null or c.channel = $4) and ($5::uuid is null or c.customer_id = $5)
        and ($6::text is null or c.customer_id = any($7::uuid[]) or exists (
              select from conversation_entry e where e.bucket = c.bucket and e.customer_id = c.customer_id and e.channel = c.channel and e.text ilike $6))
        and ($8::timestamptz is null or (c.last_at, c.customer_id, c.channel) < ($8::timestamptz, $9::uuid, $10::text))
      order by c.last_at desc, c.customer_id desc, c.channel desc limit $11`,
    [
      workspace,
      of.status,
      of.assignee,
      of.channel,
      of.customer,
      of.q && like(of.q.text),
      of.q?.people ?? [],
      after?.at ?? null,
      after?.customer ?? null,
      after?.channel ?? null,
      limit,
    ],
  )
  return rows
}

export type Counts = { open: number; mine: number; unassigned: number; unread: number }

/** Of what is open. */
export async function countConversations(pool: Pool, workspace: Uuid, me: Uuid | null): Promise<Counts> {
  const { rows } = await pool.query<Counts>(
    `select count(*)::int as open, count(*) filter (where c.assignee = $2)::int as mine,
            count(*) filter (where c.assignee is null)::int as unassigned, coalesce(sum(c.unread), 0)::int as unread
       from ${FROM} where c.workspace_id = $1 and c.status = 'open'`,
    [workspace, me],
  )
  return rows[0]!
}

export async function findConversation(
  pool: Pool,
  workspace: Uuid,
  customer: Uuid,
  channel: string,
): Promise<ConversationRow | null> {
  const { rows } = await pool.query<ConversationRow>(
    `select ${COLUMNS} from ${FROM} where c.bucket = $1 and c.workspace_id = $2 and c.customer_id = $3 and c.channel = $4`,
    [bucketOf(customer), workspace, customer, channel],
  )
  return rows[0] ?? null
}

export type EntryRow = {
  key: Uuid
  at: Date
  side: ConversationRow['last_side']
  kind: string
  text: string | null
  data: string | null
  author: string | null
  source: string
  message: Uuid | null
  state: string | null
  reason: string | null
}

/** Of all ids of one person, newest first, below a position. */
export async function listEntries(
  pool: Pool,
  workspace: Uuid,
  of: { ids: Uuid[]; channel: string },
  after: { at: string; key: Uuid } | null,
  limit: number,
): Promise<EntryRow[]> {
  const { rows } = await pool.query<EntryRow>(
    `select e.key, e.at, e.side, e.kind, e.text, e.data, e.said_by as author, e.source, e.message_id as message, m.state, m.reason
       from conversation_entry e left join message m on m.bucket = any($1::smallint[]) and m.bucket = e.bucket and m.id = e.message_id
      where e.bucket = any($1::smallint[]) and e.workspace_id = $2 and e.customer_id = any($3::uuid[]) and e.channel = $4
        and ($5::timestamptz is null or (e.at, e.key) < ($5::timestamptz, $6::uuid))
      order by e.at desc, e.key desc limit $7`,
    [
      [...new Set(of.ids.map(bucketOf))],
      workspace,
      of.ids,
      of.channel,
      after?.at ?? null,
      after?.key ?? null,
      limit,
    ],
  )
  return rows
}

export type Change = {
  status?: Status
  assignee?: Uuid | null
  read?: true
  handedTo?: string | null
  /** set or cleared for this person of the team */
  answering?: { by: Uuid; on: boolean; ms: number }
}

/** False when there is no such conversation. */
export async function changeConversation(
  sql: Sql,
  workspace: Uuid,
  customer: Uuid,
  channel: string,
  change: Change,
): Promise<boolean> {
  const has = (key: keyof Change) => Object.hasOwn(change, key) && change[key] !== undefined
  const { rowCount } = await sql.query(
    `update conversation set
       status = coalesce($5::text, status),
       assignee = case when $6::bool then $7::uuid else assignee end,
       unread = case when $8::bool then 0 else unread end,
       handed_to = case when $9::bool then $10::text else handed_to end,
       answering = case when $11::bool then case when $12::bool then $13::uuid when answering = $13 then null else answering end else answering end,
       answering_until = case when $11::bool and $12::bool then clock_timestamp() + make_interval(secs => $14::float8 / 1000) else answering_until end
      where bucket = $1 and workspace_id = $2 and customer_id = $3 and channel = $4`,
    [
      bucketOf(customer),
      workspace,
      customer,
      channel,
      change.status ?? null,
      has('assignee'),
      change.assignee ?? null,
      change.read === true,
      has('handedTo'),
      change.handedTo ?? null,
      has('answering'),
      change.answering?.on ?? false,
      change.answering?.by ?? null,
      change.answering?.ms ?? 0,
    ],
  )
  return rowCount === 1
}

export async function addNote(
  sql: Sql,
  workspace: Uuid,
  note: { customer: Uuid; channel: string; text: string; by: string; at: number },
): Promise<void> {
  await sql.query(
    `insert into conversation_entry (bucket, workspace_id, customer_id, key, channel, at, side, kind, text, said_by, source)
     values ($1, $2, $3, $4, $5, $6, 'note', 'text', $7, $8, 'page')`,
    [
      bucketOf(note.customer),
      workspace,
      note.customer,
      newId(),
      note.channel,
      new Date(note.at),
      note.text,
      note.by,
    ],
  )
}

export type Quick = { id: Uuid; name: string; text: string; version: number }

export async function listQuickReplies(pool: Pool, workspace: Uuid): Promise<Quick[]> {
  const { rows } = await pool.query<Quick>(
    'select id, name, text, version from quick_reply where workspace_id = $1 order by name, id',
    [workspace],
  )
  return rows
}

export async function hasQuickReply(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query('select from quick_reply where workspace_id = $1 and id = $2', [
    workspace,
    id,
  ])
  return rowCount === 1
}

/** Null: another has the name, or somebody else changed it since `version`. */
export async function putQuickReply(
  sql: Sql,
  workspace: Uuid,
  reply: { id: Uuid; isNew: boolean; name: string; text: string; version: number; by: string },
): Promise<Quick | null> {
  const values = [workspace, reply.id, reply.name, reply.text, reply.by]
  const free = `not exists (select from quick_reply q where q.workspace_id = $1 and lower(q.name) = lower($3) and q.id <> $2)`
  const { rows } = reply.isNew
    ? await sql.query<Quick>(
        `insert into quick_reply (workspace_id, id, name, text, updated_by, updated_at)
         select $1, $2, $3, $4, $5, clock_timestamp() where ${free} returning id, name, text, version`,
        values,
      )
    : await sql.query<Quick>(
        `update quick_reply set name = $3, text = $4, updated_by = $5, updated_at = clock_timestamp(), version = version + 1
          where workspace_id = $1 and id = $2 and version = $6 and ${free} returning id, name, text, version`,
        [...values, reply.version],
      )
  return rows[0] ?? null
}

export async function dropQuickReply(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query('delete from quick_reply where workspace_id = $1 and id = $2', [
    workspace,
    id,
  ])
  return rowCount === 1
}
