// Memberships as the reducer folds them: entering and leaving by what happens and by time alone, groups, dwell time, rule
// tags, segments of segments, lists, merges.
import { describe, expect, test } from 'vitest'
import { DAY, derivedOf, HOUR, journey, node, Person, START, uuid, world } from '../../test/reducer.ts'
import { packState, unpackState } from '../customers/pack.ts'
import type { World } from '../customers/world.ts'
import type { FoldEffect } from '../inbox/model.ts'
import { publicId } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import type { PublishedSegment } from './model.ts'

const idOf = (n: number) => publicId('seg', uuid(0x5000 + n))
const live = (n: number, rule: Rule, more: Partial<PublishedSegment> = {}): PublishedSegment => ({
  id: uuid(0x5000 + n),
  n,
  version: 1,
  kind: 'live',
  groups: [{ key: 'in', g: 1, rule }],
  since: 1,
  filled: true,
  ...more,
})
const withSegments = (segments: PublishedSegment[], base: World = world()): World => ({ ...base, segments })

const city = (value: string): Rule => ({
  op: 'trait',
  trait: 'city',
  type: 'text',
  test: { is: 'equal', value },
})
const tagged = (...tags: string[]): Rule => ({ op: 'tags', is: 'any', tags })

/** What changed, as [segment number, way, group, cause]. */
const changes = (effects: FoldEffect[]) =>
  derivedOf(effects).flatMap(f => {
    if (!f.name.startsWith('segment.')) return []
    const { segment, group, cause } = f.props as Record<string, string>
    const n = [1, 2, 3, 4, 5].find(i => idOf(i) === segment)
    return [[n, f.name.slice(8), group, cause]]
  })

describe('entering and leaving', () => {
  test('by an attribute: one fact each way, with cause and the leaf that decided', () => {
    const p = new Person(withSegments([live(1, city('臺北'))]))
    expect(changes(p.event('Page Viewed'))).toEqual([])
    const entered = p.event('Identified', { traits: { city: '臺北' } })
    expect(changes(entered)).toEqual([[1, 'entered', 'in', 'Identified']])
    expect(derivedOf(entered).find(f => f.name === 'segment.entered')!.props.why).toEqual([
      { path: '', leaf: 'trait', value: true, seen: '臺北' },
    ])
    expect(p.state!.seg).toEqual([[1, 1, START]])
    expect(changes(p.event('Identified', { traits: { city: '臺北' } }))).toEqual([])
    p.now += HOUR
    const left = p.command({ do: 'set_traits', traits: { city: '高雄' } })
    expect(left.status).toBe(200)
    expect(changes(p.effects).at(-1)).toEqual([1, 'left', 'in', 'command'])
    // what the rule does not say itself is not told
    expect(derivedOf(p.effects).findLast(f => f.name === 'segment.left')!.props.why).toEqual([
      { path: '', leaf: 'trait', value: false, seen: null },
    ])
    expect(p.state!.seg).toEqual([])
  })

  test('a new customer is judged by every rule, also by those that hold for who is unknown', () => {
    const p = new Person(withSegments([live(1, { op: 'not', rule: city('臺北') }), live(2, city('臺北'))]))
    expect(changes(p.event('Page Viewed'))).toEqual([[1, 'entered', 'in', 'Page Viewed']])
  })

  test('R1-35 age turns 31 at midnight of Taipei: the segment 25–30 loses the person with no event', () => {
    const p = new Person(withSegments([live(1, { op: 'age', min: 25, max: 30 })]))
    // START is 2 March 2026, 10:00
    p.event('Identified', { traits: { birthday: '1995-03-04' } })
    expect(p.state!.seg).toHaveLength(1)
    const midnight = Date.UTC(2026, 2, 3, 16)
    expect(changes(p.wait(midnight - p.now - 1))).toEqual([])
    const gone = p.wait(1)
    expect(changes(gone)).toEqual([[1, 'left', 'in', 'time']])
    expect(derivedOf(gone)[0]).toMatchObject({ at: midnight, props: { why: [{ leaf: 'age', seen: 31 }] } })
    expect(p.alarm()).toBeNull()
  })

  test('a rule tag goes on and off with the membership; a tag that a person put on stays', () => {
    const p = new Person(withSegments([live(1, city('臺北'), { tag: '北部' })]))
    p.event('Identified', { traits: { city: '臺北' } })
    expect(p.state!.tags.北部).toMatchObject({ src: idOf(1) })
    p.command({ do: 'set_traits', traits: { city: '高雄' } })
    expect(p.state!.tags).toEqual({})
    p.command({ do: 'add_tag', tag: '北部' })
    p.command({ do: 'set_traits', traits: { city: '臺北' } })
    p.command({ do: 'set_traits', traits: { city: '高雄' } })
    expect(p.state!.tags.北部).toMatchObject({ src: 'ann' })
  })

  test('segments of segments are judged after those they rest on, whatever their order; tags count as resting', () => {
    const p = new Person(
      withSegments([
        live(1, { op: 'segment', segment: idOf(3), is: 'in' }),
        live(2, { op: 'and', rules: [{ op: 'segment', segment: idOf(1), is: 'out' }, tagged('手動')] }),
        live(3, tagged('規則')),
        live(4, city('臺北'), { tag: '規則' }),
      ]),
    )
    p.event('Page Viewed')
    p.command({ do: 'add_tag', tag: '手動' })
    p.effects = []
    p.event('Identified', { traits: { city: '臺北' } })
    expect(changes(p.effects).map(c => c.slice(0, 3))).toEqual([
      [4, 'entered', 'in'],
      [3, 'entered', 'in'],
      [1, 'entered', 'in'],
      [2, 'left', 'in'],
    ])
  })
})

describe('dwell time', () => {
  const w = withSegments([live(1, city('臺北'), { dwellMs: 2 * HOUR })])
  test('entering is told when the rule has held for so long, to the millisecond', () => {
    const p = new Person(w)
    expect(changes(p.event('Identified', { traits: { city: '臺北' } }))).toEqual([])
    expect(changes(p.wait(2 * HOUR - 1))).toEqual([])
    expect(changes(p.wait(1))).toEqual([[1, 'entered', 'in', 'time']])
    expect(p.state!.dwell).toBeUndefined()
  })
  test('hard problem 13: what flaps in between neither enters nor leaves', () => {
    const p = new Person(w)
    for (let i = 0; i < 5; i++) {
      p.event('Identified', { traits: { city: '臺北' } })
      p.wait(HOUR)
      p.event('Identified', { traits: { city: '高雄' } })
      p.wait(HOUR)
    }
    expect(changes(p.effects)).toEqual([])
    expect(p.alarm()).toBeNull()
  })
})

describe('partitions', () => {
  const spent = (value: number): Rule => ({
    op: 'orders',
    window: { in: 'ever' },
    measure: { of: 'count', test: { is: 'at_least', value } },
  })
  const partition = (n: number, version: number, groups: [string, number, Rule][]): PublishedSegment => ({
    ...live(n, city('')),
    kind: 'partition',
    version,
    groups: [...groups.map(([key, g, rule]) => ({ key, g, rule })), { key: 'rest', g: 3, rule: null }],
  })
  const byCity = partition(1, 1, [
    ['north', 1, city('臺北')],
    ['south', 2, city('高雄')],
  ])
  test('R2-30 everybody is in exactly one group; a move is one left and one entered', () => {
    const p = new Person(withSegments([byCity]))
    expect(changes(p.event('Page Viewed'))).toEqual([[1, 'entered', 'rest', 'Page Viewed']])
    const moved = p.event('Identified', { traits: { city: '高雄' } })
    expect(changes(moved)).toEqual([
      [1, 'left', 'rest', 'Identified'],
      [1, 'entered', 'south', 'Identified'],
    ])
    expect(
      derivedOf(moved)
        .filter(f => f.name.startsWith('segment.'))
        .map(f => f.props.moved),
    ).toEqual(['south', 'rest'])
    expect(p.state!.seg).toEqual([[1, 2, START]])
  })
  test('the first group whose rule holds takes the person', () => {
    const p = new Person(
      withSegments([
        partition(1, 1, [
          ['loyal', 1, spent(2)],
          ['any', 2, spent(1)],
        ]),
      ]),
    )
    p.event('Order Completed', { props: { order_id: 'A1', total: 100, currency: 'TWD' } })
    expect(p.state!.seg![0]![1]).toBe(2)
    p.event('Order Completed', { props: { order_id: 'A2', total: 100, currency: 'TWD' } })
    expect(p.state!.seg![0]![1]).toBe(1)
  })
  test('a version that drops a group moves its people at their recheck, and names the group they left', () => {
    const p = new Person(withSegments([byCity]))
    p.event('Identified', { traits: { city: '高雄' } })
    p.world = withSegments([{ ...partition(1, 2, [['north', 1, city('臺北')]]), former: { 2: 'south' } }])
    expect(changes(p.recheck())).toEqual([
      [1, 'left', 'south', 'published'],
      [1, 'entered', 'rest', 'published'],
    ])
  })
})

describe('publishing', () => {
  test('hard problem 13: a recheck on unchanged data gives no facts', () => {
    const segments = [live(1, city('臺北')), live(2, { op: 'age', min: 25, max: 30 })]
    const p = new Person(withSegments(segments))
    p.event('Identified', { traits: { city: '臺北', birthday: '1998-01-01' } })
    p.world = withSegments(segments.map(s => ({ ...s, version: 2 })))
    expect(changes(p.recheck())).toEqual([])
    expect(p.state!.seg).toHaveLength(2)
  })
  test('while the past is not known nobody enters or leaves; once it is, the held membership is compared', () => {
    const p = new Person(withSegments([live(1, city('臺北'))]))
    p.event('Identified', { traits: { city: '臺北' } })
    p.world = withSegments([live(1, city('高雄'), { version: 2, since: 7, filled: false })])
    const told = { traits: { seen: 'web' } }
    expect(changes(p.event('Identified', told))).toEqual([])
    expect(changes(p.recheck())).toEqual([])
    expect(p.state!.seg).toHaveLength(1)
    p.state!.fill = 6
    expect(changes(p.recheck())).toEqual([])
    p.state!.fill = 7
    expect(changes(p.recheck())).toEqual([[1, 'left', 'in', 'published']])
  })
  test('an archived segment lets its members go and takes its tag off', () => {
    const p = new Person(withSegments([live(1, city('臺北'), { tag: '北部' })]))
    p.event('Identified', { traits: { city: '臺北' } })
    p.world = withSegments([{ ...live(1, city('臺北'), { tag: '北部' }), groups: [] }])
    expect(changes(p.recheck())).toEqual([[1, 'left', 'in', 'published']])
    expect(p.state!.tags).toEqual({})
    p.world = world()
    p.recheck()
    expect(p.state!.seg ?? []).toEqual([])
  })
})

describe('lists', () => {
  const list: PublishedSegment = { ...live(1, city('')), kind: 'static', groups: [] }
  const told = (p: Person, on: boolean) =>
    p.fold({
      kind: 'note',
      now: p.now,
      received: p.now,
      body: { do: 'list', n: 1, on, actor: 'ann', src: 'list' },
    })
  test('R3-45 an exclusion list takes its people out of who names it, at once', () => {
    const target: Rule = {
      op: 'and',
      rules: [city('臺北'), { op: 'segment', segment: idOf(1), is: 'out' }],
    }
    const p = new Person(withSegments([list, live(2, target)]))
    p.event('Identified', { traits: { city: '臺北' } })
    p.effects = []
    expect(changes(told(p, true))).toEqual([
      [1, 'entered', 'in', 'list'],
      [2, 'left', 'in', 'note'],
    ])
    expect(told(p, true)).toEqual([])
    expect(changes(told(p, false))).toEqual([
      [1, 'left', 'in', 'list'],
      [2, 'entered', 'in', 'note'],
    ])
  })
})

test('a merge takes lists and memberships over: who was in and belongs there does not enter again', () => {
  const list: PublishedSegment = { ...live(1, city('')), kind: 'static', groups: [] }
  const both: Rule = { op: 'and', rules: [city('臺北'), tagged('VIP')] }
  const w = withSegments([list, live(2, city('臺北')), live(3, both), live(4, city('高雄'))])
  const [one, two] = [new Person(w, 1), new Person(w, 2)]
  one.event('Page Viewed')
  one.command({ do: 'add_tag', tag: 'VIP' })
  two.event('Identified', { traits: { city: '臺北' } })
  const note = { do: 'list' as const, n: 1, on: true, actor: 'ann', src: 'list' }
  two.fold({ kind: 'note', now: two.now, received: two.now, body: note })
  const since = two.now
  one.now += HOUR
  const effects = one.fold({
    kind: 'absorb',
    now: one.now,
    received: one.now,
    body: { loser: two.self.id, state: two.state, ids: [], orders: [], hops: 0 },
  })
  expect(changes(effects)).toEqual([[3, 'entered', 'in', 'merged']]) // only together do they belong there
  expect(one.state!.seg).toEqual([
    [2, 1, since],
    [1, 1, since],
    [3, 1, one.now],
  ])
})

test('entering a segment starts a journey; its membership decides splits', () => {
  const journeys = [
    journey({
      trigger: {
        kind: 'event',
        event: 'segment.entered',
        where: [{ path: 'segment', op: 'is', value: idOf(1) }],
      },
      start: 'split',
      nodes: {
        split: node(
          'split',
          { branches: [{ name: 'both', rule: { op: 'segment', segment: idOf(2), is: 'in' } }] },
          { both: 'wait', else: 'end' },
        ),
        wait: node('delay', { ms: HOUR }, { next: 'end' }),
        end: node('exit', {}, {}),
      },
    }),
  ]
  const segments = [live(1, city('臺北')), live(2, tagged('VIP'))]
  const p = new Person(withSegments(segments, world(...journeys)))
  p.event('Identified', { traits: { city: '高雄' } })
  p.event('Identified', { traits: { city: '臺北' } })
  expect(
    derivedOf(p.effects)
      .filter(f => f.name === 'node.left')
      .map(f => f.props.port),
  ).toEqual(['else', 'end'])
  p.command({ do: 'set_traits', traits: { city: '高雄' } })
  p.command({ do: 'add_tag', tag: 'VIP' })
  p.effects = []
  p.command({ do: 'set_traits', traits: { city: '臺北' } })
  expect(
    derivedOf(p.effects)
      .filter(f => f.name === 'node.left')
      .map(f => f.props.port),
  ).toEqual(['both'])
})

test('a state with memberships is written down and read again', () => {
  const p = new Person(
    withSegments([
      live(1, city('臺北')),
      live(2, city('臺北'), { dwellMs: DAY }),
      live(3, { op: 'age', min: 18 }),
    ]),
  )
  p.event('Identified', { traits: { city: '臺北', birthday: '2010-05-05' } })
  expect(p.state).toMatchObject({ seg: [[1, 1, START]], dwell: [[2, START]], segDue: START + DAY })
  expect(unpackState(packState(p.state!))).toEqual(p.state)
})
