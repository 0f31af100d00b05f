// Imports as the API shows them.
import { LRUCache } from 'lru-cache'
import type { Out } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { publicId } from '../platform/ids.ts'
import { errorPath, hasFile, uploadPath } from './files.ts'
import { firstRows } from './read.ts'
import { targetNamed } from './register.ts'
import { missingFields } from './rows.ts'
import { NO_COUNTS, rowsOf } from './status.ts'
import type { ImportRow } from './store.ts'

const PREVIEW_ROWS = 10

export function presentImport(row: ImportRow): Out<'startImport'> {
  const counts = { ...NO_COUNTS, ...row.counts }
  const ended = row.status === 'done' || row.status === 'ready'
  return {
    id: publicId('imp', row.id),
    source: row.source,
    target: row.target,
    preset: row.preset,
    fileName: row.file_name,
    bytes: row.bytes,
    status: row.status,
    rows: rowsOf(counts),
    done: ended ? 1 : row.bytes === 0 ? 0 : Math.min(1, row.read_bytes / row.bytes),
    counts,
    problem: row.problem,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  }
}

/** A file never changes, and a page asks again with every step of its import. By id and shape; sizes in characters. */
const previews = new LRUCache<string, string[][]>({
  maxSize: 2_000_000,
  sizeCalculation: rows => rows.reduce((n, row) => n + row.reduce((m, v) => m + v.length, row.length), 1),
})

async function previewOf(dataDir: string, row: ImportRow): Promise<string[][]> {
  const path = row.shape.format === undefined ? null : await uploadPath(dataDir, row.id)
  if (path === null) return []
  const key = row.id + JSON.stringify(row.shape)
  let preview = previews.get(key)
  if (!preview) {
    const { rows } = await firstRows(path, row.shape, PREVIEW_ROWS)
    preview = rows.map(r => r.values.map(v => v.slice(0, 200)))
    previews.set(key, preview)
  }
  return preview
}

export async function presentDetail(core: Core, row: ImportRow): Promise<Out<'import'>> {
  const { dataDir } = core.config
  const target = targetNamed(row.target ?? '')
  return {
    ...presentImport(row),
    format: row.shape.format ?? 'csv',
    encoding: row.shape.encoding ?? null,
    delimiter: row.shape.delimiter ?? null,
    columns: row.columns,
    mapping: row.mapping,
    constants: row.constants,
    preview: await previewOf(dataDir, row),
    missing: target ? missingFields(target, row.mapping, row.constants).map(any => any.map(f => f.key)) : [],
    faults: row.faults,
    hasErrorFile: (row.counts.wrong ?? 0) > 0 && (await hasFile(errorPath(dataDir, row.id))),
  }
}
