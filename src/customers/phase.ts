// The purchase phase of a moment: during = from a checkout to its order (its event included), or for some hours; post =
// after a paid order until the next product view, or for some days; pre = else. Worked out from the newest checkout,
// order and product view known when the event is folded; of later ones it takes no notice. Pure.
import type { CustomerState } from './model.ts'
import type { ProfileSettings } from './settings.ts'

export type Phase = 'pre' | 'during' | 'post'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The phase at `at`. An order of that very moment has not ended its checkout yet. */
export function phaseAt(
  { phase }: Pick<CustomerState, 'phase'>,
  at: number,
  rules: ProfileSettings['phase'],
): Phase {
  if (phase === undefined) return 'pre'
  const { c, o, v } = phase
  const open = c !== undefined && c <= at && at < c + rules.checkoutHours * HOUR_MS
  if (open && !(o !== undefined && o > c && o < at)) return 'during'
  const after = o !== undefined && o < at && at < o + rules.postDays * DAY_MS
  return after && !(v !== undefined && v > o && v <= at) ? 'post' : 'pre'
}

const MARKS: Readonly<Record<string, 'c' | 'o' | 'v'>> = {
  'Checkout Started': 'c',
  'Order Completed': 'o',
  'Order Paid': 'o',
  'Product Viewed': 'v',
}

/** The phase of an event at `at`; its own mark is noted by now. An order is made during a purchase, also at a till. */
export const phaseOfEvent = (
  state: CustomerState,
  name: string,
  at: number,
  rules: ProfileSettings['phase'],
): Phase => (Object.hasOwn(MARKS, name) && MARKS[name] === 'o' ? 'during' : phaseAt(state, at, rules))

/** Remembers what moves the phase. */
export function notePhase(state: CustomerState, name: string, at: number): void {
  const mark = Object.hasOwn(MARKS, name) ? MARKS[name] : undefined
  if (mark === undefined) return
  const phase = (state.phase ??= {})
  if (phase[mark] === undefined || phase[mark] < at) phase[mark] = at
}

export function mergePhase(state: CustomerState, other: CustomerState): void {
  for (const mark of ['c', 'o', 'v'] as const) {
    const at = other.phase?.[mark]
    if (at === undefined) continue
    const phase = (state.phase ??= {})
    phase[mark] = Math.max(phase[mark] ?? at, at)
  }
}
