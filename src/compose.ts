// Puts a process together: what every role is given (Core), and the roles it runs.
import { randomBytes } from 'node:crypto'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { forgetHolders } from './collect/resolve.ts'
import { startStats } from './insight/stats.ts'
import { openClickHouse } from './platform/clickhouse.ts'
import { type Config, ROLE_NAMES, type RoleName } from './platform/config.ts'
import type { Core, Role } from './platform/core.ts'
import { type Log, openLog } from './platform/log.ts'
import { openPool } from './platform/postgres.ts'
import { openSecrets } from './platform/secrets.ts'
import { openSignals } from './platform/signals.ts'
import { readSigningRoots } from './platform/signing-roots.ts'

export type Engines = { databaseUrl: string; clickhouseUrl: string; secretKey: string; baseUrl: string }

export type OpenCore = Core & { close(): Promise<void> }

/** Where people and providers reach us: PUBLIC_URL, else the address we listen on. */
export function baseUrlOf(config: Config, port: number): string {
  if (config.publicUrl) return config.publicUrl.replace(/\/$/, '')
  const host = ['0.0.0.0', '::'].includes(config.host)
    ? 'localhost'
    : config.host.includes(':')
      ? `[${config.host}]`
      : config.host
  return `http://${host}:${port}`
}

/** Opens the connections of one process. `name` appears in logs and in pg_stat_activity. */
export async function openCore(
  config: Config,
  engines: Engines,
  options: { name: string; log?: Log; poolMax?: number; processMetrics?: boolean },
): Promise<OpenCore> {
  const log = options.log ?? openLog(config.logLevel, options.name)
  const pool = openPool(engines.databaseUrl, {
    max: options.poolMax ?? 12,
    name: options.name,
    onError: e => log.warn({ code: (e as { code?: string }).code }, 'an idle PostgreSQL connection was lost'),
  })
  const roots = await readSigningRoots(pool, engines.secretKey).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })
  const history = openClickHouse(engines.clickhouseUrl)
  const metrics = new Registry()
  // the delay of the event loop looked at ten times a second: a hundred times, as is usual, were most of what a process does at rest
  if (options.processMetrics) collectDefaultMetrics({ register: metrics, eventLoopMonitoringPrecision: 100 })
  const signals = await openSignals(engines.databaseUrl, log)
  signals.on('identifiers', () => forgetHolders(pool))
  signals.on('holder', customer => forgetHolders(pool, customer))
  return {
    config,
    log,
    databaseUrl: engines.databaseUrl,
    clickhouseUrl: engines.clickhouseUrl,
    pool,
    history,
    signals,
    secrets: openSecrets(engines.secretKey, roots ?? undefined),
    metrics,
    baseUrl: engines.baseUrl,
    processId: `${process.pid}.${randomBytes(4).toString('hex')}`,
    async close() {
      await signals.close()
      await Promise.all([pool.end(), history.close()])
    },
  }
}

/** Starts the roles of this process, in the order in which an event meets them; `stop` goes the same way, so that
 *  nothing new comes in while the rest is finished. */
export async function startRoles(core: Core, roles: readonly RoleName[]): Promise<{ stop(): Promise<void> }> {
  const running: Role[] = []
  for (const name of ROLE_NAMES) if (roles.includes(name)) running.push(await START[name](core))
  const stats = startStats(core, roles)
  stats.start()
  return {
    async stop() {
      await stats.stop()
      for (const role of running) await role.stop()
    },
  }
}

// loaded when asked for: a worker process need not hold the web's modules
const START: Record<RoleName, (core: Core) => Promise<Role>> = {
  web: async core => (await import('./web.ts')).startWeb(core),
  fold: async core => {
    const [{ startFold }, { openEraser }, { startPeriods }] = await Promise.all([
      import('./inbox/owner.ts'),
      import('./privacy/worker.ts'),
      import('./privacy/retention.ts'),
    ])
    const parts = [await startFold(core), openEraser(core), startPeriods(core)]
    for (const part of parts) part.start()
    return {
      start: () => undefined,
      async stop() {
        for (const part of parts) await part.stop()
      },
    }
  },
  deliver: async core => {
    const deliverer = await (await import('./messages/deliver.ts')).startDeliver(core)
    const outflow = (await import('./outflow/worker.ts')).startOutflow(core)
    const line = (await import('./line/worker.ts')).openLineWorker(core)
    line.start()
    return {
      start: () => undefined,
      async stop() {
        await line.stop()
        await outflow.stop()
        await deliverer.stop()
      },
    }
  },
  history: async core => {
    const parts = [
      await (await import('./inbox/history.ts')).startHistory(core),
      (await import('./catalogue/mirror.ts')).startMirror(core),
      (await import('./segments/worker.ts')).openSegmentWorker(core),
      (await import('./trial/replay-worker.ts')).openReplays(core),
      (await import('./experiments/worker.ts')).openExperimentWorker(core),
      (await import('./conversations/away.ts')).openAwayWorker(core),
      (await import('./insight/worker.ts')).openInsightWorker(core),
      (await import('./modules/recommend.ts')).openRecommendations(core),
      (await import('./campaigns/worker.ts')).openBroadcastWorker(core),
      (await import('./journeys/publishing/scheduled.ts')).openScheduleWorker(core),
    ]
    for (const part of parts) part.start()
    return {
      start: () => undefined,
      async stop() {
        for (const part of parts.toReversed()) await part.stop()
      },
    }
  },
}
