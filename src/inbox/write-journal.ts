// The part of a fold's writing that is the journal: a row for each segment, numbered densely in its bucket.
import { REDUCER_VERSION } from '../customers/model.ts'
import { bigints, byteas, smallints, uuids } from '../platform/pg-array.ts'
import type { Segment } from './fold-model.ts'
import { packJournal } from './journal.ts'
import type { BucketRow } from './read.ts'
import type { Run } from '../platform/postgres.ts'

/** `buckets`: with the number of the last row of each; `nowReal`: time of the transaction, ms. */
export function writeJournal(run: Run, segments: Segment[], buckets: BucketRow[], nowReal: number): void {
  const seqs = new Map(buckets.map(b => [b.bucket, b.journal_seq]))
  const rows = segments.map(s => {
    const seq = seqs.get(s.bucket)! + 1
    seqs.set(s.bucket, seq)
    const body = packJournal(s.entries)
    return { ...s, seq, body }
  })
  run(
    'w_journal',
    `insert into journal (bucket, seq, workspace_id, catalogue_no, reducer_version, at, body)
    select bucket, seq, workspace_id, catalogue_no, $6, $7, body from unnest($1::smallint[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bytea[]) u(bucket, seq, workspace_id, catalogue_no, body)`,
    [
      smallints(rows.map(r => r.bucket)),
      bigints(rows.map(r => r.seq)),
      uuids(rows.map(r => r.workspace)),
      bigints(rows.map(r => r.catalogueNo)),
      byteas(rows.map(r => r.body)),
      REDUCER_VERSION,
      new Date(nowReal).toISOString(),
    ],
  )
  const edges = rows.filter(r => r.begins)
  if (edges.length > 0)
    run(
      'w_edge',
      `insert into catalogue_edge (bucket, workspace_id, no, seq)
    select * from unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::bigint[]) on conflict do nothing`,
      [
        smallints(edges.map(r => r.bucket)),
        uuids(edges.map(r => r.workspace)),
        bigints(edges.map(r => r.catalogueNo)),
        bigints(edges.map(r => r.seq)),
      ],
    )
  const moved = [...new Set(rows.map(r => r.bucket))]
  run(
    'w_seq',
    `update bucket b set journal_seq = u.seq from unnest($1::smallint[], $2::bigint[]) u(bucket, seq) where b.bucket = any($1::smallint[]) and b.bucket = u.bucket`,
    [smallints(moved), bigints(moved.map(b => seqs.get(b)!))],
  )
}
