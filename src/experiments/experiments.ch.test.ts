// Shares and experiments as a brand runs them: journeys published over HTTP, people who come by events, a winner that the
// worker names from history, on real engines.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf } from '../../test/journey-lab.ts'
import { openShopLab, type ShopLab } from '../../test/shop-lab.ts'
import { mail } from '../../test/send-lab.ts'
import type { Out } from '../contract.ts'
import { unpackState } from '../customers/pack.ts'
import { verifyAll } from '../inbox/verify.ts'
import type { JourneyGraph, NodeData } from '../journeys/model.ts'
import { parseId } from '../platform/ids.ts'
import { percentOf } from '../rules/percent.ts'
import { openExperimentWorker } from './worker.ts'

// hundreds of people, by the real engines
vi.setConfig({ testTimeout: 180_000 })

let lab: ShopLab
let worker: ReturnType<typeof openExperimentWorker>
beforeAll(async () => {
  lab = await openShopLab()
  worker = openExperimentWorker(lab.core)
})
afterAll(async () => {
  await worker.stop()
  await lab.close()
})

const DAY = 86_400_000
type Item = Record<string, unknown>
const says = (who: string, event: string, properties: Item = {}): Item => ({
  type: 'track',
  event,
  userId: who,
  properties,
})
async function tell(items: Item[]): Promise<void> {
  for (let i = 0; i < items.length; i += 100) {
    const answer = await lab.batch(items.slice(i, i + 100))
    expect(answer.status).toBe(200)
  }
  await lab.settle()
}
const tag = (name: string): NodeData => ({
  type: 'update',
  fields: { addTags: [name] },
  next: { next: null },
})
const flow = (
  event: string,
  start: NodeData,
  nodes: Record<string, NodeData>,
  more: Partial<JourneyGraph> = {},
): JourneyGraph => graphOf(event, { split: start, ...nodes }, more)
/** Who has which tag of these, by member number. */
async function tagged(prefix: string, tags: string[]): Promise<Map<string, string[]>> {
  const { rows } = await lab.core.pool.query<{ value: string; id: string; state: string }>(
    `select i.value, c.id, c.state from identifier i join customer c on c.id = i.customer_id
      where i.workspace_id = $1 and i.value like $2`,
    [lab.workspace, prefix + '%'],
  )
  const found = new Map<string, string[]>(tags.map(t => [t, []]))
  for (const r of rows) for (const t of Object.keys(unpackState(r.state).tags)) found.get(t)?.push(r.value)
  for (const who of found.values()) who.sort()
  return found
}
const people = (prefix: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${prefix}${i}`)
/** As many of each half of the split as asked for: people are drawn by a hash of their id, and of a few hundred now and then
 *  so many go one way that the experiment itself says it is uneven. */
async function evenly(journey: string, all: string[], each: number): Promise<string[]> {
  await tell(all.map(userId => ({ type: 'identify', userId, traits: {} })))
  const { rows } = await lab.core.pool.query<{ who: string; id: string }>(
    `select value as who, customer_id as id from identifier where workspace_id = $1 and value = any($2) order by value`,
    [lab.workspace, all],
  )
  const halfOf = (r: { id: string }) => percentOf(r.id, `${parseId('jrn', journey)}/split`) < 50
  const halves = [rows.filter(halfOf), rows.filter(r => !halfOf(r))]
  for (const half of halves) expect(half.length).toBeGreaterThanOrEqual(each)
  return halves.flatMap(half => half.slice(0, each).map(r => r.who))
}
async function experimentOf(journey: string): Promise<Out<'experiments'>['items'][number]> {
  const answer = await lab.call('experiments', { params: { journey } })
  expect(answer).toMatchObject({ status: 200 })
  return (answer.body as Out<'experiments'>).items[0]!
}
async function republish(journey: string, graph: JourneyGraph): Promise<void> {
  const now = await lab.call('journey', { params: { journey } })
  const saved = await lab.call('saveJourney', {
    params: { journey },
    body: { graph, version: now.body.version },
  })
  expect(saved.status).toBe(200)
  const done = await lab.call('publishJourney', {
    params: { journey },
    body: { version: saved.body.version },
  })
  expect(done).toMatchObject({ status: 200 })
  await lab.settle()
}

test('R3-18 50/50 within tolerance; the same person takes the same way again, also in the next version', async () => {
  const halves = {
    shares: [
      { name: 'a', percent: 50 },
      { name: 'b', percent: 50 },
    ],
  }
  const graph = flow(
    'Split Me',
    { type: 'random_split', fields: halves, next: { a: 'a', b: 'b' } },
    { a: tag('half-a'), b: tag('half-b') },
  )
  const journey = await lab.publish(graph)
  const all = people('S-', 400)
  await tell(all.map(who => says(who, 'Split Me')))
  const first = await tagged('S-', ['half-a', 'half-b'])
  const a = first.get('half-a')!.length
  expect(a + first.get('half-b')!.length).toBe(400)
  // six standard deviations of a fair coin: ids are drawn anew each time
  expect(Math.abs(a - 200)).toBeLessThan(60)
  await tell(all.map(who => says(who, 'Split Me')))
  expect(await tagged('S-', ['half-a', 'half-b'])).toEqual(first) // nobody has both
  await republish(journey, { ...graph, name: 'Split me, renamed' })
  await tell(all.slice(0, 100).map(who => says(who, 'Split Me')))
  expect(await tagged('S-', ['half-a', 'half-b'])).toEqual(first)
})

test('a holdout keeps its share out, the same people each time, and says so in history', async () => {
  const graph = flow(
    'Hold Me',
    { type: 'holdout', fields: { percent: 20 }, next: { next: 'in', held: null } },
    { in: tag('let-in') },
  )
  await lab.publish(graph)
  const all = people('H-', 200)
  await tell([...all, ...all].map(who => says(who, 'Hold Me')))
  const inside = (await tagged('H-', ['let-in'])).get('let-in')!.length
  // six standard deviations
  expect(Math.abs(200 - inside - 40)).toBeLessThan(34)
})

const orders = (who: string, no: string): Item =>
  says(who, 'Order Completed', { order_id: no, total: 500, currency: 'TWD' })

test('R3-35 whole paths: history counts, the worker names the winner, who comes after it takes the winner', async () => {
  const variants = [
    { name: 'plain', percent: 50 },
    { name: 'gift', percent: 50 },
  ]
  const fields = { variants, metric: { kind: 'order' }, windowMs: 7 * DAY, minPeople: 50 }
  const graph = flow(
    'Try Me',
    { type: 'experiment', fields, next: { plain: 'plain', gift: 'wait' } },
    {
      plain: tag('try-plain'),
      // a path of its own
      wait: { type: 'delay', fields: { ms: 1000 }, next: { next: 'gift' } },
      gift: tag('try-gift'),
    },
  )
  const journey = await lab.publish(graph)
  const all = await evenly(journey, people('X-', 320), 110)
  await tell(all.slice(0, 40).map(who => says(who, 'Try Me')))
  expect(await experimentOf(journey)).toMatchObject({ verdict: 'too_few', decision: null })
  await tell(all.slice(40).map(who => says(who, 'Try Me')))
  // an order of before is no success, and neither is one that was cancelled
  const jumped = await lab.call('setClock', { body: { byMs: 2000 } })
  expect(jumped.status).toBe(200)
  await lab.settle()
  const ways = await tagged('X-', ['try-plain', 'try-gift'])
  const [plain, gift] = [ways.get('try-plain')!, ways.get('try-gift')!]
  expect([plain.length, gift.length]).toEqual([110, 110])
  await tell(plain.slice(0, 60).flatMap(who => [orders(who, `o-${who}`)]))
  await tell(plain.slice(0, 60).map(who => says(who, 'Order Cancelled', { order_id: `o-${who}` })))
  expect(await worker.tick()).toBe(false)
  await tell([...plain.slice(0, 6), ...gift.slice(0, 60)].map(who => orders(who, `p-${who}`)))
  // twice is once
  await tell(gift.slice(0, 20).map(who => orders(who, `q-${who}`)))
  const before = await experimentOf(journey)
  expect(before).toMatchObject({ verdict: 'won', winner: 'gift', decision: null, autoWinner: true })
  expect(before.method).toContain('Lindon & Malek 2022')
  expect(before.arms).toMatchObject([
    { name: 'plain', people: plain.length, converted: 6 },
    { name: 'gift', people: gift.length, converted: 60 },
  ])
  expect(await worker.tick()).toBe(true)
  expect(await worker.tick()).toBe(false)
  await lab.settle()
  expect(await experimentOf(journey)).toMatchObject({ decision: { variant: 'gift', by: 'itinera' } })

  // everybody who comes now, also those whom chance would have sent the other way
  await tell(people('Y-', 30).map(who => says(who, 'Try Me')))
  await lab.call('setClock', { body: { byMs: 2000 } })
  await lab.settle()
  const after = await tagged('Y-', ['try-plain', 'try-gift'])
  expect(after.get('try-plain')).toEqual([])
  expect(after.get('try-gift')!.length).toBe(30)
  const { rows } = await lab.core.pool.query<{ id: string }>(
    `select customer_id as id from identifier where workspace_id = $1 and value like 'Y-%'`,
    [lab.workspace],
  )
  const uuidOf = await lab.core.pool.query<{ id: string }>(`select id from journey where name = 'Try Me'`)
  expect(rows.some(r => percentOf(r.id, `${uuidOf.rows[0]!.id}/split`) < 50)).toBe(true)
  // and they are not counted
  const then = await experimentOf(journey)
  expect(then.arms.map(a => a.people)).toEqual([plain.length, gift.length])

  // published again with another name it stays decided; with other shares it is another experiment
  await republish(journey, { ...graph, name: 'Try me again' })
  expect(await experimentOf(journey)).toMatchObject({ decision: { variant: 'gift' } })
  const thirds = [
    { name: 'plain', percent: 30 },
    { name: 'gift', percent: 70 },
  ]
  const other = structuredClone(graph)
  other.nodes.split!.fields.variants = thirds
  await republish(journey, other)
  const fresh = await experimentOf(journey)
  expect(fresh).toMatchObject({ verdict: 'too_few', decision: null })
  expect(fresh.arms.map(a => a.people)).toEqual([0, 0])
  // state is what the journal gives under the worlds of the time
  expect((await verifyAll(lab.core)).checks.flatMap(c => c.faults)).toEqual([])
})

test('R3-35 messages: two mails, by clicks; a person decides, and opens it again', async () => {
  const send = (subject: string): NodeData => ({
    type: 'send',
    fields: {
      channel: 'email',
      purpose: 'transactional',
      content: mail(subject, `<p><a href="{{ 'https://example.com/' | track: 'go' }}">go</a></p>`),
    },
    next: { accepted: subject === '一' ? 'one' : 'two' },
  })
  const graph = flow(
    'Mail Me',
    {
      type: 'experiment',
      fields: {
        variants: [
          { name: 'one', percent: 50 },
          { name: 'two', percent: 50 },
        ],
        metric: { kind: 'clicked' },
        windowMs: DAY,
        minPeople: 10,
        autoWinner: false,
      },
      next: { one: 'first', two: 'second' },
    },
    { first: send('一'), second: send('二'), one: tag('mail-one'), two: tag('mail-two') },
  )
  const journey = await lab.publish(graph)
  const all = people('M-', 12)
  await tell(
    all.map(who => ({
      type: 'identify',
      userId: who,
      traits: { email: `${who.toLowerCase()}@example.com` },
    })),
  )
  await tell(all.map(who => says(who, 'Mail Me')))
  const ways = await tagged('M-', ['mail-one', 'mail-two'])
  expect(ways.get('mail-one')!.length + ways.get('mail-two')!.length).toBe(12)
  const { rows } = await lab.core.pool.query<{ rendered: string }>(
    `select rendered from message where workspace_id = $1 and channel = 'email' and state = 'accepted' order by node, id limit 3`,
    [lab.workspace],
  )
  // of one way alone, whichever: the other's rate is nothing
  for (const { rendered } of rows) {
    const link = /href=\\"(http[^"\\]*\/t\/[^"\\]*)/.exec(rendered)?.[1]
    expect(link).toBeDefined()
    await fetch(link!, { redirect: 'manual' })
  }
  await lab.settle()
  const found = await experimentOf(journey)
  expect(found.arms.reduce((n, a) => n + a.converted, 0)).toBe(3)
  // it names nobody by itself, and a person may
  expect(await worker.tick()).toBe(false)
  const marketer = await lab.member('marketer')
  const params = { journey, node: 'split' }
  expect(await lab.call('decideExperiment', { params, body: { variant: 'three' } }, marketer)).toMatchObject({
    status: 400,
    body: { code: 'no_such_variant' },
  })
  expect((await lab.call('decideExperiment', { params, body: { variant: 'two' } }, marketer)).status).toBe(
    200,
  )
  expect(await lab.call('decideExperiment', { params, body: { variant: 'one' } }, marketer)).toMatchObject({
    status: 409,
    body: { code: 'experiment_decided' },
  })
  await lab.settle()
  await tell(people('N-', 10).map(who => says(who, 'Mail Me')))
  const sent = await lab.core.pool.query<{ node: string }>(
    `select distinct m.node from message m join identifier i on i.customer_id = m.customer_id and i.value like 'N-%' where m.workspace_id = $1`,
    [lab.workspace],
  )
  expect(sent.rows).toEqual([{ node: 'second' }])
  expect((await lab.call('decideExperiment', { params, body: { variant: null } }, marketer)).status).toBe(200)
  expect(await experimentOf(journey)).toMatchObject({ decision: null })
  const viewer = await lab.member('viewer')
  expect((await lab.call('decideExperiment', { params, body: { variant: 'one' } }, viewer)).status).toBe(403)
})
