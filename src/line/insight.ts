// Asks LINE every day for what it counted: friends of the day before, opens and clicks of each node's messages for two weeks
// after the last one was sent. Days are LINE's, in UTC+9, of the workspace's time.
import { LineFailed } from '../channels/line/account.ts'
import { followersOn, SPAN_DAYS, unitFigures } from '../channels/line/insight.ts'
import { lineDay } from '../channels/line/units.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { accountOf } from './fetching.ts'

const DAY_MS = 86_400_000
/** People open late; after so many days few do. */
const FOLLOWED_DAYS = 14
const TIMEOUT_MS = 20_000

type Unit = {
  workspace_id: Uuid
  account_id: Uuid
  unit: string
  first_day: string
  last_day: string
  offset_ms: number
}

/** Asks for one unit that was not asked for today; true when there was one. */
export async function pullUnit(core: Core): Promise<boolean> {
  const unit = await nextUnit(core.pool)
  if (!unit) return false
  const today = lineDay(Date.now() + unit.offset_ms)
  const yesterday = lineDay(Date.now() + unit.offset_ms - DAY_MS)
  const earliest = lineDay(Date.parse(yesterday) - (SPAN_DAYS - 1) * DAY_MS)
  const [, from = earliest] = [unit.first_day, earliest].toSorted()
  const account = await accountOf(core, unit.account_id)
  if (account && account.settings.aggregation === 'on' && from <= yesterday)
    try {
      const said = await unitFigures(
        account,
        { unit: unit.unit, from, to: yesterday },
        AbortSignal.timeout(TIMEOUT_MS),
      )
      const { uniqueImpression, uniqueClick, uniqueMediaPlayed } = said.overview
      await core.pool.query(
        `update line_unit set impressions = $3, clicks = $4, plays = $5, figures = $6 where account_id = $1 and unit = $2`,
        [unit.account_id, unit.unit, uniqueImpression, uniqueClick, uniqueMediaPlayed, JSON.stringify(said)],
      )
    } catch (error) {
      if (!(error instanceof LineFailed)) throw error
      // LINE takes so many questions an hour: the others of the account wait as long
      if (error.status === 429) return laterUnits(core.pool, unit.account_id, error.againMs ?? 60_000)
      core.log.warn(
        { account: unit.account_id, status: error.status },
        'LINE did not tell the figures of a unit',
      )
    }
  // asked is asked: tomorrow again
  await core.pool.query(
    'update line_unit set pulled_day = $3, pulled_at = clock_timestamp() where account_id = $1 and unit = $2',
    [unit.account_id, unit.unit, today],
  )
  return true
}

async function nextUnit(sql: Sql): Promise<Unit | null> {
  const { rows } = await sql.query<Unit>(
    `select u.workspace_id, u.account_id, u.unit, to_char(u.first_day, 'YYYY-MM-DD') as first_day,
            to_char(u.last_day, 'YYYY-MM-DD') as last_day, w.clock_offset_ms as offset_ms
       from line_unit u join workspace w on w.id = u.workspace_id,
            lateral (select ((clock_timestamp() + w.clock_offset_ms * interval '1 ms') at time zone 'Asia/Tokyo')::date as today) d
      where u.pulled_day is distinct from d.today and u.first_day < d.today and u.last_day >= d.today - $1::int
        and (u.again_at is null or u.again_at <= clock_timestamp())
      order by u.pulled_day nulls first, u.unit limit 1`,
    [FOLLOWED_DAYS],
  )
  return rows[0] ?? null
}

async function laterUnits(sql: Sql, account: Uuid, ms: number): Promise<boolean> {
  await sql.query(
    `update line_unit set again_at = clock_timestamp() + make_interval(secs => $2) where account_id = $1`,
    [account, ms / 1_000],
  )
  return true
}

/** Asks for yesterday's friends of one account; true when there was one to ask for. */
export async function pullFollowers(core: Core): Promise<boolean> {
  const { rows } = await core.pool.query<{ id: Uuid; workspace_id: Uuid; offset_ms: number }>(
    `select a.id, a.workspace_id, w.clock_offset_ms as offset_ms from channel_account a join workspace w on w.id = a.workspace_id,
            lateral (select ((clock_timestamp() + w.clock_offset_ms * interval '1 ms') at time zone 'Asia/Tokyo')::date as today) d
      where a.adapter = 'line'
        and not exists (select from line_day l where l.account_id = a.id and l.day = d.today - 1
                           and (l.followers is not null or l.pulled_at > clock_timestamp() - interval '1 h'))
      order by a.id limit 1`,
  )
  const [next] = rows
  if (!next) return false
  const day = lineDay(Date.now() + next.offset_ms - DAY_MS)
  const account = await accountOf(core, next.id)
  let said: Awaited<ReturnType<typeof followersOn>> = null
  if (account)
    try {
      said = await followersOn(account, day, AbortSignal.timeout(TIMEOUT_MS))
    } catch (error) {
      if (!(error instanceof LineFailed)) throw error // noted as not told: asked again in an hour
    }
  await core.pool.query(
    `insert into line_day (workspace_id, account_id, day, followers, targeted_reaches, blocks, pulled_at)
     values ($1, $2, $3, $4, $5, $6, clock_timestamp())
     on conflict (account_id, day) do update set followers = excluded.followers, targeted_reaches = excluded.targeted_reaches,
       blocks = excluded.blocks, pulled_at = excluded.pulled_at`,
    [
      next.workspace_id,
      next.id,
      day,
      said?.followers ?? null,
      said?.targetedReaches ?? null,
      said?.blocks ?? null,
    ],
  )
  return true
}

export type UnitRow = {
  journey_id: Uuid
  journey: string
  journey_version: number
  node: string
  first_day: string
  last_day: string
  impressions: number | null
  clicks: number | null
  pulled_day: string | null
}

/** What LINE told of the nodes of a journey, or of all; the newest first. */
export async function unitRows(sql: Sql, workspace: Uuid, journey: Uuid | null): Promise<UnitRow[]> {
  const { rows } = await sql.query<UnitRow>(
    `select u.journey_id, coalesce(j.name, '') as journey, u.journey_version, u.node, to_char(u.first_day, 'YYYY-MM-DD') as first_day,
            to_char(u.last_day, 'YYYY-MM-DD') as last_day, u.impressions::int as impressions, u.clicks::int as clicks,
            to_char(u.pulled_day, 'YYYY-MM-DD') as pulled_day
       from line_unit u left join journey j on j.workspace_id = u.workspace_id and j.id = u.journey_id
      where u.workspace_id = $1 and ($2::uuid is null or u.journey_id = $2)
      order by u.last_day desc, u.journey_id, u.journey_version desc, u.node limit 500`,
    [workspace, journey],
  )
  return rows
}

export type DayRow = { day: string; followers: number; targeted_reaches: number | null; blocks: number }
/** The newest day that LINE has told. */
export async function newestDay(sql: Sql, workspace: Uuid, account: Uuid): Promise<DayRow | null> {
  const { rows } = await sql.query<DayRow>(
    `select to_char(day, 'YYYY-MM-DD') as day, followers, targeted_reaches, blocks from line_day
      where workspace_id = $1 and account_id = $2 and followers is not null order by day desc limit 1`,
    [workspace, account],
  )
  return rows[0] ?? null
}
