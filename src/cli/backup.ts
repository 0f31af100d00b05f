// itinera backup, restore, upgrade.
import type { Command } from 'commander'
import { backup } from '../platform/backup.ts'
import { readConfig } from '../platform/config.ts'
import { Problem } from '../platform/errors.ts'
import { openLog } from '../platform/log.ts'
import { type Restored, restore } from '../platform/restore.ts'
import { upgrade } from '../platform/upgrade.ts'
import { withInstallation } from './open.ts'
import { answer, openProgress } from './output.ts'

type Json = { json?: boolean }

const AFTER_RESTORE =
  'Sending is paused in every workspace: what was due since the backup waits. Start, look, then release it under Settings.\n' +
  'Secrets in it open only with the SECRET_KEY it was made under.'

const words = (r: Restored): string =>
  `Restored the state of ${r.at}: ${r.rows} rows, ${r.historyRows} of history, ${r.workspaces} workspaces; ${r.waiting} messages wait.\n${AFTER_RESTORE}`

export function addBackupCommands(program: Command): void {
  program
    .command('backup')
    .description('Back up both engines, also while the server runs; never overwrites')
    .argument('<target>', 'a folder to make, or a file ending with .tar')
    .option('--json', 'one line of JSON')
    .action((target: string, options: Json) =>
      withInstallation(async ({ core }) => {
        const progress = openProgress()
        const made = await backup(
          { databaseUrl: core.databaseUrl, history: core.history, onProgress: progress.step },
          target,
        )
        progress.end()
        const mb = (made.bytes / 1e6).toFixed(1)
        answer(
          options.json === true,
          { target, ...made },
          `${target}: ${made.rows} rows of ${made.tables} tables and ${made.historyRows} of history, ${mb} MB, as of ${made.at}.\n` +
            `The snapshot held PostgreSQL's cleaning back for ${(made.snapshotMs / 1000).toFixed(1)} s.\n` +
            'SECRET_KEY is not in it: keep a copy of it elsewhere.',
        )
      }),
    )

  program
    .command('restore')
    .description('Put a backup back; the server must be stopped')
    .argument('<source>', 'what itinera backup made')
    .option('--replace', 'lose what is in this installation now')
    .option('--json', 'one line of JSON')
    .action((source: string, options: Json & { replace?: boolean }) =>
      withInstallation(async ({ core, running }) => {
        if (running) {
          throw new Problem(409, 'in_use', 'A server runs on this installation', {
            action: 'Stop it (Ctrl-C), then restore.',
          })
        }
        const progress = openProgress()
        const restored = await restore(
          {
            databaseUrl: core.databaseUrl,
            history: core.history,
            log: core.log,
            replace: options.replace === true,
            onProgress: progress.step,
          },
          source,
        )
        progress.end()
        answer(options.json === true, restored, words(restored))
      }),
    )

  program
    .command('upgrade')
    .description(
      "Move the embedded engines to this version's PostgreSQL, with a backup made by the old version",
    )
    .argument('<source>', 'what itinera backup made, with the old version')
    .option('--json', 'one line of JSON')
    .action(async (source: string, options: Json) => {
      const config = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' })
      const progress = openProgress()
      const done = await upgrade(config, openLog(config.logLevel, 'command', 2), source, progress.step)
      progress.end()
      const aside = done.aside.map(a => `The old data is in ${a}: delete it when all is well.`)
      answer(options.json === true, done, [words(done), ...aside].join('\n'))
    })
}
