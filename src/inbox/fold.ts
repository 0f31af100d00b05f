// The thinking half of a fold transaction: inbox rows and due alarms of a set of buckets, folded in memory in order.
// No I/O except `loadFacts`, which the reducer asks for; what must be written comes back as `Folded`.
import { packState, unpackState } from '../customers/pack.ts'
import { hopsSpent } from '../customers/identity.ts'
import { TooManyRounds } from '../customers/fold.ts'
import { noteRow, takeFacts } from '../customers/order-facts.ts'
import { nextAlarm, reduce } from '../customers/reduce.ts'
import { STATE_LIMIT_BYTES } from '../customers/model.ts'
import { must } from '../platform/errors.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Folded, FoldInput, Held, Kept, Park, Work } from './fold-model.ts'
import { openStands, type Stand } from './fold-stands.ts'
import { bodyOf } from './inbox-body.ts'
import { writeEntry } from './journal.ts'
import type { CommandBody, FoldEffect, Input, JournalEntry } from './model.ts'
import type { CustomerRow, InboxRow } from './read.ts'

const MAX_ALARMS_IN_A_ROW = 1_000

/** What one of the tables is told of; the others are in the journal and nowhere else. */
const isWritten = ({ kind }: FoldEffect): boolean => kind !== 'derived' && kind !== 'mark' && kind !== 'worth'

/** What the table has of somebody whose first input could not be folded. */
const NOBODY = Buffer.from('{}')

const heldOf = (row: Kept | undefined): Held =>
  row
    ? {
        state: row.state.length === NOBODY.length ? null : unpackState(row.state.toString()),
        version: row.version,
        due: row.due,
        mergedInto: row.merged_into,
      }
    : { state: null, version: 0, due: null, mergedInto: null }

/** Folds everything once, in order. Whoever cannot be folded is parked. */
export async function foldMail(given: FoldInput): Promise<Folded> {
  const { mail, worlds } = given
  const out: Folded = {
    works: [],
    segments: [],
    shifts: [],
    parked: [],
    behind: [],
    forwards: [],
    expired: [],
    silent: [],
    stayed: 0,
    count: 0,
  }
  const works = new Map<Uuid, Work>()
  const stands = openStands(mail.standings)
  const failed = new Set<Uuid>()
  // A customer is closed with its last row: as objects, the states of thousands would outlive each collection of garbage.
  // Where a publication or a clock comes between, alarms ring by what holds at the end.
  const closesEarly = mail.rows.every(r => r.customer_id !== null)
  const ahead = new Map<Uuid, number>()
  for (const { customer_id: id } of mail.rows) if (id !== null) ahead.set(id, (ahead.get(id) ?? 0) + 1)
  const closed = new Set<Uuid>()

  const workOf = (workspace: Uuid, id: Uuid): Work => {
    let work = works.get(id)
    if (!work) {
      const row = given.held.get(id)
      work = {
        id,
        workspace,
        isNew: row === undefined,
        held: heldOf(row),
        facts: given.facts.get(id) ?? {},
        rows: [],
        hashes: [],
        lines: [],
        effects: [],
        touched: false,
        ahead: ahead.get(id) ?? 0,
        now: 0,
        bytes: NOBODY,
        due: null,
      }
      works.set(id, work)
    }
    return work
  }

  /** Reduces one input and keeps what came of it. */
  const apply = async (work: Work, stand: Stand, input: Input, row: InboxRow | null): Promise<void> => {
    const world = worlds.get(work.workspace, stand.catalogueNo)
    const self = { workspace: work.workspace, id: work.id }
    let result = reduce(work.held.state, input, work.facts, world, self)
    for (let i = 0; 'need' in result; i++) {
      must(i < 8, 'the reducer asks for facts at most eight times for one input')
      takeFacts(work.facts, await given.loadFacts(work.workspace, work.id, result.need))
      result = reduce(work.held.state, input, work.facts, world, self)
    }
    out.count++
    if (input.kind === 'event' && result.verdict === 'folded' && hopsSpent(input.body)) out.stayed++
    const entry: Omit<JournalEntry, 'b'> = { c: work.id, k: input.kind, n: input.now, r: input.received }
    if (row?.message_hash) entry.h = row.message_hash
    if (result.verdict !== 'folded') entry.x = result.verdict
    // a refusal may leave its mark on a customer who is there, but it brings none into being
    if (result.verdict === 'folded' || work.held.state !== null) {
      work.held.state = result.state
      work.touched = true
    }
    if (result.verdict === 'forwarded') {
      must(row && result.forwardTo && result.forwardAs, 'a forwarding reducer says to whom, and as what')
      entry.f = result.forwardTo
      out.forwards.push({ row, to: result.forwardTo, as: result.forwardAs })
    }
    if (result.effects.length > 0) entry.e = result.effects
    for (const effect of result.effects) {
      if (isWritten(effect)) work.effects.push(effect)
      if (effect.kind === 'order') noteRow(work.facts, effect.row)
      if (effect.kind === 'merged') work.held.mergedInto = effect.into
      if (effect.kind === 'unmerged') work.held.mergedInto = null
    }
    const body = row ? row.body : JSON.stringify(input.body)
    work.lines.push({
      segment: stands.segmentOf(stand),
      entry: writeEntry(entry, body),
    })
  }

  /** Folds the customer's own timers due before `until` (workspace ms). */
  const ringBefore = async (
    work: Work,
    stand: Stand,
    until: number,
    nowOf: (due: number) => number,
  ): Promise<void> => {
    for (let i = 0; work.held.state && !work.held.mergedInto; i++) {
      const due = nextAlarm(work.held.state, worlds.get(work.workspace, stand.catalogueNo))
      if (due === null || due > until) return
      must(i < MAX_ALARMS_IN_A_ROW, 'a customer rings at most a thousand times in a row')
      const now = Math.max(work.held.state.now, due, nowOf(due))
      await apply(work, stand, { kind: 'alarm', now, received: now, body: { due } }, null)
    }
  }

  const park = (work: Work, reason: Park['reason'], error: unknown): void => {
    failed.add(work.id)
    out.parked.push({
      customer: work.id,
      workspace: work.workspace,
      reason,
      rows: work.rows,
      hashes: work.hashes,
      error: (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500),
    })
  }
  const guarded = async (work: Work, step: () => Promise<void>): Promise<void> => {
    try {
      await step()
    } catch (error) {
      park(work, error instanceof TooManyRounds ? 'rounds' : 'threw', error)
    }
  }

  const foldRow = async (row: InboxRow, stand: Stand): Promise<void> => {
    const id = row.customer_id!
    if (mail.parked.has(id) || failed.has(id)) {
      if (failed.has(id)) out.parked.find(p => p.customer === id)!.rows.push(row)
      else out.behind.push(row)
      return
    }
    const work = workOf(row.workspace_id, id)
    work.ahead--
    work.rows.push(row)
    if (given.breaking.has(id)) return park(work, 'broke_transaction', given.breaking.get(id))
    const received = row.received + stand.offsetMs
    const note = (x: NonNullable<JournalEntry['x']>) => {
      const entry: Omit<JournalEntry, 'b'> = { c: id, k: row.kind, n: received, r: received, x }
      if (row.message_hash) entry.h = row.message_hash
      work.lines.push({
        segment: stands.segmentOf(stand),
        entry: writeEntry(entry, 'null'),
      })
    }
    if (row.message_hash && !given.fresh.delete(row.message_hash)) return note('duplicate')
    if (row.message_hash) work.hashes.push(row.message_hash)
    await guarded(work, async () => {
      const body = bodyOf(row)
      if (row.kind === 'command') {
        const command = body as CommandBody
        const key = row.workspace_id + command.key
        if (given.answered.has(key)) return note('duplicate')
        given.answered.set(key, command.bodyHash)
        if (mail.now > command.validUntil) {
          out.expired.push({ bucket: row.bucket, workspace: row.workspace_id, body: command })
          return note('expired')
        }
      }
      const now = Math.max(received, work.held.state?.now ?? 0)
      // what is about to be replaced rings no more
      if (row.kind !== 'restore') await ringBefore(work, stand, now - 1, due => due)
      await apply(work, stand, { kind: row.kind, now, received, body } as Input, row)
      row.parsed = undefined
    })
  }

  // An alarm due at T waits until no visible row of its bucket was received at or before T.
  const lastRead = new Map<number, number>()
  for (const row of mail.rows) if (mail.behind.has(row.bucket)) lastRead.set(row.bucket, row.received)
  const ring = async (work: Work): Promise<void> => {
    if (failed.has(work.id) || !work.held.state || work.held.mergedInto) return
    const stand = stands.standOf(bucketOf(work.id), work.workspace)
    const real = Math.min(mail.now, (lastRead.get(bucketOf(work.id)) ?? Number.POSITIVE_INFINITY) - 1)
    await guarded(work, () =>
      ringBefore(work, stand, real + stand.offsetMs, due => (stand.offsetMs > 0 ? due : mail.now)),
    )
  }

  /** Every alarm that was read moves, even where nobody rings (the customer is parked, or part of another): one that stayed in the
   *  past would be read again at once, for ever. */
  const touchDue = (row: CustomerRow): void => {
    if (mail.parked.has(row.id)) {
      out.silent.push(row.id)
      return
    }
    const work = workOf(row.workspace_id, row.id)
    if (given.breaking.has(row.id)) {
      if (!failed.has(row.id)) park(work, 'broke_transaction', given.breaking.get(row.id))
      return
    }
    work.touched = true // at least its due_at is written again
  }

  /** The alarm to be stored, real ms. Early is allowed: it is written only when it moves earlier, has fired, or cannot come. */
  const dueOf = ({ state, due, mergedInto }: Held, stand: Stand): number | null => {
    if (state === null || mergedInto !== null) return null
    const alarm = nextAlarm(state, worlds.get(stand.workspace, stand.catalogueNo))
    if (alarm === null) return null
    const next = alarm - stand.offsetMs
    const stored = due === null ? null : due - stand.deltaMs
    return stored !== null && stored > mail.now && next >= stored ? stored : next
  }

  /** What is to be written of the customer: its text, its next alarm, its lines of the journal. */
  const close = async (work: Work): Promise<void> => {
    closed.add(work.id)
    if (work.touched) await ring(work)
    if (!failed.has(work.id) && work.touched) {
      if (work.held.state) work.bytes = Buffer.from(packState(work.held.state))
      if (work.bytes.length > STATE_LIMIT_BYTES)
        park(work, 'too_large', `state of ${work.bytes.length} bytes`)
    }
    if (failed.has(work.id)) return
    const stand = stands.standOf(bucketOf(work.id), work.workspace)
    if (work.touched) work.due = dueOf(work.held, stand)
    for (const line of work.lines) line.segment.entries.push(line.entry)
    out.works.push(work)
    work.now = work.held.state?.now ?? 0
    // whom it joins is sent it
    if (!work.effects.some(e => e.kind === 'merged')) work.held.state = null
  }

  const closeDue = async (row: CustomerRow): Promise<void> => {
    const rest = given.breath()
    if (rest) await rest
    touchDue(row)
    const work = works.get(row.id)
    if (work) await close(work)
  }

  for (const row of mail.due) if (ahead.has(row.id)) touchDue(row)
  for (const row of mail.rows) {
    const rest = given.breath()
    if (rest) await rest
    const stand = stands.standOf(row.bucket, row.workspace_id)
    if (row.customer_id === null) {
      stands.step(stand, row)
      out.count++
      continue
    }
    await foldRow(row, stand)
    const work = works.get(row.customer_id)
    if (closesEarly && work?.ahead === 0) await close(work)
  }
  for (const row of mail.due) if (!ahead.has(row.id)) await closeDue(row)
  for (const work of works.values()) if (!closed.has(work.id)) await close(work)
  for (const p of out.parked) stands.notePark(p)
  out.silent.push(...out.parked.map(p => p.customer))
  out.forwards = out.forwards.filter(f => !failed.has(f.row.customer_id!))
  out.shifts = stands.shifts()
  out.segments = stands.segments()
  return out
}
