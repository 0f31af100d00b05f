// Segments as people edit and publish them. A published version never changes; publishing writes a new one and the whole
// world of the workspace in the same transaction.
import { publishWorld } from '../catalogue/publish.ts'
import type { Core } from '../platform/core.ts'
import { must, Problem } from '../platform/errors.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import type { Fault } from '../rules/check.ts'
import { faultsOfDefinition, type Other } from './definition.ts'
import { type Attributes, attributesFor } from './names.ts'
import { numberGroups, ONLY_GROUP, type Definition, type SegmentKind, type SegmentStatus } from './model.ts'
import { storableJson } from '../platform/values.ts'

export type SegmentRecord = {
  id: Uuid
  n: number
  name: string
  purpose: string
  kind: SegmentKind
  status: SegmentStatus
  draft: Definition
  live_version: number | null
  live: Definition | null
  groups: Record<string, number>
  library: string | null
  version: number
  created_by: string
  created_at: Date
  updated_by: string
  updated_at: Date
}

const SELECT = `select s.id, s.n, s.name, s.purpose, s.kind, s.status, s.draft, s.live_version, v.definition as live, s.groups, s.library, s.version,
       s.created_by, s.created_at, s.updated_by, s.updated_at
  from segment s left join segment_version v on v.segment_id = s.id and v.version = s.live_version
 where s.workspace_id = $1`

/** All segments of a workspace, archived ones too, the last changed first. */
export async function listSegments(sql: Sql, workspace: Uuid): Promise<SegmentRecord[]> {
  return (await sql.query<SegmentRecord>(`${SELECT} order by s.updated_at desc, s.id desc`, [workspace])).rows
}

/** @throws Problem 404 `segment_not_found` */
export async function findSegment(sql: Sql, workspace: Uuid, id: Uuid): Promise<SegmentRecord> {
  const { rows } = await sql.query<SegmentRecord>(`${SELECT} and s.id = $2`, [workspace, id])
  if (!rows[0]) throw notFound('seg')
  return rows[0]
}

export type VersionRecord = {
  version: number
  definition: Definition
  since: number
  filled_at: Date | null
  published_at: Date
  published_by: string
}

export async function segmentVersions(pool: Pool, workspace: Uuid, id: Uuid): Promise<VersionRecord[]> {
  const { rows } = await pool.query<VersionRecord>(
    `select version, definition, since, filled_at, published_at, published_by from segment_version
      where workspace_id = $1 and segment_id = $2 order by version desc`,
    [workspace, id],
  )
  return rows
}

/** What a definition may name: every segment by its public id. */
export const othersOf = (segments: SegmentRecord[]): Map<string, Other> =>
  new Map(
    segments.map(s => {
      const id = publicId('seg', s.id)
      return [id, { id, name: s.name, kind: s.kind, archived: s.status === 'archived', definition: s.live }]
    }),
  )

export const faultsOf = (segment: SegmentRecord, all: SegmentRecord[], traits?: Attributes): Fault[] =>
  faultsOfDefinition(
    { id: publicId('seg', segment.id), name: segment.name, kind: segment.kind },
    segment.draft,
    othersOf(all),
    traits,
  )

/** What stands against publishing the draft of a segment, its attributes' types too. */
export async function draftFaults(
  sql: Sql,
  workspace: Uuid,
  segment: SegmentRecord,
  all: SegmentRecord[],
): Promise<Fault[]> {
  const rules = segment.draft.groups.map(group => group.rule)
  return faultsOf(segment, all, await attributesFor(sql, workspace, rules))
}

// ── changes ──────────────────────────────────────────────────────────────────

export type NewSegment = {
  name: string
  purpose?: string | undefined
  kind: SegmentKind
  definition?: Definition | undefined
  /** key of the ready-made segment it begins as */
  library?: string | undefined
}

const blank = (kind: SegmentKind): Definition => ({
  groups: kind === 'live' ? [{ key: ONLY_GROUP, name: '', rule: null }] : [],
})

/** A new draft; a list has nothing to write and is live at once. In the caller's transaction. */
export async function insertSegment(
  sql: Sql,
  core: Core,
  workspace: Uuid,
  given: NewSegment,
  actor: string,
): Promise<Uuid> {
  const id = newId()
  // the workspace's row is the lock under which numbers are given
  await sql.query('select 1 from workspace where id = $1 for no key update', [workspace])
  await sql.query(
    `insert into segment (id, workspace_id, n, name, purpose, kind, status, draft, library, created_by, created_at, updated_by, updated_at)
     select $1, $2, coalesce(max(n), 0) + 1, $3, $4, $5, 'draft', $6, $7, $8, $9, $8, $9 from segment where workspace_id = $2`,
    [
      id,
      workspace,
      given.name,
      given.purpose ?? '',
      given.kind,
      storableJson(given.definition ?? blank(given.kind)),
      given.library ?? null,
      actor,
      new Date(),
    ],
  )
  if (given.kind === 'static') {
    const segment = await findSegment(sql, workspace, id)
    demandFaultless(faultsOf(segment, []))
    await publish(sql, core, workspace, segment, actor)
  }
  return id
}

export async function createSegment(
  core: Core,
  workspace: Uuid,
  given: NewSegment,
  actor: string,
): Promise<Uuid> {
  const id = await inTransaction(core.pool, sql => insertSegment(sql, core, workspace, given, actor))
  if (given.kind === 'static') core.signals.emit('inbox', '')
  changed(core, workspace)
  return id
}

/** After a commit: open pages fetch segments again. */
export const changed = (core: Core, workspace: Uuid): void =>
  core.signals.emit('live', `${workspace}:segments`)

/** Locks the segment for a change of what `version` of it said; null: of whatever it says.
 *  @throws Problem 404, 409 `version_conflict` or `segment_archived` */
export async function lockSegment(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  version: number | null,
): Promise<SegmentRecord> {
  await sql.query('select 1 from segment where workspace_id = $1 and id = $2 for no key update', [
    workspace,
    id,
  ])
  const segment = await findSegment(sql, workspace, id)
  if (version !== null && segment.version !== version)
    throw new Problem(
      409,
      'version_conflict',
      `Somebody changed this segment (version ${segment.version} now)`,
      {
        path: 'version',
        action: 'Load it again, look at what changed, and make your change once more.',
      },
    )
  if (segment.status === 'archived')
    throw new Problem(409, 'segment_archived', 'This segment is archived', {
      action: 'Make a new one; this one keeps its past.',
    })
  return segment
}

export async function saveSegment(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  change: { version: number; name?: string; purpose?: string; definition?: Definition },
  actor: string,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    const segment = await lockSegment(sql, workspace, id, change.version)
    if (segment.kind === 'static' && change.definition)
      demandFaultless(faultsOf({ ...segment, draft: change.definition }, []))
    await sql.query(
      `update segment set name = coalesce($3, name), purpose = coalesce($4, purpose), draft = coalesce($5, draft), version = version + 1,
              updated_by = $6, updated_at = $7
        where workspace_id = $1 and id = $2`,
      [
        workspace,
        id,
        change.name ?? null,
        change.purpose ?? null,
        change.definition === undefined ? null : storableJson(change.definition),
        actor,
        new Date(),
      ],
    )
  })
  changed(core, workspace)
}

function demandFaultless(faults: Fault[]): void {
  const fault = faults[0]
  if (!fault) return
  throw new Problem(400, fault.code, fault.message.en, {
    path: fault.path,
    action:
      (fault.alternative?.en ?? 'Mend this') +
      (faults.length > 1 ? `; the draft has ${faults.length - 1} more faults, listed with it.` : '.'),
  })
}

/** Publishes the draft as a new version. Whoever is a member stays one until the past has been looked at again.
 *  @throws Problem 404, 409 `version_conflict`, 400 with the first fault's code and path */
export async function publishSegment(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  version: number,
  actor: string,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    // one publication at a time: two that name each other must not both find no circle
    await sql.query('select 1 from workspace where id = $1 for no key update', [workspace])
    const segment = await lockSegment(sql, workspace, id, version)
    demandFaultless(await draftFaults(sql, workspace, segment, await listSegments(sql, workspace)))
    await publish(sql, core, workspace, segment, actor)
  })
  core.signals.emit('inbox', '')
  core.signals.emit('segment-job')
  changed(core, workspace)
}

async function publish(
  sql: Sql,
  core: Core,
  workspace: Uuid,
  segment: SegmentRecord,
  actor: string,
): Promise<void> {
  const next = (segment.live_version ?? 0) + 1
  const { rows } = await sql.query<{ no: number }>(
    'select catalogue_no + 1 as no from workspace where id = $1',
    [workspace],
  )
  const since = Number(rows[0]!.no)
  const isList = segment.kind === 'static'
  await sql.query(
    `insert into segment_version (workspace_id, segment_id, version, definition, since, filled_at, published_at, published_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      workspace,
      segment.id,
      next,
      JSON.stringify(segment.draft),
      since,
      isList ? new Date() : null,
      new Date(),
      actor,
    ],
  )
  await sql.query(
    `update segment set status = 'live', live_version = $3, groups = $4, version = version + 1, updated_by = $5, updated_at = $6
      where workspace_id = $1 and id = $2`,
    [
      workspace,
      segment.id,
      next,
      JSON.stringify(numberGroups(segment.groups, segment.kind, segment.draft.groups)),
      actor,
      new Date(),
    ],
  )
  const no = await publishWorld(sql, core, workspace, { segment: isList ? null : segment.id, actor })
  must(no === since, 'a version is published under the number it says')
}

/** @throws Problem 409 `segment_in_use` with the names of those who use it */
export async function archiveSegment(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  users: (sql: Sql, all: SegmentRecord[]) => Promise<{ name: string }[]>,
  actor: string,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    await sql.query('select 1 from workspace where id = $1 for no key update', [workspace])
    const segment = await lockSegment(sql, workspace, id, null)
    const used = await users(sql, await listSegments(sql, workspace))
    if (used.length > 0)
      throw new Problem(
        409,
        'segment_in_use',
        `This segment is used by ${used.map(u => `"${u.name}"`).join(', ')}`,
        { action: 'Take it out there, or stop the journey, then archive it.' },
      )
    await sql.query(
      `update segment set status = 'archived', version = version + 1, updated_by = $3, updated_at = $4 where workspace_id = $1 and id = $2`,
      [workspace, id, actor, new Date()],
    )
    if (segment.live_version === null) return
    await sql.query(
      'update segment_version set filled_at = null where workspace_id = $1 and segment_id = $2 and version = $3',
      [workspace, id, segment.live_version],
    )
    await publishWorld(sql, core, workspace, { segment: id, actor })
  })
  core.signals.emit('inbox', '')
  core.signals.emit('segment-job')
  changed(core, workspace)
}
