// The segments of a world, as the tables say them now: the live version of each. An archived one has no groups, and is part
// of the world until its members have left.
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Rule } from '../rules/model.ts'
import { groupKeys, type Definition, type PublishedSegment, type SegmentKind } from '../segments/model.ts'

type Row = {
  id: Uuid
  n: number
  kind: SegmentKind
  archived: boolean
  version: number
  definition: Definition
  groups: Record<string, number>
}

/** `since` and `filled` are worked out by who publishes. */
export async function publishedSegments(sql: Sql, workspace: Uuid): Promise<PublishedSegment[]> {
  const { rows } = await sql.query<Row>(
    `select s.id, s.n, s.kind, s.status = 'archived' as archived, v.version, v.definition, s.groups
       from segment s join segment_version v on v.segment_id = s.id and v.version = s.live_version
      where s.workspace_id = $1 and (s.status = 'live' or (s.status = 'archived' and v.filled_at is null)) order by s.n`,
    [workspace],
  )
  return rows.map(published)
}

function published({ id, n, kind, archived, version, definition, groups }: Row): PublishedSegment {
  const { dwellMs, tag } = definition
  const made: PublishedSegment = { id, n, version, kind, groups: [], since: 0, filled: true }
  // members of an archived list go like those of a rule that holds for nobody
  if (archived && kind === 'static') made.kind = 'live'
  if (!archived && kind !== 'static')
    made.groups = groupKeys(kind, definition.groups).map(key => ({
      key,
      g: groups[key]!,
      rule: (definition.groups.find(g => g.key === key)?.rule ?? null) as Rule | null,
    }))
  const former = Object.entries(groups).filter(([key]) => !made.groups.some(g => g.key === key))
  if (kind === 'partition' && former.length > 0)
    made.former = Object.fromEntries(former.map(([key, g]) => [g, key]))
  if (dwellMs !== undefined) made.dwellMs = dwellMs
  if (tag !== undefined) made.tag = tag
  return made
}
