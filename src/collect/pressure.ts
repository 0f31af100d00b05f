// Back-pressure: says when the inbox is so far behind that taking more would only hide it. The estimate is cheap,
// refreshed in the background at most every 250 ms and only while requests come.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { BUCKETS } from '../platform/ids.ts'

export type PressureLimits = { rows: number; lagMs: number; lagRows: number }

/** Rows alone, or a lag that is not just a pause of the owners: few rows are taken however old they are. */
export const PRESSURE: PressureLimits = { rows: 200_000, lagMs: 30_000, lagRows: 20_000 }

const EVERY_MS = 250
const SAMPLED = 16

export type Pressure = {
  /** @throws Problem 429 with Retry-After */
  check(): void
  /** asks now and waits for the answer; tests */
  refresh(): Promise<void>
}

export function openPressure(core: Pick<Core, 'pool' | 'log'>, limits: PressureLimits = PRESSURE): Pressure {
  let rows = 0
  let lagMs = 0
  let asked = 0
  let asking: Promise<void> | null = null
  let firstBucket = 0

  async function ask(): Promise<void> {
    // the row limit ends the count, so that it never costs more than one scan of what is allowed
    const sample = Array.from(
      { length: SAMPLED },
      (_, i) => (firstBucket + i * (BUCKETS / SAMPLED)) % BUCKETS,
    )
    firstBucket = (firstBucket + 1) % (BUCKETS / SAMPLED)
    const { rows: answer } = await core.pool.query<{ n: number; lag: number }>(
      `select (select count(*)::int from (select 1 from inbox limit $1) x) n,
              coalesce(extract(epoch from clock_timestamp() - min(first.received)), 0)::float8 * 1000 lag
         from unnest($2::smallint[]) b (bucket),
              lateral (select i.received from inbox i where i.bucket = b.bucket order by i.received limit 1) first`,
      [limits.rows + 1, sample],
    )
    rows = answer[0]!.n
    lagMs = answer[0]!.lag
  }

  function refresh(): Promise<void> {
    asking ??= ask().finally(() => {
      asked = performance.now()
      asking = null
    })
    return asking
  }

  return {
    check() {
      if (performance.now() - asked > EVERY_MS) {
        refresh().catch(error =>
          core.log.warn({ code: (error as { code?: string }).code }, 'collect: inbox could not be measured'),
        )
      }
      if (rows > limits.rows || (lagMs > limits.lagMs && rows > limits.lagRows)) {
        throw new Problem(429, 'behind', 'The inbox is behind; nothing of this request was taken', {
          action: 'Send the same request again later, with the same messageIds.',
          retryAfterS: Math.min(30, Math.max(1, Math.ceil(lagMs / 5_000))),
        })
      }
    },
    refresh,
  }
}
