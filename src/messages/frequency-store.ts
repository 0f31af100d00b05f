// Rows of frequency rules; and how much a person has had, counted from the ledger while their row is held.
import type { ChannelName } from '../channels/model.ts'
import { Problem } from '../platform/errors.ts'
import { bucketOf, newId, type Uuid } from '../platform/ids.ts'
import { instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'
import { notFound } from '../platform/public-id.ts'
import type { FrequencyPer, FrequencyRule } from './frequency.ts'

export type FrequencyRow = FrequencyRule & {
  workspace: Uuid
  segmentId: Uuid | null
  segmentStatus: string | null
  version: number
}
const SELECT = `select r.id, r.workspace_id as workspace, r.segment_id as "segmentId", s.n as segment, s.name as "segmentName", s.status as "segmentStatus",
       r.channel, r.max, r.per, r.days, r.version::float8 as version
  from frequency_rule r left join segment s on s.workspace_id = r.workspace_id and s.id = r.segment_id`

/** Rules of these workspaces, the oldest first. */
export async function frequencyRules(sql: Sql, workspaces: Uuid[]): Promise<Map<Uuid, FrequencyRow[]>> {
  const { rows } = await sql.query<FrequencyRow>({
    name: 'frequency_rules',
    text: `${SELECT} where r.workspace_id = any($1::uuid[]) order by r.created_at, r.id`,
    values: [uuids(workspaces)],
  })
  return Map.groupBy(rows, r => r.workspace)
}

/** How many messages each rule has held back since `since` (workspace ms). */
export async function heldBack(sql: Sql, workspace: Uuid, since: number): Promise<Map<Uuid, number>> {
  const { rows } = await sql.query<{ rule: Uuid; n: number }>(
    `select held_by as rule, count(*)::int as n from message
      where workspace_id = $1 and held_by is not null and changed >= $2 group by 1`,
    [workspace, new Date(since)],
  )
  return new Map(rows.map(r => [r.rule, r.n]))
}

export type FrequencyInput = {
  segment: Uuid | null
  channel: ChannelName | null
  max: number
  per: FrequencyPer
  days: number
}

/** @throws Problem 409 `version_conflict`, 404 */
export async function putRule(
  sql: Sql,
  workspace: Uuid,
  id: Uuid | null,
  input: FrequencyInput,
  version: number,
  by: string,
): Promise<Uuid> {
  const { segment, channel, max, per, days } = input
  if (id === null) {
    const made = newId()
    await sql.query(
      `insert into frequency_rule (id, workspace_id, segment_id, channel, max, per, days, created_by, created_at, updated_by, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), $8, clock_timestamp())`,
      [made, workspace, segment, channel, max, per, days, by],
    )
    return made
  }
  const { rowCount } = await sql.query(
    `update frequency_rule set segment_id = $4, channel = $5, max = $6, per = $7, days = $8, version = version + 1,
            updated_by = $9, updated_at = clock_timestamp()
      where workspace_id = $1 and id = $2 and version = $3`,
    [workspace, id, version, segment, channel, max, per, days, by],
  )
  if (rowCount === 1) return id
  const there = await sql.query('select from frequency_rule where workspace_id = $1 and id = $2', [
    workspace,
    id,
  ])
  if (there.rowCount === 0) throw notFound('frq')
  throw new Problem(409, 'version_conflict', 'Somebody else changed this rule meanwhile', {
    path: 'version',
    action: 'Load it again and repeat your change.',
  })
}

/** @throws Problem 404 */
export async function dropRule(sql: Sql, workspace: Uuid, id: Uuid): Promise<void> {
  const { rowCount } = await sql.query('delete from frequency_rule where workspace_id = $1 and id = $2', [
    workspace,
    id,
  ])
  if (rowCount === 0) throw notFound('frq')
}

/** What a rule counts for one message. */
export type Counting = { workspace: Uuid; people: Uuid[]; channel: string | null; since: number }

/** Holds these people's rows, in order, until the end of the transaction: whoever else wants to count them waits. */
async function holdPeople(sql: Sql, countings: Counting[]): Promise<void> {
  const rows = new Map(
    countings.flatMap(c => c.people.map(p => [`${p} ${c.workspace}`, { person: p, workspace: c.workspace }])),
  )
  const list = [...rows.values()].sort(
    (a, b) => bucketOf(a.person) - bucketOf(b.person) || (a.person < b.person ? -1 : 1),
  )
  await sql.query({
    name: 'frequency_hold',
    text: `insert into frequency_lock as l (bucket, workspace_id, customer_id)
      select * from unnest($1::smallint[], $2::uuid[], $3::uuid[])
      on conflict (bucket, workspace_id, customer_id) do update set turns = l.turns + 1`,
    values: [
      smallints(list.map(r => bucketOf(r.person))),
      uuids(list.map(r => r.workspace)),
      uuids(list.map(r => r.person)),
    ],
  })
}

/** How many messages each of these counts, `but` for some that are asking themselves; their people's rows are held. */
export async function countHeld(sql: Sql, countings: Counting[], but: Uuid[]): Promise<number[]> {
  await holdPeople(sql, countings)
  return countHad(sql, countings, but)
}

/** The same of this moment, with nothing held: to be told, not to decide by. */
export async function countHad(sql: Sql, countings: Counting[], but: Uuid[]): Promise<number[]> {
  const flat = countings.flatMap((c, i) => c.people.map(person => ({ ...c, person, i })))
  const { rows } = await sql.query<{ n: number }>({
    name: 'frequency_count',
    text: `select c.n from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[]) with ordinality q(bucket, customer_id, workspace_id, channel, since, place)
      cross join lateral (
        select count(*)::int as n from message m
         where m.bucket = q.bucket and m.customer_id = q.customer_id and m.out_at >= q.since and m.workspace_id = q.workspace_id
           and (q.channel is null or m.channel = q.channel) and m.state not in ('skipped', 'failed') and m.id <> all($6::uuid[])) c
      order by q.place`,
    values: [
      smallints(flat.map(f => bucketOf(f.person))),
      uuids(flat.map(f => f.person)),
      uuids(flat.map(f => f.workspace)),
      texts(flat.map(f => f.channel)),
      instants(flat.map(f => f.since)),
      uuids(but),
    ],
  })
  const sums = countings.map(() => 0)
  for (const [at, { i }] of flat.entries()) sums[i]! += rows[at]!.n
  return sums
}
