// Which facts start a journey, kind by kind, on both sides of every condition: through the reducer.
import { describe, expect, test } from 'vitest'
import { DAY, derivedOf, HOUR, id, journey, Person, uuid, world } from '../../../test/reducer.ts'
import type { EventBody } from '../../inbox/model.ts'
import { publicId } from '../../platform/ids.ts'
import type { PublishedSegment } from '../../segments/model.ts'
import { validateGraph } from '../validate.ts'
import type { Trigger } from './register.ts'

const MINUTE = 60_000

const published = (trigger: Trigger) => journey({ trigger })
const person = (trigger: Trigger) => new Person(world(published(trigger)))
const entered = (p: Person): number => derivedOf(p.effects).filter(f => f.name === 'journey.entered').length
const last = (p: Person) => derivedOf(p.effects).findLast(f => f.name === 'journey.entered')
/** How often each event of a list starts the journey. */
const starts = (trigger: Trigger, events: [string, Partial<EventBody>?][]): number[] => {
  const p = person(trigger)
  return events.map(([name, more]) => {
    const before = entered(p)
    p.event(name, more)
    p.wait(1)
    return entered(p) - before
  })
}
const told = (props: Record<string, unknown>): Partial<EventBody> => ({ type: 'system', props })
const problems = (trigger: Trigger) =>
  validateGraph(published(trigger).graph).problems.map(p => [p.path, p.code])

describe('events and the web', () => {
  test('the n-th within a window: n-1 does not, n does, n+1 does not; it counts again once the oldest has left', () => {
    const p = person({
      kind: 'event',
      event: 'Viewed',
      where: [{ path: 'page', op: 'is', value: 'a' }],
      times: { n: 3, withinMs: HOUR },
    })
    const view = (page = 'a') => {
      const before = entered(p)
      p.event('Viewed', { props: { page } })
      return entered(p) - before
    }
    expect([view(), view('b'), view(), view(), view()]).toEqual([0, 0, 0, 1, 0])
    p.wait(HOUR)
    expect([view(), view(), view()]).toEqual([0, 0, 1])
    p.wait(HOUR - 1)
    expect(view()).toBe(0) // three of the hour are still there
  })

  test('R4-07 a page: equal, beginning, part, pattern; path or address; how often', () => {
    const view = (url: string): [string, Partial<EventBody>] => [
      'Page Viewed',
      { type: 'page', props: { url: `https://shop.tw${url}`, path: url.split('?')[0] } },
    ]
    const pages = ['/tea/a', '/tea', '/tea/sale/b', '/coffee', '/tea?from=line'].map(view)
    const by = (is: 'is' | 'starts_with' | 'contains' | 'like', value: string) =>
      starts({ kind: 'page', page: { is, value } }, pages)
    expect(by('is', '/tea')).toEqual([0, 1, 0, 0, 1])
    expect(by('starts_with', '/tea/')).toEqual([1, 0, 1, 0, 0])
    expect(by('contains', '/sale/')).toEqual([0, 0, 1, 0, 0])
    expect(by('like', '/tea/*/b')).toEqual([0, 0, 1, 0, 0])
    expect(by('contains', 'from=line')).toEqual([0, 0, 0, 0, 1])
    const often: Trigger = {
      kind: 'page',
      page: { is: 'starts_with', value: '/tea' },
      times: { n: 3, withinMs: DAY },
    }
    expect(starts(often, pages)).toEqual([0, 0, 1, 0, 0])
  })

  test('R4-07 engaged seconds of a day add up: 29 do not, 30 do, and only once', () => {
    const engaged = (path: string, seconds: number): [string, Partial<EventBody>] => [
      'Page Engaged',
      { props: { path, url: `https://shop.tw${path}`, seconds } },
    ]
    const trigger: Trigger = { kind: 'dwell', seconds: 30, page: { is: 'is', value: '/tea' } }
    expect(starts(trigger, [engaged('/tea', 29), engaged('/x', 9), engaged('/tea', 1)])).toEqual([0, 0, 1])
    expect(starts(trigger, [engaged('/tea', 30), engaged('/tea', 30)])).toEqual([1, 0])
    const p = person(trigger)
    p.event('Page Engaged', engaged('/tea', 29)[1])
    p.wait(DAY)
    p.event('Page Engaged', engaged('/tea', 29)[1])
    expect(entered(p)).toBe(0)
  })

  test('R4-07 a product, or one of a category, viewed so often', () => {
    const view = (product_id: string, category: string): [string, Partial<EventBody>] => [
      'Product Viewed',
      { props: { product_id, category } },
    ]
    const seen = [view('T1', '茶'), view('T2', '茶'), view('C1', '咖啡'), view('T1', '茶')]
    expect(starts({ kind: 'product', by: 'product_id', value: 'T1' }, seen)).toEqual([1, 0, 0, 1])
    const often: Trigger = { kind: 'product', by: 'category', value: '茶', times: { n: 3, withinMs: DAY } }
    expect(starts(often, seen)).toEqual([0, 0, 0, 1])
  })

  test('a source: the same event through another one does not', () => {
    const trigger: Trigger = { kind: 'webhook', source: 'POS', event: 'Order Paid' }
    expect(
      starts(trigger, [
        ['Order Paid', { src: 'POS' }],
        ['Order Paid', { src: 'Website' }],
      ]),
    ).toEqual([1, 0])
  })

  test('a form, with certain answers', () => {
    const trigger: Trigger = {
      kind: 'form',
      form: 'skin',
      where: [{ path: 'type', op: 'is', value: 'dry' }],
    }
    const answered = (form: string, type: string): [string, Partial<EventBody>] => [
      'Form Answered',
      { props: { form, type } },
    ]
    expect(
      starts(trigger, [answered('skin', 'dry'), answered('skin', 'oily'), answered('x', 'dry')]),
    ).toEqual([1, 0, 0])
  })
})

describe('social', () => {
  test('R4-05 a friend added, come back, and gone are told apart', () => {
    const follow = (is_unblocked: boolean): [string, Partial<EventBody>] => [
      'contact.followed',
      told({ channel: 'line', is_unblocked }),
    ]
    const events = [follow(false), ['contact.unfollowed', told({ channel: 'line' })], follow(true)] as [
      string,
      Partial<EventBody>,
    ][]
    expect(starts({ kind: 'contact', on: 'added' }, events)).toEqual([1, 0, 0])
    expect(starts({ kind: 'contact', on: 'returned' }, events)).toEqual([0, 0, 1])
    expect(starts({ kind: 'contact', on: 'blocked' }, events)).toEqual([0, 1, 0])
  })

  test('words of a message: equal, part, beginning; case and full width make no difference', () => {
    const say = (text: string): [string, Partial<EventBody>] => ['line.message', told({ type: 'text', text })]
    const said = [say('優惠'), say(' ＶＩＰ '), say('我要優惠'), say('優惠？'), say('您好')]
    expect(starts({ kind: 'message', words: ['優惠', 'vip'] }, said)).toEqual([1, 1, 0, 0, 0])
    expect(starts({ kind: 'message', words: ['優惠'], is: 'contains' }, said)).toEqual([1, 0, 1, 1, 0])
    expect(starts({ kind: 'message', words: ['優惠'], is: 'starts_with' }, said)).toEqual([1, 0, 0, 1, 0])
    expect(starts({ kind: 'message' }, said)).toEqual([1, 1, 1, 1, 1])
  })

  test('a button by its data; a link by its name, a QR code by its code', () => {
    const press = (data: string): [string, Partial<EventBody>] => ['line.postback', told({ data })]
    expect(
      starts({ kind: 'postback', data: { is: 'starts_with', value: 'menu=' } }, [
        press('menu=1'),
        press('x'),
      ]),
    ).toEqual([1, 0])
    const trigger: Trigger = { kind: 'link', on: 'scanned', link: 'TPE01' }
    expect(
      starts(trigger, [
        ['Page Viewed', { type: 'page', props: { store: 'TPE01' } }],
        ['Page Viewed', { type: 'page', props: { store: 'TPE02' } }],
        ['Link Scanned', { props: { link: 'TPE01' } }],
      ]),
    ).toEqual([1, 0, 1])
  })
})

describe('what is known of a person', () => {
  test('R4-05 a tag put on or taken off', () => {
    const [on, off]: Trigger[] = [
      { kind: 'tag', tags: ['vip', 'gold'], on: 'added' },
      { kind: 'tag', tags: ['vip', 'gold'], on: 'removed' },
    ]
    const events: [string, Partial<EventBody>][] = [
      ['tag.applied', told({ tag: 'vip' })],
      ['tag.applied', told({ tag: 'vip' })],
      ['tag.applied', told({ tag: 'other' })],
      ['tag.cleared', told({ tag: 'vip' })],
    ]
    expect(starts(on!, events)).toEqual([1, 0, 0, 0])
    expect(starts(off!, events)).toEqual([0, 0, 0, 1])
  })

  test('R4-05 a phone bound: proven, not claimed by a browser; once', () => {
    const phone = [id('phone', '+886912345678')]
    const p = person({ kind: 'identifier', identifier: 'phone' })
    p.event('Signed Up', { ids: [id('anonymous_id', 'a')], proof: 'public', traits: { phone: '0912345678' } })
    expect(entered(p)).toBe(0)
    p.event('Signed Up', { ids: phone })
    p.event('Signed Up', { ids: phone })
    expect(entered(p)).toBe(1)
    expect(starts({ kind: 'identifier', identifier: 'email' }, [['Signed Up', { ids: phone }]])).toEqual([0])
  })

  test('R4-09 an attribute: set, changed, removed; from, to; up and down; the value before is at hand', () => {
    const set = (value: unknown): [string, Partial<EventBody>] => [
      'Identified',
      { type: 'identify', traits: { level: value } },
    ]
    const moves = [set(1), set(3), set(3), set(2), set(null), set(5)]
    const by = (more: Partial<Extract<Trigger, { kind: 'trait' }>>) =>
      starts({ kind: 'trait', trait: 'level', on: 'any', ...more }, moves)
    expect(by({})).toEqual([1, 1, 0, 1, 1, 1])
    expect(by({ on: 'set' })).toEqual([1, 0, 0, 0, 0, 1])
    expect(by({ on: 'changed' })).toEqual([0, 1, 0, 1, 0, 0])
    expect(by({ on: 'removed' })).toEqual([0, 0, 0, 0, 1, 0])
    expect(by({ way: 'up' })).toEqual([0, 1, 0, 0, 0, 0])
    expect(by({ way: 'down' })).toEqual([0, 0, 0, 1, 0, 0])
    expect(by({ from: [3], to: [2] })).toEqual([0, 0, 0, 1, 0, 0])
    const grades = ['銅', '銀', '金'].map(set)
    const graded: Trigger = {
      kind: 'trait',
      trait: 'level',
      on: 'any',
      way: 'down',
      order: ['金', '銀', '銅'],
    }
    expect(starts(graded, grades)).toEqual([0, 1, 1])
    const p = person({ kind: 'trait', trait: 'level', on: 'changed' })
    p.world = world(
      journey({
        trigger: { kind: 'trait', trait: 'level', on: 'changed' },
        start: 'wait',
        nodes: { wait: { type: 'delay', fields: { ms: HOUR }, next: { next: null } } },
      }),
    )
    for (const [name, more] of [set(1), set(2)]) p.event(name, more)
    expect(p.state!.enr[0]!.ev!.props).toEqual({ trait: 'level', before: 1, after: 2 })
    expect(problems({ kind: 'trait', trait: 'level', on: 'set', way: 'up' })).toEqual([
      ['/trigger/from', 'no_such_side'],
    ])
  })

  test('R4-09 a tier: up, down, to one; told twice it starts once', () => {
    const become = (tier: string): [string, Partial<EventBody>] => ['tier.changed', told({ tier })]
    const moves = ['銀', '金', '金', '銅', ''].map(become)
    const order = ['銅', '銀', '金']
    expect(starts({ kind: 'tier', on: 'up', order }, moves)).toEqual([1, 1, 0, 0, 0])
    expect(starts({ kind: 'tier', on: 'down', order }, moves)).toEqual([0, 0, 0, 1, 1])
    expect(starts({ kind: 'tier', on: 'changed' }, moves)).toEqual([1, 1, 0, 1, 1])
    expect(starts({ kind: 'tier', on: 'changed', to: ['金'] }, moves)).toEqual([0, 1, 0, 0, 0])
    expect(problems({ kind: 'tier', on: 'up' })).toEqual([['/trigger/order', 'no_order']])
  })

  test('a lifecycle stage reached', () => {
    const order = (n: string): [string, Partial<EventBody>] => [
      'Order Completed',
      { props: { order_id: n, total: 100 } },
    ]
    const events = [['Product Viewed', { props: { product_id: 'a' } }], order('1')] as [
      string,
      Partial<EventBody>,
    ][]
    expect(starts({ kind: 'stage', to: ['conversion'], way: 'up' }, events)).toEqual([0, 1])
    expect(starts({ kind: 'stage', way: 'down' }, events)).toEqual([0, 0])
  })

  test('R4-08 completeness: the field that was missing fires it, whichever it is; a change of one that was there does not', () => {
    const trigger: Trigger = { kind: 'completeness', fields: ['contact.phone', 'contact.email', 'gender'] }
    const p = person(trigger)
    const add = (more: Partial<EventBody>) => {
      const before = entered(p)
      p.event('Identified', { type: 'identify', ...more })
      return entered(p) - before
    }
    expect(add({ traits: { gender: 'female' } })).toBe(0)
    expect(add({ ids: [id('email', 'a@b.tw')], traits: { email: 'a@b.tw' } })).toBe(0)
    expect(add({ ids: [id('phone', '+886912345678')], traits: { phone: '0912345678' } })).toBe(1)
    expect(add({ traits: { gender: 'male' } })).toBe(0)
    expect(add({ ids: [id('phone', '+886912345678')] })).toBe(0)
  })

  test('entered and left a segment; a group of a partition; moving within it is neither', () => {
    const cups = (from: number) => ({
      op: 'trait' as const,
      trait: 'cups',
      type: 'number' as const,
      test: { is: 'at_least' as const, value: from },
    })
    const part: PublishedSegment = {
      id: uuid(0x5e9),
      n: 1,
      name: 'cups',
      kind: 'partition',
      version: 1,
      groups: [
        { g: 2, key: 'many', rule: cups(5) },
        { g: 1, key: 'some', rule: cups(1) },
      ],
      since: 0,
      filled: true,
    } as unknown as PublishedSegment
    const segment = publicId('seg', part.id)
    const run = (trigger: Trigger) => {
      const p = new Person({ ...world(published(trigger)), segments: [part] })
      return [1, 6, 0].map(n => {
        const before = entered(p)
        p.event('Identified', { type: 'identify', traits: { cups: n } })
        return entered(p) - before
      })
    }
    expect(run({ kind: 'segment', segment, on: 'entered' })).toEqual([1, 0, 0])
    expect(run({ kind: 'segment', segment, on: 'left' })).toEqual([0, 0, 1])
    expect(run({ kind: 'segment', segment, group: 'many', on: 'entered' })).toEqual([0, 1, 0])
    expect(run({ kind: 'segment', segment, group: 'some', on: 'left' })).toEqual([0, 1, 0])
  })
})

describe('shop', () => {
  const order = (
    name: string,
    n: string,
    props: Record<string, unknown> = {},
  ): [string, Partial<EventBody>] => [name, { props: { order_id: n, ...props } }]
  const lines = (...goods: [sku: string, category: string][]) => ({
    products: goods.map(([sku, category]) => ({ sku, category, quantity: 1, price: 100 })),
  })

  test('R4-10 an order of so much, in this currency: 999 and 1000; told twice it starts once', () => {
    const trigger: Trigger = { kind: 'order', on: 'placed', amount: { min: 1000, currency: 'TWD' } }
    const events = [
      order('Order Completed', '1', { total: 999 }),
      order('Order Completed', '2', { total: 1000 }),
      order('Order Completed', '2', { total: 1000 }),
      order('Order Completed', '3', { total: 1000, currency: 'USD' }),
    ]
    expect(starts(trigger, events)).toEqual([0, 1, 0, 0])
    expect(starts({ kind: 'order', on: 'placed', amount: { max: 999, currency: 'TWD' } }, events)).toEqual([
      1, 0, 0, 0,
    ])
  })

  test('R4-10 a product by SKU or category', () => {
    const events = [
      order('Order Completed', '1', { total: 100, ...lines(['T1', '茶']) }),
      order('Order Completed', '2', { total: 200, ...lines(['C1', '咖啡'], ['T2', '茶']) }),
      order('Order Completed', '3', { total: 100, ...lines(['C1', '咖啡']) }),
    ]
    const by = (by: 'sku' | 'category', values: string[]) =>
      starts({ kind: 'order', on: 'placed', lines: { by, values } }, events)
    expect(by('sku', ['T1', 'T2'])).toEqual([1, 1, 0])
    expect(by('category', ['咖啡'])).toEqual([0, 1, 1])
  })

  test('R4-10 paid is when it is paid: at once, or later; shipped, refunded, cancelled', () => {
    const events = [
      order('Order Completed', '1', { total: 100, payment_status: 'pending' }),
      order('Order Paid', '1', { total: 100 }),
      order('Order Shipped', '1'),
      order('Order Refunded', '1', { total: 30, refund_id: 'r' }),
      order('Order Completed', '2', { total: 50 }),
      order('Order Cancelled', '2'),
    ]
    const on = (on: Extract<Trigger, { kind: 'order' }>['on']) => starts({ kind: 'order', on }, events)
    expect(on('placed')).toEqual([1, 0, 0, 0, 1, 0])
    expect(on('paid')).toEqual([0, 1, 0, 0, 1, 0])
    expect(on('shipped')).toEqual([0, 0, 1, 0, 0, 0])
    expect(on('refunded')).toEqual([0, 0, 0, 1, 0, 0])
    expect(on('cancelled')).toEqual([0, 0, 0, 0, 0, 1])
  })

  test('one run for each order, its goods at hand for messages', () => {
    const p = new Person(
      world(
        journey({
          trigger: { kind: 'order', on: 'placed' },
          key: 'order',
          start: 'wait',
          nodes: { wait: { type: 'delay', fields: { ms: HOUR }, next: { next: null } } },
        }),
      ),
    )
    p.event(...order('Order Completed', '1', { total: 100, ...lines(['T1', '茶']) }))
    p.event(...order('Order Completed', '2', { total: 100, ...lines(['C1', '咖啡']) }))
    p.event(...order('Order Completed', '1', { total: 100, ...lines(['T1', '茶']) }))
    expect(p.state!.enr.map(r => [r.k, r.ev!.props.products])).toEqual([
      ['1', [{ sku: 'T1', quantity: 1 }]],
      ['2', [{ sku: 'C1', quantity: 1 }]],
    ])
  })

  test('R4-06 a coupon claimed, with its id; of one kind', () => {
    const trigger: Trigger = { kind: 'coupon', on: 'claimed', coupon: 'WELCOME' }
    const claim = (coupon: string): [string, Partial<EventBody>] => [
      'coupon.claimed',
      told({ coupon, code: 'A1' }),
    ]
    expect(starts(trigger, [claim('WELCOME'), claim('OTHER')])).toEqual([1, 0])
    expect(problems({ kind: 'coupon', on: 'expiring' })).toEqual([['/trigger/days', 'no_days']])
  })

  test('a product launched: for whoever carries its category or brand as a tag, or likes it', () => {
    const launched: [string, Partial<EventBody>] = [
      'product.launched',
      told({ product: 'P9', category: ['烏龍茶'], brand: '旅圖' }),
    ]
    const of = (trigger: Trigger, ...before: [string, Partial<EventBody>][]) =>
      starts(trigger, [...before, launched]).at(-1)
    const tagged: [string, Partial<EventBody>] = ['tag.applied', told({ tag: '烏龍茶' })]
    const liked: [string, Partial<EventBody>] = [
      'Product Viewed',
      { props: { product_id: 'x', brand: '旅圖' } },
    ]
    expect(of({ kind: 'launch', who: 'tagged' })).toBe(0)
    expect(of({ kind: 'launch', who: 'tagged' }, tagged)).toBe(1)
    expect(of({ kind: 'launch', who: 'likes' }, tagged)).toBe(0)
    expect(of({ kind: 'launch', who: 'likes' }, liked)).toBe(1)
    expect(of({ kind: 'launch', who: 'all', only: ['紅茶'] })).toBe(0)
    expect(of({ kind: 'launch', who: 'all', only: ['烏龍茶'] })).toBe(1)
  })
})

describe('other journeys', () => {
  const FIRST = uuid(0x2000)
  const first = journey(
    {
      trigger: { kind: 'event', event: 'Begin' },
      name: 'first',
      goal: { rule: { op: 'tags', is: 'any', tags: ['won'] }, exitOnGoal: true },
    },
    { id: FIRST },
  )

  test('another journey’s end, by how it ended', () => {
    const run = (how: Extract<Trigger, { kind: 'journey' }>['how'], tag: boolean) => {
      const second = journey({ trigger: { kind: 'journey', journey: publicId('jrn', FIRST), how } })
      const p = new Person(world(first, second))
      if (tag) p.event('tag.applied', told({ tag: 'won' }))
      p.event('Begin')
      return entered(p) - 1
    }
    expect(run(undefined, false)).toBe(1)
    expect(run(['completed'], false)).toBe(1)
    expect(run(['goal'], false)).toBe(0)
    expect(run(['goal'], true)).toBe(1)
  })

  test('a call of the API is for its journey alone', () => {
    const mine = published({ kind: 'api' })
    const other = journey({ trigger: { kind: 'api' } }, { id: FIRST })
    const p = new Person(world(mine, other))
    p.event('journey.called', told({ journey: publicId('jrn', FIRST), code: 'x' }))
    expect(
      derivedOf(p.effects)
        .filter(f => f.name === 'journey.entered')
        .map(f => f.journey),
    ).toEqual([FIRST])
    expect(last(p)!.props.trigger).toBe('journey.called')
  })
})

test('hard problem 9: each trigger has its own lateness', () => {
  const late = (agoMs: number, latenessMs: number) => {
    const p = person({ kind: 'page', page: { is: 'is', value: '/a' }, latenessMs })
    p.event('Page Viewed', { type: 'page', props: { path: '/a' }, agoMs })
    return entered(p)
  }
  expect([late(5 * MINUTE, 5 * MINUTE), late(5 * MINUTE + 1, 5 * MINUTE), late(2 * DAY, 3 * DAY)]).toEqual([
    1, 0, 1,
  ])
})
