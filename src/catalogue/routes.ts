// Workspaces and their keys.
import { SCOPES } from '../contract.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { parseId } from '../platform/ids.ts'
import { insertKey, listKeys, presentKey, revokeKey } from './keys.ts'
import { createWorkspace, findWorkspace, presentWorkspace, updateWorkspace } from './workspace.ts'

export const catalogueRoutes = {
  async createWorkspace(call) {
    const { id } = await createWorkspace(call.core, { ...call.body, owner: call.caller.id })
    return presentWorkspace((await findWorkspace(call.core.pool, id))!)
  },

  workspace: async call => presentWorkspace(call.workspace),

  async updateWorkspace(call) {
    return presentWorkspace(await updateWorkspace(call.core, call.workspace.id, call.body))
  },

  async keys(call) {
    return { items: (await listKeys(call.core.pool, call.workspace.id)).map(presentKey) }
  },

  /** Nobody gives a key more than they have. */
  async createKey(call) {
    const { kind, name, demandToken, scopes = [] } = call.body
    const beyond = kind === 'api' ? scopes.filter(s => !call.scopes.has(s)) : []
    if (beyond.length > 0)
      throw new Problem(403, 'scope_missing', `You cannot give what you do not have: ${beyond.join(', ')}`, {
        path: 'scopes',
        action: 'Leave these out, or ask an owner.',
      })
    if (kind === 'api' && scopes.length === 0)
      throw new Problem(400, 'invalid', 'An API key without scopes can do nothing', {
        path: 'scopes',
        action: `Name at least one of ${SCOPES.join(', ')}.`,
      })
    const made = await insertKey(call.core.pool, call.workspace.id, { kind, name, scopes, demandToken })
    return { ...presentKey(made.row), key: made.key }
  },

  async revokeKey(call) {
    const id = parseId('key', call.params.key!)
    if (!id || !(await revokeKey(call.core.pool, call.workspace.id, id)))
      throw new Problem(404, 'no_key', 'There is no such key', { action: 'Load the list of keys again.' })
    return { ok: true }
  },
} satisfies Handlers
