// Cuts what grows: deduplication after 7 days, answers after 2, journal rows once history has had them for 7 days and a
// backup holds them (the states of their customers are kept as snapshots, so that replay can start there).
import { packState } from '../customers/pack.ts'
import type { Core, Role } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { inTransaction } from '../platform/postgres.ts'
import { freeClaims } from './claims.ts'
import { replayBucket } from './replay.ts'

const DAY_MS = 24 * 3_600_000
export const SEEN_DAYS = 7
export const ANSWER_DAYS = 2
export const JOURNAL_DAYS = 7
const ROUND_MS = 10 * 60_000

/** One round at database time `nowMs`. Returns how many rows were deleted, by table. */
export async function cutOld(core: Core, nowMs: number): Promise<Record<string, number>> {
  const day = (days: number) => new Date(nowMs - days * DAY_MS).toISOString()
  const gone: Record<string, number> = {}
  const cut = async (table: string, text: string, values: unknown[]) => {
    gone[table] = (await core.pool.query(text, values)).rowCount ?? 0
  }
  await cut('seen', 'delete from seen where day < $1::date', [day(SEEN_DAYS).slice(0, 10)])
  await cut('answer', 'delete from answer where day < $1::date', [day(ANSWER_DAYS).slice(0, 10)])
  await cut('rejected_event', 'delete from rejected_event where at < $1', [day(7)])
  await cut('dead_letter', 'delete from dead_letter where at < $1', [day(7)])
  await cut('source_order', 'delete from source_order where at < $1', [day(400)])
  await cut('source_delivery', 'delete from source_delivery where at < $1', [day(7)])
  await cut(
    'source_state',
    'update source_state set last_body = null where last_body is not null and last_at < $1',
    [day(7)],
  )
  await cut('team_session', 'delete from team_session where expires_at < $1', [day(0)])
  await cut('sign_in_link', 'delete from sign_in_link where expires_at < $1', [day(30)])
  // windows of limits that are over: a month of days and hours is looked back at, minutes and hours of two days
  await cut(
    'limit_count',
    `delete from limit_count where per <> 'ever' and window_start < case when per in ('minute', 'hour') then $1::timestamptz else $2::timestamptz end`,
    [day(2), day(62)],
  )
  await cut('process', 'delete from process where at < $1', [day(1)])
  gone.identifier = await freeClaims(core, nowMs)
  gone.journal = await pruneJournal(core, nowMs)
  return gone
}

/** Prunes each bucket's journal up to its edge; a bucket a transaction. */
export async function pruneJournal(core: Core, nowMs: number): Promise<number> {
  const backup = await core.pool.query<{ value: string }>(`select value from system where key = 'backup_at'`)
  if (!backup.rows[0]) return 0
  const before = new Date(
    Math.min(nowMs - JOURNAL_DAYS * DAY_MS, Date.parse(backup.rows[0].value)),
  ).toISOString()
  const { rows } = await core.pool.query<{ bucket: number; seq: number }>(
    `select j.bucket, max(j.seq) as seq from journal j join history_cursor c on c.bucket = j.bucket and j.seq <= c.seq where j.at < $1 group by j.bucket`,
    [before],
  )
  let gone = 0
  for (const { bucket, seq } of rows)
    gone += await inTransaction(core.pool, async sql => {
      // one process at a time: the others find nothing left to prune
      await sql.query(`select pg_advisory_xact_lock(hashtext('itinera retention'), $1)`, [bucket])
      const replayed = await replayBucket(sql, bucket, seq)
      const all = [...replayed.customers].flatMap(([id, c]) =>
        c.state === null ? [] : [{ id, ...c, text: packState(c.state) }],
      )
      await sql.query(
        `insert into customer_snapshot (bucket, id, workspace_id, state, merged_into)
         select $1, id, workspace_id, state, merged from unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[]) u(id, workspace_id, state, merged)
         on conflict (bucket, id) do update set state = excluded.state, merged_into = excluded.merged_into`,
        [
          bucket,
          all.map(c => c.id),
          all.map(c => c.workspace),
          all.map(c => c.text),
          all.map(c => c.mergedInto),
        ],
      )
      await sql.query(
        `insert into journal_edge (bucket, seq, at) values ($1, $2, $3) on conflict (bucket) do update set seq = excluded.seq, at = excluded.at`,
        [bucket, seq, replayed.at],
      )
      return (
        (await sql.query('delete from journal where bucket = $1 and seq <= $2', [bucket, seq])).rowCount ?? 0
      )
    })
  return gone
}

/** Every ten minutes in each fold process; a second one finds nothing left. */
export function startRetention(core: Core): Role {
  const round = async () => {
    const { rows } = await core.pool.query<{ now: number }>(
      'select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    )
    const gone = await cutOld(core, rows[0]!.now)
    core.log.info({ gone }, 'retention: cut')
  }
  const timer = setInterval(() => {
    round().catch((error: unknown) => core.log.warn(faultOf(error), 'retention: will try again'))
  }, ROUND_MS)
  timer.unref()
  return {
    start() {},
    async stop() {
      clearInterval(timer)
    },
  }
}
