// What was done to people against what was not: shares with Newcombe's interval, revenue a person with Welch's (both with
// their sources in ../journeys/model.ts). Pure.
import { goalLift, type Lift, revenueLift } from '../journeys/model.ts'

export type UpliftArm = {
  people: number
  /** came by themselves within the window after they entered */
  engaged: number
  /** placed an order that stands within it */
  converted: number
  /** had bought before they entered; of them: bought again */
  regulars: number
  repurchased: number
  revenue: number
  revenueSquares: number
  /** whose window is not over yet */
  open: number
}

export const UPLIFT_METRICS = ['engagement', 'conversion', 'repurchase', 'revenue'] as const
export type UpliftMetric = (typeof UPLIFT_METRICS)[number]

const share = (people: number, goals: number) => ({
  people,
  goals,
  revenue: 0,
  revenueSquares: 0,
  buyers: 0,
})

/** Treated minus control; null: nobody is in one of the two. */
export function upliftOf(metric: UpliftMetric, treated: UpliftArm, control: UpliftArm): Lift | null {
  const of = ({ people, engaged, converted, regulars, repurchased, revenue, revenueSquares }: UpliftArm) =>
    metric === 'engagement'
      ? share(people, engaged)
      : metric === 'conversion'
        ? share(people, converted)
        : metric === 'repurchase'
          ? share(regulars, repurchased)
          : { people, goals: converted, revenue, revenueSquares, buyers: converted }
  return (metric === 'revenue' ? revenueLift : goalLift)(of(treated), of(control))
}
