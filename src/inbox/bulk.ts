// Bulk work (imports, backfills, rechecks) waits in its own table and is let into the inbox of its bucket only while
// the inbox is nearly empty, so that live events never stand behind more than one admission.
import { newId } from '../platform/ids.ts'
import { smallints } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'

/** Rows a bucket lets in at once; fewer while live events come, whose wait is the fold of one admission. */
export const PER_BUCKET = { idle: 48, live: 4 }

/** Moves at most so many rows a bucket, in their order, and returns how many. They are one request, whose id is made here: made in
 *  the statement, each row got one of its own where the planner put it inside the loop, and the order was lost. */
export async function admitBulk(
  sql: Sql,
  buckets: number[],
  perBucket: number = PER_BUCKET.idle,
): Promise<number> {
  const { rowCount } = await sql.query(
    `with picked as (
       select x.bucket, x.seq from unnest($1::smallint[]) b(bucket)
        cross join lateral (select k.bucket, k.seq from bulk k where k.bucket = b.bucket order by k.seq limit $3 for update skip locked) x),
     moved as (
       delete from bulk k using picked p where k.bucket = p.bucket and k.seq = p.seq
       returning k.bucket, k.seq, k.workspace_id, k.customer_id, k.kind, k.message_hash, k.body)
     insert into inbox (bucket, received, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
     select bucket, statement_timestamp(), $2::uuid, row_number() over (partition by bucket order by seq), workspace_id, customer_id, kind, message_hash, body
       from moved order by bucket, seq`,
    [smallints(buckets), newId(), perBucket],
  )
  return rowCount ?? 0
}

/** Rows are coming while the last ones came so lately. */
const COMING_MS = 1_000

/** Between two turns it rests so many times as long as the last one took, at most so long. Twice as long: 7,900 rows/s stored
 *  and 5,900 until folded, a live event beside it p50 63 ms, p99 234; eight times: 10,400 and 5,600, p50 32, p99 157. On a slower
 *  day, eight: 7,800 and 5,500; sixteen: 9,200 to 10,200 and 5,400 to 5,700. */
const REST = 16
const MOST_REST_MS = 5_000

/** Whose turn it is to let bulk rows in. While rows are still coming into the table (a file is being stored), one loop at
 *  a time, and none for most of the time: on two cores 16,900 rows/s were stored with no fold beside, 6,100 to 8,500 with
 *  four loops folding; and the more rows of a bucket wait, the fewer statements and journal rows each costs. A turn lasts
 *  until the rows let in are folded; it is handed to who waits longest. */
export class BulkTurns {
  private readonly holders = new Map<object, { began: number; taken: boolean }>()
  private readonly waiting = new Map<object, () => void>()
  private comingUntil = 0
  private restUntil = 0
  private rest: NodeJS.Timeout | undefined

  /** Rows came into the table. */
  came(): void {
    this.comingUntil = performance.now() + COMING_MS
  }

  /** Gives up the turn it had and asks for another. False: `wake` will be called when it is its turn. */
  take(loop: object, wake: () => void): boolean {
    const holder = this.holders.get(loop)
    const now = performance.now()
    if (!holder || holder.taken) {
      if (holder) this.end(loop, holder.began)
      if (now < this.comingUntil) {
        this.waiting.set(loop, wake)
        if (this.holders.size > 0) return false
        if (now < this.restUntil || this.waiting.keys().next().value !== loop) {
          this.hand()
          return false
        }
      }
    }
    this.waiting.delete(loop)
    this.holders.set(loop, { began: now, taken: true })
    return true
  }

  /** It has nothing let in that is not folded, or wants nothing. */
  leave(loop: object): void {
    this.waiting.delete(loop)
    const holder = this.holders.get(loop)
    if (!holder) return
    this.end(loop, holder.began)
    if (this.holders.size === 0) this.hand()
  }

  private end(loop: object, began: number): void {
    this.holders.delete(loop)
    const now = performance.now()
    this.restUntil = now + Math.min(MOST_REST_MS, REST * (now - began))
  }

  private hand(): void {
    if (this.rest !== undefined) return
    const next = this.waiting.entries().next()
    if (next.done) return
    const now = performance.now()
    if (now < this.restUntil) {
      this.rest = setTimeout(() => {
        this.rest = undefined
        if (this.holders.size === 0) this.hand()
      }, this.restUntil - now).unref()
      return
    }
    const [loop, wake] = next.value
    this.waiting.delete(loop)
    this.holders.set(loop, { began: now, taken: false })
    wake()
  }
}
