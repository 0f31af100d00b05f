// Where each bucket's workspaces stand while a transaction is folded: their clock, the number of what is published, and
// the journal row that is being written.
import { must } from '../platform/errors.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Park, Segment, Shift } from './fold-model.ts'
import { writeEntry } from './journal.ts'
import type { JournalEntry } from './model.ts'
import type { InboxRow, Standing } from './read.ts'

export type Stand = {
  readonly bucket: number
  readonly workspace: Uuid
  offsetMs: number
  catalogueNo: number
  /** by how much the clock was moved */
  deltaMs: number
  /** the clock, or the number */
  changed: boolean
  /** null: the next entry begins one */
  segment: Segment | null
}

export function openStands(standings: readonly Standing[]) {
  const stands = new Map<string, Stand>()
  const segments: Segment[] = []

  function add(bucket: number, workspace: Uuid, offsetMs: number, catalogueNo: number): Stand {
    const stand = { bucket, workspace, offsetMs, catalogueNo, deltaMs: 0, changed: false, segment: null }
    stands.set(bucket + workspace, stand)
    return stand
  }
  for (const s of standings) add(s.bucket, s.workspace_id, s.offset_ms, s.catalogue_no)

  function begin({ bucket, workspace, catalogueNo }: Stand): Segment {
    const segment: Segment = { bucket, workspace, catalogueNo, entries: [] }
    segments.push(segment)
    return segment
  }

  const standOf = (bucket: number, workspace: Uuid): Stand =>
    stands.get(bucket + workspace) ?? add(bucket, workspace, 0, 0)

  const segmentOf = (stand: Stand): Segment => (stand.segment ??= begin(stand))

  return {
    standOf,
    segmentOf,

    /** A clock's step, or a publication: for a workspace's whole bucket. */
    step(stand: Stand, row: InboxRow): void {
      const body = JSON.parse(row.body) as { offsetMs?: number; catalogueNo?: number }
      const at = row.received + stand.offsetMs
      const entry: Omit<JournalEntry, 'b'> = { c: null, k: row.kind, n: at, r: at }
      if (row.kind === 'publish') {
        if (body.catalogueNo! > stand.catalogueNo) {
          stand.catalogueNo = body.catalogueNo!
          stand.changed = true
          stand.segment = begin(stand)
          stand.segment.begins = true
        } else entry.x = 'refused'
      } else {
        must(row.kind === 'clock', 'an input without a customer is a clock or a publish')
        if (body.offsetMs! > stand.offsetMs) {
          stand.deltaMs += body.offsetMs! - stand.offsetMs
          stand.offsetMs = body.offsetMs!
          stand.changed = true
        } else entry.x = 'refused'
      }
      segmentOf(stand).entries.push(writeEntry(entry, row.body))
    },

    /** The rows of a customer who is set aside stand behind all that was folded. */
    notePark({ customer, workspace, rows }: Park): void {
      if (rows.length === 0) return
      const stand = standOf(bucketOf(customer), workspace)
      const { entries } = begin(stand)
      for (const row of rows) {
        const at = row.received + stand.offsetMs
        entries.push(writeEntry({ c: customer, k: row.kind, n: at, r: at, x: 'parked' }, 'null'))
      }
    },

    /** Journal rows in the order in which they were begun. */
    segments: (): Segment[] => segments.filter(s => s.entries.length > 0),

    /** The workspaces whose clock or published number has changed, by bucket. */
    shifts: (): Shift[] =>
      [...stands.values()]
        .filter(s => s.changed)
        .map(({ bucket, workspace, offsetMs, catalogueNo, deltaMs }) => ({
          bucket,
          workspace,
          offsetMs,
          catalogueNo,
          deltaMs,
        })),
  }
}
