// Imports: what a file may hold, its settings, check and run, and the feeds they come from. Uploads and downloads are
// streams and stand beside this table (src/imports/transfer.ts).
import { z } from 'zod'
import { IMPORT_STATUSES } from '../imports/status.ts'
import { e, id, list, ok, page, personal, time } from './shared.ts'

const words = z.object({ zh: z.string(), en: z.string() })
const counts = z.object({
  new: z.number(),
  changed: z.number(),
  same: z.number(),
  wrong: z.number(),
  skipped: z.number(),
})
const importRow = z.object({
  id,
  source: z.string(),
  target: z.string().nullable(),
  preset: z.string().nullable(),
  fileName: z.string(),
  bytes: z.number(),
  status: z.enum(IMPORT_STATUSES),
  /** rows done, and the share of the file that was read */
  rows: z.number(),
  done: z.number().min(0).max(1),
  counts,
  problem: z.object({ code: z.string(), title: z.string(), action: z.string() }).nullable(),
  createdBy: z.string(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
})
const importDetail = importRow.extend({
  format: z.enum(['csv', 'xlsx', 'ndjson']),
  encoding: z.string().nullable(),
  delimiter: z.string().nullable(),
  columns: z.array(z.string()),
  mapping: z.record(z.string(), z.string()),
  constants: z.record(z.string(), z.string()),
  /** the first rows as they are in the file; empty when the file is gone */
  preview: z.array(z.array(personal('name'))),
  /** fields that must still be mapped; of each list one is enough */
  missing: z.array(z.array(z.string())),
  faults: z.array(
    z.object({
      row: z.number(),
      field: z.string().nullable(),
      code: z.string(),
      detail: z.string(),
      value: personal('name').nullable(),
    }),
  ),
  hasErrorFile: z.boolean(),
})
const feed = z.object({
  source: z.string(),
  everyHours: z.number().nullable(),
  health: z.enum(['ok', 'failed', 'wrong', 'late']),
  last: importRow.nullable(),
})
const field = z.object({
  key: z.string(),
  label: words,
  type: z.string(),
  required: z.boolean(),
  choices: z.array(z.object({ value: z.string(), label: words })).nullable(),
})
const target = z.object({
  name: z.string(),
  label: words,
  hint: words,
  kind: z.enum(['events', 'table', 'documents']),
  fields: z.array(field),
  oneOf: z.array(z.string()),
  open: z.enum(['traits', 'properties']).nullable(),
  exports: z.boolean(),
  filters: z.array(z.string()),
})
const preset = z.object({
  name: z.string(),
  label: words,
  target: z.string(),
  evidence: z.enum(['public_docs', 'public_files', 'guess']),
})

export const importsEndpoints = {
  importTargets: e({
    method: 'get',
    path: '/w/{ws}/import-targets',
    scope: 'sources:read',
    summary: 'What files may hold: targets with their fields, presets of shop platforms',
    out: z.object({ targets: z.array(target), presets: z.array(preset), encodings: z.array(z.string()) }),
  }),
  imports: e({
    method: 'get',
    path: '/w/{ws}/imports',
    scope: 'sources:read',
    summary: 'Imports, newest first',
    query: list.extend({ source: z.string().optional() }),
    out: page(importRow),
  }),
  import: e({
    method: 'get',
    path: '/w/{ws}/imports/{import}',
    scope: 'customers:import',
    summary: 'One import with its settings, first rows and first faults',
    out: importDetail,
  }),
  updateImport: e({
    method: 'patch',
    path: '/w/{ws}/imports/{import}',
    scope: 'customers:import',
    summary: 'Settings: a target or preset suggests a mapping anew unless one is given',
    body: z.object({
      source: z.string().trim().min(1).max(100).optional(),
      target: z.string().optional(),
      preset: z.string().nullable().optional(),
      encoding: z.string().optional(),
      mapping: z.record(z.string().max(500), z.string().max(200)).optional(),
      constants: z.record(z.string().max(100), z.string().max(200)).optional(),
    }),
    out: importDetail,
  }),
  checkImport: e({
    method: 'post',
    path: '/w/{ws}/imports/{import}/check',
    scope: 'customers:import',
    summary: 'Dry run: counts and faults, nothing is stored',
    out: importRow,
  }),
  startImport: e({
    method: 'post',
    path: '/w/{ws}/imports/{import}/start',
    scope: 'customers:import',
    summary: 'Run it',
    out: importRow,
  }),
  cancelImport: e({
    method: 'post',
    path: '/w/{ws}/imports/{import}/cancel',
    scope: 'customers:import',
    summary: 'Stop a check or run; what was stored stays',
    out: importRow,
  }),
  deleteImport: e({
    method: 'delete',
    path: '/w/{ws}/imports/{import}',
    scope: 'customers:import',
    summary: 'Remove it from the list, with its files; what it brought stays',
    out: ok,
  }),
  importFeeds: e({
    method: 'get',
    path: '/w/{ws}/import-feeds',
    scope: 'sources:read',
    summary: 'Every source with its last run and whether it is well',
    out: z.object({ items: z.array(feed) }),
  }),
  setImportFeed: e({
    method: 'put',
    path: '/w/{ws}/import-feeds/{source}',
    scope: 'sources:write',
    summary: 'How often a file of this source is expected; null: whenever it comes',
    body: z.object({ everyHours: z.number().int().min(1).max(8_784).nullable() }),
    out: ok,
  }),
} as const
