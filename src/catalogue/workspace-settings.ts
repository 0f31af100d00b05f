// The workspace's settings, of which each subject keeps its own part under names of its own.
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

/** Puts `part` in place of what these names held. Returns the workspace's new version.
 *  @throws Problem 409 `version_conflict` when somebody else changed the workspace since `version` */
export async function saveSettings(
  sql: Sql,
  workspace: Uuid,
  version: number,
  part: Record<string, unknown>,
): Promise<number> {
  const { rows } = await sql.query<{ version: number }>(
    `update workspace set settings = settings || $3::jsonb, version = version + 1
      where id = $1 and version = $2 returning version`,
    [workspace, version, JSON.stringify(part)],
  )
  if (rows[0]) return rows[0].version
  throw changedMeanwhile()
}

export const changedMeanwhile = (): Problem =>
  new Problem(409, 'version_conflict', 'Somebody else changed this workspace meanwhile', {
    path: 'version',
    action: 'Load it again and repeat your change.',
  })
