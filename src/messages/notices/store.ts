// Notices to the team: whom each is for, and what of them somebody has read. A notice is filled in when it is shown.
import { publicId, type Uuid } from '../../platform/ids.ts'
import type { Pool } from '../../platform/postgres.ts'
import type { Intent } from '../model.ts'

/** Older ones are not shown, and go with the next round of the retention. */
export const NOTICE_DAYS = 90
export const MOST_UNREAD = 100

/** Whom notices are shown to; null: all of them, and nobody reads them. */
export type Reader = { id: Uuid; email: string; role: string | null } | null

export type NoticeRow = {
  id: Uuid
  customer: Uuid
  journey: Uuid
  node: string
  level: 'info' | 'warning'
  text: string
  body: { event: Intent['event']; vars: Record<string, unknown> }
  at: Date
  read: boolean
}
export type NoticePosition = { at: string; id: Uuid }

/** SQL: the notice `n` is for the reader of parameters $2 (id, null: everybody's), $3 (role), $4 (address). */
const FOR_ME = `($2::uuid is null or (n.roles = '{}' and n.users = '{}') or $3::text = any(n.roles) or $4::text = any(n.users))`
const READ = `exists (select from notice_read r where r.workspace_id = n.workspace_id and r.user_id = $2 and r.notice_id = n.id)`

const params = (workspace: Uuid, reader: Reader, since: Date): unknown[] => [
  workspace,
  reader?.id ?? null,
  reader?.role ?? null,
  reader?.email ?? null,
  since,
]

/** Newest first, below a position. `since`: workspace time. */
export async function listNotices(
  pool: Pool,
  workspace: Uuid,
  reader: Reader,
  since: Date,
  of: { unread: boolean; after: NoticePosition | null; limit: number },
): Promise<NoticeRow[]> {
  const { rows } = await pool.query<Omit<NoticeRow, 'body'> & { body: string }>(
    `select n.id, n.customer_id as customer, n.journey_id as journey, n.node, n.level, n.text, n.body, n.at, ${READ} as read
       from notice n
      where n.workspace_id = $1 and n.at > $5 and ${FOR_ME} and (not $6::bool or not ${READ})
        and ($7::timestamptz is null or (n.at, n.id) < ($7::timestamptz, $8::uuid))
      order by n.at desc, n.id desc limit $9`,
    [...params(workspace, reader, since), of.unread, of.after?.at ?? null, of.after?.id ?? null, of.limit],
  )
  return rows.map(r => ({ ...r, body: JSON.parse(r.body) as NoticeRow['body'] }))
}

/** How many the reader has not read, up to MOST_UNREAD. */
export async function countUnread(pool: Pool, workspace: Uuid, reader: Reader, since: Date): Promise<number> {
  if (reader === null) return 0
  const { rows } = await pool.query<{ n: number }>(
    `select count(*)::int as n from (
       select from notice n where n.workspace_id = $1 and n.at > $5 and ${FOR_ME} and not ${READ} limit ${MOST_UNREAD}) s`,
    params(workspace, reader, since),
  )
  return rows[0]!.n
}

/** @param ids null: all that the reader sees */
export async function markRead(
  pool: Pool,
  workspace: Uuid,
  reader: NonNullable<Reader>,
  since: Date,
  ids: Uuid[] | null,
): Promise<void> {
  await pool.query(
    `insert into notice_read (workspace_id, user_id, notice_id, at)
     select n.workspace_id, $2::uuid, n.id, clock_timestamp() from notice n
      where n.workspace_id = $1 and n.at > $5 and ${FOR_ME} and ($6::uuid[] is null or n.id = any($6::uuid[])) and not ${READ}
     on conflict do nothing`,
    [...params(workspace, reader, since), ids],
  )
}

export const noticeId = (id: Uuid): string => publicId('ntc', id)
