// `itinera upgrade`: from the data folder of another PostgreSQL major version to this one, by way of a backup that the
// old version made. The old folders are set aside, not deleted; when something fails they are put back.
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkParts, openBackup } from './backup-files.ts'
import { openClickHouse } from './clickhouse.ts'
import type { Config } from './config.ts'
import { borrowEngines, readRunning } from './embedded/engines.ts'
import { postgresFolder } from './embedded/postgres.ts'
import { Problem } from './errors.ts'
import type { Log } from './log.ts'
import { type Restored, restore } from './restore.ts'

export type Upgraded = Restored & { aside: string[] }

/** @throws Problem when there is nothing to upgrade, a server runs, or the backup is not whole */
export async function upgrade(
  config: Config,
  log: Log,
  source: string,
  onProgress?: (step: string, done: number, total: number) => void,
): Promise<Upgraded> {
  const refuse = (code: string, title: string, action: string) => new Problem(409, code, title, { action })
  if (config.databaseUrl) {
    throw refuse(
      'not_embedded',
      'DATABASE_URL names a PostgreSQL of your own',
      'Upgrade that server its own way; Itinera migrates its schema at the next start.',
    )
  }
  if (readRunning(config.dataDir))
    throw refuse('in_use', 'A server runs on this data folder', 'Stop it (Ctrl-C), then upgrade.')
  const folder = await postgresFolder(config.dataDir)
  if (!existsSync(folder.path) || folder.made === folder.major) {
    throw refuse(
      'nothing_to_upgrade',
      `The data folder is already of PostgreSQL ${folder.major}`,
      'Just start: the schema is migrated by itself.',
    )
  }
  const { dir, manifest, close } = await openBackup(source)
  try {
    await checkParts(dir, manifest) // before anything is moved
  } finally {
    close()
  }
  const moved: { from: string; to: string }[] = []
  const aside = (from: string) => {
    if (!existsSync(from)) return
    const to = `${from}-before-${folder.major}`
    if (existsSync(to))
      throw refuse('exists', `${to} is there from an earlier upgrade`, 'Move or delete it, then upgrade.')
    renameSync(from, to)
    moved.push({ from, to })
  }
  try {
    aside(folder.path)
    if (!config.clickhouseUrl) aside(join(config.dataDir, 'clickhouse'))
    const engines = await borrowEngines(config, log)
    try {
      const history = openClickHouse(engines.clickhouseUrl)
      const restored = await restore(
        {
          databaseUrl: engines.databaseUrl,
          history,
          log,
          replace: true,
          ...(onProgress ? { onProgress } : {}),
        },
        source,
      )
      await history.close()
      return { ...restored, aside: moved.map(m => m.to) }
    } finally {
      await engines.stop()
    }
  } catch (error) {
    for (const { from, to } of moved.reverse()) {
      rmSync(from, { recursive: true, force: true })
      renameSync(to, from)
    }
    throw error
  }
}
