// Which way of an experiment is better, with an answer that stays right however often one looks. Pure.
//
// Method: a mixture sequential probability ratio test of counts. People are given their way at random, so of those who
// converted the ways are a multinomial sample of the shares as long as no way is better; whatever the conversion rate is and
// however it moves over the day. The likelihood ratio against a Dirichlet mixture around the shares is a martingale then, so
// by Ville's inequality it passes 1/alpha with a probability of at most alpha, over all looks together. It is exact: no
// normal approximation, valid from the first conversion on.
// - H. Robbins, Statistical methods related to the law of the iterated logarithm, Ann. Math. Statist. 41 (1970): mixtures.
// - R. Johari, P. Koomen, L. Pekelis, D. Walsh, Peeking at A/B Tests, KDD 2017: always-valid p-values, mSPRT.
// - S. R. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Time-uniform, nonparametric, nonasymptotic confidence sequences,
//   Ann. Statist. 49 (2021): intervals that hold at all times.
// - M. Lindon, A. Malek, Anytime-valid inference for multinomial count data, NeurIPS 2022: this test.
// Several ways are compared in pairs, each at alpha divided by the number of pairs (Bonferroni).

const METHOD = 'multinomial mSPRT (Lindon & Malek 2022), Bonferroni'

export type Arm = {
  name: string
  /** percent of the people who are given this way */
  share: number
  people: number
  converted: number
}
export type Interval = { low: number; high: number }
export type ArmResult = Arm & {
  rate: number | null
  /** where the rate lies, for all looks at once with 95 % */
  interval: Interval | null
}
export type PairResult = {
  one: string
  two: string
  /** always-valid p-value, before the correction */
  p: number
  /** rate of `two` over rate of `one`, corrected for the number of pairs; null: nobody converted */
  ratio: Interval | null
}
export type Judgement = {
  method: string
  arms: ArmResult[]
  pairs: PairResult[]
  verdict: /** some way has less people than the smallest sample */
    | { is: 'too_few' }
    /** people are not spread as the shares say: something is wrong with the experiment */
    | { is: 'uneven'; p: number }
    | { is: 'open' }
    | { is: 'won'; winner: string }
}

const ALPHA = 0.05
/** Below this the spread of people over the ways is no chance. */
const UNEVEN_ALPHA = 0.001
/** Weight of the mixture: about what a rate better by 20 % shows best. */
const WEIGHT = 100

/** ln Γ(x), x > 0: Stirling's series (NIST DLMF 5.11.1) after moving x up by its recurrence (5.5.1); error under 1e-12. */
export function logGamma(x: number): number {
  let shift = 0
  let at = x
  for (; at < 12; at++) shift += Math.log(at)
  const r = 1 / (at * at)
  const tail = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / at
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + tail - shift
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)

/** ln of the likelihood ratio of a Dirichlet(`weight` × shares) mixture to the shares themselves.
 *  @param shares positive, adding up to 1 */
export function evidence(counts: readonly number[], shares: readonly number[], weight = WEIGHT): number {
  let n = 0
  let sum = 0
  counts.forEach((count, i) => {
    const prior = weight * shares[i]!
    n += count
    sum += logGamma(prior + count) - logGamma(prior) - count * Math.log(shares[i]!)
  })
  return sum + logGamma(weight) - logGamma(weight + n)
}

/** The always-valid p-value of counts against shares. */
export const pValue = (counts: readonly number[], shares: readonly number[]): number =>
  Math.min(1, Math.exp(-evidence(counts, shares)))

/** Confidence sequence of a probability of which `hits` of `hits + misses` draws are seen: all values that the mixture
 *  with prior Beta(a, b) does not speak against. */
export function probabilityInterval(
  hits: number,
  misses: number,
  alpha: number,
  [a, b]: readonly [number, number] = [1, 1],
): Interval {
  const mixed = logBeta(a + hits, b + misses) - logBeta(a, b)
  const against = (p: number): boolean =>
    mixed - (hits && hits * Math.log(p)) - (misses && misses * Math.log1p(-p)) >= Math.log(1 / alpha)
  const middle = hits + misses === 0 ? 0.5 : hits / (hits + misses)
  return { low: edge(against, 0, middle), high: edge(against, 1, middle) }
}

/** The place between `out` and `inside` from which on `against` no longer holds; `out` when it nowhere does. */
function edge(against: (p: number) => boolean, out: number, inside: number): number {
  let [far, near] = [out, inside]
  for (let i = 0; i < 60; i++) {
    const middle = (far + near) / 2
    if (middle !== out && against(middle)) far = middle
    else near = middle
  }
  return far
}

/** Whether one way beats all others, by these counts. Looking again with later counts is allowed at any time. */
export function judge(arms: readonly Arm[], minPeople: number): Judgement {
  const results = arms.map(
    (arm): ArmResult => ({
      ...arm,
      rate: arm.people === 0 ? null : arm.converted / arm.people,
      interval:
        arm.people === 0 ? null : probabilityInterval(arm.converted, arm.people - arm.converted, ALPHA),
    }),
  )
  const alpha = ALPHA / ((arms.length * (arms.length - 1)) / 2)
  const pairs = arms.flatMap((one, i) => arms.slice(i + 1).map(two => compare(one, two, alpha)))
  const judged = { method: METHOD, arms: results, pairs }
  const p = pValue(
    arms.map(arm => arm.people),
    arms.map(arm => arm.share / 100),
  )
  if (p < UNEVEN_ALPHA) return { ...judged, verdict: { is: 'uneven', p } }
  if (arms.some(arm => arm.people < minPeople)) return { ...judged, verdict: { is: 'too_few' } }
  const best = results.reduce((a, b) => ((b.rate ?? 0) > (a.rate ?? 0) ? b : a))
  const beaten = pairs.filter(pair => pair.one === best.name || pair.two === best.name)
  return {
    ...judged,
    verdict: beaten.every(pair => pair.p <= alpha) ? { is: 'won', winner: best.name } : { is: 'open' },
  }
}

function compare(one: Arm, two: Arm, alpha: number): PairResult {
  const q = two.share / (one.share + two.share)
  const counts = [one.converted, two.converted]
  const p = pValue(counts, [1 - q, q])
  if (one.converted + two.converted === 0) return { one: one.name, two: two.name, p, ratio: null }
  const { low, high } = probabilityInterval(two.converted, one.converted, alpha, [
    WEIGHT * q,
    WEIGHT * (1 - q),
  ])
  // of those who converted, `two` has the share q·r2 / (q·r2 + (1 − q)·r1)
  const ratio = (share: number) => (share / (1 - share)) * ((1 - q) / q)
  return { one: one.name, two: two.name, p, ratio: { low: ratio(low), high: ratio(high) } }
}
