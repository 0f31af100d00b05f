// The workspace's rules for stages, visits and purchase phases: kept in its settings, published with the world.
import { DEFAULT_SETTINGS, settingsOf, type ProfileSettings } from '../customers/settings.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { inTransaction } from '../platform/postgres.ts'
import { publishWorld } from './publish.ts'
import { saveSettings } from './workspace-settings.ts'
import type { WorkspaceSettings } from './workspace.ts'

export const profileSettingsOf = (workspace: Pick<WorkspaceRow, 'settings'>): ProfileSettings =>
  settingsOf((workspace.settings as WorkspaceSettings).profile)

export const profileSettingRoutes = {
  profileSettings: async call => ({
    settings: profileSettingsOf(call.workspace),
    defaults: DEFAULT_SETTINGS,
    version: call.workspace.version,
  }),

  async saveProfileSettings({ core, workspace, body }) {
    const version = await inTransaction(core.pool, async sql => {
      const saved = await saveSettings(sql, workspace.id, body.version, { profile: body.settings })
      await publishWorld(sql, core, workspace.id)
      return saved
    })
    core.signals.emit('inbox', '')
    return { settings: body.settings, defaults: DEFAULT_SETTINGS, version }
  },
} satisfies Handlers
