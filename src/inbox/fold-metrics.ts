// What the fold loops count for /metrics: inputs, transactions, sizes, and what only a scan by the clock has found.
import { Counter, Gauge, Histogram } from 'prom-client'
import type { Core } from '../platform/core.ts'

export type FoldMetrics = {
  folded: Counter
  folds: Counter<'result'>
  duration: Histogram
  pollCaught: Counter
  sweepCaught: Counter
  stateBytes: Histogram
  lag: Gauge
  parked: Counter
  stayed: Counter
}

export function openFoldMetrics(core: Core): FoldMetrics {
  const registers = [core.metrics]
  return {
    folded: new Counter({ name: 'itinera_folded_total', help: 'Inputs and alarms folded', registers }),
    folds: new Counter({
      name: 'itinera_fold_transactions_total',
      help: 'Fold transactions by result',
      labelNames: ['result'],
      registers,
    }),
    duration: new Histogram({
      name: 'itinera_fold_seconds',
      help: 'Time of one fold transaction',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    pollCaught: new Counter({
      name: 'itinera_poll_caught_total',
      help: 'Looks by the clock alone that found rows nobody had announced',
      registers,
    }),
    sweepCaught: new Counter({
      name: 'itinera_sweep_caught_total',
      help: 'Rows that only the scan of the whole inbox found',
      registers,
    }),
    stateBytes: new Histogram({
      name: 'itinera_state_bytes',
      help: 'Size of a customer state document',
      buckets: [256, 512, 1024, 1536, 2048, 4096, 8192, 32768],
      registers,
    }),
    lag: new Gauge({
      name: 'itinera_inbox_lag_seconds',
      help: 'Age of the oldest row at the last read',
      registers,
    }),
    parked: new Counter({ name: 'itinera_parked_total', help: 'Customers set aside', registers }),
    stayed: new Counter({
      name: 'itinera_event_hops_spent_total',
      help: 'Events that customers passed on to each other until they had to stay where they were',
      registers,
    }),
  }
}
