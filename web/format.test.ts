import { describe, expect, test } from 'vitest'
import {
  cost,
  count,
  daysBetween,
  daysQuery,
  durationParts,
  exactTime,
  instantOf,
  latency,
  money,
  people,
  relativeTime,
  share,
  shortTime,
  wallTime,
} from './format.ts'

describe('numbers as design.md says them', () => {
  test('NT$ has separators and no decimals', () =>
    expect(money(1234567, 'TWD', 'zh-TW')).toBe('NT$1,234,567'))
  test('what is less than nothing has its sign in front', () => {
    expect(money(-54, 'TWD', 'zh-TW')).toBe('-NT$54')
    expect(money(-5, 'USD', 'en')).toBe('-$0.05')
  })
  test('other currencies keep their decimals', () => expect(money(123456, 'USD', 'en')).toBe('$1,234.56'))
  test('nobody is a dash', () => expect(people(0, 'en')).toBe('—'))
  test('no percentage under 30', () => {
    expect(share(0, 0, 'en')).toBe('—')
    expect(share(3, 29, 'en')).toBe('3')
    expect(share(12, 97, 'en')).toBe('12.4 %')
  })
  test('thousands', () => expect(count(12000, 'zh-TW')).toBe('12,000'))
  test('latency', () =>
    expect([latency(null, 'en'), latency(12.4, 'en'), latency(1500, 'en')]).toEqual(['—', '12 ms', '1.5 s']))
})

describe('times', () => {
  const now = Date.parse('2026-03-01T00:00:00Z')
  test('exact time is the wall time of the zone', () =>
    expect(exactTime(now, { locale: 'en', zone: 'Asia/Taipei' })).toBe('03/01/2026, 08:00:00'))
  test('relative to workspace time', () => {
    expect(relativeTime(now - 3 * 3_600_000, now, 'en')).toBe('3 hr. ago')
    expect(relativeTime(now + 2 * 86_400_000, now, 'zh-TW')).toContain('後')
    expect(relativeTime(now - 20_000, now, 'en')).toBe('just now')
  })
  test('durations in at most two units', () => {
    expect(durationParts(90_061_000)).toEqual([
      { unit: 'd', n: 1 },
      { unit: 'h', n: 1 },
    ])
    expect(durationParts(0)).toEqual([{ unit: 's', n: 0 }])
  })
  test('wall time and instant are inverse, also across a DST change', () => {
    for (const zone of ['Asia/Taipei', 'America/New_York', 'Europe/London']) {
      for (
        let at = Date.parse('2026-03-07T00:30:00Z');
        at < Date.parse('2026-04-01T00:00:00Z');
        at += 5_400_000 * 7
      ) {
        expect(instantOf(wallTime(at, zone), zone)).toBe(at)
      }
    }
  })
})

test('R3-10 R0-04 days are those of the workspace’s zone wherever the reader sits; what is no day narrows nothing', () => {
  expect(daysQuery({ from: '2026-05-01', to: '2026-05-01' }, 'Asia/Taipei')).toEqual({
    from: '2026-04-30T16:00:00.000Z',
    to: '2026-05-01T16:00:00.000Z',
  })
  expect(daysQuery({ from: '2026-13-45', to: 'today' }, 'Asia/Taipei')).toEqual({
    from: undefined,
    to: undefined,
  })
})

test('a short time says its year when it is not this one', () => {
  const at = '2025-12-31T20:00:00Z'
  expect(shortTime(at, { locale: 'zh-TW', zone: 'Asia/Taipei', year: 2026 })).toMatch(/^01\/01\s04:00$/)
  expect(shortTime(at, { locale: 'zh-TW', zone: 'Asia/Taipei', year: 2027 })).toMatch(/^2026\/01\/01\s04:00$/)
})

test('small costs keep two digits that count, others none', () => {
  expect(cost(4.7904, 'TWD', 'zh-TW')).toBe('NT$4.8')
  expect(cost(0.0351, 'TWD', 'zh-TW')).toBe('NT$0.035')
  expect(cost(53.7, 'TWD', 'zh-TW')).toBe('NT$54')
  expect(cost(1234.5, 'TWD', 'zh-TW')).toBe('NT$1,235')
})

test('every day of a range in its zone, also those without anything; none that is to come', () => {
  const now = Date.parse('2026-11-03T05:00:00Z')
  const days = (from: string, to: string) => daysBetween(from, to, 'Asia/Taipei', now)
  expect(days('2026-10-30T16:00:00Z', '2026-11-05T16:00:00Z')).toEqual([
    '2026-10-31',
    '2026-11-01',
    '2026-11-02',
    '2026-11-03',
  ])
  expect(days('2026-10-30T16:00:00Z', '2026-10-31T16:00:00Z')).toEqual(['2026-10-31'])
})
