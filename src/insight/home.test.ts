import { expect, test } from 'vitest'
import { channelFigures, lastDays } from './home.ts'
import { pagesFor } from './search.ts'

test('what was clicked was delivered, what was delivered was accepted, what bounced failed', () => {
  const rows = [
    { channel: 'line', state: 'accepted', n: 5 },
    { channel: 'line', state: 'clicked', n: 2 },
    { channel: 'line', state: 'intended', n: 9 },
    { channel: 'email', state: 'bounced', n: 1 },
    { channel: 'email', state: 'delivered', n: 3 },
    { channel: 'email', state: 'skipped', n: 4 },
  ]
  expect(channelFigures(rows)).toEqual([
    { channel: 'line', accepted: 7, delivered: 2, clicked: 2, failed: 0, skipped: 0, unknown: 0 },
    { channel: 'email', accepted: 4, delivered: 3, clicked: 0, failed: 1, skipped: 4, unknown: 0 },
  ])
})

test('days are those of the workspace zone, also early in the morning of UTC+8', () => {
  const at = Date.parse('2026-03-01T17:30:00Z') // 01:30 on 2 March in Taipei
  expect(lastDays(at, 'Asia/Taipei', 3)).toEqual(['2026-02-28', '2026-03-01', '2026-03-02'])
  expect(lastDays(at, 'America/New_York', 2)).toEqual(['2026-02-28', '2026-03-01'])
})

test('pages are found in both languages', () => {
  expect(pagesFor('旅程').map(p => p.id)).toEqual(['journeys'])
  expect(pagesFor('SEND led').map(p => p.id)).toEqual(['messages'])
})
