// Nodes by themselves, folded by the production reducer: moments of delays in zones with clock changes, habits, branches of
// waits, what a run keeps, faults of fields.
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import {
  DAY,
  derivedOf,
  HOUR,
  intentsOf,
  journey,
  node,
  Person,
  places,
  uuid,
  world,
} from '../../test/reducer.ts'
import type { JourneyGraph } from './model.ts'
import { nodeType, NODE_TYPES } from './register.ts'
import { validateGraph } from './validate.ts'

const MINUTE = 60_000
const at = (text: string): number => Temporal.ZonedDateTime.from(text).epochMilliseconds

/** A person who entered a journey of one delay, at this moment in this zone. */
function delayed(fields: Record<string, unknown>, start: number, timezone: string, traits = {}): Person {
  const next = { next: 'end', missing: null, past: null }
  const p = new Person({
    ...world(
      journey({
        start: 'wait',
        nodes: { wait: node('delay', fields, next), end: node('delay', { ms: 400 * DAY }, { next: null }) },
      }),
    ),
    timezone,
  })
  p.now = start
  p.event('Start', { traits })
  return p
}
const ends = (p: Person) =>
  derivedOf(p.effects)
    .filter(f => f.name === 'node.left')
    .map(f => f.props.port)

describe('R4-12 hard problem 7: delays until a moment', () => {
  test.each([
    ['a day', '2026-03-10', '09:00', '2026-03-10T09:00[Asia/Taipei]', 'Asia/Taipei'],
    ['a time that spring skips', '2026-03-29', '02:30', '2026-03-29T03:00[Europe/Berlin]', 'Europe/Berlin'],
    [
      'a time that autumn repeats: the first',
      '2026-10-25',
      '02:30',
      '2026-10-25T02:30+02:00[Europe/Berlin]',
      'Europe/Berlin',
    ],
    ['29 February', '2028-02-29', '08:00', '2028-02-29T08:00[Asia/Taipei]', 'Asia/Taipei'],
  ])('a date: %s', (_, date, time, moment, zone) => {
    const start = at(moment) - 3 * DAY
    const p = delayed({ mode: 'date', date: { date, time } }, start, zone)
    expect(p.alarm()).toBe(at(moment))
    p.wait(at(moment) - start - 1)
    expect(places(p)).toEqual(['wait'])
    p.wait(1)
    expect(places(p)).toEqual(['end'])
  })

  test('a date that is past: on at once, or by its own way', () => {
    const date = { date: '2026-01-01', time: '09:00' }
    expect(
      places(delayed({ mode: 'date', date }, at('2026-03-01T00:00[Asia/Taipei]'), 'Asia/Taipei')),
    ).toEqual(['end'])
    const p = delayed(
      { mode: 'date', date: { ...date, past: 'skip' } },
      at('2026-03-01T00:00[Asia/Taipei]'),
      'Asia/Taipei',
    )
    expect(ends(p)).toEqual(['past'])
  })

  const birthday = {
    mode: 'trait',
    trait: { trait: 'birthday', offsetDays: -7, time: '10:00', yearly: true },
  }
  test('an attribute’s date each year, so many days before; edits move it, both ways, and removal goes by missing', () => {
    const start = at('2026-03-01T12:00[Asia/Taipei]')
    const p = delayed(birthday, start, 'Asia/Taipei', { birthday: '2000-02-29' })
    expect(p.alarm()).toBe(at('2027-02-21T10:00[Asia/Taipei]'))
    p.event('Edited', { traits: { birthday: '2000-06-15' } })
    expect(p.alarm()).toBe(at('2026-06-08T10:00[Asia/Taipei]'))
    p.event('Edited', { traits: { birthday: '2000-12-01' } })
    expect(p.alarm()).toBe(at('2026-11-24T10:00[Asia/Taipei]'))
    p.event('Edited', { traits: { name: '別的' } })
    expect(p.alarm()).toBe(at('2026-11-24T10:00[Asia/Taipei]'))
    p.now += MINUTE
    p.command({ do: 'set_traits', traits: { birthday: null } })
    expect(ends(p)).toEqual(['missing'])
  })

  test('any attribute’s date in any zone rings at that wall time, or at the first moment after one that is skipped', () => {
    const zones = ['Asia/Taipei', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.date({ min: new Date('2026-02-01'), max: new Date('2027-12-01'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 24 * 60 - 1 }),
        (zone, day, minutes) => {
          const date = day.toISOString().slice(0, 10)
          const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
          const p = delayed(
            { mode: 'trait', trait: { trait: 'd', offsetDays: 0, time } },
            at('2026-01-01T00:00[UTC]'),
            zone,
            { d: date },
          )
          const rings = Temporal.Instant.fromEpochMilliseconds(p.alarm()!).toZonedDateTimeISO(zone)
          const wall = Temporal.PlainDateTime.from(`${date}T${time}`)
          const later = Temporal.PlainDateTime.compare(rings.toPlainDateTime(), wall)
          // in a gap: the change itself, at which the clock has jumped over the wall time
          const before = rings.subtract({ seconds: 1 }).toPlainDateTime()
          return later === 0 || (later > 0 && Temporal.PlainDateTime.compare(before, wall) < 0)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('the best hour: the fallback until five acts are known, then the hour of most acts; at that hour at once', () => {
    const best = { mode: 'best', best: { fallback: '12:00' } }
    const p = new Person(
      world(
        journey({ start: 'wait', nodes: { wait: node('delay', best, { next: null }) } }),
        journey({ trigger: { kind: 'event', event: 'Again' } }, { id: uuid(0x1001) }),
      ),
    )
    const morning = at('2026-03-02T08:10[Asia/Taipei]')
    p.now = morning
    p.event('Start')
    expect(p.alarm()).toBe(at('2026-03-02T12:00[Asia/Taipei]'))
    p.wait(5 * HOUR)
    for (let i = 0; i < 6; i++) p.event('Product Viewed', { agoMs: 0 }) // 13:10
    p.wait(2 * HOUR)
    p.event('Start') // 15:10
    expect(p.alarm()).toBe(at('2026-03-03T13:00[Asia/Taipei]'))
    p.wait(22 * HOUR + 20 * MINUTE)
    expect(places(p)).toEqual([])
    p.event('Start') // 13:30
    expect(places(p)).toEqual([])
    expect(p.state!.hrs).toHaveLength(24)
  })

  test('habits are counted only where a journey asks for them', () => {
    const p = new Person(world(journey({})))
    for (let i = 0; i < 9; i++) p.event('Product Viewed')
    expect(p.state!.hrs).toBeUndefined()
  })
})

describe('waiting for several things', () => {
  const any = [
    { name: 'bought', on: 'event', event: 'Order Completed' },
    { name: 'viewed', on: 'event', event: 'Product Viewed', where: [{ path: 'sku', op: 'is', value: 'A' }] },
    { name: 'tagged', on: 'rule', rule: { op: 'tags', is: 'any', tags: ['vip'] } },
    {
      name: 'quiet',
      on: 'rule',
      rule: { op: 'clock', clock: 'customer', test: { is: 'over_ago', span: { n: 2, unit: 'hour' } } },
    },
  ]
  const waiting = () => {
    const next = { bought: null, viewed: null, tagged: null, quiet: null, timeout: null }
    const p = new Person(
      world(journey({ start: 'w', nodes: { w: node('wait_event', { any, timeoutMs: DAY }, next) } })),
    )
    p.event('Start')
    return p
  }

  test('each has its way; a condition may come true by time alone', () => {
    const viewed = waiting()
    viewed.event('Product Viewed', { props: { sku: 'B' } })
    expect(ends(viewed)).toEqual([])
    viewed.event('Product Viewed', { props: { sku: 'A' } })
    expect(ends(viewed)).toEqual(['viewed'])
    const tagged = waiting()
    tagged.command({ do: 'add_tag', tag: 'vip' })
    expect(ends(tagged)).toEqual(['tagged'])
    const quiet = waiting()
    quiet.wait(2 * HOUR - 1)
    expect(ends(quiet)).toEqual([])
    quiet.wait(1)
    expect(ends(quiet)).toEqual(['quiet'])
  })

  test('what happened before the timeout and is told after it changes nothing', () => {
    const next = { event: 'end', timeout: null }
    const p = new Person(
      world(
        journey({
          start: 'w',
          nodes: {
            w: node('wait_event', { event: 'Order Completed', timeoutMs: HOUR }, next),
            end: node('exit', {}, {}),
          },
        }),
      ),
    )
    p.event('Start')
    p.wait(HOUR + MINUTE)
    p.event('Order Completed', { agoMs: 30 * MINUTE, props: { order_id: '1', total: 1 } })
    expect(ends(p)).toEqual(['timeout'])
  })
})

test('hard problem 3: a second channel of one visit has an identity of its own; what may have been sent is not tried elsewhere', () => {
  const content = (channel: string) =>
    channel === 'line'
      ? { channel, messages: [{ type: 'text', text: 'hi' }] }
      : { channel, subject: 'hi', html: '<p>hi</p>' }
  const options = ['line', 'email'].map(channel => ({ channel, content: content(channel) }))
  const reaching = (costs?: Record<string, number>, by?: string) => {
    const p = new Person({
      ...(costs ? { costs } : {}),
      ...world(
        journey({
          start: 'r',
          nodes: {
            r: node(
              'reach',
              { purpose: 'marketing', options, ...(by ? { by } : {}) },
              { accepted: null, failed: null, unreachable: null },
            ),
          },
        }),
      ),
    })
    const ids = [
      { kind: 'line_uid' as const, value: 'U' + '1'.repeat(32) },
      { kind: 'email' as const, value: 'a@example.com' },
    ]
    p.event('contact.followed', { type: 'system', ids, proof: 'provider', props: { channel: 'line' } })
    p.event('consent.granted', { props: { channel: 'email', purpose: 'marketing' } })
    p.event('Start')
    return p
  }
  const p = reaching()
  const [first] = intentsOf(p.effects)
  expect(first!.channel).toBe('line')
  const [second] = intentsOf(p.outcome(first!, 'failed', 'rejected'))
  expect(second!.channel).toBe('email')
  expect(second!.id).not.toBe(first!.id)
  expect([second!.node, second!.occurrence]).toEqual([first!.node, first!.occurrence])
  p.outcome(second!, 'accepted')
  expect(ends(p)).toEqual(['email'])
  // the cheapest first
  expect(intentsOf(reaching({ line: 0.2, email: 0.01 }, 'cost').effects)[0]!.channel).toBe('email')
  expect(intentsOf(reaching({ line: 0.2, email: 0.01 }).effects)[0]!.channel).toBe('line')
  const q = reaching()
  q.outcome(intentsOf(q.effects)[0]!, 'unknown', 'no_answer')
  expect([ends(q), intentsOf(q.effects)]).toMatchObject([['unknown'], { length: 1 }])
})

test('LINE by phone reaches who is no friend, where an account may; never who blocked us, never marketing', () => {
  const content = { channel: 'line', messages: [{ type: 'text', text: '已出貨' }], byPhone: true }
  const options = [
    { channel: 'line', content },
    { channel: 'sms', content: { channel: 'sms', text: '已出貨' } },
  ]
  const graph = (purpose: string) =>
    journey({
      start: 'r',
      nodes: { r: node('reach', { purpose, options }, { accepted: null, unreachable: null }) },
    })
  const first = (toPhones: boolean, blocked = false) => {
    const p = new Person({ ...(toPhones ? { toPhones: true } : {}), ...world(graph('transactional')) })
    const ids = [{ kind: 'phone' as const, value: '+886912345678' }]
    if (blocked)
      p.event('contact.unfollowed', {
        type: 'system',
        ids: [{ kind: 'line_uid', value: 'U' + '1'.repeat(32) }],
        proof: 'provider',
        props: { channel: 'line' },
      })
    p.event('Start', { ids, proof: 'provider' })
    return intentsOf(p.effects)[0]?.channel
  }
  expect([first(true), first(false), first(true, true)]).toEqual(['line', 'sms', 'sms'])
  const wrong = validateGraph(graph('marketing').graph).problems.map(f => [f.path, f.code])
  expect(wrong).toContainEqual(['/fields/options/0/content/byPhone', 'only_transactional'])
})

test('what is answered to a run is kept in bounds, the oldest goes first', () => {
  const call = (next: string | null) =>
    node('http', { method: 'GET', url: 'https://erp.example/x' }, { ok: next, failed: null, timeout: null })
  const ids = Array.from({ length: 8 }, (_, i) => `c${i}`)
  const stay = node('delay', { ms: DAY }, { next: null })
  const p = new Person(
    world(
      journey({
        start: 'c0',
        nodes: { ...Object.fromEntries(ids.map((id, i) => [id, call(ids[i + 1] ?? 'stay')])), stay },
      }),
    ),
  )
  p.event('Start')
  for (const _ of ids) {
    const intent = intentsOf(p.effects).at(-1)!
    const { id: message, enrollment, node: of, journey: j, channel } = intent
    p.fold({
      kind: 'outcome',
      now: p.now,
      received: p.now,
      body: {
        message,
        enrollment,
        node: of,
        journey: j,
        channel,
        state: 'accepted',
        outcome: 'accepted',
        reason: null,
        at: p.now,
        detail: { status: '200', answer: JSON.stringify({ text: 'x'.repeat(1000) }) },
      },
    })
  }
  expect(places(p)).toEqual(['stay'])
  const { vars } = p.state!.enr[0]!
  expect(JSON.stringify(vars).length).toBeLessThanOrEqual(4096)
  expect(Object.keys(vars!).at(-1)).toBe('c7')
})

describe('faults say where and what', () => {
  const faults = (type: string, fields: Record<string, unknown>) => {
    const graph: JourneyGraph = {
      ...journey({}).graph,
      start: 'n',
      nodes: {
        n: node(
          type,
          fields,
          Object.fromEntries(
            nodeType(type)!
              .ports(fields)
              .map(p => [p, null]),
          ),
        ),
        mail: node('send', { channel: 'line', purpose: 'marketing', content: {} }, { accepted: null }),
      },
    }
    return validateGraph(graph)
      .problems.filter(p => p.node === 'n')
      .map(p => `${p.path} ${p.code}`)
  }
  test.each([
    ['delay', { mode: 'date', date: { date: '2026-02-30', time: '09:00' } }, '/fields/date/date custom'],
    ['delay', { mode: 'trait' }, '/fields/trait invalid_type'],
    ['delay', {}, '/fields delay_kind'],
    [
      'wait_event',
      { any: [{ name: 'a', on: 'message', message: 'x', is: 'opened' }], timeoutMs: 1 },
      '/fields/any/0/message no_message',
    ],
    [
      'wait_event',
      { any: [{ name: 'a', on: 'message', message: 'mail', is: 'opened' }], timeoutMs: 1 },
      '/fields/any/0/is line_tells_no_opens',
    ],
    [
      'wait_event',
      { any: [{ name: 'timeout', on: 'event', event: 'X' }], timeoutMs: 1 },
      '/fields/any/0/name custom',
    ],
    ['http', { method: 'GET', url: 'ftp://x' }, '/fields/url invalid_format'],
    ['http', { method: 'GET', url: 'https://x{{ event.host }}/' }, '/fields/url invalid_format'],
    ['http', { method: 'GET', url: 'https://x.example', body: '{}' }, '/fields/body get_has_no_body'],
    [
      'http',
      { method: 'POST', url: 'https://x.example', body: '{{ nobody.x }}' },
      '/fields/body unknown_placeholder',
    ],
    ['emit', { event: 'tag.added' }, '/fields/event reserved_event'],
    ['start_journey', { journey: 'x' }, '/fields/journey invalid_format'],
    ['jump', { times: 0 }, '/fields/times too_small'],
    ['notify', { text: 'x', roles: ['chief'] }, '/fields/roles/0 invalid_value'],
    ['update', {}, '/fields nothing_to_do'],
  ])('%s %j', (type, fields, fault) => {
    expect(faults(type, fields)).toContain(fault)
  })

  test('a circle of jumps without a wait is told', () => {
    const graph: JourneyGraph = {
      ...journey({}).graph,
      start: 'a',
      nodes: {
        a: node('update', { addTags: ['x'] }, { next: 'j' }),
        j: node('jump', { times: 3 }, { again: 'a', else: null }),
      },
    }
    expect(validateGraph(graph).problems.map(p => p.code)).toContain('restless_cycle')
  })

  test('every node type bears fields that are anything', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(NODE_TYPES)),
        fc.dictionary(
          fc.constantFrom(...['any', 'options', 'answers', 'headers', 'branches', 'mode', 'text', 'body']),
          fc.jsonValue(),
        ),
        (type, fields) => {
          validateGraph({ ...journey({}).graph, start: 'n', nodes: { n: { type, fields, next: {} } } })
        },
      ),
      { numRuns: 300 },
    )
  })
})
