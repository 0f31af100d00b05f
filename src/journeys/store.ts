// Journeys as people edit and publish them. A published version never changes; publishing writes a new one and the
// whole world of the workspace in the same transaction.
import { publishWorld } from '../catalogue/publish.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import type { JourneyGraph, NodeData } from './model.ts'
import { nameOfNode, type NodeName } from './node-name.ts'
import { statusFault, type JourneyStatus } from './versions/status.ts'
import { storable, storableJson } from '../platform/values.ts'

/** A broadcast is a journey that is told to an audience at its start (src/campaigns). */
export type JourneyKind = 'journey' | 'broadcast'

export type JourneyRecord = {
  id: Uuid
  name: string
  kind: JourneyKind
  status: JourneyStatus
  draft: unknown
  liveVersion: number | null
  live: JourneyGraph | null
  version: number
  updatedAt: Date
  /** who saved the draft last, and when; null for drafts older than that */
  draftBy: string | null
  draftAt: Date | null
}

type Row = {
  id: Uuid
  name: string
  kind: JourneyKind
  status: JourneyStatus
  draft: unknown
  live_version: number | null
  live: JourneyGraph | null
  version: number
  updated_at: Date
  draft_by: string | null
  draft_at: Date | null
}

const SELECT = `select j.id, j.name, j.kind, j.status, j.draft, j.live_version, v.graph as live, j.version, j.updated_at,
       j.draft_by, j.draft_at
  from journey j left join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id and v.version = j.live_version
 where j.workspace_id = $1`

const record = (r: Row): JourneyRecord => ({
  id: r.id,
  name: r.name,
  kind: r.kind,
  status: r.status,
  draft: r.draft,
  liveVersion: r.live_version,
  live: r.live,
  version: r.version,
  updatedAt: r.updated_at,
  draftBy: r.draft_by,
  draftAt: r.draft_at,
})

/** All journeys of a workspace, the last changed first; broadcasts only where they are asked for. */
export async function listJourneys(
  pool: Pool,
  workspace: Uuid,
  kind: JourneyKind = 'journey',
): Promise<JourneyRecord[]> {
  const { rows } = await pool.query<Row>(`${SELECT} and j.kind = $2 order by j.updated_at desc, j.id desc`, [
    workspace,
    kind,
  ])
  return rows.map(record)
}

/** @throws Problem 404 `journey_not_found` */
export async function findJourney(sql: Sql, workspace: Uuid, id: Uuid): Promise<JourneyRecord> {
  const { rows } = await sql.query<Row>(`${SELECT} and j.id = $2`, [workspace, id])
  if (!rows[0]) throw notFound('jrn')
  return record(rows[0])
}

export type VersionRow = { version: number; publishedAt: Date; publishedBy: string }

/** Newest first. */
export async function journeyVersions(pool: Pool, workspace: Uuid, id: Uuid): Promise<VersionRow[]> {
  const { rows } = await pool.query<{ version: number; published_at: Date; published_by: string }>(
    'select version, published_at, published_by from journey_version where workspace_id = $1 and journey_id = $2 order by version desc',
    [workspace, id],
  )
  return rows.map(r => ({ version: r.version, publishedAt: r.published_at, publishedBy: r.published_by }))
}

/** Names of journeys and broadcasts; ids null: of all. Ids of other workspaces are left out. */
export async function journeyNames(
  pool: Pool,
  workspace: Uuid,
  ids: Uuid[] | null,
): Promise<Map<Uuid, string>> {
  if (ids?.length === 0) return new Map()
  const { rows } = await pool.query<{ id: Uuid; name: string }>(
    'select id, name from journey where workspace_id = $1 and ($2::uuid[] is null or id = any($2))',
    [workspace, ids],
  )
  return new Map(rows.map(r => [r.id, r.name]))
}

/** Published graphs by `journey/version`. */
export async function versionGraphs(
  pool: Pool,
  workspace: Uuid,
  wanted: { journey: Uuid; version: number }[],
): Promise<Map<string, JourneyGraph>> {
  if (wanted.length === 0) return new Map()
  const { rows } = await pool.query<{ journey_id: Uuid; version: number; graph: JourneyGraph }>(
    `select journey_id, version, graph from journey_version
      where workspace_id = $1 and (journey_id, version) in (select * from unnest($2::uuid[], $3::int[]))`,
    [workspace, wanted.map(w => w.journey), wanted.map(w => w.version)],
  )
  return new Map(rows.map(r => [`${r.journey_id}/${r.version}`, r.graph]))
}

export type NodeAt = { journey: Uuid; version: number | null; node: string }
export const nodeKey = ({ journey, version, node }: NodeAt): string => `${journey}/${node}/${version ?? ''}`

/** What nodes are called, by `nodeKey`; version null: in the newest version that has it. Nodes that are nowhere are left out. */
export async function nodeNames(sql: Sql, workspace: Uuid, wanted: NodeAt[]): Promise<Map<string, NodeName>> {
  if (wanted.length === 0) return new Map()
  const { rows } = await sql.query<NodeAt & { data: NodeData }>(
    `select w.journey, w.version, w.node, v.data
       from (select distinct * from unnest($2::uuid[], $3::int[], $4::text[]) as u(journey, version, node)) w,
            lateral (select graph #> array['nodes', w.node] as data from journey_version
                      where workspace_id = $1 and journey_id = w.journey and (w.version is null or version = w.version)
                        and graph->'nodes' ? w.node
                      order by version desc limit 1) v`,
    [workspace, wanted.map(w => w.journey), wanted.map(w => w.version), wanted.map(w => w.node)],
  )
  return new Map(rows.map(r => [nodeKey(r), nameOfNode(r.data)]))
}

/** A draft may have problems, but it is an object with a name. */
function draftOf(graph: unknown): { name: string; json: string } {
  if (typeof graph !== 'object' || graph === null || Array.isArray(graph))
    throw new Problem(400, 'graph_not_an_object', 'The graph is not an object', {
      path: 'graph',
      action: 'Send a journey graph; an exported journey file is one.',
    })
  const { name } = graph as { name?: unknown }
  if (typeof name !== 'string' || name.trim() === '' || name.length > 200)
    throw new Problem(400, 'journey_unnamed', 'The journey has no name of 1 to 200 characters', {
      path: 'graph.name',
      action: 'Give it a name.',
    })
  const json = storableJson(graph)
  return { name: storable(name.trim()), json }
}

/** A new draft. `graph` may have problems, but must be an object with a name.
 *  @throws Problem 400 `graph_not_an_object`, `journey_unnamed` */
export async function createJourney(
  core: Core,
  workspace: Uuid,
  graph: unknown,
  actor: string | null = null,
): Promise<Uuid> {
  const id = await insertJourney(core.pool, workspace, graph, { kind: 'journey', actor })
  changed(core, workspace)
  return id
}

/** A new draft, in the caller's transaction; after its commit call `changed`. */
export async function insertJourney(
  sql: Sql,
  workspace: Uuid,
  graph: unknown,
  { kind, actor }: { kind: JourneyKind; actor: string | null },
): Promise<Uuid> {
  const { name, json } = draftOf(graph)
  const id = newId()
  await sql.query(
    `insert into journey (id, workspace_id, name, kind, status, draft, created_at, updated_at, draft_by, draft_at)
     values ($1, $2, $3, $4, 'draft', $5, $6, $6, $7, $6)`,
    [id, workspace, name, kind, json, new Date(), actor],
  )
  return id
}

/** After a commit: open pages fetch journeys again. */
export const changed = (core: Core, workspace: Uuid): void =>
  core.signals.emit('live', `${workspace}:journeys`)

function demandVersion(journey: JourneyRecord, version: number): void {
  if (journey.version !== version)
    throw new Problem(
      409,
      'version_conflict',
      `Somebody changed this journey (version ${journey.version} now)`,
      {
        path: 'version',
        action: 'Load it again, look at what changed, and make your change once more.',
      },
    )
}

/** Locks the journey for a change of what `version` of it said.
 *  @throws Problem 404, 409 `version_conflict` */
export async function lockJourney(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  version: number,
): Promise<JourneyRecord> {
  await sql.query('select 1 from journey where workspace_id = $1 and id = $2 for no key update', [
    workspace,
    id,
  ])
  const journey = await findJourney(sql, workspace, id)
  demandVersion(journey, version)
  return journey
}

/** `version`: the one that was read. @throws Problem 404, 409 `version_conflict`, and as `createJourney` */
export async function saveDraft(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  graph: unknown,
  version: number,
  actor: string | null = null,
): Promise<void> {
  await inTransaction(core.pool, sql => writeDraft(sql, workspace, id, graph, version, actor))
  changed(core, workspace)
}

/** `saveDraft` in the caller's transaction; the journey's version afterwards is one more. */
export async function writeDraft(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  graph: unknown,
  version: number,
  actor: string | null,
): Promise<JourneyRecord> {
  const { name, json } = draftOf(graph)
  const journey = await lockJourney(sql, workspace, id, version)
  await sql.query(
    `update journey set draft = $3, name = $4, version = version + 1, updated_at = $5, draft_by = $6, draft_at = $5
      where workspace_id = $1 and id = $2`,
    // lists and running people show the name that is published
    [workspace, id, json, journey.live ? journey.name : name, new Date(), actor],
  )
  return journey
}

/** @throws Problem 404, 409 `version_conflict`, and of `statusFault` */
export async function setJourneyStatus(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  status: JourneyStatus,
  version: number,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    const journey = await lockJourney(sql, workspace, id, version)
    const fault = statusFault(journey.status, status, journey.liveVersion !== null)
    if (fault) throw new Problem(409, fault.code, fault.title, { path: 'status', action: fault.action })
    if (journey.status === status) return
    await sql.query(
      'update journey set status = $3, version = version + 1, updated_at = $4 where workspace_id = $1 and id = $2',
      [workspace, id, status, new Date()],
    )
    if (journey.liveVersion !== null)
      await publishWorld(sql, core, workspace, { segment: null, journey: id, actor: 'itinera' })
  })
  core.signals.emit('inbox', '')
  changed(core, workspace)
}
