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

test('what nests too deep is refused with where and what instead, asked, drafted and saved', async () => {
  let deep: unknown = rule
  for (let i = 0; i < 2_000; i++) deep = { op: 'and', rules: [deep] }
  const refused = (path: string) => ({
    status: 400,
    body: { code: 'too_deep', path, action: expect.stringContaining('"in segment"') },
  })
  expect(await lab.ask('previewRule', { body: { rule: deep } })).toMatchObject(refused('rule.rules.0.rules'))
  const inGroup = refused('definition.groups.0.rule')
  const body = { name: '深', kind: 'live', definition: live(deep) }
  expect(await lab.ask('createSegment', { body })).toMatchObject(inGroup)
  const { id, version } = await make('淺', rule)
  const change = { params: { segment: id }, body: { version, definition: live(deep) } }
  expect(await lab.ask('saveSegment', change)).toMatchObject(inGroup)
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

test('an attribute is asked as what it is declared; one whose first value is yet to come may be named', async () => {
  const trait = (name: string) => ({
    op: 'trait',
    trait: name,
    type: 'number',
    test: { is: 'over', value: 1 },
  })
  const made = await make('生日', { op: 'and', rules: [trait('cups'), trait('birthday')] })
  const path = '/groups/0/rule/rules/1/type'
  expect(made.faults).toMatchObject([
    { code: 'wrong_type', path, alternative: { zh: '請改用日期的比較方式' } },
  ])
  const answer = await lab.ask('publishSegment', {
    params: { segment: made.id },
    body: { version: made.version },
  })
  expect(answer).toMatchObject({ status: 400, body: { code: 'wrong_type', path } })
})

test('segments that name each other in a circle are refused with the way round', async () => {
  const a = await make('甲', rule)
  await publish(a.id)
  const b = await make('乙', { op: 'segment', segment: a.id, is: 'in' })
  await publish(b.id)
  const { version } = await lab.ok('segment', { params: { segment: a.id } })
  const changed = await lab.ok('saveSegment', {
    params: { segment: a.id },
    body: { version, definition: live({ op: 'not', rule: { op: 'segment', segment: b.id, is: 'in' } }) },
  })
  expect(changed.faults).toMatchObject([
    {
      code: 'segment_circle',
      path: '/groups/0/rule/rule/segment',
      message: { zh: '分眾互相引用：甲 → 乙 → 甲' },
    },
  ])
  const answer = await lab.ask('publishSegment', {
    params: { segment: a.id },
    body: { version: changed.version },
  })
  expect(answer).toMatchObject({ status: 400, body: { code: 'segment_circle' } })
  expect(answer.body.title).toContain('甲 → 乙 → 甲')
})

test('a rule tag that its own rule asks for, also by way of another segment, is a circle', async () => {
  const tagged = (tag: string) => ({ op: 'tags', is: 'any', tags: [tag] })
  const a = await lab.ok('createSegment', {
    body: { name: '甲', kind: 'live', definition: { ...live(tagged('乙的')), tag: '甲的' } },
  })
  await publish(a.id)
  const b = await lab.ok('createSegment', {
    body: { name: '乙', kind: 'live', definition: { ...live(tagged('甲的')), tag: '乙的' } },
  })
  expect(b.faults).toMatchObject([{ code: 'segment_circle', path: '/groups/0/rule/tags/0' }])
  expect(b.faults[0]!.message.zh).toContain('乙 → 甲 → 乙')
})

test('what others use is not archived: the refusal names them', async () => {
  const a = await make('甲', rule)
  await publish(a.id)
  const b = await make('乙', { op: 'segment', segment: a.id, is: 'out' })
  await publish(b.id)
  const answer = await lab.ask('archiveSegment', { params: { segment: a.id } })
  expect(answer).toMatchObject({ status: 409, body: { code: 'segment_in_use' } })
  expect(answer.body.title).toContain('"乙"')
  expect((await lab.ok('segment', { params: { segment: a.id } })).usedBy).toEqual([
    { kind: 'segment', id: b.id, name: '乙' },
  ])
  await lab.ok('archiveSegment', { params: { segment: b.id } })
  expect(await lab.ok('archiveSegment', { params: { segment: a.id } })).toMatchObject({ status: 'archived' })
  expect((await lab.ok('segments')).items).toEqual([])
})

test('what is kept for its members uses a segment: ad audiences, also as who is left out, and live LINE menus', async () => {
  const a = await make('甲', rule)
  await publish(a.id)
  const list = await lab.ok('createSegment', { body: { name: '排除', kind: 'static' } })
  const audience = await lab.ok('saveAudience', {
    params: { audience: 'new' },
    body: {
      name: '再行銷',
      provider: 'meta',
      segment: a.id,
      exclude: list.id,
      settings: {},
      on: false,
    },
  })
  const [menu, draft] = [newId(), newId()]
  await lab.core.pool.query(
    `insert into line_menu (workspace_id, id, account_id, name, place, audience, menu, status)
     values ($1, $2, $4, '熟客選單', 1, $5, '{}', 'live'), ($1, $3, $4, '草稿選單', 2, $5, '{}', 'draft')`,
    [lab.space.id, menu, draft, newId(), JSON.stringify({ kind: 'segment', segment: a.id })],
  )
  const usedBy = async (segment: string) => (await lab.ok('segment', { params: { segment } })).usedBy
  const ads = { kind: 'audience', id: audience.id, name: '再行銷' }
  expect(await usedBy(a.id)).toEqual([ads, { kind: 'menu', id: publicId('lrm', menu), name: '熟客選單' }])
  expect(await usedBy(list.id)).toEqual([ads])
  for (const segment of [a.id, list.id]) {
    const answer = await lab.ask('archiveSegment', { params: { segment } })
    expect(answer).toMatchObject({ status: 409, body: { code: 'segment_in_use' } })
    expect(answer.body.title).toContain('"再行銷"')
  }
  await lab.ok('deleteAudience', { params: { audience: audience.id } })
  expect(await lab.ok('archiveSegment', { params: { segment: list.id } })).toMatchObject({
    status: 'archived',
  })
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
