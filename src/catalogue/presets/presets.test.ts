// Presets are data: their journeys are whole, their names are not said twice, and what they name exists.
import { describe, expect, test } from 'vitest'
import { validateGraph } from '../../journeys/validate.ts'
import { vocabularyOf } from '../vocabulary.ts'
import { PRESETS } from './register.ts'

test('R3-26 booking, bank branch and ATM, restaurant order and pay, streaming are there', () => {
  expect(PRESETS.map(p => p.key)).toEqual(
    expect.arrayContaining(['booking', 'bank', 'restaurant', 'streaming']),
  )
})

describe.each(PRESETS)('preset $key', preset => {
  test('R3-26 has channels, events, touchpoints and two journeys without a problem', () => {
    expect(preset.channels.length).toBeGreaterThan(0)
    expect(preset.events.length).toBeGreaterThanOrEqual(5)
    expect(preset.touchpoints.length).toBeGreaterThan(2)
    expect(preset.journeys).toHaveLength(2)
    for (const graph of preset.journeys) expect(validateGraph(graph).problems).toEqual([])
  })

  test('its journeys and events use names of its own vocabulary', () => {
    const { events, channels } = vocabularyOf([preset], [])
    const names = new Set(events.map(e => e.name))
    expect(names.size).toBe(events.length)
    const used = JSON.stringify(preset.journeys).matchAll(/"event":"([A-Z][^"]+|\w+\.\w+)"/g)
    for (const [, name] of used) expect(names).toContain(name)
    const codes = new Set(channels.map(c => c.code))
    for (const e of preset.events) if (e.channel) expect(codes).toContain(e.channel)
    for (const t of preset.touchpoints) expect(codes).toContain(t.channel)
  })
})

test('a name that came in is offered once, with the label of the first that brings it', () => {
  const booking = PRESETS.filter(p => p.key === 'booking')
  expect(vocabularyOf([], ['Checked In']).events.find(e => e.name === 'Checked In')).toMatchObject({
    from: 'seen',
    label: { zh: 'Checked In' },
  })
  const found = vocabularyOf(booking, ['Checked In']).events.filter(e => e.name === 'Checked In')
  expect(found).toEqual([
    expect.objectContaining({ from: 'booking', label: { zh: '報到', en: 'Checked in' } }),
  ])
})
