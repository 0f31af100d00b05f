// Signed user tokens: a brand's server vouches for who is signed in on its page. JWT (RFC 7519), HS256 with the
// workspace's own secret; the claims become verified identifiers of the event that carries the token.
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'

export type UserClaims = {
  /** the member number */
  sub: string
  email?: string
  phone?: string
  line_uid?: string
  name?: string
}

const DEFAULT_TTL_S = 3_600

/** What a workspace's user tokens are signed with. @throws Problem 404 */
export async function userTokenSecret(
  core: Pick<Core, 'pool' | 'secrets'>,
  workspace: Uuid,
): Promise<Uint8Array> {
  const { rows } = await core.pool.query<{ token_secret: Buffer }>(
    'select token_secret from workspace where id = $1',
    [workspace],
  )
  if (!rows[0]) throw new Problem(404, 'workspace_unknown', 'There is no such workspace')
  return Buffer.from(core.secrets.open(rows[0].token_secret))
}

/** A token for `claims`, valid for `ttlS` seconds from real time now (one hour unless told). */
export async function signUserToken(
  core: Pick<Core, 'pool' | 'secrets'>,
  workspace: Uuid,
  claims: UserClaims,
  ttlS: number = DEFAULT_TTL_S,
): Promise<string> {
  const secret = await userTokenSecret(core, workspace)
  const now = Math.floor(Date.now() / 1000)
  const { sub, ...more } = claims
  return new SignJWT(more)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlS)
    .sign(secret)
}

/** The claims of a token signed with `secret` (opened, as stored for the workspace).
 *  @throws Problem 401 `token_expired` or `bad_token` */
export async function verifyUserToken(
  secret: Uint8Array,
  token: string,
): Promise<{ claims: UserClaims; expiresAt: number }> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: 30,
    })
    const claims: UserClaims = { sub: String(payload.sub).trim() }
    for (const name of ['email', 'phone', 'line_uid', 'name'] as const) {
      const value = payload[name]
      if (typeof value === 'string' && value !== '') claims[name] = value
    }
    return { claims, expiresAt: payload.exp! * 1000 }
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new Problem(401, 'token_expired', 'The user token has expired', {
        action: 'Have your server sign a new one for the person who is signed in.',
        path: 'userToken',
      })
    }
    if (error instanceof errors.JOSEError) {
      throw new Problem(401, 'bad_token', 'The user token does not fit this workspace', {
        action:
          'Sign it with HS256 and the workspace\'s token secret; it needs "sub" (member number) and "exp".',
        path: 'userToken',
      })
    }
    throw error
  }
}
