// Members of published segments over the real path: the present population, bulk tags, copies, groups, who entered and
// left, archive.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSegmentLab, type SegmentLab } from '../../test/segment-lab.ts'
import { unpackState } from '../customers/pack.ts'
import { askHistory } from '../platform/clickhouse.ts'
import { verifyAll } from '../inbox/verify.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import { keepSizes } from './sizes.ts'

let lab: SegmentLab
beforeAll(async () => {
  lab = await openSegmentLab()
})
afterAll(() => lab.close())
beforeEach(() => lab.fresh())

const city = (value: string): Rule => ({
  op: 'trait',
  trait: 'city',
  type: 'text',
  test: { is: 'equal', value },
})
const cus = (id: Uuid) => publicId('cus', id)

/** A published segment, with its past looked at. */
async function publish(body: Record<string, unknown>) {
  const made = await lab.ok('createSegment', { body })
  await lab.ok('publishSegment', { params: { segment: made.id }, body: { version: made.version } })
  await lab.stage.settle()
  return made.id
}
const live = (name: string, rule: Rule, more: Record<string, unknown> = {}) =>
  publish({ name, kind: 'live', definition: { groups: [{ key: 'in', name: '', rule }], ...more } })

/** `count` people who live there. */
async function people(count: number, where: string): Promise<Uuid[]> {
  const ids = Array.from({ length: count }, () => newId())
  await lab.tell(...ids.map(who => ({ who, name: 'Identified', more: { traits: { city: where } } })))
  return ids
}

const factsNamed = (name: string) =>
  askHistory<{ customer: Uuid; props: string; at: number }>(
    lab.core.history,
    `select customer_id as customer, props, toUnixTimestamp64Milli(occurred) as at from event where workspace_id = {ws:UUID} and name = {name:String}`,
    { ws: lab.space.id, name },
  )

async function memberIds(segment: string): Promise<string[]> {
  const { items } = await lab.ok('segmentMembers', { params: { segment }, query: { limit: '200' } })
  return items.map(m => m.customer.id)
}

test('publishing looks at everybody there is; a second time, on unchanged data, nobody enters or leaves (hard problem 13)', async () => {
  const north = await people(12, '臺北')
  await people(7, '高雄')
  const id = await live('北部', city('臺北'))
  expect((await memberIds(id)).toSorted()).toEqual(north.map(cus).toSorted())
  const row = await lab.ok('segment', { params: { segment: id } })
  expect(row).toMatchObject({ size: 12, computing: null, change: { entered: 12, left: 0 } })
  await lab.ok('publishSegment', { params: { segment: id }, body: { version: row.version } })
  await lab.stage.settle()
  expect(await factsNamed('segment.entered')).toHaveLength(12)
  expect(await factsNamed('segment.left')).toHaveLength(0)
  const { items } = await lab.ok('segmentVersions', { params: { segment: id } })
  expect(items.map(v => v.filledAt !== null)).toEqual([true, true])
  const compared = await lab.ok('compareSegmentVersions', {
    params: { segment: id },
    query: { a: '1', b: '2' },
  })
  expect(compared).toMatchObject({
    changes: [],
    a: { rechecked: { entered: 12, left: 0 } },
    b: { rechecked: { entered: 0, left: 0 }, size: 12 },
  })
})

test('R0-14 a segment of 42 is tagged: 42 tag records with source, time and actor; who leaves loses a rule tag', async () => {
  const members = await people(42, '臺北')
  await people(5, '高雄')
  const id = await live('北部', city('臺北'), { tag: '北部客' })
  const rule = await factsNamed('tag.added')
  expect(rule).toHaveLength(42)
  const before = Date.now()
  await lab.ok('tagSegment', { params: { segment: id }, body: { tag: '母親節邀請' } })
  await lab.stage.settle()
  const records = (await factsNamed('tag.added')).filter(f => f.props.includes('母親節邀請'))
  expect(records.map(r => r.customer).toSorted()).toEqual(members.toSorted())
  for (const record of records) {
    expect(JSON.parse(record.props)).toEqual({ tag: '母親節邀請', source: id, actor: 'key API' })
    expect(Number(record.at)).toBeGreaterThanOrEqual(before)
  }
  const { items } = await lab.ok('segmentJobs', { params: { segment: id } })
  expect(items[0]).toMatchObject({ kind: 'tag', status: 'done', done: 47, total: 47, hits: 42 })
  await lab.tell({ who: members[0]!, name: 'Identified', more: { traits: { city: '高雄' } } })
  const customer = await lab.ok('customer', { params: { customer: cus(members[0]!) } })
  expect(customer.tags.map(t => t.name)).toEqual(['母親節邀請'])
  await lab.ok('tagSegment', { params: { segment: id }, body: { tag: '母親節邀請', remove: true } })
  await lab.stage.settle()
  expect(await factsNamed('tag.removed')).toHaveLength(1 + 41)
})

test('a copy is a list of those who are members now, and stays as they go', async () => {
  const [leaver, ...others] = await people(6, '臺北')
  const id = await live('北部', city('臺北'))
  const { segment: list } = await lab.ok('snapshotSegment', {
    params: { segment: id },
    body: { name: '三月名單' },
  })
  await lab.stage.settle()
  await lab.tell({ who: leaver!, name: 'Identified', more: { traits: { city: '高雄' } } })
  expect((await memberIds(id)).toSorted()).toEqual(others.map(cus).toSorted())
  expect((await memberIds(list.id)).toSorted()).toEqual([leaver!, ...others].map(cus).toSorted())
})

test('R2-30 a partition: everybody in exactly one group, sizes sum to all, a move is one left and one entered', async () => {
  await people(5, '臺北')
  const south = await people(4, '高雄')
  await people(3, '花蓮')
  const id = await publish({
    name: '地區',
    kind: 'partition',
    definition: {
      groups: [
        { key: 'north', name: '北部', rule: city('臺北') },
        { key: 'big', name: '都會', rule: { op: 'or', rules: [city('臺北'), city('高雄')] } },
      ],
      restName: '其他',
    },
  })
  const row = await lab.ok('segment', { params: { segment: id } })
  expect(row.groups).toEqual([
    { key: 'north', name: '北部', size: 5 },
    { key: 'big', name: '都會', size: 4 },
    { key: 'rest', name: '其他', size: 3 },
  ])
  expect(row.size).toBe(12)
  const { rows } = await lab.core.pool.query<{ state: string }>(
    'select state from customer where workspace_id = $1',
    [lab.space.id],
  )
  for (const { state } of rows) expect(unpackState(state).seg).toHaveLength(1)
  await lab.tell({ who: south[0]!, name: 'Identified', more: { traits: { city: '臺北' } } })
  const flow = await lab.ok('segmentFlow', { params: { segment: id }, query: { limit: '2' } })
  expect(flow.items.map(i => [i.way, i.group, i.cause, i.customer?.id]).toSorted()).toEqual([
    ['entered', 'north', 'Identified', cus(south[0]!)],
    ['left', 'big', 'Identified', cus(south[0]!)],
  ])
  const after = await lab.ok('segment', { params: { segment: id } })
  expect(after.groups.map(g => g.size)).toEqual([6, 3, 3])
  expect(after.change).toEqual({ entered: 12, left: 0 }) // a move is neither
  const north = await lab.ok('segmentMembers', { params: { segment: id }, query: { group: 'north' } })
  expect(north.items).toHaveLength(6)

  // another order of the groups: who moves is told before it is published
  const moves = async () => (await lab.ok('segmentMoves', { params: { segment: id } })).items
  expect(await moves()).toEqual([
    { from: 'north', to: 'north', count: 6 },
    { from: 'big', to: 'big', count: 3 },
    { from: 'rest', to: 'rest', count: 3 },
  ])
  const { definition, version } = after
  const groups = [...definition.groups.toReversed(), { key: 'east', name: '東部', rule: city('花蓮') }]
  await lab.ok('saveSegment', {
    params: { segment: id },
    body: { version, definition: { ...definition, groups } },
  })
  expect(await moves()).toEqual([
    { from: 'north', to: 'big', count: 6 },
    { from: 'big', to: 'big', count: 3 },
    { from: 'rest', to: 'east', count: 3 },
  ])
  const unnamed = groups.map(g => ({ ...g, name: '' }))
  await lab.ok('saveSegment', {
    params: { segment: id },
    body: { version: version + 1, definition: { ...definition, groups: unnamed } },
  })
  const refused = await lab.ask('segmentMoves', { params: { segment: id } })
  expect(refused).toMatchObject({
    status: 400,
    body: { code: 'draft_has_faults', path: '/groups/0/name' },
  })
})

test('R1-35 the live segment 25–30 loses the person at 00:00 Asia/Taipei on the birthday, with no event', async () => {
  const who = newId()
  const id = await live('25–30', { op: 'age', min: 25, max: 30 })
  const { now } = await lab.ok('workspace')
  // the day after tomorrow in Taipei, 31 years ago
  const day = new Date(Date.parse(now) + 8 * 3_600_000 + 2 * 86_400_000).toISOString().slice(0, 10)
  const birthday = `${Number(day.slice(0, 4)) - 31}${day.slice(4).replace('02-29', '02-28')}`
  const midnight = Date.parse(`${day}T00:00:00+08:00`)
  await lab.tell({ who, name: 'Identified', more: { traits: { birthday } } })
  expect(await memberIds(id)).toEqual([cus(who)])
  const move = async (to: number) => {
    await lab.ok('setClock', { body: { to: new Date(to).toISOString() } })
    await lab.stage.settle()
  }
  await move(midnight - 60_000) // time goes on while it is looked at
  expect(await memberIds(id)).toEqual([cus(who)])
  await move(midnight + 1_000)
  expect(await memberIds(id)).toEqual([])
  const [left] = await factsNamed('segment.left')
  expect(Number(left!.at)).toBe(midnight)
  expect(JSON.parse(left!.props)).toMatchObject({ cause: 'time', why: [{ leaf: 'age', seen: 31 }] })
})

test('a customer page says what somebody is in, and why', async () => {
  const [who] = await people(1, '臺北')
  const id = await live('北部', city('臺北'))
  await publish({
    name: '地區',
    kind: 'partition',
    definition: { groups: [{ key: 'south', name: '南部', rule: city('高雄') }], restName: '其他' },
  })
  const { items } = await lab.ok('customerSegments', { params: { customer: cus(who!) } })
  expect(items).toMatchObject([
    {
      segment: id,
      name: '北部',
      group: 'in',
      why: [{ path: '', leaf: 'trait', value: true, seen: '臺北' }],
      computing: false,
    },
    { name: '地區', group: 'rest', groupName: '其他', why: [{ value: false, seen: '臺北' }] },
  ])
})

test('sizes are kept by the hour of the workspace; the day that runs shows who is in now', async () => {
  const [who] = await people(4, '臺北')
  const id = await live('北部', city('臺北'))
  const look = () => keepSizes({ ...lab.core }) // another process looks at once
  const day = async () =>
    (await lab.ok('segmentHistory', { params: { segment: id }, query: { days: '2' } })).items
  await look()
  const { now } = await lab.ok('workspace')
  const midnight = Date.parse(
    `${new Date(Date.parse(now) + 8 * 3_600_000).toISOString().slice(0, 10)}T16:00:00Z`,
  )
  await lab.ok('setClock', { body: { to: new Date(midnight + 3_600_000).toISOString() } })
  await lab.stage.settle()
  await lab.tell({ who: who!, name: 'Identified', more: { traits: { city: '高雄' } } })
  expect((await day()).map(d => [d.size, d.entered, d.left])).toEqual([
    [4, 4, 0],
    [3, 0, 1],
  ])
})

test('who enters a segment starts a journey; while the journey uses it, it is not archived', async () => {
  const [there] = await people(1, '臺北')
  const id = await live('北部', city('臺北'))
  const graph = {
    format: 1,
    name: '北部歡迎',
    trigger: { kind: 'event', event: 'segment.entered', where: [{ path: 'segment', op: 'is', value: id }] },
    reentry: { kind: 'always' },
    exits: [{ name: '離開', rule: { op: 'segment', segment: id, is: 'out' } }],
    start: 'wait',
    nodes: {
      wait: { type: 'delay', fields: { ms: 86_400_000 }, next: { next: 'end' } },
      end: { type: 'exit', fields: {}, next: {} },
    },
  }
  const made = await lab.ok('createJourney', { body: { graph } })
  await lab.ok('publishJourney', { params: { journey: made.id }, body: { version: made.version } })
  await lab.stage.settle()
  const [moves] = await people(1, '高雄')
  await lab.tell({ who: moves!, name: 'Identified', more: { traits: { city: '臺北' } } })
  const counts = () => lab.ok('journeyCounts', { params: { journey: made.id } })
  expect(await counts()).toMatchObject({ entered: 1, exits: {} }) // not who was in before
  await lab.tell({ who: moves!, name: 'Identified', more: { traits: { city: '臺南' } } })
  expect(await counts()).toMatchObject({ entered: 1, exits: { exit_rule: 1 } })
  await lab.tell({ who: there!, name: 'Page Viewed' })
  expect(await counts()).toMatchObject({ entered: 1 })
  const refused = await lab.ask('archiveSegment', { params: { segment: id } })
  expect(refused).toMatchObject({ status: 409, body: { code: 'segment_in_use' } })
  expect(refused.body.title).toContain('"北部歡迎"')
  const { version } = await lab.ok('journey', { params: { journey: made.id } })
  await lab.ok('setJourneyStatus', { params: { journey: made.id }, body: { status: 'stopped', version } })
  expect(await lab.ok('archiveSegment', { params: { segment: id } })).toMatchObject({ status: 'archived' })
  await lab.stage.settle()
})

test('an archived segment lets its members go: they leave, its rule tag comes off, its number is never used again', async () => {
  await people(3, '臺北')
  const id = await live('北部', city('臺北'), { tag: '北部客' })
  await lab.ok('archiveSegment', { params: { segment: id } })
  await lab.stage.settle()
  expect(await factsNamed('segment.left')).toHaveLength(3)
  expect(await factsNamed('tag.removed')).toHaveLength(3)
  const next = await live('新的', city('臺北'))
  expect(await memberIds(next)).toHaveLength(3)
  const { rows } = await lab.core.pool.query<{ n: number }>(
    'select n from segment where workspace_id = $1 order by n',
    [lab.space.id],
  )
  expect(rows.map(r => r.n)).toEqual([1, 2])
})

test('R3-45 an exclusion list is honoured: members of the target are those without the list', async () => {
  const all = await people(8, '臺北')
  const list = await lab.ok('createSegment', { body: { name: '勿擾', kind: 'static' } })
  await lab.ok('changeSegmentMembers', {
    params: { segment: list.id },
    body: { add: all.slice(0, 3).map(cus) },
  })
  await lab.stage.settle()
  const id = await live('北部可發送', {
    op: 'and',
    rules: [city('臺北'), { op: 'segment', segment: list.id, is: 'out' }],
  })
  expect((await memberIds(id)).toSorted()).toEqual(all.slice(3).map(cus).toSorted())
  await lab.ok('changeSegmentMembers', { params: { segment: list.id }, body: { remove: [cus(all[0]!)] } })
  await lab.stage.settle()
  expect(await memberIds(id)).toContain(cus(all[0]!))
})

test('after all of this state equals replay', async () => {
  expect((await verifyAll(lab.core)).checks.flatMap(c => c.faults)).toEqual([])
}, 180_000)
