// The profile's rules that a workspace may change: stages, what an engaged visit is, purchase phases, wanted contacts.
// Published with the world; a world without them means these defaults. Pure; the web imports this file.
import type { PropFilter } from '../rules/model.ts'

export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'date', 'list'] as const
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number]

/** What takes a customer to a stage; any one condition is enough. */
export type StageCondition =
  /** an event, at least so often */
  | { kind: 'event'; event: string; atLeast: number; where?: PropFilter[] }
  /** so many paid orders that stand */
  | { kind: 'orders'; atLeast: number }
  /** a visit, after an order and within so many days of the last, by someone whose number attribute is above zero */
  | { kind: 'return_visit'; withinDays: number; trait: string }
  /** has a member number */
  | { kind: 'member' }

export type StageRules = Record<'consideration' | 'conversion' | 'retention' | 'advocacy', StageCondition[]>

export const WANTED_CONTACTS = ['email', 'phone', 'line', 'push'] as const
export type WantedContact = (typeof WANTED_CONTACTS)[number]

export type ProfileSettings = {
  /** awareness needs no rule: whoever is known of has touched the brand */
  stages: StageRules
  visit: {
    /** first activity after so long begins a new visit */
    idleMinutes: number
    /** engaged for longer than this (not just as long), or so many page views, or so many conversions */
    engagedOverMs: number
    pageViews: number
    conversions: number
    conversionEvents: string[]
    /** a check-in at a store is a visit, too; left out: visits are to the site or app alone */
    storeCheckIns?: boolean
  }
  phase: { checkoutHours: number; postDays: number }
  wantedContacts: WantedContact[]
}

const event = (name: string, atLeast = 1, where?: PropFilter[]): StageCondition =>
  where ? { kind: 'event', event: name, atLeast, where } : { kind: 'event', event: name, atLeast }

export const DEFAULT_SETTINGS: ProfileSettings = {
  stages: {
    consideration: [
      event('Application Installed'),
      event('contact.followed'),
      event('Products Compared'),
      event('Product Viewed', 2),
      event('Product Added'),
      event('Cart Viewed'),
    ],
    conversion: [event('Signed Up'), { kind: 'orders', atLeast: 1 }],
    retention: [
      { kind: 'orders', atLeast: 2 },
      { kind: 'return_visit', withinDays: 90, trait: 'points' },
    ],
    advocacy: [
      event('Referral Joined'),
      event('Product Reviewed', 1, [{ path: 'rating', op: 'at_least', value: 4 }]),
      event('Store Service Rated', 1, [{ path: 'rating', op: 'at_least', value: 4 }]),
      event('Product Shared'),
      event('Cart Shared'),
      event('NPS Answered', 1, [{ path: 'score', op: 'at_least', value: 9 }]),
    ],
  },
  visit: {
    idleMinutes: 30,
    engagedOverMs: 10_000,
    pageViews: 2,
    conversions: 1,
    conversionEvents: ['Order Completed', 'Signed Up', 'Lead Generated'],
  },
  phase: { checkoutHours: 24, postDays: 30 },
  wantedContacts: ['email', 'phone', 'line'],
}

/** What a workspace saved, over the defaults. */
export const settingsOf = (saved: Partial<ProfileSettings> | null | undefined): ProfileSettings => ({
  ...DEFAULT_SETTINGS,
  ...saved,
})
