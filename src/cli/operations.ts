// itinera demo, verify: the long ones, with progress on a terminal.
import type { Command } from 'commander'
import { buildDemo } from '../demo/build.ts'
import { verifyAll } from '../inbox/verify.ts'
import { publicId } from '../platform/ids.ts'
import { withInstallation } from './open.ts'
import { answer, EXIT, openProgress } from './output.ts'
import { ownerFor } from './workspace.ts'

type Json = { json?: boolean }

export function addOperationCommands(program: Command): void {
  program
    .command('demo')
    .description('Build the made-up demo brand in a new sandbox workspace')
    .option('--owner <email>', 'team user who becomes its owner (default: the first owner there is)')
    .option('--json', 'one line of JSON')
    .action((options: Json & { owner?: string }) =>
      withInstallation(
        async ({ core }) => {
          const progress = openProgress()
          const owner = await ownerFor(core, options.owner)
          const started = performance.now()
          const { workspace, events } = await buildDemo(core, {
            ...(owner ? { owner } : {}),
            onProgress: s => progress.step(s.step, s.done, s.total),
          })
          progress.end()
          const seconds = Math.round((performance.now() - started) / 100) / 10
          const value = { workspace: publicId('wsp', workspace), events, seconds, url: core.baseUrl }
          answer(
            options.json === true,
            value,
            `Demo brand ${value.workspace}: ${events} events in ${seconds} s. Open ${core.baseUrl}`,
          )
        },
        ['fold', 'history'],
      ),
    )

  program
    .command('verify')
    .description('Check the invariants: state equals replay of the journal, intents, ledgers, history')
    .option('--json', 'one line of JSON')
    .action((options: Json) =>
      withInstallation(async ({ core }) => {
        const progress = openProgress()
        const { ok, checks } = await verifyAll(core, {
          onProgress: (done, total) => progress.step('verify', done, total),
        })
        progress.end()
        answer(
          options.json === true,
          { ok, checks },
          checks
            .flatMap(c => [
              `${c.ok ? 'ok    ' : 'FAULTS'}  ${c.name} (${c.counted})`,
              ...c.faults.map(f => `        ${f}`),
            ])
            .join('\n'),
        )
        if (!ok) process.exitCode = EXIT.faults
      }),
    )
}
