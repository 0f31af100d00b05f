// Which figures open the people behind them, beside those whose lists have endpoints of their own subject. Pure.

export const REACH_FIGURES = [
  'bound',
  'consented',
  'reachable',
  'people',
  'opened',
  'clicked',
  'buyers',
] as const
export type ReachFigure = (typeof REACH_FIGURES)[number]

export const UPLIFT_FIGURES = [
  'people',
  'engaged',
  'converted',
  'regulars',
  'repurchased',
  'open',
  'converted_before',
] as const
export type UpliftFigure = (typeof UPLIFT_FIGURES)[number]

/** joined, goal: whoever did it within the period, reached or not. */
export const CAMPAIGN_FIGURES = ['sent', 'reached', 'clicked', 'participants', 'joined', 'goal'] as const
export type CampaignFigure = (typeof CAMPAIGN_FIGURES)[number]

/** audience: of whom it is known by now whether they entered. */
export const BROADCAST_FIGURES = [
  'audience',
  'accepted',
  'delivered',
  'clicked',
  'failed',
  'unknown',
  'skipped',
  'control',
  'waiting',
  'notEntered',
] as const
export type BroadcastFigure = (typeof BROADCAST_FIGURES)[number]

export const COMPARED_FIGURES = ['people', 'delivered', 'clicked', 'goals'] as const
export type ComparedFigure = (typeof COMPARED_FIGURES)[number]

/** More rows than this are no page but an export of customers. */
export const MOST_ROWS = 50_000
