// How the credit of one conversion is shared among the touches before it. Pure.
//
// first, last: all to one. last_non_direct: to the last that is no direct visit; all are: the last. linear: the same to each.
// position (U-shaped): 40 % first, 40 % last, 20 % shared by those between; of two a half each. time_decay: a touch weighs
// 2^(−age ÷ half-life). Age is counted back from the newest touch; counted from the conversion the shares would be the same.
// The usual half-life is 7 days, which Google Analytics documented for its time-decay model. Weights are put to the same
// sum, so credits always add up to the whole.

export const MODELS = ['first', 'last', 'last_non_direct', 'linear', 'position', 'time_decay'] as const
export type Model = (typeof MODELS)[number]

export const USUAL_HALF_LIFE_DAYS = 7

/** In order of time. */
export type Touched = { at: number; direct: boolean }

const ENDS = 0.4

/** One weight for each touch, adding up to 1 but for rounding; empty for none. */
export function weightsOf(model: Model, touches: readonly Touched[], halfLifeMs: number): number[] {
  const n = touches.length
  if (n === 0) return []
  const only = (which: number) => touches.map((_, i) => (i === which ? 1 : 0))
  switch (model) {
    case 'first':
      return only(0)
    case 'last':
      return only(n - 1)
    case 'last_non_direct': {
      const last = touches.findLastIndex(t => !t.direct)
      return only(last < 0 ? n - 1 : last)
    }
    case 'linear':
      return touches.map(() => 1 / n)
    case 'position':
      if (n < 3) return touches.map(() => 1 / n)
      return touches.map((_, i) => (i === 0 || i === n - 1 ? ENDS : (1 - 2 * ENDS) / (n - 2)))
    case 'time_decay': {
      // against the newest, so that a long window does not leave nothing
      const newest = touches[n - 1]!.at
      const raw = touches.map(t => 2 ** (-(newest - t.at) / halfLifeMs))
      const sum = raw.reduce((a, b) => a + b, 0)
      return raw.map(w => w / sum)
    }
  }
}

/** A whole number in whole parts by weights, by the largest remainder (Hamilton): they add up to it exactly. Of equal
 *  remainders the earlier gets more. Negative numbers are shared like positive ones. */
export function shareOut(total: number, weights: readonly number[]): number[] {
  if (weights.length === 0) return []
  const sign = total < 0 ? -1 : 1
  const whole = Math.abs(total)
  const sum = weights.reduce((a, b) => a + b, 0)
  const exact = weights.map(w => (whole * w) / sum)
  const parts = exact.map(Math.floor)
  let left = whole - parts.reduce((a, b) => a + b, 0)
  const order = exact.map((x, i) => ({ i, rest: x - parts[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i)
  for (let k = 0; left > 0; k++, left--) parts[order[k % order.length]!.i]!++
  // rounding may have given one too many
  for (let k = order.length - 1; left < 0; k--)
    if (parts[order[k]!.i]! > 0) {
      parts[order[k]!.i]!--
      left++
    }
  return parts.map(p => (p === 0 ? 0 : sign * p))
}
