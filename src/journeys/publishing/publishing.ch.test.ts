// Before a journey is published: the last look at whom it takes in, the second person's approval; and versions that are
// compared, restored, taken to another workspace. Over HTTP on real engines.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShopLab, sendOn, type ShopLab } from '../../../test/shop-lab.ts'
import { lineText } from '../../../test/send-lab.ts'
import { createTestWorkspace } from '../../../test/harness.ts'
import type { Caller } from '../../../test/http-client.ts'
import { publicId } from '../../platform/ids.ts'
import type { JourneyGraph } from '../model.ts'

let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
})
afterAll(() => lab.close())

type Given = Parameters<ShopLab['call']>[1]
type Name = Parameters<ShopLab['call']>[0]
// biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
type Any = any
async function ok(name: Name, given: Given = {}, as?: Caller): Promise<Any> {
  const answer = await lab.call(name, given, as)
  expect([name, answer.status, answer.status === 200 ? '' : JSON.stringify(answer.body)]).toEqual([
    name,
    200,
    '',
  ])
  return answer.body
}
const refused = async (name: Name, given: Given, as?: Caller) => {
  const { status, body } = await lab.call(name, given, as)
  return [status, body.code]
}
const drafted = async (graph: JourneyGraph): Promise<{ id: string; version: number }> =>
  ok('createJourney', { body: { graph } })
const versionOf = async (id: string): Promise<number> =>
  (await ok('journey', { params: { journey: id } })).version
const hello = (event: string, more: Partial<JourneyGraph> = {}) => sendOn(event, lineText('嗨'), more)

describe('a second person approves', () => {
  let asker: Caller
  let other: Caller
  beforeAll(async () => {
    asker = await lab.member('marketer')
    other = await lab.member('admin')
    const { version } = await ok('publishingSettings')
    await ok('savePublishingSettings', { body: { settings: { approval: true }, version } })
  })
  afterAll(async () => {
    const { version } = await ok('publishingSettings')
    await ok('savePublishingSettings', { body: { settings: { approval: false }, version } })
  })
  const ask = async (id: string, as: Caller = asker) =>
    ok('askApproval', { params: { journey: id }, body: { version: await versionOf(id), note: '請看' } }, as)

  test('nothing is published without it; asked, approved by another, published', async () => {
    const { id, version } = await drafted(hello('Approve A'))
    expect(await refused('publishJourney', { params: { journey: id }, body: { version } })).toEqual([
      409,
      'approval_needed',
    ])
    const { id: approval } = await ask(id)
    const params = { journey: id, approval }
    const plan = await ok('publishPlan', { params: { journey: id } }, asker)
    expect(plan.approval).toMatchObject({
      needed: true,
      open: { id: approval, note: '請看', mayDecide: false },
    })
    expect((await ok('approvals', { query: { open: 'true' } }, other)).items).toMatchObject([
      { id: approval, mayDecide: true, askedBy: 'marketer@brand.example', journey: { id } },
    ])
    const home = await ok('home', {}, other)
    expect(home.attention).toContainEqual({ code: 'approvals', count: 1, link: 'journeys' })
    // twice at once, by a seat without the right, by a key
    expect(await refused('askApproval', { params: { journey: id }, body: { version } }, other)).toEqual([
      409,
      'approval_open',
    ])
    expect((await refused('approvePublication', { params, body: {} }, asker))[0]).toBe(403)
    expect(await refused('approvePublication', { params, body: {} })).toEqual([403, 'own_request'])
    expect(await ok('approvePublication', { params, body: {} }, other)).toEqual({ version: 1 })
    const live = await ok('journey', { params: { journey: id } })
    expect(live).toMatchObject({
      status: 'live',
      liveVersion: 1,
      versions: [{ publishedBy: 'marketer@brand.example, admin@brand.example' }],
    })
    expect(await refused('approvePublication', { params, body: {} }, other)).toEqual([
      409,
      'approval_decided',
    ])
  })

  test('nobody approves what they asked for themselves', async () => {
    const { id } = await drafted(hello('Approve B'))
    const { id: approval } = await ask(id, other)
    const params = { journey: id, approval }
    expect(await refused('approvePublication', { params, body: {} }, other)).toEqual([403, 'own_request'])
    expect(await refused('rejectPublication', { params, body: { reason: 'x' } }, other)).toEqual([
      403,
      'own_request',
    ])
    const owner = await lab.member('owner')
    expect(await refused('rejectPublication', { params, body: { reason: ' ' } }, owner)).toEqual([
      400,
      'reason_missing',
    ])
    await ok('rejectPublication', { params, body: { reason: '字太多' } }, owner)
    const { items } = await ok('approvals', { query: { journey: id } }, other)
    expect(items).toMatchObject([{ status: 'rejected', reason: '字太多', decidedBy: 'owner@brand.example' }])
    expect((await ok('journey', { params: { journey: id } })).status).toBe('draft')
    const { id: again } = await ask(id, other)
    await ok('withdrawApproval', { params: { journey: id, approval: again } }, other)
    expect((await ok('publishPlan', { params: { journey: id } })).approval.open).toBeNull()
  })

  test('what is approved is what was asked for: a draft that changed meanwhile is not', async () => {
    const { id } = await drafted(hello('Approve C'))
    const { id: approval } = await ask(id)
    const version = await versionOf(id)
    await ok('saveJourney', { params: { journey: id }, body: { graph: hello('Approve D'), version } })
    expect(
      await refused('approvePublication', { params: { journey: id, approval }, body: {} }, other),
    ).toEqual([409, 'draft_changed'])
    expect((await ok('approvals', { query: { journey: id } })).items[0]).toMatchObject({ outdated: true })
    // back to what it was
    await ok('saveJourney', {
      params: { journey: id },
      body: { graph: hello('Approve C'), version: await versionOf(id) },
    })
    expect(await ok('approvePublication', { params: { journey: id, approval }, body: {} }, other)).toEqual({
      version: 1,
    })
    const { items } = await ok('audit', { query: { action: 'approvePublication' } }, other)
    expect(items[0]).toMatchObject({ kind: 'published', action: 'approvePublication' })
  })
})

describe('versions', () => {
  test('two are compared, an old one is made the draft again', async () => {
    const { id, version } = await drafted(hello('Versions'))
    await ok('publishJourney', { params: { journey: id }, body: { version } })
    const second = hello('Versions', { reentry: { kind: 'never' } })
    await ok('saveJourney', {
      params: { journey: id },
      body: { graph: second, version: await versionOf(id) },
    })
    await ok('publishJourney', { params: { journey: id }, body: { version: await versionOf(id) } })
    const compare = (from: string, to: string) =>
      ok('compareJourney', { params: { journey: id }, query: { from, to } })
    expect(await compare('1', '2')).toEqual({ nodes: [], parts: ['reentry'] })
    expect(await compare('2', 'draft')).toEqual({ nodes: [], parts: [] })
    await ok('restoreJourney', { params: { journey: id }, body: { from: 1, version: await versionOf(id) } })
    expect(await compare('1', 'draft')).toEqual({ nodes: [], parts: [] })
    expect(await ok('journey', { params: { journey: id } })).toMatchObject({ liveVersion: 2, status: 'live' })
    for (const version of ['9', '0', '-1', 'x', '99999999999'])
      expect(await refused('journeyVersion', { params: { journey: id, version } }, undefined)).toEqual([
        404,
        'no_such_version',
      ])
    expect(
      await refused('restoreJourney', { params: { journey: id }, body: { from: 1, version: 1 } }),
    ).toEqual([409, 'version_conflict'])
  })

  test('a file goes to another workspace: segments by their names, and what is missing is told', async () => {
    const segment = await ok('createSegment', { body: { name: '好朋友', kind: 'static' } })
    const rules: JourneyGraph['filter'] = {
      op: 'and',
      rules: [
        { op: 'segment', segment: segment.id, is: 'in' },
        { op: 'tags', is: 'any', tags: ['茶'] },
        { op: 'trait', trait: 'shoe_size', type: 'any', test: { is: 'set' } },
      ],
    }
    const { id } = await drafted(hello('Rarely Heard', { filter: rules }))
    const file = await ok('exportJourney', { params: { journey: id } })
    expect(file).toMatchObject({
      itinera: 'journey',
      uses: { segments: [segment.id], tags: ['茶'], attributes: ['shoe_size'], events: ['Rarely Heard'] },
      names: { [segment.id]: '好朋友' },
    })
    const there = await createTestWorkspace(lab.core)
    const ws = publicId('wsp', there.id)
    const key = { key: there.apiKey }
    const bare = await ok('importJourney', { params: { ws }, body: { file } }, key)
    expect(bare.mapped).toEqual([])
    expect(bare.missing).toEqual(
      expect.arrayContaining([
        { kind: 'segments', name: '好朋友' },
        { kind: 'tags', name: '茶' },
        { kind: 'attributes', name: 'shoe_size' },
        { kind: 'events', name: 'Rarely Heard' },
      ]),
    )
    const twin = await ok('createSegment', { params: { ws }, body: { name: '好朋友', kind: 'static' } }, key)
    const found = await ok('importJourney', { params: { ws }, body: { file } }, key)
    expect(found.mapped).toEqual([{ kind: 'segments', name: '好朋友', from: segment.id, to: twin.id }])
    const draft = await ok('journey', { params: { ws, journey: found.journey } }, key)
    expect(draft.draft.filter.rules[0].segment).toBe(twin.id)
    // a plain graph, and what is none
    expect(
      (await ok('importJourney', { params: { ws }, body: { file: hello('Plain') } }, key)).mapped,
    ).toEqual([])
    for (const bad of [null, 7, { itinera: 'segment', format: 1 }, { itinera: 'journey', format: 2 }])
      expect(await refused('importJourney', { params: { ws }, body: { file: bad } }, key)).toEqual([
        400,
        'not_a_journey_file',
      ])
  })
})

describe('the last look', () => {
  const people = 12
  let segment: string
  beforeAll(async () => {
    await lab.batch([
      ...Array.from({ length: people }, (_, i) => ({
        type: 'identify',
        userId: `see-${i}`,
        traits: { email: `see-${i}@example.com`, city: i < 4 ? '臺南' : '臺北' },
      })),
      ...[0, 1, 2, 3].map(i => ({
        type: 'track',
        userId: `see-${i}`,
        event: 'tag.applied',
        properties: { tag: '勿擾' },
      })),
      ...[4, 5, 6].map(i => ({
        type: 'track',
        userId: `see-${i}`,
        event: 'consent.granted',
        properties: { channel: 'email' },
      })),
      { type: 'track', userId: 'see-5', event: 'Looked' },
    ])
    await lab.settle()
    const made = await ok('createSegment', {
      body: {
        name: '都看',
        kind: 'live',
        definition: { groups: [{ key: 'in', name: 'in', rule: { op: 'identifier', kind: 'member_no' } }] },
      },
    })
    segment = made.id
    await ok('publishSegment', { params: { segment }, body: { version: made.version } })
    await lab.settle()
  })
  const email = {
    channel: 'email' as const,
    subject: '嗨',
    html: '<p>嗨</p>',
  }
  const look = (id: string) => ok('publishAudience', { params: { journey: id } })

  test('members who enter at once: how many, by channel with cost and quota; who not, and why', async () => {
    const { rowCount } = await lab.core.pool.query(
      `update channel_account set settings = settings || '{"costPerMessage": "0.5", "monthlyQuota": "5"}'
        where id = (select id from channel_account where workspace_id = $1 and channel = 'email' order by created_at, id limit 1)`,
      [lab.workspace],
    )
    // of several accounts the first sends: what holds for the others is nothing to this
    expect(rowCount).toBe(1)
    const graph: JourneyGraph = {
      ...sendOn('x', email),
      trigger: { kind: 'segment', segment, on: 'entered' },
      entry: { backfill: true, exclude: { op: 'tags', is: 'any', tags: ['勿擾'] } },
      filter: { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: '臺北' } },
      reentry: { kind: 'never' },
    }
    const { id } = await drafted(graph)
    const found = await look(id)
    expect(found).toMatchObject({ when: 'now', candidates: people, people: 8, currency: 'TWD' })
    expect(found.excluded).toEqual([{ reason: 'excluded', people: 4 }])
    expect(found.channels).toMatchObject([
      { channel: 'email', messages: 1, people: 3, cost: 2, quota: { max: 5, left: 5 } },
    ])
    // nodes that try several channels, and questions, count as well
    const several = await drafted({
      ...graph,
      start: 'reach',
      nodes: {
        reach: {
          type: 'reach',
          fields: {
            purpose: 'marketing',
            options: [
              { channel: 'line', content: lineText('嗨') },
              { channel: 'email', content: email },
            ],
          },
          next: { accepted: 'ask', unreachable: null },
        },
        ask: {
          type: 'ask',
          fields: { text: '喜歡嗎？', answers: [{ name: 'yes', label: '喜歡' }], timeoutMs: 3_600_000 },
          next: { yes: null, other: null, timeout: null },
        },
      },
    })
    expect((await look(several.id)).channels).toMatchObject([
      { channel: 'line', messages: 2, people: 0, cost: 0 },
      { channel: 'email', messages: 1, people: 3, cost: 2, quota: { max: 5, left: 5 } },
    ])
    // a filter of its own reason
    const version = await versionOf(id)
    const { entry: _, ...bare } = graph
    await ok('saveJourney', {
      params: { journey: id },
      body: { graph: { ...bare, entry: { backfill: true } }, version },
    })
    expect((await look(id)).excluded).toEqual([{ reason: 'filter', people: 4 }])
    await ok('publishJourney', { params: { journey: id }, body: { version: await versionOf(id) } })
  })

  test('nobody at once: what triggers it of late is told', async () => {
    const { id } = await drafted(hello('Looked'))
    expect(await look(id)).toMatchObject({ when: 'later', people: null, recent: { days: 7, people: 1 } })
  })

  test('more than 10,000 at once are confirmed by their number', async () => {
    // so many snapshots, straight into history
    await lab.core.history.command({
      query: `insert into customer (workspace_id, customer_id, version) select {ws:UUID}, generateUUIDv4(number), 1 from numbers(10001)`,
      query_params: { ws: lab.workspace },
    })
    const { id, version } = await drafted({
      ...hello('Many'),
      trigger: { kind: 'calendar', holiday: 'mid_autumn', offsetDays: 0, time: '10:00' },
    })
    const found = await look(id)
    expect(found).toMatchObject({ when: 'moment', confirmAbove: 10_000 })
    expect(Date.parse(found.at)).toBeGreaterThan(Date.parse(found.asOf))
    expect(found.people).toBeGreaterThan(10_000)
    const publish = (confirm?: number) => ({
      params: { journey: id },
      body: { version, ...(confirm === undefined ? {} : { confirm }) },
    })
    expect(await refused('publishJourney', publish())).toEqual([409, 'confirm_people'])
    expect(await refused('publishJourney', publish(10))).toEqual([409, 'confirm_people'])
    await ok('publishJourney', publish(found.people))
  })
})

test('a rule that names what is not there, or compares an attribute as what it is not, is told and not published', async () => {
  await ok('saveAttribute', {
    params: { name: 'shoe_size' },
    body: {
      label: { zh: '鞋碼', en: 'Shoe size' },
      ...{ type: 'number', choices: null, wanted: false, purpose: '', personal: false, sensitive: false },
    },
  })
  const asText = {
    op: 'trait',
    type: 'text',
    trait: 'shoe_size',
    test: { is: 'equal', value: '42' },
  } as const
  const asNumber = {
    op: 'trait',
    type: 'number',
    trait: 'shoe_size',
    test: { is: 'over', value: 42 },
  } as const
  const elsewhere = { op: 'segment', segment: publicId('seg', lab.workspace), is: 'in' } as const
  const graph = (goal: unknown, branch: unknown): JourneyGraph => ({
    ...hello('Named'),
    goal: { rule: goal as never, exitOnGoal: true },
    start: 'split',
    nodes: {
      split: {
        type: 'split',
        fields: { branches: [{ name: '大腳', rule: branch }] },
        next: { 大腳: null, else: null },
      },
    },
  })
  const { id, version } = await drafted(graph(asText, { op: 'and', rules: [asNumber, elsewhere] }))
  const told = (await ok('journey', { params: { journey: id } })).problems
  expect(told.map((p: Any) => [p.node, p.path, p.code])).toEqual([
    [null, '/goal/rule/type', 'wrong_type'],
    ['split', '/fields/branches/0/rule/rules/1/segment', 'unknown_segment'],
  ])
  const answer = await lab.call('publishJourney', { params: { journey: id }, body: { version } })
  expect(answer).toMatchObject({ status: 400, body: { code: 'graph_invalid', path: '/goal/rule/type' } })
  const mended = await ok('saveJourney', {
    params: { journey: id },
    body: { version, graph: graph(asNumber, { ...asNumber, trait: 'nobody_has_it_yet' }) },
  })
  expect(mended.problems).toEqual([])
  await ok('publishJourney', { params: { journey: id }, body: { version: mended.version } })
})
