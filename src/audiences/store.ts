// Audiences, who is in them, and purchases to be told back: all of their SQL. Deadlines are real time.
import { fromSmallestUnit } from '../customers/money.ts'
import { hashId, newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { HistoryRow } from '../inbox/history-rows.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Listener } from '../outflow/read.ts'
import type { Hashes, Provider } from './model.ts'

export type AudienceRow = {
  id: Uuid
  workspace_id: Uuid
  name: string
  provider: Provider
  segment_id: Uuid
  exclude_id: Uuid | null
  settings: Record<string, string>
  secrets: Buffer | null
  state: 'on' | 'paused' | 'failing'
  filled_to: Uuid | null
  filled: boolean
  last_sync: Date | null
  last_error: string | null
  version: number
  /** the channel's account whose users are told of, and its LINE provider */
  account_id: Uuid | null
  line_provider: string | null
  remote_id: string | null
  building: boolean
  building_id: string | null
  generation: number
  drop_ids: string[]
  /** numbers by which customers' states hold the segments */
  segment: number
  exclude: number | null
}
const READ = `select a.id, a.workspace_id, a.name, a.provider, a.segment_id, a.exclude_id, a.settings, a.secrets, a.state,
                     a.filled_to, a.filled, a.last_sync, a.last_error, a.version, a.account_id, a.remote_id, a.building,
                     a.building_id, a.generation, a.drop_ids, c.settings->>'provider' as line_provider,
                     s.n as segment, x.n as exclude
                from ad_audience a join segment s on s.id = a.segment_id left join segment x on x.id = a.exclude_id
                left join channel_account c on c.id = a.account_id and c.workspace_id = a.workspace_id`

export async function listAudiences(
  sql: Sql,
  workspace: Uuid,
): Promise<(AudienceRow & { told: number; waiting: number })[]> {
  const { rows } = await sql.query<AudienceRow & { told: number; waiting: number }>(
    `select r.*, coalesce(m.told, 0)::float8 as told, coalesce(m.waiting, 0)::float8 as waiting
       from (${READ} where a.workspace_id = $1 order by a.created_at, a.id) r
       left join (select audience_id, count(told) as told, count(due) as waiting from ad_member
                   where workspace_id = $1 group by audience_id) m on m.audience_id = r.id`,
    [workspace],
  )
  return rows
}

export async function findAudience(sql: Sql, workspace: Uuid, id: Uuid): Promise<AudienceRow | null> {
  const { rows } = await sql.query<AudienceRow>(`${READ} where a.workspace_id = $1 and a.id = $2`, [
    workspace,
    id,
  ])
  return rows[0] ?? null
}

/** Those that are on, of all workspaces. */
export async function activeAudiences(sql: Sql): Promise<AudienceRow[]> {
  return (await sql.query<AudienceRow>(`${READ} where a.state = 'on' order by a.id`)).rows
}

export type AudienceFields = {
  name: string
  provider: Provider
  segment: Uuid
  exclude: Uuid | null
  settings: Record<string, string>
  secrets: Buffer | null
  account: Uuid | null
  on: boolean
}

/** Makes or changes one. Another segment, or turned on again, everybody is looked at anew. */
export async function saveAudience(
  sql: Sql,
  workspace: Uuid,
  id: Uuid | null,
  f: AudienceFields,
): Promise<Uuid> {
  const key = id ?? newId()
  await sql.query(
    `insert into ad_audience as a (id, workspace_id, name, provider, segment_id, exclude_id, settings, secrets, state, account_id, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9 then 'on' else 'paused' end, $10, clock_timestamp())
     on conflict (id) do update set name = excluded.name, account_id = coalesce(a.account_id, excluded.account_id), segment_id = excluded.segment_id, exclude_id = excluded.exclude_id,
       settings = excluded.settings, secrets = coalesce(excluded.secrets, a.secrets), state = excluded.state,
       filled = false, filled_to = null, last_error = null, version = a.version + 1`,
    [
      key,
      workspace,
      f.name,
      f.provider,
      f.segment,
      f.exclude,
      JSON.stringify(f.settings),
      f.secrets,
      f.on,
      f.account,
    ],
  )
  // who is in it now may not be any more
  await sql.query(
    `update ad_member set due = clock_timestamp(), attempts = 0 where workspace_id = $1 and audience_id = $2 and told is not null`,
    [workspace, key],
  )
  return key
}

export async function deleteAudience(sql: Sql, workspace: Uuid, id: Uuid): Promise<void> {
  for (const table of ['ad_member', 'ad_conversion'])
    await sql.query(`delete from ${table} where workspace_id = $1 and audience_id = $2`, [workspace, id])
  await sql.query('delete from ad_audience where workspace_id = $1 and id = $2', [workspace, id])
}

/** These people are to be looked at. */
export async function lookAt(sql: Sql, workspace: Uuid, audience: Uuid, customers: Uuid[]): Promise<void> {
  if (customers.length === 0) return
  await sql.query(
    `insert into ad_member (workspace_id, audience_id, customer_id, due)
     select $1, $2, u.id, clock_timestamp() from unnest($3::uuid[]) u(id) order by u.id
     on conflict (workspace_id, audience_id, customer_id) do update set due = clock_timestamp(), attempts = 0`,
    [workspace, audience, [...new Set(customers)]],
  )
}

export async function setFilled(sql: Sql, audience: AudienceRow, to: Uuid | null): Promise<void> {
  await sql.query(
    `update ad_audience set filled_to = coalesce($2, filled_to), filled = $2::uuid is null where id = $1 and version = $3`,
    [audience.id, to, audience.version],
  )
}

export type DueMember = { customer_id: Uuid; told: string | null; attempts: number }

/** Of one audience; held for a while, so that a process that dies leaves them to be looked at again. */
export async function claimMembers(
  sql: Sql,
  of: AudienceRow,
  limit: number,
  holdS: number,
): Promise<DueMember[]> {
  const { rows } = await sql.query<DueMember>(
    `with due as (select customer_id from ad_member where workspace_id = $1 and audience_id = $2 and due <= clock_timestamp()
                   order by due limit $3 for update skip locked)
     update ad_member m set attempts = m.attempts + 1, due = clock_timestamp() + make_interval(secs => $4) from due
      where m.workspace_id = $1 and m.audience_id = $2 and m.customer_id = due.customer_id
     returning m.customer_id, m.told, m.attempts`,
    [of.workspace_id, of.id, limit, holdS],
  )
  return rows
}

/** Who else was told of, by one of these hashes at least. */
export async function othersTold(
  sql: Sql,
  of: AudienceRow,
  hashes: Hashes[],
  but: Uuid[],
): Promise<{ customer: Uuid; told: string }[]> {
  const held = hashes.flatMap(({ emails, phones }) => [
    ...emails.map(email => JSON.stringify({ emails: [email] })),
    ...phones.map(phone => JSON.stringify({ phones: [phone] })),
  ])
  const { rows } = await sql.query<{ customer: Uuid; told: string }>(
    // one look into the index for each hash: as `@> any` the whole table is read (500 hashes among 200,000 people: 4.5 s
    // instead of 2 ms)
    `select distinct m.customer_id as customer, m.told from unnest($3::jsonb[]) h(hash)
      cross join lateral (select customer_id, told from ad_member where told::jsonb @> h.hash and told is not null
                             and workspace_id = $1 and audience_id = $2 and customer_id <> all($4::uuid[]) offset 0) m`,
    [of.workspace_id, of.id, held, but],
  )
  return rows
}

/** Nothing where a new one was begun meanwhile: then everybody is looked at again anyhow.
 *  @param told what the platform has of each now @param again s until they are looked at again; null: nothing to do */
export async function settleMembers(
  sql: Sql,
  of: AudienceRow,
  list: { customer: Uuid; told: string | null }[],
  again: number | null,
): Promise<void> {
  if (list.length === 0) return
  await sql.query(
    `with held as (select id from ad_audience where id = $2 and generation = $6 for share)
     update ad_member m set told = u.told, due = case when $5::float8 is null then null else clock_timestamp() + make_interval(secs => $5) end
       from held, unnest($3::uuid[], $4::text[]) u(customer, told)
      where m.workspace_id = $1 and m.audience_id = held.id and m.customer_id = u.customer`,
    [of.workspace_id, of.id, list.map(l => l.customer), list.map(l => l.told), again, of.generation],
  )
  // nobody is kept of whom nothing is told
  await sql.query(
    'delete from ad_member where workspace_id = $1 and audience_id = $2 and customer_id = any($3::uuid[]) and told is null and due is null',
    [of.workspace_id, of.id, list.map(l => l.customer)],
  )
}

export async function noteSync(
  sql: Sql,
  of: AudienceRow,
  error: string | null,
  failing: boolean,
): Promise<void> {
  await sql.query(
    `update ad_audience set last_sync = case when $2::text is null then clock_timestamp() else last_sync end, last_error = $2,
            state = case when $3 and state = 'on' then 'failing' else state end where id = $1`,
    [of.id, error, failing],
  )
}

/** LINE's id of what is being filled now. */
export async function noteRemote(sql: Sql, of: AudienceRow, remote: string): Promise<void> {
  await sql.query(
    of.building
      ? 'update ad_audience set building_id = $2 where id = $1 and building and generation = $3'
      : 'update ad_audience set remote_id = $2, made_at = clock_timestamp() where id = $1 and not building and generation = $3',
    [of.id, remote, of.generation],
  )
}

/** How often a new one is made for those who left, s. LINE forbids making and deleting them again and again. */
const REBUILD_S = 3_600
/** LINE deletes audiences 180 days after they were made. */
const LIVES_S = 150 * 86_400

/** Begins a new one, into which everybody goes again; else in how many seconds it may be. */
export async function rebuild(
  sql: Sql,
  of: AudienceRow,
): Promise<{ begun: true } | { begun: false; inS: number }> {
  const { rows } = await sql.query<{ begun: boolean; in_s: number }>(
    `with begun as (
       update ad_audience set building = true, building_id = null, generation = generation + 1, rebuilt_at = clock_timestamp(),
              drop_ids = drop_ids || coalesce(array[building_id], '{}')
        where id = $1 and generation = $3 and (rebuilt_at is null or rebuilt_at <= clock_timestamp() - make_interval(secs => $2))
       returning id),
     again as (update ad_member m set told = null, due = clock_timestamp(), attempts = 0 from begun
                where m.audience_id = begun.id and m.workspace_id = $4 and (m.told is not null or m.due is not null))
     select exists (select from begun) as begun,
            coalesce((select extract(epoch from rebuilt_at - clock_timestamp()) + $2 from ad_audience where id = $1), 0)::float8 as in_s`,
    [of.id, REBUILD_S, of.generation, of.workspace_id],
  )
  const { begun, in_s } = rows[0]!
  return begun ? { begun } : { begun, inS: Math.max(1, in_s) }
}

/** What was being filled is not there any more: a new one, at once. */
export async function restart(sql: Sql, of: AudienceRow): Promise<void> {
  await sql.query('update ad_audience set rebuilt_at = null where id = $1 and generation = $2', [
    of.id,
    of.generation,
  ])
  await rebuild(sql, of)
}

/** Everybody is in the new one: it is the one in use. */
export async function takeNew(sql: Sql, of: AudienceRow): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update ad_audience a set building = false, building_id = null, remote_id = a.building_id, made_at = clock_timestamp(),
            drop_ids = drop_ids || case when a.remote_id is null then '{}' else array[a.remote_id] end
      where a.id = $1 and a.building and a.generation = $2 and a.filled
        and not exists (select from ad_member m where m.workspace_id = $3 and m.audience_id = a.id and m.told is null and m.due is not null)`,
    [of.id, of.generation, of.workspace_id],
  )
  return rowCount === 1
}

export async function dropped(sql: Sql, of: AudienceRow, remote: string): Promise<void> {
  await sql.query('update ad_audience set drop_ids = array_remove(drop_ids, $2) where id = $1', [
    of.id,
    remote,
  ])
}

/** It is so old that the platform will delete it. */
export async function isOld(sql: Sql, of: AudienceRow): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from ad_audience where id = $1 and not building and made_at < clock_timestamp() - make_interval(secs => $2)`,
    [of.id, LIVES_S],
  )
  return rowCount === 1
}

export type DueConversion = { id: Uuid; customer_id: Uuid; body: string; attempts: number }

export async function claimConversions(
  sql: Sql,
  of: AudienceRow,
  limit: number,
  holdS: number,
): Promise<DueConversion[]> {
  const { rows } = await sql.query<DueConversion>(
    `with due as (select id from ad_conversion where workspace_id = $1 and audience_id = $2 and due <= clock_timestamp()
                   order by due limit $3 for update skip locked)
     update ad_conversion c set attempts = c.attempts + 1, due = clock_timestamp() + make_interval(secs => $4) from due
      where c.workspace_id = $1 and c.id = due.id returning c.id, c.customer_id, c.body, c.attempts`,
    [of.workspace_id, of.id, limit, holdS],
  )
  return rows
}

export async function settleConversion(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  againS: number | null,
): Promise<void> {
  await sql.query(
    `update ad_conversion set due = case when $3::float8 is null then null else clock_timestamp() + make_interval(secs => $3) end
      where workspace_id = $1 and id = $2`,
    [workspace, id, againS],
  )
}

/** What changes whether, or as what, somebody is told of. */
const CHANGES =
  /^(segment\.(entered|left)|consent\.changed|identifier\.(added|removed)|customer\.(merged|unmerged))$/

type Props = { segment?: string; loser?: string; order?: string; currency?: string; revenue_change?: number }

/** Puts people in line whose segments, consents or contacts changed, and purchases of those who are told of. */
export const audienceListener: Listener = {
  async workspaces(sql) {
    const { rows } = await sql.query<{ workspace_id: Uuid }>('select distinct workspace_id from ad_audience')
    return rows.map(r => r.workspace_id)
  },
  async take(sql, rows) {
    for (const audience of await activeAudiences(sql)) {
      const own = rows.filter(r => r.workspace_id === audience.workspace_id)
      const changed = own.filter(r => CHANGES.test(r.name) && isAbout(audience, r))
      await lookAt(
        sql,
        audience.workspace_id,
        audience.id,
        changed.flatMap(r => [r.customer_id, ...loserOf(r)]),
      )
      if (audience.settings.pixelId) await keepPurchases(sql, audience, own)
    }
  },
}

/** Who became part of another is told of as that one from then on. */
const loserOf = (row: HistoryRow): Uuid[] => {
  const { loser } = row.name === 'customer.merged' ? (JSON.parse(row.props) as Props) : {}
  return loser === undefined ? [] : [loser]
}

function isAbout(audience: AudienceRow, row: HistoryRow): boolean {
  if (!row.name.startsWith('segment.')) return true
  const segment = parseId('seg', (JSON.parse(row.props) as Props).segment ?? '')
  return segment === audience.segment_id || segment === audience.exclude_id
}

/** An order that begins to count is a purchase. */
async function keepPurchases(sql: Sql, audience: AudienceRow, rows: HistoryRow[]): Promise<void> {
  for (const row of rows) {
    if (!/^order\.(placed|paid)$/.test(row.name)) continue
    const { order, currency, revenue_change = 0 } = JSON.parse(row.props) as Props
    if (!order || !currency || revenue_change <= 0) continue
    const id = hashId(audience.id, order)
    const body = JSON.stringify({
      id: publicId('evt', id),
      at: row.occurred,
      currency,
      value: fromSmallestUnit(revenue_change, currency),
      order,
    })
    await sql.query(
      `insert into ad_conversion (workspace_id, id, audience_id, customer_id, body, due, created_at)
       values ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp()) on conflict do nothing`,
      [audience.workspace_id, id, audience.id, row.customer_id, body],
    )
  }
}
