// Many people through one journey: trigger, split, delay, send; one LINE message each, counted at a sink of our own.
import { pump } from './load.ts'
import { cpuBetween, machine, until, usage } from './machine.ts'
import { ask, newSpace, publishJourney, settled, startProduct } from './product.ts'
import { n, type Report } from './report.ts'
import { befriend, closeSink, connectSink, lineUid, openSink } from './sink.ts'
import { traitIs } from '../src/rules/make.ts'

const DELAY_MS = 1_000
const BATCH = 50

export async function journeys(options: { people: number }): Promise<Report> {
  const { people } = options
  const sink = await openSink()
  const product = await startProduct()
  try {
    const space = await newSpace(product)
    const webhookUrl = await connectSink(product, space, sink)
    const say = (tier: string) => ({
      type: 'send',
      fields: {
        channel: 'line',
        purpose: 'transactional',
        content: {
          channel: 'line',
          messages: [{ type: 'text', text: `${tier} {{ customer.name }} token={{ event.token }}` }],
        },
      },
      next: { accepted: null },
    })
    await publishJourney(product, space, {
      format: 1,
      name: 'Welcome',
      trigger: { kind: 'event', event: 'Signed Up' },
      reentry: { kind: 'never' },
      exits: [],
      start: 'split',
      nodes: {
        split: {
          type: 'split',
          fields: { branches: [{ name: 'gold', rule: traitIs('tier', 'gold') }] },
          next: { gold: 'wait_gold', else: 'wait' },
        },
        wait_gold: { type: 'delay', fields: { ms: DELAY_MS }, next: { next: 'gold' } },
        wait: { type: 'delay', fields: { ms: DELAY_MS }, next: { next: 'others' } },
        gold: say('gold'),
        others: say('member'),
      },
    })
    const post = async (item: (i: number) => unknown): Promise<void> => {
      let i = 0
      await pump({
        url: product.baseUrl,
        key: space.apiKey,
        lanes: 8,
        next() {
          if (i >= people) return null
          const items: string[] = []
          for (; items.length < BATCH && i < people; i++) items.push(JSON.stringify(item(i)))
          return { items, fresh: items.length }
        },
        taken: () => undefined,
      })
    }
    await post(i => ({
      type: 'identify',
      messageId: `who-${i}`,
      userId: `m${i}`,
      traits: { name: `顧客${i}`, line_uid: lineUid(i), tier: i % 2 === 0 ? 'gold' : 'silver' },
    }))
    await settled(product, 600_000)
    for (let from = 0; from < people; from += BATCH)
      await befriend(
        webhookUrl,
        Array.from({ length: Math.min(BATCH, people - from) }, (_, k) => lineUid(from + k)),
      )
    await settled(product, 600_000)

    const load = machine().load
    const before = usage(product.pid)
    const began = performance.now()
    await post(i => ({
      type: 'track',
      event: 'Signed Up',
      messageId: `up-${i}`,
      userId: `m${i}`,
      properties: { token: `t-${i}` },
    }))
    const postedS = (performance.now() - began) / 1000
    await until(
      'messages',
      900_000,
      50,
      async () => sink.arrivals.size,
      arrived => arrived >= people,
    )
    const sentS = (performance.now() - began) / 1000
    const after = usage(product.pid)
    await settled(product, 300_000)
    const told = await ask<{ n: string; people: string; took: number }>(
      product,
      `select count() as n, uniqExact(customer_id) as people,
              max(toUnixTimestamp64Milli(folded)) - min(toUnixTimestamp64Milli(folded)) as took
         from event where workspace_id = {w: UUID} and name = 'journey.entered'`,
      { w: space.id },
    )
    const ways = await ask<{ gold: string; others: string }>(
      product,
      `select countIf(node = 'gold') as gold, countIf(node = 'others') as others
         from event where workspace_id = {w: UUID} and name = 'node.entered'`,
      { w: space.id },
    )
    const { rows } = await product.core.pool.query<{ state: string; n: number }>(
      'select state, count(*)::int as n from message where workspace_id = $1 group by 1',
      [space.id],
    )
    const right =
      Number(told.n) === people &&
      Number(told.people) === people &&
      Number(ways.gold) === Math.ceil(people / 2) &&
      Number(ways.others) === Math.floor(people / 2) &&
      sink.keys.size === people &&
      sink.pushes === people &&
      rows.length === 1 &&
      rows[0]!.state === 'accepted' &&
      rows[0]!.n === people
    return {
      bench: 'journeys',
      size: `${n(people)} customers: trigger, split, delay of ${DELAY_MS / 1000} s, send`,
      right,
      figures: [
        {
          what: 'enrollments, first to last fold',
          value: `${n(people / (Number(told.took) / 1000))}/s`,
          aim: '>= 4,000/s',
        },
        {
          what: 'through the journey, first event to last message at the sink',
          value: `${n(people / sentS)}/s`,
        },
        { what: 'events taken', value: `${n(people / postedS)}/s` },
      ],
      notes: [
        `checked: ${n(Number(told.n))} entries of ${n(Number(told.people))} customers, ${n(Number(ways.gold))} and ${n(Number(ways.others))} by the split; ${n(sink.pushes)} pushes, ${n(sink.keys.size)} distinct keys at the sink; ledger ${rows.map(r => `${r.state} ${n(r.n)}`).join(', ')}`,
        `CPU seconds: ${cpuBetween(before, after)}; load before ${load}`,
      ],
    }
  } finally {
    await product.stop()
    closeSink(sink)
  }
}
