// The model alone: repeatable, inside its year, and carrying nothing real.
import { describe, expect, test } from 'vitest'
import { cleanEmail, cleanPhone } from '../customers/contacts.ts'
import { makeDemo } from './model.ts'
import { DAY } from './people.ts'

const NOW = Date.UTC(2026, 9, 1, 6)
const SHOP = 'http://127.0.0.1:8080/shop/wsp_x'

describe('the demo brand', () => {
  const demo = makeDemo('a', NOW, SHOP)
  const all = demo.events.flat()

  test('the same seed and moment give the same brand, another seed another', () => {
    expect(JSON.stringify(makeDemo('a', NOW, SHOP))).toBe(JSON.stringify(demo))
    expect(JSON.stringify(makeDemo('b', NOW, SHOP).people)).not.toBe(JSON.stringify(demo.people))
  })

  test('2,000 people and one year that ends now', () => {
    expect(demo.people).toHaveLength(2_000)
    expect(demo.count).toBe(all.length)
    expect(demo.count).toBeGreaterThan(60_000)
    expect(demo.count).toBeLessThan(100_000)
    expect(Math.min(...all.map(e => e.at!))).toBeGreaterThan(NOW - 366 * DAY)
    expect(Math.max(...all.map(e => e.at!))).toBeLessThanOrEqual(NOW)
    expect(all.filter(e => e.name === 'Product Added' && e.at! > NOW - DAY).length).toBeGreaterThan(5)
    expect(new Set(all.map(e => e.messageId)).size).toBe(all.length)
  })

  test('what a person did is in order: nothing before the first visit, no member events before the sign-up', () => {
    for (const [no, events] of demo.events.entries()) {
      const person = demo.people[no]!
      expect(events.map(e => e.at!)).toEqual(events.map(e => e.at!).toSorted((a, b) => a - b))
      for (const e of events)
        if (e.ids.some(i => i.kind === 'member_no'))
          expect(e.at!).toBeGreaterThanOrEqual(Math.round(person.joinedAt!))
    }
  })

  test('names, addresses and numbers are made up, and written as the intake writes them', () => {
    for (const p of demo.people) {
      if (p.email) {
        expect(p.email).toMatch(/@example\.(com|net|org)$/)
        expect(cleanEmail(p.email)).toBe(p.email)
      }
      if (p.phone) expect(cleanPhone(p.phone)).toBe(p.phone)
      if (p.line) expect(p.line.uid).toMatch(/^U[0-9a-f]{32}$/)
    }
    const unique = (values: (string | null)[]) => new Set(values.filter(v => v !== null)).size
    expect(unique(demo.people.map(p => p.email))).toBe(demo.people.filter(p => p.email).length)
    expect(unique(demo.people.map(p => p.memberNo))).toBe(demo.people.filter(p => p.memberNo).length)
  })
})
