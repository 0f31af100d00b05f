// Keys of a workspace: write keys (intake only, public, shown again) and API keys (scopes, shown once). Only the
// SHA-256 of a key is looked up; a key has at least 144 random bits, so no slower hash is needed.
import { createHash, randomBytes } from 'node:crypto'
import type { Out, Scope } from '../contract.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type KeyKind = 'write' | 'api'
export type KeyRow = {
  id: Uuid
  kind: KeyKind
  name: string
  hint: string
  write_key: string | null
  scopes: string[]
  demand_token: boolean
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}
/** An API key that may be used now. */
export type LiveApiKey = { id: Uuid; workspace: Uuid; name: string; scopes: Scope[]; lastUsed: Date | null }

export const KEY_PREFIX = { write: 'wk_', api: 'ik_' } as const
const COLUMNS = 'id, kind, name, hint, write_key, scopes, demand_token, created_at, last_used_at, revoked_at'

export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest()

export const makeKey = (kind: KeyKind): string =>
  KEY_PREFIX[kind] + randomBytes(kind === 'write' ? 18 : 32).toString('base64url')

export type NewKey = { kind: KeyKind; name: string; scopes?: readonly Scope[]; demandToken?: boolean }

/** Stores a new key and returns it with its row: the only moment at which an API key is known. */
export async function insertKey(
  sql: Sql,
  workspace: Uuid,
  wanted: NewKey,
): Promise<{ key: string; row: KeyRow }> {
  const key = makeKey(wanted.kind)
  const { rows } = await sql.query<KeyRow>(
    `insert into api_key (id, workspace_id, kind, name, hint, key_hash, write_key, scopes, demand_token, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning ${COLUMNS}`,
    [
      newId(),
      workspace,
      wanted.kind,
      wanted.name,
      key.slice(0, 8),
      hashKey(key),
      wanted.kind === 'write' ? key : null,
      wanted.kind === 'api' ? [...(wanted.scopes ?? [])] : ['events:write'],
      wanted.demandToken ?? false,
      new Date(),
    ],
  )
  return { key, row: rows[0]! }
}

export async function listKeys(sql: Sql, workspace: Uuid): Promise<KeyRow[]> {
  const { rows } = await sql.query<KeyRow>(
    `select ${COLUMNS} from api_key where workspace_id = $1 order by created_at desc, id desc`,
    [workspace],
  )
  return rows
}

/** False when the workspace has no such key. Revoking again changes nothing. */
export async function revokeKey(sql: Sql, workspace: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await sql.query(
    'update api_key set revoked_at = coalesce(revoked_at, $3) where workspace_id = $1 and id = $2',
    [workspace, id, new Date()],
  )
  return rowCount === 1
}

export async function findApiKey(sql: Sql, key: string): Promise<LiveApiKey | null> {
  if (!key.startsWith(KEY_PREFIX.api)) return null
  const { rows } = await sql.query<{
    id: Uuid
    workspace_id: Uuid
    name: string
    scopes: Scope[]
    last_used_at: Date | null
  }>({
    name: 'api_key',
    text: `select id, workspace_id, name, scopes, last_used_at from api_key
      where key_hash = $1 and kind = 'api' and revoked_at is null`,
    values: [hashKey(key)],
  })
  const row = rows[0]
  return row
    ? {
        id: row.id,
        workspace: row.workspace_id,
        name: row.name,
        scopes: row.scopes,
        lastUsed: row.last_used_at,
      }
    : null
}

export async function touchKey(sql: Sql, workspace: Uuid, id: Uuid): Promise<void> {
  await sql.query('update api_key set last_used_at = $3 where workspace_id = $1 and id = $2', [
    workspace,
    id,
    new Date(),
  ])
}

export function presentKey(row: KeyRow): Out<'keys'>['items'][number] {
  return {
    id: publicId('key', row.id),
    kind: row.kind,
    name: row.name,
    hint: row.hint,
    writeKey: row.write_key,
    scopes: row.scopes,
    demandToken: row.demand_token,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }
}
