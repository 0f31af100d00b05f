// What a customer has unsent is forgotten where it was written down as well: its words leave the journal and history, which
// keep that there was a message. History is asked where that is, so what has not arrived there is looked for again.
import { packJournal, unpackJournalText } from '../inbox/journal.ts'
import type { EventBody, JournalBody, JournalEntry } from '../inbox/model.ts'
import { askHistory } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'

const AT_ONCE = 20
const AGAIN_S = 60
/** It never came: an hour is more than history is ever behind. */
const ATTEMPTS = 60

type Due = { workspace_id: Uuid; account_id: Uuid; message_id: string; attempts: number }
type Place = { bucket: number; seq: number; line: number }

/** Forgets what is due; true when there was something. */
export async function forgetUnsent(core: Core): Promise<boolean> {
  const { rows } = await core.pool.query<Due>(
    `update line_content c set forget_due = clock_timestamp() + make_interval(secs => $2), attempts = c.attempts + 1
       from (select workspace_id, account_id, message_id from line_content where forget_due <= clock_timestamp()
              order by forget_due limit $1 for update skip locked) d
      where c.workspace_id = d.workspace_id and c.account_id = d.account_id and c.message_id = d.message_id
     returning c.workspace_id, c.account_id, c.message_id, c.attempts`,
    [AT_ONCE, AGAIN_S],
  )
  let any = false
  for (const row of rows) {
    const places = await placesOf(core, row)
    for (const place of places) await forgetAt(core, row, place)
    if (places.length === 0 && row.attempts < ATTEMPTS) continue
    any = true
    await core.pool.query(
      'update line_content set forget_due = null where workspace_id = $1 and account_id = $2 and message_id = $3',
      [row.workspace_id, row.account_id, row.message_id],
    )
  }
  return any
}

const placesOf = (core: Core, { workspace_id, message_id }: Due): Promise<Place[]> =>
  askHistory<Place>(
    core.history,
    `select toUInt16(bucket) as bucket, toFloat64(seq) as seq, line from event
      where workspace_id = {workspace:UUID} and name in ('line.message', 'line.standby_message')
        and JSONExtractString(props, 'id') = {message:String}`,
    { workspace: workspace_id, message: message_id },
  )

/** The journal first: history can be made from it again. */
async function forgetAt(core: Core, { workspace_id, message_id }: Due, place: Place): Promise<void> {
  const props = await inTransaction(core.pool, sql => emptyEntry(sql, place, message_id))
  await core.history.command({
    query: `alter table event update props = {props:String} where workspace_id = {workspace:UUID} and bucket = {bucket:UInt8}
              and seq = {seq:UInt64} and line = {line:UInt32} and JSONExtractString(props, 'id') = {message:String}
            settings mutations_sync = 1`,
    query_params: {
      props: JSON.stringify(props),
      workspace: workspace_id,
      message: message_id,
      ...place,
    },
  })
}

/** Empties it where the journal still has it; what is left of its properties. */
async function emptyEntry(
  sql: Sql,
  { bucket, seq, line }: Place,
  message: string,
): Promise<Record<string, unknown>> {
  const left: Record<string, unknown> = { id: message, from: 'customer' }
  const { rows } = await sql.query<{ body: Buffer }>(
    'select body from journal where bucket = $1 and seq = $2 for update',
    [bucket, seq],
  )
  if (!rows[0]) return left // pruned: history alone has it
  const { entries } = JSON.parse(unpackJournalText(rows[0].body)) as JournalBody
  const entry: JournalEntry | undefined = entries[line]
  const body = entry?.k === 'event' ? (entry.b as EventBody) : null
  if (!body || body.props?.id !== message) return left
  for (const [name, value] of Object.entries(body.props)) if (!WORDS.has(name)) left[name] = value
  if (entry!.e) entry!.e = without(entry!.e, wordsOf(body.props)) as JournalEntry['e']
  body.props = left
  await sql.query('update journal set body = $3 where bucket = $1 and seq = $2', [
    bucket,
    seq,
    packJournal(entries.map(e => JSON.stringify(e))),
  ])
  return left
}

const WORDS = new Set(['text', 'title', 'address', 'latitude', 'longitude', 'fileName'])

/** What the customer wrote or named in it. */
const wordsOf = ({ text, title, address, fileName }: Record<string, unknown>): string[] =>
  [text, title, address, fileName].filter(word => typeof word === 'string' && word !== '') as string[]

/** The fold's own account of the message, without its words: as it would be of a message that has none. */
function without(value: unknown, words: string[]): unknown {
  if (typeof value === 'string')
    return words.some(w => value === w || (value.startsWith('{') && value.includes(w))) ? null : value
  if (Array.isArray(value)) return value.map(v => without(v, words))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, without(v, words)]))
}
