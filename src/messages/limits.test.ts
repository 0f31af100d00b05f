// Windows of shared limits, and who of a batch gets a place.
import { expect, test } from 'vitest'
import { allot, type Ask, asksOf, quotaOf, refusalOf, windowOf } from './limits.ts'

const at = (text: string) => Date.parse(text)
const TAIPEI = 'Asia/Taipei'

test('windows: minutes and hours of UTC, days and months of the zone, ever', () => {
  const now = at('2026-02-28T16:30:40Z') // 1 March 00:30 in Taipei
  const span = (per: Parameters<typeof windowOf>[0], zone = TAIPEI) => {
    const { start, end } = windowOf(per, now, zone)
    return [start, end].map(t => (Number.isFinite(t) ? new Date(t).toISOString() : '∞'))
  }
  expect(span('minute')).toEqual(['2026-02-28T16:30:00.000Z', '2026-02-28T16:31:00.000Z'])
  expect(span('hour')).toEqual(['2026-02-28T16:00:00.000Z', '2026-02-28T17:00:00.000Z'])
  expect(span('day')).toEqual(['2026-02-28T16:00:00.000Z', '2026-03-01T16:00:00.000Z'])
  expect(span('month')).toEqual(['2026-02-28T16:00:00.000Z', '2026-03-31T16:00:00.000Z'])
  expect(span('month', 'America/New_York')).toEqual(['2026-02-01T05:00:00.000Z', '2026-03-01T05:00:00.000Z'])
  expect(span('ever')).toEqual(['1970-01-01T00:00:00.000Z', '∞'])
})

test('all that is asked for or nothing, in order; what does not fit takes nothing from the next', () => {
  const ask = (key: string, amount: number, max: number, wait = false): Ask => ({
    key,
    amount,
    max,
    wait,
    per: 'day',
    start: 0,
    end: 1,
  })
  const used = new Map([
    ['budget:j', 70],
    ['quota:a', 8],
  ])
  const given = allot(
    [
      [ask('budget:j', 40, 100), ask('quota:a', 1, 10)],
      [ask('budget:j', 30, 100), ask('quota:a', 1, 10)],
      [ask('quota:a', 1, 10)],
      [ask('quota:a', 1, 10)],
      [ask('quota:a', 1, 10, true)],
    ],
    used,
    a => a.key,
  )
  expect(given.map(g => g.to)).toEqual(['refused', 'go', 'go', 'refused', 'wait'])
  expect(Object.fromEntries(used)).toEqual({ 'budget:j': 100, 'quota:a': 10 })
  expect(['quota:a', 'budget:j', 'cap:j', 'pool:c'].map(refusalOf)).toEqual(['quota', 'budget', 'cap', 'cap'])
})

test('what an account allows; money in ten-thousandths of the smallest unit', () => {
  expect(quotaOf({ id: 'a', settings: { monthlyQuota: '3000' } })).toMatchObject({
    key: 'quota:a',
    max: 3000,
  })
  expect(quotaOf({ id: 'a', settings: { monthlyQuota: '0' } })).toMatchObject({ max: 0 })
  expect(quotaOf({ id: 'a', settings: {} })).toBeNull()
  const limits = [{ key: 'budget:j', max: 50_000, per: 'day', amount: 'cost', wait: false }] as const
  expect(asksOf([...limits], 0, TAIPEI, 0.2)[0]).toMatchObject({ amount: 2_000 })
})
