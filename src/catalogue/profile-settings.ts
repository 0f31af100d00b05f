// The workspace's rules for stages, visits and purchase phases: kept in its settings, published with the world.
import { DEFAULT_SETTINGS, settingsOf, type ProfileSettings } from '../customers/settings.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { inTransaction } from '../platform/postgres.ts'
import { publishWorld } from './publish.ts'
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
      const { rows } = await sql.query<{ version: number }>(
        `update workspace set settings = settings || $3::jsonb, version = version + 1
          where id = $1 and version = $2 returning version`,
        [workspace.id, body.version, JSON.stringify({ profile: body.settings })],
      )
      if (!rows[0])
        throw new Problem(409, 'version_conflict', 'Somebody else changed this workspace meanwhile', {
          action: 'Load it again and repeat your change.',
        })
      await publishWorld(sql, core, workspace.id)
      return rows[0].version
    })
    core.signals.emit('inbox', '')
    return { settings: body.settings, defaults: DEFAULT_SETTINGS, version }
  },
} satisfies Handlers
