// Who calls and what they may do: sessions of team users and API keys. Default deny.
import { LRUCache } from 'lru-cache'
import { findApiKey, touchKey } from '../catalogue/keys.ts'
import { findWorkspace } from '../catalogue/workspace.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Access } from '../platform/http/access.ts'
import { parseId, publicId } from '../platform/ids.ts'
import { recordAudit } from './audit.ts'
import { scopesOf } from './roles.ts'
import { findSession } from './session.ts'
import { roleOf } from './store.ts'

/** `last_used_at` of a key is written at most this often. */
const TOUCH_MS = 60_000

const notSignedIn = (title: string) =>
  new Problem(401, 'not_signed_in', title, {
    action: 'Sign in, or send an API key as "Authorization: Bearer ik_…".',
  })

const hidden = () =>
  new Problem(404, 'no_workspace', 'There is no such workspace, or you have no part in it', {
    action: 'Check the workspace id, or ask its owner for an invitation.',
  })

const LOOK_MS = 5 * 60_000

export function openAccess(core: Core): Access {
  const looks = new LRUCache<string, true>({ max: 20_000, ttl: LOOK_MS })
  return {
    async identify(authorization, token) {
      if (authorization !== undefined) {
        const [scheme, key = ''] = authorization.split(' ')
        const found = scheme?.toLowerCase() === 'bearer' ? await findApiKey(core.pool, key) : null
        if (!found) throw notSignedIn('This API key is not known, or was revoked')
        if (Date.now() - (found.lastUsed?.getTime() ?? 0) > TOUCH_MS)
          await touchKey(core.pool, found.workspace, found.id)
        const caller = { kind: 'key' as const, id: found.id, name: found.name }
        return { kind: 'key', caller, workspace: found.workspace, scopes: found.scopes }
      }
      const user = token ? await findSession(core.pool, token) : null
      if (!user) throw notSignedIn(token ? 'This session has ended' : 'Nobody is signed in')
      const caller = { kind: 'user' as const, id: user.id, email: user.email, name: user.name, role: null }
      return { kind: 'user', caller, session: user.session }
    },

    async seatIn(who, publicWorkspace) {
      const id = parseId('wsp', publicWorkspace)
      if (!id) throw hidden()
      if (who.kind === 'key') {
        const workspace = who.workspace === id ? await findWorkspace(core.pool, id) : null
        if (!workspace) throw hidden()
        return { workspace, scopes: new Set(who.scopes), caller: who.caller }
      }
      const [workspace, role] = await Promise.all([
        findWorkspace(core.pool, id),
        roleOf(core.pool, id, who.caller.id),
      ])
      if (!workspace || !role) throw hidden()
      return { workspace, scopes: scopesOf(role, workspace.settings), caller: { ...who.caller, role } }
    },

    async record({ workspace, caller, action, kind, target, detail }) {
      const actor = publicId(caller.kind === 'user' ? 'usr' : 'key', caller.id)
      // an open page asks again with each change: one line for one look
      const look = [workspace, actor, action, target, detail.masked === true].join(' ')
      if (kind === 'saw' && looks.has(look)) return
      await recordAudit(core.pool, { workspace, actor, action, kind, target, detail })
      if (kind === 'saw') looks.set(look, true)
    },
  }
}
