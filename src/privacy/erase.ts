// Forgetting one person: everything that is theirs in both engines, in journal bodies and in files goes; what others need
// stays whole, and replay still equals state. Each step may be repeated, so that a job whose process died begins anew.
// The job takes the lease of the person's buckets (their epoch goes up) for one transaction: it is their owner then, so
// no other owner folds what it has in memory over what is gone.
import { lineParts } from '../customers/contacts.ts'
import type { CustomerState } from '../customers/model.ts'
import { packState, unpackState } from '../customers/pack.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { askHistory } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
import { ALL_BUCKETS, bucketOf, bucketOfText, BUCKETS, type Uuid } from '../platform/ids.ts'
import { inTransaction, isTransient, type Sql } from '../platform/postgres.ts'
import { hideAddresses } from '../messages/suppression.ts'
import { filesWith, removeFiles } from './files.ts'
import { forgetInRow } from './journal.ts'
import {
  escapeRegExp,
  fragmentsOf,
  holdsAny,
  type Needles,
  type Person,
  type PersonValue,
  type Place,
  redact,
} from './model.ts'
import { needlesFor } from './person.ts'
import {
  eachJournalRow,
  historyHolds,
  historyNeedles,
  historyTables,
  personTables,
  personValues,
  personWhere,
  searchEverywhere,
  type Searched,
  textTables,
  textValues,
  textWhere,
} from './places.ts'
import { workspaceTimeOf } from './store.ts'

export type Erased = { erased: Place[]; redacted: Place[]; searched: Searched & { files: number } }
export type EraseOptions = {
  /** how long an intake may still know an identifier's old holder (src/collect/resolve.ts), ms */
  settleMs: number
  onStep?: (step: Step, done: number, total: number) => Promise<void>
}
export type Step = 'state' | 'journal' | 'texts' | 'history' | 'files' | 'settle' | 'check'

export const DEFAULT_SETTLE_MS = 65_000
const MAX_ROUNDS = 3
const SLICE_MS = 500

/** Rows that came from outside or pass: one that names the person goes. */
const DELETE_ROWS = new Set([
  'soft_bounce',
  'rejected_event',
  'dead_letter',
  'answer',
  'sandbox_contact',
  'sandbox_message',
  'sandbox_receipt',
  'sandbox_call',
  'sandbox_object',
  'line_chat',
  'line_content',
  'line_profile',
  'line_nonce',
  'line_menu_user',
  'identity_conflict',
  'journey_replay',
])
/** Rows that stay without what names the person. */
const CLEAR_COLUMNS: Record<string, string> = {
  source_state: 'last_body = null',
  import: `faults = '[]'`,
  // what somebody else said of them
  conversation: 'last_text = null',
  conversation_entry: 'text = null, data = null',
}
/** Written here: addresses under a key. */
const OWN_WAY = new Set(['suppression', 'customer', 'customer_snapshot', 'identifier', 'message'])
/** A team member's own address, what the brand itself wrote and published, secrets: not the person's data, even where a
 *  text is the same. */
const KEPT_TABLES: ReadonlySet<string> = new Set([
  'team_user',
  'team_session',
  'sign_in_link',
  'api_key',
  'channel_account',
  'workspace',
  'system',
  'store',
  'staff',
  'product',
  'process',
  'process_metrics',
  'schema_migration',
  'quick_reply',
  'consent_purpose',
  'consent_text',
])

class Tally {
  private readonly rows = new Map<string, number>()
  add(place: string, rows: number): void {
    if (rows > 0) this.rows.set(place, (this.rows.get(place) ?? 0) + rows)
  }
  list = (): Place[] => [...this.rows].map(([place, rows]) => ({ place, rows }))
}

export async function erasePerson(core: Core, person: Person, options: EraseOptions): Promise<Erased> {
  const needles = needlesFor(core, person)
  const erased = new Tally()
  const redacted = new Tally()
  const step = async (name: Step, done = 0, total = 1) => options.onStep?.(name, done, total)
  for (let round = 1; ; round++) {
    await step('state')
    await patiently(() => eraseState(core, person, needles, erased, redacted))
    core.signals.emit('identifiers', person.workspace)
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      await step('journal', bucket, BUCKETS)
      await patiently(() => redactBucket(core, person, needles, bucket, redacted))
    }
    await step('texts')
    await eraseTexts(core, person, needles, erased)
    await step('history')
    await eraseHistory(core, person, needles, erased, redacted)
    await step('files')
    const { found, packed } = await filesWith(core.config.dataDir, needles)
    erased.add('files', removeFiles([...found, ...packed]))
    if (round === 1)
      for (let waited = 0; waited < options.settleMs; waited += SLICE_MS) {
        await step('settle', waited, options.settleMs)
        await sleep(SLICE_MS)
      }
    await step('check')
    const searched = await searchEverywhere(core.pool, core.history, person, needles, KEPT_TABLES)
    const files = await filesWith(core.config.dataDir, needles)
    if (files.found.length > 0) searched.found.push({ place: 'files', rows: files.found.length })
    // what was on its way while we worked is there now: once more
    if (searched.found.length === 0 || round === MAX_ROUNDS)
      return {
        erased: erased.list(),
        redacted: redacted.list(),
        searched: { ...searched, files: files.searched },
      }
  }
}

/** Deadlocks and lost connections are tried again: nothing of a transaction that failed remains. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error) || attempt >= 10) throw error
      await sleep(100 * attempt)
    }
  }
}

/** Becomes the owner of these buckets for the rest of the transaction: whoever held them reads everything again. */
const takeBuckets = (sql: Sql, buckets: number[]): Promise<unknown> =>
  sql.query(
    `with l as (select bucket from bucket where bucket = any($1::smallint[]) order by bucket for no key update)
     update bucket b set owner = null, lease_until = '-infinity', epoch = epoch + 1 from l where b.bucket = l.bucket`,
    [buckets],
  )

/** The person's rows, and their entries in the journal of the same buckets, in one transaction: replay equals state
 *  before and after it. Their addresses stay suppressed, as hashes. */
async function eraseState(
  core: Core,
  person: Person,
  needles: Needles,
  erased: Tally,
  redacted: Tally,
): Promise<void> {
  const buckets = [...new Set(person.ids.map(bucketOf))].sort((a, b) => a - b)
  // found before the lock is taken, so that folds wait for what came meanwhile only
  const seen = new Map<number, number>()
  const hits: { bucket: number; seq: number }[] = []
  const look = async (sql: Sql, bucket: number) => {
    await eachJournalRow(sql, person.workspace, bucket, seen.get(bucket) ?? 0, row => {
      seen.set(bucket, row.seq)
      if (forgetInRow(row.body, needles)) hits.push({ bucket, seq: row.seq })
    })
  }
  for (const bucket of buckets) await look(core.pool, bucket)
  const now = await workspaceTimeOf(core.pool, person.workspace)
  const counted = new Tally()
  const changed = new Tally()
  await inTransaction(core.pool, async sql => {
    await takeBuckets(sql, buckets)
    for (const bucket of buckets) await look(sql, bucket)
    const tables = await personTables(sql)
    const first = ['identifier', 'message'] // the lock order of every role
    tables.sort((a, b) => rank(first, a.table) - rank(first, b.table) || (a.table < b.table ? -1 : 1))
    for (const t of tables) {
      const { rowCount } = await sql.query(
        `delete from "${t.table}" where ${personWhere(t)}`,
        personValues(person),
      )
      counted.add(`postgres.${t.table}`, rowCount ?? 0)
    }
    await renameShared(sql, person, needles)
    await rewriteRows(sql, needles, hits, counted, changed)
    await redactOthers(sql, person, needles, buckets, changed)
    await hideAddresses(sql, core.secrets, { ...person, at: now, addresses: addressesOf(person) })
  })
  for (const p of counted.list()) erased.add(p.place, p.rows)
  for (const p of changed.list()) redacted.add(p.place, p.rows)
}

/** Identifiers of the person that others hold, too (shared ones stand for nobody): those have to lead somewhere under
 *  the word that will stand in their states. The row under the value itself goes when all of them are rewritten. */
async function renameShared(sql: Sql, person: Person, needles: Needles): Promise<void> {
  const { rows } = await sql.query<PersonValue & { bucket: number }>(
    `select i.bucket, i.kind, i.value from identifier i join unnest($2::text[], $3::text[]) v(kind, value) using (kind, value)
      where i.workspace_id = $1 and i.bucket = any($4::smallint[])`,
    [person.workspace, ...columnsOf(person), ALL_BUCKETS],
  )
  for (const row of rows) {
    const { value } = redact({ kind: row.kind, value: row.value }, needles)
    await sql.query(
      `insert into identifier select (r).* from (
         select jsonb_populate_record(i, jsonb_build_object('bucket', $5::int, 'value', $6::text)) as r from identifier i
          where i.bucket = $1 and i.workspace_id = $2 and i.kind = $3 and i.value = $4) s on conflict do nothing`,
      [row.bucket, person.workspace, row.kind, row.value, bucketOfText(row.kind, value), value],
    )
  }
}

const columnsOf = (person: Person): [kinds: string[], values: string[]] => [
  person.values.map(v => v.kind),
  person.values.map(v => v.value),
]

const rank = (first: string[], table: string): number =>
  (first.indexOf(table) + first.length + 1) % (first.length + 1)

const CHANNELS_OF: Record<string, string[]> = {
  email: ['email'],
  line_uid: ['line'],
  phone: ['sms'],
  push_token: ['push', 'webpush'],
}
const addressesOf = (person: Person): { channel: string; address: string }[] =>
  person.values.flatMap(v =>
    (CHANNELS_OF[v.kind] ?? []).map(channel => ({
      channel,
      address: channel === 'line' ? lineParts(v.value).uid : v.value,
    })),
  )

async function rewriteRows(
  sql: Sql,
  needles: Needles,
  hits: { bucket: number; seq: number }[],
  erased: Tally,
  redacted: Tally,
): Promise<void> {
  for (const { bucket, seq } of hits) {
    const { rows } = await sql.query<{ body: Buffer }>(
      'select body from journal where bucket = $1 and seq = $2 for update',
      [bucket, seq],
    )
    const again = rows[0] && forgetInRow(rows[0].body, needles)
    if (!again) continue
    await sql.query('update journal set body = $3 where bucket = $1 and seq = $2', [bucket, seq, again.body])
    erased.add('journal', again.erased)
    for (const n of again.redacted.values()) redacted.add('journal', n)
  }
}

/** Other customers of these buckets whose state (and snapshot) names a value: a hint that somebody else's browser left,
 *  an address that two people share. It becomes the same word as in their journal. */
async function redactOthers(
  sql: Sql,
  person: Person,
  needles: Needles,
  buckets: number[],
  redacted: Tally,
): Promise<void> {
  for (const table of ['customer', 'customer_snapshot']) {
    const { rows } = await sql.query<{ bucket: number; id: Uuid; state: string }>(
      `select bucket, id, state from ${table} where bucket = any($3::smallint[]) and ${textWhere({ table, columns: ['state'], workspace: true })}`,
      [...textValues(person.workspace, needles), buckets],
    )
    for (const row of rows) {
      const state = packState(redact(unpackState(row.state), needles) as CustomerState)
      await sql.query(`update ${table} set state = $3 where bucket = $1 and id = $2`, [
        row.bucket,
        row.id,
        state,
      ])
      redacted.add(`postgres.${table}`, 1)
    }
  }
}

/** Another bucket's journal and states, where others' inputs name the person. */
async function redactBucket(
  core: Core,
  person: Person,
  needles: Needles,
  bucket: number,
  redacted: Tally,
): Promise<void> {
  const hits: { bucket: number; seq: number }[] = []
  await eachJournalRow(core.pool, person.workspace, bucket, 0, row => {
    if (forgetInRow(row.body, needles)) hits.push({ bucket, seq: row.seq })
  })
  const changed = new Tally()
  const states = await core.pool.query(
    `select 1 from customer where bucket = $3 and ${textWhere({ table: 'customer', columns: ['state'], workspace: true })} limit 1`,
    [...textValues(person.workspace, needles), bucket],
  )
  if (hits.length === 0 && states.rowCount === 0) return
  await inTransaction(core.pool, async sql => {
    await takeBuckets(sql, [bucket])
    await rewriteRows(sql, needles, hits, changed, changed)
    await redactOthers(sql, person, needles, [bucket], changed)
  })
  for (const p of changed.list()) redacted.add(p.place, p.rows)
}

async function eraseTexts(core: Core, person: Person, needles: Needles, erased: Tally): Promise<void> {
  for (const t of await textTables(core.pool)) {
    const where = textWhere(t)
    const values = textValues(person.workspace, needles)
    if (OWN_WAY.has(t.table) || KEPT_TABLES.has(t.table)) continue
    if (DELETE_ROWS.has(t.table)) {
      const { rowCount } = await core.pool.query(`delete from "${t.table}" where ${where}`, values)
      erased.add(`postgres.${t.table}`, rowCount ?? 0)
    } else if (CLEAR_COLUMNS[t.table]) {
      const { rowCount } = await core.pool.query(
        `update "${t.table}" set ${CLEAR_COLUMNS[t.table]} where ${where}`,
        values,
      )
      erased.add(`postgres.${t.table}`, rowCount ?? 0)
    }
  }
  const { rowCount } = await core.pool.query(
    `delete from identifier i using unnest($2::text[], $3::text[]) v(kind, value)
      where i.kind = v.kind and i.value = v.value and i.workspace_id = $1 and i.bucket = any($4::smallint[])`,
    [person.workspace, ...columnsOf(person), ALL_BUCKETS],
  )
  erased.add('postgres.identifier', rowCount ?? 0)
  erased.add('postgres.http_answer', await eraseSealedAnswers(core, needles))
}

/** Answers kept for repeated requests are sealed: opened to see whom they are about. */
async function eraseSealedAnswers(core: Core, needles: Needles): Promise<number> {
  const fragments = fragmentsOf(needles)
  const { rows } = await core.pool.query<{ actor: Uuid; key: string; answer: Buffer }>(
    'select actor, key, answer from http_answer where answer is not null',
  )
  const theirs = rows.filter(r => holdsAny(core.secrets.open(r.answer), fragments))
  await core.pool.query(
    'delete from http_answer a using unnest($1::uuid[], $2::text[]) u(actor, key) where a.actor = u.actor and a.key = u.key',
    [theirs.map(r => r.actor), theirs.map(r => r.key)],
  )
  return theirs.length
}

/** After history has passed the journal as it is now, so that no batch with older rows is still on its way. The
 *  mutation is waited for: the parts are written anew without the rows. */
async function eraseHistory(
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
      ...t.texts.filter(c => JSON_TEXTS.has(c)).map(c => `${c} = ${replaced(c, needles)}`),
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
    if (Date.now() > end) throw new Error('history is behind the journal for ten minutes: is ClickHouse up?')
  }
}
