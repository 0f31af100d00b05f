// What a journey earned against those who were kept out of it: differences with their intervals. Pure.

export type Arm = { people: number; goals: number; revenue: number; revenueSquares: number; buyers: number }

/** A difference, and where it lies with 95 % certainty at one look; `enough`: not too few to say so. */
export type Lift = { value: number; low: number; high: number; enough: boolean }

const Z = 1.959964
/** Below these, chance alone moves a figure more than any journey does. */
const LEAST_PEOPLE = 30
const LEAST_GOALS = 10
const LEAST_BUYERS = 20

/** Score interval of a share (Wilson 1927). */
export function wilson(hits: number, n: number): [low: number, high: number] {
  if (n === 0) return [0, 1]
  const p = hits / n
  const zz = Z * Z
  const middle = (p + zz / (2 * n)) / (1 + zz / n)
  const half = (Z / (1 + zz / n)) * Math.sqrt((p * (1 - p)) / n + zz / (4 * n * n))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

/** Difference of two shares, treated minus control, with the hybrid score interval (Newcombe 1998, "Interval estimation
 *  for the difference between independent proportions", method 10). Null: nobody in one of the two. */
export function goalLift(treated: Arm, control: Arm): Lift | null {
  if (treated.people === 0 || control.people === 0) return null
  const [p1, p2] = [treated.goals / treated.people, control.goals / control.people]
  const [l1, u1] = wilson(treated.goals, treated.people)
  const [l2, u2] = wilson(control.goals, control.people)
  const value = p1 - p2
  return {
    value,
    low: value - Math.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
    high: value + Math.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2),
    enough:
      Math.min(treated.people, control.people) >= LEAST_PEOPLE &&
      treated.goals + control.goals >= LEAST_GOALS,
  }
}

const meanAndError = ({ people: n, revenue, revenueSquares }: Arm): [mean: number, squaredError: number] => {
  const mean = revenue / n
  return [mean, Math.max(0, revenueSquares - n * mean * mean) / (n - 1) / n]
}

/** Difference of the mean revenue of a person, with the interval of two means of unequal variance (Welch 1947; of the
 *  normal distribution, as the arms are large where `enough`). Null: fewer than two people in one of the two. */
export function revenueLift(treated: Arm, control: Arm): Lift | null {
  if (treated.people < 2 || control.people < 2) return null
  const [m1, e1] = meanAndError(treated)
  const [m2, e2] = meanAndError(control)
  const half = Z * Math.sqrt(e1 + e2)
  return {
    value: m1 - m2,
    low: m1 - m2 - half,
    high: m1 - m2 + half,
    enough:
      Math.min(treated.people, control.people) >= 2 * LEAST_PEOPLE &&
      treated.buyers + control.buyers >= LEAST_BUYERS,
  }
}
