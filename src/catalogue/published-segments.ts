// The segments of a world, as the tables say them now: the live version of each that is not archived.
import type { Uuid } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import type { Sql } from '../platform/postgres.ts'
import {
  ONLY_GROUP,
  REST_GROUP,
  type Definition,
  type PublishedSegment,
  type SegmentKind,
} from '../segments/model.ts'

export async function publishedSegments(sql: Sql, workspace: Uuid): Promise<PublishedSegment[]> {
  const { rows } = await sql.query<{
    id: Uuid
    n: number
    kind: SegmentKind
    version: number
    definition: Definition
    groups: Record<string, number>
    since: number
    filled: boolean
  }>(
    `select s.id, s.n, s.kind, v.version, v.definition, s.groups, v.since, v.filled_at is not null as filled
       from segment s join segment_version v on v.segment_id = s.id and v.version = s.live_version
      where s.workspace_id = $1 and s.status = 'live' order by s.n`,
    [workspace],
  )
  return rows.map(({ id, n, kind, version, definition, groups, since, filled }) => {
    const { dwellMs, tag } = definition
    const made: PublishedSegment = { id, n, version, kind, groups: [], since, filled }
    if (kind === 'live')
      made.groups = [{ key: ONLY_GROUP, g: groups[ONLY_GROUP]!, rule: definition.groups[0]!.rule as Rule }]
    if (kind === 'partition')
      made.groups = [...definition.groups, { key: REST_GROUP, rule: null }].map(({ key, rule }) => ({
        key,
        g: groups[key]!,
        rule: rule as Rule | null,
      }))
    const former = Object.entries(groups).filter(([key]) => !made.groups.some(g => g.key === key))
    if (kind === 'partition' && former.length > 0)
      made.former = Object.fromEntries(former.map(([key, g]) => [g, key]))
    if (dwellMs !== undefined) made.dwellMs = dwellMs
    if (tag !== undefined) made.tag = tag
    return made
  })
}
