// Events in over HTTP, folded, and queryable in ClickHouse: at full speed, for a minute, beside ten live journeys and live
// segments (20, or as many as asked for).
import type { JourneyGraph } from '../src/journeys/model.ts'
import { pastOf, stream } from './events.ts'
import { pump } from './load.ts'
import { cpuBetween, machine, percentile, sleep, sum, usage } from './machine.ts'
import {
  ask,
  newSpace,
  type Product,
  publishJourney,
  settled,
  type Space,
  startProduct,
  troubles,
} from './product.ts'
import { n, type Report } from './report.ts'
import { publishSegments, segmentRules } from './segment-rules.ts'
import { happened } from '../src/rules/make.ts'

const LANES = 8

/** Ten live journeys: what a shop runs beside its traffic. Two of them start often and wait. */
function journeys(): JourneyGraph[] {
  return Array.from(
    { length: 10 },
    (_, i): JourneyGraph => ({
      format: 1,
      name: `Bench ${i}`,
      trigger:
        i < 2
          ? {
              kind: 'event',
              event: 'Checkout Started',
              where: [{ path: 'price', op: 'at_least', value: 1_000 + i }],
            }
          : { kind: 'event', event: `Rare event ${i}` },
      reentry: { kind: 'after_exit', coolDownMs: 86_400_000 },
      exits: [{ name: 'bought', rule: happened('Order Completed') }],
      start: 'wait',
      nodes: {
        wait: { type: 'delay', fields: { ms: 3_600_000 }, next: { next: 'mark' } },
        mark: { type: 'update', fields: { addTags: ['waited'] }, next: { next: 'end' } },
        end: { type: 'exit', fields: {}, next: {} },
      },
    }),
  )
}

/** Gives each customer a past, through the product. */
export async function seed(product: Product, space: Space, people: number): Promise<number> {
  const now = Date.now()
  let i = 0
  const began = performance.now()
  await pump({
    url: product.baseUrl,
    key: space.apiKey,
    lanes: LANES,
    next() {
      if (i >= people) return null
      const items: string[] = []
      while (items.length < 48 && i < people) items.push(...pastOf(i++, 's', now))
      return { items, fresh: items.length }
    },
    taken: () => undefined,
  })
  await settled(product, 900_000)
  return (performance.now() - began) / 1000
}

/** In the newest snapshots of history: 0 would say that no segment was judged. */
const memberships = (product: Product, space: Space): Promise<number> =>
  ask<{ n: string }>(
    product,
    'select sum(length(segments)) as n from customer final where workspace_id = {w: UUID}',
    { w: space.id },
  ).then(r => Number(r.n))

type Look = { at: number; taken: number; inbox: number; lagMs: number; queryable: number }

type Options = { people: number; seconds: number; floorRate: number | null; segments?: number }

export const pipeline = async (options: Options): Promise<Report> => (await run(options)).report

/** `cpuUs`: CPU of all processes of the product, engines included, for each event. */
export async function run(
  options: Options,
): Promise<{ report: Report; sustained: number; cpuUs: number; stateP95: number }> {
  const product = await startProduct()
  try {
    const space = await newSpace(product)
    for (const graph of journeys()) await publishJourney(product, space, graph)
    const segments = options.segments ?? 20
    await publishSegments(product, space, segmentRules(segments))
    const seedS = await seed(product, space, options.people)
    const { rows } = await product.core.pool.query<{ n: number; p50: number; p95: number }>(
      `select count(*)::int as n, percentile_cont(0.5) within group (order by octet_length(state)) as p50,
              percentile_cont(0.95) within group (order by octet_length(state)) as p95 from customer`,
    )
    const states = rows[0]!

    const count = () =>
      ask<{ n: string }>(
        product,
        "select count() as n from event where workspace_id = {w: UUID} and kind = 'event' and startsWith(message_id, 'b-')",
        { w: space.id },
      ).then(r => Number(r.n))
    const look = async (at: number, taken: number): Promise<Look> => {
      const inbox = await product.core.pool.query<{ n: number; lag: number }>(
        'select count(*)::int as n, coalesce(extract(epoch from clock_timestamp() - min(received)), 0)::float8 * 1000 as lag from inbox',
      )
      return { at, taken, inbox: inbox.rows[0]!.n, lagMs: inbox.rows[0]!.lag, queryable: await count() }
    }

    const source = stream(options.people, 'b')
    const load = machine().load
    const before = usage(product.pid)
    const cpuOfLoad = process.cpuUsage()
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    let items = 0
    let fresh = 0
    let refused = 0
    let running = true
    const looks: Look[] = []
    const watch = (async () => {
      while (running) {
        await sleep(2_500)
        if (running) looks.push(await look(seconds(), fresh))
      }
    })()
    await pump({
      url: product.baseUrl,
      key: space.apiKey,
      lanes: LANES,
      next: () => (seconds() < options.seconds ? source.next() : null),
      taken(batch) {
        items += batch.items.length
        fresh += batch.fresh
      },
      refused: () => {
        refused++
      },
    })
    running = false
    const tookS = seconds()
    await watch
    const atEnd = await look(seconds(), fresh)
    await settled(product, 300_000)
    const allS = seconds()
    const after = usage(product.pid)
    const load1 = process.cpuUsage(cpuOfLoad)
    const loadS = (load1.user + load1.system) / 1e6

    const end = await ask<{ n: string; ids: string }>(
      product,
      "select count() as n, uniqExact(message_id) as ids from event where workspace_id = {w: UUID} and kind = 'event' and startsWith(message_id, 'b-')",
      { w: space.id },
    )
    const merged = await product.core.pool.query<{ n: number }>(
      'select count(*)::int as n from customer where merged_into is not null',
    )
    const parked = await product.core.pool.query<{ n: number }>('select count(*)::int as n from parked')
    const right = Number(end.n) === fresh && Number(end.ids) === fresh && parked.rows[0]!.n === 0
    const sustained = fresh / allS
    const lags = looks.map(l => l.lagMs).sort((a, b) => a - b)
    const report: Report = {
      bench: 'pipeline',
      size: `${n(options.people)} customers, ${segments} live segments, states p50 ${n(states.p50)} p95 ${n(states.p95)} bytes, ${options.seconds} s`,
      right,
      figures: [
        { what: 'accepted', value: `${n(items / tookS)} items/s` },
        { what: 'folded', value: `${n((fresh - atEnd.inbox) / atEnd.at)} events/s` },
        { what: 'queryable', value: `${n(atEnd.queryable / atEnd.at)} events/s` },
        {
          what: 'sustained: first request to all queryable',
          value: `${n(sustained)} events/s`,
          aim: '>= 12,000',
        },
        {
          what: 'of floor',
          value: options.floorRate ? (sustained / options.floorRate).toFixed(2) : 'floor not measured',
          aim: '>= 0.5',
        },
        {
          what: 'inbox lag',
          value: `p50 ${n(percentile(lags, 0.5))} ms, max ${n(lags.at(-1) ?? 0)} ms`,
          aim: 'bounded',
        },
        { what: 'until all queryable, after the last request', value: `${(allS - tookS).toFixed(1)} s` },
        { what: 'batches told to come later (429)', value: n(refused) },
      ],
      notes: [
        `checked: ${n(fresh)} distinct events accepted (of ${n(items)} items, repeats among them); in ClickHouse ${n(Number(end.n))} rows, ${n(Number(end.ids))} distinct; ${n(merged.rows[0]!.n)} of ${n(source.merges())} pairs merged; ${parked.rows[0]!.n} parked`,
        `CPU seconds in ${allS.toFixed(0)} s: ${cpuBetween(before, after)}, load generator ${loadS.toFixed(1)}; memory ${Object.entries(
          after.memoryMb,
        )
          .map(([k, v]) => `${k} ${n(v)} MB`)
          .join(', ')}; load before ${load}`,
        `errors in PostgreSQL's log: ${troubles(product)}`,
        `before it: ${n(options.people * 3)} events of the past taken, folded and queryable in ${seedS.toFixed(0)} s (${n((options.people * 3) / seedS)}/s)`,
        `inbox rows over time: ${looks.map(l => `${l.at.toFixed(0)} s ${n(l.inbox)}`).join(', ')}`,
        `memberships held at the end: ${n(await memberships(product, space))}`,
      ],
    }
    const cpuS = sum(after.cpuS) - sum(before.cpuS)
    return { report, sustained, cpuUs: (cpuS * 1e6) / fresh, stateP95: states.p95 }
  } finally {
    await product.stop()
  }
}
