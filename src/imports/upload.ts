// From an uploaded file to an import with suggested settings: what it is, what it seems to hold, which column is what.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { MOST_EXCEL_BYTES, removeFiles, saveUpload } from './files.ts'
import { type Mapping, presetMapping, presetOf, suggestMapping, targetOf } from './headers.ts'
import type { ImportTarget } from './model.ts'
import { type Preset, presetNamed } from './presets/register.ts'
import { firstRows } from './read.ts'
import { targetNamed } from './register.ts'
import { constantFault, missingFields } from './rows.ts'
import { detectShape, type FileShape } from './shape.ts'
import {
  findImport,
  insertBroken,
  insertImport,
  lastMapping,
  queueImport,
  sourceOfFile,
  type ImportRow,
} from './store.ts'

export type UploadOptions = {
  fileName: string
  /** name of the feed; default: that of the same file before, else the file's name without date and number */
  source: string | null
  target: string | null
  preset: string | null
  constants: Record<string, string>
  /** run at once, as feeds do */
  start: boolean
  actor: string
}

/** @throws Problem 400 for an unknown name */
export function targetOrProblem(name: string): ImportTarget {
  const target = targetNamed(name)
  if (target) return target
  throw new Problem(400, 'unknown_target', `There is no import target ${name.slice(0, 40)}`, {
    path: 'target',
    action: 'GET …/import-targets lists them.',
  })
}

/** @throws Problem 400 for an unknown name */
export function presetOrProblem(name: string): Preset {
  const preset = presetNamed(name)
  if (preset && targetNamed(preset.target)) return preset
  throw new Problem(400, 'unknown_preset', `There is no preset ${name.slice(0, 40)}`, {
    path: 'preset',
    action: 'GET …/import-targets lists them.',
  })
}

/** Takes a file in. @throws Problem when it cannot be imported; a feed's file is then listed as failed */
export async function takeUpload(
  core: Core,
  workspace: WorkspaceRow,
  body: ReadableStream<Uint8Array>,
  options: UploadOptions,
): Promise<ImportRow> {
  const id = newId()
  const now = workspaceNow(workspace)
  let source = (options.source ?? sourceOf(options.fileName)).slice(0, 100)
  if (options.target !== null) targetOrProblem(options.target)
  if (options.preset !== null) presetOrProblem(options.preset)
  let bytes = 0
  try {
    const saved = await saveUpload(core.config.dataDir, id, body)
    bytes = saved.bytes
    if (options.source === null) source = (await sourceOfFile(core.pool, workspace.id, saved.hash)) ?? source
    const shape = await detectShape(saved.path)
    demandReadable(shape, bytes)
    const { columns } = await firstRows(saved.path, shape, 1)
    const found = suggest(columns, options.target, options.preset)
    demandConstants(found.target, options.constants, workspace.timezone)
    const remembered = await lastMapping(core.pool, workspace.id, source, found.target.name)
    const mapping = mappingFor(found.target, found.preset, columns, remembered)
    const constants = { ...found.preset?.constants, ...options.constants }
    await insertImport(
      core.pool,
      workspace.id,
      id,
      {
        source,
        target: found.target.name,
        preset: found.preset?.name ?? null,
        file_name: options.fileName.slice(0, 200),
        bytes,
        file_hash: saved.hash,
        shape,
        columns,
        mapping,
        constants,
        created_by: options.actor,
      },
      now,
    )
    if (options.start) {
      demandMapped(found.target, mapping, constants)
      await queueImport(core.pool, workspace.id, id, 'queued', now)
      core.signals.emit('import')
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await removeFiles(core.config.dataDir, id)
    if (options.start) await noteBroken(core, workspace, { id, source, bytes, now }, options, error)
    throw error
  }
  core.signals.emit('live', `${workspace.id}:imports`)
  return (await findImport(core.pool, workspace.id, id))!
}

async function noteBroken(
  core: Core,
  workspace: WorkspaceRow,
  file: { id: Uuid; source: string; bytes: number; now: number },
  options: UploadOptions,
  { code, message, action }: Problem,
): Promise<void> {
  // an import that was stored and could not start is listed already
  const id = (await findImport(core.pool, workspace.id, file.id)) ? newId() : file.id
  const row = {
    id,
    source: file.source,
    file_name: options.fileName.slice(0, 200),
    bytes: file.bytes,
    created_by: options.actor,
  }
  await insertBroken(core.pool, workspace.id, row, { code, title: message, action }, file.now)
  core.signals.emit('live', `${workspace.id}:imports`)
}

/** @throws Problem 413 for an .xlsx that would need too much memory */
export function demandReadable(shape: FileShape, bytes: number): void {
  if (shape.format === 'xlsx' && bytes > MOST_EXCEL_BYTES)
    throw new Problem(
      413,
      'excel_too_large',
      `An .xlsx file may have at most ${MOST_EXCEL_BYTES / 1024 / 1024} MB`,
      {
        action: 'Save it as CSV UTF-8: then it may be as large as 1 GB.',
      },
    )
}

/** @throws Problem 400 `fields_missing` */
export function demandMapped(
  target: ImportTarget,
  mapping: Mapping,
  constants: Record<string, string>,
): void {
  const missing = missingFields(target, mapping, constants)
  if (missing.length === 0) return
  const names = missing.map(any => any.map(f => f.label.en).join(' or ')).join('; ')
  throw new Problem(400, 'fields_missing', `Columns are missing for: ${names}`, {
    path: 'mapping',
    action: 'Say which column holds each, or give a value for every row.',
  })
}

/** @throws Problem 400 `bad_constant`: left out, each row would silently say something else */
export function demandConstants(target: ImportTarget, constants: Record<string, string>, zone: string): void {
  const fault = constantFault(target, constants, zone)
  if (!fault) return
  const { key, field, wrong } = fault
  throw new Problem(
    400,
    'bad_constant',
    `The value for every row cannot be used: ${key.slice(0, 40)}: ${wrong}`,
    {
      path: `constants.${key.slice(0, 40)}`,
      action: field ? 'Give another value, or a column.' : 'GET …/import-targets lists the fields.',
    },
  )
}

/** What the file seems to hold, unless it is said. */
function suggest(
  columns: string[],
  target: string | null,
  preset: string | null,
): { target: ImportTarget; preset: Preset | null } {
  if (preset !== null) {
    const named = presetOrProblem(preset)
    return { preset: named, target: targetOrProblem(named.target) }
  }
  const seen = presetOf(columns)
  const fits = seen && targetNamed(seen.target) && (target === null || seen.target === target)
  if (fits) return { preset: seen, target: targetOrProblem(seen.target) }
  return { preset: null, target: target === null ? targetOf(columns) : targetOrProblem(target) }
}

/** What was used the last time for this source goes before a preset, and that before the names of columns. */
export function mappingFor(
  target: ImportTarget,
  preset: Preset | null,
  columns: string[],
  remembered: Mapping | null,
): Mapping {
  if (target.kind === 'documents') return {}
  const base = preset ? presetMapping(target, preset, columns) : suggestMapping(target, columns)
  if (!remembered) return base
  const known = Object.fromEntries(
    columns.flatMap(c => (remembered[c] === undefined ? [] : [[c, remembered[c]]])),
  )
  return Object.keys(known).length === 0
    ? base
    : preset?.whole
      ? known
      : suggestMapping(target, columns, known)
}

/** 'POS_1150501.csv' and 'POS_1150502 (1).csv' are files of the source POS. */
export function sourceOf(fileName: string): string {
  const name = fileName
    .replace(/(\.(csv|tsv|txt|xlsx|json|ndjson|jsonl|gz))+$/i, '')
    .replace(/[\s_\-()（）]*\d[\d\s_\-./()（）年月日]*$/, '')
    .trim()
  return name === '' ? 'File' : name
}
