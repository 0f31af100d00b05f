// Opens the installation that a command works on: the engines of the server that runs on DATA_DIR, those named by the
// environment, or the embedded ones, started for as long as the command takes.
import { type OpenCore, openCore, startRoles } from '../compose.ts'
import { readConfig, type RoleName } from '../platform/config.ts'
import { borrowEngines, readRunning, secretKeyOf } from '../platform/embedded/engines.ts'
import { openLog } from '../platform/log.ts'

export type Installation = {
  core: OpenCore
  /** a server runs on it: its roles do the work that is queued here */
  running: boolean
}

/** `roles`: needed by the command; started here when no server runs. */
export async function withInstallation<T>(
  work: (installation: Installation) => Promise<T>,
  roles: readonly RoleName[] = [],
): Promise<T> {
  const config = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' })
  const log = openLog(config.logLevel, 'command', 2)
  const server = readRunning(config.dataDir)
  const running = server?.ready === true
  const engines = await borrowEngines(config, log)
  try {
    const baseUrl = (config.publicUrl ?? server?.baseUrl ?? '') || `http://${config.host}:${config.port}`
    const core = await openCore(
      config,
      {
        databaseUrl: engines.databaseUrl,
        clickhouseUrl: engines.clickhouseUrl,
        secretKey: secretKeyOf(config),
        baseUrl,
      },
      { name: 'command', log, poolMax: 6 },
    )
    const started = running || roles.length === 0 ? null : await startRoles(core, roles)
    try {
      return await work({ core, running })
    } finally {
      await started?.stop()
      await core.close()
    }
  } finally {
    await engines.stop()
  }
}
