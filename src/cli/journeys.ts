// itinera journey: journeys as code. Pulled and pushed as YAML, tested without a server.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { newestWorld } from '../catalogue/publish.ts'
import type { JourneyGraph, GraphProblem } from '../journeys/model.ts'
import { problemsOfDraft, publishJourney } from '../journeys/publish.ts'
import { emptyWorld, readScenarios, runScenario, type ScenarioResult } from '../journeys/scenario.ts'
import { takeIn } from '../journeys/publishing/transfer.ts'
import { createJourney, findJourney, listJourneys, saveDraft, type JourneyRecord } from '../journeys/store.ts'
import { journeyText, readJourneyText, type TextFault } from '../journeys/text.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404 } from '../platform/public-id.ts'
import { withInstallation } from './open.ts'
import { answer, EXIT } from './output.ts'
import { audit, workspaceNamed } from './workspace.ts'

type Json = { json?: boolean }
type In = Json & { workspace: string }

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')
  } catch (error) {
    throw new Problem(400, 'unreadable', `${file} cannot be read: ${(error as Error).message}`, {
      action: 'Check the name of the file.',
    })
  }
}

const inLines = (file: string, faults: TextFault[]): string =>
  faults.map(f => `${file}:${f.line}: ${f.message}`).join('\n')

const readGraph = async (file: string) => graphIn(file, await textOf(file))

function graphIn(file: string, text: string): { graph: unknown; id?: string } {
  const read = readJourneyText(text)
  if ('faults' in read)
    throw new Problem(400, 'unreadable', `${file} cannot be read as a journey`, {
      action: inLines(file, read.faults),
    })
  return read
}

/** A file that was exported on a journey's page as it is; else the graph that is written there. */
async function readFileOf(file: string): Promise<unknown> {
  const text = await textOf(file)
  try {
    const said = JSON.parse(text) as unknown
    if (typeof said === 'object' && said !== null && 'itinera' in said) return said
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error // YAML
  }
  return graphIn(file, text).graph
}

const sayProblems = (problems: GraphProblem[]): string[] =>
  problems.map(p => `  ${p.node ?? 'journey'} ${p.path}: ${p.message.en}`)

export function addJourneyCommands(program: Command): void {
  const journey = program.command('journey').description('Journeys as code: docs/JOURNEYS.md')
  addList(journey)
  addPull(journey)
  addPush(journey)
  addTest(journey)
  addImport(journey)
  addExport(journey)
}

function addList(journey: Command): void {
  journey
    .command('list')
    .description('All journeys of a workspace')
    .requiredOption('--workspace <id>', 'id or name')
    .option('--json', 'one line of JSON')
    .action((options: In) =>
      withInstallation(async ({ core }) => {
        const { id } = await workspaceNamed(core, options.workspace)
        const rows = (await listJourneys(core.pool, id)).map(j => ({
          id: publicId('jrn', j.id),
          name: j.name,
          status: j.status,
          liveVersion: j.liveVersion,
          updatedAt: j.updatedAt.toISOString(),
        }))
        answer(
          options.json === true,
          { journeys: rows },
          rows
            .map(
              j =>
                `${j.id}  ${j.status.padEnd(8)} ${j.liveVersion === null ? '   ' : `v${j.liveVersion} `} ${j.name}`,
            )
            .join('\n') || 'None yet.',
        )
      }),
    )
}

/** A file's name for a journey: its name without what file systems and shells trip over. */
const fileNameOf = (name: string, id: string): string => {
  const plain = name
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
  return `${plain === '' ? id : plain}.journey.yaml`
}

function addPull(journey: Command): void {
  journey
    .command('pull [journeys...]')
    .description('Writes journeys as YAML files: those named by id or name, or all')
    .requiredOption('--workspace <id>', 'id or name')
    .option('--dir <folder>', 'where to', '.')
    .option('--live', 'the published versions instead of the drafts')
    .option('--stdout', 'prints the one journey that is named')
    .option('--json', 'one line of JSON')
    .action((named: string[], options: In & { dir: string; live?: boolean; stdout?: boolean }) =>
      withInstallation(async ({ core }) => {
        const { id: ws } = await workspaceNamed(core, options.workspace)
        const all = await listJourneys(core.pool, ws)
        const wanted = named.length === 0 ? all : named.map(n => journeyNamed(all, n))
        const chosen = wanted.filter(j => !options.live || j.live !== null)
        const texts = chosen.map(j => ({
          id: publicId('jrn', j.id),
          name: j.name,
          text: journeyText(options.live ? j.live : j.draft, publicId('jrn', j.id)),
        }))
        if (options.stdout) {
          process.stdout.write(texts.map(t => t.text).join('---\n'))
          return
        }
        await mkdir(options.dir, { recursive: true })
        const taken = new Set<string>()
        const files = []
        for (const { id, name, text } of texts) {
          let file = fileNameOf(name, id)
          if (taken.has(file)) file = `${id}.journey.yaml`
          taken.add(file)
          await writeFile(join(options.dir, file), text)
          files.push({ id, file: join(options.dir, file) })
        }
        answer(options.json === true, { files }, files.map(f => f.file).join('\n') || 'Nothing to pull.')
      }),
    )
}

/** By id, or by a name that only one has. @throws Problem */
function journeyNamed(all: JourneyRecord[], text: string): JourneyRecord {
  const found = all.filter(j => publicId('jrn', j.id) === text || j.name === text)
  if (found.length === 1) return found[0]!
  throw new Problem(
    404,
    'no_journey',
    found.length === 0 ? `There is no journey ${text}` : `${found.length} journeys are named ${text}`,
    { action: '`itinera journey list` shows their ids.' },
  )
}

function addPush(journey: Command): void {
  journey
    .command('push <files...>')
    .description(
      'Saves files as drafts: of the journey whose id stands in the file, else of the one of this name, else a new one',
    )
    .requiredOption('--workspace <id>', 'id or name')
    .option('--draft', 'needed: what is pushed is published by a person, on the last screen before it')
    .option('--check', 'fails when a file has problems, and saves nothing')
    .option('--json', 'one line of JSON')
    .action((files: string[], options: In & { draft?: boolean; check?: boolean }) =>
      withInstallation(async ({ core }) => {
        if (!options.draft)
          throw new Problem(400, 'only_drafts', 'Only drafts are pushed', {
            action: 'Say --draft; publish it in the journey’s page.',
          })
        const { id: ws } = await workspaceNamed(core, options.workspace)
        const read = await Promise.all(files.map(async file => ({ file, ...(await readGraph(file)) })))
        const checked = read.map(r => ({ ...r, problems: problemsOfDraft(r.graph).problems }))
        const bad = checked.find(c => c.problems.length > 0)
        if (options.check && bad)
          throw new Problem(400, 'graph_invalid', `${bad.file} cannot be published as it is`, {
            action: sayProblems(bad.problems).join('\n'),
          })
        const done = []
        for (const { file, graph, id, problems } of checked) {
          const saved = await saveAs(core, ws, graph, id)
          await audit(core, ws, saved.made ? 'createJourney' : 'saveJourney', publicId('jrn', saved.id))
          done.push({ file, id: publicId('jrn', saved.id), created: saved.made, problems })
        }
        answer(
          options.json === true,
          { journeys: done },
          done
            .flatMap(d => [
              `${d.id}  ${d.created ? 'new draft' : 'draft saved'}  ${d.file}`,
              ...sayProblems(d.problems),
            ])
            .join('\n'),
        )
      }),
    )
}

async function saveAs(
  core: Core,
  ws: Uuid,
  graph: unknown,
  id: string | undefined,
): Promise<{ id: Uuid; made: boolean }> {
  const name = (graph as { name?: unknown } | null)?.name
  const all = id === undefined && typeof name === 'string' ? await listJourneys(core.pool, ws) : []
  const same = all.filter(j => j.name === name)
  if (id === undefined && same.length === 0) return { id: await createJourney(core, ws, graph), made: true }
  const found =
    id === undefined ? journeyNamed(same, String(name)) : await findJourney(core.pool, ws, idOr404('jrn', id))
  await saveDraft(core, ws, found.id, graph, found.version)
  return { id: found.id, made: false }
}

// ── tests ────────────────────────────────────────────────────────────────────

type Tested = { file: string; tests: string; results: ScenarioResult[] }

function addTest(journey: Command): void {
  journey
    .command('test <files...>')
    .description(
      'Runs the scenarios beside journey files (NAME.journey.yaml: NAME.test.yaml) with the clock skipped',
    )
    .option('--tests <file>', 'scenarios of the one file that is named')
    .option(
      '--workspace <id>',
      'with the segments and attributes of this workspace (default: none, and no server needed)',
    )
    .option('--json', 'one line of JSON')
    .action(async (files: string[], options: Json & { tests?: string; workspace?: string }) => {
      const run = (world?: Awaited<ReturnType<typeof newestWorld>>): Promise<Tested[]> =>
        Promise.all(files.map(file => testFile(file, options.tests, world)))
      const tested =
        options.workspace === undefined
          ? await run()
          : await withInstallation(async ({ core }) =>
              run(await newestWorld(core.pool, (await workspaceNamed(core, options.workspace!)).id)),
            )
      const all = tested.flatMap(t => t.results)
      const failed = all.filter(r => !r.ok).length
      answer(
        options.json === true,
        { passed: all.length - failed, failed, files: tested.map(presentTested) },
        [...tested.flatMap(sayTested), `${all.length - failed} passed, ${failed} failed`].join('\n'),
      )
      if (failed > 0) process.exitCode = EXIT.faults
    })
}

async function testFile(
  file: string,
  named: string | undefined,
  world: Awaited<ReturnType<typeof newestWorld>> | undefined,
): Promise<Tested> {
  const { graph: said } = await readGraph(file)
  const { graph, problems } = problemsOfDraft(said)
  if (graph === null || problems.length > 0)
    throw new Problem(400, 'graph_invalid', `${file} is not a journey that could be published`, {
      action: sayProblems(problems).join('\n'),
    })
  const tests = named ?? file.replace(/(\.journey)?\.(ya?ml|json)$/, '.test.yaml')
  const read = readScenarios(await textOf(tests))
  if ('faults' in read)
    throw new Problem(400, 'unreadable', `${tests} cannot be read`, { action: inLines(tests, read.faults) })
  const results = read.file.tests.map(scenario =>
    runScenario(graph satisfies JourneyGraph, scenario, read.file, world ?? emptyWorld(read.file.world)),
  )
  return { file, tests, results }
}

const presentTested = ({ file, tests, results }: Tested) => ({
  file,
  tests,
  results: results.map(({ name, ok, failures, walk }) => ({
    name,
    ok,
    failures,
    messages: walk.messages.map(m => ({ node: m.node, state: m.state, reason: m.reason })),
    at: walk.here,
  })),
})

function sayTested({ file, results }: Tested): string[] {
  return [
    file,
    ...results.flatMap(r => [
      `  ${r.ok ? 'ok    ' : 'FAILED'}  ${r.name}`,
      ...r.failures.map(
        f =>
          `          step ${f.step}: ${f.what} should be ${JSON.stringify(f.expected)}, and is ${JSON.stringify(f.found)}`,
      ),
    ]),
  ]
}

// ── one file in, one file out ────────────────────────────────────────────────

function addImport(journey: Command): void {
  journey
    .command('import <file>')
    .description(
      'New journey from a file: exported on the page, or a graph as JSON or YAML (- for standard input); a draft unless --publish',
    )
    .requiredOption('--workspace <id>', 'id or name')
    .option('--publish', 'publish it at once')
    .option('--json', 'one line of JSON')
    .action((file: string, options: In & { publish?: boolean }) =>
      withInstallation(async ({ core }) => {
        const { id: ws } = await workspaceNamed(core, options.workspace)
        const { graph, missing, mapped } = await takeIn(core, ws, await readFileOf(file), {})
        const { problems } = problemsOfDraft(graph)
        if (options.publish && problems.length > 0)
          throw new Problem(400, 'graph_invalid', 'This journey cannot be published yet', {
            action: problems.map(p => `${p.node ?? 'journey'} ${p.path}: ${p.message.en}`).join('\n'),
          })
        const id = await createJourney(core, ws, graph)
        const version = options.publish ? await publishJourney(core, ws, id, 1, 'cli') : null
        await audit(core, ws, options.publish ? 'publishJourney' : 'createJourney', publicId('jrn', id))
        const value = { id: publicId('jrn', id), version, problems, missing, mapped }
        answer(
          options.json === true,
          value,
          [
            `${value.id}  ${version === null ? 'saved as a draft' : `published as version ${version}`}`,
            ...mapped.map(m => `  ${m.kind} ${m.name}: the one of this workspace is used`),
            ...missing.map(m => `  ${m.kind} ${m.name}: not in this workspace`),
            ...sayProblems(problems),
          ].join('\n'),
        )
      }),
    )
}

function addExport(journey: Command): void {
  journey
    .command('export <journey>')
    .description('The graph of a journey as JSON, as `import` reads it')
    .requiredOption('--workspace <id>', 'id or name')
    .option('--live', 'the published version instead of the draft')
    .option('--json', 'one line instead of an indented file')
    .action((id: string, options: In & { live?: boolean }) =>
      withInstallation(async ({ core }) => {
        const { id: ws } = await workspaceNamed(core, options.workspace)
        const found = await findJourney(core.pool, ws, idOr404('jrn', id))
        const graph = options.live ? found.live : found.draft
        if (!graph)
          throw new Problem(409, 'not_published', 'This journey was never published', {
            action: 'Leave --live out to export its draft.',
          })
        answer(options.json === true, graph, JSON.stringify(graph, null, 2))
      }),
    )
}
