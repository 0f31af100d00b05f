// The workspace's caps for each person: kept in its settings, published with the world.
import type { SendingRules } from '../customers/world.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { inTransaction } from '../platform/postgres.ts'
import { publishWorld } from './publish.ts'
import type { WorkspaceSettings } from './workspace.ts'

const rulesOf = (workspace: Pick<WorkspaceRow, 'settings'>): Required<SendingRules> => {
  const { caps = [], countTransactional = false } = (workspace.settings as WorkspaceSettings).sending ?? {}
  return { caps, countTransactional }
}

export const sendingRuleRoutes = {
  sendingRules: async ({ workspace }) => ({ ...rulesOf(workspace), version: workspace.version }),

  async saveSendingRules({ core, workspace, body: { version, ...sending } }) {
    const saved = await inTransaction(core.pool, async sql => {
      const { rows } = await sql.query<{ version: number }>(
        `update workspace set settings = settings || $3::jsonb, version = version + 1
          where id = $1 and version = $2 returning version`,
        [workspace.id, version, JSON.stringify({ sending })],
      )
      if (!rows[0])
        throw new Problem(409, 'version_conflict', 'Somebody else changed this workspace meanwhile', {
          action: 'Load it again and repeat your change.',
        })
      await publishWorld(sql, core, workspace.id)
      return rows[0].version
    })
    core.signals.emit('inbox', '')
    return { ...sending, version: saved }
  },
} satisfies Handlers
