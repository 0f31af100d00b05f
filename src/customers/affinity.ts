// What a customer likes: categories and brands, weighted by what was done and when. A deed of weight w at time t counts
// w · 2^(t / half-life) (forward decay: Cormode et al., ICDE 2009), so nothing needs to be aged and the order of events
// does not matter; kept as the logarithm, in hundredths (short in the state). Only the strongest are kept. Pure.
import type { CustomerState } from './model.ts'

const HALF_LIFE_MS = 30 * 86_400_000
/** Scores count from here. */
const EPOCH_MS = Date.UTC(2024, 0, 1)
const MOST = { c: 5, b: 3 } as const
const MAX_NAME = 40

/** Weight of an event of this name, for each product that it names. */
export const LIKE_WEIGHTS: Readonly<Record<string, number>> = {
  'Product Viewed': 1,
  'Product Added to Wishlist': 3,
  'Product Added': 3,
  'Product Reviewed': 3,
  'Order Completed': 5,
}

/** The score of two deeds together. */
const plus = (a: number, b: number): number =>
  Math.round(Math.max(a, b) + 100 * Math.log2(1 + 2 ** (-Math.abs(a - b) / 100)))

function add(scores: Record<string, number>, name: string, score: number, most: number): void {
  if (Object.hasOwn(scores, name)) {
    scores[name] = plus(scores[name]!, score)
    return
  }
  scores[name] = score
  const names = Object.keys(scores)
  if (names.length > most) delete scores[names.reduce((a, b) => (scores[b]! < scores[a]! ? b : a))]
}

const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value !== '__proto__' ? value.slice(0, MAX_NAME) : null

/** Counts a product's category and brand. */
export function like(
  state: CustomerState,
  product: Record<string, unknown>,
  weight: number,
  at: number,
): void {
  const score = Math.round(100 * (Math.log2(weight) + (at - EPOCH_MS) / HALF_LIFE_MS))
  const category = nameOf(product.category)
  const brand = nameOf(product.brand)
  if (category === null && brand === null) return
  const likes = (state.likes ??= {})
  if (category !== null) add((likes.c ??= {}), category, score, MOST.c)
  if (brand !== null) add((likes.b ??= {}), brand, score, MOST.b)
}

export function mergeLikes(state: CustomerState, other: CustomerState): void {
  for (const kind of ['c', 'b'] as const)
    for (const [name, score] of Object.entries(other.likes?.[kind] ?? {}))
      add(((state.likes ??= {})[kind] ??= {}), name, score, MOST[kind])
}

/** The share of each in all that is kept, the strongest first. */
export function sharesOf(scores: Record<string, number> | undefined): { name: string; share: number }[] {
  const list = Object.entries(scores ?? {})
  const top = Math.max(...list.map(([, score]) => score))
  const weights = list.map(([name, score]) => ({ name, weight: 2 ** ((score - top) / 100) }))
  const sum = weights.reduce((all, w) => all + w.weight, 0)
  return weights
    .map(w => ({ name: w.name, share: w.weight / sum }))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
}
