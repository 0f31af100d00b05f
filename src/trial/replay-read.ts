// What a replay reads: facts of the names that its journeys ask for, person by person, with the person's state and orders.
// In slices of about as many facts each, one read ahead while the other is walked.
import { CHANNEL_NAMES } from '../channels/model.ts'
import { addressFor } from '../customers/reach.ts'
import { unpackState } from '../customers/pack.ts'
import type { CustomerState } from '../customers/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import { ORDER_COLUMNS, orderRow, type OrderRecord } from '../inbox/order-rows.ts'
import type { Never, Recorded } from '../journeys/replay.ts'
import { addressBucket } from '../messages/suppression.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Pool } from '../platform/postgres.ts'

const NOBODY: Uuid = '00000000-0000-0000-0000-000000000000'
/** Facts of a slice, and people of one where everybody is looked at. */
const SLICE_FACTS = 60_000
const SLICE_PEOPLE = 5_000

export type Wanted = {
  workspace: Uuid
  /** facts of this journey's own runs are left out */
  journey: Uuid
  names: string[]
  /** ms, received; null: from the beginning */
  since: number | null
  to: number
  orders: boolean
  /** also who did nothing: time starts the journey */
  everybody: boolean
}
export type Person = { state: CustomerState; facts: Recorded[]; orders: OrderRow[]; never: Never[] }

const WHERE = `workspace_id = {workspace:UUID} and name in {names:Array(String)} and journey_id <> {journey:UUID}
   and received >= fromUnixTimestamp64Milli({since:Int64}) and received < fromUnixTimestamp64Milli({to:Int64})`

/** A JSON array around the properties as they are kept: nothing is escaped, and read twice. */
const LINE = `concat('["', toString(customer_id), '",', toString(indexOf({names:Array(String)}, name) - 1), ',',
              toString(toUnixTimestamp64Milli(occurred)), ',', toString(toUnixTimestamp64Milli(received)), ',', if(props = '', '{}', props), ']')`

const paramsOf = ({ workspace, journey, names, since, to }: Wanted) => ({
  workspace,
  journey,
  names,
  since: since ?? 0,
  to,
})

/** Ends of the slices, in ClickHouse's order of ids; and how many people there are. */
async function slicesOf(history: History, wanted: Wanted): Promise<{ ends: Uuid[]; people: number }> {
  const each = wanted.everybody ? SLICE_PEOPLE : SLICE_FACTS
  const source = wanted.everybody
    ? `select customer_id, 1 as n from customer final where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')`
    : `select customer_id, count() as n from event where ${WHERE} group by customer_id`
  const rows = await askHistory<{ id: Uuid; last: number; people: number }>(
    history,
    `select customer_id as id, place = people as last, people from (
       select customer_id, n, sum(n) over (order by customer_id) as total,
              row_number() over (order by customer_id) as place, count() over () as people from (${source}))
      where last or intDiv(total, ${each}) <> intDiv(total - n, ${each}) order by customer_id`,
    paramsOf(wanted),
  )
  return { ends: rows.map(r => r.id), people: rows[0]?.people ?? 0 }
}

type Rows = Map<Uuid, Recorded[]>

/** Facts of a range of customers of the time. */
async function factsBetween(history: History, wanted: Wanted, after: Uuid, upTo: Uuid): Promise<Rows> {
  const result = await history.query({
    query: `select ${LINE}
       from event where ${WHERE} and customer_id > {after:UUID} and customer_id <= {upTo:UUID}
      order by customer_id, received, seq, line, part`,
    query_params: { ...paramsOf(wanted), after, upTo },
    format: 'TabSeparatedRaw',
  })
  return rowsOf(await result.text(), wanted.names)
}

function rowsOf(text: string, names: string[]): Rows {
  const found: Rows = new Map()
  let last: Uuid = ''
  let facts: Recorded[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [id, name, at, received, props] = JSON.parse(line) as [
      Uuid,
      number,
      number,
      number,
      Recorded['props'],
    ]
    if (id !== last) {
      last = id
      facts = found.get(id) ?? []
      found.set(id, facts)
    }
    facts.push({ name: names[name]!, at, received, props })
  }
  return found
}

/** Who is part of whom by now. */
async function survivors(history: History, workspace: Uuid): Promise<Map<Uuid, Uuid>> {
  const rows = await askHistory<{ id: Uuid; into: Uuid }>(
    history,
    `select customer_id as id, merged_into as into from customer final
      where workspace_id = {workspace:UUID} and merged_into <> toUUID('${NOBODY}')`,
    { workspace },
  )
  const into = new Map(rows.map(r => [r.id, r.into]))
  const endOf = (id: Uuid): Uuid => {
    let at = id
    for (let i = 0; i < 64 && into.has(at); i++) at = into.get(at)!
    return at
  }
  return new Map(rows.map(r => [r.id, endOf(r.into)]))
}

/** What those did who are part of others by now, by whom they are part of. */
async function factsOfMerged(history: History, wanted: Wanted, kin: Map<Uuid, Uuid>): Promise<Rows> {
  const found: Rows = new Map()
  if (kin.size === 0) return found
  const result = await history.query({
    query: `select ${LINE}
       from event where ${WHERE} and customer_id in (
         select customer_id from customer final where workspace_id = {workspace:UUID} and merged_into <> toUUID('${NOBODY}'))
      order by customer_id, received, seq, line, part`,
    query_params: paramsOf(wanted),
    format: 'TabSeparatedRaw',
  })
  for (const [id, facts] of rowsOf(await result.text(), wanted.names)) {
    const of = kin.get(id) ?? id
    found.set(of, [...(found.get(of) ?? []), ...facts])
  }
  return found
}

async function statesOf(pool: Pool, workspace: Uuid, ids: Uuid[]): Promise<Map<Uuid, string>> {
  const { rows } = await pool.query<{ id: Uuid; state: string }>({
    name: 'replay_states',
    text: `select id, state from customer
            where bucket = any($1::smallint[]) and id = any($2::uuid[]) and workspace_id = $3 and merged_into is null and state <> '{}'`,
    values: [[...new Set(ids.map(bucketOf))], ids, workspace],
  })
  return new Map(rows.map(r => [r.id, r.state]))
}

/** Rows of the never-send list for addresses of these people, by person. */
async function neverOf(pool: Pool, workspace: Uuid, states: Map<Uuid, string>): Promise<Map<Uuid, Never[]>> {
  const of: { id: Uuid; channel: string; address: string }[] = []
  for (const [id, text] of states) {
    const state = unpackState(text)
    for (const channel of CHANNEL_NAMES) {
      const address = addressFor(state, channel)?.value
      if (address !== undefined) of.push({ id, channel, address })
    }
  }
  const { rows } = await pool.query<Never & { id: Uuid }>({
    name: 'replay_never',
    text: `select u.id, s.channel, s.reason, floor(extract(epoch from s.at) * 1000)::float8 as at
             from unnest($2::uuid[], $3::smallint[], $4::text[], $5::text[]) u(id, bucket, channel, address)
             join suppression s on s.bucket = u.bucket and s.workspace_id = $1 and s.channel = u.channel and s.address = u.address`,
    values: [
      workspace,
      of.map(o => o.id),
      of.map(o => addressBucket(o.channel, o.address)),
      of.map(o => o.channel),
      of.map(o => o.address),
    ],
  })
  return Map.groupBy(rows, r => r.id)
}

async function ordersOf(pool: Pool, workspace: Uuid, ids: Uuid[]): Promise<Map<Uuid, OrderRow[]>> {
  const { rows } = await pool.query<OrderRecord>(
    `select ${ORDER_COLUMNS} from order_entry
      where bucket = any($1::smallint[]) and (workspace_id, customer_id) in (select $2::uuid, unnest($3::uuid[])) order by occurred, key`,
    [[...new Set(ids.map(bucketOf))], workspace, ids],
  )
  const found = new Map<Uuid, OrderRow[]>()
  for (const r of rows) {
    const list = found.get(r.customer_id) ?? []
    found.set(r.customer_id, list)
    list.push(orderRow(r))
  }
  return found
}

async function peopleBetween(history: History, workspace: Uuid, after: Uuid, upTo: Uuid): Promise<Uuid[]> {
  const rows = await askHistory<{ id: Uuid }>(
    history,
    `select customer_id as id from customer final where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')
        and customer_id > {after:UUID} and customer_id <= {upTo:UUID}`,
    { workspace, after, upTo },
  )
  return rows.map(r => r.id)
}

/** People of a slice. Each is made anew at each call: a walk changes the state it is given. */
export type Slice = { facts: number; persons: (() => Person)[] }

/** All people concerned, each once, slice by slice. */
export async function* readPeople(
  history: History,
  pool: Pool,
  wanted: Wanted,
  told: (people: number) => void,
): AsyncGenerator<Slice> {
  if (wanted.names.length === 0 && !wanted.everybody) {
    told(0)
    return
  }
  const kin = await survivors(history, wanted.workspace)
  const merged = await factsOfMerged(history, wanted, kin)
  const { ends, people } = await slicesOf(history, wanted)
  told(people)
  const read = async (i: number): Promise<{ ids: Uuid[]; facts: Rows }> => {
    const [after, upTo] = [ends[i - 1] ?? NOBODY, ends[i]!]
    const [facts, all] = await Promise.all([
      factsBetween(history, wanted, after, upTo),
      wanted.everybody ? peopleBetween(history, wanted.workspace, after, upTo) : [],
    ])
    const ids = new Set([...[...facts.keys()].filter(id => !kin.has(id)), ...all])
    // whoever did nothing, but those who are part of them, comes with the last slice
    if (i === ends.length - 1) for (const id of merged.keys()) ids.add(id)
    return { ids: [...ids], facts }
  }
  const seen = new Set<Uuid>()
  let next = ends.length > 0 ? read(0) : null
  for (let i = 0; next !== null; i++) {
    const { ids, facts } = await next
    next = i + 1 < ends.length ? read(i + 1) : null
    next?.catch(() => undefined) // it is awaited when its turn comes
    const fresh = ids.filter(id => !seen.has(id))
    for (const id of fresh) seen.add(id)
    yield await sliceOf(pool, wanted, fresh, facts, merged)
  }
}

async function sliceOf(pool: Pool, wanted: Wanted, ids: Uuid[], facts: Rows, merged: Rows): Promise<Slice> {
  const [states, orders] = await Promise.all([
    statesOf(pool, wanted.workspace, ids),
    wanted.orders ? ordersOf(pool, wanted.workspace, ids) : new Map<Uuid, OrderRow[]>(),
  ])
  const never = await neverOf(pool, wanted.workspace, states)
  const slice: Slice = { facts: 0, persons: [] }
  for (const [id, state] of states) {
    const own = facts.get(id) ?? []
    const theirs = merged.get(id)
    const all = theirs === undefined ? own : [...own, ...theirs].sort((a, b) => a.received - b.received)
    slice.facts += all.length
    slice.persons.push(() => ({
      state: unpackState(state),
      facts: all,
      orders: orders.get(id) ?? [],
      never: never.get(id) ?? [],
    }))
  }
  return slice
}
