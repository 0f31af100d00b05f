// What publishing takes in a workspace: whether a second person has to approve.
import type { WorkspaceSettings } from '../../catalogue/workspace.ts'
import { Problem } from '../../platform/errors.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'
import type { Sql } from '../../platform/postgres.ts'

export type PublishingSettings = { approval: boolean }

export const publishingOf = (workspace: Pick<WorkspaceRow, 'settings'>): PublishingSettings => ({
  approval: (workspace.settings as WorkspaceSettings).publishing?.approval === true,
})

/** Returns the workspace's version. @throws Problem 409 `version_conflict` */
export async function savePublishing(
  sql: Sql,
  workspace: WorkspaceRow,
  settings: PublishingSettings,
  version: number,
): Promise<number> {
  const { rows } = await sql.query<{ version: number }>(
    `update workspace set settings = settings || $3::jsonb, version = version + 1
      where id = $1 and version = $2 returning version`,
    [workspace.id, version, JSON.stringify({ publishing: settings })],
  )
  if (!rows[0])
    throw new Problem(409, 'version_conflict', 'Somebody else changed this workspace meanwhile', {
      action: 'Load it again and repeat your change.',
    })
  return rows[0].version
}
