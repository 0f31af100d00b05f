// The library over HTTP: defaults from the shop's own history, drafts made, names offered to rules.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShopLab, type ShopLab } from '../../../test/shop-lab.ts'
import type { Out } from '../../contract.ts'
import { unpackState } from '../../customers/pack.ts'
import { parseId } from '../../platform/ids.ts'
import { faultsOf, findSegment, listSegments } from '../store.ts'
import { LIBRARY } from './register.ts'

const DAY = 86_400_000
let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
  // 25 people: the n-th buys n times for 100·n, every n/2 days; most buy tea
  const now = Date.now()
  const at = (daysAgo: number) => new Date(now - daysAgo * DAY - 60_000).toISOString()
  const batch = []
  for (let n = 1; n <= 25; n++)
    for (let i = 0; i < n; i++)
      batch.push({
        type: 'track',
        event: 'Order Completed',
        messageId: `o-${n}-${i}`,
        userId: `u${n}`,
        timestamp: at((n * i) / 2),
        properties: {
          order_id: `${n}-${i}`,
          total: 100 * n,
          currency: 'TWD',
          coupon: '',
          products: [
            { sku: 'T', category: n <= 20 ? '茶葉' : '茶器', brand: '霧丘', price: 100, quantity: n },
          ],
        },
      })
  batch.push(
    { type: 'track', event: 'tier.changed', messageId: 't', userId: 'u1', properties: { tier: '金卡' } },
    {
      type: 'track',
      event: 'coupon.issued',
      messageId: 'c',
      userId: 'u1',
      properties: { coupon: 'WELCOME' },
    },
    {
      type: 'track',
      event: 'Tasting Booked',
      messageId: 'b',
      userId: 'u2',
      properties: { guests: [{ name: 'x' }], room: { no: 1 } },
    },
    {
      type: 'page',
      messageId: 'p',
      userId: 'u3',
      properties: { campaign: { source: 'ig', name: 'spring' } },
    },
    { type: 'track', event: 'tag.applied', messageId: 'g', userId: 'u3', properties: { tag: '愛喝茶' } },
  )
  for (let i = 0; i < batch.length; i += 100) await lab.batch(batch.slice(i, i + 100))
  await lab.settle()
})
afterAll(() => lab.close())

const vocabulary = async (query: Record<string, string> = {}) =>
  (await lab.call('ruleVocabulary', { query })).body as unknown as Out<'ruleVocabulary'>

describe('the library', () => {
  test('lists every ready segment with defaults from the shop’s own orders', async () => {
    const { status, body } = await lab.call('segmentLibrary')
    expect(status).toBe(200)
    const { items, figures, stale } = body as unknown as Out<'segmentLibrary'>
    expect(items.map(i => i.key)).toEqual(LIBRARY.map(s => s.key))
    expect(stale).toBe(false)
    expect(figures).toMatchObject({ buyers: 25, currency: 'TWD', windowDays: 365 })
    // cycles of 1 … 12.5 days, of 24 people: the median; 55 250 / 325 is an order's mean
    expect(figures.medianIntervalDays).toBe(7)
    expect(figures.averageOrder).toBe(1_700)
    // the k-th fifth of 1 … 25 orders, and of 100·n²
    expect(figures.orders).toEqual([6, 11, 16, 21])
    expect(figures.amounts).toEqual([3_600, 12_100, 25_600, 44_100])
    expect(figures.topFifthSpent).toBe(44_100)
    const nasld = items.find(i => i.key === 'nasld')!
    expect(nasld.params[0]).toMatchObject({ key: 'onceDays', default: 7, ownFigure: true, unit: 'days' })
    expect(nasld.outline.sentence.zh).toContain('7 天')
    const lovers = items.find(i => i.key === 'category_lovers')!
    expect(lovers.params[0]).toMatchObject({
      key: 'categories',
      kind: 'names',
      of: 'category',
      default: ['茶葉'],
    })
    expect(items.find(i => i.key === 'of_tier')!.params[0]!.default).toEqual(['金卡'])
    expect(items.find(i => i.key === 'from_campaign')!.params[0]!.default).toEqual(['spring'])
  })

  test('outlines with other values, and says which value cannot be', async () => {
    const outline = (key: string, params: object) =>
      lab.call('outlineLibrarySegment', { params: { key }, body: { params } })
    const made = await outline('repeat_buyers', { times: 4 })
    expect(made.body).toMatchObject({
      kind: 'live',
      sentence: { zh: '買過 4 次以上', en: 'Bought 4 times or more' },
      groups: [
        { key: 'in', rule: { op: 'orders', measure: { of: 'count', test: { is: 'at_least', value: 4 } } } },
      ],
    })
    expect(await outline('repeat_buyers', { times: 0 })).toMatchObject({
      status: 400,
      body: { code: 'number', path: '/params/times' },
    })
    expect(await outline('nothing', {})).toMatchObject({ status: 404, body: { code: 'no_library_segment' } })
  })

  test('makes a draft that is faultless, says where it is from, and keeps the values', async () => {
    const install = (key: string, body: object) =>
      lab.call('installLibrarySegment', { params: { key }, body })
    for (const { key } of LIBRARY) expect((await install(key, {})).status, key).toBe(200)
    const all = await listSegments(lab.core.pool, lab.workspace)
    expect(all.map(s => s.library).sort()).toEqual(LIBRARY.map(s => s.key).sort())
    for (const s of all) {
      expect(s.status).toBe('draft')
      expect(faultsOf(s, all), s.library!).toEqual([])
    }
    const own = await install('repeat_buyers', { params: { times: 3 }, name: '三次以上' })
    const id = parseId('seg', String(own.body.id))!
    const { name, draft, kind } = await findSegment(lab.core.pool, lab.workspace, id)
    expect({ name, kind, rule: draft.groups[0]!.rule }).toMatchObject({
      name: '三次以上',
      kind: 'live',
      rule: { measure: { test: { value: 3 } } },
    })
    const { items } = (await lab.call('segmentLibrary')).body as unknown as Out<'segmentLibrary'>
    expect(items.find(i => i.key === 'repeat_buyers')!.installed).toHaveLength(2)
  })

  test('who may look may not install', async () => {
    const viewer = await lab.member('viewer')
    expect((await lab.call('segmentLibrary', {}, viewer)).status).toBe(200)
    expect(
      (await lab.call('installLibrarySegment', { params: { key: 'nasld' }, body: {} }, viewer)).status,
    ).toBe(403)
  })
})

describe('names for rules', () => {
  test('offers what is declared and what was seen', async () => {
    const v = await vocabulary()
    expect(v.stale).toBe(false)
    const find = (name: string) => v.events.find(e => e.name === name)
    expect(find('Tasting Booked')).toEqual({
      name: 'Tasting Booked',
      label: { zh: 'Tasting Booked', en: 'Tasting Booked' },
      from: 'seen',
      named: false,
      props: ['guests.name', 'room.no'],
      types: { 'guests.name': 'text', 'room.no': 'number' },
    })
    expect(find('Order Completed')!.props).toContain('products.category')
    expect(find('tier.changed')).toMatchObject({ from: 'built_in', label: { zh: '等級變更' } })
    expect(v.attributes.find(a => a.name === 'gender')).toMatchObject({ type: 'text' })
    expect(v.tags).toEqual(['愛喝茶'])
    expect(v.tiers).toEqual(['金卡'])
    expect(v.coupons).toEqual(['WELCOME'])
    expect(v.campaigns).toEqual(['spring'])
    expect(v.salesChannels.map(c => c.code)).toEqual(['online', 'store'])
    expect(v.more).toEqual([])
  })

  test('finds by a part of the name, one part alone, and says where there is more', async () => {
    const found = await vocabulary({ q: 'tasting' })
    expect(found.events.map(e => e.name)).toEqual(['Tasting Booked'])
    expect(found.tags).toEqual([])
    const some = await vocabulary({ part: 'events', limit: '3' })
    expect(some.events).toHaveLength(3)
    expect(some.more).toEqual(['events'])
    expect(some.attributes).toEqual([])
  })
})

describe('R0-12 high potential', () => {
  const visits = (who: string, ...daysAgo: number[]) =>
    daysAgo.map(n => ({
      type: 'page',
      messageId: `${who}-v${n}`,
      userId: who,
      timestamp: new Date(Date.now() - n * DAY).toISOString(),
    }))
  const wants = (who: string) => ({
    type: 'track',
    event: 'Product Added to Wishlist',
    messageId: `${who}-w`,
    userId: who,
    properties: { product_id: 'T', category: '茶葉' },
  })
  const members = async (segment: string) => {
    const { body } = await lab.call('segmentMembers', { params: { segment } })
    return (body as unknown as Out<'segmentMembers'>).items.map(i => i.customer.memberNo).sort()
  }

  test('R0-12 engagement signals make the expected members, who are a journey’s audience', async () => {
    // before it is published: the past counts
    await lab.batch([
      ...visits('hp-past', 3, 2, 1),
      wants('hp-past'),
      ...visits('hp-two', 3, 2),
      wants('hp-two'),
    ])
    await lab.settle()
    const made = await lab.call('installLibrarySegment', { params: { key: 'high_potential' }, body: {} })
    const segment = String(made.body.id)
    await lab.publish({
      format: 1,
      name: '高潛力',
      trigger: {
        kind: 'event',
        event: 'segment.entered',
        where: [{ path: 'segment', op: 'is', value: segment }],
      },
      reentry: { kind: 'always' },
      exits: [],
      start: 'tag',
      nodes: { tag: { type: 'update', fields: { addTags: ['來談談'] }, next: { next: null } } },
    })
    const published = await lab.call('publishSegment', { params: { segment }, body: { version: 1 } })
    expect(published.status).toBe(200)
    await lab.settle()
    expect(await members(segment)).toEqual(['hp-past'])
    // and what happens from now on; who has bought in the last 30 days is none
    await lab.batch([...visits('hp-live', 3, 2, 1), wants('hp-live'), ...visits('u1', 3, 2, 1), wants('u1')])
    await lab.settle()
    expect(await members(segment)).toEqual(['hp-live', 'hp-past'])
    const { draft } = (await lab.call('segment', { params: { segment } })).body as unknown as Out<'segment'>
    const preview = await lab.call('previewRule', { body: { rule: draft.groups[0]!.rule } })
    const { count, sample } = preview.body as unknown as Out<'previewRule'>
    expect(count).toBe(2)
    expect(sample.map(c => c.memberNo).sort()).toEqual(['hp-live', 'hp-past'])
    // they became members by what they did, or by the publication: both enter
    const { rows } = await lab.core.pool.query<{ state: string }>(
      `select c.state from identifier i join customer c on c.id = i.customer_id where i.workspace_id = $1 and i.value = any($2)`,
      [lab.workspace, ['hp-live', 'hp-past', 'hp-two', 'u1']],
    )
    const tagged = rows.map(r => unpackState(r.state)).filter(s => '來談談' in s.tags)
    expect(tagged.map(s => s.ids.find(i => i.kind === 'member_no')!.value).sort()).toEqual([
      'hp-live',
      'hp-past',
    ])
    // the third visit
    await lab.batch(visits('hp-two', 0))
    await lab.settle()
    expect(await members(segment)).toEqual(['hp-live', 'hp-past', 'hp-two'])
  })
})
