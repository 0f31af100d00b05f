import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRule } from '../../web/rules/arbitrary.ts'
import { cartNotPaid, welcome } from './examples.ts'
import { journeyText, readJourneyText } from './text.ts'
import { lengthOf, lengthText, readRule, writeRule } from './text-values.ts'
import { validateGraph } from './validate.ts'

const again = (graph: unknown): unknown => {
  const read = readJourneyText(journeyText(graph))
  return 'graph' in read ? read.graph : read
}

test('the examples read back as they were, and read well', () => {
  for (const graph of [cartNotPaid, welcome]) expect(again(graph)).toEqual(JSON.parse(JSON.stringify(graph)))
  const text = journeyText(cartNotPaid)
  expect(text).toContain(
    'goal:\n  exitOnGoal: true\n  rule:\n    event: Order Completed\n    window: entry\n',
  )
  expect(text).toContain(
    '  wait:\n    title: 等一小時看是否結帳\n    wait_event:\n      event: Order Completed\n      since: entry\n      timeoutMs: 1h\n    next:\n      event: null\n      timeout: line',
  )
  expect(text).toContain('coolDownMs: 1d')
  // a mail stands as it is, line by line
  expect(text).toContain('        html: |-\n          <!doctype html>')
})

const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>
const keys = fc.constantFrom(
  'rule',
  'filter',
  'test',
  'window',
  'measure',
  'where',
  'span',
  'within',
  'timeoutMs',
  'ms',
  'op',
  'is',
  'in',
  'of',
  'as_is',
  'all',
  'any',
  'not',
  'event',
  'path',
  'value',
  'type',
  'fields',
  'next',
  'title',
  'content',
  'x',
)
const odd: fc.Arbitrary<unknown> = fc.letrec<{ v: unknown }>(tie => ({
  v: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(
      fc.constantFrom<unknown>(
        '1h',
        '7 days',
        'last 7 days',
        'ever',
        'count',
        'is',
        'and',
        'event',
        null,
        true,
        0,
        1,
        3600000,
        'null',
        '~',
        '0x1',
        '1_000',
        'a: b',
        '# c',
        '- x',
        'a\n\nb \n',
        '\t',
        'yes',
        '2026-03-02',
        '12:30',
        '\u0085',
        '\u2028',
        '👍',
        '',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }).map(s => s.toWellFormed()),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    fc.array(tie('v'), { maxLength: 3 }),
    fc.dictionary(keys, tie('v'), { maxKeys: 4 }),
  ),
})).v

test('any rule is read back as it was', () => {
  fc.assert(
    fc.property(anyRule, rule => {
      expect(readRule(writeRule(rule))).toEqual(JSON.parse(JSON.stringify(rule)))
    }),
    { numRuns: 500 },
  )
})

test('any graph, whatever is in it, is read back exactly', () => {
  const node = fc.record(
    {
      type: fc.constantFrom('delay', 'send', 'title', 'x'),
      fields: fc.dictionary(keys, odd, { maxKeys: 4 }),
      next: fc.dictionary(fc.constantFrom('next', 'else', 'x'), fc.option(fc.constantFrom('a', 'b'))),
    },
    { requiredKeys: [] },
  )
  const graph = fc.record(
    {
      format: fc.constant(1),
      name: fc.string(),
      trigger: odd,
      filter: fc.oneof(anyRule, odd),
      goal: fc.record({ rule: fc.oneof(anyRule, odd) }),
      exits: fc.array(fc.record({ name: fc.string(), rule: anyRule })),
      start: fc.constant('a'),
      nodes: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(node, odd)),
      canvas: odd,
    },
    { requiredKeys: ['format', 'name'] },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        graph,
        json.filter(v => v !== null && typeof v === 'object'),
      ),
      g => {
        const plain = JSON.parse(JSON.stringify(g).replaceAll('-0,', '0,')) as unknown
        expect(again(plain)).toEqual(JSON.parse(JSON.stringify(plain)))
      },
    ),
    { numRuns: 1000 },
  )
})

test('the order of keys and nodes does not depend on how they came', () => {
  const shuffled = JSON.parse(JSON.stringify(cartNotPaid)) as Record<string, unknown>
  const reversed = (v: unknown): unknown =>
    Array.isArray(v)
      ? v.map(reversed)
      : typeof v === 'object' && v !== null
        ? Object.fromEntries(
            Object.entries(v)
              .reverse()
              .map(([k, x]) => [k, reversed(x)]),
          )
        : v
  expect(journeyText(reversed(shuffled))).toBe(journeyText(cartNotPaid))
  expect(
    [...journeyText(welcome).matchAll(/^ {2}(\w+):$/gm)].map(m => m[1]).filter(id => id! in welcome.nodes),
  ).toEqual(['line', 'tag', 'day', 'bought', 'thanks', 'end', 'hint', 'email'])
})

test('comments are allowed; a text that cannot be read says in which line', () => {
  const text = `# ours\n${journeyText(cartNotPaid).replace('coolDownMs: 1d', 'coolDownMs: 2d # was one')}`
  const read = readJourneyText(text)
  expect('graph' in read && validateGraph(read.graph).graph?.reentry).toEqual({
    kind: 'after_exit',
    coolDownMs: 172_800_000,
  })
  expect(readJourneyText('name: a\nnodes: {\n  x: [1\n')).toMatchObject({
    faults: [{ line: 4 }, { line: 4 }],
  })
  expect(readJourneyText('name: a\nname: b\n')).toMatchObject({ faults: [{ line: 2 }] })
  // JSON is such a text too
  expect(readJourneyText(JSON.stringify(welcome))).toEqual({ graph: JSON.parse(JSON.stringify(welcome)) })
})

test('lengths of time', () => {
  fc.assert(fc.property(fc.nat({ max: 40_000_000_000 }), ms => lengthOf(lengthText(ms)) === ms))
  expect([lengthText(5_400_000), lengthText(0), lengthOf('1h30m'), lengthOf(''), lengthOf('1x')]).toEqual([
    '1h30m',
    '0s',
    5_400_000,
    null,
    null,
  ])
})
