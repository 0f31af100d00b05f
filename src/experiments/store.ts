// Experiments of published journeys, and what was decided. A decision is published like everything that the reducer reads:
// who comes after it takes the winner, and the journal says under which world.
import { publishWorld } from '../catalogue/publish.ts'
import type { NodeId, JourneyGraph } from '../journeys/model.ts'
import type { ExperimentFields } from '../journeys/nodes/experiment.ts'
import { changed } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction, type Pool } from '../platform/postgres.ts'
import { countArms } from './counts.ts'
import { experimentOf } from './identity.ts'
import { judge, type Judgement } from './stats.ts'

export type Experiment = {
  workspace: Uuid
  journey: Uuid
  node: NodeId
  title: string | null
  fields: ExperimentFields
  /** what tells it from another one at the same node */
  id: Uuid
  /** versions of the journey that it goes through */
  versions: number[]
}
export type Decision = { variant: string; at: Date; by: string }

type VersionRow = {
  workspace_id: Uuid
  journey_id: Uuid
  version: number
  live_version: number
  graph: JourneyGraph
}

/** Those of one live version and the versions before it that tried out the same. */
function experimentsOf(versions: VersionRow[]): Experiment[] {
  const live = versions.find(v => v.version === v.live_version)
  if (live === undefined) return []
  return Object.entries(live.graph.nodes).flatMap(([node, { type, fields, title }]): Experiment[] => {
    if (type !== 'experiment') return []
    const id = experimentOf(node, fields)
    const same = ({ graph }: VersionRow): boolean =>
      graph.nodes[node]?.type === 'experiment' && experimentOf(node, graph.nodes[node].fields) === id
    return [
      {
        workspace: live.workspace_id,
        journey: live.journey_id,
        node,
        title: title ?? null,
        fields: fields as ExperimentFields,
        id,
        versions: versions.filter(same).map(v => v.version),
      },
    ]
  })
}

const VERSIONS = `select v.workspace_id, v.journey_id, v.version, j.live_version, v.graph
  from journey j join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id
 where j.live_version is not null and v.graph @? '$.nodes.*.type ? (@ == "experiment")'`

export async function experimentsOfJourney(
  pool: Pool,
  workspace: Uuid,
  journey: Uuid,
): Promise<Experiment[]> {
  const { rows } = await pool.query<VersionRow>(`${VERSIONS} and j.workspace_id = $1 and j.id = $2`, [
    workspace,
    journey,
  ])
  return experimentsOf(rows)
}

/** Running ones that name their winner by themselves, of all workspaces. */
export async function openExperiments(pool: Pool): Promise<Experiment[]> {
  const { rows } = await pool.query<VersionRow>(`${VERSIONS} and j.status = 'live'`)
  const all = [...Map.groupBy(rows, r => r.journey_id).values()].flatMap(experimentsOf)
  const automatic = all.filter(e => e.fields.autoWinner !== false)
  if (automatic.length === 0) return []
  const decided = await pool.query<{ experiment: Uuid; journey_id: Uuid }>(
    'select experiment, journey_id from experiment_decision where experiment = any($1::uuid[])',
    [automatic.map(e => e.id)],
  )
  const done = new Set(decided.rows.map(d => d.journey_id + d.experiment))
  return automatic.filter(e => !done.has(e.journey + e.id))
}

/** What history says of it now. */
export async function judgeExperiment(core: Core, e: Experiment): Promise<Judgement> {
  const arms = await countArms(core.history, e.workspace, e.journey, e.node, e.versions, e.fields)
  return judge(arms, e.fields.minPeople)
}

export async function decisionOf(pool: Pool, e: Experiment): Promise<Decision | null> {
  const { rows } = await pool.query<Decision>(
    `select variant, decided_at as at, decided_by as by from experiment_decision
      where workspace_id = $1 and journey_id = $2 and node = $3 and experiment = $4`,
    [e.workspace, e.journey, e.node, e.id],
  )
  return rows[0] ?? null
}

/** From now on everybody takes this variant; false when it was decided already. */
export async function decide(
  core: Core,
  e: Experiment,
  variant: string,
  by: string,
  figures: Judgement,
): Promise<boolean> {
  const made = await inTransaction(core.pool, async sql => {
    const { rowCount } = await sql.query(
      `insert into experiment_decision (workspace_id, journey_id, node, experiment, variant, decided_at, decided_by, figures)
       select $1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => w.clock_offset_ms::float8 / 1000), $6, $7 from workspace w where w.id = $1
       on conflict do nothing`,
      [e.workspace, e.journey, e.node, e.id, variant, by, JSON.stringify(figures)],
    )
    if (rowCount === 0) return false
    await publishWorld(sql, core, e.workspace)
    return true
  })
  if (made) tell(core, e)
  return made
}

/** People are given their way by share again. */
export async function reopen(core: Core, e: Experiment): Promise<void> {
  await inTransaction(core.pool, async sql => {
    const { rowCount } = await sql.query(
      'delete from experiment_decision where workspace_id = $1 and journey_id = $2 and node = $3 and experiment = $4',
      [e.workspace, e.journey, e.node, e.id],
    )
    if (rowCount !== 0) await publishWorld(sql, core, e.workspace)
  })
  tell(core, e)
}

function tell(core: Core, e: Experiment): void {
  core.signals.emit('inbox', '')
  changed(core, e.workspace)
}
