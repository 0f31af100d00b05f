// Who asks for a stream (an upload, a download), and what they may do: the same callers, scopes and workspaces as for the
// endpoints of the contract.
import type { Context } from 'hono'
import type { Scope } from '../../contract.ts'
import type { Core } from '../core.ts'
import type { Access, Seat } from './access.ts'
import type { HttpEnv } from './router.ts'
import { demandSameOrigin, demandScope, readSessionCookie } from './session.ts'

/** The caller's seat in the workspace that the path names.
 *  @throws Problem 401, 403, 404 */
export async function seatAt(
  core: Core,
  access: Access,
  c: Context<HttpEnv>,
  route: string,
  ...scopes: Scope[]
): Promise<Seat> {
  c.set('route', `/api/w/{ws}/${route}`)
  const who = await access.identify(c.req.header('authorization'), readSessionCookie(c))
  if (c.req.method !== 'GET' && who.kind !== 'key') demandSameOrigin(c, core)
  const taken = await access.seatIn(who, c.req.param('ws') ?? '')
  for (const scope of scopes) demandScope(taken, scope)
  return taken
}
