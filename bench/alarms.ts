// Many customers due at the same moment: a date journey whose wall time is reached while the product runs.
import { pump } from './load.ts'
import { cpuBetween, machine, sleep, until, usage } from './machine.ts'
import { ask, newSpace, publishJourney, settled, startProduct } from './product.ts'
import { ms, n, type Report } from './report.ts'

const ZONE = 'Asia/Taipei' // of a new workspace
/** Slowest loading that still leaves the customers ready before the moment. */
const LOAD_PER_S = 1_200

const wall = (at: Date, what: 'date' | 'time'): string =>
  what === 'date'
    ? new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, dateStyle: 'short' }).format(at)
    : new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' }).format(at)

export async function alarms(options: { people: number }): Promise<Report> {
  const product = await startProduct()
  try {
    const space = await newSpace(product)
    const soonest = Date.now() + 15_000 + (options.people / LOAD_PER_S) * 1_000
    const due = new Date(Math.ceil(soonest / 60_000) * 60_000)
    await publishJourney(product, space, {
      format: 1,
      name: 'Renewal',
      trigger: { kind: 'date', trait: 'renewal', offsetDays: 0, time: wall(due, 'time'), yearly: false },
      reentry: { kind: 'always' },
      exits: [],
      start: 'mark',
      nodes: {
        mark: { type: 'update', fields: { addTags: ['renewed'] }, next: { next: 'end' } },
        end: { type: 'exit', fields: {}, next: {} },
      },
    })
    let i = 0
    await pump({
      url: product.baseUrl,
      key: space.apiKey,
      lanes: 8,
      next() {
        if (i >= options.people) return null
        const items: string[] = []
        for (; items.length < 50 && i < options.people; i++)
          items.push(
            JSON.stringify({
              type: 'identify',
              messageId: `a-${i}`,
              userId: `m${i}`,
              traits: { name: `顧客${i}`, renewal: wall(due, 'date') },
            }),
          )
        return { items, fresh: items.length }
      },
      taken: () => undefined,
    })
    await settled(product, 600_000)
    const waiting = async () =>
      (
        await product.core.pool.query<{ n: number }>(
          'select count(*)::int as n from customer where due_at is not null',
        )
      ).rows[0]!.n
    const armed = await waiting()
    const load = machine().load
    const early = due.getTime() - Date.now()
    if (early < 0) throw new Error(`loading took too long: ${n(-early)} ms after the moment`)
    await sleep(early)
    const before = usage(product.pid)
    // the journal's time is that of a fold's start: the last is over when nobody is due any more
    await until('alarms', 600_000, 20, waiting, left => left === 0)
    const tookS = (Date.now() - due.getTime()) / 1000
    const after = usage(product.pid)
    await settled(product, 300_000)
    const told = await ask<{ n: string; people: string; p50: number; p99: number; last: number }>(
      product,
      `select count() as n, uniqExact(customer_id) as people,
              quantileExact(0.5)(toUnixTimestamp64Milli(folded) - {due: Int64}) as p50,
              quantileExact(0.99)(toUnixTimestamp64Milli(folded) - {due: Int64}) as p99,
              max(toUnixTimestamp64Milli(folded) - {due: Int64}) as last
         from event where workspace_id = {w: UUID} and name = 'journey.entered'`,
      { w: space.id, due: due.getTime() },
    )
    const exits = await ask<{ n: string }>(
      product,
      "select count() as n from event where workspace_id = {w: UUID} and name in ('journey.exited', 'journey.completed')",
      { w: space.id },
    )
    const right =
      armed === options.people && Number(told.n) === options.people && Number(told.people) === options.people
    return {
      bench: 'alarms',
      size: `${n(options.people)} customers due at once`,
      right,
      figures: [
        {
          what: 'fired: entered, tagged, ended',
          value: `${n(options.people / tookS)} customers/s`,
          aim: '>= 5,000',
        },
        {
          what: 'lateness',
          value: `p50 ${ms(Number(told.p50))}, p99 ${ms(Number(told.p99))}, last ${ms(Number(told.last))}`,
        },
      ],
      notes: [
        `checked: ${n(armed)} alarms set; ${n(Number(told.n))} entries of ${n(Number(told.people))} customers, ${n(Number(exits.n))} ends in ClickHouse`,
        `CPU seconds: ${cpuBetween(before, after)}; load before ${load}`,
      ],
    }
  } finally {
    await product.stop()
  }
}
