// itinera import, export: files in and out, as the Imports tab does it; for scripts that bring a file every night.
import { createReadStream, createWriteStream } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { findWorkspace } from '../catalogue/workspace.ts'
import { exportStream, type ExportFormat, type ExportLocale } from '../imports/export.ts'
import { presentImport } from '../imports/present.ts'
import { TARGETS } from '../imports/register.ts'
import { findImport, queueImport, type ImportRow } from '../imports/store.ts'
import { demandMapped, takeUpload, targetOrProblem } from '../imports/upload.ts'
import { openImports } from '../imports/workers.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { recordAudit } from '../team/audit.ts'
import { withInstallation } from './open.ts'
import { answer, EXIT, openProgress } from './output.ts'
import { workspaceNamed } from './workspace.ts'

const POLL_MS = 250
const ENDED = ['ready', 'done', 'failed', 'cancelled', 'draft']

type ImportOptions = {
  workspace: string
  target?: string
  preset?: string
  source?: string
  set?: string[]
  check?: boolean
  json?: boolean
}

/** `sales_channel=store`. @throws Problem */
function constantsOf(given: string[]): Record<string, string> {
  return Object.fromEntries(
    given.map(text => {
      const at = text.indexOf('=')
      if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1)]
      throw new Problem(400, 'invalid', `--set ${text} is not field=value`, {
        action: 'Write --set sales_channel=store.',
      })
    }),
  )
}

/** The server that runs works it off; else this command does. */
async function workOff(core: Core, running: boolean, workspace: Uuid, id: Uuid): Promise<ImportRow> {
  const progress = openProgress()
  const imports = running ? null : openImports(core)
  for (;;) {
    await (imports ? imports.tick() : new Promise(resolve => setTimeout(resolve, POLL_MS)))
    const row = (await findImport(core.pool, workspace, id))!
    progress.step(row.file_name, row.read_bytes, row.bytes)
    if (!ENDED.includes(row.status)) continue
    progress.end()
    await imports?.stop()
    return row
  }
}

export function addImportCommands(program: Command): void {
  program
    .command('import <file>')
    .description('Import customers, orders, events, consents, tags, products … from CSV, .xlsx or JSON lines')
    .requiredOption('--workspace <id>', 'id or name')
    .option(
      '--target <name>',
      `what it holds: ${TARGETS.map(t => t.name).join(', ')} (default: what it looks like)`,
    )
    .option(
      '--preset <name>',
      'export of a shop platform, such as shopify-orders (default: recognised by its columns)',
    )
    .option('--source <name>', 'name of the feed; remembers its mapping (default: made from the file’s name)')
    .option('--set <field=value...>', 'the same for every row, such as sales_channel=store')
    .option('--check', 'dry run: counts and faults, nothing is stored')
    .option('--json', 'one line of JSON')
    .action((file: string, options: ImportOptions) =>
      withInstallation(async ({ core, running }) => {
        const named = await workspaceNamed(core, options.workspace)
        const workspace = (await findWorkspace(core.pool, named.id))!
        const row = await takeUpload(core, workspace, readable(file), {
          fileName: basename(file),
          source: options.source ?? null,
          target: options.target ?? null,
          preset: options.preset ?? null,
          constants: constantsOf(options.set ?? []),
          start: false,
          actor: 'cli',
        })
        demandMapped(targetOrProblem(row.target ?? ''), row.mapping, row.constants)
        await queueImport(
          core.pool,
          workspace.id,
          row.id,
          options.check ? 'checking' : 'queued',
          row.created_at.getTime(),
        )
        await audit(core, workspace.id, 'startImport', publicId('imp', row.id), {
          check: options.check === true,
        })
        core.signals.emit('import')
        const ended = await workOff(core, running, workspace.id, row.id)
        const shown = presentImport(ended)
        if (shown.problem || shown.counts.wrong > 0) process.exitCode = EXIT.faults
        answer(options.json === true, { ...shown, faults: ended.faults }, inWords(shown, ended))
      }),
    )
  program
    .command('export <target>')
    .description('Export customers, orders, consents, tags, products … as CSV or .xlsx')
    .requiredOption('--workspace <id>', 'id or name')
    .requiredOption(
      '--output <file>',
      'file to write; .xlsx makes a workbook, all else CSV with BOM; - for standard output',
    )
    .option('--locale <locale>', 'language of the column titles: zh-TW or en', 'zh-TW')
    .option('--tag <tag>', 'only customers with this tag')
    .option('--store <code>', 'only orders of this store')
    .option('--json', 'one line of JSON')
    .action(
      (
        name: string,
        options: {
          workspace: string
          output: string
          locale: string
          tag?: string
          store?: string
          json?: boolean
        },
      ) =>
        withInstallation(async ({ core }) => {
          const named = await workspaceNamed(core, options.workspace)
          const workspace = (await findWorkspace(core.pool, named.id))!
          const target = targetOrProblem(name)
          if (!target.read)
            throw new Problem(400, 'no_export', `There is no export of ${name}`, {
              action: `Export ${TARGETS.filter(t => t.read)
                .map(t => t.name)
                .join(', ')}.`,
            })
          const format: ExportFormat = options.output.endsWith('.xlsx') ? 'xlsx' : 'csv'
          const locale: ExportLocale = options.locale === 'en' ? 'en' : 'zh-TW'
          const { id, timezone, currency } = workspace
          const filter = {
            ...(options.tag === undefined ? {} : { tag: options.tag }),
            ...(options.store === undefined ? {} : { store: options.store }),
          }
          let rows = 0
          const stream = exportStream(
            target,
            target.read({ pool: core.pool, workspace: id, timezone, currency }, filter),
            format,
            locale,
            async count => {
              rows = count
              await audit(core, id, 'export', name, { rows, format, ...filter })
            },
          )
          const out =
            options.output === '-' ? process.stdout : createWriteStream(options.output, { mode: 0o600 })
          await pipeline(Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]), out)
          if (options.output !== '-')
            answer(options.json === true, { rows, file: options.output }, `${rows} rows in ${options.output}`)
        }),
    )
}

/** @throws Problem when it cannot be read */
function readable(file: string): ReadableStream<Uint8Array> {
  const stream = createReadStream(file)
  stream.on('error', error => {
    process.stderr.write(`itinera: ${file} cannot be read: ${error.message}\n`)
    process.exit(EXIT.usage)
  })
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>
}

const audit = (
  core: Core,
  workspace: Uuid,
  action: string,
  target: string,
  detail: Record<string, string | number | boolean>,
) =>
  recordAudit(core.pool, {
    workspace,
    actor: 'cli',
    action,
    kind: action === 'export' ? 'exported' : 'changed',
    target,
    detail,
  })

function inWords(
  { counts, problem, status, target }: ReturnType<typeof presentImport>,
  row: ImportRow,
): string {
  if (problem) return `${status}: ${problem.title}\n${problem.action}`
  const { new: fresh, changed, same, wrong, skipped } = counts
  return [
    `${status}  ${row.file_name} as ${target}: ${fresh} new, ${changed} changed, ${same} unchanged, ${wrong} wrong, ${skipped} of nobody`,
    ...row.faults.map(
      f => `  row ${f.row}  ${f.field ?? ''}  ${f.detail}${f.value === null ? '' : ` (${f.value})`}`,
    ),
  ].join('\n')
}
