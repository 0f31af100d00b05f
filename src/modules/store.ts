// Modules as people edit and publish them. A published version never changes; journeys hold copies of it.
import type { MessageContent } from '../channels/content.ts'
import { Problem } from '../platform/errors.ts'
import type { Core } from '../platform/core.ts'
import { newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { modulesNamed, type Pinned, type PURPOSES } from './model.ts'
import { storableJson } from '../platform/values.ts'

export type ModuleRecord = {
  id: Uuid
  name: string
  folder: string
  tags: string[]
  channel: MessageContent['channel']
  purpose: (typeof PURPOSES)[number]
  draft: unknown
  live_version: number | null
  live: MessageContent | null
  archived: boolean
  version: number
  created_by: string
  created_at: Date
  updated_by: string
  updated_at: Date
}

const SELECT = `select m.id, m.name, m.folder, m.tags, m.channel, m.purpose, m.draft, m.live_version, v.content as live, m.archived,
       m.version, m.created_by, m.created_at, m.updated_by, m.updated_at
  from module m left join module_version v on v.workspace_id = m.workspace_id and v.module_id = m.id and v.version = m.live_version
 where m.workspace_id = $1`

export async function listModules(
  sql: Sql,
  workspace: Uuid,
  only: { archived: boolean; channel?: string; q?: string; tag?: string },
): Promise<ModuleRecord[]> {
  const { rows } = await sql.query<ModuleRecord>(
    `${SELECT} and m.archived = $2 and ($3::text is null or m.channel = $3) and ($4::text is null or $4 = any(m.tags))
        and ($5::text is null or position(lower($5) in lower(m.name || ' ' || array_to_string(m.tags, ' ') || ' ' || m.draft::text)) > 0)
      order by m.updated_at desc, m.id desc limit 500`,
    [workspace, only.archived, only.channel ?? null, only.tag ?? null, only.q || null],
  )
  return rows
}

/** @throws Problem 404 `module_not_found` */
export async function findModule(sql: Sql, workspace: Uuid, id: Uuid): Promise<ModuleRecord> {
  const { rows } = await sql.query<ModuleRecord>(`${SELECT} and m.id = $2`, [workspace, id])
  if (!rows[0]) throw notFound('mod')
  return rows[0]
}

/** Locks it for a change of what `version` said. @throws Problem 404, 409 `version_conflict`, `module_archived` */
export async function lockModule(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  version: number,
): Promise<ModuleRecord> {
  await sql.query('select 1 from module where workspace_id = $1 and id = $2 for no key update', [
    workspace,
    id,
  ])
  const module = await findModule(sql, workspace, id)
  if (module.version !== version)
    throw new Problem(
      409,
      'version_conflict',
      `Somebody changed this module (version ${module.version} now)`,
      {
        path: 'version',
        action: 'Load it again, look at what changed, and make your change once more.',
      },
    )
  return module
}

export type ModuleVersion = {
  version: number
  content: MessageContent
  note: string
  published_by: string
  published_at: Date
}

export async function moduleVersions(sql: Sql, workspace: Uuid, id: Uuid): Promise<ModuleVersion[]> {
  const { rows } = await sql.query<ModuleVersion>(
    `select version, content, note, published_by, published_at from module_version
      where workspace_id = $1 and module_id = $2 order by version desc limit 200`,
    [workspace, id],
  )
  return rows
}

export type ModuleFields = {
  name: string
  folder: string
  tags: string[]
  purpose: ModuleRecord['purpose']
  content: unknown
}

export async function insertModule(
  sql: Sql,
  workspace: Uuid,
  given: ModuleFields & { channel: string },
  actor: string,
): Promise<Uuid> {
  const id = newId()
  await sql.query(
    `insert into module (workspace_id, id, name, folder, tags, channel, purpose, draft, created_by, created_at, updated_by, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10)`,
    [
      workspace,
      id,
      given.name,
      given.folder,
      given.tags,
      given.channel,
      given.purpose,
      storableJson(given.content),
      actor,
      new Date(),
    ],
  )
  return id
}

export async function saveModule(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  change: Partial<ModuleFields> & { archived?: boolean; version: number },
  actor: string,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    const held = await lockModule(sql, workspace, id, change.version)
    await sql.query(
      `update module set name = $3, folder = $4, tags = $5, purpose = $6, draft = $7, archived = $8, version = version + 1,
              updated_by = $9, updated_at = $10 where workspace_id = $1 and id = $2`,
      [
        workspace,
        id,
        change.name ?? held.name,
        change.folder ?? held.folder,
        change.tags ?? held.tags,
        change.purpose ?? held.purpose,
        storableJson(change.content ?? held.draft),
        change.archived ?? held.archived,
        actor,
        new Date(),
      ],
    )
  })
}

/** The draft as a new version. Nothing that is live changes by it. Returns the version's number.
 *  @throws Problem 404, 409 `version_conflict` */
export async function publishModule(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  given: { version: number; note: string },
  actor: string,
): Promise<number> {
  const held = await lockModule(sql, workspace, id, given.version)
  const next = (held.live_version ?? 0) + 1
  await sql.query(
    `insert into module_version (workspace_id, module_id, version, content, note, published_by, published_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [workspace, id, next, storableJson(held.draft), given.note, actor, new Date()],
  )
  await sql.query(
    `update module set live_version = $3, version = version + 1, updated_by = $4, updated_at = $5
      where workspace_id = $1 and id = $2`,
    [workspace, id, next, actor, new Date()],
  )
  return next
}

/** The newest published version of each of these (public ids), or the newest that was published by `asOf`. */
export async function newestVersions(
  sql: Sql,
  workspace: Uuid,
  ids: string[],
  asOf: Date | null = null,
): Promise<Map<string, Pinned>> {
  const known = [...new Set(ids)].flatMap(id => parseId('mod', id) ?? [])
  if (known.length === 0) return new Map()
  const { rows } = await sql.query<{ id: Uuid; name: string; version: number; content: MessageContent }>(
    `select distinct on (m.id) m.id, m.name, v.version, v.content
       from module m join module_version v on v.workspace_id = m.workspace_id and v.module_id = m.id
      where m.workspace_id = $1 and m.id = any($2::uuid[]) and ($3::timestamptz is null or v.published_at <= $3)
      order by m.id, v.version desc`,
    [workspace, known, asOf],
  )
  return new Map(rows.map(({ id, ...pin }) => [publicId('mod', id), pin]))
}

export type Use = {
  journey: string
  name: string
  kind: string
  status: string
  /** the draft names it */
  draft: boolean
  /** versions whose people may still meet it, and which of the module's versions each holds */
  versions: { version: number; module: number; live: boolean }[]
  /** of the journey, for publishing anew */
  edit: number
}

/** Who uses each module, by its public id: journeys and broadcasts that are not archived. */
export async function usesOf(sql: Sql, workspace: Uuid): Promise<Map<string, Use[]>> {
  const { rows } = await sql.query<{
    id: Uuid
    name: string
    kind: string
    status: string
    edit: number
    live_version: number | null
    draft: JourneyGraph | null
    version: number | null
    graph: JourneyGraph | null
  }>(
    `select j.id, j.name, coalesce(to_jsonb(j)->>'kind', 'journey') as kind, j.status, j.version as edit, j.live_version,
            case when j.draft::text like '%"mod\\_%' then j.draft end as draft, v.version, v.graph
       from journey j left join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id
            and j.status in ('live', 'paused', 'draining') and v.graph::text like '%"mod\\_%'
      where j.workspace_id = $1 and j.status <> 'archived' and (v.graph is not null or j.draft::text like '%"mod\\_%')
      order by j.name, j.id, v.version desc`,
    [workspace],
  )
  const uses = new Map<string, Map<Uuid, Use>>()
  const use = (module: string, row: (typeof rows)[number]): Use => {
    const journeys = uses.get(module) ?? new Map<Uuid, Use>()
    uses.set(module, journeys)
    const { id, name, kind, status, edit } = row
    const made = journeys.get(id) ?? {
      journey: publicId('jrn', id),
      name,
      kind,
      status,
      draft: false,
      versions: [],
      edit,
    }
    journeys.set(id, made)
    return made
  }
  for (const row of rows) {
    for (const { module } of namedIn(row.draft)) use(module, row).draft = true
    for (const { module, version } of namedIn(row.graph)) {
      const { versions } = use(module, row)
      if (versions.some(v => v.version === row.version && v.module === version)) continue
      versions.push({ version: row.version!, module: version ?? 0, live: row.version === row.live_version })
    }
  }
  return new Map([...uses].map(([module, journeys]) => [module, [...journeys.values()]]))
}

/** A draft may be anything. */
function namedIn(graph: JourneyGraph | null) {
  if (graph === null || typeof graph.nodes !== 'object' || graph.nodes === null) return []
  return modulesNamed(graph)
}
