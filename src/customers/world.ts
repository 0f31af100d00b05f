// What is published for a workspace, whole, under a number. Owners load it by number; the reducer is given it.
import type { PublishedJourney } from '../journeys/model.ts'
import type { Uuid } from '../platform/ids.ts'

export type QuietHours = { from: string; to: string } // wall times 'HH:MM'; may span midnight

export type World = {
  no: number
  workspace: Uuid
  timezone: string
  currency: string
  quietHours: QuietHours | null
  journeys: PublishedJourney[]
}
