// Exports and templates: rows of a target as CSV with BOM or .xlsx, streamed. Texts that a spreadsheet would run as a
// formula are marked as texts.
import { writeXlsxStream } from 'hucre/xlsx'
import { maskCell, type MaskRules } from '../platform/http/mask.ts'
import { csvLines } from './error-file.ts'
import type { Cells, CellValue, ImportField, ImportTarget } from './model.ts'

export type ExportFormat = 'csv' | 'xlsx'
export type ExportLocale = 'zh-TW' | 'en'

const TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}
const BATCH_ROWS = 200

type Cell = string | number | boolean | null

const headerOf = (field: ImportField, locale: ExportLocale): string =>
  locale === 'zh-TW' ? field.label.zh : field.label.en

function cellOf(value: CellValue | undefined): Cell {
  if (value === undefined) return null
  return Array.isArray(value) ? value.join(';') : value
}

/** 是 and 否, as the reader of imports understands them in both languages. */
const spoken = (cell: Cell, locale: ExportLocale): Cell =>
  typeof cell !== 'boolean' ? cell : locale === 'zh-TW' ? (cell ? '是' : '否') : cell ? 'yes' : 'no'

/** The file as a stream, `mask`ed for who may not read personal data. `ended` is told how many rows it has, also when the reader goes before the end. */
export function exportStream(
  target: Pick<ImportTarget, 'name' | 'fields'>,
  rows: AsyncIterable<Cells>,
  format: ExportFormat,
  locale: ExportLocale,
  ended: (rows: number) => Promise<void>,
  mask: MaskRules | null = null,
): ReadableStream<Uint8Array> {
  const read = (field: ImportField, cell: Cell): Cell => (mask ? maskCell(field, cell, mask) : cell)
  async function* lines(): AsyncGenerator<Cell[]> {
    let count = 0
    try {
      for await (const cells of rows) {
        count++
        yield target.fields.map(f => read(f, spoken(cellOf(cells[f.key]), locale)))
      }
    } finally {
      await ended(count)
    }
  }
  const headers = target.fields.map(f => headerOf(f, locale))
  if (format === 'xlsx')
    return writeXlsxStream(lines(), { name: target.name, columns: headers.map(header => ({ header })) })
  return ReadableStream.from(csvChunks(headers, lines())) as ReadableStream<Uint8Array>
}

async function* csvChunks(headers: string[], rows: AsyncIterable<Cell[]>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode(csvLines([headers], true))
  let batch: Cell[][] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH_ROWS) continue
    yield encoder.encode(csvLines(batch))
    batch = []
  }
  if (batch.length > 0) yield encoder.encode(csvLines(batch))
}

/** Every field of a target as a column, with one made-up row. */
export async function* exampleRow(target: ImportTarget): AsyncGenerator<Cells> {
  yield Object.fromEntries(target.fields.flatMap(f => (f.example === undefined ? [] : [[f.key, f.example]])))
}

export function fileResponse(
  stream: ReadableStream<Uint8Array>,
  name: string,
  format: ExportFormat,
): Response {
  return new Response(stream, {
    headers: {
      'content-type': TYPES[format],
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(`${name}.${format}`)}`,
      'cache-control': 'no-store',
    },
  })
}
