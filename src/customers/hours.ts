// At which hour of the day a customer acts: 24 counts from 0 to 35, one character each, halved when one is full, so that
// newer habits outweigh older ones. Kept only where a published journey asks. Pure.
import { wallHour } from '../platform/wall-time.ts'
import type { CustomerState } from './model.ts'

const MOST = 35
const NONE = '0'.repeat(24)
/** Fewer acts than this say nothing about a habit. */
const ENOUGH = 5

const countsOf = (hours: string): number[] => Array.from(hours, c => Number.parseInt(c, 36))

function write(counts: number[]): string {
  const halve = counts.some(n => n > MOST)
  return counts.map(n => (halve ? n >> 1 : n).toString(36)).join('')
}

/** Counts one act. @param at when it occurred */
export function countHour(state: CustomerState, at: number, zone: string): void {
  const counts = countsOf(state.hrs ?? NONE)
  counts[wallHour(at, zone)]!++
  state.hrs = write(counts)
}

/** The hour (0 to 23) at which the customer acts most, the earlier of equal ones; null while too little is known. */
export function bestHour(state: Pick<CustomerState, 'hrs'>): number | null {
  if (state.hrs === undefined) return null
  const counts = countsOf(state.hrs)
  if (counts.reduce((a, b) => a + b, 0) < ENOUGH) return null
  return counts.indexOf(Math.max(...counts))
}

/** Both people's acts together. */
export function mergeHours(state: CustomerState, other: CustomerState): void {
  if (other.hrs === undefined) return
  const theirs = countsOf(other.hrs)
  let counts = countsOf(state.hrs ?? NONE).map((n, i) => n + theirs[i]!)
  while (counts.some(n => n > MOST)) counts = counts.map(n => n >> 1)
  state.hrs = write(counts)
}
