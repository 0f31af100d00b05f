// The library over HTTP: defaults from the shop's own history, drafts made, names offered to rules.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShopLab, type ShopLab } from '../../../test/shop-lab.ts'
import type { Out } from '../../contract.ts'
import { parseId } from '../../platform/ids.ts'
import { findSegment } from '../store.ts'
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
    for (const { key } of LIBRARY) {
      const made = await install(key, {})
      expect(made.status, key).toBe(200)
      const shown = (await lab.call('segment', { params: { segment: String(made.body.id) } })).body
      expect(shown).toMatchObject({ status: 'draft', library: key, faults: [] })
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
      props: ['guests.name', 'room.no'],
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
