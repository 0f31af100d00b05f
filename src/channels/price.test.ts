// Which price applies, and what it is in the workspace's money.
import { expect, test } from 'vitest'
import {
  categoryOf,
  costOf,
  type Price,
  type Priced,
  priced,
  priceFor,
  type PriceList,
  templateKey,
  usualCost,
} from './price.ts'

const ACCOUNT = 'a'
const price = (id: string, more: Partial<Price> = {}): Price => ({
  id,
  account: ACCOUNT,
  purpose: null,
  category: null,
  prefix: '',
  price: '1',
  currency: 'TWD',
  from: '2026-01-01',
  ...more,
})
const PRICES: Price[] = [
  price('any'),
  price('other account', { account: 'b', prefix: '886912' }),
  price('marketing', { purpose: 'marketing' }),
  price('taiwan', { prefix: '886' }),
  price('taiwan mobile', { prefix: '8869' }),
  price('taiwan next year', { prefix: '886', from: '2027-01-01' }),
  price('utility', { category: 'utility' }),
  price('utility taiwan', { category: 'utility', prefix: '886' }),
  price('japan, old', { prefix: '81', from: '2026-01-01' }),
  price('japan, new', { prefix: '81', from: '2026-06-01' }),
  price('japan, same day', { prefix: '81', from: '2026-06-01' }),
]
const asked = {
  account: ACCOUNT,
  purpose: 'transactional',
  category: null,
  address: '',
  day: '2026-05-31',
} as const
const of = (more: Record<string, string>) => priceFor(PRICES, { ...asked, ...(more as Partial<Priced>) })?.id

test.each<[Record<string, string>, string | undefined]>([
  [{}, 'any'],
  [{ purpose: 'marketing' }, 'marketing'],
  [{ address: '+886 2 2345 6789' }, 'taiwan'],
  [{ address: '+886912345678' }, 'taiwan mobile'],
  [{ address: '886912345678', purpose: 'marketing' }, 'taiwan mobile'],
  [{ category: 'utility', address: '+852' }, 'utility'],
  [{ category: 'utility', address: '+88622' }, 'utility taiwan'],
  [{ category: 'utility', address: '+886912' }, 'taiwan mobile'],
  [{ category: 'authentication', purpose: 'marketing' }, 'marketing'],
  [{ address: '+886222', day: '2027-01-01' }, 'taiwan next year'],
  [{ address: '+81', day: '2026-05-31' }, 'japan, old'],
  [{ address: '+81', day: '2026-06-01' }, 'japan, same day'],
  [{ day: '2025-12-31' }, undefined],
  [{ account: 'c' }, undefined],
])('the most exact price that applies: %j is %s', (more, id) => {
  expect(of(more)).toBe(id)
})

test('a price in another currency counts by the rate of the day, to four decimals of the smallest unit', () => {
  const rates = [
    { currency: 'USD', rate: '32.1547', from: '2026-01-01' },
    { currency: 'USD', rate: '30', from: '2026-06-01' },
  ]
  const usd = { price: '0.0342', currency: 'USD' }
  expect(priced(usd, rates, 'TWD', '2026-05-31')).toBe(1.0997)
  expect(priced(usd, rates, 'TWD', '2026-06-01', 2)).toBe(2.052)
  expect(priced(usd, rates, 'TWD', '2025-12-31')).toBeNull()
  expect(priced({ price: '0.7', currency: 'TWD' }, [], 'TWD', '2026-01-01', 3)).toBe(2.1)
  expect(priced({ price: '0.0075', currency: 'USD' }, [], 'USD', '2026-01-01')).toBe(0.75)
})

test('without a price, or a rate of its currency, the account’s settings count', () => {
  const list: PriceList = {
    prices: [price('x', { price: '9', prefix: '886' })],
    rates: [],
    categories: new Map(),
  }
  const account = { id: ACCOUNT, settings: { costPerMessage: '0.2', costMarketing: '0.3' } }
  const ask = { ...asked, address: '+852' }
  expect(costOf(list, account, 'TWD', ask)).toBe(0.2)
  expect(costOf(undefined, account, 'TWD', { ...ask, purpose: 'marketing' })).toBe(0.3)
  expect(costOf(list, account, 'TWD', { ...ask, address: '+886' }, 2)).toBe(18)
  expect(costOf({ ...list, prices: [price('x', { currency: 'USD' })] }, account, 'TWD', ask)).toBe(0.2)
  expect(costOf(list, { id: 'b', settings: {} }, 'TWD', ask)).toBe(0)
  expect(usualCost(list, account, 'TWD', '2026-05-01')).toBe(9)
})

test('WhatsApp asks by the template’s category; without a template it is service', () => {
  const categories = new Map([[templateKey(ACCOUNT, 'promo', 'zh_TW'), 'marketing']])
  const list: PriceList = { prices: [], rates: [], categories }
  const whatsapp = (template?: { name: string; language: string }) =>
    categoryOf(list, ACCOUNT, { channel: 'whatsapp', template })
  expect(whatsapp({ name: 'promo', language: 'zh_TW' })).toBe('marketing')
  expect(whatsapp({ name: 'gone', language: 'zh_TW' })).toBeNull()
  expect(whatsapp()).toBe('service')
  expect(categoryOf(list, ACCOUNT, { channel: 'sms' })).toBeNull()
})
