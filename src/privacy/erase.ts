// Forgetting one person: everything that is theirs in both engines, in journal bodies and in files goes; what others need
// stays whole, and replay still equals state. Each step may be repeated, so that a job whose process died begins anew.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Core } from '../platform/core.ts'
import { ALL_BUCKETS, BUCKETS, type Uuid } from '../platform/ids.ts'
import { isTransient } from '../platform/postgres.ts'
import { eraseHistory } from './erase-history.ts'
import { eraseState, redactBucket } from './erase-state.ts'
import { filesWith, removeFiles } from './files.ts'
import { fragmentsOf, holdsAny, type Needles, type Person, type Place } from './model.ts'
import { needlesFor } from './person.ts'
import { columnsOf, searchEverywhere, type Searched, textTables, textValues, textWhere } from './places.ts'
import { Tally } from './tally.ts'

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
