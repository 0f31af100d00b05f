// Back-pressure: says when the inbox is so far behind that taking more would only hide it. The estimate is cheap,
// refreshed in the background at most every 250 ms and only while requests come.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { BUCKETS } from '../platform/ids.ts'

export type PressureLimits = { rows: number; lagMs: number; lagRows: number; everyMs: number }

/** Rows alone, or a lag that is not just a pause of the owners: few rows are taken however old they are. */
export const PRESSURE: PressureLimits = { rows: 200_000, lagMs: 30_000, lagRows: 20_000, everyMs: 250 }

/** Each round looks at one sixteenth of the buckets: counting 200,000 rows whole cost 30 ms, this 2 ms. */
const SAMPLES = 16
const SAMPLE_BUCKETS = BUCKETS / SAMPLES

export type Pressure = {
  /** @throws Problem 429 with Retry-After */
  check(): void
  /** looks at the next sample now and waits for it; tests */
  refresh(): Promise<void>
}

export function openPressure(core: Pick<Core, 'pool' | 'log'>, limits: PressureLimits = PRESSURE): Pressure {
  const lastCount = new Array<number>(SAMPLES).fill(0)
  const lastLag = new Array<number>(SAMPLES).fill(0)
  let rows = 0
  let lagMs = 0
  let asked = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | null = null
  let sample = 0

  async function ask(): Promise<void> {
    const at = sample
    sample = (sample + 1) % SAMPLES
    const { rows: found } = await core.pool.query<{ n: number; lag: number }>(
      `select counted.n, coalesce(extract(epoch from clock_timestamp() - first.received), 0)::float8 * 1000 lag
         from unnest($1::smallint[]) b (bucket)
         cross join lateral (select count(*)::int n from (select 1 from inbox i where i.bucket = b.bucket limit $2) x) counted
         left join lateral (select i.received from inbox i where i.bucket = b.bucket order by i.received limit 1) first on true`,
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

  function refresh(): Promise<void> {
    asking ??= ask().finally(() => {
      asked = performance.now()
      asking = null
    })
    return asking
  }

  const behind = (): boolean => rows > limits.rows || (lagMs > limits.lagMs && rows > limits.lagRows)

  /** While closed it goes on looking by itself: those told to come later ask too seldom to renew sixteen samples
   *  (a drained inbox stayed closed for 80 s in the pipeline bench). Ends once it opens, or when a look fails. */
  function look(): void {
    refresh().then(
      () => {
        if (behind()) setTimeout(look, limits.everyMs).unref()
      },
      (error: unknown) =>
        core.log.warn({ code: (error as { code?: string }).code }, 'collect: inbox could not be measured'),
    )
  }

  return {
    check() {
      if (performance.now() - asked > limits.everyMs) look()
      if (behind()) {
        throw new Problem(429, 'behind', 'The inbox is behind; nothing of this request was taken', {
          action: 'Send the same request again later, with the same messageIds.',
          retryAfterS: Math.min(30, Math.max(1, Math.ceil(lagMs / 5_000))),
        })
      }
    },
    refresh,
  }
}
