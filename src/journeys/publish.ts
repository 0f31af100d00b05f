// Publishing a draft: checked, also its templates, written as an immutable version, and part of the world, in one
// transaction.
import { queueJob } from '../catalogue/jobs.ts'
import { publishWorld } from '../catalogue/publish.ts'
import type { Core } from '../platform/core.ts'
import { must, Problem } from '../platform/errors.ts'
import { templateFault } from '../messages/render.ts'
import { modulesNamed, pinModules } from '../modules/model.ts'
import { newestVersions } from '../modules/store.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { changed, lockJourney, type JourneyRecord } from './store.ts'
import type { GraphProblem, JourneyGraph, Move, VersionMoves } from './model.ts'
import { namingProblems } from './named.ts'
import { otherJourneyProblems } from './publishing/others.ts'
import { sayNode } from './node-name.ts'
import { graphsOf } from './publishing/plan.ts'
import { nodeTexts, validateGraph } from './validate.ts'
import { faultOfMoves } from './versions/planner.ts'

/** All that stands against publishing a draft: what `validateGraph` finds, and templates that Liquid cannot read. */
export function problemsOfDraft(draft: unknown): { graph: JourneyGraph | null; problems: GraphProblem[] } {
  const { graph, problems } = validateGraph(draft)
  const told = new Set(problems.map(p => `${p.node} ${p.path}`)) // one fault for a text is enough
  const more = graph ? templateProblems(graph).filter(p => !told.has(`${p.node} ${p.path}`)) : []
  return { graph, problems: [...problems, ...more] }
}

function templateProblems(graph: JourneyGraph): GraphProblem[] {
  return Object.entries(graph.nodes).flatMap(([node, data]) =>
    nodeTexts(data).flatMap(({ path, text }) => {
      const fault = templateFault(text)
      const name = sayNode(data, node)
      return fault === null
        ? []
        : [
            {
              node,
              path,
              code: 'bad_template',
              message: {
                zh: `「${name.zh}」的內容無法套用：${fault}`,
                en: `The content of "${name.en}" cannot be filled in: ${fault}`,
              },
            },
          ]
    }),
  )
}

/** The moves as the version keeps them: at the workspace's time, checked against all that was published before. */
async function movesOf(
  sql: Sql,
  workspace: Uuid,
  journey: JourneyRecord,
  graph: JourneyGraph,
  list: Move[],
): Promise<string | null> {
  if (list.length === 0) return null
  const fault = faultOfMoves(list, await graphsOf(sql, workspace, journey.id), graph)
  if (fault) throw new Problem(400, fault.code, fault.title, { path: fault.path, action: fault.action })
  const { rows } = await sql.query<{ at: number }>(
    'select floor(extract(epoch from clock_timestamp()) * 1000)::float8 + clock_offset_ms as at from workspace where id = $1',
    [workspace],
  )
  const moves: VersionMoves = { at: rows[0]!.at, list }
  if (journey.status === 'paused') moves.held = true
  return JSON.stringify(moves)
}

/** The draft with the newest versions of the modules that it names, and which of those were never published. */
async function pinned(
  sql: Sql,
  workspace: Uuid,
  draft: unknown,
  asOf: Date | null,
): Promise<{ draft: unknown; problems: GraphProblem[] }> {
  const { graph } = validateGraph(draft)
  const named = graph ? modulesNamed(graph).filter(n => n.version === null) : []
  if (graph === null || named.length === 0) return { draft, problems: [] }
  const pins = await newestVersions(
    sql,
    workspace,
    named.map(n => n.module),
    asOf,
  )
  return {
    draft: pinModules(graph, pins),
    problems: named
      .filter(n => !pins.has(n.module))
      .map(n => ({
        node: n.node,
        path: `${n.path}/module`,
        code: 'module_unpublished',
        message: {
          zh: `「${sayNode(graph.nodes[n.node], n.node).zh}」的訊息模組還沒有發布`,
          en: `The message module of "${sayNode(graph.nodes[n.node], n.node).en}" is not published`,
        },
        alternative: { zh: '先發布模組，或改用另一個', en: 'Publish the module, or choose another' },
      })),
  }
}

export type Publication = {
  /** of the journey that is edited */
  version: number
  moves: Move[]
  actor: string
  /** modules as they were published then; left out: now */
  modulesAsOf?: Date
  /** left out: the journey's draft */
  draft?: unknown
}

/** The draft as it can be published, with the moves as the version keeps them.
 *  @throws Problem 409 `journey_archived`, 400 `graph_invalid`, and of `faultOfMoves` */
export async function checkedDraft(
  sql: Sql,
  workspace: Uuid,
  journey: JourneyRecord,
  moves: Move[],
  modulesAsOf: Date | null = null,
): Promise<{ graph: JourneyGraph; moves: string | null }> {
  if (journey.status === 'archived')
    throw new Problem(409, 'journey_archived', 'This journey is archived', {
      action: `Take it back as ${journey.liveVersion === null ? 'a draft' : 'stopped'}, then publish it.`,
    })
  const own = await pinned(sql, workspace, journey.draft, modulesAsOf)
  const checked = own.problems.length > 0 ? { graph: null, ...own } : problemsOfDraft(own.draft)
  if (checked.graph && checked.problems.length === 0)
    checked.problems = await namingProblems(sql, workspace, checked.graph)
  const problem = checked.problems[0]
  if (problem)
    throw new Problem(400, 'graph_invalid', problem.message.en, {
      path:
        problem.node === null || problem.path.startsWith('/nodes')
          ? problem.path
          : `/nodes/${problem.node}${problem.path}`,
      action: `Mend this${checked.problems.length > 1 ? ` and ${checked.problems.length - 1} more` : ''}; the draft's problems are listed with it.`,
    })
  must(checked.graph, 'a graph without problems can be read')
  const [other] = await otherJourneyProblems(sql, workspace, journey.id, checked.graph)
  if (other)
    throw new Problem(400, 'graph_invalid', other.message.en, {
      path: `/nodes/${other.node}/fields${other.path}`,
      action: other.alternative!.en + '.',
    })
  return { graph: checked.graph, moves: await movesOf(sql, workspace, journey, checked.graph, moves) }
}

/** Publishes the draft as a new version and makes it live; people stay on the version they entered, but those whom
 *  `moves` names. Returns the version's number; after the commit call `published`.
 *  @throws Problem 404, 409 `version_conflict`, and of `checkedDraft` */
export async function publishIn(
  sql: Sql,
  core: Core,
  workspace: Uuid,
  id: Uuid,
  { version, moves, actor, modulesAsOf, draft: given }: Publication,
): Promise<number> {
  const journey = await lockJourney(sql, workspace, id, version)
  const wanted = given === undefined ? journey : { ...journey, draft: given }
  const draft = await checkedDraft(sql, workspace, wanted, moves, modulesAsOf)
  // what waited for a moment is older than this
  await sql.query('delete from journey_schedule where workspace_id = $1 and journey_id = $2', [workspace, id])
  const number = await writeVersion(sql, core, workspace, id, draft, actor)
  if (draft.graph.entry?.backfill === true && draft.graph.trigger.kind === 'segment')
    await queueJob(sql, {
      workspace,
      segment: null,
      kind: 'tell',
      stage: 'walk',
      params: { tell: { do: 'admit', journey: id } },
      actor,
    })
  return number
}

/** What is live under the next number, with another version of one module: the draft stays as it is, and so do people.
 *  Returns the version's number, null when nothing of it changes; after the commit call `published`.
 *  @throws Problem 404, 409 `version_conflict`, `journey_not_live` */
export async function republishIn(
  sql: Sql,
  core: Core,
  workspace: Uuid,
  id: Uuid,
  {
    version,
    actor,
    change,
  }: { version: number; actor: string; change: (graph: JourneyGraph) => JourneyGraph },
): Promise<number | null> {
  const journey = await lockJourney(sql, workspace, id, version)
  if (journey.live === null || (journey.status !== 'live' && journey.status !== 'paused'))
    throw new Problem(409, 'journey_not_live', `"${journey.name}" is neither live nor paused`, {
      action: 'Publish it from its own page.',
    })
  const graph = change(journey.live)
  if (JSON.stringify(graph) === JSON.stringify(journey.live)) return null
  return writeVersion(sql, core, workspace, id, { graph, moves: null }, actor, journey.status)
}

/** In the caller's transaction, which has locked the journey. */
async function writeVersion(
  sql: Sql,
  core: Core,
  workspace: Uuid,
  id: Uuid,
  draft: { graph: JourneyGraph; moves: string | null },
  actor: string,
  status: 'live' | 'paused' = 'live',
): Promise<number> {
  const { rows } = await sql.query<{ version: number }>(
    `insert into journey_version (workspace_id, journey_id, version, graph, published_at, published_by, moves)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6 from journey_version where workspace_id = $1 and journey_id = $2
     returning version`,
    [workspace, id, JSON.stringify(draft.graph), new Date(), actor, draft.moves],
  )
  await sql.query(
    `update journey set status = $6, live_version = $3, name = $4, version = version + 1, updated_at = $5
      where workspace_id = $1 and id = $2`,
    [workspace, id, rows[0]!.version, draft.graph.name, new Date(), status],
  )
  await publishWorld(sql, core, workspace, { segment: null, journey: id, actor })
  return rows[0]!.version
}

/** After the commit of a publication. */
export function published(core: Core, workspace: Uuid): void {
  core.signals.emit('inbox', '')
  core.signals.emit('segment-job')
  changed(core, workspace)
}

/** `publishIn` in a transaction of its own. */
export async function publishJourney(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  version: number,
  actor: string,
  moves: Move[] = [],
): Promise<number> {
  const number = await inTransaction(core.pool, sql =>
    publishIn(sql, core, workspace, id, { version, moves, actor }),
  )
  published(core, workspace)
  return number
}
