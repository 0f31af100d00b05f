// One check or run of an import, in a worker thread: reads the file, stores chunk after chunk. A chunk's items, its
// counts, the position and the length of the error file are one transaction: after a kill the run goes on behind the
// last chunk, and nothing is lost or doubled. A check does the same and stores nothing.
import { fillOrders } from '../catalogue/enrich.ts'
import { BULK_PRESSURE, openGauge, type PressureLimits, SAMPLES } from '../collect/pressure.ts'
import { findHolders, resolveBatch, type Resolved, resolvedEvent } from '../collect/resolve.ts'
import { append, type Append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import { Problem } from '../platform/errors.ts'
import { faultPoint } from '../platform/fault.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { inTransaction, isTransient, type Pool, type Sql } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'
import { openErrorFile, reasonIn, type ErrorFile } from './error-file.ts'
import type { EventTarget, ImportContext, RowFault, RowOutcome, TableTarget } from './model.ts'
import { presetNamed } from './presets/register.ts'
import { openFile } from './read.ts'
import { targetNamed } from './register.ts'
import { chunksOf, type Chunk, type ReadyItem } from './rows.ts'
import { NO_COUNTS, type Counts } from './status.ts'
import {
  endImport,
  lookBrought,
  noteBrought,
  noteProgress,
  type Brought,
  type ImportRow,
  type Progress,
  type ShownFault,
} from './store.ts'

export type RunEnv = {
  pool: Pool
  signals: Pick<Signals, 'emit'>
  owner: string
  /** of the file and of the error file beside it */
  file: string
  errorFile: string
  workspace: { timezone: string; currency: string; locale: string }
  /** workspace time minus real time, ms */
  offsetMs: number
  /** how many rows may wait to be folded before this one waits, too */
  bulkLimits?: PressureLimits
}

const SHOWN_FAULTS = 50
const CHUNK_TRIES = 5
/** between two looks whether there is room again in the waiting table */
const ROOM_MS = 500

/** Works on an import that is claimed. Its end is written unless the process is killed or the lease is lost. */
export async function runImport(env: RunEnv, row: ImportRow): Promise<void> {
  const now = () => Date.now() + env.offsetMs
  const live = () => env.signals.emit('live', `${row.workspace_id}:imports`)
  try {
    const end = await work(env, row)
    if (end !== 'lost') {
      const checked = row.status === 'checking'
      await endImport(
        env.pool,
        row.id,
        env.owner,
        end === 'cancel' ? 'cancelled' : checked ? 'ready' : 'done',
        null,
        now(),
      )
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { code, message, action } = error
    // a check that fails leaves a draft: only a run that fails makes its feed a broken one
    const end = row.status === 'checking' ? 'draft' : 'failed'
    await endImport(env.pool, row.id, env.owner, end, { code, title: message, action }, now())
  } finally {
    live()
  }
}

async function work(env: RunEnv, row: ImportRow): Promise<'end' | 'cancel' | 'lost'> {
  const target = targetNamed(row.target ?? '')
  if (!target)
    throw new Problem(400, 'no_target', 'What the file holds was not chosen', {
      action: 'Choose what it holds.',
    })
  const context: ImportContext = {
    workspace: row.workspace_id,
    timezone: env.workspace.timezone,
    currency: env.workspace.currency,
    source: row.source,
    now: (row.started_at ?? row.created_at).getTime(),
  }
  const settings = {
    target,
    mapping: row.mapping,
    constants: row.constants,
    skipWithout: row.preset === null ? undefined : presetNamed(row.preset)?.skipWithout,
  }
  const writes = row.status !== 'checking'
  let read = 0
  const file = await openFile(env.file, row.shape, n => {
    read += n
  })
  const errors = await openErrorFile(
    env.errorFile,
    file.columns,
    reasonIn(target, env.workspace.locale === 'en' ? 'en' : 'zh'),
    row.position === 0 ? 0 : row.error_bytes,
  )
  const progress: Progress = {
    position: row.position,
    readBytes: row.read_bytes,
    errorBytes: errors.bytes,
    counts: { ...NO_COUNTS, ...row.counts },
    faults: row.faults,
  }
  const limits = env.bulkLimits ?? BULK_PRESSURE
  const bulk = openGauge(env.pool, limits, 'bulk')
  try {
    const stores = writes && target.kind !== 'table' && !(target.kind === 'events' && target.tell)
    const news = () => progress.counts.new + progress.counts.changed
    let nextLook = 0
    let fresh = false // the last chunk had something new: the next one's people are looked up while it is stored
    const prepare = (chunk: Chunk): ReadyChunk => ({
      ...chunk,
      people: stores && fresh && chunk.upTo > row.position ? peopleOf(env, row, chunk) : null,
    })
    for await (const chunk of ahead(chunksOf(file, settings, context), prepare)) {
      if (chunk.upTo <= row.position) continue // done before this process
      const newsBefore = news()
      const go = await takeChunk(
        {
          env,
          row,
          chunk,
          context,
          writes,
          table: target.kind === 'table' ? target : null,
          told: (target.kind === 'events' && target.tell) || null,
        },
        progress,
        errors,
        read,
      )
      if (go !== 'go') return go
      fresh = news() > newsBefore
      env.signals.emit('live', `${row.workspace_id}:imports`)
      if (!writes || target.kind === 'table') continue
      env.signals.emit('bulk')
      if (performance.now() < nextLook) continue
      await bulk.refresh()
      nextLook = performance.now() + limits.everyMs
      while (bulk.behind()) {
        // the lease is renewed, and a cancel heard
        const still = await noteProgress(env.pool, row.id, env.owner, progress)
        if (still !== 'go') return still
        await new Promise(resolve => setTimeout(resolve, ROOM_MS))
        for (let i = 0; i < SAMPLES; i++) await bulk.refresh()
      }
    }
    return 'end'
  } finally {
    await errors.close()
  }
}

/** Makes the next chunk while the present one is stored: the thread would only wait for the database. */
async function* ahead<T, R>(source: AsyncGenerator<T>, prepare: (made: T) => R): AsyncGenerator<R> {
  const ask = async (): Promise<{ done: true } | { done: false; value: R }> => {
    const made = await source.next()
    return made.done ? { done: true } : { done: false, value: prepare(made.value) }
  }
  const asked = () => {
    const next = ask()
    next.catch(() => undefined) // told below, when it is its turn
    return next
  }
  try {
    let next = asked()
    for (let got = await next; !got.done; got = await next) {
      next = asked()
      yield got.value
    }
  } finally {
    await source.return(undefined)
  }
}

/** `people`: for whom its items are, asked before its turn. */
type ReadyChunk = Chunk & { people: Promise<Map<ReadyItem, Resolved> | null> | null }

/** Null when it failed: asked again, the chunk's own tries deal with it. */
async function peopleOf(
  env: RunEnv,
  row: ImportRow,
  { ready }: Chunk,
): Promise<Map<ReadyItem, Resolved> | null> {
  const items = ready.flatMap(r => r.items)
  try {
    const resolved = await resolveItems(env, row, items)
    return new Map(items.map((item, i) => [item, resolved[i]!]))
  } catch {
    return null
  }
}

const resolveItems = (env: RunEnv, row: ImportRow, items: ReadyItem[]): Promise<Resolved[]> =>
  resolveBatch(
    { pool: env.pool },
    items.map(({ event }) => ({ workspace: row.workspace_id, ids: event.ids, proof: event.proof })),
  )

type ChunkWork = {
  env: RunEnv
  row: ImportRow
  chunk: ReadyChunk
  context: ImportContext
  writes: boolean
  table: TableTarget | null
  told: NonNullable<EventTarget['tell']> | null
}

/** Stores one chunk; after a deadlock or a lost connection again. */
async function takeChunk(
  work: ChunkWork,
  progress: Progress,
  errors: ErrorFile,
  readBytes: number,
): Promise<'go' | 'cancel' | 'lost'> {
  const { env, row, chunk } = work
  for (let attempt = 1; ; attempt++) {
    const before = errors.bytes
    try {
      const { next, go } = await inTransaction(env.pool, async sql => {
        const outcomes = await (work.table
          ? putRows(work, work.table, sql)
          : work.told
            ? tellKnown(work, work.told, sql)
            : storeItems(work, sql))
        const counts = { ...progress.counts }
        const wrong = chunk.wrong.map(w => ({ raw: w.raw, fault: w.fault }))
        chunk.ready.forEach(({ raw }, i) => {
          const outcome = outcomes[i]!
          if (typeof outcome === 'string') counts[outcome] += raw.length
          else for (const r of raw) wrong.push({ raw: r, fault: outcome })
        })
        for (const { fault } of wrong) counts[fault.skip ? 'skipped' : 'wrong']++
        const listed = wrong.filter(w => !w.fault.skip).sort((a, b) => a.raw.no - b.raw.no)
        await errors.add(
          listed.map(w => ({ no: w.raw.no, values: w.raw.values, doc: w.raw.doc, fault: w.fault })),
        )
        const next: Progress = {
          position: chunk.upTo,
          readBytes,
          errorBytes: errors.bytes,
          counts,
          faults: [...progress.faults, ...listed.map(shown)].slice(0, SHOWN_FAULTS),
        }
        const go = await noteProgress(sql, row.id, env.owner, next)
        if (go === 'lost') throw new LostLease()
        faultPoint('import.before-commit')
        return { next, go }
      })
      faultPoint('import.after-commit')
      Object.assign(progress, next)
      return go
    } catch (error) {
      if (error instanceof LostLease) return 'lost'
      await errors.cut(before)
      if (attempt >= CHUNK_TRIES || !isTransient(error)) throw error
      await new Promise(resolve => setTimeout(resolve, 200 * attempt))
    }
  }
}

class LostLease extends Error {}

const shown = ({ raw, fault }: { raw: { no: number }; fault: RowFault }): ShownFault => ({
  row: raw.no,
  field: fault.field,
  code: fault.code,
  detail: fault.detail.slice(0, 300),
  value: fault.value ?? null,
})

/** What a row's items were, taken together. */
function outcomeOf(items: ReadyItem[], known: Map<Uuid, { fresh: boolean }>): keyof Counts {
  let outcome: 'new' | 'changed' | 'same' = 'same'
  for (const item of items) {
    const found = known.get(item.key)
    if (found?.fresh) return 'new'
    if (found) outcome = 'changed'
  }
  return outcome
}

/** The event of an item whose content is another than the last time. A status says what an order became by itself: what
 *  an update says is its new content. */
function changed({ event, changedAs }: ReadyItem, now: number): EventBody {
  if (changedAs === undefined) return event
  const { status: _status, ...props } = event.props ?? {}
  return { ...event, name: changedAs, at: now, props }
}

async function storeItems(work: ChunkWork, sql: Sql): Promise<RowOutcome[]> {
  const { env, row, chunk, writes } = work
  const items = chunk.ready.flatMap(r => r.items)
  const brought: Brought[] = items.map(i => ({ bucket: bucketOf(i.key), key: i.key, content: i.content }))
  const known = await (writes ? noteBrought : lookBrought)(sql, row.workspace_id, brought)
  const outcomes = chunk.ready.map(r => outcomeOf(r.items, known) as RowOutcome)
  if (!writes) return outcomes
  const fresh = items.filter(i => known.has(i.key))
  if (fresh.length === 0) return outcomes
  const people = await chunk.people
  const filling = fillOrders(
    env.pool,
    fresh.map(item => {
      const { n, fresh: isNew } = known.get(item.key)!
      const event = isNew ? item.event : changed(item, work.context.now)
      return { workspace: row.workspace_id, event: { ...event, messageId: `import:${item.key}:${n}` } }
    }),
  )
  const [told, resolved] = await Promise.all([
    filling,
    people ? fresh.map(item => people.get(item)!) : resolveItems(env, row, fresh),
  ])
  await append(
    sql,
    null,
    told.map(({ workspace, event }, i) => ({
      workspace,
      customer: resolved[i]!.customer,
      input: {
        kind: 'event' as const,
        messageId: event.messageId,
        body: resolvedEvent(event, resolved[i]!),
      },
    })),
    'bulk',
  )
  return outcomes
}

const UNKNOWN: RowFault = {
  field: null,
  code: 'unknown_person',
  detail: 'Nobody is known by these identifiers',
}

/** Tells people who are known; the others are the file's faults. */
async function tellKnown(
  { env, row, chunk, context, writes }: ChunkWork,
  tell: NonNullable<EventTarget['tell']>,
  sql: Sql,
): Promise<RowOutcome[]> {
  const events = chunk.ready.map(r => r.items[0]!.event)
  const found = await findHolders(
    { pool: env.pool },
    events.map(({ ids, proof }) => ({ workspace: row.workspace_id, ids, proof })),
  )
  const told = await tell(sql, events, { ...context, actor: row.created_by })
  const rows: Append[] = []
  const outcomes = told.map((note, i): RowOutcome => {
    const customer = found[i]
    if ('code' in note) return note
    if (!customer) return UNKNOWN
    rows.push({ workspace: row.workspace_id, customer, input: { kind: 'note', messageId: null, body: note } })
    return 'new'
  })
  if (writes) await append(sql, null, rows, 'bulk')
  return outcomes
}

class RolledBack extends Error {}

/** A check puts the rows and takes them back. */
async function putRows(
  { env, chunk, context, writes }: ChunkWork,
  target: TableTarget,
  sql: Sql,
): Promise<RowOutcome[]> {
  const rows = chunk.ready.map(r => r.cells!)
  if (writes) return target.put(sql, rows, context)
  let outcomes: RowOutcome[] = []
  try {
    await inTransaction(env.pool, async trial => {
      outcomes = await target.put(trial, rows, context)
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
  return outcomes
}
