// What the metrics are called, which class each is of (O: results; X: behaviour and feedback) and in what it is counted.
// Their definitions in words stand in web/words/insight.ts, their SQL in store.ts. Pure.

export type MetricClass = 'O' | 'X'
/** money: smallest unit of the workspace's currency; ratio: 0 to 1 */
export type MetricUnit = 'money' | 'ratio' | 'count' | 'number' | 'seconds'

export const METRICS = {
  revenue: { class: 'O', unit: 'money' },
  cost: { class: 'O', unit: 'money' },
  gross_margin: { class: 'O', unit: 'money' },
  margin_rate: { class: 'O', unit: 'ratio' },
  orders: { class: 'O', unit: 'count' },
  buyers: { class: 'O', unit: 'count' },
  aov: { class: 'O', unit: 'money' },
  frequency: { class: 'O', unit: 'number' },
  refund_rate: { class: 'O', unit: 'ratio' },
  click_rate: { class: 'X', unit: 'ratio' },
  view_time: { class: 'X', unit: 'seconds' },
  cart_abandon_rate: { class: 'X', unit: 'ratio' },
  conversion_rate: { class: 'X', unit: 'ratio' },
} as const satisfies Record<string, { class: MetricClass; unit: MetricUnit }>

export type MetricKey = keyof typeof METRICS
export const METRIC_KEYS = Object.keys(METRICS) as [MetricKey, ...MetricKey[]]

/** Hours without another addition after which a cart with no order counts as abandoned. */
export const CART_WINDOW_HOURS = 24
