// One process of the application: some of the roles, on engines that the supervisor (main.ts) or the environment
// gives. Says `ready` to its parent, stops on SIGTERM, and ends when its parent does.
import { baseUrlOf, openCore, startRoles } from './compose.ts'
import { ConfigError, readConfig } from './platform/config.ts'
import { createFirstLink } from './team/links.ts'

/** What a process tells the supervisor. `link`: path of the one-time sign-in link, while there is need of one. */
export type AppMessage = { kind: 'ready'; link: string | null } | { kind: 'refused'; message: string }

const STOP_MS = 8_000

async function main(): Promise<void> {
  // Ctrl-C goes to every process of the terminal: the supervisor decides who stops when
  process.on('SIGINT', () => undefined)
  process.on('disconnect', () => process.exit(1))
  const env = process.env
  const config = readConfig(env)
  const { databaseUrl, clickhouseUrl, secretKey } = config
  if (!databaseUrl || !clickhouseUrl || !secretKey)
    throw new ConfigError('DATABASE_URL, CLICKHOUSE_URL, SECRET_KEY: a process of its own needs all three')
  const name = config.roles.join('+')
  const baseUrl = baseUrlOf(config, config.port)
  const core = await openCore(
    config,
    { databaseUrl, clickhouseUrl, secretKey, baseUrl },
    { name, processMetrics: true },
  )
  process.on('unhandledRejection', error => {
    core.log.fatal(
      { error: (error as Error)?.stack ?? String(error) },
      'a promise was rejected and nobody caught it: this process ends and is started again',
    )
    process.exit(1)
  })
  const roles = await startRoles(core, config.roles)
  let stopping = false
  process.on('SIGTERM', () => {
    if (stopping) return
    stopping = true
    const cut = setTimeout(() => process.exit(1), STOP_MS)
    roles
      .stop()
      .then(() => core.close())
      .then(
        () => process.exit(0),
        error => {
          core.log.error({ error: (error as Error).message }, 'did not stop cleanly')
          process.exit(1)
        },
      )
      .finally(() => clearTimeout(cut))
  })
  const link =
    config.roles.includes('web') && env.ITINERA_WANTS_LINK === '1' ? await createFirstLink(core) : null
  tell({ kind: 'ready', link })
}

function tell(message: AppMessage): void {
  process.send?.(message)
}

main().catch(error => {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (error instanceof ConfigError) tell({ kind: 'refused', message: error.message })
  process.stderr.write(message + '\n')
  process.exitCode = error instanceof ConfigError ? 2 : 1
  process.disconnect?.()
  setTimeout(() => process.exit(), 200)
})
