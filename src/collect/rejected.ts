// What the intake refused, or kept without a part of it: bounded to 10,000 rows and 7 days a workspace.
import type { Pool } from '../platform/postgres.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Fault } from './json.ts'
import { storable } from '../platform/values.ts'

export const KEPT_ROWS = 10_000
export const KEPT_DAYS = 7
const BODY_CHARACTERS = 4_000
/** one request never writes more */
const PER_REQUEST = 100
const TRIM_EVERY = 1_000
const DAY_MS = 86_400_000

export type Rejected = { fault: Fault; item: unknown }

/** How many rows of each workspace this process has written since it trimmed. */
const sinceTrim = new Map<Uuid, number>()

/** Records refused items of one request; keys and user tokens in them are hidden. */
export async function recordRejected(
  pool: Pool,
  workspace: Uuid,
  source: string,
  all: Rejected[],
): Promise<void> {
  const list = all.slice(0, PER_REQUEST)
  if (list.length === 0) return
  const at = new Date()
  await pool.query(
    `insert into rejected_event (workspace_id, id, at, source, code, path, detail, body)
     select $1, r.id, $2, $3, r.code, r.path, r.detail, r.body
       from unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[]) r (id, code, path, detail, body)`,
    [
      workspace,
      at,
      source,
      list.map(() => newId()),
      list.map(r => r.fault.code),
      list.map(r => r.fault.path && storable(r.fault.path)),
      list.map(r => storable(`${r.fault.detail}. ${r.fault.action}`)),
      list.map(r => bodyOf(r.item)),
    ],
  )
  const written = (sinceTrim.get(workspace) ?? TRIM_EVERY) + list.length
  sinceTrim.set(workspace, written)
  if (written >= TRIM_EVERY) await trimRejected(pool, workspace, at.getTime())
}

/** Keeps the newest rows of a workspace. */
export async function trimRejected(pool: Pool, workspace: Uuid, now: number): Promise<void> {
  sinceTrim.set(workspace, 0)
  await pool.query(
    `delete from rejected_event where workspace_id = $1 and
       (at < $2 or id < coalesce((select id from rejected_event where workspace_id = $1 order by id desc offset $3 limit 1),
                                 '00000000-0000-0000-0000-000000000000'))`,
    [workspace, new Date(now - KEPT_DAYS * DAY_MS), KEPT_ROWS - 1],
  )
}

function bodyOf(item: unknown): string {
  const text =
    JSON.stringify(item, (key, value: unknown) =>
      key === 'userToken' || key === 'writeKey' ? '[hidden]' : value,
    ) ?? ''
  return storable(text.slice(0, BODY_CHARACTERS))
}

export type RejectedRow = {
  id: Uuid
  at: Date
  source: string
  code: string
  path: string | null
  detail: string
  body: string
}

/** Newest first, below the id `before`. */
export async function rejectedEvents(
  pool: Pool,
  workspace: Uuid,
  before: Uuid | null,
  limit: number,
): Promise<RejectedRow[]> {
  const { rows } = await pool.query<RejectedRow>(
    `select id, at, source, code, path, detail, body from rejected_event
      where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [workspace, before, limit],
  )
  return rows
}
