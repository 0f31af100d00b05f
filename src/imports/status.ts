// States of an import, and what it counts. Pure.

/** draft → checking → ready → queued → running → done; cancelling → cancelled, failed from where work is done. */
export const IMPORT_STATUSES = [
  'draft',
  'checking',
  'ready',
  'queued',
  'running',
  'cancelling',
  'done',
  'failed',
  'cancelled',
] as const
export type ImportStatus = (typeof IMPORT_STATUSES)[number]

/** Rows of the file by what became of them. */
export type Counts = { new: number; changed: number; same: number; wrong: number; skipped: number }
export const NO_COUNTS: Counts = { new: 0, changed: 0, same: 0, wrong: 0, skipped: 0 }

export const rowsOf = (c: Counts): number => c.new + c.changed + c.same + c.wrong + c.skipped

/** What each act may start from. */
export const MAY: Readonly<
  Record<'edit' | 'check' | 'start' | 'cancel' | 'delete', readonly ImportStatus[]>
> = {
  edit: ['draft', 'ready', 'failed', 'cancelled'],
  check: ['draft', 'ready', 'failed', 'cancelled'],
  start: ['draft', 'ready', 'failed', 'cancelled'],
  cancel: ['checking', 'queued', 'running'],
  delete: ['draft', 'ready', 'done', 'failed', 'cancelled'],
}
