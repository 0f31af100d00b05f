// What the things that a rule names are called: events, attributes, stores, segments … A page gives what it knows; what
// nobody names is called by its code.
import { word } from '../i18n.ts'

export type Names = {
  event: (name: string) => string
  trait: (name: string) => string
  /** a value that an attribute may have */
  choice: (trait: string, value: string) => string
  prop: (path: string) => string
  store: (code: string) => string
  product: (by: 'sku' | 'product' | 'category' | 'brand', value: string) => string
  segment: (id: string) => string
  group: (segment: string, key: string) => string
  tier: (code: string) => string
  coupon: (code: string) => string
  journey: (id: string) => string
  campaign: (id: string) => string
  /** of the workspace: amounts are in its smallest unit */
  currency: string
}

const itself = (code: string): string => code

export const CODES: Names = {
  event: name => word('fact', name),
  trait: itself,
  choice: (_, value) => value,
  prop: path => word('prop', path),
  store: itself,
  product: (_, value) => value,
  segment: itself,
  group: (_, key) => key,
  tier: itself,
  coupon: itself,
  journey: itself,
  campaign: itself,
  currency: 'TWD',
}
