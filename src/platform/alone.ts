// Some work needs the database to itself. Running processes can be told by the names of their connections, which say the
// roles they run or the lease they hold.
import { Problem } from './errors.ts'
import type { Sql } from './postgres.ts'

/** @param then what to do after stopping it. @throws Problem 409 `in_use` while a server works on the database */
export async function demandAlone(sql: Sql, then: string): Promise<void> {
  const { rows } = await sql.query(
    `select from pg_stat_activity where datname = current_database() and (application_name ~ '^itinera (web|fold|deliver|history)'
        or application_name in (select left('itinera ' || owner, 63) from bucket union select left('itinera ' || owner, 63) from history_group))`,
  )
  if (rows.length > 0)
    throw new Problem(409, 'in_use', 'A server still works on this database', {
      action: `Stop it (Ctrl-C) on every machine, then ${then}.`,
    })
}
