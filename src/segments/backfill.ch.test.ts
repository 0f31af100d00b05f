// A published rule about the past: what happened before its publication is counted once, whatever happens meanwhile.
import { Registry } from 'prom-client'
import { openSegmentWorker } from './worker.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startVictim } from '../../test/kill.ts'
import { openSegmentLab, type SegmentLab } from '../../test/segment-lab.ts'
import { eventFor } from '../../test/stage.ts'
import { unpackState } from '../customers/pack.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import { verifyAll } from '../inbox/verify.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import { askHistory } from '../platform/clickhouse.ts'

let lab: SegmentLab
beforeAll(async () => {
  lab = await openSegmentLab()
})
afterAll(() => lab.close())
beforeEach(() => lab.fresh())

const cus = (id: Uuid) => publicId('cus', id)
const viewed = (value: number, where?: string): Rule => ({
  op: 'event',
  event: 'Product Viewed',
  ...(where === undefined ? {} : { where: [{ path: 'sku', op: 'is' as const, value: where }] }),
  window: { in: 'last', span: { n: 7, unit: 'day' } },
  measure: { of: 'count', test: { is: 'at_least', value } },
})
const view = (who: Uuid, sku = 'A', more: Partial<EventBody> = {}) => ({
  who,
  name: 'Product Viewed',
  more: { props: { sku }, ...more },
})
const order = (who: Uuid, id: string, total: number) => ({
  who,
  name: 'Order Completed',
  more: {
    props: {
      order_id: id,
      total,
      currency: 'TWD',
      products: [{ product_id: 'p1', sku: 'D-1', category: '洋裝', quantity: 1, price: total }],
    },
  },
})
const definition = (rule: Rule) => ({ groups: [{ key: 'in', name: '', rule }] })

async function create(rule: Rule): Promise<string> {
  const made = await lab.ok('createSegment', {
    body: { name: '受眾', kind: 'live', definition: definition(rule) },
  })
  return made.id
}
async function publish(id: string): Promise<void> {
  const { version } = await lab.ok('segment', { params: { segment: id } })
  await lab.ok('publishSegment', { params: { segment: id }, body: { version } })
}
async function live(rule: Rule): Promise<string> {
  const id = await create(rule)
  await publish(id)
  await lab.stage.settle()
  return id
}
const members = async (segment: string): Promise<string[]> =>
  (await lab.ok('segmentMembers', { params: { segment }, query: { limit: '200' } })).items
    .map(m => m.customer.id)
    .toSorted()
const some = (n: number): Uuid[] => Array.from({ length: n }, () => newId())
const facts = () =>
  askHistory<{ name: string; n: number }>(
    lab.core.history,
    `select name, count() as n from event where workspace_id = {ws:UUID} and kind = 'segment' group by name order by name`,
    { ws: lab.space.id },
  )

test('R2-25 at least two views of a product, off by one: the past counts, and what comes later counts with it', async () => {
  const [none, one, two, other, ever] = some(5) as [Uuid, Uuid, Uuid, Uuid, Uuid]
  const old = Date.now() - 8 * 86_400_000
  await lab.tell(
    { who: none, name: 'Page Viewed' },
    view(one),
    view(two),
    view(two),
    view(other, 'A'),
    view(other, 'B'),
    view(ever, 'A', { at: old }),
    view(ever, 'A'),
  )
  const id = await live(viewed(2, 'A'))
  expect(await members(id)).toEqual([cus(two)])
  await lab.tell(view(one), view(other, 'B'), view(none))
  expect(await members(id)).toEqual([cus(one), cus(two)].toSorted())
  await lab.tell(view(none))
  expect(await members(id)).toHaveLength(3)
})

test('hard problem 13: published again, also with more groups of the same past, nobody enters or leaves', async () => {
  const [a, b] = some(2) as [Uuid, Uuid]
  await lab.tell(view(a), view(a), view(b))
  const id = await live(viewed(2))
  expect(await facts()).toEqual([{ name: 'segment.entered', n: 1 }])
  await publish(id)
  await lab.stage.settle()
  const { version } = await lab.ok('segment', { params: { segment: id } })
  const wider: Rule = { op: 'or', rules: [viewed(2), viewed(5, 'Z')] }
  await lab.ok('saveSegment', { params: { segment: id }, body: { version, definition: definition(wider) } })
  await publish(id)
  await lab.stage.settle()
  expect(await facts()).toEqual([{ name: 'segment.entered', n: 1 }])
  expect(await members(id)).toEqual([cus(a)])
})

test('events that come while the past is being looked at are counted once', async () => {
  const people = some(30)
  await lab.tell(...people.map(who => view(who)))
  const id = await create(viewed(3))
  await publish(id)
  // one more for each: before its bucket has heard of the publication, or after, as it falls
  await append(
    lab.core.pool,
    lab.core.signals,
    people.map(who => eventFor(lab.space.id, who, 'Product Viewed', { props: { sku: 'A' } })),
  )
  await lab.stage.fold()
  await lab.stage.settle()
  expect(await members(id)).toEqual([]) // two each
  await lab.tell(...people.slice(0, 10).map(who => view(who)))
  expect(await members(id)).toEqual(people.slice(0, 10).map(cus).toSorted())
})

test('many segments published at once, with a past and without: each is right, and one check serves those that wait', async () => {
  const [seen, bought, both] = some(3) as [Uuid, Uuid, Uuid]
  await lab.tell(view(seen), order(bought, 'M-1', 500), view(both), order(both, 'M-2', 500))
  const tagged = (tag: string): Rule => ({ op: 'tags', is: 'none', tags: [tag] })
  const past: Rule = {
    op: 'orders',
    lines: { by: 'category', values: ['洋裝'] },
    window: { in: 'ever' },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  }
  const rules = [tagged('a'), viewed(1), tagged('b'), tagged('c'), viewed(1, 'A'), past, tagged('d')]
  const ids: string[] = []
  for (const rule of rules) ids.push(await create(rule))
  for (const id of ids) await publish(id)
  await lab.stage.settle()
  const everybody = [seen, bought, both].map(cus).toSorted()
  const found = []
  for (const id of ids) found.push(await members(id))
  expect(found).toEqual([
    everybody,
    [seen, both].map(cus).toSorted(),
    everybody,
    everybody,
    [seen, both].map(cus).toSorted(),
    [bought, both].map(cus).toSorted(),
    everybody,
  ])
  const { rows: jobs } = await lab.core.pool.query<{ status: string; walked: boolean }>(
    `select status, done > 0 as walked from segment_job where workspace_id = $1 and kind = 'backfill' order by id`,
    [lab.space.id],
  )
  expect(new Set(jobs.map(j => j.status))).toEqual(new Set(['done']))
  expect(jobs.filter(j => j.walked).length).toBeLessThan(jobs.length - 2)
  for (const id of ids) {
    const { items } = await lab.ok('segmentVersions', { params: { segment: id } })
    expect(items[0]?.filledAt).not.toBeNull()
  }
})

test('a journey says how far the past is looked at that its conditions ask for', async () => {
  const [twice, never] = some(2) as [Uuid, Uuid]
  await lab.tell(view(twice), view(twice), { who: never, name: 'Page Viewed' })
  const tag = (name: string) => ({ type: 'update', fields: { addTags: [name] }, next: { next: null } })
  const graph = {
    format: 1,
    name: '看過的人',
    trigger: { kind: 'event', event: 'Go' },
    reentry: { kind: 'always' },
    exits: [],
    start: 'split',
    nodes: {
      split: {
        type: 'split',
        fields: { branches: [{ name: 'yes', rule: viewed(2) }] },
        next: { yes: 'yes', else: 'no' },
      },
      yes: tag('yes'),
      no: tag('no'),
    },
  }
  const made = await lab.ok('createJourney', { body: { graph } })
  expect(made.computing).toBeNull()
  const params = { journey: made.id }
  await lab.ok('publishJourney', { params, body: { version: made.version } })
  expect((await lab.ok('journey', { params })).computing).toEqual({ done: 0, total: null })
  await lab.stage.settle()
  expect((await lab.ok('journey', { params })).computing).toBeNull()
  await lab.tell({ who: twice, name: 'Go' }, { who: never, name: 'Go' })
  const { rows } = await lab.core.pool.query<{ id: Uuid; state: string }>(
    'select id, state from customer where workspace_id = $1',
    [lab.space.id],
  )
  const tags = new Map(rows.map(r => [r.id, Object.keys(unpackState(r.state).tags)]))
  expect([tags.get(twice), tags.get(never)]).toEqual([['yes'], ['no']])
})

test('a job that waits for long is not taken for one that breaks', async () => {
  const [who] = some(1)
  await lab.tell(view(who!), view(who!))
  const id = await create(viewed(2))
  await publish(id) // nobody folds: its buckets do not come to the publication
  const worker = openSegmentWorker({ ...lab.core, metrics: new Registry() })
  for (let i = 0; i < 60; i++) await worker.tick()
  await worker.stop()
  await lab.stage.settle()
  expect(await members(id)).toEqual([cus(who!)])
  const { items } = await lab.ok('segmentJobs', { params: { segment: id } })
  expect(items.map(j => j.status)).toEqual(['done'])
})

test('who is merged in while the past is being looked at brings its own', async () => {
  // two browsers of one member, a view each
  const cases = some(12).map((_, i) => ({ member: `M-${i}`, ids: some(2).toSorted() as [Uuid, Uuid] }))
  await lab.tell(...cases.flatMap(c => c.ids.map(who => view(who))))
  const id = await create(viewed(2))
  await publish(id)
  // a third of them before the job begins, the rest while it runs
  const join = async (some: typeof cases) => {
    await append(
      lab.core.pool,
      lab.core.signals,
      some.map(c =>
        eventFor(lab.space.id, c.ids[0], 'Signed In', {
          ids: [{ kind: 'member_no', value: c.member }],
          holders: [c.ids[1]],
        }),
      ),
    )
  }
  await join(cases.slice(0, 4))
  for (let i = 0; i < 3; i++) await lab.stage.fold()
  await join(cases.slice(4, 8))
  await lab.stage.fold()
  await lab.stage.settle()
  await join(cases.slice(8))
  await lab.stage.settle()
  expect(await members(id)).toEqual(cases.map(c => cus(c.ids[0])).toSorted())
  await lab.tell(...cases.map(c => view(c.ids[1]))) // passed on to who they are part of
  const { rows } = await lab.core.pool.query<{ state: string }>(
    'select state from customer where workspace_id = $1 and merged_into is null',
    [lab.space.id],
  )
  for (const { state } of rows) {
    const kept = Object.values(unpackState(state).mem ?? {})
    expect(kept).toHaveLength(1)
    expect(kept[0]![1]).toHaveLength(3) // two of the past and one more
  }
})

test('R2-13 bought and not returned: orders of the past count as they stand, a return takes the person out', async () => {
  const [kept, returned, later] = some(3) as [Uuid, Uuid, Uuid]
  const undone = (who: Uuid, id: string) => ({
    who,
    name: 'Order Returned',
    more: { props: { order_id: id, full: true } },
  })
  await lab.tell(order(kept, 'A1', 500), order(returned, 'A2', 500), order(later, 'A3', 500))
  await lab.tell({ ...undone(returned, 'A2'), name: 'Order Refunded' })
  const id = await live({
    op: 'orders',
    lines: { by: 'category', values: ['洋裝'] },
    window: { in: 'ever' },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  })
  expect(await members(id)).toEqual([cus(kept), cus(later)].toSorted())
  await lab.tell({ ...undone(later, 'A3'), name: 'Order Refunded' })
  expect(await members(id)).toEqual([cus(kept)])
})

test('R2-09 average order over 1,000 and viewed in 7 days: exact, and turns false by time alone', async () => {
  const [both, cheap, quiet, edge] = some(4) as [Uuid, Uuid, Uuid, Uuid]
  const ago = Date.now() - 6 * 86_400_000
  await lab.tell(
    order(both, 'B1', 1_500),
    order(both, 'B2', 900),
    view(both, 'A', { at: ago }),
    order(cheap, 'C1', 900),
    view(cheap),
    order(quiet, 'Q1', 2_000),
    order(edge, 'E1', 1_000),
    view(edge),
  )
  const id = await live({
    op: 'and',
    rules: [
      {
        op: 'orders',
        window: { in: 'ever' },
        measure: { of: 'average', test: { is: 'over', value: 1_000 } },
      },
      viewed(1),
    ],
  })
  expect(await members(id)).toEqual([cus(both)])
  const move = async (to: number) => {
    await lab.ok('setClock', { body: { to: new Date(to).toISOString() } })
    await lab.stage.settle()
  }
  await move(ago + 7 * 86_400_000 - 1_000)
  expect(await members(id)).toEqual([cus(both)])
  await move(ago + 7 * 86_400_000 + 1_000)
  expect(await members(id)).toEqual([])
  const [left] = await askHistory<{ at: number }>(
    lab.core.history,
    `select toUnixTimestamp64Milli(occurred) as at from event where workspace_id = {ws:UUID} and name = 'segment.left'`,
    { ws: lab.space.id },
  )
  expect(Number(left!.at)).toBe(ago + 7 * 86_400_000) // the exact millisecond, with no event
})

test('a membership that only time changes: not bought for 30 days turns true on the second', async () => {
  const who = newId()
  await lab.tell(order(who, 'X1', 100))
  const { rows } = await lab.core.pool.query<{ state: string }>('select state from customer where id = $1', [
    who,
  ])
  const bought = unpackState(rows[0]!.state).orders!.lastAt
  const id = await live({
    op: 'clock',
    clock: 'order',
    test: { is: 'over_ago', span: { n: 30, unit: 'day' } },
  })
  expect(await members(id)).toEqual([])
  await lab.ok('setClock', { body: { to: new Date(bought + 31 * 86_400_000).toISOString() } })
  await lab.stage.settle()
  expect(await members(id)).toEqual([cus(who)])
  const { items } = await lab.ok('segmentFlow', { params: { segment: id } })
  expect(items).toMatchObject([{ at: new Date(bought + 30 * 86_400_000).toISOString(), cause: 'time' }])
})

test.each(['segment-job.before-commit', 'segment-job.after-commit'])(
  'hard problem 2: killed at %s while the past is told: counted once, nobody is forgotten',
  async point => {
    const people = some(400)
    const batch = people.flatMap((who, i) => Array.from({ length: 1 + (i % 3) }, () => view(who)))
    await lab.tell(...batch)
    const id = await create(viewed(2))
    await publish(id)
    while (await lab.stage.fold());
    const victim = await startVictim(lab.core, 'fold,history', `${point}:3`)
    expect(await victim.ended).toEqual({ signal: 'SIGKILL', point })
    await lab.core.pool.query(`update segment_job set lease_until = '-infinity'`) // 30 s later
    await lab.core.pool.query(`update history_group set lease_until = '-infinity'`)
    await lab.core.pool.query(`update bucket set lease_until = '-infinity'`)
    await lab.stage.settle()
    const { rows } = await lab.core.pool.query<{ id: Uuid; state: string }>(
      'select id, state from customer where workspace_id = $1',
      [lab.space.id],
    )
    const inside = rows.filter(r => unpackState(r.state).seg !== undefined).map(r => r.id)
    expect(inside.toSorted()).toEqual(people.filter((_, i) => i % 3 > 0).toSorted())
    const { size } = await lab.ok('segment', { params: { segment: id } })
    expect(size).toBe(people.filter((_, i) => i % 3 > 0).length)
    await lab.tell(...people.filter((_, i) => i % 3 === 0).map(who => view(who)))
    expect((await lab.ok('segment', { params: { segment: id } })).size).toBe(400)
  },
  120_000,
)

test('after all of this state equals replay', async () => {
  // events came straight to customers: no intake has claimed their identifiers
  const checks = (await verifyAll(lab.core)).checks.filter(c => c.name !== 'identifiers')
  expect(checks.map(c => c.name)).toContain('replay')
  expect(checks.flatMap(c => c.faults)).toEqual([])
}, 180_000)
