// Publishing a draft: checked, also its templates, written as an immutable version, and part of the world, in one
// transaction.
import { publishWorld } from '../catalogue/publish.ts'
import type { Core } from '../platform/core.ts'
import { must, Problem } from '../platform/errors.ts'
import { templateFault } from '../messages/render.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { changed, lockJourney } from './store.ts'
import type { GraphProblem, JourneyGraph } from './model.ts'
import { nodeTexts, validateGraph } from './validate.ts'

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
      const name = data.title ?? node
      return fault === null
        ? []
        : [
            {
              node,
              path,
              code: 'bad_template',
              message: {
                zh: `「${name}」的內容無法套用：${fault}`,
                en: `The content of "${name}" cannot be filled in: ${fault}`,
              },
            },
          ]
    }),
  )
}

/** Publishes the draft as a new version and makes it live; people stay on the version they entered.
 *  Returns the version's number.
 *  @throws Problem 404, 409 `version_conflict`, 400 `graph_invalid` */
export async function publishJourney(
  core: Core,
  workspace: Uuid,
  id: Uuid,
  version: number,
  actor: string,
): Promise<number> {
  const published = await inTransaction(core.pool, async sql => {
    const journey = await lockJourney(sql, workspace, id, version)
    const checked = problemsOfDraft(journey.draft)
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
    const { rows } = await sql.query<{ version: number }>(
      `insert into journey_version (workspace_id, journey_id, version, graph, published_at, published_by)
       select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 from journey_version where workspace_id = $1 and journey_id = $2
       returning version`,
      [workspace, id, JSON.stringify(checked.graph), new Date(), actor],
    )
    await sql.query(
      `update journey set status = 'live', live_version = $3, name = $4, version = version + 1, updated_at = $5
        where workspace_id = $1 and id = $2`,
      [workspace, id, rows[0]!.version, checked.graph.name, new Date()],
    )
    await publishWorld(sql, core, workspace)
    return rows[0]!.version
  })
  core.signals.emit('inbox', '')
  changed(core, workspace)
  return published
}
