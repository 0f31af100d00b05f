// Team users and their roles. E-mails are stored lower case.
import type { Role } from '../contract.ts'
import { Problem } from '../platform/errors.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type TeamUser = { id: Uuid; email: string; name: string; locale: string; password_hash: string | null }

const COLUMNS = 'id, email, name, locale, password_hash'

export const cleanEmail = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

export async function findUser(sql: Sql, id: Uuid): Promise<TeamUser | null> {
  return (await sql.query<TeamUser>(`select ${COLUMNS} from team_user where id = $1`, [id])).rows[0] ?? null
}

export async function findUserByEmail(sql: Sql, email: string): Promise<TeamUser | null> {
  return (
    (await sql.query<TeamUser>(`select ${COLUMNS} from team_user where email = $1`, [cleanEmail(email)]))
      .rows[0] ?? null
  )
}

export async function insertUser(
  sql: Sql,
  user: { email: string; name: string; passwordHash: string | null; locale?: string },
): Promise<TeamUser> {
  const { rows } = await sql.query<TeamUser>(
    `insert into team_user (id, email, name, password_hash, locale, created_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (email) do nothing returning ${COLUMNS}`,
    [newId(), cleanEmail(user.email), user.name, user.passwordHash, user.locale ?? 'zh-TW', new Date()],
  )
  if (!rows[0]) throw emailTaken()
  return rows[0]
}

export type UserChange = { name?: string; email?: string; locale?: string; passwordHash?: string }

export async function updateUser(sql: Sql, id: Uuid, change: UserChange): Promise<void> {
  if (change.email !== undefined) {
    const holder = await findUserByEmail(sql, change.email)
    if (holder && holder.id !== id) throw emailTaken()
  }
  await sql.query(
    `update team_user set name = coalesce($2, name), email = coalesce($3, email), locale = coalesce($4, locale),
            password_hash = coalesce($5, password_hash) where id = $1`,
    [
      id,
      change.name ?? null,
      change.email === undefined ? null : cleanEmail(change.email),
      change.locale ?? null,
      change.passwordHash ?? null,
    ],
  )
}

const emailTaken = () =>
  new Problem(409, 'email_taken', 'Another account has this e-mail address', {
    path: 'email',
    action: 'Take another address, or sign in with that account.',
  })

export async function roleOf(sql: Sql, workspace: Uuid, user: Uuid): Promise<Role | null> {
  const { rows } = await sql.query<{ role: Role }>(
    'select role from team_role where workspace_id = $1 and user_id = $2',
    [workspace, user],
  )
  return rows[0]?.role ?? null
}

/** The owner of any workspace who is here longest; null before the first sign-in. */
export async function firstOwner(sql: Sql): Promise<Uuid | null> {
  const { rows } = await sql.query<{ id: Uuid }>(
    `select u.id from team_user u where exists (select from team_role r where r.user_id = u.id and r.role = 'owner')
      order by u.created_at, u.id limit 1`,
  )
  return rows[0]?.id ?? null
}

export async function listTeam(
  sql: Sql,
  workspace: Uuid,
): Promise<{ id: Uuid; email: string; name: string; role: Role }[]> {
  const { rows } = await sql.query<{ id: Uuid; email: string; name: string; role: Role }>(
    `select u.id, u.email, u.name, r.role from team_role r join team_user u on u.id = r.user_id
      where r.workspace_id = $1 order by u.created_at, u.id`,
    [workspace],
  )
  return rows
}

/** Gives the role; an existing one is replaced. Keep the last owner with `demandOwnerLeft`. */
export async function putRole(sql: Sql, workspace: Uuid, user: Uuid, role: Role): Promise<void> {
  await sql.query(
    `insert into team_role (workspace_id, user_id, role) values ($1, $2, $3)
     on conflict (workspace_id, user_id) do update set role = excluded.role`,
    [workspace, user, role],
  )
}

export async function dropRole(sql: Sql, workspace: Uuid, user: Uuid): Promise<void> {
  await sql.query('delete from team_role where workspace_id = $1 and user_id = $2', [workspace, user])
}

/** Call inside the transaction that took an owner away, after `lockTeam`.
 *  @throws Problem 409 when the workspace would have no owner */
export async function demandOwnerLeft(sql: Sql, workspace: Uuid): Promise<void> {
  const { rows } = await sql.query<{ n: number }>(
    `select count(*) as n from team_role where workspace_id = $1 and role = 'owner'`,
    [workspace],
  )
  if (rows[0]!.n === 0)
    throw new Problem(409, 'last_owner', 'A workspace needs an owner', {
      action: 'Make somebody else the owner first.',
    })
}

/** Two changes of one team come one after the other. */
export async function lockTeam(sql: Sql, workspace: Uuid): Promise<void> {
  await sql.query('select id from workspace where id = $1 for update', [workspace])
}
