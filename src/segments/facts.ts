// What history says of segments: sizes now and over time, who is a member, who entered and left. Members stand in the
// newest snapshot of each customer; changes are the facts segment.entered and segment.left.
import { askHistory, type History } from '../platform/clickhouse.ts'
import { publicId, type Uuid } from '../platform/ids.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'
const ALIVE = `workspace_id = {workspace:UUID} and merged_into = toUUID('${NOBODY}')`
const CHANGES = `workspace_id = {workspace:UUID} and name in ('segment.entered', 'segment.left')`

/** Members of every segment by number, then by number of the group. */
export async function sizes(history: History, workspace: Uuid): Promise<Map<number, Map<number, number>>> {
  const rows = await askHistory<{ n: number; g: number; size: number }>(
    history,
    `select s.1 as n, s.2 as g, count() as size from customer final array join segments as s where ${ALIVE} group by n, g`,
    { workspace },
  )
  const found = new Map<number, Map<number, number>>()
  for (const { n, g, size } of rows) {
    const groups = found.get(n) ?? new Map<number, number>()
    found.set(n, groups.set(g, size))
  }
  return found
}

export type Change = { entered: number; left: number }

/** Who entered and left every segment since a moment (workspace ms), by public id. Moves within a partition count in
 *  neither: they leave one group and enter another. */
export async function changesSince(
  history: History,
  workspace: Uuid,
  since: number,
): Promise<Map<string, Change>> {
  const rows = await askHistory<{ segment: string } & Change>(
    history,
    `select segment, countIf(name = 'segment.entered') as entered, countIf(name = 'segment.left') as left from event
      where ${CHANGES} and occurred >= fromUnixTimestamp64Milli({since:Int64}) and JSONExtractString(props, 'moved') = ''
      group by segment`,
    { workspace, since },
  )
  return new Map(rows.map(({ segment, entered, left }) => [segment, { entered, left }]))
}

/** Members of a segment (of one group, when `group` is given) in ClickHouse's order of their ids. */
export async function membersOf(
  history: History,
  workspace: Uuid,
  n: number,
  group: number | null,
  after: Uuid | null,
  limit: number,
): Promise<Uuid[]> {
  const rows = await askHistory<{ id: Uuid }>(
    history,
    `select customer_id as id from customer final
      where ${ALIVE} and arrayExists(s -> s.1 = {n:UInt32} and ({g:UInt16} = 0 or s.2 = {g:UInt16}), segments) and customer_id > {after:UUID}
      order by customer_id limit {limit:UInt32}`,
    { workspace, n, g: group ?? 0, after: after ?? NOBODY, limit },
  )
  return rows.map(r => r.id)
}

export type DayOfSegment = { at: number; size: number | null; entered: number; left: number }

/** Each of the last days in the workspace's zone, the oldest first: the day's last point, and who entered and left. */
export async function daysOf(
  history: History,
  workspace: Uuid,
  segment: { id: Uuid; n: number },
  zone: string,
  now: number,
  days: number,
): Promise<DayOfSegment[]> {
  const params = { workspace, segment: publicId('seg', segment.id), n: segment.n, zone, now, days }
  const rows = await askHistory<{ at: number; size: number | null; entered: number; left: number }>(
    history,
    `with toStartOfDay(fromUnixTimestamp64Milli({now:Int64}), {zone:String}) as today,
      days as (select toUnixTimestamp(subtractDays(today, number)) as at from numbers({days:UInt32})),
      points as (
        select toUnixTimestamp(toStartOfDay(toDateTime(at, {zone:String}))) as day, argMax(size, at) as size
          from (select at, sum(size) as size from segment_size final
                 where workspace_id = {workspace:UUID} and segment = {n:UInt32} and at >= subtractDays(today, {days:UInt32} - 1)
                 group by at)
         group by day),
      changes as (
        select toUnixTimestamp(toStartOfDay(toDateTime(occurred, {zone:String}))) as day, countIf(name = 'segment.entered') as entered, countIf(name = 'segment.left') as left
          from event where ${CHANGES} and segment = {segment:String} and occurred >= subtractDays(today, {days:UInt32} - 1)
           and JSONExtractString(props, 'moved') = ''
         group by day)
     select toFloat64(d.at) * 1000 as at, if(p.day = 0, null, p.size) as size, c.entered as entered, c.left as left
       from days d left join points p on p.day = d.at left join changes c on c.day = d.at order by at`,
    params,
  )
  return rows.map(({ at, size, entered, left }) => ({ at, size, entered, left }))
}

export type Passage = {
  customer: Uuid
  at: number
  name: string
  props: string
  version: number
  /** where it stands among those of the same moment */
  place: string
}

/** Who entered and left, the newest first, below a position. */
export async function passagesOf(
  history: History,
  workspace: Uuid,
  segment: Uuid,
  only: { way?: 'entered' | 'left' | undefined; group?: string | undefined },
  after: { at: number; place: string } | null,
  limit: number,
): Promise<Passage[]> {
  return askHistory<Passage>(
    history,
    `select customer_id as customer, toFloat64(toUnixTimestamp64Milli(occurred)) as at, name, props, version,
            concat(toString(customer_id), '/', leftPad(toString(seq), 12, '0'), '/', leftPad(toString(line), 6, '0'), '/', leftPad(toString(part), 5, '0')) as place
       from event
      where ${CHANGES} and segment = {segment:String} and ({name:String} = '' or name = {name:String})
        and ({group:String} = '' or JSONExtractString(props, 'group') = {group:String})
        and (not {after:Bool} or (toUnixTimestamp64Milli(occurred), place) < ({at:Int64}, {place:String}))
      order by occurred desc, place desc limit {limit:UInt32}`,
    {
      workspace,
      segment: publicId('seg', segment),
      name: only.way === undefined ? '' : `segment.${only.way}`,
      group: only.group ?? '',
      after: after !== null,
      at: after?.at ?? 0,
      place: after?.place ?? '',
      limit,
    },
  )
}

export type VersionFacts = {
  version: number
  entered: number
  left: number
  recheckedIn: number
  recheckedOut: number
}

/** What each version did: by what happened, and by its own publication. */
export async function versionFacts(
  history: History,
  workspace: Uuid,
  segment: Uuid,
): Promise<Map<number, VersionFacts>> {
  const rows = await askHistory<VersionFacts>(
    history,
    `select version, countIf(name = 'segment.entered' and not own) as entered, countIf(name = 'segment.left' and not own) as left,
            countIf(name = 'segment.entered' and own) as recheckedIn, countIf(name = 'segment.left' and own) as recheckedOut
       from (select version, name, JSONExtractString(props, 'cause') = 'published' as own from event
              where ${CHANGES} and segment = {segment:String} and JSONExtractString(props, 'moved') = '')
      group by version`,
    { workspace, segment: publicId('seg', segment) },
  )
  return new Map(rows.map(r => [r.version, r]))
}

/** The last point kept between two moments (workspace ms); null: none was. */
export async function sizeBetween(
  history: History,
  workspace: Uuid,
  n: number,
  from: number,
  to: number,
): Promise<number | null> {
  const rows = await askHistory<{ size: number }>(
    history,
    `select sum(size) as size from segment_size final
      where workspace_id = {workspace:UUID} and segment = {n:UInt32} and at >= fromUnixTimestamp64Milli({from:Int64}) and at < fromUnixTimestamp64Milli({to:Int64})
      group by at order by at desc limit 1`,
    { workspace, n, from, to },
  )
  return rows[0]?.size ?? null
}

/** Members now, and how many of them some channel could reach. */
export async function reachOfMembers(
  history: History,
  workspace: Uuid,
  n: number,
): Promise<{ members: number; reachable: number }> {
  const rows = await askHistory<{ members: number; reachable: number }>(
    history,
    `select count() as members, countIf(notEmpty(reach)) as reachable from customer final
      where ${ALIVE} and arrayExists(s -> s.1 = {n:UInt32}, segments)`,
    { workspace, n },
  )
  return rows[0] ?? { members: 0, reachable: 0 }
}
