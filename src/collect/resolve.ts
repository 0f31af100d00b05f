// Which customer an event is for: reads and claims identifiers. Owners alone decide merges; this only routes, and
// hands over the list where identifiers have several holders. Holders may be cached: the owner of a merged customer
// forwards, and what a living one gave away is read again as soon as that is heard (topic `holder`), at most a minute later;
// meanwhile its owner passes on. Identifiers that several people
// turned up with (src/customers/shared.ts) route only what comes with nothing else. An identifier claimed for an
// event that was then not stored stays with its empty customer: a retry finds it, a merge repoints it.
import { LRUCache } from 'lru-cache'
import type { IdRef, Proof } from '../customers/model.ts'
import { hasId, strongestOf } from '../customers/shared.ts'
import type { EventBody } from '../inbox/model.ts'
import { must } from '../platform/errors.ts'
import { bucketOfText, newId, type Uuid } from '../platform/ids.ts'
import { booleans, smallints, texts, uuids } from '../platform/pg-array.ts'
import { inTransaction, isTransient, type Pool, type Sql } from '../platform/postgres.ts'
import { sharedAs, strengthOf, type IdentifierKind } from '../rules/identifiers.ts'

export type Resolvable = { workspace: Uuid; ids: IdRef[]; proof: Proof }
/** `customer`: the smallest id that holds one of the identifiers; `holders`: the others, the strongest identifier's
 *  first (member_no, user_id and cards, contacts, browsers); `shared`: those of its identifiers that name nobody. */
export type Resolved = { customer: Uuid; holders: Uuid[]; shared: IdRef[] }

/** The event as it is appended for whom it was resolved to. */
export function resolvedEvent(event: EventBody, { holders, shared }: Resolved): EventBody {
  if (holders.length === 0 && shared.length === 0) return event
  const body = holders.length > 0 ? { ...event, holders } : event
  return shared.length === 0 ? body : { ...body, ids: event.ids.filter(id => !hasId(shared, id)), shared }
}

// A missing identifier is claimed for an existing holder only when that holder was found by one at least as strong
// (src/rules/identifiers.ts): a browser or a shared phone number never turns a new member into somebody else. Otherwise
// it gets an id of its own and the owners decide; merging with a customer that has no row yet only repoints.

/** A member number and a user id of the same value name the same person: each finds the other's holder. */
const ALIAS: Partial<Record<IdentifierKind, IdentifierKind>> = {
  member_no: 'user_id',
  user_id: 'member_no',
}

/** The bucket of an identifier's row. */
export const identifierBucket = (id: IdRef): number => bucketOfText(id.kind, id.value)

const CACHE_ENTRIES = 200_000
const CACHE_MS = 60_000
type Holder = { customer: Uuid; shared: boolean }
/** `at`: since when it may be so (monotonic ms), before it was read */
type Remembered = Holder & { at: number }
type Cache = {
  holders: LRUCache<string, Remembered>
  /** when it was heard of these customers that they no longer have all that is remembered */
  moved: LRUCache<Uuid, number>
}
const caches = new WeakMap<Pool, Cache>()
function cacheOf(pool: Pool): Cache {
  const cache = caches.get(pool) ?? openCache(CACHE_ENTRIES)
  caches.set(pool, cache)
  return cache
}
function openCache(max: number): Cache {
  const bounds = { max, ttl: CACHE_MS, ttlResolution: 1_000 }
  return { holders: new LRUCache(bounds), moved: new LRUCache({ ...bounds, ttl: 2 * CACHE_MS }) }
}

/** How many holders are remembered beside this pool, before it is first used: full, the usual cache is some 60 MB. */
export const rememberHolders = (pool: Pool, most: number): void => void caches.set(pool, openCache(most))

/** What is remembered of this customer is asked again; without one, of everybody. */
export function forgetHolders(pool: Pool, customer = ''): void {
  if (customer === '') caches.get(pool)?.holders.clear()
  else cacheOf(pool).moved.set(customer, performance.now())
}

function remembered({ holders, moved }: Cache, text: string): Remembered | undefined {
  const holder = holders.get(text)
  if (holder === undefined || moved.size === 0) return holder
  return holder.at <= (moved.get(holder.customer) ?? Number.NEGATIVE_INFINITY) ? undefined : holder
}

type Key = { text: string; workspace: Uuid; kind: IdentifierKind; value: string; bucket: number }
type Keys = Map<string, Key>
/** Holders by key. A shared identifier's is in `nobody` instead, and in nothing that routes. */
type Held = { by: Map<string, Uuid>; nobody: Map<string, Uuid> }
type Claim = Key & { customer: Uuid; verified: boolean }

const keyText = (workspace: Uuid, { kind, value }: IdRef): string => workspace + ' ' + kind + ' ' + value

/** An item with its identifiers' keys, written once: they are looked up a dozen times. */
type Asked = { workspace: Uuid; proof: Proof; ids: { id: IdRef; text: string; strength: number }[] }
const asked = ({ workspace, proof, ids }: Resolvable): Asked => ({
  workspace,
  proof,
  ids: ids.map(id => ({ id, text: keyText(workspace, id), strength: strengthOf(id.kind) })),
})

/** Resolves the items in order. All claims of the batch are made before any item is resolved. Safe to repeat and
 *  safe to run at once anywhere: one identifier has one holder.
 *  @throws the database's error; nothing but claims (which a retry finds again) may have been written */
export async function resolveBatch(core: { pool: Pool }, given: Resolvable[]): Promise<Resolved[]> {
  const cache = cacheOf(core.pool)
  const at = performance.now()
  const items = given.map(asked)
  const held: Held = { by: new Map(), nobody: new Map() }
  const fromCache = new Set<string>()
  const unknown: Keys = new Map()
  for (const item of items) {
    must(item.ids.length > 0, 'an item to resolve has an identifier')
    for (const { id, text } of item.ids) {
      if (held.by.has(text) || held.nobody.has(text) || unknown.has(text)) continue
      const holder = remembered(cache, text)
      if (holder) {
        put(held, text, holder)
        fromCache.add(text)
      } else addKey(unknown, item.workspace, id, text)
    }
  }
  // what the cache says may be from before a merge: where it names several people, ask again
  for (const item of items) {
    if (item.ids.length < 2 || holdersOf(item, held).length < 2) continue
    for (const { id, text } of item.ids) if (fromCache.delete(text)) addKey(unknown, item.workspace, id, text)
  }
  if (unknown.size > 0) {
    addAliases(unknown)
    await read(core.pool, unknown, held)
    if (planClaims(items, { ...held, by: new Map(held.by) }).length > 0) await claim(core.pool, items, held)
    for (const text of unknown.keys()) {
      const holder = held.by.get(text)
      const nobody = held.nobody.get(text)
      if (holder) cache.holders.set(text, { customer: holder, shared: false, at })
      else if (nobody) cache.holders.set(text, { customer: nobody, shared: true, at })
    }
  }
  return items.map(item => {
    const shared = held.nobody.size === 0 ? [] : sharedIn(item, held)
    if (shared.length === item.ids.length)
      return {
        customer: held.nobody.get(keyText(item.workspace, strongestOf(shared)!))!,
        holders: [],
        shared,
      }
    const holders = holdersOf(item, held)
    const customer = holders.toSorted()[0]!
    return { customer, holders: holders.length === 1 ? [] : holders.filter(h => h !== customer), shared }
  })
}

/** Who holds an identifier of each item, by the strongest that anybody holds; null: nobody does. Claims nothing. */
export async function findHolders(core: { pool: Pool }, given: Resolvable[]): Promise<(Uuid | null)[]> {
  const keys: Keys = new Map()
  const items = given.map(asked)
  for (const { workspace, ids } of items) for (const { id, text } of ids) addKey(keys, workspace, id, text)
  addAliases(keys)
  const held: Held = { by: new Map(), nobody: new Map() }
  await read(core.pool, keys, held)
  return items.map(item => holdersOf(item, held)[0] ?? null)
}

const sharedIn = (item: Asked, held: Held): IdRef[] =>
  item.ids.flatMap(({ id, text }) => (sharedAs(id.kind) !== undefined && held.nobody.has(text) ? id : []))

function put(held: Held, text: string, holder: Holder): void {
  if (holder.shared) {
    held.by.delete(text)
    held.nobody.set(text, holder.customer)
  } else {
    held.nobody.delete(text)
    held.by.set(text, holder.customer)
  }
}

/** Distinct holders of an item's identifiers, the strongest identifier's first. */
function holdersOf(item: Asked, held: Held): Uuid[] {
  const found: Uuid[] = []
  const ids = item.ids.length === 1 ? item.ids : item.ids.toSorted((a, b) => b.strength - a.strength)
  for (const { id, text } of ids) {
    const holder = held.by.get(text) ?? aliasHolder(item.workspace, id, held)
    if (holder && !found.includes(holder)) found.push(holder)
  }
  return found
}

function aliasHolder(workspace: Uuid, id: IdRef, held: Held): Uuid | undefined {
  const kind = ALIAS[id.kind]
  return kind && held.by.get(keyText(workspace, { kind, value: id.value }))
}

/** What must be claimed so that every identifier has a holder. Writes the plan into `held`. Pure. */
function planClaims(items: Asked[], held: Held): Claim[] {
  const claims: Claim[] = []
  for (const item of items) {
    let best = 0
    let bestHolder: Uuid | undefined
    let bestMissing = 0
    for (const { id, text, strength } of item.ids) {
      if (held.nobody.has(text)) continue
      const holder = held.by.get(text) ?? aliasHolder(item.workspace, id, held)
      if (holder && strength > best) {
        best = strength
        bestHolder = holder
      }
      if (!holder && strength > bestMissing) bestMissing = strength
    }
    let fresh: Uuid | undefined
    for (const { id, text } of item.ids) {
      if (held.by.has(text) || held.nobody.has(text)) continue
      const customer =
        aliasHolder(item.workspace, id, held) ??
        (bestHolder && bestMissing <= best ? bestHolder : (fresh ??= newId()))
      held.by.set(text, customer)
      claims.push({
        text,
        workspace: item.workspace,
        kind: id.kind,
        value: id.value,
        bucket: identifierBucket(id),
        customer,
        verified: item.proof !== 'public',
      })
    }
  }
  return claims
}

/** Claims what is missing; afterwards `held` names the holder of every identifier of the items. */
async function claim(pool: Pool, items: Asked[], held: Held): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const made = await inTransaction(pool, async sql => {
        const known: Held = { by: new Map(held.by), nobody: new Map(held.nobody) }
        const wanted: Keys = new Map()
        for (const item of items)
          for (const { id, text } of item.ids)
            if (!known.by.has(text) && !known.nobody.has(text)) addKey(wanted, item.workspace, id, text)
        const paired = [...wanted.values()].filter(k => ALIAS[k.kind])
        if (paired.length > 0) {
          // two rows (member_no v, user_id v) cannot be one unique key: claims of one value take turns
          await sql.query(
            'select pg_advisory_xact_lock(k) from (select distinct hashtextextended(x, 11) k from unnest($1::text[]) x order by 1) s',
            [paired.map(k => k.workspace + ' ' + k.value)],
          )
          addAliases(wanted)
          await read(sql, wanted, known)
        }
        const claims = planClaims(items, known).sort(byKey)
        const lost = await insert(sql, claims)
        if (lost.size > 0) {
          for (const text of lost.keys()) known.by.delete(text)
          await read(sql, lost, known)
          for (const text of lost.keys())
            must(known.by.has(text) || known.nobody.has(text), 'a claim that was refused has a holder')
        }
        return known
      })
      held.by = made.by
      held.nobody = made.nobody
      return
    } catch (error) {
      if (attempt >= 3 || !/^40/.test((error as { code?: string }).code ?? '') || !isTransient(error))
        throw error
    }
  }
}

const byKey = (a: Key, b: Key): number =>
  a.bucket - b.bucket ||
  (a.workspace < b.workspace ? -1 : a.workspace > b.workspace ? 1 : 0) ||
  (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) ||
  (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)

function addKey(keys: Keys, workspace: Uuid, id: IdRef, text = keyText(workspace, id)): void {
  const { kind, value } = id
  if (!keys.has(text)) keys.set(text, { text, workspace, kind, value, bucket: identifierBucket(id) })
}

function addAliases(keys: Keys): void {
  for (const key of [...keys.values()]) {
    const alias = ALIAS[key.kind]
    if (alias) addKey(keys, key.workspace, { kind: alias, value: key.value })
  }
}

type IdentifierRow = {
  workspace_id: Uuid
  kind: IdentifierKind
  value: string
  customer_id: Uuid
  shared: boolean
}

async function read(sql: Sql, keys: Keys, held: Held): Promise<void> {
  const list = [...keys.values()]
  const { rows } = await sql.query<IdentifierRow>(
    // one look into the primary key for each (`offset 0` keeps it so): as a join, a thousand keys of a file made PostgreSQL
    // read the whole table, which was a quarter of its work at 400,000 identifiers
    `select x.* from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[]) k (bucket, workspace_id, kind, value)
      cross join lateral (select i.workspace_id, i.kind, i.value, i.customer_id, i.shared from identifier i
        where i.bucket = k.bucket and i.workspace_id = k.workspace_id and i.kind = k.kind and i.value = k.value offset 0) x`,
    [
      smallints(list.map(k => k.bucket)),
      uuids(list.map(k => k.workspace)),
      texts(list.map(k => k.kind)),
      texts(list.map(k => k.value)),
    ],
  )
  for (const row of rows)
    put(held, keyText(row.workspace_id, row), {
      customer: row.customer_id,
      shared: row.shared,
    })
}

/** Inserts the claims, which must be in key order (so that two batches cannot wait for each other); returns those
 *  that somebody else holds. */
async function insert(sql: Sql, claims: Claim[]): Promise<Keys> {
  const lost: Keys = new Map(claims.map(c => [c.text, c]))
  if (claims.length === 0) return lost
  const { rows } = await sql.query<Omit<IdentifierRow, 'customer_id' | 'shared'>>(
    `insert into identifier (bucket, workspace_id, kind, value, customer_id, verified, created_at)
     select *, clock_timestamp() from unnest($1::smallint[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bool[])
     on conflict do nothing returning workspace_id, kind, value`,
    [
      smallints(claims.map(c => c.bucket)),
      uuids(claims.map(c => c.workspace)),
      texts(claims.map(c => c.kind)),
      texts(claims.map(c => c.value)),
      uuids(claims.map(c => c.customer)),
      booleans(claims.map(c => c.verified)),
    ],
  )
  for (const row of rows) lost.delete(keyText(row.workspace_id, row))
  return lost
}
