// Taking places of shared limits, and giving them back. All of it runs in the transaction that lets a message out: message
// rows are locked first, then limit rows in key order, so that any number of workers agree and none deadlocks.
import { must } from '../platform/errors.ts'
import { ALL_BUCKETS, bucketOf, bucketOfText, type Uuid } from '../platform/ids.ts'
import { bigints, instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import type { FrequencyRule } from './frequency.ts'
import { countHad, countHeld } from './frequency-store.ts'
import { allot, type Ask, refusalOf, windowOf } from './limits.ts'
import type { LimitPer, SkipReason } from './model.ts'
import type { Claim } from './store.ts'

/** What a claimed message asks for. `now`: workspace ms. */
export type Take = { claim: Claim; asks: Ask[]; zone: string; now: number }
export type Taken =
  | { to: 'go' }
  | { to: 'refused'; reason: SkipReason; rule?: FrequencyRule }
  /** it has a place, or tries again, in so many ms */
  | { to: 'wait'; ms: number }
  | { to: 'lost' }

type Place = Ask & { workspace: Uuid; bucket: number }
/** As stored in message.taken. */
type Held = [key: string, per: LimitPer, start: number, amount: number][]

/** What is taken in all of a limit without a window. */
export async function takenEver(sql: Sql, workspace: Uuid, key: string): Promise<number> {
  const { rows } = await sql.query<{ used: number }>(
    `select used::float8 as used from limit_count where bucket = $1 and workspace_id = $2 and key = $3 and per = 'ever'`,
    [bucketOfKey(workspace, key), workspace, key],
  )
  return rows[0]?.used ?? 0
}

export const bucketOfKey = (workspace: Uuid, key: string): number => bucketOfText('limit', workspace, key)
const inOrder = (a: Place, b: Place): number => a.bucket - b.bucket || (idOf(a) < idOf(b) ? -1 : 1)
/** What a frequency rule looks back on has no window of its own: it is the same place for all who ask. */
const idOf = (p: Place): string =>
  p.of ? `${p.workspace} ${p.key}` : `${p.workspace} ${p.key} ${String(p.start).padStart(14, '0')}`

/** A message of the same person is in the way that is let out in this very moment: looked at again when it is known
 *  whether that one went. */
const AGAIN_MS = 500

/** Locks these windows in order, made where they are not there yet; what is taken of each, in the order given. */
async function lockPlaces(sql: Sql, places: Place[]): Promise<number[]> {
  // of one window some may be asked for up to less than others: its row says the most
  const most = new Map<string, Place>()
  for (const p of places) if (p.max >= (most.get(idOf(p))?.max ?? 0)) most.set(idOf(p), p)
  const unique = [...most.values()].sort(inOrder)
  const { rows } = await sql.query<{ workspace_id: Uuid; key: string; start: Date; used: number }>({
    name: 'limit_lock',
    text: `insert into limit_count (bucket, workspace_id, key, per, window_start, max)
      select * from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])
      on conflict (bucket, workspace_id, key, window_start) do update set max = excluded.max
      returning workspace_id, key, window_start as start, used`,
    values: [
      smallints(unique.map(p => p.bucket)),
      uuids(unique.map(p => p.workspace)),
      texts(unique.map(p => p.key)),
      texts(unique.map(p => p.per)),
      instants(unique.map(p => p.start)),
      bigints(unique.map(p => p.max)),
    ],
  })
  const used = new Map(rows.map(r => [`${r.workspace_id} ${r.key} ${r.start.getTime()}`, r.used]))
  return places.map(p => used.get(`${p.workspace} ${p.key} ${p.start}`)!)
}

/** Counts locked windows up by what is taken of them. */
async function countUp(sql: Sql, taken: Place[]): Promise<void> {
  const sums = new Map<string, Place>()
  for (const p of taken) {
    const sum = sums.get(idOf(p))
    sums.set(idOf(p), sum ? { ...sum, max: Math.max(sum.max, p.max), amount: sum.amount + p.amount } : p)
  }
  const list = [...sums.values()].filter(p => p.amount !== 0).sort(inOrder)
  if (list.length === 0) return
  const { rowCount } = await sql.query({
    name: 'limit_take',
    text: `update limit_count l set used = l.used + u.amount
        from unnest($1::smallint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[]) u(bucket, workspace_id, key, start, amount, max)
       where l.bucket = u.bucket and l.workspace_id = u.workspace_id and l.key = u.key and l.window_start = u.start
         and l.used + u.amount <= u.max`,
    values: [
      smallints(list.map(p => p.bucket)),
      uuids(list.map(p => p.workspace)),
      texts(list.map(p => p.key)),
      instants(list.map(p => p.start)),
      bigints(list.map(p => p.amount)),
      bigints(list.map(p => p.max)),
    ],
  })
  must(rowCount === list.length, 'places that are locked are there when they are taken')
}

/** Which of these claims are still ours, locked, with what an earlier try took. */
async function lockMessages(sql: Sql, takes: Take[]): Promise<Map<Uuid, Held | null>> {
  const { rows } = await sql.query<{ id: Uuid; taken: string | null }>({
    name: 'limit_messages',
    text: `select m.id, m.taken from message m
        join unnest($1::smallint[], $2::uuid[], $3::bigint[]) w(bucket, id, epoch) on w.bucket = m.bucket and w.id = m.id
       where m.bucket = any($1::smallint[]) and m.state = 'claimed' and m.epoch = w.epoch and m.claim_until > clock_timestamp()
       order by m.bucket, m.id for update of m`,
    values: [
      smallints(takes.map(t => bucketOf(t.claim.id))),
      uuids(takes.map(t => t.claim.id)),
      bigints(takes.map(t => t.claim.epoch)),
    ],
  })
  return new Map(rows.map(r => [r.id, r.taken === null ? null : (JSON.parse(r.taken) as Held)]))
}

const placesOf = ({ claim, asks }: Take): Place[] =>
  asks.map(a => ({ ...a, workspace: claim.workspace, bucket: bucketOfKey(claim.workspace, a.key) }))

/** What was taken before stands, but for a place in a window that went by while nothing was sent. */
function before(held: Held | null | undefined, { claim, now, zone }: Take): Taken | null {
  if (!held) return null
  const ends = held.map(([, per, start]) => windowOf(per, start, zone).end)
  if (claim.attempts === 0 && ends.every(end => end <= now)) return null
  const start = Math.max(...held.map(h => h[2]))
  return start > now ? { to: 'wait', ms: start - now } : { to: 'go' }
}

/** Gives places to claimed messages in order, all or none to each, and remembers with each message what it took. One
 *  that waits has a place kept in the first later window with room, at its moment there: so a throttle drips. */
export async function takePlaces(sql: Sql, takes: Take[]): Promise<Taken[]> {
  const ours = await lockMessages(sql, takes)
  const answers = takes.map((take): Taken | null =>
    ours.has(take.claim.id) ? before(ours.get(take.claim.id), take) : { to: 'lost' },
  )
  // who has places of an earlier try keeps them; what the person has had by now is asked again
  const asking = takes.flatMap((take, at) => {
    const held = answers[at]
    const places = placesOf(take).filter(p => p.of !== undefined || held === null)
    return held === null || (held?.to === 'go' && places.length > 0) ? [{ take, at, places }] : []
  })
  const flat = asking.flatMap(a => a.places)
  const used = await usedOf(
    sql,
    flat,
    asking.map(a => a.take.claim.id),
  )
  const first = new Map(used)
  const told = allot(
    asking.map(a => a.places),
    used,
    idOf,
  )
  const kept: { take: Take; places: Place[] }[] = []
  const queues = new Map<string, { take: Take; place: Place }[]>()
  asking.forEach(({ take, at, places }, i) => {
    const answer = told[i]!
    const shared = places.filter(p => !p.of)
    if (answer.to === 'go') {
      if (shared.length > 0) kept.push({ take, places: shared })
      answers[at] = { to: 'go' }
    } else if (answer.to === 'refused') answers[at] = refused(answer.by, first.get(idOf(answer.by))!)
    else if (shared.length > 1) answers[at] = { to: 'wait', ms: Math.max(1, answer.by.end - take.now) }
    else {
      const queue = idOf(answer.by)
      queues.set(queue, [...(queues.get(queue) ?? []), { take, place: answer.by }])
    }
  })
  await countUp(
    sql,
    kept.flatMap(k => k.places),
  )
  for (const queue of queues.values())
    for (const { take, place, at } of await queueUp(sql, queue)) {
      kept.push({ take, places: [place] })
      answers[takes.indexOf(take)] = { to: 'wait', ms: Math.max(1, at - take.now) }
    }
  await remember(sql, kept)
  return answers as Taken[]
}

const countingOf = (workspace: Uuid, { rule, people }: NonNullable<Ask['of']>, since: number) => ({
  workspace,
  people,
  channel: rule.channel,
  since,
})

/** What is taken of each of these as it is now, in the order given. Nothing is locked, made or taken: to be told, not to
 *  decide by. */
export async function takenNow(sql: Sql, workspace: Uuid, asks: Ask[]): Promise<number[]> {
  const counting = asks.flatMap(a => (a.of ? [countingOf(workspace, a.of, a.start)] : []))
  const shared = asks.filter(a => !a.of)
  const had = (counting.length === 0 ? [] : await countHad(sql, counting, [])).values()
  const taken = (shared.length === 0 ? [] : await takenOf(sql, workspace, shared)).values()
  return asks.map(a => (a.of ? had : taken).next().value!)
}

async function takenOf(sql: Sql, workspace: Uuid, shared: Ask[]): Promise<number[]> {
  const { rows } = await sql.query<{ used: number }>(
    `select coalesce(l.used, 0)::float8 as used
       from unnest($1::smallint[], $2::text[], $3::timestamptz[]) with ordinality q(bucket, key, start, place)
       left join limit_count l on l.bucket = q.bucket and l.workspace_id = $4 and l.key = q.key and l.window_start = q.start
      order by q.place`,
    [
      smallints(shared.map(a => bucketOfKey(workspace, a.key))),
      texts(shared.map(a => a.key)),
      instants(shared.map(a => a.start)),
      workspace,
    ],
  )
  return rows.map(r => r.used)
}

/** What is taken of each of these places, locked: of shared limits their rows, of frequency rules the person's. */
async function usedOf(sql: Sql, places: Place[], asking: Uuid[]): Promise<Map<string, number>> {
  const shared = places.filter(p => !p.of)
  const counting = [...new Map(places.flatMap(p => (p.of ? [[idOf(p), { ...p, of: p.of }]] : []))).values()]
  const had =
    counting.length === 0
      ? []
      : await countHeld(
          sql,
          counting.map(c => countingOf(c.workspace, c.of, c.start)),
          asking,
        )
  const taken = shared.length === 0 ? [] : await lockPlaces(sql, shared)
  return new Map([
    ...counting.map((p, i) => [idOf(p), had[i]!] as const),
    ...shared.map((p, i) => [idOf(p), taken[i]!] as const),
  ])
}

/** `used`: before anything was given in this round. */
function refused(by: Place, used: number): Taken {
  if (!by.of) return { to: 'refused', reason: refusalOf(by.key) }
  return used + by.amount > by.max
    ? { to: 'refused', reason: 'frequency', rule: by.of.rule }
    : { to: 'wait', ms: AGAIN_MS }
}

/** Places for those who wait at one limit, behind the last window that is full. */
async function queueUp(
  sql: Sql,
  queue: { take: Take; place: Place }[],
): Promise<{ take: Take; place: Place; at: number }[]> {
  const { place: first, take } = queue[0]!
  const { rows } = await sql.query<{ start: Date | null }>({
    name: 'limit_last_full',
    text: `select max(window_start) as start from limit_count
      where bucket = $1 and workspace_id = $2 and key = $3 and used + $4 > $5 and window_start >= $6`,
    values: [first.bucket, first.workspace, first.key, first.amount, first.max, new Date(first.start)],
  })
  const placed: { take: Take; place: Place; at: number }[] = []
  let window = windowOf(first.per, rows[0]?.start?.getTime() ?? first.start, take.zone)
  while (placed.length < queue.length) {
    const left = queue.slice(placed.length)
    const windows: Place[] = []
    for (let room = 0; room < left.length; room += Math.max(1, Math.floor(first.max / first.amount))) {
      window = windowOf(first.per, window.end, take.zone)
      windows.push({ ...first, ...window })
    }
    const used = await lockPlaces(sql, windows)
    const took: Place[] = []
    windows.forEach((w, i) => {
      let taken = used[i]!
      while (taken + w.amount <= w.max && took.length < left.length) {
        const of = left[took.length]!
        const at = w.start + Math.floor(((w.end - w.start) * taken) / w.max)
        took.push(w)
        placed.push({ take: of.take, place: w, at })
        taken += w.amount
      }
    })
    await countUp(sql, took)
  }
  return placed
}

async function remember(sql: Sql, kept: { take: Take; places: Place[] }[]): Promise<void> {
  if (kept.length === 0) return
  const list = kept.sort((a, b) => (a.take.claim.id < b.take.claim.id ? -1 : 1))
  await sql.query({
    name: 'limit_remember',
    text: `update message m set taken = u.taken from unnest($1::smallint[], $2::uuid[], $3::text[]) u(bucket, id, taken)
      where m.bucket = u.bucket and m.id = u.id`,
    values: [
      smallints(list.map(k => bucketOf(k.take.claim.id))),
      uuids(list.map(k => k.take.claim.id)),
      texts(
        list.map(k => JSON.stringify(k.places.map(p => [p.key, p.per, p.start, p.amount]) satisfies Held)),
      ),
    ],
  })
}

/** Gives back what messages took that ended unsent, whoever ended them. Returns how many there were. */
export async function releaseTaken(pool: Pool, limit: number): Promise<number> {
  return inTransaction(pool, async sql => {
    const { rows } = await sql.query<{ workspace_id: Uuid; taken: string }>(
      `with free as (
         select bucket, id, taken from message where bucket = any($1::smallint[]) and taken is not null and state in ('skipped', 'failed')
          limit $2 for update skip locked)
       update message m set taken = null from free where m.bucket = free.bucket and m.id = free.id
       returning m.workspace_id, free.taken`,
      [ALL_BUCKETS, limit],
    )
    const sums = new Map<
      string,
      { workspace: Uuid; bucket: number; key: string; start: number; amount: number }
    >()
    for (const r of rows)
      for (const [key, , start, amount] of JSON.parse(r.taken) as Held) {
        const id = `${r.workspace_id} ${key} ${start}`
        const sum = sums.get(id)
        if (sum) sum.amount += amount
        else
          sums.set(id, {
            workspace: r.workspace_id,
            bucket: bucketOfKey(r.workspace_id, key),
            key,
            start,
            amount,
          })
      }
    const list = [...sums.values()]
    if (list.length > 0)
      await sql.query(
        `with held as (
           select l.bucket, l.workspace_id, l.key, l.window_start, u.amount from limit_count l
             join unnest($1::smallint[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[]) u(bucket, workspace_id, key, start, amount)
               on l.bucket = u.bucket and l.workspace_id = u.workspace_id and l.key = u.key and l.window_start = u.start
            order by l.bucket, l.workspace_id, l.key collate "C", l.window_start for update of l)
         update limit_count l set used = greatest(0, l.used - held.amount) from held
          where l.bucket = held.bucket and l.workspace_id = held.workspace_id and l.key = held.key and l.window_start = held.window_start`,
        [
          smallints(list.map(p => p.bucket)),
          uuids(list.map(p => p.workspace)),
          texts(list.map(p => p.key)),
          instants(list.map(p => p.start)),
          bigints(list.map(p => p.amount)),
        ],
      )
    return rows.length
  })
}
