// The circuit breaker of an account: after so many failures in a row that were not the message's fault nothing more leaves by
// it. After a pause one message tries; if it gets through, all go on, else the pause is twice as long. Messages wait
// meanwhile, their tries are not used up. Each process counts for itself; that it is open is told to all by the account's row.
import type { SendResult } from '../channels/adapter.ts'
import type { LoadedAccount } from '../channels/accounts.ts'
import type { Pool } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'

export const BREAKER_FAILURES = 10
const PAUSE_MS = 5_000
const MOST_PAUSE_MS = 60_000
/** How long a try may take before another one is let through. */
const PROBE_MS = 20_000
/** Those who waited do not come back all at once. */
const SPREAD_MS = 2_000

export const CIRCUIT_OPEN = 'circuit_open'

/** One for each process. `told` must be given every answer of a provider, by whatever way it was asked. */
export function openBreaker(pool: Pool, signals: Signals) {
  const failures = new Map<string, number>()
  /** what this process knows already, and accounts that were read before it do not say */
  const shut = new Map<string, number>()

  /** @param again it is open already, and the one that tried it failed too */
  async function open(account: LoadedAccount, why: string, again: boolean): Promise<void> {
    const { rows } = await pool.query<{ ms: number }>(
      `update channel_account set opened_at = coalesce(opened_at, clock_timestamp()), opened_why = $2, opened_times = opened_times + 1,
              open_until = clock_timestamp() + make_interval(secs => least($3::float8 * 2 ^ opened_times, $4) / 1000)
        where id = $1 and (opened_at is null or $5) returning extract(epoch from open_until - clock_timestamp()) * 1000 as ms`,
      [account.id, why.slice(0, 300), PAUSE_MS, MOST_PAUSE_MS, again],
    )
    shut.set(account.id, performance.now() + Number(rows[0]?.ms ?? PAUSE_MS))
    signals.emit('live', `${account.workspace}:messages`)
  }

  async function close(account: LoadedAccount): Promise<void> {
    shut.delete(account.id)
    await pool.query(
      `update channel_account set opened_at = null, opened_why = null, open_until = null, opened_times = 0 where id = $1`,
      [account.id],
    )
    signals.emit('live', `${account.workspace}:messages`)
    signals.emit('message', '')
  }

  return {
    /** null: it may be sent by; else in how many ms it is looked at again. Asks at most one at a time to try. */
    async waitMs(account: LoadedAccount): Promise<number | null> {
      const known = shut.get(account.id)
      const left = Math.max(known === undefined ? 0 : known - performance.now(), account.openMs ?? 0)
      if (left > 0) return left + Math.random() * SPREAD_MS
      if (known === undefined && account.openMs === null) return null
      const { rowCount } = await pool.query(
        `update channel_account set open_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
          where id = $1 and opened_at is not null and open_until <= clock_timestamp()`,
        [account.id, PROBE_MS],
      )
      if (rowCount === 1) return null
      const { rows } = await pool.query<{ ms: number | null }>(
        'select extract(epoch from open_until - clock_timestamp()) * 1000 as ms from channel_account where id = $1',
        [account.id],
      )
      const ms = rows[0]?.ms ?? null
      if (ms === null) {
        shut.delete(account.id) // somebody got through
        return null
      }
      return Math.min(Number(ms), PAUSE_MS) + Math.random() * SPREAD_MS
    },
    async told(account: LoadedAccount, result: SendResult['kind'], why: string): Promise<void> {
      const isOpen = account.openMs !== null || shut.has(account.id)
      if (result === 'retryable' || result === 'unknown') {
        const n = (failures.get(account.id) ?? 0) + 1
        failures.set(account.id, n)
        const tried = isOpen && (shut.get(account.id) ?? 0) <= performance.now()
        if (tried || (!isOpen && n >= BREAKER_FAILURES)) await open(account, why, tried)
        return
      }
      failures.delete(account.id)
      if (isOpen && result !== 'bad_credentials') await close(account)
    },
  }
}
