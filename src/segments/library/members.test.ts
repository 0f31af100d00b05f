// Who is in each ready segment, and who is not: people made by what happens to them, through the reducer, with the
// boundary of each parameter.
import { describe, expect, test } from 'vitest'
import { behaviour } from '../../../test/library/behaviour.ts'
import { buying } from '../../../test/library/buying.ts'
import type { Cases } from '../../../test/library/happens.ts'
import { orders } from '../../../test/library/orders.ts'
import { profile } from '../../../test/library/profile.ts'
import { published, Shopper } from '../../../test/segment-people.ts'
import { installable } from './install.ts'
import { NO_FIGURES, readValues, type ShopFigures } from './model.ts'
import { LIBRARY } from './register.ts'

const FIGURES: ShopFigures = {
  ...NO_FIGURES,
  categories: ['茶葉', '茶器'],
  brands: ['霧丘'],
  tiers: ['gold'],
  campaigns: ['spring'],
}
/** The holdout has a test of its own. */
const CASES: Record<string, Cases> = { ...buying, ...orders, ...behaviour, ...profile }

test('every ready segment has its people', () => {
  expect([...Object.keys(CASES), 'holdout'].sort()).toEqual(LIBRARY.map(s => s.key).sort())
  for (const [key, { people }] of Object.entries(CASES))
    expect(new Set(people.map(c => c[1])).size, key).toBeGreaterThan(1)
})

const publishedOf = (key: string, given: Record<string, unknown> = {}) => {
  const s = LIBRARY.find(l => l.key === key)!
  const read = readValues(s, given, FIGURES)
  if ('misfits' in read) throw new Error(JSON.stringify(read.misfits))
  const { kind, definition } = installable(s, read.values, { locale: 'zh-TW', currency: 'TWD' })
  return published(1, kind, definition)
}

describe.each(Object.entries(CASES))('%s', (key, { with: given, people }) => {
  test.each(people)('%s: %s', (_, expected, ...happens) => {
    const p = new Shopper([publishedOf(key, given)])
    for (const step of happens) step(p)
    expect(p.group(1) ?? 'out').toBe(expected)
  })
})

test('the holdout is a tenth, always the same', () => {
  const segment = publishedOf('holdout')
  const inside = (n: number) => new Shopper([segment], n).join().group(1) === 'in'
  const members = Array.from({ length: 2_000 }, (_, n) => inside(n + 1))
  const share = members.filter(Boolean).length / members.length
  expect(share).toBeGreaterThan(0.08)
  expect(share).toBeLessThan(0.12)
  expect(members.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, n) => inside(n + 1)))
})
