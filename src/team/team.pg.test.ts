// Sign-in, sessions, one-time links and roles, over HTTP as a browser does.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, callApi, cookieOf, request } from '../../test/http-client.ts'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import { createWorkspace } from '../catalogue/workspace.ts'
import { ROLES, type Role } from '../contract.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { startWeb, type Web } from '../web.ts'
import { createFirstLink, createUserLink, insertLink } from './links.ts'
import { hashPassword } from './password.ts'
import { mayAssign, ROLE_SCOPES } from './roles.ts'
import { findSession, openSession, hashToken } from './session.ts'
import { dropRole, insertUser, lockTeam, putRole } from './store.ts'

const PASSWORD = 'a quiet tea house'
let core: TestCore
let web: Web
let passwordHash: string

beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  passwordHash = await hashPassword(PASSWORD)
})
afterAll(async () => {
  await web.stop()
  await core.close()
})

const tokenOf = (link: string): string => link.split('/').at(-1)!
const signIn = (email: string, password: string, headers = {}) =>
  callApi(core.baseUrl, 'signIn', { headers }, { body: { email, password } })

async function makeMember(role: Role, email: string, workspace: Uuid): Promise<{ id: Uuid; cookie: string }> {
  const user = await insertUser(core.pool, { email, name: email, passwordHash })
  await putRole(core.pool, workspace, user.id, role)
  return { id: user.id, cookie: `itinera_session=${await openSession(core.pool, user.id)}` }
}

describe('first start', () => {
  test('the first link signs in as the owner of a workspace, works once, and is not made again once a password is set', async () => {
    const link = await createFirstLink(core)
    const twin = await createFirstLink(core)
    const use = (l: string | null) => callApi(core.baseUrl, 'useLink', {}, { body: { token: tokenOf(l!) } })
    const check = await callApi(core.baseUrl, 'checkLink', {}, { body: { token: tokenOf(link!) } })
    expect(check.body).toMatchObject({ purpose: 'first', hasAccount: false })
    const signedIn = await use(link)
    expect(signedIn.status).toBe(200)
    expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/i)
    expect(signedIn.body).toMatchObject({
      user: { hasPassword: false },
      workspaces: [{ role: 'owner', workspace: { kind: 'sandbox' } }],
    })
    expect((await use(link)).status).toBe(410)
    const caller = { cookie: cookieOf(signedIn) }
    const set = await callApi(core.baseUrl, 'updateMe', caller, {
      body: { name: 'Mei', email: 'Mei@Example.com', password: PASSWORD },
    })
    expect(set.body).toMatchObject({ user: { email: 'mei@example.com', hasPassword: true } })
    expect((await use(twin)).status).toBe(410)
    expect(await createFirstLink(core)).toBeNull()
    expect((await signIn(' MEI@example.com ', PASSWORD)).status).toBe(200)
  })
  test('two processes starting at once make one workspace', async () => {
    const other = await openTestCore()
    try {
      await Promise.all([createFirstLink(other), createFirstLink(other), createFirstLink(other)])
      expect((await other.pool.query('select count(*) as n from workspace')).rows).toEqual([{ n: 1 }])
    } finally {
      await other.close()
    }
  })
})

describe('sessions', () => {
  let workspace: Uuid
  beforeAll(async () => {
    workspace = (await createWorkspace(core, { name: 'Sessions', kind: 'live' })).id
  })

  test('a wrong password and an unknown address answer alike', async () => {
    await makeMember('viewer', 'known@example.com', workspace)
    const strip = ({ status, body }: Answer) => ({ status, body: { ...body, requestId: '' } })
    const wrong = await signIn('known@example.com', 'not the password')
    expect(wrong.status).toBe(401)
    expect(strip(await signIn('nobody@example.com', 'not the password'))).toEqual(strip(wrong))
    const reset = (email: string) => callApi(core.baseUrl, 'askReset', {}, { body: { email } })
    expect((await reset('known@example.com')).body).toEqual((await reset('nobody@example.com')).body)
  })
  test('too many tries of one address are refused with Retry-After, also with the right password', async () => {
    await makeMember('viewer', 'tried@example.com', workspace)
    for (let i = 0; i < 10; i++) expect((await signIn('tried@example.com', `guess ${i}`)).status).toBe(401)
    const refused = await signIn('tried@example.com', PASSWORD)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
  test('the database never holds the token', async () => {
    const { cookie } = await makeMember('viewer', 'hash@example.com', workspace)
    const token = cookie.split('=')[1]!
    const { rows } = await core.pool.query<{ token_hash: Buffer }>(
      'select token_hash from team_session where token_hash = $1',
      [hashToken(token)],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]!.token_hash.toString('base64url')).not.toBe(token)
  })
  test('a session ends at its time, and by signing out', async () => {
    const { id, cookie } = await makeMember('viewer', 'ends@example.com', workspace)
    const old = await openSession(core.pool, id, Date.now() - 15 * 24 * 3_600_000)
    expect(await findSession(core.pool, old)).toBeNull()
    expect((await callApi(core.baseUrl, 'me', { cookie })).status).toBe(200)
    expect((await callApi(core.baseUrl, 'signOut', { cookie })).status).toBe(200)
    expect((await callApi(core.baseUrl, 'me', { cookie })).status).toBe(401)
  })
  test('a new password needs the current one and ends every other session', async () => {
    const { id, cookie } = await makeMember('viewer', 'changes@example.com', workspace)
    const elsewhere = `itinera_session=${await openSession(core.pool, id)}`
    const pending = await createUserLink(core, 'changes@example.com')
    const change = (body: object) => callApi(core.baseUrl, 'updateMe', { cookie }, { body })
    expect((await change({ password: 'another tea house' })).status).toBe(403)
    expect((await change({ password: 'aaaaaaaaaaaa', currentPassword: PASSWORD })).body.code).toBe(
      'weak_password',
    )
    expect((await change({ password: 'another tea house', currentPassword: PASSWORD })).status).toBe(200)
    expect((await callApi(core.baseUrl, 'me', { cookie })).status).toBe(200)
    expect((await callApi(core.baseUrl, 'me', { cookie: elsewhere })).status).toBe(401)
    const late = await callApi(core.baseUrl, 'useLink', {}, { body: { token: tokenOf(pending!) } })
    expect(late.status).toBe(410)
  })
  test('writes with a cookie come from our own pages only', async () => {
    const { cookie } = await makeMember('viewer', 'csrf@example.com', workspace)
    const patch = (headers: Record<string, string>) =>
      fetch(`${core.baseUrl}/api/me`, {
        method: 'PATCH',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: '{"name":"X"}',
      })
    expect((await patch({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await patch({ origin: 'null' })).status).toBe(403)
    expect((await patch({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await patch({ origin: core.baseUrl })).status).toBe(200)
    const forged = await request(
      core.baseUrl,
      'POST',
      '/api/sign-in',
      { headers: { origin: 'https://evil.example' } },
      { email: 'a@example.com', password: 'x' },
    )
    expect(forged.status).toBe(403)
  })
})

describe('links', () => {
  test('an invitation makes an account with its role; an older one of the same address is gone', async () => {
    const { id } = await createWorkspace(core, { name: 'Invites', kind: 'live' })
    const owner = await makeMember('owner', 'boss@example.com', id)
    const ws = publicId('wsp', id)
    const invite = async () =>
      (
        await callApi(
          core.baseUrl,
          'invite',
          { cookie: owner.cookie },
          { params: { ws }, body: { email: 'New@example.com', role: 'marketer' } },
        )
      ).body.link as string
    const first = await invite()
    const second = await invite()
    expect(second.startsWith(`${core.baseUrl}/link/`)).toBe(true)
    const use = (link: string, body = {}) =>
      callApi(core.baseUrl, 'useLink', {}, { body: { token: tokenOf(link), ...body } })
    expect((await use(first, { name: 'N', password: PASSWORD })).status).toBe(410)
    expect((await use(second)).body).toMatchObject({ code: 'password_needed', path: 'password' })
    const joined = await use(second, { name: 'N', password: PASSWORD })
    expect(joined.body).toMatchObject({
      user: { email: 'new@example.com' },
      workspaces: [{ role: 'marketer', workspace: { id: ws } }],
    })
  })
  test('an invitation to an address with an account opens nothing without its password', async () => {
    const theirs = await createWorkspace(core, { name: 'Theirs', kind: 'live' })
    await makeMember('owner', 'victim@example.com', theirs.id)
    const mine = await createWorkspace(core, { name: 'Mine', kind: 'live' })
    const { token } = await insertLink(core.pool, {
      purpose: 'invite',
      workspace: mine.id,
      email: 'victim@example.com',
      role: 'viewer',
    })
    const use = (password: string) => callApi(core.baseUrl, 'useLink', {}, { body: { token, password } })
    const taken = await use('a password of the inviter')
    expect([taken.status, taken.headers.get('set-cookie')]).toEqual([401, null])
    expect((await use(PASSWORD)).body.workspaces).toHaveLength(2)
  })
  test('a link made on the server sets a new password and ends the sessions; an expired one does nothing', async () => {
    const { id } = await createWorkspace(core, { name: 'Reset', kind: 'live' })
    const { cookie } = await makeMember('viewer', 'lost@example.com', id)
    const link = await createUserLink(core, 'LOST@example.com')
    const use = (token: string) =>
      callApi(core.baseUrl, 'useLink', {}, { body: { token, password: 'a brand new house' } })
    await core.pool.query(`update sign_in_link set expires_at = '2020-01-01' where token_hash = $1`, [
      hashToken(tokenOf(link!)),
    ])
    expect((await use(tokenOf(link!))).status).toBe(410)
    const fresh = await createUserLink(core, 'lost@example.com')
    expect((await use(tokenOf(fresh!))).status).toBe(200)
    expect((await callApi(core.baseUrl, 'me', { cookie })).status).toBe(401)
    expect((await signIn('lost@example.com', 'a brand new house')).status).toBe(200)
    expect(await createUserLink(core, 'nobody@example.com')).toBeNull()
  })
  test('two uses at once: one wins', async () => {
    const { id } = await createWorkspace(core, { name: 'Race', kind: 'live' })
    await makeMember('viewer', 'race@example.com', id)
    const token = tokenOf((await createUserLink(core, 'race@example.com'))!)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => callApi(core.baseUrl, 'useLink', {}, { body: { token } })),
    )
    expect(answers.map(r => r.status).sort()).toEqual([200, 410, 410, 410, 410])
  })
})

describe('roles', () => {
  const MAY: Record<
    Role,
    { read: boolean; customers: boolean; publish: boolean; keys: boolean; team: boolean; ops: boolean }
  > = {
    owner: { read: true, customers: true, publish: true, keys: true, team: true, ops: true },
    admin: { read: true, customers: true, publish: true, keys: true, team: true, ops: true },
    marketer: { read: true, customers: true, publish: true, keys: false, team: false, ops: true },
    analyst: { read: true, customers: false, publish: false, keys: false, team: false, ops: true },
    staff: { read: true, customers: true, publish: false, keys: false, team: false, ops: false },
    viewer: { read: true, customers: false, publish: false, keys: false, team: false, ops: false },
  }
  test.each(ROLES)('the server enforces what %s may', async role => {
    const { id } = await createWorkspace(core, { name: role, kind: 'live' })
    await makeMember('owner', `${role}-owner@example.com`, id)
    const { cookie } = await makeMember(role, `${role}@example.com`, id)
    const ws = publicId('wsp', id)
    const customer = publicId('cus', id)
    const status = async (name: Parameters<typeof callApi>[1], body?: unknown) =>
      (
        await callApi(
          core.baseUrl,
          name,
          { cookie },
          { params: { ws, customer, journey: publicId('jrn', id), key: publicId('key', id) }, body },
        )
      ).status
    const allowed = {
      read: (await status('workspace')) !== 403,
      customers: (await status('customerCommand', { do: 'add_tag', tag: 'x' })) !== 403,
      publish: (await status('publishJourney', { version: 1 })) !== 403,
      keys: (await status('revokeKey')) !== 403,
      team: (await status('invite', { email: `${role}-x@example.com`, role: 'viewer' })) !== 403,
      ops: (await status('ops')) !== 403,
    }
    expect(allowed).toEqual(MAY[role])
  })
  test('only owners make, change or remove owners, and one is always left', async () => {
    const { id } = await createWorkspace(core, { name: 'Owners', kind: 'live' })
    const owner = await makeMember('owner', 'o1@example.com', id)
    const admin = await makeMember('admin', 'o2@example.com', id)
    const ws = publicId('wsp', id)
    const setRole = (cookie: string, user: Uuid, role: Role) =>
      callApi(
        core.baseUrl,
        'setRole',
        { cookie },
        { params: { ws, user: publicId('usr', user) }, body: { role } },
      )
    const remove = (cookie: string, user: Uuid) =>
      callApi(core.baseUrl, 'removeUser', { cookie }, { params: { ws, user: publicId('usr', user) } })
    expect((await setRole(admin.cookie, admin.id, 'owner')).status).toBe(403)
    expect((await remove(admin.cookie, owner.id)).status).toBe(403)
    expect((await setRole(owner.cookie, owner.id, 'viewer')).body.code).toBe('last_owner')
    expect((await remove(owner.cookie, owner.id)).body.code).toBe('last_owner')
    expect((await setRole(owner.cookie, admin.id, 'owner')).status).toBe(200)
    expect((await remove(owner.cookie, owner.id)).status).toBe(200)
    expect(
      (await callApi(core.baseUrl, 'workspace', { cookie: owner.cookie }, { params: { ws } })).status,
    ).toBe(404)
  })
  test('two owners who remove each other at once leave one', async () => {
    const { id } = await createWorkspace(core, { name: 'Duel', kind: 'live' })
    const left = await makeMember('owner', 'd1@example.com', id)
    const right = await makeMember('owner', 'd2@example.com', id)
    const params = { ws: publicId('wsp', id), user: publicId('usr', left.id) }
    let second: Promise<Answer> | null = null
    await inTransaction(core.pool, async sql => {
      await lockTeam(sql, id)
      await dropRole(sql, id, right.id)
      second = callApi(core.baseUrl, 'removeUser', { cookie: right.cookie }, { params })
      let answered = false
      void second.then(() => {
        answered = true
      })
      // until it waits for the lock (or, were there none, has answered)
      const waits =
        'select from pg_locks l join pg_database d on d.oid = l.database or l.database is null where not granted and d.datname = current_database()'
      while (!answered && (await core.pool.query(waits)).rows.length === 0)
        await new Promise(r => setImmediate(r))
    })
    expect((await second!).body.code).toBe('last_owner')
    const { rows } = await core.pool.query(
      `select count(*) as n from team_role where workspace_id = $1 and role = 'owner'`,
      [id],
    )
    expect(rows).toEqual([{ n: 1 }])
  })
  test('every role has scopes, and mayAssign holds for every pair', () => {
    for (const role of ROLES) expect(ROLE_SCOPES[role].size).toBeGreaterThan(0)
    for (const from of [...ROLES, null])
      for (const to of [...ROLES, null])
        for (const actor of ROLES)
          expect(mayAssign(actor, from, to)).toBe(
            actor === 'owner' || (actor === 'admin' && from !== 'owner' && to !== 'owner'),
          )
  })
})
