// Reads the journal for what leaves to systems outside. A cursor for each bucket stands in the same transaction as what was
// made of the rows before it, so nothing is lost and nothing is made twice; the journal is dense, so nothing is passed
// over. One cursor a bucket, not one a workspace: rows of all workspaces stand in one order, and those of workspaces
// without anybody to tell are not even fetched. The outcome path alone would not do: it knows messages, not orders.
import { historyRows, type HistoryRow } from '../inbox/history-rows.ts'
import { openBreath } from '../platform/breathe.ts'
import type { Uuid } from '../platform/ids.ts'
import { bigints, smallints } from '../platform/pg-array.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'

const BUCKETS_A_ROUND = 64
const ROWS_A_BUCKET = 100
/** Rows are made for those who are told, so history's own mark is not needed. */
const NOBODY: Uuid = '00000000-0000-0000-0000-000000000000'

/** Who wants to hear: the workspaces, and what to do with what they did. Both in the transaction of the cursors. */
export type Listener = {
  workspaces(sql: Sql): Promise<Uuid[]>
  take(sql: Sql, rows: HistoryRow[]): Promise<void>
}

type Row = {
  bucket: number
  seq: number
  workspace_id: Uuid
  catalogue_no: number
  at: Date
  body: Buffer | null
}

/** One round. some: there was something to read; nobody: there is nobody who would hear of it, and the cursors stand at the end. */
export async function readJournal(pool: Pool, listeners: Listener[]): Promise<'some' | 'none' | 'nobody'> {
  return inTransaction(pool, async sql => {
    // read before who listens is: what is folded after somebody began to listen lies beyond
    const behind = await sql.query<{ bucket: number; upTo: number }>(
      `select c.bucket, b.journal_seq as "upTo" from outflow_cursor c join bucket b using (bucket) where b.journal_seq > c.seq
        order by c.bucket for update of c skip locked`,
    )
    const wanted = await Promise.all(listeners.map(l => l.workspaces(sql)))
    if (wanted.every(w => w.length === 0)) {
      await moveTo(sql, new Map(behind.rows.map(r => [r.bucket, r.upTo])))
      return 'nobody'
    }
    const cursors = behind.rows.slice(0, BUCKETS_A_ROUND)
    if (cursors.length === 0) return 'none'
    const { rows } = await sql.query<Row>(
      `select x.* from outflow_cursor c
        cross join lateral (
          select j.bucket, j.seq, j.workspace_id, j.catalogue_no, j.at,
                 case when j.workspace_id = any($2::uuid[]) then j.body end as body
            from journal j where j.bucket = c.bucket and j.seq > c.seq order by j.seq limit ${ROWS_A_BUCKET}) x
       where c.bucket = any($1::smallint[]) order by x.bucket, x.seq`,
      [cursors.map(r => r.bucket), [...new Set(wanted.flat())]],
    )
    const made: HistoryRow[] = []
    const breath = openBreath()
    for (const { body, ...row } of rows) {
      if (body !== null) made.push(...historyRows({ ...row, body }, NOBODY).rows)
      const rest = breath()
      if (rest) await rest
    }
    for (const [i, listener] of listeners.entries()) {
      const own = new Set(wanted[i])
      const theirs = made.filter(r => own.has(r.workspace_id))
      if (theirs.length > 0) await listener.take(sql, theirs)
    }
    await moveTo(sql, new Map(rows.map(r => [r.bucket, r.seq])))
    return rows.length > 0 ? 'some' : 'none'
  })
}

async function moveTo(sql: Sql, seqs: Map<number, number>): Promise<void> {
  if (seqs.size === 0) return
  await sql.query(
    `update outflow_cursor c set seq = u.seq from unnest($1::smallint[], $2::bigint[]) u(bucket, seq) where c.bucket = u.bucket`,
    [smallints([...seqs.keys()]), bigints([...seqs.values()])],
  )
}
