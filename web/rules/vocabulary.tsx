// The names that rules may use, as the server knows them: what the builder offers, and what sentences call things.
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { sayEvent } from '../parts/event-label.ts'
import { useSay, useWorkspace } from '../use.ts'
import { CODES, type Names } from './names.ts'

export type Vocabulary = Out<'ruleVocabulary'>
export type VocabularyPart = Vocabulary['more'][number]

const NOTHING: Vocabulary = {
  events: [],
  attributes: [],
  tags: [],
  stores: [],
  products: [],
  categories: [],
  brands: [],
  salesChannels: [],
  tiers: [],
  coupons: [],
  campaigns: [],
  segments: [],
  named: { journeys: [], coupons: [], campaigns: [] },
  more: [],
  stale: false,
}
const MOST = 300

type Known = { ws: string; vocabulary: Vocabulary; names: Names }
const Context = createContext<Known>({ ws: '', vocabulary: NOTHING, names: CODES })

export function useKnown(ws: string): Known {
  const { locale } = useSay()
  const { workspace } = useWorkspace()
  const vocabulary = useApi('ruleVocabulary', { ws, query: { limit: MOST } }).data ?? NOTHING
  const currency = workspace?.currency ?? CODES.currency
  return useMemo(
    () => ({ ws, vocabulary, names: namesOf(vocabulary, locale === 'en' ? 'en' : 'zh', currency) }),
    [ws, vocabulary, locale, currency],
  )
}

/** Sentences below this call things by their names. */
export function Vocabular({ ws, children }: { ws: string; children: ReactNode }) {
  return <Context.Provider value={useKnown(ws)}>{children}</Context.Provider>
}

export const useVocabulary = (): Known => useContext(Context)

export function namesOf(of: Vocabulary, side: 'zh' | 'en', currency: string): Names {
  const events = new Map(of.events.map(e => [e.name, e]))
  const attributes = new Map(of.attributes.map(a => [a.name, a]))
  const stores = new Map(of.stores.map(s => [s.code, s.name]))
  const products = new Map(of.products.flatMap(p => [[p.product, p.name] as const, [p.sku, p.name] as const]))
  const segments = new Map(of.segments.map(s => [s.id, s]))
  const journeys = new Map(of.named.journeys.map(j => [j.id, j.name]))
  const campaigns = new Map(of.named.campaigns.map(c => [c.id, c.name]))
  const coupons = new Map(of.named.coupons.map(c => [c.key, c.name]))
  return {
    ...CODES,
    event: name => sayEvent(name, events.get(name), side),
    trait: name => attributes.get(name)?.label[side] ?? name,
    choice: (trait, value) =>
      attributes.get(trait)?.choices?.find(c => c.value === value)?.label[side] ?? value,
    store: code => stores.get(code) ?? code,
    product: (by, value) => (by === 'sku' || by === 'product' ? (products.get(value) ?? value) : value),
    segment: id => segments.get(id)?.name ?? id,
    group: (id, key) => segments.get(id)?.groups.find(g => g.key === key)?.name || key,
    coupon: key => coupons.get(key) ?? key,
    journey: id => journeys.get(id) ?? id,
    campaign: id => campaigns.get(id) ?? id,
    currency,
  }
}
