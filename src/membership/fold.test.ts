// Coupons and points as a customer has them: given, used, what time takes away, and what a merge does to the books.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DAY,
  derivedOf,
  HOUR,
  id,
  journey,
  namesOf,
  node,
  Person,
  START,
  uuid,
  world,
} from '../../test/reducer.ts'
import { Town } from '../../test/town.ts'
import type { World } from '../customers/world.ts'
import { traitSet } from '../rules/make.ts'
import type { FoldEffect } from '../inbox/model.ts'
import { packState } from '../customers/pack.ts'
import { balanceOf, codeOf, type PointsSettings, type PublishedCoupon, readCode } from './model.ts'

const coupon = (key: string, more: Partial<PublishedCoupon> = {}): PublishedCoupon => ({
  id: uuid(0x5000 + key.charCodeAt(0)),
  n: key.charCodeAt(0),
  key,
  name: key,
  kind: 'amount',
  value: 100,
  valid: { days: 7 },
  limit: null,
  perPerson: 1,
  place: null,
  remindDays: [3],
  ...more,
})
const brand = (coupons: PublishedCoupon[], points?: PointsSettings): World => ({
  ...world(),
  coupons,
  ...(points ? { points } : {}),
})
const someone = (w: World) => {
  const p = new Person(w)
  p.event('Signed Up')
  return p
}
const rows = (effects: FoldEffect[]) =>
  effects.flatMap(e => (e.kind === 'coupon_entry' ? [`${e.row.entry} ${e.row.code}`] : []))
const points = (effects: FoldEffect[]) =>
  effects.flatMap(e => (e.kind === 'points_entry' ? [[e.row.entry, e.row.amount]] : []))
const codeIn = (answer: { body: unknown }): string => (answer.body as { code: string }).code
const rights = (effects: FoldEffect[]) => derivedOf(effects).filter(f => /^(coupon|points)\./.test(f.name))

describe('codes', () => {
  test('are readable: twelve letters and digits that nobody mistakes, and read as people type them', () => {
    const code = codeOf('0123456789abcdef0123456789abcdef')
    expect(code).toMatch(/^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/)
    expect(readCode(code.toLowerCase().replaceAll('-', ' '))).toBe(code)
    expect(readCode(' SUMMER ')).toBe('SUMMER')
    const all = new Set(
      Array.from({ length: 2000 }, (_, i) =>
        codeOf(uuid(i * 7919 + 1).replace('0000', String(1000 + (i % 9000)))),
      ),
    )
    expect(all.size).toBeGreaterThan(1990)
  })
})

describe('coupons', () => {
  test('R0-27 reminded three days before the end, unless used by then; then it expires, on the millisecond', () => {
    const p = someone(brand([coupon('a')]))
    const code = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    expect(namesOf(p.wait(4 * DAY - 1))).toEqual([])
    const [told] = rights(p.wait(1))
    expect(told).toMatchObject({
      name: 'coupon.expiring',
      at: START + 4 * DAY,
      props: { coupon: 'a', code, days_left: 3, expires_at: new Date(START + 7 * DAY).toISOString() },
    })
    expect(namesOf(p.wait(3 * DAY - 1))).toEqual([])
    expect(rights(p.wait(1))).toMatchObject([{ name: 'coupon.expired', props: { code } }])
    expect(rows(p.effects)).toEqual([`issued ${code}`, `expired ${code}`])
    expect(p.command({ do: 'redeem_coupon', code, ref: null, place: null })).toMatchObject({
      status: 409,
      body: { code: 'coupon_expired' },
    })

    const q = someone(brand([coupon('a')]))
    const used = codeIn(q.command({ do: 'issue_coupon', coupon: 'a' }))
    q.wait(DAY)
    expect(q.command({ do: 'redeem_coupon', code: used, ref: 'o1', place: null }).status).toBe(200)
    expect(rights(q.wait(30 * DAY))).toEqual([])
    expect(q.alarm()).toBeNull()
  })

  test('it is over at its end also where the alarm has not rung yet', () => {
    const p = someone(brand([coupon('a', { remindDays: [] })]))
    const code = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    p.now += 7 * DAY
    expect(p.command({ do: 'redeem_coupon', code, ref: null, place: null })).toMatchObject({
      body: { code: 'coupon_expired' },
    })
  })

  test('used once: for the same order again it is the same use, for another it is refused', () => {
    const p = someone(brand([coupon('a')]))
    const code = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    const use = (ref: string | null) => p.command({ do: 'redeem_coupon', code, ref, place: null })
    expect(use('o1')).toMatchObject({ status: 200, body: { again: false, coupon: { key: 'a', value: 100 } } })
    expect(use('o1')).toMatchObject({ status: 200, body: { again: true } })
    expect(use('o2')).toMatchObject({ status: 409, body: { code: 'coupon_used' } })
    expect(use(null)).toMatchObject({ status: 409, body: { code: 'coupon_used' } })
    expect(rows(p.effects).filter(r => r.startsWith('redeemed'))).toHaveLength(1)
    expect(namesOf(p.effects).filter(n => n === 'coupon.redeemed')).toHaveLength(1)
  })

  test('once for each person, also when the first is long used and forgotten', () => {
    const p = someone(brand([coupon('a'), coupon('b', { perPerson: null })]))
    const code = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    p.command({ do: 'redeem_coupon', code, ref: null, place: null })
    for (let i = 0; i < 30; i++) {
      const b = codeIn(p.command({ do: 'issue_coupon', coupon: 'b' }))
      p.command({ do: 'redeem_coupon', code: b, ref: null, place: null })
      p.wait(HOUR)
    }
    expect(p.state!.coupons).not.toHaveProperty(code)
    expect(p.command({ do: 'issue_coupon', coupon: 'a' })).toMatchObject({ body: { code: 'coupon_had' } })
  })

  test('open ones are never forgotten: with thirty of them the next is refused', () => {
    const p = someone(brand([coupon('b', { perPerson: null })]))
    for (let i = 0; i < 30; i++) expect(p.command({ do: 'issue_coupon', coupon: 'b' }).status).toBe(200)
    expect(p.command({ do: 'issue_coupon', coupon: 'b' })).toMatchObject({
      body: { code: 'too_many_coupons' },
    })
    // what others tell of is no reason to forget them
    p.event('coupon.issued', { props: { coupon: 'x', code: 'X-1' } })
    expect(Object.values(p.state!.coupons!).filter(c => c.n !== undefined)).toHaveLength(30)
    expect(packState(p.state!).length).toBeLessThan(4000)
  })

  test('R4-23 a coupon for stores is refused online, with a fact', () => {
    const p = someone(brand([coupon('a', { place: 'store' })]))
    const code = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    for (const place of ['online', null] as const)
      expect(p.command({ do: 'redeem_coupon', code, ref: null, place })).toMatchObject({
        status: 409,
        body: { code: 'coupon_elsewhere' },
      })
    expect(rights(p.effects).filter(f => f.name === 'coupon.refused')).toHaveLength(2)
    expect(p.command({ do: 'redeem_coupon', code, ref: null, place: 'store' }).status).toBe(200)
  })

  test('R4-06 taking a coupon: the one that was given and not taken yet, else a new one', () => {
    const p = someone(brand([coupon('a', { perPerson: 2 })]))
    const given = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    expect(codeIn(p.command({ do: 'claim_coupon', coupon: 'a' }))).toBe(given)
    const second = codeIn(p.command({ do: 'claim_coupon', coupon: 'a' }))
    expect(second).not.toBe(given)
    expect(p.command({ do: 'claim_coupon', coupon: 'a' })).toMatchObject({ body: { code: 'coupon_had' } })
    expect(rows(p.effects)).toEqual([
      `issued ${given}`,
      `claimed ${given}`,
      `issued ${second}`,
      `claimed ${second}`,
    ])
  })

  test('valid through a day ends with that day in Taipei; an archived or ended one is given to nobody', () => {
    const p = someone(
      brand([coupon('a', { valid: { until: '2026-03-05' } }), coupon('o', { archived: true })]),
    )
    const code = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    expect(p.state!.coupons![code]!.ends).toBe(Date.UTC(2026, 2, 5, 16))
    expect(p.command({ do: 'issue_coupon', coupon: 'o' })).toMatchObject({ body: { code: 'coupon_ended' } })
    expect(p.command({ do: 'issue_coupon', coupon: 'z' })).toMatchObject({ status: 404 })
    const q = someone(brand([coupon('a', { valid: { until: '2026-03-01' } })]))
    expect(q.command({ do: 'issue_coupon', coupon: 'a' })).toMatchObject({ body: { code: 'coupon_ended' } })
  })

  test('a trusted source tells that ours was used: a row, and its event is the only fact', () => {
    const p = someone(brand([coupon('a')]))
    const code = codeIn(p.command({ do: 'issue_coupon', coupon: 'a' }))
    const told = { props: { code, coupon: 'a', order_id: 'o9' } }
    p.event('coupon.redeemed', { ...told, proof: 'public' })
    expect(rows(p.effects)).toHaveLength(1)
    p.event('coupon.redeemed', told)
    p.event('coupon.redeemed', told)
    expect(rows(p.effects)).toEqual([`issued ${code}`, `redeemed ${code}`])
    expect(namesOf(p.effects).filter(n => n === 'coupon.redeemed')).toEqual([])
    expect(p.command({ do: 'redeem_coupon', code, ref: 'o9', place: null })).toMatchObject({
      body: { again: true },
    })
    expect(p.alarm()).toBeNull()
  })
})

describe('points', () => {
  const give = (amount: number, validDays?: number) => ({
    do: 'points' as const,
    amount,
    reason: 'test',
    ref: null,
    ...(validDays === undefined ? {} : { validDays }),
  })

  test('those that expire first are used first, and what is left of them expires', () => {
    const p = someone(brand([], { validDays: 30, remindDays: null, takeBack: true }))
    p.command(give(100, 60))
    p.command(give(50))
    expect(p.command(give(-70))).toMatchObject({ status: 200, body: { balance: 80 } })
    expect(p.state!.pts!.lots).toEqual([[80, START + 60 * DAY]])
    expect(p.command(give(-81))).toMatchObject({ status: 409, body: { code: 'not_enough_points' } })
    expect(points(p.wait(60 * DAY - 1))).toEqual([])
    const gone = p.wait(1)
    expect(points(gone)).toEqual([['expired', -80]])
    expect(rights(gone)).toMatchObject([{ name: 'points.changed', props: { balance: 0, change: -80 } }])
    expect(p.state!.points!.v).toBe(0)
    expect(p.alarm()).toBeNull()
  })

  test('told before they expire, once for each end', () => {
    const p = someone(brand([], { validDays: 40, remindDays: 30, takeBack: true }))
    p.command(give(100))
    p.wait(5 * DAY)
    p.command(give(20))
    const told = rights(p.wait(60 * DAY)).map(f => [f.name, f.at - START, f.props.amount ?? f.props.change])
    expect(told).toEqual([
      ['points.expiring', 10 * DAY, 100],
      ['points.expiring', 15 * DAY, 20],
      ['points.changed', 40 * DAY, -100],
      ['points.changed', 45 * DAY, -20],
    ])
  })

  test('points that never end cost no alarm; many different ends stay bounded and lose nothing', () => {
    const p = someone(brand([]))
    p.command(give(10))
    expect(p.alarm()).toBeNull()
    for (let i = 1; i <= 60; i++) p.command(give(1, i * 3))
    expect(p.state!.pts!.lots.length).toBe(24)
    expect(balanceOf(p.state!.pts)).toBe(70)
    p.wait(200 * DAY)
    expect(balanceOf(p.state!.pts)).toBe(10)
    expect(points(p.effects).reduce((sum, [, n]) => sum + (n as number), 0)).toBe(10)
  })
})

describe('a journey gives', () => {
  const gives = (fields: Record<string, unknown>) =>
    journey({
      start: 'give',
      nodes: {
        give: node('reward', fields, { given: null, limit: 'tag', has: 'tag', ended: 'tag' }),
        tag: node('update', { addTags: ['refused'] }, { next: null }),
      },
    })
  const ports = (p: Person) =>
    derivedOf(p.effects).flatMap(f => (f.name === 'node.left' && f.node === 'give' ? [f.props.port] : []))

  test('a coupon, once for each person; the second time the port says why', () => {
    const p = new Person({ ...brand([coupon('a')]), journeys: [gives({ give: 'coupon', coupon: 'a' })] })
    p.event('Start')
    p.event('Start')
    expect(ports(p)).toEqual(['given', 'has'])
    expect(rows(p.effects)).toHaveLength(1)
    expect(p.state!.tags).toHaveProperty('refused')
    // the same again from the start gives the same code
    const q = new Person({ ...brand([coupon('a')]), journeys: [gives({ give: 'coupon', coupon: 'a' })] })
    q.event('Start')
    expect(rows(q.effects)).toEqual(rows(p.effects))
  })

  test('points, each time; an ended coupon takes its port', () => {
    const p = new Person({ ...brand([]), journeys: [gives({ give: 'points', points: 30, validDays: 10 })] })
    p.event('Start')
    p.event('Start')
    expect(ports(p)).toEqual(['given', 'given'])
    expect(p.state!.pts!.lots).toEqual([[60, START + 10 * DAY]])
    const q = new Person({ ...brand([]), journeys: [gives({ give: 'coupon', coupon: 'gone' })] })
    q.event('Start')
    expect(ports(q)).toEqual(['ended'])
  })
})

describe('merges', () => {
  const M1 = id('member_no', 'M1')
  const M2 = id('member_no', 'M2')

  /** What the ledger says of each customer against what they have. */
  function books(town: Town): string[] {
    const sums = new Map<string, number>()
    const keys = new Set<string>()
    for (const { customer, effect } of town.effects) {
      if (effect.kind !== 'points_entry') continue
      if (keys.has(customer + effect.row.key)) return [`${effect.row.key} was written twice`]
      keys.add(customer + effect.row.key)
      sums.set(customer, (sums.get(customer) ?? 0) + effect.row.amount)
    }
    return [...town.customers].flatMap(([who, { state }]) => {
      const has = state === null || state.into !== undefined ? 0 : balanceOf(state.pts)
      return has === (sums.get(who) ?? 0) ? [] : [`${who} has ${has}, entries of ${sums.get(who)}`]
    })
  }
  const points = (amount: number) => ({ do: 'points' as const, amount, reason: 'x', ref: null })

  function pair() {
    const town = new Town(
      brand([coupon('a', { perPerson: 1 })], { validDays: 100, remindDays: 10, takeBack: true }),
    )
    town.collect('Signed Up', [M1], 'server', 'e1')
    town.collect('Signed Up', [M2], 'server', 'e2')
    town.rest(() => 0)
    const [one, two] = [...town.customers.keys()].sort() as [string, string]
    return { town, one, two }
  }

  test('both have their coupons and points together; taken apart each has their own again', async () => {
    const { town, one, two } = pair()
    town.command(one, points(100))
    town.command(two, points(40))
    town.command(two, { do: 'issue_coupon', coupon: 'a' })
    town.rest(() => 0)
    const [code] = Object.keys(town.at(two).state!.coupons!)
    town.command(two, { do: 'merge', into: one })
    town.rest(() => 0)
    expect(balanceOf(town.at(one).state!.pts)).toBe(140)
    expect(town.at(one).state!.coupons).toHaveProperty(code!)
    expect(books(town)).toEqual([])
    // the person has had it
    town.command(one, { do: 'issue_coupon', coupon: 'a' })
    town.rest(() => 0)
    expect(town.answers.at(-1)).toBe(409)
    town.command(one, points(-120))
    town.rest(() => 0)
    await town.unmerge(one, two)
    town.rest(() => 0)
    expect(town.at(two).state!.coupons).toHaveProperty(code!)
    expect(town.at(one).state!.coupons ?? {}).not.toHaveProperty(code!)
    // the survivor pays as much of the 120 as it had; what the other had stays with them
    expect(balanceOf(town.at(one).state!.pts)).toBe(0)
    expect(balanceOf(town.at(two).state!.pts)).toBe(40)
    expect(books(town)).toEqual([])
    const moved = town.effects.filter(e => e.effect.kind === 'coupon_entry' && e.effect.row.entry === 'moved')
    expect(moved.map(e => e.customer)).toEqual([two])
  })

  test('hard problem 6: what a twin was given in the same journey is not given again', () => {
    const gives = journey({
      reentry: { kind: 'never' },
      start: 'split',
      nodes: {
        split: node(
          'split',
          { branches: [{ name: 'quick', rule: traitSet('quick') }] },
          { quick: 'give', else: 'one' },
        ),
        // further on, and not there yet
        one: node('update', { addTags: ['one'] }, { next: 'two' }),
        two: node('update', { addTags: ['two'] }, { next: 'hour' }),
        hour: node('delay', { ms: HOUR }, { next: 'give' }),
        give: node('reward', { give: 'points', points: 10 }, { given: 'day' }),
        day: node('delay', { ms: DAY }, { next: null }),
      },
    })
    const town = new Town({ ...brand([]), journeys: [gives] })
    town.collect('Start', [M1], 'server', 'e1', {}, { traits: { quick: 'yes' } })
    town.collect('Start', [M2], 'server', 'e2')
    town.rest(() => 0)
    const [one, two] = [...town.customers.keys()].sort() as [string, string]
    expect([one, two].map(who => balanceOf(town.at(who).state!.pts)).sort()).toEqual([0, 10])
    town.command(two, { do: 'merge', into: one })
    town.rest(() => 0)
    town.now += HOUR + 60_000
    town.ring(one)
    const given = town.effects.flatMap(({ effect: e }) =>
      e.kind === 'derived' && e.fact.name === 'node.left' && e.fact.node === 'give'
        ? [e.fact.props.port]
        : [],
    )
    expect(given).toEqual(['given', 'given'])
    expect(balanceOf(town.at(one).state!.pts)).toBe(10)
    expect(books(town)).toEqual([])
  })

  test('hard problem 6: whatever is merged, taken apart, earned, used and expired, the books agree', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            what: fc.constantFrom('earn', 'burn', 'merge', 'unmerge', 'pass'),
            who: fc.boolean(),
            n: fc.integer({ min: 1, max: 90 }),
          }),
          { minLength: 3, maxLength: 14 },
        ),
        async steps => {
          const { town, one, two } = pair()
          for (const { what, who, n } of steps) {
            const merged = town.at(two).state!.into !== undefined
            const target = who && !merged ? two : one
            if (what === 'earn' || what === 'burn') town.command(target, points(what === 'earn' ? n : -n))
            else if (what === 'pass') town.now += n * DAY
            else if (what === 'merge' && !merged) town.command(two, { do: 'merge', into: one })
            else if (what === 'unmerge' && merged) await town.unmerge(one, two)
            town.rest(() => 0)
            expect(books(town)).toEqual([])
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})
