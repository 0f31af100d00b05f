// The workspace's caps for each person: kept in its settings, published with the world.
import type { SendingRules } from '../customers/world.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { inTransaction } from '../platform/postgres.ts'
import { publishWorld } from './publish.ts'
import { saveSettings } from './workspace-settings.ts'
import type { WorkspaceSettings } from './workspace.ts'

const rulesOf = (workspace: Pick<WorkspaceRow, 'settings'>): Required<SendingRules> => {
  const { caps = [], countTransactional = false } = (workspace.settings as WorkspaceSettings).sending ?? {}
  return { caps, countTransactional }
}

export const sendingRuleRoutes = {
  sendingRules: async ({ workspace }) => ({ ...rulesOf(workspace), version: workspace.version }),

  async saveSendingRules({ core, workspace, body: { version, ...sending } }) {
    const saved = await inTransaction(core.pool, async sql => {
      const saved = await saveSettings(sql, workspace.id, version, { sending })
      await publishWorld(sql, core, workspace.id)
      return saved
    })
    core.signals.emit('inbox', '')
    return { ...sending, version: saved }
  },
} satisfies Handlers
