// What events leave in a profile: visits, purchase phase, touch sources, likes, cart, push tokens.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, derivedOf, HOUR, id, Person, START, world } from '../../test/reducer.ts'
import { Town } from '../../test/town.ts'
import type { FoldEffect } from '../inbox/model.ts'
import { mergeLikes, sharesOf } from './affinity.ts'
import type { CustomerState } from './model.ts'
import { reachOf } from './reach.ts'
import { DEFAULT_SETTINGS } from './settings.ts'

const MINUTE = 60_000
const page = (props: Record<string, unknown> = {}) => ({
  type: 'page' as const,
  proof: 'public' as const,
  props,
})
const facts = (p: Person, name: string) => derivedOf(p.effects).filter(f => f.name === name)

describe('visits', () => {
  test.each([
    [10_000, 0],
    [10_001, 1],
  ])('R0-11 engaged for %i ms: %i engaged visits', (ms, engaged) => {
    const p = new Person(world())
    p.event('Page Viewed', page())
    p.event('Page Engaged', { proof: 'public', props: { seconds: (ms - 1) / 1000 } })
    p.event('Page Engaged', { proof: 'public', props: { seconds: 0.001 } })
    expect([p.state!.visits!.n, p.state!.visits!.e ?? 0]).toEqual([1, engaged])
    expect(facts(p, 'visit.engaged')).toHaveLength(engaged)
  })

  test('R0-11 two page views, or one conversion, are engaged; the thresholds are settings', () => {
    const pages = new Person(world())
    pages.event('Page Viewed', page())
    expect(pages.state!.visits!.e).toBeUndefined()
    pages.event('Page Viewed', page())
    pages.event('Page Viewed', page())
    expect(pages.state!.visits!.e).toBe(1)
    const buyer = new Person(world())
    buyer.event('Order Completed', { proof: 'public', props: { order_id: '1', total: 1 } })
    expect(buyer.state!.visits!.e).toBe(1)
    const strict = new Person({
      ...world(),
      profile: {
        ...DEFAULT_SETTINGS,
        visit: { ...DEFAULT_SETTINGS.visit, pageViews: 3, engagedOverMs: 20_000 },
      },
    })
    strict.event('Page Viewed', page())
    strict.event('Page Viewed', page({ engagement_time_msec: 20_000 }))
    expect(strict.state!.visits!.e).toBeUndefined()
  })

  test('R0-11 an order that the shop’s server tells of is a conversion of the visit it fell into, and no visit of its own', () => {
    const order = (id: string, more: object = {}) => ({ props: { order_id: id, total: 5, ...more } })
    const p = new Person(world())
    p.event('Order Completed', order('before'))
    expect(p.state!.visits).toBeUndefined()
    p.event('Page Viewed', page())
    p.wait(29 * MINUTE)
    p.event('Order Completed', order('at the till', { store: 'S1' }))
    p.event('Order Completed', order('of a cashier', { sales_channel: 'store' }))
    expect(p.state!.visits!.e).toBeUndefined()
    p.event('Order Completed', order('online', { sales_channel: 'online' }))
    expect(p.state!.visits).toMatchObject({ n: 1, e: 1, d: 0 }) // it makes the visit no longer
    expect(facts(p, 'visit.engaged').map(f => f.props.conversions)).toEqual([1])
    p.wait(MINUTE)
    p.event('Page Viewed', page()) // 30 minutes after the page before
    p.wait(30 * MINUTE)
    p.event('Order Completed', order('too late'))
    expect(p.state!.visits).toMatchObject({ n: 2, e: 1 })
  })

  test('a visit ends with 30 idle minutes; a till is no visit; a check-in is one at a store', () => {
    const p = new Person(world())
    p.event('Page Viewed', page())
    p.wait(30 * MINUTE - 1)
    p.event('Product Viewed')
    p.wait(30 * MINUTE - 1)
    p.event('Cart Viewed')
    expect(p.state!.visits!.n).toBe(1)
    p.wait(30 * MINUTE)
    p.event('Order Completed', { props: { order_id: '1', total: 5, store: 'S1' } })
    expect(p.state!.visits!.n).toBe(1)
    p.event('Page Viewed', page())
    expect(facts(p, 'visit.started').map(f => f.props.number)).toEqual([1, 2])
    p.wait(HOUR)
    p.event('Page Engaged', { proof: 'public', props: { seconds: 11 } }) // the tab was closed at last
    expect(p.state!.visits).toMatchObject({ n: 2, e: 1, d: 0 })
    p.event('Store Visited', { props: { store: 'S1' } })
    expect(p.state!.visits).toMatchObject({ n: 2, st: 1, stAt: p.now })
    p.event('Page Viewed', { ...page(), agoMs: 3 * DAY }) // told too late
    expect(p.state!.visits!.n).toBe(2)
  })
})

const phases = (effects: FoldEffect[]) => effects.flatMap(e => (e.kind === 'mark' ? [e.phase] : []))

describe('purchase phase', () => {
  test('R0-01 browse, checkout, order, support: before, during, after; a product view begins anew', () => {
    const p = new Person(world())
    const seen: string[] = []
    const event = (name: string, props = {}) => {
      p.wait(MINUTE)
      seen.push(...phases(p.event(name, { props })))
    }
    event('Product Viewed')
    event('Checkout Started')
    event('Payment Info Entered')
    event('Order Completed', { order_id: '1', total: 9 })
    event('Support Contacted')
    event('Product Viewed')
    event('Support Contacted')
    expect(seen).toEqual(['pre', 'during', 'during', 'during', 'post', 'pre', 'pre'])
  })

  test('R0-01 during ends after 24 h, after ends after 30 days; a cancelled order has no after', () => {
    const p = new Person(world())
    const seen: string[] = []
    const at = (ms: number, name: string, props = {}) => {
      p.wait(START + ms - p.now)
      seen.push(...phases(p.event(name, { props })))
    }
    at(0, 'Checkout Started')
    at(DAY - 1, 'Seen')
    at(DAY, 'Seen')
    at(DAY + 1, 'Order Completed', { order_id: '1', total: 9 })
    at(31 * DAY, 'Seen')
    at(31 * DAY + 1, 'Seen')
    at(32 * DAY, 'Order Completed', { order_id: '2', total: 9 })
    at(33 * DAY, 'Order Cancelled', { order_id: '2' })
    expect(seen).toEqual(['during', 'during', 'pre', 'during', 'post', 'pre', 'during', 'post'])
  })
})

describe('touch sources', () => {
  const touched = (...events: [string, Parameters<Person['event']>[1], number][]) => {
    const p = new Person(world())
    for (const [name, more, ago] of events) p.event(name, { ...more, agoMs: ago })
    return p.state!.touch
  }
  test('R1-02 a search, an ad, a campaign, a referral, a QR code at a store, a walk-in', () => {
    const kind = (name: string, more: Parameters<Person['event']>[1]) => touched([name, more, 0])?.f
    expect(
      kind('Page Viewed', page({ referrer: 'https://www.google.com.tw/search?q=tea', keyword: '茶' })),
    ).toMatchObject({
      k: 'search',
      s: 'google',
      kw: '茶',
    })
    expect(kind('Page Viewed', page({ ad_id: '23', campaign: { source: 'facebook' } }))).toMatchObject({
      k: 'ad',
      ad: '23',
      s: 'facebook',
    })
    expect(
      kind('Page Viewed', page({ campaign: { source: 'line', medium: 'push', name: 'spring', term: 't' } })),
    ).toMatchObject({ k: 'campaign', s: 'line', m: 'push', c: 'spring', kw: 't' })
    expect(
      kind('Page Viewed', page({ referrer: 'https://blog.example/a', url: 'https://shop.example/' })),
    ).toMatchObject({
      k: 'referral',
      r: 'blog.example',
    })
    expect(kind('Page Viewed', page({ store: 'TPE01', campaign: { source: 'qr' } }))).toMatchObject({
      k: 'store_qr',
      st: 'TPE01',
    })
    expect(kind('Store Visited', { props: { store: 'TPE01' } })).toMatchObject({ k: 'walk_in', st: 'TPE01' })
    expect(kind('Order Completed', { props: { order_id: '1', total: 1, store: 'TPE01' } })).toMatchObject({
      k: 'walk_in',
    })
    // within the site, direct, and a till's own web order tell no source
    expect(
      kind('Page Viewed', page({ referrer: 'https://shop.example/a', url: 'https://shop.example/b' })),
    ).toBeUndefined()
    expect(kind('Page Viewed', page())).toBeUndefined()
  })

  test('first and last are by when it happened, in whatever order it is told', () => {
    const by = (s: string) => page({ campaign: { source: s } })
    const events: [string, ReturnType<typeof page>, number][] = [
      ['Page Viewed', by('first'), 3 * HOUR],
      ['Page Viewed', by('middle'), 2 * HOUR],
      ['Page Viewed', by('last'), HOUR],
    ]
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [1, 0, 2],
      [2, 0, 1],
      [0, 2, 1],
    ]) {
      const touch = touched(...order.map(i => events[i]!))
      expect([touch!.f.s, touch!.l!.s]).toEqual(['first', 'last'])
    }
  })
})

describe('likes', () => {
  test('R3-08 what is liked changes with each event: recent and stronger deeds count more', () => {
    const p = new Person(world())
    const view = (category: string) => p.event('Product Viewed', { props: { category, brand: 'B' } })
    view('tea')
    view('tea')
    view('cups')
    const first = sharesOf(p.state!.likes!.c)
    expect(first.map(l => [l.name, Number(l.share.toFixed(2))])).toEqual([
      ['tea', 0.67],
      ['cups', 0.33],
    ])
    p.event('Order Completed', {
      props: { order_id: '1', total: 1, products: [{ product_id: 'x', category: 'cups' }] },
    })
    expect(sharesOf(p.state!.likes!.c)[0]!.name).toBe('cups')
    p.wait(90 * DAY) // three half-lives
    view('tea')
    const later = sharesOf(p.state!.likes!.c)
    expect([later[0]!.name, Number(later[0]!.share.toFixed(2))]).toEqual(['tea', 0.63])
  })

  test('the strongest stay; order and merging make no difference beyond rounding', () => {
    const views = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(60)), {
      minLength: 1,
      maxLength: 30,
    })
    const fold = (list: [string, number][]) => {
      const p = new Person(world())
      p.now = START + 100 * DAY
      for (const [category, days] of list)
        p.event('Product Viewed', { props: { category }, agoMs: days * DAY })
      return p.state!
    }
    fc.assert(
      fc.property(views, views, (ours, theirs) => {
        const all = fold([...ours, ...theirs]).likes!.c!
        const merged = fold(theirs.toReversed())
        mergeLikes(merged, fold(ours))
        const other = merged.likes!.c!
        expect(Object.keys(other).sort()).toEqual(Object.keys(all).sort())
        for (const name of Object.keys(all)) expect(Math.abs(all[name]! - other[name]!)).toBeLessThan(20)
      }),
      { numRuns: 50 },
    )
    const many = fold(Array.from({ length: 9 }, (_, i) => [`c${i}`, i] as [string, number]))
    expect(Object.keys(many.likes!.c!).sort()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4'])
  })
})

describe('the open cart', () => {
  const cart = (p: Person): CustomerState['cart'] => p.state!.cart
  const add = (p: Person, product_id: string, more = {}) =>
    p.event('Product Added', { props: { product_id, price: 100, ...more } })
  test('items add up, are taken out, are bounded, and go with the order or a month', () => {
    const p = new Person(world())
    add(p, 'a')
    add(p, 'a', { quantity: 2 })
    add(p, 'b')
    expect(cart(p)!.items).toEqual([
      ['a', 3, 100],
      ['b', 1, 100],
    ])
    p.event('Product Removed', { props: { product_id: 'a', quantity: 1 } })
    p.event('Product Removed', { props: { product_id: 'b' } })
    expect(cart(p)!.items).toEqual([['a', 2, 100]])
    for (const id of ['c', 'd', 'e', 'f']) add(p, id)
    expect([cart(p)!.items.length, cart(p)!.more]).toEqual([3, 2])
    p.event('Cart Viewed', { props: { products: [{ sku: 'z', quantity: 4 }] } })
    expect(cart(p)).toEqual({ at: p.now, items: [['z', 4]] })
    p.wait(HOUR)
    p.event('Order Completed', { props: { order_id: '1', total: 1 } })
    expect(cart(p)).toBeUndefined()
    p.event('Product Added', { props: { product_id: 'a' }, agoMs: HOUR / 2 }) // was part of that order
    expect(cart(p)).toBeUndefined()
    add(p, 'a')
    p.wait(31 * DAY)
    p.event('Page Viewed', page())
    expect(cart(p)).toBeUndefined()
  })
})

test('two who become one: sources, visits, likes, cart and tokens of both', () => {
  const t = new Town(world())
  const [a, m] = [id('anonymous_id', 'a'), id('member_no', 'M1')]
  const from = (s: string) => ({ campaign: { source: s } })
  t.collect('Product Viewed', [a], 'public', 'e1', { ...from('ad'), category: 'tea' })
  t.collect('Product Added', [a], 'public', 'e2', { product_id: 'p1' })
  t.rest(() => 0)
  t.now += HOUR
  t.collect('Product Viewed', [m], 'server', 'e3', { ...from('mail'), category: 'cups' })
  t.collect('Store Visited', [m], 'server', 'e4')
  t.rest(() => 0)
  t.collect('Seen', [m, a], 'token', 'e5')
  t.rest(() => 0)
  const state = t.at(t.holderOf(m)!).state!
  expect(state.absorbed).toHaveLength(1)
  expect([state.touch!.f.s, state.touch!.l!.k]).toEqual(['ad', 'walk_in'])
  expect([state.visits!.n, state.visits!.st]).toEqual([2, 1])
  expect(Object.keys(state.likes!.c!).sort()).toEqual(['cups', 'tea'])
  expect(state.cart!.items).toEqual([['p1', 1]])
})

test('R3-39 a browser’s subscription is written to when it names its own visitor alone, or a proven person; one that is lost goes', () => {
  const web = (t: string) => ({ 'app.push_token': t, 'app.platform': 'web' })
  const visitor = { kind: 'anonymous_id' as const, value: 'a-1' }
  const p = new Person(world())
  const reach = () => reachOf(p.state!, 'webpush', new Map())
  p.event('Push Subscribed', { traits: web('w1'), proof: 'public', ids: [visitor] })
  expect(reach()).toMatchObject({ reachable: true, address: 'w1' })
  // anybody may say that they are somebody's member number
  const member = { kind: 'member_no' as const, value: 'M1' }
  p.wait(MINUTE)
  p.event('Push Subscribed', { traits: web('w2'), proof: 'public', ids: [visitor, member] })
  expect(reach()).toMatchObject({ address: 'w1' })
  // who is not the provider cannot take it away
  p.event('push.token_lost', { traits: { 'app.push_token': 'w9' }, proof: 'public', ids: [visitor] })
  p.event('push.token_lost', { type: 'system', traits: { 'app.push_token': 'w1' }, proof: 'server', ids: [] })
  expect(p.state!.push!.map(x => x.t)).not.toContain('w1')
  expect(reach()).toMatchObject({ reachable: false, reason: 'unverified' })
  p.wait(MINUTE)
  p.event('Push Subscribed', { traits: web('w2'), proof: 'token', ids: [visitor, member] })
  expect(reach()).toMatchObject({ reachable: true, address: 'w2' })
  // an app's token that only a public key told of stays unproven, also with the visitor's id alone
  p.event('Application Opened', {
    traits: { 'app.push_token': 'i1', 'app.platform': 'ios' },
    proof: 'public',
    ids: [visitor],
  })
  expect(reachOf(p.state!, 'push', new Map())).toMatchObject({ reachable: false, reason: 'unverified' })
})

test('push tokens: the newest few, gone with the app', () => {
  const p = new Person(world())
  for (const t of ['t1', 't2', 't3', 't2', 't4']) {
    p.wait(MINUTE)
    p.event('Application Opened', { traits: { 'app.push_token': t, 'app.platform': 'ios' } })
  }
  expect(p.state!.push!.map(x => x.t)).toEqual(['t3', 't2', 't4'])
  expect(p.state!.traits).toEqual({})
  p.event('Application Opened', { traits: { 'app.push_token': 't5' }, proof: 'public' })
  expect(reachOf(p.state!, 'push', new Map())).toMatchObject({ reachable: true, address: 't4' })
  p.event('Application Uninstalled')
  expect(p.state!.push).toBeUndefined()
})
