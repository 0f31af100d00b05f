// How well a channel reaches: the share of its messages that arrive, as reach nodes choose by it. Pure.

/** What rates are worked out from. */
export const REACH_DAYS = 90

/** Of messages sent and reached, by the rule of succession: a channel of which nothing is known stands at a half. */
export const reachRate = (sent: number, reached: number): number =>
  Math.round((1000 * (reached + 1)) / (sent + 2)) / 1000
