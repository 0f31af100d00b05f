// Journeys that time starts: the customer's own dates, and moments of everybody's; through the reducer.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, derivedOf, HOUR, journey, node, Person, START, uuid, world } from '../../../test/reducer.ts'
import type { World } from '../../customers/world.ts'
import { publicId } from '../../platform/ids.ts'
import type { JourneyGraph } from '../model.ts'
import { validateGraph } from '../validate.ts'
import type { Trigger } from './register.ts'

const MINUTE = 60_000
/** Wall time in Taipei. */
const at = (wall: string): number => Date.parse(wall + ':00+08:00')
const shown = (ms: number): string => new Date(ms + 8 * HOUR).toISOString().slice(0, 16)

const worldOf = (trigger: Trigger, graph: Partial<JourneyGraph> = {}, more: Partial<World> = {}): World => ({
  ...world(journey({ trigger, ...graph }, { since: START })),
  ...more,
})
const entries = (p: Person): string[] =>
  derivedOf(p.effects)
    .filter(f => f.name === 'journey.entered')
    .map(f => shown(f.at))
const reasons = (p: Person) =>
  derivedOf(p.effects)
    .filter(f => f.name === 'journey.not_entered')
    .map(f => f.props.reason)
const until = (p: Person, wall: string) => p.wait(at(wall) - p.now)
const problems = (trigger: Trigger) => validateGraph(journey({ trigger }).graph).problems.map(p => p.path)

describe('the customer’s own dates', () => {
  const wedding: Trigger = { kind: 'date', trait: 'wedding', offsetDays: -30, time: '09:00', yearly: true }
  const known = (w: World, traits: Record<string, unknown>) => {
    const p = new Person(w)
    p.event('Identified', { type: 'identify', traits })
    return p
  }

  test('R4-33 days before it, yearly; another date reschedules, a removed one cancels', () => {
    const p = known(worldOf(wedding), { wedding: '2020-05-10' })
    expect(shown(p.alarm()!)).toBe('2026-04-10T09:00')
    p.event('Identified', { type: 'identify', traits: { wedding: '2020-06-10' } })
    expect(shown(p.alarm()!)).toBe('2026-05-11T09:00')
    until(p, '2027-05-12T00:00')
    expect(entries(p)).toEqual(['2026-05-11T09:00', '2027-05-11T09:00'])
    p.event('Identified', { type: 'identify', traits: { wedding: null } })
    expect(p.alarm()).toBeNull()
  })

  test('R0-15 a lunar birthday: the eighth of the fourth month', () => {
    const lunar: Trigger = { ...wedding, trait: 'birthday', offsetDays: 0, calendar: 'lunar' }
    const p = known(worldOf(lunar), { birthday: '1990-05-02' })
    until(p, '2028-12-31T00:00')
    expect(entries(p)).toEqual(['2026-05-24T09:00', '2027-05-13T09:00', '2028-05-02T09:00'])
  })

  test('R4-08 a birthday on Feb 29 is Feb 28 in common years', () => {
    const p = known(worldOf({ ...wedding, trait: 'birthday', offsetDays: 0 }), { birthday: '1992-02-29' })
    until(p, '2028-12-31T00:00')
    expect(entries(p)).toEqual(['2027-02-28T09:00', '2028-02-29T09:00'])
  })

  test('folded more than a day late (the system stood still): refused as late', () => {
    const p = known(worldOf({ ...wedding, yearly: false, offsetDays: 0 }), { wedding: '2026-04-01' })
    p.now = at('2026-04-02T09:01')
    p.event('Page Viewed')
    expect([entries(p), reasons(p)]).toEqual([[], ['late']])
  })
})

describe('shop', () => {
  const added = (p: Person, product_id = 'T1') => p.event('Product Added', { props: { product_id } })

  test('a cart left alone: one minute short, then full; each change begins anew; bought, nothing', () => {
    const p = new Person(worldOf({ kind: 'cart', idleMs: 30 * MINUTE }))
    added(p)
    p.wait(29 * MINUTE)
    added(p, 'T2')
    p.wait(29 * MINUTE)
    expect(entries(p)).toEqual([])
    p.wait(MINUTE)
    expect(entries(p)).toEqual([shown(START + 59 * MINUTE)])
    added(p)
    p.event('Order Completed', { props: { order_id: '1', total: 5 } })
    p.wait(DAY)
    expect(entries(p)).toHaveLength(1)
  })

  test('a coupon that expires: so many days before at a time of day; used, it does not; each of two has its run', () => {
    const trigger: Trigger = { kind: 'coupon', on: 'expiring', days: 3, time: '10:00' }
    const p = new Person(worldOf(trigger, { key: 'code' }))
    const issue = (code: string, expires_at: string) =>
      p.event('coupon.issued', { type: 'system', props: { coupon: 'W', code, expires_at } })
    issue('a', '2026-03-20T23:59:59+08:00')
    issue('b', '2026-03-20T12:00:00+08:00')
    issue('c', '2026-03-25T12:00:00+08:00')
    p.event('coupon.redeemed', { type: 'system', props: { coupon: 'W', code: 'c' } })
    until(p, '2026-04-01T00:00')
    expect(entries(p)).toEqual(['2026-03-17T10:00', '2026-03-17T10:00'])
    const exact = new Person(worldOf({ kind: 'coupon', on: 'expiring', coupon: 'W', days: 1 }))
    exact.event('coupon.issued', {
      type: 'system',
      props: { coupon: 'W', code: 'a', expires_at: '2026-03-20T12:00:00+08:00' },
    })
    until(exact, '2026-04-01T00:00')
    expect(entries(exact)).toEqual(['2026-03-19T12:00'])
  })

  test('R2-27 time to buy again: last purchase + own cycle - lead; who buys earlier is moved on', () => {
    const trigger: Trigger = { kind: 'repurchase', leadDays: 5, onceDays: 60, time: '09:00' }
    const p = new Person(worldOf(trigger))
    const buys = (order_id: string) => p.event('Order Completed', { props: { order_id, total: 100 } })
    buys('1')
    expect(shown(p.alarm()!)).toBe('2026-04-26T09:00') // 2 March + 60 - 5
    p.wait(30 * DAY)
    buys('2')
    expect(shown(p.alarm()!)).toBe('2026-04-26T09:00') // 1 April + 30 - 5
    p.wait(10 * DAY)
    buys('3') // after 20 days on average
    until(p, '2026-04-25T09:00')
    expect(entries(p)).toEqual([])
    until(p, '2026-04-26T09:00')
    expect(entries(p)).toEqual(['2026-04-26T09:00']) // 11 April + 20 - 5
    p.wait(365 * DAY)
    expect(entries(p)).toHaveLength(1)
  })
})

describe('everybody’s moments', () => {
  const midAutumn: Trigger = { kind: 'calendar', holiday: 'mid_autumn', offsetDays: -1, time: '10:00' }
  const weekly: Trigger = { kind: 'schedule', start: '2026-03-03T09:00', rrule: 'FREQ=WEEKLY;BYDAY=MO,TH' }

  test('R0-15 the day before 中秋, each year', () => {
    const p = new Person(worldOf(midAutumn))
    p.event('Signed Up')
    until(p, '2028-12-31T00:00')
    expect(entries(p)).toEqual(['2026-09-24T10:00', '2027-09-14T10:00', '2028-10-02T10:00'])
  })

  test('a schedule: once, or by a rule', () => {
    const once = new Person(worldOf({ kind: 'schedule', start: '2026-03-03T09:00' }))
    const rule = new Person(worldOf(weekly))
    for (const p of [once, rule]) {
      p.event('Signed Up')
      until(p, '2026-03-12T09:00')
    }
    expect(entries(once)).toEqual(['2026-03-03T09:00'])
    expect(entries(rule)).toEqual(['2026-03-05T09:00', '2026-03-09T09:00', '2026-03-12T09:00'])
    expect(once.alarm()).toBeNull()
    const rules = [
      'FREQ=WEEKLY;BYDAY=MO',
      'FREQ=SECONDLY',
      'never',
      'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=DAILY\nEXDATE:1',
    ]
    expect(rules.map(rrule => problems({ ...weekly, rrule })[0])).toEqual([
      undefined,
      '/trigger/rrule',
      '/trigger/rrule',
      '/trigger/rrule',
      '/trigger/rrule',
    ])
    expect(problems({ kind: 'schedule', start: '2026-02-30T09:00' })).toEqual(['/trigger/start'])
  })

  test('what lay before the publication, or before somebody came, starts nobody; nothing is started twice', () => {
    const p = new Person(worldOf({ kind: 'schedule', start: '2026-01-01T10:00', rrule: 'FREQ=DAILY' }))
    p.event('Signed Up') // at START: 10:00 itself
    expect(entries(p)).toEqual([])
    for (let i = 0; i < 50; i++) {
      p.event('Page Viewed')
      p.wait(HOUR)
      p.recheck()
    }
    expect(entries(p)).toEqual(['2026-03-03T10:00', '2026-03-04T10:00'])
  })

  test('somebody who was last seen long before the publication does not catch up with what lay before it', () => {
    const p = new Person(world())
    p.event('Signed Up')
    p.now = at('2026-04-10T12:00')
    const daily = journey(
      { trigger: { kind: 'schedule', start: '2026-01-01T10:00', rrule: 'FREQ=DAILY' } },
      { since: p.now },
    )
    p.world = world(daily)
    p.recheck()
    p.wait(DAY)
    expect([entries(p), reasons(p)]).toEqual([['2026-04-11T10:00'], []])
  })

  test('another timer of the same moment, folded before it, does not swallow it', () => {
    const waits = journey(
      {
        trigger: { kind: 'event', event: 'Start' },
        start: 'w',
        nodes: { w: node('delay', { ms: 23 * HOUR }, { next: null }) },
      },
      { id: uuid(0x2009) },
    )
    const daily = journey({ trigger: { kind: 'schedule', start: '2026-03-03T09:00' } }, { since: START })
    const p = new Person(world(waits, daily))
    p.event('Start') // at 10:00: waits until 09:00
    p.wait(DAY)
    expect(derivedOf(p.effects).filter(f => f.name === 'journey.exited')).toHaveLength(2)
    expect(entries(p)).toEqual(['2026-03-02T10:00', '2026-03-03T09:00'])
  })

  test('an event at the very moment does not swallow it; two journeys of one moment both start, with a birthday', () => {
    const daily: Trigger = { kind: 'schedule', start: '2026-03-03T09:00' }
    const birthday: Trigger = { kind: 'date', trait: 'birthday', offsetDays: 0, time: '09:00', yearly: true }
    const of = (trigger: Trigger, n: number) => journey({ trigger }, { id: uuid(n), since: START })
    const p = new Person(world(of(daily, 0x2001), of(birthday, 0x2002), of(daily, 0x2003)))
    p.event('Identified', { type: 'identify', traits: { birthday: '1990-03-03' } })
    p.now = at('2026-03-03T09:00')
    p.event('Page Viewed')
    p.wait(DAY)
    expect(entries(p)).toEqual(Array(3).fill('2026-03-03T09:00'))
  })

  test('only members of the segment at that moment; others have no alarm', () => {
    const vip = {
      id: uuid(0x5e9),
      n: 1,
      name: 'vip',
      kind: 'live',
      version: 1,
      groups: [{ g: 1, key: 'in', rule: { op: 'tags', is: 'any', tags: ['vip'] } }],
      since: 0,
      filled: true,
    }
    const segments = [vip] as unknown as NonNullable<World['segments']>
    const p = new Person(worldOf({ ...weekly, segment: publicId('seg', vip.id) }, {}, { segments }))
    p.event('Signed Up')
    expect(p.alarm()).toBeNull()
    until(p, '2026-03-06T00:00') // Thursday's has passed
    p.event('tag.applied', { type: 'system', props: { tag: 'vip' } })
    until(p, '2026-03-10T00:00')
    p.event('tag.cleared', { type: 'system', props: { tag: 'vip' } })
    expect(p.alarm()).toBeNull()
    until(p, '2026-03-20T00:00')
    expect(entries(p)).toEqual(['2026-03-09T09:00'])
  })

  test('paused, out of its time, excluded, beyond the share: each with its reason', () => {
    const refused = (entry: JourneyGraph['entry'], status: 'live' | 'paused' = 'live') => {
      const w = worldOf({ kind: 'schedule', start: '2026-03-03T09:00' }, { entry })
      const p = new Person({ ...w, journeys: w.journeys.map(j => ({ ...j, status })) })
      p.event('tag.applied', { type: 'system', props: { tag: 'staff' } })
      p.wait(2 * DAY)
      return [entries(p).length, ...reasons(p)]
    }
    expect(refused(undefined)).toEqual([1])
    expect(refused(undefined, 'paused')).toEqual([0, 'paused'])
    expect(refused({ from: '2026-03-03T09:00:00+08:00' })).toEqual([1])
    expect(refused({ from: '2026-03-03T09:00:01+08:00' })).toEqual([0, 'not_started'])
    expect(refused({ to: '2026-03-03T09:00:00+08:00' })).toEqual([0, 'ended'])
    expect(refused({ exclude: { op: 'tags', is: 'any', tags: ['staff'] } })).toEqual([0, 'excluded'])
    expect(refused({ canaryPercent: 0 })).toEqual([0, 'canary'])
    expect(refused({ canaryPercent: 100 })).toEqual([1])
  })

  test('a campaign’s end: a day before it, moved with it; who took part, and who did not', () => {
    const campaign = {
      id: 'cmp_1',
      name: '春茶祭',
      start: '2026-03-01T00:00:00+08:00',
      end: '2026-03-20T00:00:00+08:00',
      event: 'Lottery Joined',
    }
    const end = (who: 'all' | 'joined' | 'not_joined', moved?: string): unknown => {
      const trigger: Trigger = { kind: 'campaign', campaign: 'cmp_1', at: 'end', offsetDays: -1, who }
      const w = worldOf(trigger, {}, { campaigns: [campaign] })
      const people = [new Person(w, 1), new Person(w, 2)]
      return people.map((p, i) => {
        p.event(i === 0 ? 'Lottery Joined' : 'Page Viewed')
        if (moved) {
          p.world = { ...w, no: 2, campaigns: [{ ...campaign, end: moved }] }
          p.recheck()
        }
        until(p, '2026-04-30T00:00')
        return entries(p)
      })
    }
    expect(end('all')).toEqual([['2026-03-19T00:00'], ['2026-03-19T00:00']])
    expect(end('joined')).toEqual([['2026-03-19T00:00'], []])
    expect(end('not_joined')).toEqual([[], ['2026-03-19T00:00']])
    expect(end('not_joined', '2026-03-28T12:00:00+08:00')).toEqual([[], ['2026-03-27T12:00']])
  })
})

test('the share that enters is the same people each time, about as many as said', () => {
  const w = worldOf({ kind: 'event', event: 'Start' }, { entry: { canaryPercent: 30 } })
  const in_ = Array.from({ length: 400 }, (_, i) => {
    const p = new Person(w, i + 1)
    p.event('Start')
    p.event('Start')
    return entries(p).length
  })
  expect(in_.every(n => n === 0 || n === 2)).toBe(true)
  const share = in_.filter(n => n === 2).length / 400
  expect(share).toBeGreaterThan(0.22)
  expect(share).toBeLessThan(0.38)
})

test('so many runs at once over all keys', () => {
  const waits = { start: 'w', nodes: { w: node('delay', { ms: HOUR }, { next: null }) } }
  const p = new Person(
    worldOf({ kind: 'event', event: 'Start' }, { ...waits, key: 'order', entry: { maxAtOnce: 2 } }),
  )
  for (const order of ['1', '2', '3']) p.event('Start', { props: { order } })
  expect([entries(p).length, reasons(p)]).toEqual([2, ['max_at_once']])
})

test('hard problem 7: daily at a wall time, in any zone, over both clock changes: once a day, at that time or not at all', () => {
  const zones = [
    'Asia/Taipei',
    'America/New_York',
    'Europe/Berlin',
    'Pacific/Auckland',
    'Australia/Lord_Howe',
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      (timezone, hour, minute) => {
        const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
        const w = worldOf(
          { kind: 'schedule', start: `2026-03-01T${time}`, rrule: 'FREQ=DAILY' },
          {},
          { timezone },
        )
        const p = new Person(w)
        p.event('Signed Up')
        p.wait(250 * DAY)
        const wall = new Intl.DateTimeFormat('sv-SE', {
          timeZone: timezone,
          dateStyle: 'short',
          timeStyle: 'short',
        })
        const walls = derivedOf(p.effects)
          .filter(f => f.name === 'journey.entered')
          .map(f => wall.format(f.at))
        expect(new Set(walls.map(x => x.slice(0, 10))).size).toBe(walls.length)
        expect(walls.every(x => x.endsWith(time))).toBe(true)
        expect(walls.length).toBeGreaterThanOrEqual(248)
      },
    ),
    { numRuns: 12 },
  )
})
