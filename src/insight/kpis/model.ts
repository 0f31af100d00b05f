// The figures that a team may watch. Their definitions in words stand in web/words/kpis.ts, their SQL in store.ts. Pure.

export const KPI_METRICS = [
  'revenue',
  'orders',
  'aov',
  'new_customers',
  'members',
  'active_share',
  'repurchase_rate',
  'repurchase_cycle',
  'reach_share',
  'engagement_rate',
  'message_revenue',
] as const
export type KpiMetric = (typeof KPI_METRICS)[number]
export const KPI_PERIODS = ['week', 'month', 'quarter'] as const
export type KpiPeriod = (typeof KPI_PERIODS)[number]

/** money: smallest unit. sum: parts added up; share, mean: parts ÷ wholes; median: of parts. down: less is better. now: only the
 *  present is known, so weeks that are over cannot be worked out afterwards. */
export const KPI_KINDS: Record<
  KpiMetric,
  { unit: 'money' | 'count' | 'ratio' | 'days'; how: 'sum' | 'share' | 'median'; down?: true; now?: true }
> = {
  revenue: { unit: 'money', how: 'sum' },
  orders: { unit: 'count', how: 'sum' },
  aov: { unit: 'money', how: 'share' },
  new_customers: { unit: 'count', how: 'sum' },
  members: { unit: 'count', how: 'sum', now: true },
  active_share: { unit: 'ratio', how: 'share', now: true },
  repurchase_rate: { unit: 'ratio', how: 'share' },
  repurchase_cycle: { unit: 'days', how: 'median', down: true },
  reach_share: { unit: 'ratio', how: 'share', now: true },
  engagement_rate: { unit: 'ratio', how: 'share' },
  message_revenue: { unit: 'money', how: 'sum' },
}

export type KpiValue = { value: number | null; part: number; whole: number; people: number }

/** Whether a value is as good as its target. */
export const isMet = (metric: KpiMetric, value: number | null, target: number): boolean =>
  value !== null && (KPI_KINDS[metric].down ? value <= target : value >= target)
