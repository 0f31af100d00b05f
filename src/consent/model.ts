// Purposes of consent: what a brand asks its customers for, and what of it is said of a message. Pure.
import type { Consent, CustomerState } from '../customers/model.ts'

export const MARKETING = 'marketing'
/** Who says it when a person has confirmed what they were asked. */
export const DOUBLE_OPT_IN = 'double opt-in'

/** What decides of a message for a purpose: what was said of that purpose; of one that nobody spoke of, what was said of
 *  marketing as a whole, unless the brand asks for it by itself (`asked`). */
export function consentFor(
  consent: CustomerState['consent'],
  channel: string,
  topic: string,
  asked: boolean,
): Consent | undefined {
  const own = consent[`${channel}/${topic}`]
  return own !== undefined || asked ? own : consent[`${channel}/${MARKETING}`]
}

export const LESS_MS = 7 * 86_400_000

/** They asked for fewer messages or for none now: `less` is one in seven days, over all channels. */
export function holdsBack({ pref, clk }: Pick<CustomerState, 'pref' | 'clk'>, now: number): boolean {
  if (pref === undefined) return false
  if (pref.until !== undefined && now < pref.until) return true
  return pref.less === true && clk?.m !== undefined && now - clk.m < LESS_MS
}
