// Lifecycle stages: what raises them, that silence does not lower them, that a refund does, in whatever order events come.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, derivedOf, id, journey, node, Person, uuid, world } from '../../test/reducer.ts'
import { Town } from '../../test/town.ts'
import { STAGES } from './model.ts'
import { DEFAULT_SETTINGS, type ProfileSettings } from './settings.ts'
import type { World } from './world.ts'

const ruled = (stages: Partial<ProfileSettings['stages']>, no = 1, base: World = world()): World => ({
  ...base,
  no,
  profile: { ...DEFAULT_SETTINGS, stages: { ...DEFAULT_SETTINGS.stages, ...stages } },
})
const stageOf = (p: Person) => STAGES[p.state!.stage!.s - 1]
const changes = (p: Person) => derivedOf(p.effects).filter(f => f.name === 'stage.changed')
const order = (p: Person, no: string, props: Record<string, unknown> = {}) =>
  p.event('Order Completed', { props: { order_id: no, total: 100, ...props } })

test('R1-01 one customer moves through all five; each change keeps cause event and rule version', () => {
  const p = new Person({ ...world(), no: 7 })
  p.event('Page Viewed', { type: 'page' })
  p.event('Product Viewed')
  expect(stageOf(p)).toBe('awareness')
  p.event('Product Viewed', { messageId: 'second-view' })
  expect(stageOf(p)).toBe('consideration')
  order(p, 'a')
  expect(stageOf(p)).toBe('conversion')
  order(p, 'b')
  expect(stageOf(p)).toBe('retention')
  p.event('Product Reviewed', { props: { rating: 3 } })
  expect(stageOf(p)).toBe('retention')
  p.event('Product Reviewed', { props: { rating: 4 } })
  expect(stageOf(p)).toBe('advocacy')
  expect(changes(p).map(f => [f.props.from, f.props.to, f.props.cause, f.props.rules])).toEqual([
    [null, 'awareness', 'Page Viewed', 7],
    ['awareness', 'consideration', 'Product Viewed', 7],
    ['consideration', 'conversion', 'Order Completed', 7],
    ['conversion', 'retention', 'Order Completed', 7],
    ['retention', 'advocacy', 'Product Reviewed', 7],
  ])
  expect(changes(p)[1]!.props.event).toBe('second-view')
  p.wait(800 * DAY)
  p.event('Page Viewed', { type: 'page' })
  expect(stageOf(p)).toBe('advocacy')
})

test.each([
  ['Application Installed', {}],
  ['contact.followed', { type: 'system' as const, proof: 'provider' as const, props: { channel: 'line' } }],
  ['Products Compared', {}],
  ['Product Added', {}],
])('R1-03 %s is a signal of consideration', (name, more) => {
  const p = new Person(world())
  p.event(name, more)
  expect(stageOf(p)).toBe('consideration')
})

test('a name of ours in a public event earns nothing', () => {
  const p = new Person(world())
  p.event('contact.followed', { proof: 'public' })
  expect(stageOf(p)).toBe('awareness')
})

describe('orders undone', () => {
  test('R1-01 a full refund of the only order goes back; an order not paid yet does not count', () => {
    const p = new Person(world())
    p.event('Product Added')
    order(p, 'a', { payment_status: 'pending' })
    expect(stageOf(p)).toBe('consideration')
    p.event('Order Paid', { props: { order_id: 'a', total: 100 } })
    expect(stageOf(p)).toBe('conversion')
    p.event('Order Refunded', { props: { order_id: 'a', total: 40 } })
    expect(stageOf(p)).toBe('conversion')
    p.event('Order Refunded', { props: { order_id: 'a', total: 60 } })
    expect(stageOf(p)).toBe('consideration')
    expect(changes(p).at(-1)!.props).toMatchObject({
      from: 'conversion',
      to: 'consideration',
      cause: 'Order Refunded',
    })
  })

  test('what events earned stays: who signed up is a member still', () => {
    const p = new Person(world())
    order(p, 'a')
    order(p, 'b')
    p.event('Signed Up')
    p.event('Order Cancelled', { props: { order_id: 'b' } })
    expect(stageOf(p)).toBe('conversion')
    p.event('Order Cancelled', { props: { order_id: 'a' } })
    expect(stageOf(p)).toBe('conversion')
  })
})

test('a return visit within the cycle, with points, is retention; without points, or too late, it is not', () => {
  const visit = (points: number, days: number) => {
    const p = new Person(world())
    order(p, 'a')
    p.event('Identified', { type: 'identify', traits: { points } })
    p.wait(days * DAY)
    p.event('Page Viewed', { type: 'page' })
    return stageOf(p)
  }
  expect([visit(10, 5), visit(0, 5), visit(10, 91)]).toEqual(['retention', 'conversion', 'conversion'])
})

test('rules of a workspace: from their publication on, raising and never lowering', () => {
  const p = new Person(ruled({ advocacy: [{ kind: 'event', event: 'Bravo', atLeast: 2 }] }))
  p.event('Bravo')
  p.event('Signed Up')
  p.world = ruled({ conversion: [], advocacy: [{ kind: 'event', event: 'Bravo', atLeast: 3 }] }, 2)
  expect(p.recheck().length).toBe(0)
  expect(stageOf(p)).toBe('conversion')
  p.event('Bravo')
  expect(stageOf(p)).toBe('conversion') // two of three
  p.event('Bravo')
  expect(stageOf(p)).toBe('advocacy')
  const buyer = new Person(world())
  order(buyer, 'a')
  buyer.world = ruled({ conversion: [] }, 2)
  buyer.recheck()
  buyer.event('Seen', { type: 'identify', traits: { name: 'x' } })
  expect(stageOf(buyer)).toBe('conversion')
  const shopper = new Person(ruled({ conversion: [{ kind: 'orders', atLeast: 5 }], retention: [] }))
  order(shopper, 'a')
  shopper.world = ruled({ conversion: [{ kind: 'orders', atLeast: 1 }], retention: [] }, 2)
  expect(derivedOf(shopper.recheck()).map(f => f.props)).toMatchObject([
    { to: 'conversion', cause: 'rules', rules: 2 },
  ])
})

const entered = (p: Person) => derivedOf(p.effects).filter(f => f.name === 'journey.entered').length

test('R0-06 a journey on entering Consideration fires once; stage works as filter and goal', () => {
  const onStage = journey({
    trigger: {
      kind: 'event',
      event: 'stage.changed',
      where: [{ path: 'to', op: 'is', value: 'consideration' }],
    },
    goal: { rule: { op: 'stage', is: 'at_least', stage: 'conversion' }, exitOnGoal: true },
    start: 'wait',
    nodes: { wait: node('delay', { ms: 30 * DAY }, { next: null }) },
  })
  const filtered = journey(
    {
      trigger: { kind: 'event', event: 'Seen' },
      filter: { op: 'stage', is: 'exactly', stage: 'awareness' },
      start: 'wait',
      nodes: { wait: node('delay', { ms: 30 * DAY }, { next: null }) },
    },
    { id: uuid(0x1001) },
  )
  const p = new Person(world(onStage, filtered))
  p.event('Product Added')
  p.event('Product Added')
  p.event('Cart Viewed')
  p.event('Seen')
  expect(entered(p)).toBe(1)
  order(p, 'a')
  const names = derivedOf(p.effects).map(f => f.name)
  expect(names).toContain('journey.goal_reached')
  expect(p.state!.enr).toEqual([])
  const early = new Person(world(onStage, filtered))
  early.event('Seen')
  expect(entered(early)).toBe(1)
})

const acts: [string, Record<string, unknown>][] = [
  ['Product Viewed', {}],
  ['Product Viewed', { n: 2 }],
  ['Order Completed', { order_id: 'a', total: 100 }],
  ['Order Completed', { order_id: 'b', total: 50, payment_status: 'pending' }],
  ['Order Paid', { order_id: 'b', total: 50 }],
  ['Order Refunded', { order_id: 'a' }],
  ['Order Cancelled', { order_id: 'b' }],
  ['Product Reviewed', { rating: 5 }],
  ['Signed Up', {}],
]

test('the stage is the same in whatever order the same events arrive', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(acts), fc.infiniteStream(fc.nat()), (some, order) => {
      const fold = (list: typeof acts) => {
        const p = new Person(world())
        for (const [name, props] of list) p.event(name, { props })
        return p.state?.stage?.s
      }
      const other = some.map(a => [order.next().value as number, a] as const).sort((a, b) => a[0] - b[0])
      expect(fold(other.map(o => o[1]))).toBe(fold(some))
    }),
  )
})

test('two who become one are where both together are', () => {
  const t = new Town(world())
  const [a, m] = [id('anonymous_id', 'a'), id('member_no', 'M1')]
  t.collect('Product Viewed', [a], 'public', 'e1')
  t.collect('Product Viewed', [m], 'server', 'e2')
  t.rest(() => 0)
  t.collect('Seen', [m, a], 'token', 'e3')
  t.rest(() => 0)
  expect(STAGES[t.at(t.holderOf(m)!).state!.stage!.s - 1]).toBe('consideration')
  expect(t.at(t.holderOf(m)!).state!.sig).toBeUndefined()
})
