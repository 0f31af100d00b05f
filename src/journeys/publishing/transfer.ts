// A journey as a file that another workspace can take in: the graph, what it uses, and what ids in it are called. Ids of
// segments and journeys are put right by name; what is not there is told.
import { attributesOf } from '../../catalogue/attribute-store.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { publicId, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import type { JourneyGraph } from '../model.ts'
import { createJourney } from '../store.ts'
import { validateGraph } from '../validate.ts'
import { readJourneyFile, type JourneyFile } from '../versions/file.ts'
import { renamed, USE_KINDS, usesOf, type UseKind } from '../versions/uses.ts'

type Named = { id: string; name: string }
/** Segments and journeys of a workspace by public id and name. */
async function namedOf(sql: Sql, workspace: Uuid): Promise<Record<'segments' | 'journeys', Named[]>> {
  const [segments, journeys] = await Promise.all([
    sql.query<{ id: Uuid; name: string }>(
      `select id, name from segment where workspace_id = $1 and status <> 'archived' order by created_at`,
      [workspace],
    ),
    sql.query<{ id: Uuid; name: string }>(
      `select id, name from journey where workspace_id = $1 and status <> 'archived' order by created_at`,
      [workspace],
    ),
  ])
  return {
    segments: segments.rows.map(r => ({ id: publicId('seg', r.id), name: r.name })),
    journeys: journeys.rows.map(r => ({ id: publicId('jrn', r.id), name: r.name })),
  }
}

/** What `importJourney` takes in, also in another workspace. */
export async function fileOf(sql: Sql, workspace: Uuid, graph: JourneyGraph): Promise<JourneyFile> {
  const uses = usesOf(graph)
  const { segments, journeys } = await namedOf(sql, workspace)
  const used = new Set([...uses.segments, ...uses.journeys])
  return {
    itinera: 'journey',
    format: 1,
    graph,
    uses,
    names: Object.fromEntries(
      [...segments, ...journeys].flatMap(({ id, name }) => (used.has(id) ? [[id, name]] : [])),
    ),
  }
}

export type Lacking = { kind: UseKind; name: string }
export type Mapped = { kind: UseKind; name: string; from: string; to: string }
/** Names that this workspace has seen; a kind that is not told is not missed. */
export type Seen = Partial<Record<'tags' | 'events' | 'coupons', string[]>>

/** A new draft from a file or a plain graph.
 *  @throws Problem 400 `not_a_journey_file` */
export async function importJourney(
  core: Core,
  workspace: Uuid,
  file: unknown,
  seen: Seen,
  actor: string,
): Promise<{ journey: Uuid; missing: Lacking[]; mapped: Mapped[] }> {
  const { graph, missing, mapped } = await takeIn(core, workspace, file, seen)
  return { journey: await createJourney(core, workspace, graph, actor), missing, mapped }
}

/** The graph of a file as this workspace calls things, and what it lacks.
 *  @throws Problem 400 `not_a_journey_file` */
export async function takeIn(
  core: Core,
  workspace: Uuid,
  file: unknown,
  seen: Seen,
): Promise<{ graph: unknown; missing: Lacking[]; mapped: Mapped[] }> {
  const read = readJourneyFile(file)
  if (read === null)
    throw new Problem(400, 'not_a_journey_file', 'This is not a journey file of this format', {
      path: '/file',
      action: 'Choose a file that was exported from a journey, by a version of the product like this one.',
    })
  const { graph: given, names } = read
  const here = await namedOf(core.pool, workspace)
  const checked = validateGraph(given)
  const uses = checked.graph ? usesOf(checked.graph) : null
  const missing: Lacking[] = []
  const mapped: Mapped[] = []
  for (const kind of ['segments', 'journeys'] as const)
    for (const id of uses?.[kind] ?? []) {
      if (here[kind].some(k => k.id === id)) continue
      const name = names[id]
      const match = name === undefined ? undefined : here[kind].find(k => k.name === name)
      if (name !== undefined && match) mapped.push({ kind, name, from: id, to: match.id })
      else missing.push({ kind, name: name ?? id })
    }
  if (uses) {
    const attributes = (await attributesOf(core.pool, workspace)).map(a => a.name)
    const known: Partial<Record<UseKind, string[]>> = { ...seen, attributes }
    for (const kind of USE_KINDS) {
      const list = known[kind]
      if (list) for (const name of uses[kind]) if (!list.includes(name)) missing.push({ kind, name })
    }
  }
  return { graph: renamed(given, new Map(mapped.map(m => [m.from, m.to]))), missing, mapped }
}
