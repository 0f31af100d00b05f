// Which journal rows are copied next. A batch (group, number, ranges) is stored before its insert and finished before the
// group's next, so that a retry has the same rows under the same number.
import type { Core } from '../platform/core.ts'
import { ALL_BUCKETS } from '../platform/ids.ts'
import { bigints, smallints } from '../platform/pg-array.ts'
import { inTransaction, type Pool } from '../platform/postgres.ts'
import type { JournalRow } from './history-rows.ts'
import type { Lease } from './leases.ts'

/** Each insert makes a part of each month and table, and each part is merged again: with sixteen groups an import of 100,000
 *  orders took ClickHouse 7.9 s, with four 3.5 s, with one 2.9 s. Four processes can share them: of the sixteen leases
 *  every fourth has work (a process that takes over a fourth of the leases takes over one group). */
const GROUPS = 4
const LEASES_A_GROUP = 4
const ROWS_PER_BUCKET = 400
const ROWS_PER_BATCH = 8_000
const BYTES_PER_BATCH = 8_000_000

/** First and last `seq`, by bucket. */
type Ranges = Record<string, [number, number]>
/** `more`: the group has journal rows beyond these. */
type Batch = { no: number; ranges: Ranges; rows: JournalRow[]; more: boolean }

/** Buckets of the group whose lease is this; none for a lease without work. */
const bucketsOf = (lease: number): number[] =>
  lease % LEASES_A_GROUP === 0 ? ALL_BUCKETS.filter(bucket => bucket % GROUPS === lease / LEASES_A_GROUP) : []

/** Leases with an open batch, or whose group has journal rows beyond a cursor: one small statement, where asking each for
 *  its rows was two thirds of all statements at rest. Rows that are in an open batch of another lease (it was stored when
 *  the buckets were dealt out otherwise) wait until that is finished: under another token they would come twice. */
export async function leasesWithWork(pool: Pool): Promise<Set<number>> {
  const { rows } = await pool.query<{ g: number }>(
    `with open as materialized (select history_group::int as g, bucket::int from history_group cross join jsonb_object_keys(batch) bucket)
     select g from open
     union select x.g from history_cursor c join bucket b on b.bucket = c.bucket
       cross join lateral (select (c.bucket % $1) * $2 as g) x
      where b.journal_seq > c.seq
        and not exists (select from open where open.g <> x.g and open.bucket % $1 = c.bucket % $1)`,
    [GROUPS, LEASES_A_GROUP],
  )
  return new Set(rows.map(r => r.g))
}

async function journalRows(pool: Pool, ranges: Ranges): Promise<JournalRow[]> {
  const keys = Object.keys(ranges)
  const { rows } = await pool.query<JournalRow>(
    `select j.bucket, j.seq, j.workspace_id, j.catalogue_no, j.at, j.body from unnest($1::smallint[], $2::bigint[], $3::bigint[]) u(bucket, first, last)
      join journal j on j.bucket = u.bucket and j.seq between u.first and u.last order by j.bucket, j.seq`,
    [keys.map(Number), keys.map(k => ranges[k]![0]), keys.map(k => ranges[k]![1])],
  )
  return rows
}

/** What the journal holds beyond the cursors of a group, the oldest first. */
async function rowsBeyond(pool: Pool, lease: number): Promise<JournalRow[]> {
  const { rows } = await pool.query<JournalRow>({
    name: 'history_next',
    text: `select x.* from history_cursor c
      cross join lateral (select j.bucket, j.seq, j.workspace_id, j.catalogue_no, j.at, j.body from journal j where j.bucket = c.bucket and j.seq > c.seq order by j.seq limit $2) x
     where c.bucket = any($1::smallint[]) order by x.at, x.bucket, x.seq limit $3`,
    values: [bucketsOf(lease), ROWS_PER_BUCKET, ROWS_PER_BATCH],
  })
  return rows
}

/** As many as one batch may hold, in the order in which a retry reads them. Rows of a bucket come in order of seq, because `at`
 *  never goes back within a bucket. */
function takeBatch(rows: readonly JournalRow[]): Pick<Batch, 'ranges' | 'rows'> {
  const ranges: Ranges = {}
  const taken: JournalRow[] = []
  let bytes = 0
  for (const row of rows) {
    const range = ranges[row.bucket]
    if (range && row.seq !== range[1] + 1) continue
    if (range) range[1] = row.seq
    else ranges[row.bucket] = [row.seq, row.seq]
    taken.push(row)
    bytes += row.body.length
    if (bytes > BYTES_PER_BATCH) break
  }
  return { ranges, rows: taken.sort((a, b) => a.bucket - b.bucket || a.seq - b.seq) }
}

/** The lease's open batch, or a new one, stored. Null: there is none, or the lease is another's by now. */
export async function openBatch(core: Core, lease: Lease): Promise<Batch | null> {
  const held = [lease.key, core.processId, lease.epoch]
  const stored = await core.pool.query<{ batch_no: number; batch: Ranges | null }>({
    name: 'history_group',
    text: 'select batch_no, batch from history_group where history_group = $1 and owner = $2 and epoch = $3',
    values: held,
  })
  const group = stored.rows[0]
  if (!group) return null
  if (group.batch)
    return {
      no: group.batch_no,
      ranges: group.batch,
      rows: await journalRows(core.pool, group.batch),
      more: true,
    }
  const beyond = await rowsBeyond(core.pool, lease.key)
  if (beyond.length === 0) return null
  const { ranges, rows } = takeBatch(beyond)
  const stamped = await core.pool.query<{ batch_no: number }>(
    'update history_group set batch = $4, batch_no = batch_no + 1 where history_group = $1 and owner = $2 and epoch = $3 and batch is null returning batch_no',
    [...held, JSON.stringify(ranges)],
  )
  if (!stamped.rows[0]) return null
  return { no: stamped.rows[0].batch_no, ranges, rows, more: beyond.length > rows.length }
}

/** Its rows are in history: the cursors move, unless the lease is another's by now. */
export async function finishBatch(core: Core, lease: Lease, { no, ranges }: Batch): Promise<void> {
  const keys = Object.keys(ranges)
  await inTransaction(core.pool, async sql => {
    const done = await sql.query({
      name: 'history_done',
      text: 'update history_group set batch = null where history_group = $1 and owner = $2 and epoch = $3 and batch_no = $4',
      values: [lease.key, core.processId, lease.epoch, no],
    })
    if (done.rowCount === 1)
      await sql.query({
        name: 'history_cursor',
        text: 'update history_cursor c set seq = u.seq from unnest($1::smallint[], $2::bigint[]) u(bucket, seq) where c.bucket = u.bucket',
        values: [smallints(keys.map(Number)), bigints(keys.map(k => ranges[k]![1]))],
      })
  })
}
