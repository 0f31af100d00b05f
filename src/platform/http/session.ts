// The session cookie, and the guard against requests that other sites make a browser send with it.
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Scope } from '../../contract.ts'
import type { Core } from '../core.ts'
import { Problem } from '../errors.ts'
import type { Seat } from './access.ts'

const COOKIE = 'itinera_session'
export const SESSION_MS = 14 * 24 * 3_600_000

export const readSessionCookie = (c: Context): string | undefined => getCookie(c, COOKIE)

/** null removes it. Secure where the product is reached by https. */
export function writeSessionCookie(c: Context, core: Core, token: string | null): void {
  setCookie(c, COOKIE, token ?? '', {
    httpOnly: true,
    sameSite: 'Lax',
    secure: core.baseUrl.startsWith('https:'),
    path: '/',
    maxAge: token === null ? 0 : SESSION_MS / 1000,
  })
}

/** @throws Problem 403 */
export function demandScope(seat: Seat, scope: Scope): void {
  if (seat.scopes.has(scope)) return
  throw new Problem(403, 'scope_missing', `This needs the scope ${scope}`, {
    action:
      seat.caller.kind === 'key'
        ? 'Use a key that has it.'
        : 'Ask an owner or admin of this workspace for a role that has it.',
  })
}

/** A browser may write with a cookie only from our own pages: its Origin is ours, or (no Origin) it says same-origin
 *  or carries a header that foreign pages cannot set without our consent.
 *  @throws Problem 403 */
export function demandSameOrigin(c: Context, core: Core): void {
  const origin = c.req.header('origin')
  const ours =
    origin === undefined
      ? ['same-origin', 'none'].includes(c.req.header('sec-fetch-site') ?? '') ||
        c.req.header('x-itinera') !== undefined
      : origin === new URL(core.baseUrl).origin ||
        (URL.canParse(origin) && new URL(origin).host === c.req.header('host'))
  if (!ours)
    throw new Problem(403, 'foreign_origin', 'This request does not come from our own page', {
      action: 'Use an API key, or send the header "X-Itinera: 1" from a program.',
    })
}
