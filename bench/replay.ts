// A draft over 30 days of 100,000 customers and 3,000,000 events, all of names that it asks for, in the running product.
// History is written by ClickHouse into the true table and states by SQL; the replay is asked for over HTTP. How many
// people enter is checked against SQL written by hand.
import { packState } from '../src/customers/pack.ts'
import { emptyState } from '../src/customers/reduce.ts'
import type { Out } from '../src/contract.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { bucketOf, type Uuid } from '../src/platform/ids.ts'
import { cpuBetween, machine, until, usage } from './machine.ts'
import { idOf } from './population.ts'
import { api, ask, newSpace, startProduct, type Product } from './product.ts'
import { n, type Report } from './report.ts'

const DAYS = 30
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const STEP = 250_000
const PEOPLE_STEP = 2_000

/** Two views in the week before the cart; then LINE, after an hour without an order, and a wait of three days. */
const GRAPH: JourneyGraph = {
  format: 1,
  name: 'Replayed',
  trigger: { kind: 'event', event: 'Product Added' },
  filter: {
    op: 'event',
    event: 'Product Viewed',
    window: { in: 'last', span: { n: 7, unit: 'day' } },
    measure: { of: 'count', test: { is: 'at_least', value: 2 } },
  },
  reentry: { kind: 'after_exit', coolDownMs: DAY_MS },
  exits: [],
  start: 'wait',
  nodes: {
    wait: {
      type: 'wait_event',
      fields: { event: 'Order Completed', timeoutMs: HOUR_MS },
      next: { event: null, timeout: 'line' },
    },
    line: {
      type: 'send',
      fields: {
        channel: 'line',
        purpose: 'marketing',
        content: { channel: 'line', messages: [{ type: 'text', text: 'hi {{ customer.name }}' }] },
      },
      next: { accepted: 'rest' },
    },
    rest: { type: 'delay', fields: { ms: 3 * DAY_MS }, next: { next: null } },
  },
}

async function populate(
  product: Product,
  workspace: Uuid,
  size: { people: number; events: number },
  now: number,
) {
  const { core } = product
  for (let from = 0; from < size.events; from += STEP)
    await core.history.command({
      query: `insert into event (workspace_id, customer_id, bucket, seq, line, kind, name, occurred, received, folded, message_id, source, props, channel, phase, stage)
        select toUUID('${workspace}'), ${idOf(`cityHash64(number, 7) % ${size.people}`)}, number % 256, number, 0, 'event',
          multiIf(r < 70, 'Product Viewed', r < 90, 'Product Added', 'Order Completed'), fromUnixTimestamp64Milli(toInt64(${now}) - toInt64(cityHash64(number, 1) % ${DAYS * DAY_MS}), 'UTC') as t, t, t, toString(number), 'web',
          concat('{"product_id":"p', toString(cityHash64(number, 2) % 2000), '","name":"商品","price":', toString(100 + cityHash64(number, 4) % 5000), ',"url":"https://shop.example.com/products/p', toString(cityHash64(number, 2) % 2000), '","referrer":"https://www.google.com/search","cart_url":"https://shop.example.com/cart"}'), 'web', 'pre', 'awareness'
        from (select number, cityHash64(number, 5) % 100 as r from numbers(${from}, ${Math.min(STEP, size.events - from)}))`,
      clickhouse_settings: { max_execution_time: 300 },
    })
  for (let from = 0; from < size.people; from += PEOPLE_STEP) {
    const found = await core.history.query({
      query: `select ${idOf('number')} as id from numbers(${from}, ${PEOPLE_STEP})`,
      format: 'JSONEachRow',
    })
    const ids = (await found.json<{ id: Uuid }>()).map(r => r.id)
    const states = ids.map((id, i) => {
      const at = now - 60 * DAY_MS
      return packState({
        ...emptyState({ workspace, id }, at),
        traits: { name: { v: `N${from + i}`, at, src: 'bench' } },
        ids: [{ kind: 'line_uid', value: `U${id.replaceAll('-', '')}`, verified: true, at, src: 'bench' }],
        ...(i % 3 === 0 ? { line: { following: true, at } } : {}),
      })
    })
    await core.pool.query(
      `insert into customer (bucket, id, workspace_id, state, version)
       select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[])`,
      [ids.map(bucketOf), ids, ids.map(() => workspace), states, ids.map(() => 1)],
    )
  }
}

export async function replay(options: { people: number; events: number }): Promise<Report> {
  const product = await startProduct()
  try {
    const space = await newSpace(product)
    const now = Date.now()
    await populate(product, space.id, options, now)
    const made = await api<Out<'createJourney'>>(product, space, 'POST', '/journeys', { graph: GRAPH })
    const before = usage(product.pid)
    const began = performance.now()
    const asked = await api<Out<'startReplay'>>(product, space, 'POST', `/journeys/${made.id}/replays`, {
      days: DAYS,
    })
    const done = await until(
      'replay',
      600_000,
      100,
      () => api<Out<'replay'>>(product, space, 'GET', `/journeys/${made.id}/replays/${asked.id}`),
      r => r.status !== 'queued' && r.status !== 'running',
    )
    const tookS = (performance.now() - began) / 1000
    const cpu = cpuBetween(before, usage(product.pid))
    const { result } = done
    if (!result) throw new Error(`the replay ended as ${done.status}`)
    const byHand = await ask<{ people: number }>(
      product,
      `select count() as people from (
         select customer_id, groupArrayIf(toUnixTimestamp64Milli(received), name = 'Product Added') as added,
                groupArrayIf(toUnixTimestamp64Milli(received), name = 'Product Viewed') as viewed
           from event where workspace_id = {w:UUID} and received >= fromUnixTimestamp64Milli({from:Int64}) and received < fromUnixTimestamp64Milli({to:Int64})
          group by customer_id)
        where arrayExists(a -> arrayCount(v -> v > a - ${7 * DAY_MS} and v < a, viewed) >= 2, added)`,
      { w: space.id, from: Date.parse(result.from), to: Date.parse(result.to) },
    )
    const right = result.draft.people === Number(byHand.people)
    return {
      bench: 'replay',
      size: `${n(options.people)} customers, ${n(options.events)} events in ${DAYS} days`,
      figures: [
        {
          what: `draft over ${DAYS} days: ${n(result.facts)} facts walked`,
          value: `${tookS.toFixed(1)} s`,
          aim: '< 60 s',
        },
        { what: 'facts a second', value: n(result.facts / tookS) },
        {
          what: 'entries; people; messages accepted',
          value: `${n(result.draft.entered)}; ${n(result.draft.people)}; ${n(result.draft.sends.reduce((sum, s) => sum + s.accepted, 0))}`,
        },
        { what: 'CPU seconds', value: cpu },
      ],
      right,
      notes: [
        ...(right ? [] : [`${n(result.draft.people)} people enter; by hand ${n(Number(byHand.people))}`]),
        `load of the machine ${machine().load}`,
      ],
    }
  } finally {
    await product.stop()
  }
}
