// How often an account may ask its provider for anything but messages, over all processes: by the same lines as sends, one
// conditional update for each call. Half of what a window allows may go at once, the other half in even steps, so that no window
// ever sees more than it allows. Who may not go yet takes no place and is told how long. Real time throughout.
import type { CallRate, CallTurns } from './adapter.ts'
import type { Pool } from '../platform/postgres.ts'

/** What a refusal without a time costs: this, and four times as much with each in a row. */
const FIRST_WAIT_MS = 1_000
const MOST_WAIT_MS = 60_000

/** Seconds between two calls, and how far ahead of them one may be. */
function shape({ max, perMs }: CallRate) {
  const everyS = perMs / Math.ceil(max / 2) / 1_000
  return { everyS, aheadS: everyS * (Math.max(1, Math.floor(max / 2)) - 1) }
}

function openCallTurns(pool: Pool): CallTurns {
  return {
    async take(account, rate) {
      const { everyS, aheadS } = shape(rate)
      const { rows } = await pool.query<{ refused: number | null; ms: number | null }>({
        name: 'call_turn',
        text: `with turn as (
            insert into rate_line as l (account_id, key, free_at)
            values ($1::uuid, $2::text, clock_timestamp() + make_interval(secs => $3))
            on conflict (account_id, key) do update set free_at = greatest(l.free_at, clock_timestamp()) + make_interval(secs => $3)
             where l.free_at <= clock_timestamp() + make_interval(secs => $4)
            returning refused)
          select (select refused from turn) as refused,
                 (select (extract(epoch from free_at - clock_timestamp()) - $4) * 1000 from rate_line
                   where account_id = $1::uuid and key = $2::text)::float8 as ms`,
        values: [account, rate.key, everyS, aheadS],
      })
      const { refused, ms } = rows[0]!
      // another process may have taken the place that was free when this statement began
      return refused === null ? { go: false, ms: Math.max(ms ?? 0, 20) } : { go: true, refused }
    },

    async refused(account, rate, retryAfterMs) {
      const { rows } = await pool.query<{ ms: number }>(
        `update rate_line set refused = least(refused + 1, 1000),
            free_at = greatest(free_at, clock_timestamp() + make_interval(secs => $3 + w.s))
           from (select coalesce($4::float8, least($5::float8, $6::float8 * power(4, least(r.refused, 10)))) as s
                   from rate_line r where r.account_id = $1 and r.key = $2) w
          where account_id = $1 and key = $2
         returning (w.s * 1000)::float8 as ms`,
        [
          account,
          rate.key,
          shape(rate).aheadS,
          retryAfterMs === null ? null : retryAfterMs / 1_000,
          Math.max(MOST_WAIT_MS, rate.perMs) / 1_000,
          FIRST_WAIT_MS / 1_000,
        ],
      )
      return rows[0]?.ms ?? FIRST_WAIT_MS
    },

    async taken(account, rate) {
      await pool.query('update rate_line set refused = 0 where account_id = $1 and key = $2', [
        account,
        rate.key,
      ])
    },
  }
}

const opened = new WeakMap<Pool, CallTurns>()
/** One for each pool: it keeps nothing, and every account that is read carries it. */
export function callTurnsOf(pool: Pool): CallTurns {
  let turns = opened.get(pool)
  if (!turns) opened.set(pool, (turns = openCallTurns(pool)))
  return turns
}
