// What the quality of customer data is judged by: rules in four dimensions, and the score they give. Pure.

export const DIMENSIONS = ['format', 'duplicate', 'stale', 'missing'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Rules that every workspace has. A wanted attribute or contact adds `missing.<name>`. */
export const RULES = {
  bad_email: 'format',
  bad_phone: 'format',
  refused: 'format',
  same_email: 'duplicate',
  same_phone: 'duplicate',
  not_seen: 'stale',
  not_verified: 'stale',
} as const satisfies Record<string, Dimension>
export type FixedRule = keyof typeof RULES
export type QualityRule = FixedRule | `missing.${string}`

export const STALE_MONTHS = 12

/** Score of a dimension: the share of known customers without a finding of it, 0 to 100; of `missing`: how much of
 *  what is wanted is known. The whole is the mean of the four. Null when there is nobody to judge. */
export function scoreOf(
  customers: number,
  affected: Record<Exclude<Dimension, 'missing'>, number>,
  missing: number[],
): { score: number; dimensions: Record<Dimension, number> } | null {
  if (customers === 0) return null
  const without = (n: number) => 100 * (1 - n / customers)
  const gaps = missing.reduce((sum, n) => sum + n, 0)
  const dimensions = {
    format: without(affected.format),
    duplicate: without(affected.duplicate),
    stale: without(affected.stale),
    missing: missing.length === 0 ? 100 : without(gaps / missing.length),
  }
  const sum = DIMENSIONS.reduce((total, d) => total + dimensions[d], 0)
  return { score: Math.round(sum / DIMENSIONS.length), dimensions }
}
