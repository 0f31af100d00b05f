// One-time links: the first sign-in after installation, invitations, new passwords. A link holds 256 random bits;
// the database only their SHA-256. Single use, expiring; useless once what it was for is done.
import { createWorkspace } from '../catalogue/workspace.ts'
import type { Role } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { checkPassword, demandGoodPassword, hashPassword } from './password.ts'
import { closeSessions, hashToken, makeToken, openSession } from './session.ts'
import {
  cleanEmail,
  findUser,
  findUserByEmail,
  insertUser,
  putRole,
  type TeamUser,
  updateUser,
} from './store.ts'

const HOUR_MS = 3_600_000
const LIFE_MS = { first: 24 * HOUR_MS, invite: 7 * 24 * HOUR_MS, reset: HOUR_MS } as const
/** Address of the first owner until they give their own; never sent to. */
export const FIRST_EMAIL = 'owner@localhost'
const FIRST_WORKSPACE = '我的品牌'
/** Advisory lock of the first start: two processes make one workspace and one owner. */
const FIRST_START_LOCK = 7_266_001

export type LinkPurpose = keyof typeof LIFE_MS
export type NewLink = { purpose: LinkPurpose; user?: Uuid; workspace?: Uuid; email?: string; role?: Role }
type LinkRow = {
  token_hash: Buffer
  purpose: LinkPurpose
  user_id: Uuid | null
  workspace_id: Uuid | null
  email: string | null
  role: Role | null
  expires_at: Date
}

export const linkPath = (token: string): string => `/link/${token}`

export async function insertLink(sql: Sql, link: NewLink): Promise<{ token: string; expiresAt: Date }> {
  const token = makeToken()
  const at = Date.now()
  const expiresAt = new Date(at + LIFE_MS[link.purpose])
  await sql.query(
    `insert into sign_in_link (token_hash, purpose, user_id, workspace_id, email, role, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      hashToken(token),
      link.purpose,
      link.user ?? null,
      link.workspace ?? null,
      link.email === undefined ? null : cleanEmail(link.email),
      link.role ?? null,
      new Date(at),
      expiresAt,
    ],
  )
  return { token, expiresAt }
}

export async function listInvitations(
  sql: Sql,
  workspace: Uuid,
): Promise<{ email: string; role: Role; expires_at: Date }[]> {
  const { rows } = await sql.query<{ email: string; role: Role; expires_at: Date }>(
    `select email, role, expires_at from sign_in_link
      where workspace_id = $1 and purpose = 'invite' and used_at is null and expires_at > $2
      order by created_at desc`,
    [workspace, new Date()],
  )
  return rows
}

/** A newer invitation of the same address replaces the older ones. */
export async function dropInvitations(sql: Sql, workspace: Uuid, email: string): Promise<void> {
  await sql.query(
    `delete from sign_in_link where workspace_id = $1 and email = $2 and purpose = 'invite' and used_at is null`,
    [workspace, cleanEmail(email)],
  )
}

/** A new password makes links for another one useless, but `keep`. */
export async function dropResets(sql: Sql, user: Uuid, keep: Uint8Array | null = null): Promise<void> {
  await sql.query(
    `delete from sign_in_link where user_id = $1 and purpose = 'reset' and used_at is null
        and ($2::bytea is null or token_hash <> $2)`,
    [user, keep],
  )
}

async function liveLink(sql: Sql, token: string, lock: boolean): Promise<LinkRow> {
  const { rows } = await sql.query<LinkRow>(
    `select token_hash, purpose, user_id, workspace_id, email, role, expires_at from sign_in_link
      where token_hash = $1 and used_at is null and expires_at > $2 ${lock ? 'for update' : ''}`,
    [hashToken(token), new Date()],
  )
  const link = rows[0]
  if (!link || (link.purpose === 'first' && (await ownerHasPassword(sql))))
    throw new Problem(410, 'link_gone', 'This link was used already, or has expired', {
      action: 'Ask for another one; on the server: itinera user link.',
    })
  return link
}

export type LinkFacts = {
  purpose: LinkPurpose
  email: string | null
  workspaceName: string | null
  hasAccount: boolean
  expiresAt: Date
}

/** What the link is for, without using it. @throws Problem 410 */
export async function readLink(sql: Sql, token: string): Promise<LinkFacts> {
  const link = await liveLink(sql, token, false)
  const user = await userOf(sql, link)
  const { rows } = await sql.query<{ name: string }>('select name from workspace where id = $1', [
    link.workspace_id,
  ])
  return {
    purpose: link.purpose,
    email: link.purpose === 'first' ? null : (user?.email ?? link.email),
    workspaceName: rows[0]?.name ?? null,
    hasAccount: user !== null && user.password_hash !== null,
    expiresAt: link.expires_at,
  }
}

async function userOf(sql: Sql, link: LinkRow): Promise<TeamUser | null> {
  if (link.user_id) return findUser(sql, link.user_id)
  return findUserByEmail(sql, link.purpose === 'first' ? FIRST_EMAIL : (link.email ?? ''))
}

export type LinkUse = { token: string; email?: string; name?: string; password?: string }

/** Uses the link up and opens a session. @throws Problem 410, 400 or 401 (the link then stays usable) */
export async function applyLink(core: Core, use: LinkUse): Promise<{ session: string; user: Uuid }> {
  return inTransaction(core.pool, async sql => {
    const link = await liveLink(sql, use.token, true)
    const user = await APPLY[link.purpose](sql, link, use)
    await sql.query('update sign_in_link set used_at = $2 where token_hash = $1', [
      link.token_hash,
      new Date(),
    ])
    return { session: await openSession(sql, user), user }
  })
}

const APPLY: Record<LinkPurpose, (sql: Sql, link: LinkRow, use: LinkUse) => Promise<Uuid>> = {
  /** Signs in as the first owner, who takes every workspace that has no owner. */
  async first(sql, link, use) {
    const email = use.email ?? FIRST_EMAIL
    if (use.password !== undefined) demandGoodPassword(use.password, cleanEmail(email))
    const known = await userOf(sql, link)
    const passwordHash = use.password === undefined ? undefined : await hashPassword(use.password)
    const user =
      known ?? (await insertUser(sql, { email, name: use.name ?? '', passwordHash: passwordHash ?? null }))
    if (known) await updateUser(sql, known.id, { name: use.name, email: use.email, passwordHash })
    await sql.query(
      `insert into team_role (workspace_id, user_id, role)
       select id, $1, 'owner' from workspace w
        where not exists (select from team_role r where r.workspace_id = w.id and r.role = 'owner')
       on conflict (workspace_id, user_id) do update set role = 'owner'`,
      [user.id],
    )
    return user.id
  },

  /** Whoever holds an invitation to a known address must still prove to be that person: an invitation made in one
   *  workspace never opens an account that sees others. */
  async invite(sql, link, use) {
    const known = await userOf(sql, link)
    const password = use.password
    if (password === undefined)
      throw new Problem(400, 'password_needed', 'A password is needed', {
        path: 'password',
        action: known ? 'Give the password of your account.' : 'Choose a password.',
      })
    if (known) {
      if (!(await checkPassword(known.password_hash, password)))
        throw new Problem(401, 'wrong_password', 'This is not the password of the account that was invited', {
          path: 'password',
          action: 'Give the password you sign in with, or ask for a new one first.',
        })
    } else demandGoodPassword(password, link.email!)
    const user =
      known ??
      (await insertUser(sql, {
        email: link.email!,
        name: use.name ?? '',
        passwordHash: await hashPassword(password),
      }))
    await putRole(sql, link.workspace_id!, user.id, link.role!)
    return user.id
  },

  /** A new password ends every session there is. Without one the link only signs in (made on the server by hand). */
  async reset(sql, link, use) {
    const user = await userOf(sql, link)
    if (!user)
      throw new Problem(410, 'link_gone', 'This account is gone', {
        action: 'Ask an owner for an invitation.',
      })
    if (use.password !== undefined) {
      demandGoodPassword(use.password, user.email)
      await updateUser(sql, user.id, { name: use.name, passwordHash: await hashPassword(use.password) })
      await closeSessions(sql, user.id)
      await dropResets(sql, user.id, link.token_hash)
    }
    return user.id
  },
}

async function ownerHasPassword(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query(
    `select from team_user u join team_role r on r.user_id = u.id where r.role = 'owner' and u.password_hash is not null limit 1`,
  )
  return rows.length > 0
}

/** At every start until an owner has a password: a fresh link for the first owner (a path with the token), and the
 *  first workspace where there is none. Null when it is no longer needed. */
export async function createFirstLink(core: Core): Promise<string | null> {
  if (await ownerHasPassword(core.pool)) return null
  const client = await core.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [FIRST_START_LOCK])
    const { rows } = await core.pool.query('select from workspace limit 1')
    if (rows.length === 0) await createWorkspace(core, { name: FIRST_WORKSPACE, kind: 'sandbox' })
  } finally {
    await client.query('select pg_advisory_unlock($1)', [FIRST_START_LOCK]).finally(() => client.release())
  }
  return linkPath((await insertLink(core.pool, { purpose: 'first' })).token)
}

/** A fresh sign-in link for a user who is locked out; made on the server. Null when nobody has this address. */
export async function createUserLink(core: Core, email: string): Promise<string | null> {
  const user = await findUserByEmail(core.pool, email)
  if (!user) return null
  return linkPath((await insertLink(core.pool, { purpose: 'reset', user: user.id })).token)
}
