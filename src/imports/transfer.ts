// What is a stream and not JSON: uploads, error files, templates, exports. Same callers, scopes and workspaces as the
// endpoints of the contract; exports are written to the audit trail with the number of their rows.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { Hono, type Context } from 'hono'
import { workspaceNow } from '../catalogue/workspace.ts'
import type { Scope } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Access, AuditDetail, AuditKind, Seat } from '../platform/http/access.ts'
import { actorOf } from '../platform/http/handler.ts'
import { maskOf } from '../platform/http/mask.ts'
import { answerError } from '../platform/http/problem.ts'
import type { HttpEnv } from '../platform/http/router.ts'
import { seatAt } from '../platform/http/seat.ts'
import { publicId } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { exampleRow, exportStream, fileResponse, type ExportFormat, type ExportLocale } from './export.ts'
import { errorPath, hasFile } from './files.ts'
import type { ExportFilter, ImportTarget } from './model.ts'
import { targetNamed } from './register.ts'
import { presentImport } from './present.ts'
import { findImport } from './store.ts'
import { takeUpload } from './upload.ts'
import { readTime } from './values.ts'

type Ctx = Context<HttpEnv>
export function importApp(core: Core, access: Access): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()

  const seat = (c: Ctx, route: string, ...scopes: Scope[]) => seatAt(core, access, c, route, ...scopes)
  const audit = (
    { workspace, caller }: Seat,
    kind: AuditKind,
    action: string,
    target: string,
    detail: AuditDetail,
  ) => access.record({ workspace: workspace.id, caller, action, kind, target, detail })

  app.post('/api/w/:ws/import-files', async c => {
    const taken = await seat(c, 'import-files', 'customers:import')
    const fileName = c.req.query('name')?.trim()
    if (!fileName)
      throw new Problem(400, 'name_missing', 'The name of the file is needed', {
        path: 'name',
        action: 'Add ?name=orders.csv to the address.',
      })
    if (!c.req.raw.body)
      throw new Problem(400, 'file_empty', 'The request has no body', {
        action: 'Send the file as the body.',
      })
    const row = await takeUpload(core, taken.workspace, c.req.raw.body, {
      fileName,
      source: c.req.query('source')?.trim() || null,
      target: c.req.query('target') || null,
      preset: c.req.query('preset') || null,
      constants: Object.fromEntries(
        Object.entries(c.req.query()).flatMap(([key, value]) =>
          key.startsWith('set.') ? [[key.slice(4), value]] : [],
        ),
      ),
      start: ['1', 'true'].includes(c.req.query('start') ?? ''),
      actor: actorOf(taken.caller),
    })
    await audit(taken, 'changed', 'uploadImport', publicId('imp', row.id), { bytes: row.bytes })
    return c.json(presentImport(row), 201)
  })

  app.get('/api/w/:ws/imports/:import/errors.csv', async c => {
    const { workspace } = await seat(
      c,
      'imports/{import}/errors.csv',
      'customers:import',
      'customers:personal',
    )
    const row = await findImport(core.pool, workspace.id, idOr404('imp', c.req.param('import')))
    const path = row && errorPath(core.config.dataDir, row.id)
    if (!row || !path || !(await hasFile(path))) throw notFound('imp')
    const stream = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>
    return fileResponse(stream, `${row.file_name.replace(/\.\w+$/, '')}-errors`, 'csv')
  })

  app.get('/api/w/:ws/import-templates/:file', async c => {
    const { workspace } = await seat(c, 'import-templates/{file}', 'sources:read')
    const { target, format } = fileOf(c.req.param('file'))
    const locale = localeOf(c, workspace.locale)
    const stream = exportStream(target, exampleRow(target), format, locale, async () => undefined)
    return fileResponse(stream, `${target.name}-template`, format)
  })

  app.get('/api/w/:ws/exports/:file', async c => {
    const taken = await seat(c, 'exports/{file}', 'customers:export')
    const { workspace } = taken
    const { target, format } = fileOf(c.req.param('file'))
    if (!target.read)
      throw new Problem(404, 'no_export', `There is no export of ${target.name}`, {
        action: 'GET …/import-targets says which targets have one.',
      })
    const filter = filterOf(c, target, workspace.timezone)
    const source = {
      pool: core.pool,
      workspace: workspace.id,
      timezone: workspace.timezone,
      currency: workspace.currency,
    }
    const stream = exportStream(
      target,
      target.read(source, filter),
      format,
      localeOf(c, workspace.locale),
      rows => audit(taken, 'exported', 'export', target.name, { rows, format, ...filter }),
      target.kind === 'events' ? maskOf(taken) : null, // the catalogue is the brand's own
    )
    const day = new Date(workspaceNow(workspace)).toISOString().slice(0, 10)
    return fileResponse(stream, `${target.name}-${day}`, format)
  })

  app.onError((error, c) => {
    const response = answerError(error, c.get('requestId'), c.get('route') ?? '/api', core.log)
    if (c.req.method === 'POST') response.headers.set('connection', 'close') // the rest of the body is not read
    return response
  })
  return app
}

/** `customers.csv`: a target and a format. @throws Problem 404 */
function fileOf(name: string | undefined): { target: ImportTarget; format: ExportFormat } {
  const parts = /^(\w+)\.(csv|xlsx)$/.exec(name ?? '')
  const target = parts && targetNamed(parts[1]!)
  if (!target || target.kind === 'documents')
    throw new Problem(404, 'no_export', 'There is no such file', {
      action: 'Ask for <target>.csv or <target>.xlsx; GET …/import-targets lists the targets.',
    })
  return { target, format: parts[2] as ExportFormat }
}

const localeOf = (c: Ctx, fallback: string): ExportLocale =>
  (c.req.query('locale') ?? fallback) === 'en' ? 'en' : 'zh-TW'

/** @throws Problem 400 for a filter that the target does not know, or a time that is none */
function filterOf(c: Ctx, target: ImportTarget, zone: string): ExportFilter {
  const { locale: _locale, ...given } = c.req.query()
  const filter: ExportFilter = {}
  for (const [name, text] of Object.entries(given)) {
    if (!(target.filters ?? []).includes(name as keyof ExportFilter))
      throw new Problem(400, 'unknown_filter', `${target.name} cannot be narrowed by ${name.slice(0, 40)}`, {
        path: name,
        action: `Filters of it: ${(target.filters ?? []).join(', ') || 'none'}.`,
      })
    if (name === 'from' || name === 'to') {
      const read = readTime(text, zone)
      if ('wrong' in read) throw new Problem(400, 'bad_time', `${name}: ${read.wrong}`, { path: name })
      filter[name] = Date.parse(String(read.value))
    } else filter[name as 'tag' | 'store'] = text
  }
  return filter
}
