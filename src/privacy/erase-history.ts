// A person's rows in history go; rows of others that name them stay without the values.
import { setTimeout as sleep } from 'node:timers/promises'
import { awaitHistory } from '../inbox/announce.ts'
import { askHistory } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
import { escapeRegExp, fragmentsOf, type Needles, type Person } from './model.ts'
import { historyHolds, historyNeedles, historyTables } from './places.ts'
import type { Tally } from './tally.ts'

/** After history has passed the journal as it is now, so that no batch with older rows is still on its way. The
 *  mutation is waited for: the parts are written anew without the rows. */
export async function eraseHistory(
  core: Core,
  person: Person,
  needles: Needles,
  erased: Tally,
  redacted: Tally,
): Promise<void> {
  await historyHasPassed(core)
  for (const t of await historyTables(core.history)) {
    const params = { ...historyNeedles(person.workspace, needles), ids: person.ids }
    const count = async (where: string): Promise<number> =>
      (
        await askHistory<{ n: number }>(
          core.history,
          `select toUInt32(count()) as n from ${t.table} where ${where}`,
          params,
        )
      )[0]!.n
    const mutate = async (change: string): Promise<void> => {
      await core.history.command({
        query: `alter table ${t.table} ${change} settings mutations_sync = 1`,
        query_params: params,
      })
    }
    const theirs = 'workspace_id = {workspace:UUID} and customer_id in {ids:Array(UUID)}'
    const rows = t.byCustomer ? await count(theirs) : 0
    if (rows > 0) await mutate(`delete where ${theirs}`)
    erased.add(`clickhouse.${t.table}`, rows)
    const others = await count(historyHolds(t))
    if (others === 0) continue
    // a row of somebody else, or of nobody, that names them: the values go, the row stays
    const cleared = [
      ...t.texts
        .filter(c => JSON_TEXTS.has(c) || (t.table === 'customer' && OWN_TEXTS.has(c)))
        .map(c => `${c} = ${replaced(c, needles)}`),
      ...t.lists
        .filter(c => TRAIT_LISTS.has(c))
        .map(c => `${c} = arrayMap(v -> ${replaced('v', needles)}, ${c})`),
    ]
    if (cleared.length > 0) {
      await mutate(`update ${cleared.join(', ')} where ${historyHolds(t)}`)
      redacted.add(`clickhouse.${t.table}`, others)
    }
  }
}

const JSON_TEXTS = new Set(['props', 'traits'])
/** Of a customer's row: one that became part of another keeps what it took from the person before they were unmerged. */
const OWN_TEXTS = new Set(['name', 'email', 'phone', 'line_uid'])
/** What attributes and touches say, in columns of their own (src/inbox/history-columns.ts). */
const TRAIT_LISTS = new Set(['text_values', 'list_items', 'touch_first', 'touch_last'])

/** SQL that puts a word in place of each value in a column of JSON text. */
function replaced(column: string, needles: Needles): string {
  const quote = (text: string): string => `'${text.replace(/[\\']/g, c => '\\' + c)}'`
  let sql = column
  for (const v of fragmentsOf(needles)) {
    // of a short one, found with what it is called, only the value goes
    const named = /^("(?:kind|userid|anonymousid)":.*?)"(?:[^"\\]|\\.)*"$/.exec(v)
    const pattern = named
      ? `(${escapeRegExp(named[1]!)})${escapeRegExp(v.slice(named[1]!.length))}`
      : escapeRegExp(v)
    sql = `replaceRegexpAll(${sql}, ${quote(`(?i)${pattern}`)}, ${quote(named ? '\\1"[erased]"' : '[erased]')})`
  }
  for (const name of needles.names) sql = `replaceAll(${sql}, ${quote(name)}, '[erased]')`
  return sql
}

const HISTORY_WAIT_MS = 10 * 60_000

async function historyHasPassed(core: Core): Promise<void> {
  const { rows } = await core.pool.query<{ bucket: number; seq: number }>(
    'select bucket, journal_seq as seq from bucket',
  )
  for (const end = Date.now() + HISTORY_WAIT_MS; ; await sleep(100)) {
    const behind = await core.pool.query(
      `select 1 from unnest($1::smallint[], $2::bigint[]) u(bucket, seq) join history_cursor c on c.bucket = u.bucket
        where c.seq < u.seq limit 1`,
      [rows.map(r => r.bucket), rows.map(r => r.seq)],
    )
    if (behind.rowCount === 0) return
    awaitHistory(core.signals)
    if (Date.now() > end) throw new Error('history is behind the journal for ten minutes: is ClickHouse up?')
  }
}
