// Handlers of imports and feeds.
import { workspaceNow } from '../catalogue/workspace.ts'
import type { Out } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { removeFiles, uploadPath } from './files.ts'
import { PRESETS } from './presets/register.ts'
import { choicesOf } from './fault-words.ts'
import { firstRows } from './read.ts'
import { TARGETS, targetNamed } from './register.ts'
import { detectShape, ENCODINGS } from './shape.ts'
import {
  cancelImport,
  deleteImport,
  feedsOf,
  findImport,
  lastMapping,
  listImports,
  queueImport,
  saveFeed,
  saveSettings,
  type ImportRow,
} from './store.ts'
import { presentDetail, presentImport } from './present.ts'
import {
  demandConstants,
  demandMapped,
  demandReadable,
  mappingFor,
  presetOrProblem,
  targetOrProblem,
} from './upload.ts'

async function importOr404(core: Core, workspace: Uuid, text: string | undefined): Promise<ImportRow> {
  const found = await findImport(core.pool, workspace, idOr404('imp', text))
  if (!found) throw notFound('imp')
  return found
}

/** @throws Problem 409 `file_gone` */
async function fileOrProblem(core: Core, id: Uuid): Promise<string> {
  const path = await uploadPath(core.config.dataDir, id)
  if (path !== null) return path
  throw new Problem(409, 'file_gone', 'The file was removed after its time', { action: 'Upload it again.' })
}

const busy = () =>
  new Problem(409, 'import_busy', 'This import is being worked on, or has run', {
    action: 'Wait for its end or cancel it; to bring other rows upload the file again.',
  })

/** Queues a check or a run; the workers hear of it. */
async function queue(
  call: { core: Core; workspace: WorkspaceRow; params: Record<string, string> },
  to: 'checking' | 'queued',
): Promise<Out<'startImport'>> {
  const { core, workspace } = call
  const row = await importOr404(core, workspace.id, call.params.import)
  demandMapped(targetOrProblem(row.target ?? ''), row.mapping, row.constants)
  await fileOrProblem(core, row.id)
  if (!(await queueImport(core.pool, workspace.id, row.id, to, workspaceNow(workspace)))) throw busy()
  core.signals.emit('import')
  core.signals.emit('live', `${workspace.id}:imports`)
  return presentImport(await importOr404(core, workspace.id, call.params.import))
}

export const importRoutes = {
  async importTargets() {
    return {
      targets: TARGETS.map(t => ({
        name: t.name,
        label: t.label,
        hint: t.hint,
        kind: t.kind,
        fields: t.fields.map(f => ({
          key: f.key,
          label: f.label,
          type: f.type,
          required: f.required ?? false,
          choices: f.choices ? choicesOf(f.choices) : null,
        })),
        oneOf: [...(t.oneOf ?? [])],
        open: t.open ?? null,
        exports: t.read !== undefined,
        filters: [...(t.filters ?? [])],
      })),
      presets: PRESETS.filter(p => targetNamed(p.target)).map(({ name, label, target, evidence }) => ({
        name,
        label,
        target,
        evidence,
      })),
      encodings: [...ENCODINGS],
    }
  },

  async imports({ core, workspace, query }) {
    const at = readCursor(query.cursor, isTexts(1))
    const found = await listImports(
      core.pool,
      workspace.id,
      query.source ?? null,
      at?.[0] ?? null,
      query.limit + 1,
    )
    const { shown, next } = cutPage(found, query.limit, last => [last.id])
    return {
      items: shown.map(presentImport),
      next,
    }
  },

  async import({ core, workspace, params }) {
    return presentDetail(core, await importOr404(core, workspace.id, params.import))
  },

  async updateImport({ core, workspace, params, body }) {
    const row = await importOr404(core, workspace.id, params.import)
    let { shape, columns } = row
    if (body.encoding !== undefined && body.encoding !== shape.encoding) {
      if (!(ENCODINGS as readonly string[]).includes(body.encoding))
        throw new Problem(400, 'unknown_encoding', 'This encoding is not known', {
          path: 'encoding',
          action: `Use ${ENCODINGS.join(', ')}.`,
        })
      const path = await fileOrProblem(core, row.id)
      shape = await detectShape(path, { encoding: body.encoding })
      demandReadable(shape, row.bytes)
      columns = (await firstRows(path, shape, 1)).columns
    }
    const preset =
      body.preset === undefined
        ? body.target === undefined || body.target === row.target
          ? row.preset
          : null
        : body.preset
    const known = preset === null ? null : presetOrProblem(preset)
    const target = targetOrProblem(known?.target ?? body.target ?? row.target ?? '')
    if (body.constants) demandConstants(target, body.constants, workspace.timezone)
    const source = body.source ?? row.source
    const anew = body.target !== undefined || body.preset !== undefined || columns !== row.columns
    const remembered =
      anew && known === null ? await lastMapping(core.pool, workspace.id, source, target.name) : null
    const mapping = body.mapping ?? (anew ? mappingFor(target, known, columns, remembered) : row.mapping)
    const constants = body.constants ?? (anew ? { ...known?.constants } : row.constants)
    const settings = { source, target: target.name, preset, shape, columns, mapping, constants }
    if (!(await saveSettings(core.pool, workspace.id, row.id, settings))) throw busy()
    core.signals.emit('live', `${workspace.id}:imports`)
    return presentDetail(core, await importOr404(core, workspace.id, params.import))
  },

  checkImport: call => queue(call, 'checking'),
  startImport: call => queue(call, 'queued'),

  async cancelImport({ core, workspace, params }) {
    const { id } = await importOr404(core, workspace.id, params.import)
    if (!(await cancelImport(core.pool, workspace.id, id, workspaceNow(workspace))))
      throw new Problem(409, 'import_ended', 'This import does not run', { action: 'Load the list again.' })
    core.signals.emit('live', `${workspace.id}:imports`)
    return presentImport(await importOr404(core, workspace.id, params.import))
  },

  async deleteImport({ core, workspace, params }) {
    const { id } = await importOr404(core, workspace.id, params.import)
    if (!(await deleteImport(core.pool, workspace.id, id))) throw busy()
    await removeFiles(core.config.dataDir, id)
    core.signals.emit('live', `${workspace.id}:imports`)
    return { ok: true }
  },

  async importFeeds({ core, workspace }) {
    const feeds = await feedsOf(core.pool, workspace.id, workspaceNow(workspace))
    return {
      items: await Promise.all(
        feeds.map(async f => {
          const last = f.last === null ? null : await findImport(core.pool, workspace.id, f.last)
          return {
            source: f.source,
            everyHours: f.every_hours,
            health: f.health,
            last: last && presentImport(last),
          }
        }),
      ),
    }
  },

  async setImportFeed({ core, workspace, params, body }) {
    const source = (params.source ?? '').trim().slice(0, 100)
    await saveFeed(core.pool, workspace.id, source, body.everyHours)
    core.signals.emit('live', `${workspace.id}:imports`)
    return { ok: true }
  },
} satisfies Handlers
