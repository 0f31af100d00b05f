// Where a claimed message goes that was not sent, and where an unknown one stays. Pure.
import type { Decision, End } from './decide.ts'
import type { SkipReason } from './model.ts'

export const skip = (reason: SkipReason): End => ({
  to: 'skipped',
  outcome: 'skipped',
  reason,
  providerId: null,
  delayMs: null,
  refund: false,
  suppress: false,
  attention: null,
})

/** Back to intended. `booked`: its place in its account's rate is then. */
export const back = (delayMs: number | 'never', reason: string | null, booked = false): End => ({
  ...skip('late'),
  to: 'intended',
  outcome: null,
  reason,
  delayMs,
  ...(booked ? { booked } : {}),
})

export const ending = (d: Exclude<Decision, { do: 'send' }>): End =>
  d.do === 'skip' ? skip(d.reason) : d.do === 'hold' ? back('never', 'paused') : back(d.ms, null)

export const stay = (delayMs: number | 'never', reason: string): End => ({
  ...back(delayMs, reason),
  to: 'unknown',
})
