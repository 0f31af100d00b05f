// Sign-in, the own account, and the team of a workspace.
import { presentWorkspace, workspacesOfUser } from '../catalogue/workspace.ts'
import type { Out, Role } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Call, Handlers } from '../platform/http/handler.ts'
import { openRateLimit } from '../platform/http/rate-limit.ts'
import { parseId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import {
  applyLink,
  dropInvitations,
  dropResets,
  insertLink,
  linkPath,
  listInvitations,
  readLink,
} from './links.ts'
import { checkPassword, demandGoodPassword, hashPassword } from './password.ts'
import { sendResetMail } from './reset-mail.ts'
import { mayAssign } from './roles.ts'
import { closeSession, closeSessions, openSession } from './session.ts'
import {
  cleanEmail,
  demandOwnerLeft,
  dropRole,
  findUser,
  findUserByEmail,
  listTeam,
  lockTeam,
  putRole,
  roleOf,
  updateUser,
} from './store.ts'

const QUARTER_HOUR_MS = 15 * 60_000
/** Tries of one address from one place, and of one place in all: a locked-out person elsewhere is not locked out. */
const triesOfAddress = openRateLimit(10, QUARTER_HOUR_MS)
const triesOfPlace = openRateLimit(100, QUARTER_HOUR_MS)
const resetsOfPlace = openRateLimit(20, QUARTER_HOUR_MS)

async function presentMe(core: Core, id: Uuid): Promise<Out<'me'>> {
  const user = await findUser(core.pool, id)
  if (!user)
    throw new Problem(401, 'not_signed_in', 'This account is gone', {
      action: 'Sign in with another account.',
    })
  const seats = await workspacesOfUser(core.pool, id)
  return {
    user: {
      id: publicId('usr', user.id),
      email: user.email,
      name: user.name,
      locale: user.locale,
      hasPassword: user.password_hash !== null,
    },
    workspaces: seats.map(s => ({ workspace: presentWorkspace(s.workspace), role: s.role as Role })),
  }
}

/** The role the caller acts with: an API key with team:write acts as an admin. */
const actingRole = (call: Pick<Call<'team'>, 'caller'>): Role =>
  call.caller.kind === 'key' ? 'admin' : (call.caller.role ?? 'viewer')

function demandMayAssign(call: Pick<Call<'team'>, 'caller'>, from: Role | null, to: Role | null): void {
  if (!mayAssign(actingRole(call), from, to))
    throw new Problem(403, 'owners_only', 'Only an owner may do this', {
      action: 'Ask an owner of this workspace.',
    })
}

const noUser = () =>
  new Problem(404, 'no_user', 'Nobody with this id is in this workspace', { action: 'Load the team again.' })

/** The present role of the user a path names. @throws Problem 404 */
async function memberOf(
  sql: Parameters<typeof roleOf>[0],
  workspace: Uuid,
  publicUser: string,
): Promise<{ user: Uuid; role: Role }> {
  const user = parseId('usr', publicUser)
  const role = user ? await roleOf(sql, workspace, user) : null
  if (!user || !role) throw noUser()
  return { user, role }
}

export const teamRoutes = {
  async signIn(call) {
    const email = cleanEmail(call.body.email)
    const place = call.remoteAddress
    triesOfPlace.take(place)
    triesOfAddress.take(`${place} ${email}`)
    const user = await findUserByEmail(call.core.pool, email)
    if (!(await checkPassword(user?.password_hash ?? null, call.body.password)) || !user)
      throw new Problem(401, 'wrong_credentials', 'E-mail or password is wrong', {
        action: 'Check both, or ask for a new password.',
      })
    triesOfAddress.clear(`${place} ${email}`)
    call.setSession(await openSession(call.core.pool, user.id))
    return presentMe(call.core, user.id)
  },

  async checkLink(call) {
    triesOfPlace.take(call.remoteAddress)
    const link = await readLink(call.core.pool, call.body.token)
    return { ...link, expiresAt: link.expiresAt.toISOString() }
  },

  async useLink(call) {
    triesOfPlace.take(call.remoteAddress)
    const { session, user } = await applyLink(call.core, call.body)
    call.setSession(session)
    return presentMe(call.core, user)
  },

  /** Answers the same, and as fast, whether or not the address is known. */
  async askReset(call) {
    resetsOfPlace.take(call.remoteAddress)
    sendResetMail(call.core, call.body.email).catch(error =>
      call.core.log.error({ err: error, requestId: call.requestId }, 'reset mail could not be sent'),
    )
    return { ok: true }
  },

  async signOut(call) {
    if (call.session) await closeSession(call.core.pool, call.session)
    call.setSession(null)
    return { ok: true }
  },

  me: call => presentMe(call.core, call.caller.id),

  async updateMe(call) {
    const { name, email, locale, password, currentPassword } = call.body
    const user = await findUser(call.core.pool, call.caller.id)
    if (!user) throw noUser()
    if ((email !== undefined || password !== undefined) && user.password_hash !== null) {
      triesOfAddress.take(`${call.remoteAddress} ${user.email}`)
      if (!(await checkPassword(user.password_hash, currentPassword ?? '')))
        throw new Problem(403, 'wrong_password', 'The current password is wrong', {
          path: 'currentPassword',
          action: 'Give the password you sign in with now.',
        })
    }
    if (password !== undefined) demandGoodPassword(password, cleanEmail(email ?? user.email))
    const passwordHash = password === undefined ? undefined : await hashPassword(password)
    await inTransaction(call.core.pool, async sql => {
      await updateUser(sql, user.id, { name, email, locale, passwordHash })
      if (passwordHash === undefined) return
      await closeSessions(sql, user.id, call.session)
      await dropResets(sql, user.id)
    })
    return presentMe(call.core, user.id)
  },

  async team(call) {
    const [users, invitations] = await Promise.all([
      listTeam(call.core.pool, call.workspace.id),
      listInvitations(call.core.pool, call.workspace.id),
    ])
    return {
      users: users.map(u => ({ ...u, id: publicId('usr', u.id) })),
      invitations: invitations.map(i => ({
        email: i.email,
        role: i.role,
        expiresAt: i.expires_at.toISOString(),
      })),
    }
  },

  async invite(call) {
    demandMayAssign(call, null, call.body.role)
    const { id: workspace } = call.workspace
    const known = await findUserByEmail(call.core.pool, call.body.email)
    if (known && (await roleOf(call.core.pool, workspace, known.id)))
      throw new Problem(409, 'in_team', 'This person is in the team already', {
        path: 'email',
        action: 'Change the role in the list instead.',
      })
    return inTransaction(call.core.pool, async sql => {
      await dropInvitations(sql, workspace, call.body.email)
      const link = await insertLink(sql, {
        purpose: 'invite',
        workspace,
        email: call.body.email,
        role: call.body.role,
      })
      return { link: call.core.baseUrl + linkPath(link.token), expiresAt: link.expiresAt.toISOString() }
    })
  },

  async setRole(call) {
    const { id: workspace } = call.workspace
    await inTransaction(call.core.pool, async sql => {
      await lockTeam(sql, workspace)
      const member = await memberOf(sql, workspace, call.params.user!)
      demandMayAssign(call, member.role, call.body.role)
      await putRole(sql, workspace, member.user, call.body.role)
      await demandOwnerLeft(sql, workspace)
    })
    return { ok: true }
  },

  async removeUser(call) {
    const { id: workspace } = call.workspace
    await inTransaction(call.core.pool, async sql => {
      await lockTeam(sql, workspace)
      const member = await memberOf(sql, workspace, call.params.user!)
      demandMayAssign(call, member.role, null)
      await dropRole(sql, workspace, member.user)
      await demandOwnerLeft(sql, workspace)
    })
    return { ok: true }
  },
} satisfies Handlers
