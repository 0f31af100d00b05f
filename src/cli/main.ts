// The command line: `itinera <noun> <verb>`. Started by bin/itinera.mjs.
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { addBackupCommands } from './backup.ts'
import { addImportCommands } from './imports.ts'
import { addOperationCommands } from './operations.ts'
import { EXIT, EXIT_HELP, explain } from './output.ts'
import { addSecretCommands } from './secrets.ts'
import { addJourneyCommands } from './journeys.ts'
import { addKeyCommands, addUserCommands, addWorkspaceCommands } from './workspace.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const program = new Command('itinera')
  .description('Itinera 旅圖: customer journeys, from the event to the proof')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(itinera --help lists every command)')
  .addHelpText('after', EXIT_HELP)
// these two are handled by bin/itinera.mjs before this program runs; here so that --help names them
program.command('start').description('Start the product: engines, all roles, web (same as npm start)')
program.command('bench [names...]').description('Measure the product on this machine (same as npm run bench)')
addWorkspaceCommands(program)
addKeyCommands(program)
addUserCommands(program)
addJourneyCommands(program)
addImportCommands(program)
addOperationCommands(program)
addBackupCommands(program)
addSecretCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode =
    error instanceof CommanderError
      ? error.exitCode === 0
        ? EXIT.done
        : EXIT.usage
      : explain(error, process.argv.includes('--json'))
}
