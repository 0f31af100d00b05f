// Rows of a file, as texts, in batches: streamed, so that memory does not grow with the file (but for the shared strings
// of an .xlsx, which its format keeps in one part).
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { streamXlsxRows } from 'hucre/xlsx'
import iconv from 'iconv-lite'
import { Problem } from '../platform/errors.ts'
import { headerAt, type FileShape } from './shape.ts'

export type RawRow = {
  /** 1 is the first row after the header */
  no: number
  values: string[]
  /** the document of a line of JSON */
  doc?: Record<string, unknown>
}
export type RawFile = { columns: string[]; rows: AsyncIterable<RawRow[]> }

/** Rows of a chunk. With 1,000, much of what a chunk makes outlived two collections of the young generation, and a
 *  quarter of the thread's time was collecting garbage. */
const BATCH = 500
const LONGEST_RECORD = 1024 * 1024
const MOST_COLUMNS = 500
/** Lines of JSON have no header: the names of the first ones are taken */
const NAMED_BY = 200

/** Opens a file: its columns, and its rows from the beginning. `bytes` is told of what was read so far.
 *  @throws Problem 400 `file_broken`, `no_rows` */
export async function openFile(
  path: string,
  shape: FileShape,
  bytes?: (n: number) => void,
): Promise<RawFile> {
  const batches = batchesOf(path, shape, bytes)
  const iterator = batches[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done || first.value.length === 0)
    throw new Problem(400, 'no_rows', 'The file holds no rows', { action: 'Choose the file with the rows.' })
  const head = first.value
  const cut =
    shape.format === 'csv'
      ? shape.skip + 1
      : shape.format === 'xlsx'
        ? headerAt(head.map(r => r.values)) + 1
        : 0
  const columns = shape.format === 'ndjson' ? namesIn(head) : columnNames(head[cut - 1]?.values ?? [])
  if (columns.length > MOST_COLUMNS)
    throw new Problem(400, 'too_many_columns', `The file has more than ${MOST_COLUMNS} columns`, {
      action: 'Remove the columns that are not needed.',
    })

  async function* rows(): AsyncGenerator<RawRow[]> {
    let no = 0
    const numbered = (batch: RawRow[]): RawRow[] => {
      for (const row of batch) {
        row.no = ++no
        if (shape.format === 'ndjson') row.values = columns.map(c => textOf(at(row.doc!, c)))
      }
      return batch
    }
    try {
      yield numbered(head.slice(cut))
      for (let next = await iterator.next(); !next.done; next = await iterator.next())
        yield numbered(next.value)
    } finally {
      await iterator.return?.(undefined)
    }
  }
  return { columns, rows: rows() }
}

/** Closes a file of which only the columns were wanted. */
export async function firstRows(
  path: string,
  shape: FileShape,
  count: number,
): Promise<{ columns: string[]; rows: RawRow[] }> {
  const file = await openFile(path, shape)
  const found: RawRow[] = []
  for await (const batch of file.rows) {
    found.push(...batch.slice(0, count - found.length))
    if (found.length >= count) break
  }
  return { columns: file.columns, rows: found }
}

async function* batchesOf(
  path: string,
  shape: FileShape,
  bytes?: (n: number) => void,
): AsyncGenerator<RawRow[]> {
  let batch: RawRow[] = []
  try {
    for await (const row of recordsOf(path, shape, bytes)) {
      batch.push(row)
      if (batch.length < BATCH) continue
      yield batch
      batch = []
    }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(
      400,
      'file_broken',
      `The file cannot be read: ${(error as Error).message.slice(0, 200)}`,
      {
        action: 'Open it in the program it came from, save it again (CSV UTF-8 or .xlsx) and upload that.',
      },
    )
  }
  if (batch.length > 0) yield batch
}

async function* recordsOf(
  path: string,
  shape: FileShape,
  bytes?: (n: number) => void,
): AsyncGenerator<RawRow> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 })
  if (bytes) file.on('data', chunk => bytes(chunk.length))
  try {
    if (shape.format === 'xlsx') {
      for await (const row of streamXlsxRows(Readable.toWeb(file) as ReadableStream<Uint8Array>)) {
        const values = row.values.map(textOf)
        if (values.some(v => v !== '')) yield { no: 0, values }
      }
      return
    }
    const plain = shape.gzip ? file.pipe(createGunzip()) : file
    if (plain !== file) file.on('error', error => plain.destroy(error))
    const text = plain.pipe(iconv.decodeStream(shape.encoding ?? 'utf8'))
    plain.on('error', (error: Error) => text.emit('error', error))
    if (shape.format === 'ndjson') yield* documents(text)
    else {
      const parser = text.pipe(
        parse({
          delimiter: shape.delimiter ?? ',',
          bom: true,
          relax_column_count: true,
          relax_quotes: true,
          skip_empty_lines: true,
          max_record_size: LONGEST_RECORD,
        }),
      )
      text.on('error', error => parser.destroy(error))
      for await (const values of parser as AsyncIterable<string[]>) yield { no: 0, values }
    }
  } finally {
    file.destroy()
  }
}

async function* documents(text: NodeJS.ReadableStream): AsyncGenerator<RawRow> {
  let line = 0
  for await (const written of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    const json = written.replace(/^\ufeff/, '').trim()
    if (json === '') continue
    if (json.length > LONGEST_RECORD)
      throw new Problem(400, 'line_too_long', `Line ${line} has more than ${LONGEST_RECORD} characters`, {
        action: 'Write one JSON object a line.',
      })
    yield { no: 0, values: [], doc: parsed(json) }
  }
}

/** A line that is not an object stands for an empty one: its row is refused with the reason, the others go on. */
function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { [BROKEN_LINE]: json.slice(0, 500) }
}

/** Key of a document that stands for a line which is not a JSON object. */
export const BROKEN_LINE = '\u0000line'

/** Dotted names of all values of the first documents; lists are values. */
function namesIn(rows: RawRow[]): string[] {
  const names = new Set<string>()
  const walk = (value: Record<string, unknown>, prefix: string, depth: number): void => {
    for (const [key, inner] of Object.entries(value)) {
      if (key === BROKEN_LINE) continue
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && depth < 3)
        walk(inner as Record<string, unknown>, `${prefix}${key}.`, depth + 1)
      else names.add(prefix + key)
    }
  }
  for (const row of rows.slice(0, NAMED_BY)) walk(row.doc!, '', 0)
  return [...names].slice(0, MOST_COLUMNS)
}

function at(doc: Record<string, unknown>, path: string): unknown {
  let value: unknown = doc
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** Headers as they are told apart: empty ones get a number, repeated ones a count. */
function columnNames(header: string[]): string[] {
  const seen = new Map<string, number>()
  return header.map((text, i) => {
    const name = text.normalize('NFC').trim() || `#${i + 1}`
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    return before === 0 ? name : `${name} (${before + 1})`
  })
}

/** A value of a spreadsheet or of JSON as a person would type it. A spreadsheet's dates know no zone. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? ''
      : value
          .toISOString()
          .replace('T', ' ')
          .replace(/\.\d+Z$/, '')
          .replace(/ 00:00:00$/, '')
  if (Array.isArray(value) && value.every(v => typeof v !== 'object')) return value.join(';')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
