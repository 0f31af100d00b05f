// What of segments is a stream and not JSON: files of people for a list, and the export of members.
import { Hono } from 'hono'
import { workspaceNow } from '../catalogue/workspace.ts'
import type { CustomerState } from '../customers/model.ts'
import { customersById } from '../customers/store.ts'
import { exportStream, fileResponse, type ExportFormat } from '../imports/export.ts'
import type { Cells, ImportField } from '../imports/model.ts'
import { presentImport } from '../imports/present.ts'
import { targetNamed } from '../imports/register.ts'
import { missingFields } from '../imports/rows.ts'
import { findImport, queueImport } from '../imports/store.ts'
import { customerCells } from '../imports/targets/customers.ts'
import { takeUpload } from '../imports/upload.ts'
import type { Core } from '../platform/core.ts'
import { must, Problem } from '../platform/errors.ts'
import type { Access } from '../platform/http/access.ts'
import { actorOf } from '../platform/http/handler.ts'
import { maskOf } from '../platform/http/mask.ts'
import { answerError } from '../platform/http/problem.ts'
import type { HttpEnv } from '../platform/http/router.ts'
import { seatAt } from '../platform/http/seat.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404 } from '../platform/public-id.ts'
import { membersOf } from './facts.ts'
import { demandList } from './members.ts'
import { findSegment, type SegmentRecord } from './store.ts'

const PAGE = 500

export function segmentApp(core: Core, access: Access): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()

  /** The import is begun at once when the file says who its rows are about; else it waits for a mapping. */
  app.post('/api/w/:ws/segments/:segment/upload', async c => {
    const taken = await seatAt(
      core,
      access,
      c,
      'segments/{segment}/upload',
      'segments:write',
      'customers:import',
    )
    const { workspace } = taken
    const segment = await findSegment(core.pool, workspace.id, idOr404('seg', c.req.param('segment')))
    demandList(segment)
    const fileName = c.req.query('name')?.trim()
    if (!fileName || !c.req.raw.body)
      throw new Problem(400, 'name_missing', 'A file and its name are needed', {
        path: 'name',
        action: 'Send the file as the body, and add ?name=list.csv to the address.',
      })
    const row = await takeUpload(core, workspace, c.req.raw.body, {
      fileName,
      source: segment.name,
      target: 'members',
      preset: null,
      constants: { segment: publicId('seg', segment.id) },
      start: false,
      actor: actorOf(taken.caller),
    })
    const target = targetNamed('members')
    must(target, 'the target of lists is registered')
    if (missingFields(target, row.mapping, row.constants).length === 0) {
      await queueImport(core.pool, workspace.id, row.id, 'queued', workspaceNow(workspace))
      core.signals.emit('import')
    }
    await access.record({
      workspace: workspace.id,
      caller: taken.caller,
      action: 'uploadSegmentList',
      kind: 'changed',
      target: publicId('seg', segment.id),
      detail: { bytes: row.bytes },
    })
    return c.json(presentImport((await findImport(core.pool, workspace.id, row.id))!), 201)
  })

  app.get('/api/w/:ws/segments/:segment/export/:file', async c => {
    const taken = await seatAt(
      core,
      access,
      c,
      'segments/{segment}/export/{file}',
      'segments:read',
      'customers:export',
    )
    const { workspace } = taken
    const segment = await findSegment(core.pool, workspace.id, idOr404('seg', c.req.param('segment')))
    const format = /^members\.(csv|xlsx)$/.exec(c.req.param('file') ?? '')?.[1] as ExportFormat | undefined
    if (!format)
      throw new Problem(404, 'no_export', 'There is no such file', {
        action: 'Ask for members.csv or members.xlsx.',
      })
    const locale = (c.req.query('locale') ?? workspace.locale) === 'en' ? 'en' : 'zh-TW'
    const stream = exportStream(
      { name: 'members', fields: FIELDS },
      rowsOf(core, workspace.id, segment, c.req.query('group')),
      format,
      locale,
      rows =>
        access.record({
          workspace: workspace.id,
          caller: taken.caller,
          action: 'exportSegment',
          kind: 'exported',
          target: publicId('seg', segment.id),
          detail: { rows, format },
        }),
      maskOf(taken),
    )
    const day = new Date(workspaceNow(workspace)).toISOString().slice(0, 10)
    return fileResponse(stream, `${segment.name}-${day}`, format)
  })

  app.onError((error, c) => {
    const response = answerError(error, c.get('requestId'), c.get('route') ?? '/api', core.log)
    if (c.req.method === 'POST') response.headers.set('connection', 'close') // the rest of the body is not read
    return response
  })
  return app
}

const FIELDS: readonly ImportField[] = [
  { key: 'customer_id', label: { zh: '顧客代號', en: 'Customer' }, type: 'code' },
  { key: 'group', label: { zh: '群組', en: 'Group' }, type: 'text' },
  { key: 'since', label: { zh: '成為成員時間', en: 'Member since' }, type: 'time' },
  ...(targetNamed('customers')?.fields ?? []),
]

/** Members in the order of their ids; who has left since history heard of them is left out. */
async function* rowsOf(
  core: Core,
  workspace: Uuid,
  segment: SegmentRecord,
  group: string | undefined,
): AsyncGenerator<Cells> {
  const keys = new Map(Object.entries(segment.groups).map(([key, g]) => [g, key]))
  const wanted = group === undefined ? null : (segment.groups[group] ?? 0)
  for (let after: Uuid | null = null; ; ) {
    const ids: Uuid[] = await membersOf(core.history, workspace, segment.n, wanted, after, PAGE)
    const people = await customersById(core.pool, workspace, ids)
    for (const id of ids) {
      const state = people.get(id)?.state
      const held = state?.seg?.find(m => m[0] === segment.n && (wanted === null || m[1] === wanted))
      if (state && held) yield { ...memberCells(state, keys.get(held[1]) ?? '', held[2]) }
    }
    if (ids.length < PAGE) return
    after = ids.at(-1)!
  }
}

const memberCells = (state: CustomerState, group: string, since: number): Cells => ({
  customer_id: publicId('cus', state.id),
  group,
  since: new Date(since).toISOString(),
  ...customerCells(state),
})
