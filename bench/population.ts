// A million customers with ten million events, written by ClickHouse itself from numbers() into the true tables: not by
// the product's pipeline, which has benches of its own. A thousand customers are merged into others; snapshots of a few
// thousand are newer than the rest, so that versions must be told apart.
import type { History } from '../src/platform/clickhouse.ts'

export const WORKSPACE = '00000000-0000-7000-8000-0000000000ab'
/** Workspace time of the newest event. */
export const NOW = Date.UTC(2025, 10, 24, 16)
const YEAR_MS = 365 * 86_400_000
const STEP = 200_000

/** The id of customer number `n` (an expression). */
export const idOf = (n: string): string =>
  `toUUID(concat(leftPad(lower(hex(toUInt32(${n}))), 8, '0'), '-0000-7000-8000-', leftPad(lower(hex(cityHash64(${n}) % 281474976710656)), 12, '0')))`

/** Few do much: the square of an even share. */
const someone = (salt: number, people: number): string =>
  `toUInt32(pow(cityHash64(number, ${salt}) % 1000000 / 1000000., 2) * ${people})`
const time = (salt: number): string => `toInt64(${NOW}) - toInt64(cityHash64(number, ${salt}) % ${YEAR_MS})`
const moment = (ms: string): string => `fromUnixTimestamp64Milli(${ms}, 'UTC')`
const pick = (list: readonly (string | number)[], salt: number): string =>
  `[${list.map(v => (typeof v === 'number' ? v : `'${v}'`)).join(', ')}][1 + cityHash64(number, ${salt}) % ${list.length}]`
const CATEGORIES = ['women', 'men', 'kids', 'shoes', 'bags', 'home', 'beauty', 'sale']

async function inSteps(total: number, insert: (from: number, n: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < total; from += STEP) await insert(from, Math.min(STEP, total - from))
}

export async function populate(history: History, size: { people: number; events: number }): Promise<void> {
  const { people, events } = size
  const merged = Math.round(people / 1000)
  const command = (query: string) =>
    history.command({ query, clickhouse_settings: { max_execution_time: 300, max_insert_threads: '1' } })
  await inSteps(events, (from, n) =>
    command(`insert into event (workspace_id, customer_id, bucket, seq, line, kind, name, occurred, received, folded, message_id, source, props, channel, phase, stage)
      select toUUID('${WORKSPACE}'), ${idOf(`if(c < ${merged} and number % 3 = 0, c + ${people}, c)`)}, number % 256, number, 0, 'event',
        multiIf(r < 40, 'Product Viewed', r < 70, 'Page Viewed', r < 80, 'Product Added', r < 84, 'Order Completed', r < 88, 'Checkout Started', r < 94, 'message.clicked', 'Store Visited'),
        ${moment(time(1))} as t, t, t, toString(number), 'web',
        concat('{"product_id":"p', toString(cityHash64(number, 2) % 2000), '","category":"', ${pick(CATEGORIES, 3)}, '","price":', toString(100 + cityHash64(number, 4) % 5000), ',"url":"https://shop.example.com/products/p', toString(cityHash64(number, 2) % 2000), '","referrer":"https://www.google.com/search"}'), 'web', 'pre', 'awareness'
      from (select number, ${someone(7, people)} as c, cityHash64(number, 5) % 100 as r from numbers(${from}, ${n}))`),
  )
  const customers = (numbers: string, version: number) =>
    command(`insert into customer (workspace_id, customer_id, version, name, email, line_following, orders, tags, traits, identifiers, consents, reach, bound, stage, text_names, text_values, date_names, date_values, number_names, number_values, absorbed, merged_into, last_order, clock_customer, likes_categories)
      select toUUID('${WORKSPACE}'), ${idOf('number')} as id, ${version}, concat('N', toString(number)), concat('n', toString(number), '@example.com'), number % 3 = 0, number % 4,
        if(number % 20 = 0, ['vip', 'new'], ['old']), concat('{"name":"N', toString(number), '"}'), ['email', 'email!', 'phone'], ['email/marketing'],
        multiIf(number % 3 = 0, ['line', 'email'], number % 3 = 1, ['email'], []), ['email'], 'awareness',
        ['name', 'gender', 'birthday', 'address.city', 'email', 'phone'],
        [concat('N', toString(number)), if(number % 2 = 0, 'female', 'male'), toString(toDate('1960-01-01') + number % 18000), ${pick(['台北市', '新北市', '台中市', '高雄市'], 8)}, concat('n', toString(number), '@example.com'), '0912345678'],
        ['birthday'], [toString(toDate('1960-01-01') + number % 18000)],
        ['score'], [number % 100], if(number < ${merged}, [${idOf(`number + ${people}`)}], []),
        if(number >= ${people}, ${idOf(`number - ${people}`)}, toUUID('00000000-0000-0000-0000-000000000000')),
        ${moment(time(9))}, ${moment(time(10))}, arraySlice([${pick(CATEGORIES, 11)}, ${pick(CATEGORIES, 12)}], 1, 1 + number % 2)
      from ${numbers}`)
  await inSteps(people + merged, (from, n) => customers(`numbers(${from}, ${n})`, 1))
  const orders = (from: number, n: number, version: number, counts: number) =>
    command(`insert into order_state (workspace_id, customer_id, order_no, version, known, at, counts, paid, status, refunded, returned, net, currency, channel, store, lines)
      select toUUID('${WORKSPACE}'), ${idOf(someone(13, people))}, concat('o', toString(number)), ${version}, 1, ${moment(time(14))}, ${counts}, 1, 'paid', if(${counts} = 1, 'none', 'whole'), 'none',
        if(${counts} = 1, 50000 + cityHash64(number, 15) % 300000, 0), 'TWD', ${pick(['online', 'online', 'store'], 16)}, '',
        [('p1', 's1', ${pick(CATEGORIES, 17)}, 'Acme', 1, ${1 - counts}, 50000)]
      from numbers(${from}, ${n})`)
  const bought = Math.round(events / 25)
  await inSteps(bought, (from, n) => orders(from, n, 1, 1))
  await orders(0, Math.round(bought / 20), 2, 0)
  await command('optimize table customer final')
  await command('optimize table order_state final')
  for (const from of [0, 1, 2])
    await customers(`(select number * 997 + ${from} as number from numbers(${Math.floor(people / 1000)}))`, 2)
}
