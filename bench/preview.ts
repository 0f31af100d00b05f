// Ten rules over a million customers and ten million events: how long counting takes. Each count is checked against SQL
// written by hand.
import { rmSync } from 'node:fs'
import { openClickHouse, type History } from '../src/platform/clickhouse.ts'
import { startEmbeddedChdb } from '../src/platform/embedded/chdb.ts'
import { openLog } from '../src/platform/log.ts'
import { migrateClickHouse } from '../src/platform/migrate.ts'
import type { Rule } from '../src/rules/model.ts'
import { previewRule } from '../src/segments/preview.ts'
import { NOW, populate, WORKSPACE } from './population.ts'
import { usage } from './machine.ts'
import { temporaryDataDir } from './product.ts'
import { type Figure, ms, n, type Report } from './report.ts'

const RUNS = 5
const DAY_MS = 86_400_000
const days = (count: number): { n: number; unit: 'day' } => ({ n: count, unit: 'day' })
const atLeast = (value: number): { is: 'at_least'; value: number } => ({ is: 'at_least', value })

/** People who are there, and who everybody is today. */
const LIVING = `customer final where workspace_id = '${WORKSPACE}' and merged_into = toUUID('00000000-0000-0000-0000-000000000000')`
const since = (count: number): string => `fromUnixTimestamp64Milli(toInt64(${NOW - count * DAY_MS}), 'UTC')`
const until = `fromUnixTimestamp64Milli(toInt64(${NOW}), 'UTC')`
/** Events with the person of today. */
const done = (where: string): string =>
  `(select if(m.s = toUUID('00000000-0000-0000-0000-000000000000'), e.customer_id, m.s) as person, e.* from (select * from event where workspace_id = '${WORKSPACE}' and occurred <= ${until} and ${where}) e
    left join (select arrayJoin(absorbed) as l, customer_id as s from ${LIVING}) m on m.l = e.customer_id)`
const ORDERS = `(select customer_id, order_no, argMax(counts, version) as ok, argMax(at, version) as placed, argMax(net, version) as worth, argMax(lines, version) as goods from order_state where workspace_id = '${WORKSPACE}' and at <= ${until} group by 1, 2)`

type Question = { name: string; rule: Rule; byHand: string }
const bought = (test: Extract<Rule, { op: 'orders' }>['measure']): Rule => ({
  op: 'orders',
  window: { in: 'ever' },
  measure: test,
})

const QUESTIONS: Question[] = [
  {
    name: 'tag, any of one',
    rule: { op: 'tags', is: 'any', tags: ['vip'] },
    byHand: `select count() from ${LIVING} and has(tags, 'vip')`,
  },
  {
    name: 'city, and reachable by e-mail',
    rule: {
      op: 'and',
      rules: [
        { op: 'trait', trait: 'address.city', type: 'text', test: { is: 'equal', value: '台北市' } },
        { op: 'channel', channel: 'email', is: 'reachable' },
      ],
    },
    byHand: `select count() from ${LIVING} and text_values[4] = '台北市' and has(reach, 'email')`,
  },
  {
    name: 'birthday within 30 days',
    rule: { op: 'trait', trait: 'birthday', type: 'date', test: { is: 'anniversary_in', days: 30 } },
    byHand: `select count() from ${LIVING} and substring(text_values[3], 6) between '11-25' and '12-25'`,
  },
  {
    name: 'viewed twice in 30 days, never bought',
    rule: {
      op: 'and',
      rules: [
        {
          op: 'event',
          event: 'Product Viewed',
          window: { in: 'last', span: days(30) },
          measure: { of: 'count', test: atLeast(2) },
        },
        bought({ of: 'count', test: { is: 'equal', value: 0 } }),
      ],
    },
    byHand: `select count() from ${LIVING} and customer_id in (select person from ${done(`name = 'Product Viewed' and occurred > ${since(30)}`)} group by person having count() > 1) and customer_id not in (select customer_id from ${ORDERS} where ok = 1)`,
  },
  {
    name: 'viewed shoes three times in 90 days',
    rule: {
      op: 'event',
      event: 'Product Viewed',
      where: [{ path: 'category', op: 'is', value: 'shoes' }],
      window: { in: 'last', span: days(90) },
      measure: { of: 'count', test: atLeast(3) },
    },
    byHand: `select count() from (select person from ${done(`name = 'Product Viewed' and occurred > ${since(90)} and JSONExtractString(props, 'category') = 'shoes'`)} group by person having count() > 2)`,
  },
  {
    name: 'bought bags in a year and kept them',
    rule: {
      op: 'orders',
      lines: { by: 'category', values: ['bags'] },
      window: { in: 'last', span: days(365) },
      measure: { of: 'count', test: atLeast(1) },
    },
    byHand: `select uniqExact(customer_id) from ${ORDERS} where ok = 1 and placed > ${since(365)} and goods[1].3 = 'bags'`,
  },
  {
    name: 'spent 5,000, nothing for 90 days',
    rule: {
      op: 'and',
      rules: [
        bought({ of: 'amount', test: atLeast(500_000) }),
        bought({ of: 'last_at', test: { is: 'over_ago', span: days(90) } }),
      ],
    },
    byHand: `select count() from (select customer_id from ${ORDERS} where ok = 1 group by 1 having sum(worth) >= 500000 and max(placed) <= ${since(90)})`,
  },
  {
    name: 'cart not followed by an order within 3 days, in 14 days',
    rule: {
      op: 'sequence',
      first: { event: 'Product Added' },
      next: { event: 'Order Completed' },
      within: days(3),
      is: 'not_followed',
      window: { in: 'last', span: days(14) },
    },
    byHand: `select uniqExact(a.person) from ${done(`name = 'Product Added' and occurred > ${since(14)} and occurred <= ${since(3)}`)} a
      left join (select person, groupArray(occurred) as times from ${done(`name = 'Order Completed' and occurred > ${since(14)}`)} group by person) o on o.person = a.person
      where not arrayExists(t -> t > a.occurred and t <= a.occurred + interval 3 day, o.times)`,
  },
  {
    name: 'bought in their own time, one or two cycles ago (repurchase due)',
    rule: bought({ of: 'cycle', onceDays: 90, test: { is: 'between', from: 1, to: 2 } }),
    byHand: `select count() from (select customer_id, count() as c, toUnixTimestamp64Milli(min(placed)) as f, toUnixTimestamp64Milli(max(placed)) as l from ${ORDERS} where ok = 1 group by 1)
      where if(l = f, (${NOW} - l) / ${90 * DAY_MS}, (${NOW} - l) * (c - 1) / (l - f)) between 1 and 2`,
  },
  {
    name: 'five different products in 60 days, and not by a click in 14 days',
    rule: {
      op: 'and',
      rules: [
        {
          op: 'event',
          event: 'Product Viewed',
          window: { in: 'last', span: days(60) },
          measure: { of: 'distinct', path: 'product_id', test: atLeast(5) },
        },
        {
          op: 'not',
          rule: {
            op: 'event',
            event: 'message.clicked',
            window: { in: 'last', span: days(14) },
            measure: { of: 'count', test: atLeast(1) },
          },
        },
      ],
    },
    byHand: `select count() from ${LIVING} and customer_id in (select person from ${done(`name = 'Product Viewed' and occurred > ${since(60)}`)} group by person having uniqExact(JSONExtractString(props, 'product_id')) > 4)
      and customer_id not in (select person from ${done(`name = 'message.clicked' and occurred > ${since(14)}`)})`,
  },
]

const CONTEXT = {
  workspace: WORKSPACE,
  at: NOW,
  timezone: 'Asia/Taipei',
  currency: 'TWD',
  segment: () => null,
} as const

/** CPU seconds of the ClickHouse process: where others take the cores, these tell more than the clock. */
const clickhouseS = (): number => usage(process.pid).cpuS.clickhouse ?? 0

/** Middle and best of some runs. */
async function measurePreview(history: History): Promise<{ figures: Figure[]; notes: string[] }> {
  const figures: Figure[] = []
  const notes: string[] = []
  for (const { name, rule, byHand } of QUESTIONS) {
    const times: number[] = []
    const before = clickhouseS()
    let count = 0
    for (let i = 0; i < RUNS; i++) {
      const began = performance.now()
      count = (await previewRule(history, CONTEXT, rule, true)).count
      times.push(performance.now() - began)
    }
    const cpuMs = ((clickhouseS() - before) * 1000) / RUNS
    times.sort((a, b) => a - b)
    const rows = await (
      await history.query({
        query: byHand,
        format: 'JSONCompactEachRow',
        clickhouse_settings: { max_execution_time: 300, max_memory_usage: '3000000000' },
      })
    ).json<[number]>()
    if (Number(rows[0]![0]) !== count) notes.push(`${name}: ${count}, by hand ${rows[0]![0]}`)
    const middle = times[Math.floor(times.length / 2)]!
    figures.push({
      what: `${name}: ${n(count)}`,
      value: `${ms(middle)} (best ${ms(times[0]!)}; ${Math.round(cpuMs)} ms of CPU)`,
      aim: '< 300 ms',
    })
  }
  return { figures, notes }
}

export async function preview(options: { people: number; events: number }): Promise<Report> {
  const dir = temporaryDataDir()
  const log = openLog('warn', 'preview')
  const chdb = await startEmbeddedChdb({ dataDir: dir, log })
  const history = openClickHouse(chdb.url)
  try {
    await migrateClickHouse(history, log)
    await populate(history, options)
    const { figures, notes } = await measurePreview(history)
    return {
      bench: 'preview',
      size: `${n(options.people)} customers, ${n(options.events)} events by numbers(), ${RUNS} runs each`,
      figures,
      right: notes.length === 0,
      notes: [...notes, 'The rows were made by ClickHouse in the true tables, not by the pipeline.'],
    }
  } finally {
    await history.close()
    await chdb.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
