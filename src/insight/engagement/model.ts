// What is counted of messages, and by what it can be told apart. docs/PROOF.md says each figure in words. Pure.
import { type ChannelName, isChannel } from '../../channels/model.ts'
import type { PropFilter } from '../../rules/model.ts'

/** sent: the provider took it. reached: it got there (`reachedBy`). machine: opened by a program, never counted as opened. */
export const FIGURES = [
  'sent',
  'delivered',
  'reached',
  'opened',
  'machine',
  'clicked',
  'participated',
  'bounced',
  'complained',
  'blocked',
  'unsubscribed',
] as const
export type Figure = (typeof FIGURES)[number]

/** message: what one node of one version of a journey sent. cta: a link by its label. */
export const DIMENSIONS = [
  'channel',
  'campaign',
  'journey',
  'message',
  'cta',
  'day',
  'purpose',
  'module',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** How an opening is known: of each person, only as sums of many (LINE), or not at all. */
export const OPENS: Record<ChannelName, 'person' | 'sums' | 'none'> = {
  line: 'sums',
  email: 'person',
  sms: 'none',
  whatsapp: 'person',
  messenger: 'person',
  instagram: 'person',
  push: 'none',
  webpush: 'none',
}

/** Who took part: those who did this after a message reached them, within its window, and (from, to: ms) in that time.
 *  null: who clicked a message or answered it. */
export type Participation = {
  events: { event: string; where: PropFilter[] }[]
  from?: number
  to?: number
} | null

/** How long after a message something counts as its doing. */
export const USUAL_WINDOW_DAYS = 7

export type Counted = Record<Figure, { messages: number; people: number }>

/** Participants ÷ reached, each person once; null where nobody was reached. */
export const engagementRate = (c: Counted): number | null =>
  c.reached.people === 0 ? null : c.participated.people / c.reached.people

/** Several channels: of each person where one of them tells so. */
export function opensOf(channels: readonly string[]): 'person' | 'sums' | 'none' {
  const ways = channels.map(c => (isChannel(c) ? OPENS[c] : 'none'))
  return ways.includes('person') ? 'person' : ways.includes('sums') ? 'sums' : 'none'
}
