// Where a claimed message goes that was not sent, and where an unknown one stays. Pure.
import { type Decision, type End, end } from './decide.ts'
import type { SkipReason } from './model.ts'

export const skip = (reason: SkipReason): End => end('skipped', 'skipped', reason)

/** Back to intended. `booked`: its place in its account's rate is then. */
export const back = (delayMs: number | 'never', reason: string | null, booked = false): End =>
  end('intended', null, reason, { delayMs, ...(booked ? { booked } : {}) })

/** The end that a decision against sending means. */
export const ending = (d: Exclude<Decision, { do: 'send' }>): End =>
  d.do === 'skip' ? skip(d.reason) : d.do === 'hold' ? back('never', 'paused') : back(d.ms, null)

/** Unknown as before; asked again in so long. */
export const stay = (delayMs: number | 'never', reason: string): End =>
  end('unknown', null, reason, { delayMs })
