// How fast an account may send, over all processes. A place is a moment: who reserves some moves the account's line on by one
// conditional update, so that no two processes have the same, and uses them as their moments come. Reserved are as many as
// wait, at most those of a tenth of a second. Whoever's place is further off is not kept waiting in memory: the message is
// booked for that moment. Real time throughout.
import type { Account, Adapter, Rate } from '../channels/adapter.ts'
import type { Pool } from '../platform/postgres.ts'

/** go: now. Otherwise come back in so many ms; `booked`: the place is kept, nothing is asked then. */
export type Turn = { go: true } | { go: false; ms: number; booked: boolean }

/** A place further off than this is not waited for. */
const PATIENCE_MS = 2_000
/** A place not used so long after its moment is void: else what was saved up would leave at once. */
const STALE_MS = 200
const BLOCK_MS = 100

type Waiting = { urgent: boolean; resolve(turn: Turn): void; reject(error: unknown): void }
type Line = { places: number[]; waiting: Waiting[]; asking: boolean; timer: NodeJS.Timeout | null }

/** What holds for this account: its own setting, else what the provider says. */
export function rateOf(
  adapter: Pick<Adapter, 'rates'>,
  account: Pick<Account, 'settings'>,
  key: Rate['key'],
) {
  const own = Number(account.settings.ratePerSecond)
  if (key === 'send' && own > 0) return { key, max: own, perMs: 1_000 }
  return adapter.rates?.find(r => r.key === key) ?? null
}

/** A booked message that comes at its moment has its place. */
export const isOnTime = (slotAt: number | null, now: number): boolean =>
  slotAt !== null && slotAt - 50 <= now && now - slotAt < PATIENCE_MS

/** One for each process, for all accounts. */
export function openRates(pool: Pool) {
  const lines = new Map<string, Line>()

  /** How many ms from now the first of `n` places is. Its commit does not wait for the disk, which was a third of the way
   *  from claim to socket: what a crash of PostgreSQL takes back is a fraction of a second of one account's line. */
  async function reserve(account: string, key: string, n: number, everyMs: number): Promise<number> {
    const { rows } = await pool.query<{ ms: number }>({
      name: 'rate_reserve',
      text: `with unsynced as materialized (select set_config('synchronous_commit', 'off', true))
        insert into rate_line as l (account_id, key, free_at)
        select $1::uuid, $2::text, clock_timestamp() + make_interval(secs => $3) from unsynced
        on conflict (account_id, key) do update set free_at = greatest(l.free_at, clock_timestamp()) + make_interval(secs => $3)
        returning (extract(epoch from l.free_at - clock_timestamp()) - $3) * 1000 as ms`,
      values: [account, key, (n * everyMs) / 1000],
    })
    return Math.max(0, Number(rows[0]!.ms))
  }

  function serve(line: Line): void {
    const now = performance.now()
    while (line.places[0] !== undefined && line.places[0] < now - STALE_MS) line.places.shift()
    while (line.waiting.length > 0 && line.places[0] !== undefined) {
      const left = line.places[0] - now
      if (left > 0 && left <= PATIENCE_MS) break
      line.places.shift()
      const { urgent, resolve } = line.waiting.shift()!
      resolve(left <= 0 || urgent ? { go: true } : { go: false, ms: left, booked: true })
    }
    if (line.timer) clearTimeout(line.timer)
    const next = line.places[0]
    line.timer =
      line.waiting.length > 0 && next !== undefined
        ? setTimeout(() => serve(line), Math.max(1, next - performance.now()))
        : null
  }

  async function fill(account: string, rate: Rate, line: Line): Promise<void> {
    if (line.asking) return
    line.asking = true
    const everyMs = rate.perMs / rate.max
    const most = Math.max(1, Math.round(BLOCK_MS / everyMs))
    try {
      while (line.waiting.length > line.places.length) {
        const n = Math.min(line.waiting.length - line.places.length, most)
        const first = performance.now() + (await reserve(account, rate.key, n, everyMs))
        for (let i = 0; i < n; i++) line.places.push(first + i * everyMs)
        serve(line)
      }
    } catch (error) {
      for (const w of line.waiting.splice(0)) w.reject(error)
    } finally {
      line.asking = false
    }
  }

  return {
    /** @param urgent goes at once where its place is far off: somebody waits for it */
    take(account: Account, adapter: Adapter, key: Rate['key'], urgent: boolean): Promise<Turn> | Turn {
      const rate = rateOf(adapter, account, key)
      if (rate === null) return { go: true }
      const name = `${account.id} ${key}`
      let line = lines.get(name)
      if (!line) lines.set(name, (line = { places: [], waiting: [], asking: false, timer: null }))
      return new Promise((resolve, reject) => {
        line.waiting.push({ urgent, resolve, reject })
        serve(line)
        void fill(account.id, rate, line)
      })
    },
    stop(): void {
      for (const line of lines.values()) {
        if (line.timer) clearTimeout(line.timer)
        for (const w of line.waiting.splice(0)) w.resolve({ go: false, ms: 0, booked: false })
      }
    },
  }
}
