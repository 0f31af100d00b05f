// Sessions of team users. The cookie holds 256 random bits; the database only their SHA-256.
import { createHash, randomBytes } from 'node:crypto'
import { SESSION_MS } from '../platform/http/session.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type SessionUser = {
  id: Uuid
  email: string
  name: string
  locale: string
  hasPassword: boolean
  session: Buffer
}

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()
export const makeToken = (): string => randomBytes(32).toString('base64url')

/** Returns the token for the cookie. Sessions of this user that have ended are removed by the way. */
export async function openSession(sql: Sql, user: Uuid, at = Date.now()): Promise<string> {
  const token = makeToken()
  await sql.query('delete from team_session where user_id = $1 and expires_at <= $2', [user, new Date(at)])
  await sql.query(
    'insert into team_session (token_hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)',
    [hashToken(token), user, new Date(at), new Date(at + SESSION_MS)],
  )
  return token
}

export async function findSession(sql: Sql, token: string, at = Date.now()): Promise<SessionUser | null> {
  const session = hashToken(token)
  const { rows } = await sql.query<{
    id: Uuid
    email: string
    name: string
    locale: string
    has_password: boolean
  }>(
    `select u.id, u.email, u.name, u.locale, u.password_hash is not null as has_password
       from team_session s join team_user u on u.id = s.user_id
      where s.token_hash = $1 and s.expires_at > $2`,
    [session, new Date(at)],
  )
  const row = rows[0]
  return row
    ? {
        id: row.id,
        email: row.email,
        name: row.name,
        locale: row.locale,
        hasPassword: row.has_password,
        session,
      }
    : null
}

export async function closeSession(sql: Sql, session: Uint8Array): Promise<void> {
  await sql.query('delete from team_session where token_hash = $1', [session])
}

/** Ends every session of a user but `keep`: after a new password or e-mail, or a reset. */
export async function closeSessions(sql: Sql, user: Uuid, keep: Uint8Array | null = null): Promise<void> {
  await sql.query('delete from team_session where user_id = $1 and ($2::bytea is null or token_hash <> $2)', [
    user,
    keep,
  ])
}
