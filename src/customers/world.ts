// What is published for a workspace, whole, under a number. Owners load it by number; the reducer is given it.
import type { FrequencyCap, PublishedJourney } from '../journeys/model.ts'
import type { PointsSettings, PublishedCoupon } from '../membership/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { PropFilter } from '../rules/model.ts'
import type { PublishedSegment } from '../segments/model.ts'
import type { PublishedAttribute } from './attributes.ts'
import type { ProfileSettings } from './settings.ts'

export type QuietHours = { from: string; to: string } // wall times 'HH:MM'; may span midnight

/** Most marketing messages to one person, over all journeys. Transactional ones are never held back; they use the
 *  allowance up only where `countTransactional`. */
export type SendingRules = { caps: FrequencyCap[]; countTransactional?: boolean }

/** What runs for some time and is announced and reminded of; `event` says who took part. Times are RFC 3339. */
export type PublishedCampaign = {
  id: string
  name: string
  start: string
  end: string
  event: string
  where?: PropFilter[]
  /** further events by which people take part */
  also?: { event: string; where: PropFilter[] }[]
}

export type World = {
  no: number
  workspace: Uuid
  timezone: string
  currency: string
  quietHours: QuietHours | null
  journeys: PublishedJourney[]
  /** the workspace's own attributes; the built-in ones need not be told */
  attributes?: PublishedAttribute[]
  segments?: PublishedSegment[]
  /** unset: nothing is capped but what a journey caps itself */
  sending?: SendingRules
  coupons?: PublishedCoupon[]
  points?: PointsSettings
  campaigns?: PublishedCampaign[]
  /** at which hours people act is counted, whatever is published now: a broadcast asked for it once */
  hours?: true
  /** what differs from the defaults */
  profile?: ProfileSettings
  /** what one message costs by channel, in units of the currency */
  costs?: Record<string, number>
  /** share of a channel's messages that arrived lately, 0 to 1 */
  reach?: Record<string, number>
  /** LINE lets an account write to the phone numbers of who is no friend */
  toPhones?: true
  /** percent of all people who are kept out of every journey that sells (global holdout); unset: none */
  holdoutPercent?: number
  /** since which catalogue number each memory is kept; unset (in tests): since ever */
  memories?: Record<string, number>
}
