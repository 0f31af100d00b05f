// Small things that a stand-in keeps beside contacts and messages: tokens it gave out, menus, what it was asked to do.
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'

export type SandboxObject<T> = { key: string; body: T; at: Date }

/** false: there is one already, which stays as it is. */
export async function addObject(
  sql: Sql,
  workspace: Uuid,
  kind: string,
  key: string,
  body: unknown,
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into sandbox_object (workspace_id, kind, key, body) values ($1, $2, $3, $4) on conflict do nothing`,
    [workspace, kind, key, JSON.stringify(body)],
  )
  return rowCount === 1
}

export async function putObject(
  sql: Sql,
  workspace: Uuid,
  kind: string,
  key: string,
  body: unknown,
): Promise<void> {
  await sql.query(
    `insert into sandbox_object (workspace_id, kind, key, body) values ($1, $2, $3, $4)
     on conflict (workspace_id, kind, key) do update set body = excluded.body, at = clock_timestamp()`,
    [workspace, kind, key, JSON.stringify(body)],
  )
}

export async function findObject<T>(
  sql: Sql,
  workspace: Uuid,
  kind: string,
  key: string,
): Promise<SandboxObject<T> | null> {
  const { rows } = await sql.query<SandboxObject<T>>(
    'select key, body, at from sandbox_object where workspace_id = $1 and kind = $2 and key = $3',
    [workspace, kind, key],
  )
  return rows[0] ?? null
}

/** Takes it away: what may be used once. */
export async function takeObject<T>(
  sql: Sql,
  workspace: Uuid,
  kind: string,
  key: string,
): Promise<SandboxObject<T> | null> {
  const { rows } = await sql.query<SandboxObject<T>>(
    'delete from sandbox_object where workspace_id = $1 and kind = $2 and key = $3 returning key, body, at',
    [workspace, kind, key],
  )
  return rows[0] ?? null
}

/** The oldest first. */
export async function listObjects<T>(sql: Sql, workspace: Uuid, kind: string): Promise<SandboxObject<T>[]> {
  const { rows } = await sql.query<SandboxObject<T>>(
    'select key, body, at from sandbox_object where workspace_id = $1 and kind = $2 order by at, key',
    [workspace, kind],
  )
  return rows
}
