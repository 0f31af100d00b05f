// Segments as the API shows them: drafts, versions, lists, faults, archive.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSegmentLab, type SegmentLab } from '../../test/segment-lab.ts'
import { newId, publicId } from '../platform/ids.ts'

let lab: SegmentLab
beforeAll(async () => {
  lab = await openSegmentLab()
})
afterAll(() => lab.close())
beforeEach(() => lab.fresh())

const rule = { op: 'stage', is: 'at_least', stage: 'consideration' }
const live = (of: unknown) => ({ groups: [{ key: 'in', name: '', rule: of }] })
const make = (name: string, of: unknown) =>
  lab.ok('createSegment', { body: { name, kind: 'live', definition: live(of) } })
const publish = async (id: string) => {
  const { version } = await lab.ok('segment', { params: { segment: id } })
  return lab.ok('publishSegment', { params: { segment: id }, body: { version } })
}

test('a draft is saved, published and changed; versions stay', async () => {
  const made = await make('熱門', rule)
  expect(made).toMatchObject({ status: 'draft', liveVersion: null, size: null, faults: [], changed: false })
  const published = await publish(made.id)
  expect(published).toMatchObject({ status: 'live', liveVersion: 1, changed: false, computing: { done: 0 } })
  const later = { op: 'stage', is: 'at_least', stage: 'conversion' }
  const saved = await lab.ok('saveSegment', {
    params: { segment: made.id },
    body: { version: published.version, definition: live(later) },
  })
  expect(saved).toMatchObject({ changed: true, liveVersion: 1 })
  const stale = await lab.ask('saveSegment', {
    params: { segment: made.id },
    body: { version: published.version, name: 'x' },
  })
  expect(stale).toMatchObject({ status: 409, body: { code: 'version_conflict' } })
  await publish(made.id)
  const { items } = await lab.ok('segmentVersions', { params: { segment: made.id } })
  expect(items.map(v => [v.version, v.definition])).toEqual([
    [2, live(later)],
    [1, live(rule)],
  ])
  const compared = await lab.ok('compareSegmentVersions', {
    params: { segment: made.id },
    query: { a: '1', b: '2' },
  })
  expect(compared.changes).toEqual([
    { path: '/groups/0/rule/stage', before: 'consideration', after: 'conversion' },
  ])
})

test('what cannot be published is refused with the path of the fault', async () => {
  const empty = await make('空', null)
  const answer = await lab.ask('publishSegment', {
    params: { segment: empty.id },
    body: { version: empty.version },
  })
  expect(answer).toMatchObject({ status: 400, body: { code: 'rule_missing', path: '/groups/0/rule' } })
  const partition = await lab.ok('createSegment', {
    body: {
      name: '分群',
      kind: 'partition',
      definition: {
        groups: [
          { key: 'a', name: 'A', rule },
          { key: 'a', name: '', rule },
        ],
        tag: 'x',
      },
    },
  })
  expect(partition.faults.map(f => [f.code, f.path])).toEqual([
    ['tag_of_live_only', '/tag'],
    ['key_twice', '/groups/1/key'],
    ['name_missing', '/groups/1/name'],
  ])
})

test('a list is live at once: people are put on it and taken off by id, with who did it', async () => {
  const list = await lab.ok('createSegment', { body: { name: 'VIP 名單', kind: 'static' } })
  expect(list).toMatchObject({ status: 'live', liveVersion: 1, size: 0 })
  const [ann, ben] = [newId(), newId()]
  await lab.tell({ who: ann, name: 'Page Viewed' }, { who: ben, name: 'Page Viewed' })
  const nobody = publicId('cus', newId())
  const answer = await lab.ok('changeSegmentMembers', {
    params: { segment: list.id },
    body: { add: [publicId('cus', ann), publicId('cus', ben), nobody] },
  })
  expect(answer).toEqual({ added: 2, removed: 0, unknown: [nobody] })
  await lab.stage.settle()
  await lab.ok('changeSegmentMembers', {
    params: { segment: list.id },
    body: { remove: [publicId('cus', ben)] },
  })
  await lab.stage.settle()
  const members = await lab.ok('segmentMembers', { params: { segment: list.id } })
  expect(members.items.map(m => [m.customer.id, m.group])).toEqual([[publicId('cus', ann), 'in']])
  expect(await lab.ok('segment', { params: { segment: list.id } })).toMatchObject({
    size: 1,
    change: { entered: 2, left: 1 },
  })
  const { items } = await lab.ok('segmentFlow', { params: { segment: list.id } })
  expect(items.map(i => [i.way, i.customer?.id, i.cause]).toSorted()).toEqual(
    [
      ['entered', publicId('cus', ann), 'list'],
      ['entered', publicId('cus', ben), 'list'],
      ['left', publicId('cus', ben), 'list'],
    ].toSorted(),
  )
  const days = await lab.ok('segmentHistory', { params: { segment: list.id }, query: { days: '3' } })
  expect(days.items.map(d => [d.entered, d.left])).toEqual([
    [0, 0],
    [0, 0],
    [2, 1],
  ])
})
