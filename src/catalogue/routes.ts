// Workspaces, their keys, and industry presets.
import { SCOPES } from '../contract.ts'
import { createJourney } from '../journeys/store.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { parseId, publicId } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { insertKey, listKeys, presentKey, revokeKey } from './keys.ts'
import type { Preset } from './model.ts'
import { PRESETS } from './presets/register.ts'
import {
  installedPresets,
  lockPreset,
  nameEvent,
  readVocabulary,
  recordInstalled,
  removeInstalled,
  unnameEvent,
} from './vocabulary.ts'
import { createWorkspace, findWorkspace, presentWorkspace, updateWorkspace } from './workspace.ts'

/** @throws Problem 404 `no_preset` */
function presetOf(key: string | undefined): Preset {
  const preset = PRESETS.find(p => p.key === key)
  if (preset) return preset
  throw new Problem(404, 'no_preset', 'There is no such preset', {
    action: `Presets are ${PRESETS.map(p => p.key).join(', ')}.`,
  })
}

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

  vocabulary: ({ core, workspace }) => readVocabulary(core.pool, core.history, workspace.id),

  async nameEvent({ core, workspace, params, body }) {
    await nameEvent(core.pool, workspace.id, params.name!, body.label)
    return { ok: true }
  },

  async unnameEvent({ core, workspace, params }) {
    await unnameEvent(core.pool, workspace.id, params.name!)
    return { ok: true }
  },

  async presets({ core, workspace }) {
    const installed = await installedPresets(core.pool, workspace.id)
    return {
      items: PRESETS.map(p => ({
        ...p,
        journeys: p.journeys.map(j => j.name),
        installedAt: installed.find(i => i.preset === p.key)?.at.toISOString() ?? null,
      })),
    }
  },

  /** One at a time, so that the journeys are made once. */
  async installPreset({ core, workspace, params }) {
    const preset = presetOf(params.preset)
    const journeys = await inTransaction(core.pool, async sql => {
      const before = await lockPreset(sql, workspace.id, preset.key)
      if (before) return before.journeys
      const made = []
      for (const graph of preset.journeys) made.push(await createJourney(core, workspace.id, graph))
      await recordInstalled(sql, workspace.id, preset.key, made)
      return made
    })
    return { journeys: journeys.map(j => publicId('jrn', j)) }
  },

  async removePreset({ core, workspace, params }) {
    await removeInstalled(core.pool, workspace.id, presetOf(params.preset).key)
    return { ok: true }
  },
} satisfies Handlers
