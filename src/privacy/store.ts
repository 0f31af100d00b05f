// The rows of erasures, and what a workspace's settings say about privacy. All SQL of this subject that is not a search.
import type { MaskRules } from '../platform/http/mask.ts'
import { MASK_ALL } from '../platform/http/mask.ts'
import { MASKED_ROLES } from '../team/roles.ts'
import type { Role } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { must } from '../platform/errors.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import type { Certificate, Person } from './model.ts'

export async function workspaceTimeOf(sql: Sql, workspace: Uuid): Promise<number> {
  const { rows } = await sql.query<{ now: number }>(
    'select floor(extract(epoch from clock_timestamp()) * 1000)::float8 + clock_offset_ms as now from workspace where id = $1',
    [workspace],
  )
  must(rows[0], 'the workspace exists')
  return rows[0].now
}

// ── erasures ─────────────────────────────────────────────────────────────────

export type ErasureStatus = 'waiting' | 'running' | 'done' | 'failed'
export type ErasureRow = {
  id: Uuid
  workspace_id: Uuid
  status: ErasureStatus
  step: string
  done: number
  total: number
  reason: string
  requested_by: string
  requested_at: Date
  finished_at: Date | null
  result: { certificate?: Certificate }
  error: string | null
}
const COLUMNS =
  'id, workspace_id, status, step, done, total, reason, requested_by, requested_at, finished_at, result, error'

/** One open erasure a person: asking twice gives the first. */
export async function insertErasure(
  core: Core,
  person: Person,
  request: { reason: string; by: string },
): Promise<Uuid> {
  return inTransaction(core.pool, async sql => {
    await sql.query(`select pg_advisory_xact_lock(hashtextextended($1, 16))`, [person.ids[0]])
    const open = await sql.query<{ id: Uuid; sealed: Buffer }>(
      `select id, sealed from erasure where workspace_id = $1 and status in ('waiting', 'running') and sealed is not null`,
      [person.workspace],
    )
    for (const row of open.rows)
      if ((JSON.parse(core.secrets.open(row.sealed)) as Person).ids.includes(person.ids[0]!)) return row.id
    const id = newId()
    await sql.query(
      `insert into erasure (id, workspace_id, status, reason, requested_by, requested_at, sealed)
       values ($1, $2, 'waiting', $3, $4, clock_timestamp(), $5)`,
      [id, person.workspace, request.reason, request.by, core.secrets.seal(JSON.stringify(person))],
    )
    return id
  })
}

export async function listErasures(
  sql: Sql,
  workspace: Uuid,
  before: Uuid | null,
  limit: number,
): Promise<ErasureRow[]> {
  const { rows } = await sql.query<ErasureRow>(
    `select ${COLUMNS} from erasure where workspace_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
    [workspace, before, limit],
  )
  return rows
}

export async function findErasure(sql: Sql, workspace: Uuid, id: Uuid): Promise<ErasureRow | null> {
  const { rows } = await sql.query<ErasureRow>(
    `select ${COLUMNS} from erasure where workspace_id = $1 and id = $2`,
    [workspace, id],
  )
  return rows[0] ?? null
}

const CLAIM = `interval '2 minutes'`

/** The oldest erasure that waits, or whose process died. */
export async function claimErasure(sql: Sql): Promise<(ErasureRow & { sealed: Buffer }) | null> {
  const { rows } = await sql.query<ErasureRow & { sealed: Buffer }>(
    `update erasure set status = 'running', claimed_until = clock_timestamp() + ${CLAIM}, error = null
      where id = (select id from erasure
                   where status = 'waiting' or (status = 'running' and claimed_until < clock_timestamp())
                   order by id limit 1 for update skip locked)
     returning ${COLUMNS}, sealed`,
  )
  return rows[0] ?? null
}

export async function sealErasure(core: Core, id: Uuid, person: Person): Promise<void> {
  await core.pool.query('update erasure set sealed = $2 where id = $1', [
    id,
    core.secrets.seal(JSON.stringify(person)),
  ])
}

export async function noteStep(sql: Sql, id: Uuid, step: string, done: number, total: number): Promise<void> {
  await sql.query(
    `update erasure set step = $2, done = $3, total = $4, claimed_until = clock_timestamp() + ${CLAIM} where id = $1`,
    [id, step, done, total],
  )
}

/** Finished: what was searched for is gone with it; a failed one keeps it (sealed), so that it can be tried again. */
export async function finishErasure(
  sql: Sql,
  id: Uuid,
  end: { certificate: Certificate } | { error: string },
): Promise<void> {
  if ('certificate' in end)
    await sql.query(
      `update erasure set status = 'done', step = '', finished_at = clock_timestamp(), sealed = null, claimed_until = null, result = $2 where id = $1`,
      [id, JSON.stringify({ certificate: end.certificate })],
    )
  else
    await sql.query(
      `update erasure set status = 'failed', finished_at = clock_timestamp(), claimed_until = null, error = $2 where id = $1`,
      [id, end.error],
    )
}

/** A failed one is tried again. False when there is none. */
export async function retryErasure(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update erasure set status = 'waiting', finished_at = null where workspace_id = $1 and id = $2 and status = 'failed'`,
    [workspace, id],
  )
  return rowCount === 1
}

// ── settings ─────────────────────────────────────────────────────────────────

/** Days that each kind of data is kept; null: for ever. */
export type Retention = {
  events: number | null
  messages: number | null
  rejected: number
  audit: number | null
}
export const DEFAULT_RETENTION: Retention = { events: null, messages: null, rejected: 7, audit: null }

export type PrivacySettings = { maskedRoles: Role[]; mask: MaskRules; retention: Retention }

export const privacyOf = (settings: Record<string, unknown>): PrivacySettings => ({
  maskedRoles: (settings.maskedRoles as Role[] | undefined) ?? MASKED_ROLES,
  mask: (settings.mask as MaskRules | undefined) ?? MASK_ALL,
  retention: { ...DEFAULT_RETENTION, ...(settings.retention as Partial<Retention> | undefined) },
})

/** Every workspace with its privacy settings. */
export async function allPrivacy(
  sql: Sql,
): Promise<{ id: Uuid; offsetMs: number; privacy: PrivacySettings }[]> {
  const { rows } = await sql.query<{ id: Uuid; clock_offset_ms: number; settings: Record<string, unknown> }>(
    'select id, clock_offset_ms, settings from workspace',
  )
  return rows.map(r => ({ id: r.id, offsetMs: r.clock_offset_ms, privacy: privacyOf(r.settings) }))
}
