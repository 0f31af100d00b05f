// One step of a job: reads some customers, says what is to be said to them as bulk, and moves the cursor, in one
// transaction. Steps may be repeated by another process after a kill; what one of them said is then said once.
import { unpackState } from '../customers/pack.ts'
import type { CustomerState } from '../customers/model.ts'
import type { World } from '../customers/world.ts'
import type { Stage } from '../catalogue/jobs.ts'
import { publishWorld } from '../catalogue/publish.ts'
import { awaitHistory } from '../inbox/announce.ts'
import { append, type Append } from '../inbox/append.ts'
import type { FillBody, IncomingInput, NoteBody } from '../inbox/model.ts'
import { openWorlds } from '../inbox/worlds.ts'
import type { Core } from '../platform/core.ts'
import { must, never } from '../platform/errors.ts'
import { faultPoint } from '../platform/fault.ts'
import { BUCKETS, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { pastOf, readPast, stepsOf, type Past } from './contributions.ts'
import { wouldMove } from './fold.ts'
import { coverChecks, endJob, NOBODY, noteStep, settleOthers, type JobRow } from './jobs.ts'
import { findSegment } from './store.ts'
import { concerns } from './tell.ts'
import {
  countRows,
  customersAfter,
  edgesOf,
  forgetEdges,
  havingOrders,
  isFolded,
  isFull,
  isWaiting,
  newest,
  noteFilled,
  placeBehind,
  type Place,
  type Seen,
} from './steps-store.ts'

const AHEAD_MS = 2_000

/** worked: go on; waits: look again in a moment; yields: others first, if there are any; over: ended, lost to somebody
 *  else, or cancelled. */
export type Went = 'worked' | 'waits' | 'yields' | 'over'

/** The job is somebody else's now, or was cancelled. */
class Lost extends Error {}

export type Stepper = { step(job: JobRow): Promise<Went> }

export function openStepper(core: Core): Stepper {
  const worlds = openWorlds()

  async function worldOf(workspace: Uuid, no: number): Promise<World> {
    await worlds.load(core.pool, [{ workspace, no }])
    return worlds.get(workspace, no)
  }

  /** Open pages that show the job ask again. */
  const tell = (job: JobRow): void =>
    core.signals.emit('live', `${job.workspace_id}:${job.segment_id === null ? 'journeys' : 'segments'}`)

  /** Moves the job; what `within` does is of the same transaction.
   *  @throws Lost when it is not ours any more */
  async function move(
    job: JobRow,
    next: Partial<JobRow>,
    rows: Append[] = [],
    within: (sql: Sql) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const moved = { ...job, ...next, hits: job.hits + rows.length }
    await inTransaction(core.pool, async sql => {
      await append(sql, null, rows, 'bulk')
      if (!(await noteStep(sql, core.processId, moved))) throw new Lost()
      await within(sql)
      faultPoint('segment-job.before-commit')
    })
    faultPoint('segment-job.after-commit')
    Object.assign(job, moved)
    if (rows.length > 0) core.signals.emit('inbox')
    tell(job)
  }

  /** read while the step before is judged and written; of no use when the job had to wait meanwhile */
  let ahead: { workspace: Uuid; at: Place; since: number; seen: Promise<Seen[]> } | null = null

  async function seenAt(workspace: Uuid, at: Place): Promise<Seen[]> {
    const known =
      ahead?.workspace === workspace &&
      ahead.at.bucket === at.bucket &&
      ahead.at.after === at.after &&
      performance.now() - ahead.since < AHEAD_MS
        ? ahead.seen
        : customersAfter(core, workspace, at)
    ahead = null
    const seen = await known
    const next = placeBehind(seen)
    if (next.bucket < BUCKETS) {
      const reading = customersAfter(core, workspace, next)
      reading.catch(() => undefined) // told when it is its turn
      ahead = { workspace, at: next, since: performance.now(), seen: reading }
    }
    return seen
  }

  /** Walks over customers: `say` what each is to be told. `then`: the stage after the last one. `begins`: what belongs to
   *  the first step. */
  async function walk(
    job: JobRow,
    say: (seen: Seen[]) => Promise<Append[]> | Append[],
    then: Stage | null,
    begins?: (sql: Sql) => Promise<void>,
  ): Promise<Went> {
    if (await isFull(core, job.workspace_id)) return 'waits'
    if (job.total === null) {
      const all = await countRows(core, job.workspace_id)
      await move(job, { total: all * (job.stage === 'orders' ? 2 : 1) }) // whoever is filled is checked, too
    }
    const first = job.bucket === 0 && job.after === NOBODY
    const seen = await seenAt(job.workspace_id, job)
    const { bucket, after } = placeBehind(seen)
    const rows = await say(seen)
    const done = job.done + seen.length
    const within = first ? begins : undefined
    if (bucket < BUCKETS || then === null) await move(job, { bucket, after, done }, rows, within)
    else await move(job, { bucket: 0, after: NOBODY, done, stage: then }, rows, within)
    if (bucket < BUCKETS || then !== null) return job.stage === 'settle' ? 'yields' : 'worked'
    await endJob(core.pool, core.processId, job, 'done')
    tell(job)
    return 'over'
  }

  /** What is told to every member. */
  async function tellMembers(job: JobRow): Promise<Went> {
    const segment = await findSegment(core.pool, job.workspace_id, job.segment_id!)
    const group = job.params.group === undefined ? null : (segment.groups[job.params.group] ?? 0)
    const body = await noteOf(job)
    return walk(
      job,
      seen =>
        seen
          .filter(s => !s.merged && isIn(s.state, segment.n, group))
          .map(s => inputTo(job, s.id, { kind: 'note', messageId: null, body })),
      null,
    )
  }

  /** What is said to everybody whom it concerns. */
  async function tellThem(job: JobRow): Promise<Went> {
    const { tell } = job.params
    must(tell, 'a job that tells says what')
    const { no, offsetMs } = await newest(core.pool, job.workspace_id)
    const world = await worldOf(job.workspace_id, no)
    const body: NoteBody = { ...tell, actor: job.created_by, src: 'itinera' }
    return walk(
      job,
      seen =>
        seen
          .filter(s => !s.merged && concerns(tell, s.state, world, Date.now() + offsetMs))
          .map(s => inputTo(job, s.id, { kind: 'note', messageId: null, body })),
      null,
    )
  }

  async function noteOf({ kind, params, segment_id, workspace_id, created_by }: JobRow): Promise<NoteBody> {
    const common = { actor: created_by, src: publicId('seg', segment_id!) }
    if (kind === 'snapshot') {
      const list = await findSegment(core.pool, workspace_id, params.into!)
      return { ...common, do: 'list', n: list.n, on: true }
    }
    must(params.tag, 'a job that tags has a tag')
    if (kind === 'untag') return { ...common, do: 'remove_tag', tag: params.tag }
    return {
      ...common,
      do: 'add_tag',
      tag: params.tag,
      ...(params.until === undefined ? {} : { until: Date.parse(params.until) }),
    }
  }

  /** where the steps of a fill end, worked out from where it stood */
  let ends: { job: Uuid; after: Uuid; steps: Uuid[] } | null = null
  const pasts = new Map<Uuid, Past | null>()
  async function past(job: JobRow): Promise<Past | null> {
    if (!pasts.has(job.id))
      pasts.set(job.id, pastOf(await worldOf(job.workspace_id, job.params.no!), job.params.no!))
    return pasts.get(job.id)!
  }

  /** History must hold all that was folded before the publication. */
  async function wait(job: JobRow): Promise<Went> {
    const edges = await edgesOf(core, job)
    if (edges === null) return 'waits' // folds are still to take it: history has nothing to hurry for
    if (edges.some(e => e.copied < e.seq - 1)) {
      awaitHistory(core.signals)
      return 'waits'
    }
    const asked = await past(job)
    await move(job, { stage: asked && asked.tracked.size > 0 ? 'fill' : asked?.orders ? 'orders' : 'settle' })
    return 'worked'
  }

  const fillOf = (job: JobRow, of: Uuid, mem: FillBody['mem'], orders: boolean): Append =>
    inputTo(job, of, {
      kind: 'fill',
      messageId: null,
      body: { catalogueNo: job.params.no!, of, mem, ...(orders ? { orders } : {}) },
    })

  /** Tells some customers what history knows of them. The cursor is an id, in ClickHouse's order. */
  async function fill(job: JobRow): Promise<Went> {
    if (await isFull(core, job.workspace_id)) return 'waits'
    const asked = await past(job)
    must(asked, 'a publication that asks for the past is filled')
    const edges = await edgesOf(core, job)
    must(edges, 'the beginnings of a publication stay as long as its job')
    const now = Date.now() + (await newest(core.pool, job.workspace_id)).offsetMs
    if (job.total === null) await move(job, { total: 2 * (await countRows(core, job.workspace_id)) })
    if (ends?.job !== job.id || ends.after !== job.after) {
      const steps = await stepsOf(core.history, job.workspace_id, asked, job.after, now)
      ends = { job: job.id, after: job.after, steps }
    }
    const upTo = ends.steps[0] ?? null
    const found = await readPast(core.history, job.workspace_id, asked, {
      after: job.after,
      upTo,
      edges: edges.map(e => e.seq),
      now,
    })
    const rows = [...found].map(([of, mem]) => fillOf(job, of, mem, asked.orders))
    const done = job.done + found.size
    if (upTo !== null) await move(job, { after: upTo, done }, rows)
    else
      await move(
        job,
        {
          after: NOBODY,
          ...(asked.orders ? { done, stage: 'orders' } : { done: half(job), stage: 'settle' }),
        },
        rows,
      )
    if (upTo !== null) ends = { job: job.id, after: upTo, steps: ends.steps.slice(1) }
    return job.stage === 'settle' ? 'yields' : 'worked'
  }

  /** Customers of whom history knew nothing else, and who have orders: their own rows say the rest. */
  const orders = (job: JobRow): Promise<Went> =>
    walk(
      job,
      async seen => {
        const having = await havingOrders(
          core,
          job,
          seen.flatMap(s => (s.merged ? [] : [s.id])),
        )
        return having.map(of => fillOf(job, of, {}, true))
      },
      'settle',
    )

  const half = (job: JobRow): number => Math.floor((job.total ?? 0) / 2)

  /** Waits until everybody has heard of the past; then whoever was told nothing has none. */
  async function settle(job: JobRow): Promise<Went> {
    if (await isWaiting(core, job.workspace_id)) return 'waits'
    await inTransaction(core.pool, async sql => {
      const next: Stage = job.segment_id === null ? 'end' : 'check'
      const moved = { ...job, stage: next, done: half(job) }
      if (!(await noteStep(sql, core.processId, moved))) throw new Lost()
      await settleOthers(sql, job)
      await publishWorld(sql, core, job.workspace_id)
      Object.assign(job, moved)
    })
    core.signals.emit('inbox', '')
    return 'yields'
  }

  /** Says `recheck` to those of whom the rules say something else than what they hold. */
  async function check(job: JobRow): Promise<Went> {
    const { no, offsetMs } = await newest(core.pool, job.workspace_id)
    if (!(await isFolded(core, job.workspace_id, no))) return 'waits'
    const world = await worldOf(job.workspace_id, no)
    const now = Date.now() + offsetMs
    return walk(
      job,
      seen =>
        seen
          .filter(s => !s.merged && s.state !== '{}' && wouldMove(unpackState(s.state), world, now))
          .map(s => inputTo(job, s.id, { kind: 'recheck', messageId: null, body: { catalogueNo: no } })),
      'end',
      sql => coverChecks(sql, job, no),
    )
  }

  /** Waits until everybody has heard what was said; then the version's past is known. */
  async function end(job: JobRow): Promise<Went> {
    if (await isWaiting(core, job.workspace_id)) return 'waits'
    await inTransaction(core.pool, async sql => {
      if (!(await noteStep(sql, core.processId, job))) throw new Lost()
      await noteFilled(sql, job)
      await forgetEdges(sql, job)
      await endJob(sql, core.processId, job, 'done')
    })
    tell(job)
    return 'over'
  }

  async function oneStep(job: JobRow): Promise<Went> {
    switch (job.stage) {
      case 'walk':
        return job.kind === 'tell' ? tellThem(job) : tellMembers(job)
      case 'wait':
        return wait(job)
      case 'fill':
        return fill(job)
      case 'orders':
        return orders(job)
      case 'settle':
        return settle(job)
      case 'check':
        return check(job)
      case 'end':
        return end(job)
      default:
        return never(job.stage)
    }
  }

  return {
    async step(job) {
      try {
        return await oneStep(job)
      } catch (error) {
        if (error instanceof Lost) return 'over'
        throw error
      }
    },
  }
}

const inputTo = (job: JobRow, customer: Uuid, input: IncomingInput): Append => ({
  workspace: job.workspace_id,
  customer,
  input,
})

function isIn(text: string, n: number, group: number | null): boolean {
  if (!text.includes('"m":[')) return false // nobody's memberships (src/customers/pack.ts) are not worth reading on
  const state: Partial<CustomerState> = unpackState(text)
  return state.seg?.some(m => m[0] === n && (group === null || m[1] === group)) ?? false
}
