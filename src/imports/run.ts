// One check or run of an import, in a worker thread: reads the file, stores chunk after chunk. A chunk's items, its
// counts, the position and the length of the error file are one transaction: after a kill the run goes on behind the
// last chunk, and nothing is lost or doubled. A check does the same and stores nothing.
import { BULK_PRESSURE, openGauge, type PressureLimits, SAMPLES } from '../collect/pressure.ts'
import { Problem } from '../platform/errors.ts'
import { faultPoint } from '../platform/fault.ts'
import { inTransaction, isTransient, type Pool } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'
import { openErrorFile, reasonIn, type ErrorFile } from './error-file.ts'
import { type ChunkWork, peopleOf, putRows, type ReadyChunk, storeItems, tellKnown } from './chunk.ts'
import type { ImportContext, RowFault } from './model.ts'
import { presetNamed } from './presets/register.ts'
import { openFile } from './read.ts'
import { targetNamed } from './register.ts'
import { chunksOf, type Chunk } from './rows.ts'
import { NO_COUNTS } from './status.ts'
import { endImport, noteProgress, type ImportRow, type Progress, type ShownFault } from './store.ts'

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
