// Published versions of a journey, which never change: reading one, restoring one as the draft.
import { Problem } from '../../platform/errors.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import type { JourneyGraph, VersionMoves } from '../model.ts'

export type PublishedVersion = {
  version: number
  graph: JourneyGraph
  moves: VersionMoves | null
  publishedAt: Date
  publishedBy: string
}

/** @throws Problem 404 `no_such_version` */
export async function findVersion(
  sql: Sql,
  workspace: Uuid,
  journey: Uuid,
  version: number,
): Promise<PublishedVersion> {
  const { rows } = await sql.query<PublishedVersion>(
    `select version, graph, moves, published_at as "publishedAt", published_by as "publishedBy" from journey_version
      where workspace_id = $1 and journey_id = $2 and version = $3`,
    [workspace, journey, Number.isSafeInteger(version) && version < 2 ** 31 ? version : -1],
  )
  if (!rows[0])
    throw new Problem(404, 'no_such_version', `This journey has no version ${version}`, {
      action: 'Take one from the list of its versions.',
    })
  return rows[0]
}
