import { expect, test } from 'vitest'
import { type Counted, FIGURES } from './engagement/model.ts'
import { channelFigures, lastDays } from './home.ts'
import { pagesFor } from './search.ts'

test('what was sent is history’s, what was not the ledger’s; a channel of only one of them stands there, too', () => {
  const none = Object.fromEntries(FIGURES.map(f => [f, { messages: 0, people: 0 }])) as Counted
  const sent = [
    { key: 'email', figures: { sent: { messages: 4, people: 3 } } },
    {
      key: 'line',
      figures: {
        sent: { messages: 7, people: 6 },
        reached: { messages: 5, people: 4 },
        clicked: { messages: 2, people: 2 },
        participated: { messages: 3, people: 3 },
      },
    },
  ].map(p => ({ key: p.key, figures: { ...none, ...p.figures } }))
  const rows = channelFigures(sent, [
    { channel: 'line', failed: 1, skipped: 2, unknown: 0 },
    { channel: 'sms', failed: 0, skipped: 9, unknown: 0 },
  ])
  const empty = {
    sent: 0,
    reached: 0,
    clicked: 0,
    reachedPeople: 0,
    participants: 0,
    failed: 0,
    skipped: 0,
    unknown: 0,
  }
  expect(rows).toEqual([
    {
      ...empty,
      channel: 'line',
      sent: 7,
      reached: 5,
      clicked: 2,
      reachedPeople: 4,
      participants: 3,
      failed: 1,
      skipped: 2,
    },
    { ...empty, channel: 'email', sent: 4 },
    { ...empty, channel: 'sms', skipped: 9 },
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
