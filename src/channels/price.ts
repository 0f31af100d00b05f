// Which price of an account applies to a message, and what that is in the workspace's money. Pure; days are 'YYYY-MM-DD' of the
// workspace's calendar, money is in the smallest unit with at most four decimals (an SMS may cost 0.7 TWD).
import { fromSmallestUnit } from '../customers/money.ts'
import type { Uuid } from '../platform/ids.ts'

export type Purpose = 'marketing' | 'transactional'
export type Price = {
  id: Uuid
  account: Uuid
  /** null: both */
  purpose: Purpose | null
  /** of WhatsApp's templates; service: no template; null: any */
  category: string | null
  /** digits with which the number begins; '': any */
  prefix: string
  /** decimal text, units of the currency */
  price: string
  currency: string
  from: string
}
/** What one unit of the currency is in the workspace's. */
export type Rate = { currency: string; rate: string; from: string }
export type PriceList = {
  prices: Price[]
  rates: Rate[]
  /** categories of templates, by account, name and language */
  categories: Map<string, string>
}
export type Priced = {
  account: Uuid
  purpose: Purpose
  category: string | null
  address: string
  day: string
}

export const PRICE_CATEGORIES = ['marketing', 'utility', 'authentication', 'service'] as const

/** Money is counted in ten-thousandths of the smallest unit: a message may cost a fifth of a dollar. */
export const COST_SCALE = 10_000

export const templateKey = (account: Uuid, name: string, language: string): string =>
  `${account} ${name} ${language}`

/** The category by which WhatsApp asks for a content; null: not WhatsApp, or not known. */
export function categoryOf(
  list: PriceList,
  account: Uuid,
  content: { channel: string; template?: { name: string; language: string } | undefined },
): string | null {
  if (content.channel !== 'whatsapp') return null
  const { template } = content
  if (template === undefined) return 'service'
  return list.categories.get(templateKey(account, template.name, template.language)) ?? null
}

const rank = (p: Price): number =>
  p.prefix.length * 4 + (p.category === null ? 0 : 2) + (p.purpose === null ? 0 : 1)

/** The price that applies; null: none does. */
export function priceFor(prices: Price[], asked: Priced): Price | null {
  const digits = asked.address.replaceAll(/\D/g, '')
  let best: Price | null = null
  for (const p of prices) {
    if (p.account !== asked.account || p.from > asked.day) continue
    if (p.purpose !== null && p.purpose !== asked.purpose) continue
    if (p.category !== null && p.category !== asked.category) continue
    if (!digits.startsWith(p.prefix)) continue
    if (best === null || rank(p) > rank(best) || (rank(p) === rank(best) && p.from >= best.from)) best = p
  }
  return best
}

/** The rate of a day; null: nobody has said one. */
export function rateOf(rates: Rate[], currency: string, day: string): Rate | null {
  let best: Rate | null = null
  for (const r of rates)
    if (r.currency === currency && r.from <= day && (best === null || r.from > best.from)) best = r
  return best
}

/** So many units of a price in the workspace's money; null: there is no rate for its currency yet. */
export function priced(
  price: Pick<Price, 'price' | 'currency'>,
  rates: Rate[],
  currency: string,
  day: string,
  units = 1,
): number | null {
  const rate = price.currency === currency ? '1' : rateOf(rates, price.currency, day)?.rate
  if (rate === undefined) return null
  return inTenThousandths((Number(price.price) * Number(rate) * units) / fromSmallestUnit(1, currency))
}

const inTenThousandths = (cost: number): number =>
  Number.isFinite(cost) && cost > 0 ? Math.round(cost * COST_SCALE) / COST_SCALE : 0

/** By an account's settings, in units of the workspace's currency: a price for each purpose, else the one for all. */
export function costBySettings(
  settings: Record<string, string>,
  currency: string,
  purpose: Purpose = 'marketing',
  units = 1,
): number {
  const own = purpose === 'marketing' ? settings.costMarketing : settings.costTransactional
  return inTenThousandths(
    (Number(own ?? settings.costPerMessage ?? 0) * units) / fromSmallestUnit(1, currency),
  )
}

/** What a message costs by the account's price table, else by its settings. */
export function costOf(
  list: PriceList | undefined,
  account: { id: Uuid; settings: Record<string, string> },
  currency: string,
  asked: Omit<Priced, 'account'>,
  units = 1,
): number {
  const price = list && priceFor(list.prices, { ...asked, account: account.id })
  const cost = price ? priced(price, list.rates, currency, asked.day, units) : null
  return cost ?? costBySettings(account.settings, currency, asked.purpose, units)
}

/** Numbers without a country are read as Taiwan's everywhere: so is what a channel usually costs. */
const HOME = '886'

/** What a marketing message usually costs by this account: to a number at home. */
export const usualCost = (
  list: PriceList | undefined,
  account: { id: Uuid; settings: Record<string, string> },
  currency: string,
  day: string,
): number =>
  costOf(list, account, currency, { purpose: 'marketing', category: 'marketing', address: HOME, day })
