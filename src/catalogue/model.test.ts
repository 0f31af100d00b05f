// Opening hours as people write them, and the address of a store's QR code as the intake reads it.
import { expect, test } from 'vitest'
import { touchProps } from '../collect/touch.ts'
import { readDay, storeAddress } from './model.ts'

test.each([
  ['10:00-21:30', ['10:00-21:30']],
  ['９：００～１４：００、17:00 至 21:00', ['09:00-14:00', '17:00-21:00']],
  ['公休', []],
  ['', []],
  ['18:00-02:00', ['18:00-02:00']],
  ['25:00-26:00', null],
  ['all day', null],
])('R0-35 the hours %s', (text, expected) => expect(readDay(text)).toEqual(expected))

test('R1-02 R4-38 who comes by the QR code of a store has that store and its campaign as their source', () => {
  const url = storeAddress('https://tea.example/new?page=2#top', 'TPE 01')!
  expect(touchProps('Page Viewed', 'page', { url }, null)).toEqual({
    store: 'TPE 01',
    campaign: { source: 'store', medium: 'qr', content: 'TPE 01' },
  })
  expect(new URL(url).searchParams.get('page')).toBe('2')
  for (const site of ['', 'tea.example', 'ftp://tea.example', 'https://'])
    expect(storeAddress(site, 'TPE01')).toBeNull()
})
