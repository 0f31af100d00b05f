// What is published for a workspace, whole, under a number. Owners load it by number; the reducer is given it.
import type { PublishedJourney } from '../journeys/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { PropFilter } from '../rules/model.ts'
import type { PublishedSegment } from '../segments/model.ts'
import type { PublishedAttribute } from './attributes.ts'
import type { ProfileSettings } from './settings.ts'

export type QuietHours = { from: string; to: string } // wall times 'HH:MM'; may span midnight

/** What runs for some time and is announced and reminded of; `event` says who took part. Times are RFC 3339. */
export type PublishedCampaign = {
  id: string
  name: string
  start: string
  end: string
  event: string
  where?: PropFilter[]
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
  campaigns?: PublishedCampaign[]
  /** what differs from the defaults */
  profile?: ProfileSettings
  /** since which catalogue number each memory is kept; unset (in tests): since ever */
  memories?: Record<string, number>
}
