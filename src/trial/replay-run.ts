// One replay, from its worlds to its result. Runs in a thread of its own (replay-thread.ts).
import { needsOf } from '../journeys/replay-world.ts'
import { openReplay, type Counted, type Replay } from '../journeys/replay.ts'
import type { World } from '../customers/world.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Pool } from '../platform/postgres.ts'
import { readPeople } from './replay-read.ts'

export type ReplayJob = {
  workspace: Uuid
  journey: Uuid
  /** worlds with the one journey in them, segments still */
  draft: World
  live: World | null
  from: number
  to: number
  costs: Record<string, number>
}

export type ReplayResult = {
  from: number
  to: number
  customers: number
  facts: number
  tookMs: number
  draft: Counted
  live: Counted | null
  /** people who would enter by both, by one of them alone */
  difference: { both: number; draft: number; live: number; samples: Record<'draft' | 'live', Uuid[]> } | null
  /** what really happened in that time: entries of this journey, and accepted messages by channel */
  real: { entered: number; people: number; sends: Record<string, number> }
  /** of those who would enter: who really entered these other journeys in that time */
  overlap: { journey: Uuid; people: number; samples: Uuid[] }[]
}

const MOST_SAMPLES = 20
const YIELD_EVERY = 2_000

/** @param told how many customers were walked, of how many */
export async function runReplay(
  history: History,
  pool: Pool,
  job: ReplayJob,
  told: (done: number, total: number | null) => void,
): Promise<ReplayResult> {
  const began = performance.now()
  const { from, to, costs, journey } = job
  const draft = openReplay({ world: job.draft, journey, from, to, costs })
  const live: Replay | null = job.live && openReplay({ world: job.live, journey, from, to, costs })
  const { names, horizonMs, orders, everybody } = needsOf(job.live ? [job.draft, job.live] : [job.draft])
  const wanted = {
    workspace: job.workspace,
    journey,
    names,
    since: horizonMs === null ? null : from - horizonMs,
    to,
    orders,
    everybody,
  }
  const difference: NonNullable<ReplayResult['difference']> = {
    both: 0,
    draft: 0,
    live: 0,
    samples: { draft: [], live: [] },
  }
  const entered = new Set<Uuid>()
  let total: number | null = null
  let done = 0
  let facts = 0
  for await (const slice of readPeople(history, pool, wanted, people => (total = people))) {
    facts += slice.facts
    for (const make of slice.persons) {
      const person = make()
      const { id } = person.state
      const byDraft = draft.walk(person)
      const byLive = live?.walk(make()) ?? false
      if (byDraft) entered.add(id)
      if (byDraft && byLive) difference.both++
      else if (byDraft !== byLive) {
        const side = byDraft ? 'draft' : 'live'
        difference[side]++
        if (difference.samples[side].length < MOST_SAMPLES) difference.samples[side].push(id)
      }
      if (++done % YIELD_EVERY === 0) told(done, total)
    }
    told(done, total)
  }
  return {
    from,
    to,
    customers: done,
    facts,
    tookMs: Math.round(performance.now() - began),
    draft: draft.counted,
    live: live?.counted ?? null,
    difference: live === null ? null : difference,
    real: await realOf(history, job),
    overlap: await overlapOf(history, job, entered),
  }
}

const WITHIN = `occurred >= fromUnixTimestamp64Milli({from:Int64}) and occurred < fromUnixTimestamp64Milli({to:Int64})`

async function realOf(
  history: History,
  { workspace, journey, from, to }: ReplayJob,
): Promise<ReplayResult['real']> {
  const rows = await askHistory<{ name: string; channel: string; n: number; people: number }>(
    history,
    `select name, if(name = 'journey.entered', '', channel) as channel, count() as n, uniqExact(customer_id) as people from event
      where workspace_id = {workspace:UUID} and name in ('journey.entered', 'message.accepted') and journey_id = {journey:UUID} and ${WITHIN}
      group by name, channel`,
    { workspace, journey, from, to },
  )
  const entries = rows.find(r => r.name === 'journey.entered')
  return {
    entered: entries?.n ?? 0,
    people: entries?.people ?? 0,
    sends: Object.fromEntries(rows.filter(r => r.name === 'message.accepted').map(r => [r.channel, r.n])),
  }
}

async function overlapOf(
  history: History,
  { workspace, journey, from, to }: ReplayJob,
  entered: Set<Uuid>,
): Promise<ReplayResult['overlap']> {
  if (entered.size === 0) return []
  const rows = await askHistory<{ journey: Uuid; customer: Uuid }>(
    history,
    `select distinct journey_id as journey, customer_id as customer from event
      where workspace_id = {workspace:UUID} and name = 'journey.entered' and journey_id <> {journey:UUID} and ${WITHIN}`,
    { workspace, journey, from, to },
  )
  const found = new Map<Uuid, ReplayResult['overlap'][number]>()
  for (const row of rows) {
    if (!entered.has(row.customer)) continue
    const one = found.get(row.journey) ?? { journey: row.journey, people: 0, samples: [] }
    found.set(row.journey, one)
    one.people++
    if (one.samples.length < MOST_SAMPLES) one.samples.push(row.customer)
  }
  return [...found.values()].sort((a, b) => b.people - a.people)
}
