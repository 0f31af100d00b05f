// What a process measures of itself, told to the others through the database every few seconds: so that the web
// process shows and exports the figures of all of them.
import { AggregatorRegistry, type Registry } from 'prom-client'
import type { Core, Role } from '../platform/core.ts'
import { isTransient, type Sql } from '../platform/postgres.ts'

const EVERY_MS = 5_000
/** A process silent for longer is left out. */
const ALIVE_MS = 20_000

type MetricJson = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]

/** Writes this process's metrics until stopped; its row goes with it. */
export function startStats(core: Core, roles: readonly string[]): Role & { tick(): Promise<void> } {
  let timer: NodeJS.Timeout | null = null
  const tick = async () => {
    await core.pool.query(
      `insert into process_metrics (id, roles, at, body) values ($1, $2, $3, $4)
       on conflict (id) do update set at = excluded.at, body = excluded.body`,
      [core.processId, roles, new Date(), JSON.stringify(await core.metrics.getMetricsAsJSON())],
    )
    await core.pool.query('delete from process_metrics where at < $1', [new Date(Date.now() - 10 * ALIVE_MS)])
  }
  const round = () => {
    tick().catch((error: unknown) => {
      if (!isTransient(error)) core.log.error({ err: error }, 'metrics could not be told')
    })
  }
  return {
    tick,
    start() {
      core.metrics.setDefaultLabels({ roles: roles.join('+') })
      round()
      timer = setInterval(round, EVERY_MS)
    },
    async stop() {
      if (timer) clearInterval(timer)
      await core.pool
        .query('delete from process_metrics where id = $1', [core.processId])
        .catch((error: unknown) => {
          if (!isTransient(error)) throw error
        })
    },
  }
}

export type ProcessMetrics = { id: string; roles: string[]; at: Date; metrics: MetricJson[] }

/** The live processes, this one with its present figures when it is among `own`. */
export async function readStats(sql: Sql): Promise<ProcessMetrics[]> {
  const { rows } = await sql.query<{ id: string; roles: string[]; at: Date; body: MetricJson[] }>(
    'select id, roles, at, body from process_metrics where at > $1 order by id',
    [new Date(Date.now() - ALIVE_MS)],
  )
  return rows.map(r => ({ id: r.id, roles: r.roles, at: r.at, metrics: r.body.map(withNumbers) }))
}

/** JSON has no NaN: a gauge that had none to show is left out. */
const withNumbers = (metric: MetricJson): MetricJson => ({
  ...metric,
  values: metric.values.filter(v => typeof v.value === 'number'),
})

/** Sum of a counter over all processes and labels. */
export function counterSum(processes: ProcessMetrics[], name: string): number {
  let sum = 0
  for (const p of processes)
    for (const metric of p.metrics) if (metric.name === name) for (const v of metric.values) sum += v.value
  return sum
}

/** Prometheus text of all processes, told apart by the label `roles`; equal labels are added up. */
export async function allMetrics(core: Core): Promise<string> {
  const others = (await readStats(core.pool)).filter(p => p.id !== core.processId).map(p => p.metrics)
  const own = await core.metrics.getMetricsAsJSON()
  return AggregatorRegistry.aggregate([own, ...others]).metrics()
}
