// The entry: supervises. Starts the engines, migrates, starts the application's processes, restarts whatever ends,
// and stops all of it in order. Holds no customer data and answers no request itself.
import { fork } from 'node:child_process'
import { createServer } from 'node:net'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { AppMessage } from './app.ts'
import { baseUrlOf } from './compose.ts'
import { type Config, ConfigError, readConfig, type RoleName } from './platform/config.ts'
import { holdDataDir, type RunningEngines, secretKeyOf, startEngines } from './platform/embedded/engines.ts'
import { type Kept, keepRunning, type Runs } from './platform/embedded/keep.ts'
import { OtherMajorVersion } from './platform/embedded/postgres.ts'
import { compileCache, exitOf, freePort, mayWait, startTimeOf, stopPid } from './platform/embedded/process.ts'
import { type Log, openLog } from './platform/log.ts'
import { SchemaMismatch } from './platform/migrate.ts'

const READY_MS = 60_000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = openLog(config.logLevel, 'supervisor')
  const hold = holdDataDir(config.dataDir)
  const stops: (() => Promise<void>)[] = []
  onceAskedToStop(log, async () => {
    for (const stop of stops.reverse()) await stop()
    hold.release()
  })
  const port = await choosePort(config, process.env.PORT !== undefined && process.env.PORT !== '', log)
  const baseUrl = baseUrlOf(config, port)
  const secretKey = secretKeyOf(config)

  const apps: Kept<App>[] = []
  // an engine that came back on another port: processes hold its address, so they are started again
  const restartApps = () => apps.forEach(a => void a.current().stop())
  const engines = await startEngines(config, log, restartApps)
  stops.push(() => engines.stop())
  hold.publish({ baseUrl, databaseUrl: engines.databaseUrl, clickhouseUrl: engines.clickhouseUrl })

  let link: string | null = null
  for (const roles of processesOf(config)) {
    let first = true
    const kept = await keepRunning<App>({
      name: roles.join('+'),
      log,
      async start() {
        const app = await startApp(roles, appEnv(config, engines, { port, secretKey, wantsLink: first }))
        if (first) link = app.link ?? link
        first = false
        return app
      },
    })
    apps.push(kept)
    stops.push(() => kept.stop())
  }
  hold.publish({ ready: true })
  const readyMs = Math.round(performance.now())
  log.info({ url: baseUrl, readyMs, engines: engines.pids() }, 'ready')
  // for a person, and with a secret in it: beside the log, never in it
  const greeting = [
    '',
    `  Itinera 旅圖  ${baseUrl}`,
    ...(link ? [`  First sign-in (works once): ${baseUrl}${link}`] : []),
    '',
    '',
  ].join('\n')
  ;(process.stdout.isTTY ? process.stdout : process.stderr).write(greeting)
}

/** Three processes by default: a burst of requests never delays a fold, and history, which may wait, neither. ROLES set: one with
 *  these roles. */
function processesOf(config: Config): RoleName[][] {
  return process.env.ROLES ? [config.roles] : [['web'], ['fold', 'deliver'], ['history']]
}

type App = Runs & { link: string | null }

function appEnv(
  config: Config,
  engines: RunningEngines,
  more: { port: number; secretKey: string; wantsLink: boolean },
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATA_DIR: config.dataDir,
    NODE_COMPILE_CACHE: compileCache(config.dataDir),
    DATABASE_URL: engines.databaseUrl,
    CLICKHOUSE_URL: engines.clickhouseUrl,
    SECRET_KEY: more.secretKey,
    PORT: String(more.port),
    ITINERA_WANTS_LINK: more.wantsLink ? '1' : '0',
  }
}

/** Resolves when the process says that its roles run.
 *  @throws ConfigError when it refuses the configuration */
async function startApp(roles: RoleName[], env: NodeJS.ProcessEnv): Promise<App> {
  const child = fork(fileURLToPath(new URL('./app.ts', import.meta.url)), {
    env: { ...env, ROLES: roles.join(',') },
    // folds make much that dies young: with 16 MB of new space a third of their time went to moving it
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      ...(roles.includes('fold') ? ['--max-semi-space-size=64'] : []),
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = exitOf(child)
  const name = roles.join('+')
  const pid = child.pid
  const startTime = pid === undefined ? null : startTimeOf(pid)
  if (pid !== undefined && roles.every(role => role === 'history')) mayWait(pid)
  const stop = async () => {
    if (pid === undefined || startTime === null) return
    await stopPid(pid, startTime, [
      { signal: 'SIGTERM', waitMs: 9_000 },
      { signal: 'SIGKILL', waitMs: 2_000 },
    ])
    await ended
  }
  let late: NodeJS.Timeout | undefined
  const outcome = await Promise.race([
    new Promise<AppMessage>(resolve => child.once('message', m => resolve(m as AppMessage))),
    ended,
    new Promise<string>(resolve => {
      late = setTimeout(resolve, READY_MS, `not ready after ${READY_MS / 1000} s`)
    }),
  ])
  clearTimeout(late)
  if (typeof outcome === 'string') {
    await stop()
    throw new Error(`The process ${name} did not start: ${outcome}`)
  }
  if (outcome.kind === 'refused') throw new ConfigError(outcome.message)
  return { ended, stop, link: outcome.link }
}

/** PORT given: that one or none. Not given: the usual one, else the next that is free. */
async function choosePort(config: Config, given: boolean, log: Log): Promise<number> {
  if (config.port === 0) return freePort()
  const isFree = (port: number): Promise<string | null> =>
    new Promise(resolve => {
      const server = createServer()
      server.once('error', (e: NodeJS.ErrnoException) => resolve(e.code ?? e.message))
      server.listen(port, config.host, () => server.close(() => resolve(null)))
    })
  for (let port = config.port; port < Math.min(65_536, config.port + 100); port++) {
    const trouble = await isFree(port)
    if (trouble === null) {
      if (port !== config.port)
        log.warn({ port }, `port ${config.port} is taken: using ${port}. Set PORT to choose yourself`)
      return port
    }
    if (trouble === 'EADDRNOTAVAIL' || trouble === 'ENOTFOUND')
      throw new ConfigError(`HOST: ${config.host} is not an address of this machine`)
    if (given) {
      throw new ConfigError(
        trouble === 'EACCES'
          ? `PORT: ${port} needs rights this user does not have. Choose one above 1023.`
          : `PORT: ${port} is in use by another program. Stop it, or choose another port, e.g. PORT=${port + 1}.`,
      )
    }
  }
  throw new ConfigError(`PORT: none from ${config.port} on is free. Set PORT.`)
}

/** Ctrl-C, a stop from a service manager, or the end of scripts/start.mjs. A second Ctrl-C a moment later ends this
 *  process at once; its children notice and end too. */
function onceAskedToStop(log: Log, stop: () => Promise<void>): void {
  let since = 0
  const asked = (why: string) => {
    if (since) {
      if (Date.now() - since > 700) process.exit(130) // sooner: the terminal and start.mjs both passed on one Ctrl-C
      return
    }
    since = Date.now()
    log.info({ why }, 'stopping')
    stop().then(
      () => {
        log.info({ ms: Date.now() - since }, 'stopped')
        process.exit(0)
      },
      error => {
        log.error({ error: (error as Error).message }, 'did not stop cleanly')
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked(signal))
  const fd = Number(process.env.ITINERA_TIE_FD)
  if (fd)
    new Socket({ fd, readable: true })
      .on('error', () => undefined)
      .on('close', () => asked('its starter ended'))
      .resume()
}

main().catch(error => {
  const known =
    error instanceof ConfigError || error instanceof SchemaMismatch || error instanceof OtherMajorVersion
  process.stderr.write(
    `Itinera does not start. ${known ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`,
  )
  process.exit(known ? 2 : 1)
})
