// Questions about customers: who they are now from PostgreSQL, what happened from ClickHouse. Only owners write them.
import { idOr404, notFound } from '../platform/public-id.ts'
import { unpackState } from './pack.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Pool } from '../platform/postgres.ts'
import { must } from '../platform/errors.ts'
import { getCountryCallingCode } from 'libphonenumber-js'
import { cleanCardNo, cleanEmail, cleanPhone, type Region, regionOf } from './contacts.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import { ORDER_COLUMNS, type OrderRecord, orderRow } from '../inbox/order-rows.ts'
import type { BOUGHT, CUSTOMER_SORTS } from '../contract/customers.ts'
import type { CustomerState } from './model.ts'
import { missingWhen } from './wanted.ts'

export type StoredCustomer = { id: Uuid; state: CustomerState; bytes: number; mergedInto: Uuid | null }

type CustomerRecord = { id: Uuid; state: string; merged_into: Uuid | null }

const stored = (row: CustomerRecord): StoredCustomer => ({
  id: row.id,
  state: unpackState(row.state),
  bytes: Buffer.byteLength(row.state),
  mergedInto: row.merged_into,
})

/** A row without a state is not a customer yet (its first input is parked). */
const isCustomer = (row: CustomerRecord): boolean => row.merged_into !== null || row.state !== '{}'

const bucketsOf = (ids: Uuid[]): number[] => [...new Set(ids.map(bucketOf))]

/** Customers by id; ids of other workspaces and unknown ones are left out. */
export async function customersById(
  pool: Pool,
  workspace: Uuid,
  ids: Uuid[],
): Promise<Map<Uuid, StoredCustomer>> {
  if (ids.length === 0) return new Map()
  const { rows } = await pool.query<CustomerRecord>(
    `select id, state, merged_into from customer
      where bucket = any($1::smallint[]) and id = any($2::uuid[]) and workspace_id = $3`,
    [bucketsOf(ids), ids, workspace],
  )
  return new Map(rows.filter(isCustomer).map(r => [r.id, stored(r)]))
}

/** The customer an id stands for today: merged ids lead to their survivor. Null when there is none. */
export async function findCustomer(pool: Pool, workspace: Uuid, id: Uuid): Promise<StoredCustomer | null> {
  let at: Uuid = id
  for (let steps = 0; ; steps++) {
    must(steps < 64, 'merged ids point downward and chains end')
    const { rows } = await pool.query<CustomerRecord>({
      name: 'customer',
      text: 'select id, state, merged_into from customer where bucket = $1 and id = $2 and workspace_id = $3',
      values: [bucketOf(at), at, workspace],
    })
    const row = rows[0]
    if (!row || !isCustomer(row)) return null
    if (row.merged_into === null) return stored(row)
    at = row.merged_into
  }
}

export type ParkedRow = { reason: string; error: string; at: Date }

export async function parkedReason(pool: Pool, workspace: Uuid, id: Uuid): Promise<ParkedRow | null> {
  const { rows } = await pool.query<ParkedRow>(
    'select reason, error, at from parked where bucket = $1 and customer_id = $2 and workspace_id = $3',
    [bucketOf(id), id, workspace],
  )
  return rows[0] ?? null
}

// ── facts ────────────────────────────────────────────────────────────────────

const MOST_ROWS = 5_000

/** Rows of a customer's orders, the newest orders first; at most as many as one page can show. */
export async function orderRows(pool: Pool, workspace: Uuid, id: Uuid): Promise<OrderRow[]> {
  const { rows } = await pool.query<OrderRecord>(
    `select ${ORDER_COLUMNS} from order_entry
      where bucket = $1 and workspace_id = $2 and customer_id = $3 order by occurred desc, order_no, key limit $4`,
    [bucketOf(id), workspace, id, MOST_ROWS],
  )
  return rows.map(orderRow)
}

type ProofRecord = {
  channel: string
  purpose: string
  granted: boolean
  at: Date
  source: string
  proof: string | null
}

/** What was said about consent by this customer and those merged into it, newest first. */
export async function consentProofs(
  pool: Pool,
  workspace: Uuid,
  ids: Uuid[],
  limit: number,
): Promise<ProofRecord[]> {
  const { rows } = await pool.query<ProofRecord>(
    `select channel, purpose, granted, at, source, proof from consent_proof
      where bucket = any($1::smallint[]) and workspace_id = $2 and customer_id = any($3::uuid[])
      order by at desc, key limit $4`,
    [bucketsOf(ids), workspace, ids, limit],
  )
  return rows
}

// ── search ───────────────────────────────────────────────────────────────────

/** Most customers that one search by identifier counts and shows. */
export const MOST_FOUND = 1_000

const likePrefix = (text: string): string => text.replace(/[\\%_]/g, c => '\\' + c) + '%'

/** How a person may have written an identifier: as it is, as an e-mail, as a phone number of `region`. */
export function spellings(q: string, region: Region): string[] {
  const text = q.normalize('NFKC').trim()
  const digits = text.replace(/[\s()-]/g, '')
  const found = new Set([text, text.toLowerCase(), cleanEmail(text) ?? text, cleanCardNo(text) ?? text])
  if (text.startsWith('/')) found.add(text.toUpperCase())
  // as far as it is typed
  const local = region === 'TW' ? /^0(\d{2,})$/.exec(digits)?.[1] : /^\d{4,}$/.exec(digits)?.[0]
  if (local !== undefined) found.add(`+${getCountryCallingCode(region)}${local}`)
  if (/^\+?\d{6,}$/.test(digits)) found.add(cleanPhone(digits, region) ?? text)
  return [...found]
}

/** Customers with an identifier that begins with `q`, the closest first. */
export async function customersByIdentifier(
  pool: Pool,
  { id: workspace, timezone }: { id: Uuid; timezone: string },
  q: string,
): Promise<Uuid[]> {
  const prefixes = spellings(q, regionOf(timezone))
  const { rows } = await pool.query<{ customer_id: Uuid; kind: string; value: string; shared: boolean }>(
    `select customer_id, kind, value, shared from identifier
      where workspace_id = $1 and kind not in ('anonymous_id', 'device_id') and (${prefixes.map((_, i) => `value like $${i + 3}`).join(' or ')})
      order by length(value), value, kind limit $2`,
    [workspace, MOST_FOUND, ...prefixes.map(likePrefix)],
  )
  const shared = rows.filter(r => r.shared)
  const holders = shared.length === 0 ? new Map<string, Uuid[]>() : await holdersOf(pool, workspace, shared)
  return [...new Set(rows.flatMap(r => (r.shared ? (holders.get(r.kind + r.value) ?? []) : r.customer_id)))]
}

/** Who turned up with identifiers that name nobody any more, as they are now. */
async function holdersOf(
  pool: Pool,
  workspace: Uuid,
  shared: { kind: string; value: string }[],
): Promise<Map<string, Uuid[]>> {
  const { rows } = await pool.query<{ one: Uuid; two: Uuid; kind: string; value: string }>(
    `select c.one, c.two, u.kind, u.value from unnest($2::text[], $3::text[]) u(kind, value)
       join identity_conflict c on c.workspace_id = $1 and c.ids @> jsonb_build_array(jsonb_build_object('kind', u.kind, 'value', u.value))`,
    [workspace, shared.map(s => s.kind), shared.map(s => s.value)],
  )
  const holders = new Map<string, Uuid[]>()
  for (const row of rows)
    for (const id of [row.one, row.two]) {
      const now = await findCustomer(pool, workspace, id)
      if (!now) continue
      const list = holders.get(row.kind + row.value) ?? []
      holders.set(row.kind + row.value, [...list, now.id])
    }
  return holders
}

/** The newest customers by id, for when history cannot say who was seen last. */
export async function newestCustomers(
  pool: Pool,
  workspace: Uuid,
  below: Uuid | null,
  limit: number,
): Promise<StoredCustomer[]> {
  const { rows } = await pool.query<CustomerRecord>(
    `select id, state, merged_into from customer
      where workspace_id = $1 and merged_into is null and ($2::uuid is null or id < $2)
      order by id desc limit $3`,
    [workspace, below, limit],
  )
  return rows.map(stored)
}

export async function countCustomers(pool: Pool, workspace: Uuid): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'select count(*)::int n from customer where workspace_id = $1 and merged_into is null',
    [workspace],
  )
  return rows[0]!.n
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

export type CustomerFilter = {
  stage?: string
  tag?: string
  /** number of a segment: its members */
  segment?: number
  reach?: string
  has?: string
  bought?: (typeof BOUGHT)[number]
  minComplete?: number
  maxComplete?: number
  /** names of what is wanted, for completeness */
  wanted: string[]
}
export type CustomerSort = (typeof CUSTOMER_SORTS)[number]

const RANK: Record<CustomerSort, string> = {
  last_seen: 'toUnixTimestamp64Milli(last_seen)',
  first_seen: 'toUnixTimestamp64Milli(first_seen)',
  last_order: 'toUnixTimestamp64Milli(last_order)',
  revenue: 'revenue',
  orders: 'toInt64(orders)',
}

const boughtIn = (channel: string): string => `arrayExists(c -> c.1 = '${channel}' and c.2 > 0, orders_by)`
const BOUGHT_WHEN: Record<NonNullable<CustomerFilter['bought']>, string> = {
  online: boughtIn('online'),
  store: boughtIn('store'),
  both: `${boughtIn('online')} and ${boughtIn('store')}`,
  any: 'orders > 0',
  none: 'orders = 0',
}

/** The conditions of a search with filters, and what they are bound to. */
function chosen(q: string, except: Uuid[], filter: CustomerFilter): { where: string; params: object } {
  const when = [
    `workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')`,
    `({q:String} = '' or positionCaseInsensitiveUTF8(name, {q:String}) > 0 or customer_id in {also:Array(UUID)})`,
    'customer_id not in {except:Array(UUID)}',
  ]
  if (filter.stage) when.push('stage = {stage:String}')
  if (filter.tag) when.push('has(tags, {tag:String})')
  if (filter.segment !== undefined) when.push('arrayExists(s -> s.1 = {segment:UInt32}, segments)')
  if (filter.reach) when.push('has(reach, {reach:String})')
  if (filter.has) when.push('has(identifiers, {has:String})')
  if (filter.bought) when.push(`(${BOUGHT_WHEN[filter.bought]})`)
  if (filter.wanted.length > 0 && (filter.minComplete !== undefined || filter.maxComplete !== undefined)) {
    const gaps = filter.wanted.map((name, i) => `(${missingWhen(name, `wanted${i}`)})`).join(' + ')
    when.push(
      `round(100 * (1 - (${gaps}) / ${filter.wanted.length})) between {minComplete:UInt8} and {maxComplete:UInt8}`,
    )
  }
  return {
    where: when.join(' and '),
    params: {
      q,
      except,
      ...filter,
      minComplete: filter.minComplete ?? 0,
      maxComplete: filter.maxComplete ?? 100,
      ...Object.fromEntries(filter.wanted.map((name, i) => [`wanted${i}`, name])),
    },
  }
}

/** Customers by name (all when `q` is empty) and filters, the highest of `sort` first, below a position. `except` are
 *  left out; `also` are taken in whatever their name is. */
export async function customersByName(
  history: History,
  workspace: Uuid,
  search: { q: string; except: Uuid[]; also: Uuid[]; filter: CustomerFilter; sort: CustomerSort },
  after: { rank: number; id: Uuid } | null,
  limit: number,
): Promise<{ id: Uuid; rank: number }[]> {
  const { where, params } = chosen(search.q, search.except, search.filter)
  const rank = RANK[search.sort]
  const rows = await askHistory<{ id: Uuid; rank: string }>(
    history,
    `select customer_id as id, ${rank} as rank from customer final
      where ${where} and (not {after:Bool} or (${rank}, customer_id) < ({rank:Int64}, {id:UUID}))
      order by ${rank} desc, customer_id desc limit {limit:UInt32}`,
    {
      workspace,
      ...params,
      also: search.also,
      after: after !== null,
      rank: after?.rank ?? 0,
      id: after?.id ?? NOBODY,
      limit,
    },
  )
  return rows.map(r => ({ id: r.id, rank: Number(r.rank) }))
}

export async function countByName(
  history: History,
  workspace: Uuid,
  search: { q: string; except: Uuid[]; also: Uuid[]; filter: CustomerFilter },
): Promise<number> {
  const { where, params } = chosen(search.q, search.except, search.filter)
  const rows = await askHistory<{ n: string }>(
    history,
    `select count() as n from customer final where ${where}`,
    { workspace, ...params, also: search.also },
  )
  return Number(rows[0]?.n ?? 0)
}

/** Tags in use, most used first. */
export async function tagsInUse(
  history: History,
  workspace: Uuid,
  limit: number,
): Promise<{ tag: string; people: number }[]> {
  return askHistory(
    history,
    `select arrayJoin(tags) as tag, count() as people from customer final
      where workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')
      group by tag order by people desc, tag limit {limit:UInt32}`,
    { workspace, limit },
  )
}

/** Who is meant by a public id; a merged one's survivor.
 *  @throws Problem 404 */
export async function customerOr404(
  pool: Pool,
  workspace: Uuid,
  text: string | undefined,
): Promise<StoredCustomer> {
  const found = await findCustomer(pool, workspace, idOr404('cus', text))
  if (!found) throw notFound('cus')
  return found
}
