// Back-pressure: says when the inbox, or the waiting table of bulk rows, is so far behind that taking more would only hide it. The estimate is cheap,
// refreshed in the background at most every 250 ms and only while requests come.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { BUCKETS } from '../platform/ids.ts'
import type { Pool } from '../platform/postgres.ts'

export type PressureLimits = { rows: number; lagMs: number; lagRows: number; everyMs: number }
export type PressureTable = 'inbox' | 'bulk'

/** Rows alone, or a lag that is not just a pause of the owners: few rows are taken however old they are. */
export const PRESSURE: PressureLimits = { rows: 200_000, lagMs: 30_000, lagRows: 20_000, everyMs: 250 }
/** Bulk rows may be old: only how many they are counts. A million are about 0.7 GB, and some minutes of folding. Looked
 *  at seldom: counting takes as long as many wait (13 ms a look at 300,000). */
export const BULK_PRESSURE: PressureLimits = {
  rows: 1_000_000,
  lagMs: Number.POSITIVE_INFINITY,
  lagRows: Number.POSITIVE_INFINITY,
  everyMs: 1_000,
}

const BEHIND: Record<PressureTable, string> = {
  inbox: 'The inbox is behind; nothing of this request was taken',
  bulk: 'Too much history waits to be folded; nothing of this request was taken',
}
const BULK_RETRY_S = 10

/** Each round looks at one sixteenth of the buckets: counting 200,000 rows whole cost 30 ms, this 2 ms. */
export const SAMPLES = 16
const SAMPLE_BUCKETS = BUCKETS / SAMPLES

/** How far behind a table is, by samples. */
export type Gauge = {
  behind(): boolean
  lagMs(): number
  /** looks at the next sample now and waits for it */
  refresh(): Promise<void>
}

export function openGauge(
  pool: Pool,
  limits: PressureLimits = PRESSURE,
  table: PressureTable = 'inbox',
): Gauge {
  const lag =
    table === 'inbox'
      ? 'left join lateral (select i.received from inbox i where i.bucket = b.bucket order by i.received limit 1) first on true'
      : 'cross join (select null::timestamptz as received) first'
  const lastCount = new Array<number>(SAMPLES).fill(0)
  const lastLag = new Array<number>(SAMPLES).fill(0)
  let rows = 0
  let lagMs = 0
  let asking: Promise<void> | null = null
  let sample = 0

  async function ask(): Promise<void> {
    const at = sample
    sample = (sample + 1) % SAMPLES
    const { rows: found } = await pool.query<{ n: number; lag: number }>(
      `select counted.n, coalesce(extract(epoch from clock_timestamp() - first.received), 0)::float8 * 1000 lag
         from unnest($1::smallint[]) b (bucket)
         cross join lateral (select count(*)::int n from (select 1 from ${table} i where i.bucket = b.bucket limit $2) x) counted
         ${lag}`,
      [Array.from({ length: SAMPLE_BUCKETS }, (_, i) => at + i * SAMPLES), limits.rows + 1],
    )
    const counts = found.map(f => f.n)
    const sum = counts.reduce((a, b) => a + b, 0)
    lastCount[at] = sum
    lastLag[at] = Math.max(...found.map(f => f.lag))
    // what all samples said last is exact but up to 4 s old; a load on all buckets shows at once in each of them
    const known = lastCount.reduce((a, b) => a + b, 0)
    const spread = ((sum - Math.max(...counts)) * BUCKETS) / (SAMPLE_BUCKETS - 1)
    rows = Math.max(known, spread)
    lagMs = Math.max(...lastLag)
  }

  return {
    behind: () => rows > limits.rows || (lagMs > limits.lagMs && rows > limits.lagRows),
    lagMs: () => lagMs,
    refresh: () =>
      (asking ??= ask().finally(() => {
        asking = null
      })),
  }
}

export type Pressure = {
  /** @throws Problem 429 with Retry-After */
  check(): void
}

export function openPressure(
  core: Pick<Core, 'pool' | 'log'>,
  limits: PressureLimits = PRESSURE,
  table: PressureTable = 'inbox',
): Pressure {
  const gauge = openGauge(core.pool, limits, table)
  let asked = Number.NEGATIVE_INFINITY

  /** While closed it goes on looking by itself: those told to come later ask too seldom to renew sixteen samples
   *  (a drained inbox stayed closed for 80 s in the pipeline bench). Ends once it opens, or when a look fails. */
  function look(): void {
    gauge
      .refresh()
      .finally(() => {
        asked = performance.now()
      })
      .then(
        () => {
          if (gauge.behind()) setTimeout(look, limits.everyMs).unref()
        },
        (error: unknown) =>
          core.log.warn(
            { code: (error as { code?: string }).code },
            `collect: ${table} could not be measured`,
          ),
      )
  }

  return {
    check() {
      if (performance.now() - asked > limits.everyMs) look()
      if (!gauge.behind()) return
      throw new Problem(429, 'behind', BEHIND[table], {
        action: 'Send the same request again later, with the same messageIds.',
        retryAfterS:
          table === 'bulk' ? BULK_RETRY_S : Math.min(30, Math.max(1, Math.ceil(gauge.lagMs() / 5_000))),
      })
    },
  }
}
