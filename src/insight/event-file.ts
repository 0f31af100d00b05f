// All events as a file, CSV or NDJSON: streamed from history page by page in the order of its key (name, person, time), masked
// for who may not read personal data, and written to the audit log with the number of its rows.
import { Hono } from 'hono'
import { workspaceNow } from '../catalogue/workspace.ts'
import { csvLines } from '../imports/error-file.ts'
import { readTime } from '../imports/values.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Access } from '../platform/http/access.ts'
import { maskJson, maskOf, type MaskRules } from '../platform/http/mask.ts'
import { answerError } from '../platform/http/problem.ts'
import type { HttpEnv } from '../platform/http/router.ts'
import { seatAt } from '../platform/http/seat.ts'
import { publicId, type Uuid } from '../platform/ids.ts'

type Filter = { from?: number; to?: number; name?: string; kind?: string; source?: string }
type Row = {
  name: string
  customer_id: Uuid
  at: number
  got: number
  bucket: number
  seq_text: string
  line: number
  part: number
  kind: string
  message_id: string
  source: string
  channel: string
  phase: string
  stage: string
  journey_id: Uuid
  node: string
  message: Uuid
  props: string
}

const PAGE = 2_000
const NONE = '00000000-0000-0000-0000-000000000000'
const TEXT_FILTERS = ['name', 'kind', 'source'] as const

/** @throws Problem 503 `history_down` */
async function* eventPages(history: History, workspace: Uuid, filter: Filter): AsyncGenerator<Row[]> {
  const conditions = ['workspace_id = {workspace:UUID}']
  for (const key of TEXT_FILTERS) if (filter[key] !== undefined) conditions.push(`${key} = {${key}:String}`)
  if (filter.from !== undefined) conditions.push(`occurred >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')`)
  if (filter.to !== undefined) conditions.push(`occurred < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`)
  const after = `(name, customer_id, occurred, bucket, seq, line, part) >
    ({afterName:String}, {afterCustomer:UUID}, fromUnixTimestamp64Milli({afterAt:Int64}, 'UTC'), {bucket:UInt8}, {seq:UInt64}, {line:UInt32}, {part:UInt16})`
  let last: Row | undefined
  for (;;) {
    const rows: Row[] = await askHistory<Row>(
      history,
      `select name, customer_id, toUnixTimestamp64Milli(occurred) as at, toUnixTimestamp64Milli(received) as got, bucket,
              toString(seq) as seq_text, line, part, kind, message_id, source, channel, phase, stage, journey_id, node, message, props
         from event where ${[...conditions, ...(last ? [after] : [])].join(' and ')}
        order by name, customer_id, occurred, bucket, seq, line, part limit ${PAGE}`,
      {
        workspace,
        ...filter,
        afterName: last?.name ?? '',
        afterCustomer: last?.customer_id ?? NONE,
        afterAt: last?.at ?? 0,
        bucket: last?.bucket ?? 0,
        seq: last?.seq_text ?? '0',
        line: last?.line ?? 0,
        part: last?.part ?? 0,
      },
    )
    if (rows.length > 0) yield rows
    if (rows.length < PAGE) return
    last = rows.at(-1)
  }
}

const idOrNull = (prefix: 'jrn' | 'msg', id: Uuid): string | null =>
  id === NONE ? null : publicId(prefix, id)

/** One event as it stands in the file, in the order of its columns. */
const lineOf = (row: Row, rules: MaskRules | null) => ({
  event: row.name,
  kind: row.kind,
  occurred_at: new Date(row.at).toISOString(),
  received_at: new Date(row.got).toISOString(),
  customer: publicId('cus', row.customer_id),
  message_id: row.message_id || null,
  source: row.source || null,
  channel: row.channel || null,
  phase: row.phase || null,
  stage: row.stage || null,
  journey: idOrNull('jrn', row.journey_id),
  node: row.node || null,
  message: idOrNull('msg', row.message),
  properties: rules ? maskJson(row.props, rules) : row.props,
})
type Line = ReturnType<typeof lineOf>
const COLUMNS: readonly (keyof Line)[] = [
  'event',
  'kind',
  'occurred_at',
  'received_at',
  'customer',
  'message_id',
  'source',
  'channel',
  'phase',
  'stage',
  'journey',
  'node',
  'message',
  'properties',
]

const FORMATS = {
  csv: {
    type: 'text/csv; charset=utf-8',
    head: csvLines([COLUMNS as string[]], true),
    lines: (lines: Line[]) => csvLines(lines.map(line => COLUMNS.map(c => line[c]))),
  },
  ndjson: {
    type: 'application/x-ndjson',
    head: '',
    lines: (lines: Line[]) =>
      lines
        .map(
          line =>
            JSON.stringify({ ...line, properties: JSON.parse(line.properties || '{}') as unknown }) + '\n',
        )
        .join(''),
  },
}

export function eventFileApp(core: Core, access: Access): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.get('/api/w/:ws/exports/:file{events\\.(?:csv|ndjson)}', async c => {
    const seat = await seatAt(core, access, c, 'exports/events', 'customers:export')
    const { workspace, caller } = seat
    const filter = filterOf(c.req.query(), workspace.timezone)
    const name = c.req.param('file').endsWith('csv') ? 'csv' : 'ndjson'
    const format = FORMATS[name]
    const rules = maskOf(seat)
    async function* chunks(): AsyncGenerator<Uint8Array> {
      const encoder = new TextEncoder()
      let rows = 0
      try {
        yield encoder.encode(format.head)
        for await (const page of eventPages(core.history, workspace.id, filter)) {
          rows += page.length
          yield encoder.encode(format.lines(page.map(row => lineOf(row, rules))))
        }
      } finally {
        await access.record({
          workspace: workspace.id,
          caller,
          action: 'export',
          kind: 'exported',
          target: 'events',
          detail: { rows, format: name, ...filter },
        })
      }
    }
    const day = new Date(workspaceNow(workspace)).toISOString().slice(0, 10)
    return new Response(ReadableStream.from(chunks()) as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': format.type,
        'content-disposition': `attachment; filename="events-${day}.${name}"`,
        'cache-control': 'no-store',
      },
    })
  })
  app.onError((error, c) => answerError(error, c.get('requestId'), c.get('route') ?? '/api', core.log))
  return app
}

/** @throws Problem 400 for a filter that is not known, or a time that is none */
function filterOf(given: Record<string, string>, zone: string): Filter {
  const filter: Filter = {}
  for (const [name, text] of Object.entries(given)) {
    const key = TEXT_FILTERS.find(f => f === name)
    if (key) filter[key] = text
    else if (name === 'from' || name === 'to') {
      const read = readTime(text, zone)
      if ('wrong' in read)
        throw new Problem(400, 'bad_time', `${name}: ${read.wrong}`, {
          path: name,
          action: 'Write a day (2026-05-01) or a time.',
        })
      filter[name] = Date.parse(String(read.value))
    } else
      throw new Problem(400, 'unknown_filter', `Events cannot be narrowed by ${name.slice(0, 40)}`, {
        path: name,
        action: 'Filters: from, to, name, kind, source.',
      })
  }
  return filter
}
