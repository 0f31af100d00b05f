// Which frequency rules ask about a message, since when they count, and how they are said.
import { expect, test } from 'vitest'
import { countsFrom, frequencyAsks, type FrequencyRule, sayRule } from './frequency.ts'

const at = (text: string) => Date.parse(text)
const rule = (id: string, more: Partial<FrequencyRule> = {}): FrequencyRule => ({
  id,
  segment: null,
  segmentName: null,
  channel: null,
  max: 3,
  per: 'week',
  days: 7,
  ...more,
})

test('a day and a week begin with the workspace’s calendar, days roll', () => {
  const now = at('2026-03-01T16:30:00Z') // Monday 2 March 00:30 in Taipei
  const from = (per: FrequencyRule['per'], days = 7) =>
    new Date(countsFrom({ per, days }, now, 'Asia/Taipei')).toISOString()
  expect(from('day')).toBe('2026-03-01T16:00:00.000Z')
  expect(from('week')).toBe('2026-03-01T16:00:00.000Z')
  expect(from('days', 2)).toBe('2026-02-27T16:30:00.001Z')
})

test('rules for the person’s segments and the message’s channel ask, the strictest first; nothing asks about the rest', () => {
  const person = { id: 'p', absorbed: ['q'], seg: [[5, 1, 0]] as [number, number, number][] }
  const rules = [
    rule('all'),
    rule('line', { channel: 'line', max: 1, per: 'days', days: 14 }),
    rule('mail', { channel: 'email', max: 1 }),
    rule('mine', { segment: 5, max: 1, per: 'day' }),
    rule('others', { segment: 6, max: 1 }),
  ]
  const asked = (intent: Parameters<typeof frequencyAsks>[1]) =>
    frequencyAsks(rules, intent, person, 0, 'Asia/Taipei').map(a => a.of!.rule.id)
  expect(asked({ purpose: 'marketing', channel: 'line' })).toEqual(['line', 'all', 'mine'])
  expect(asked({ purpose: 'marketing', channel: 'sms' })).toEqual(['all', 'mine'])
  expect(asked({ purpose: 'transactional', channel: 'line' })).toEqual([])
  expect(asked({ purpose: 'marketing', channel: 'line', origin: 'test' })).toEqual([])
  expect(
    frequencyAsks(rules, { purpose: 'marketing', channel: 'sms' }, person, 0, 'UTC')[0]!.of!.people,
  ).toEqual(['p', 'q'])
})

test('a rule is one sentence', () => {
  expect(sayRule(rule('a'))).toEqual({
    zh: '每個人每週（週一起算）最多收到 3 則行銷訊息',
    en: 'Everybody gets at most 3 marketing messages a week (from Monday)',
  })
  expect(sayRule(rule('a', { segmentName: '貴賓', channel: 'sms', max: 1, per: 'days', days: 30 }))).toEqual({
    zh: '「貴賓」的人任意連續 30 天內最多收到 1 則簡訊行銷訊息',
    en: 'People of “貴賓” get at most 1 marketing message by SMS within any 30 days',
  })
})
