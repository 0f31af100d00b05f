// What may not be published, and that each fault names its node and place.
import { describe, expect, test } from 'vitest'
import { node, sendNode } from '../../test/reducer.ts'
import { birthday, cartNotPaid, welcome, welcomeOn } from './examples.ts'
import type { JourneyGraph } from './model.ts'
import { validateGraph } from './validate.ts'
import { traitSet } from '../rules/make.ts'

const graph = (more: Partial<JourneyGraph> | { [k: string]: unknown }): unknown => ({
  format: 1,
  name: 'n',
  trigger: { kind: 'event', event: 'Start' },
  reentry: { kind: 'never' },
  exits: [],
  start: 'a',
  nodes: { a: node('exit', {}, {}) },
  ...more,
})
const found = (value: unknown) => validateGraph(value).problems.map(p => [p.node, p.path, p.code])
const wait = (ms: number, next: string | null) => node('delay', { ms }, { next })

test('the examples can be published', () => {
  for (const example of [
    birthday,
    cartNotPaid,
    welcome,
    welcomeOn('contact.followed', 'https://shop.example/'),
  ]) {
    expect(validateGraph(JSON.parse(JSON.stringify(example))).problems).toEqual([])
  }
})

describe('shape', () => {
  test.each<[string, unknown, (string | null)[]]>([
    ['not an object', 7, [null, '', 'invalid_type']],
    ['another format', graph({ format: 2 }), [null, '/format', 'invalid_value']],
    ['a made-up part', graph({ extra: 1 }), [null, '', 'unrecognized_keys']],
    ['a start that is not there', graph({ start: 'z' }), [null, '/start', 'no_start']],
    [
      'a wall time',
      graph({ trigger: { kind: 'date', trait: 't', offsetDays: 0, time: '9:00', yearly: true } }),
      [null, '/trigger/time', 'invalid_format'],
    ],
    [
      'a fact of the walk as trigger',
      graph({ trigger: { kind: 'event', event: 'node.entered' } }),
      [null, '/trigger/event', 'custom'],
    ],
    [
      'an exit rule',
      graph({ exits: [{ name: 'x', rule: { op: 'nothing' } }] }),
      [null, '/exits/0/rule/op', 'invalid_union'],
    ],
  ])('%s', (_name, value, fault) => {
    expect(found(value)).toContainEqual(fault)
  })
})

describe('nodes and ways', () => {
  test.each<[string, Record<string, unknown>, (string | null)[]]>([
    ['unknown type', { a: node('teleport', {}, {}) }, ['a', '/type', 'unknown_type']],
    [
      'missing field',
      { a: node('wait_event', { event: 'x' }, { event: null, timeout: null }) },
      ['a', '/fields/timeoutMs', 'missing_field'],
    ],
    ['delay without a time', { a: node('delay', {}, { next: null }) }, ['a', '/fields', 'delay_kind']],
    [
      'open port',
      { a: node('wait_event', { event: 'x', timeoutMs: 1 }, { event: null }) },
      ['a', '/next/timeout', 'open_port'],
    ],
    [
      'unknown port',
      { a: node('delay', { ms: 1 }, { next: null, later: null }) },
      ['a', '/next/later', 'unknown_port'],
    ],
    ['dangling', { a: wait(1, 'z') }, ['a', '/next/next', 'dangling']],
    ['unreachable', { a: wait(1, null), b: wait(1, null) }, ['b', '', 'unreachable']],
    ['no way to an end', { a: wait(1, 'b'), b: wait(1, 'a') }, ['a', '', 'no_end']],
    [
      'a loop that never waits',
      {
        a: node('split', { branches: [{ name: 'x', rule: traitSet('t') }] }, { x: 'b', else: null }),
        b: node('update', { addTags: ['x'] }, { next: 'a' }),
      },
      ['b', '', 'restless_cycle'],
    ],
    [
      'a loop over a delay of nothing',
      {
        a: node('split', { branches: [{ name: 'x', rule: traitSet('t') }] }, { x: 'b', else: null }),
        b: wait(0, 'a'),
      },
      ['b', '', 'restless_cycle'],
    ],
    [
      'content of another channel',
      {
        a: node(
          'send',
          { channel: 'line', purpose: 'marketing', content: { channel: 'email', subject: 's', html: 'h' } },
          { accepted: null },
        ),
      },
      ['a', '/fields/content/channel', 'other_channel'],
    ],
    [
      'branch rule',
      {
        a: node(
          'split',
          { branches: [{ name: 'x', rule: { op: 'tags', is: 'any' } }] },
          { x: null, else: null },
        ),
      },
      ['a', '/fields/branches/0/rule/tags', 'invalid_type'],
    ],
  ])('%s', (_name, nodes, fault) => {
    expect(found(graph({ nodes }))).toContainEqual(fault)
  })

  test('a loop over a delay is fine; outcome ports of a send may be left out', () => {
    const split = node('split', { branches: [{ name: 'x', rule: traitSet('t') }] }, { x: 'b', else: null })
    expect(found(graph({ nodes: { a: split, b: wait(1000, 'a') } }))).toEqual([])
    expect(found(graph({ nodes: { a: sendNode({ accepted: null }) } }))).toEqual([])
    expect(found(graph({ nodes: { a: sendNode({ failed: null }) } }))).toEqual([
      ['a', '/next/accepted', 'open_port'],
    ])
  })
})

describe('placeholders', () => {
  const text = (words: string) =>
    found(
      graph({
        nodes: {
          a: node(
            'send',
            {
              channel: 'line',
              purpose: 'marketing',
              content: { channel: 'line', messages: [{ type: 'text', text: words }] },
            },
            { accepted: null },
          ),
        },
      }),
    ).map(f => f[2])
  test.each([
    "{{ customer.name | default: '您好' }} {{ event.props.name }} {{ workspace.name }} {{ unsubscribe_url }}",
    "{{ 'https://example.com/' | track: 'cart' }}",
    "{% if customer.tags contains 'vip' and event.props.total > 100 %}vip{% else %}hi{% endif %}",
    '{% for p in event.props.products %}{{ p.name }}{% endfor %}',
    '{% assign total = event.props.total | times: 2 %}{{ total }}',
    '{% for p in event.products %}{{ forloop.index }} {{ p["name"] }}{% endfor %}{% capture all %}x{% endcapture %}{{ all }}',
    '{% raw %}{{ as it stands }}{% endraw %}{% comment %}{{ nobody.reads }}{% endcomment %}',
  ])('%s is fine', words => {
    expect(text(words)).toEqual([])
  })
  test.each([
    ['{{ custmer.name }}', 'unknown_placeholder'],
    ['{% if user.vip %}x{% endif %}', 'unknown_placeholder'],
    ['{{ customer[field] }}', 'unknown_placeholder'],
    ["{{ 'https://example.com/' | track: label }}", 'unknown_placeholder'],
    ['hello {{ customer.name', 'open_bracket'],
    ['hello {% if customer.name', 'open_bracket'],
    ['hello { customer.name }}', 'open_bracket'],
  ])('%s is not', (words, code) => {
    expect(text(words)).toEqual([code])
  })
})
