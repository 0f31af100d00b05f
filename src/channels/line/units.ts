// Names under which LINE counts opens and clicks of messages: one for each node of a journey's version. LINE tells no person's
// opens, only sums by such a name. Source: developers.line.biz/en/docs/messaging-api/unit-based-statistics-aggregation.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'

export type UnitOf = { journey: Uuid; version: number; node: string }

/** LINE's limit of different names in a month. */
const MOST_IN_MONTH = 1_000
const JAPAN_MS = 9 * 3_600_000

/** A day as LINE counts them (UTC+9), of workspace time. */
export const lineDay = (at: number): string => new Date(at + JAPAN_MS).toISOString().slice(0, 10)

/** At most 30 letters, digits and _. */
export const unitName = ({ journey, version, node }: UnitOf): string =>
  'u' +
  createHash('sha256')
    .update(JSON.stringify([journey, version, node]))
    .digest('hex')
    .slice(0, 27)

/** what was noted on a day needs no second note */
const noted = new LRUCache<string, string>({ max: 20_000 })

/** The name of a node's messages, kept so that it can be asked about; undefined: LINE would not take one more this month. */
export async function unitFor(
  sql: Sql,
  account: { id: Uuid; workspace: Uuid },
  of: UnitOf,
  at: number,
): Promise<string | undefined> {
  const unit = unitName(of)
  const day = lineDay(at)
  const key = `${account.id} ${unit}`
  if (noted.get(key) === day) return unit
  const { rowCount } = await sql.query(
    `insert into line_unit (workspace_id, account_id, unit, journey_id, journey_version, node, first_day, last_day)
     select $1, $2, $3, $4, $5, $6, $7::date, $7::date
      where exists (select from line_unit where account_id = $2 and unit = $3)
         or (select count(*) from line_unit where account_id = $2 and last_day >= date_trunc('month', $7::date)) < $8
     on conflict (account_id, unit) do update set last_day = greatest(line_unit.last_day, excluded.last_day)`,
    [account.workspace, account.id, unit, of.journey, of.version, of.node, day, MOST_IN_MONTH],
  )
  if (rowCount !== 1) return undefined
  noted.set(key, day)
  return unit
}
