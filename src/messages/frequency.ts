// Frequency rules: at most so many marketing messages to one person in a window, for people of a segment and by a channel.
// Which rules ask about a message, since when they count, and how they are said. Pure; times are workspace ms.
import type { ChannelName } from '../channels/model.ts'
import { CHANNEL_WORDS } from '../channels/words.ts'
import { dayOf, periodStart, startOfDay } from '../platform/zone-days.ts'
import type { Uuid } from '../platform/ids.ts'
import type { CustomerState } from '../customers/model.ts'
import type { Ask } from './limits.ts'
import type { Intent } from './model.ts'

export type FrequencyPer = 'day' | 'week' | 'days'
export type FrequencyRule = {
  id: Uuid
  /** number of the segment whose people it is for; null: everybody */
  segment: number | null
  segmentName: string | null
  /** null: all channels together */
  channel: ChannelName | null
  max: number
  /** day and week (from Monday): of the workspace's calendar; days: so many times 24 hours back */
  per: FrequencyPer
  days: number
}
/** As kept with a message that a rule held back. */
export type HeldAs = Pick<FrequencyRule, 'segmentName' | 'channel' | 'max' | 'per' | 'days'>

const DAY_MS = 86_400_000
export const FREQUENCY = 'frequency'

/** The moment from which on messages count. */
export function countsFrom({ per, days }: Pick<FrequencyRule, 'per' | 'days'>, now: number, zone: string) {
  return per === 'days' ? now - days * DAY_MS + 1 : startOfDay(periodStart(dayOf(now, zone), per, 0), zone)
}

/** The moment from which on what was sent until now counts no more; null: that is not one moment, as the window rolls. */
export function countsUntil({ per }: Pick<FrequencyRule, 'per'>, now: number, zone: string): number | null {
  return per === 'days' ? null : startOfDay(periodStart(periodStart(dayOf(now, zone), per, 0), per, -1), zone)
}

const spanDays = (r: FrequencyRule): number => (r.per === 'day' ? 1 : r.per === 'week' ? 7 : r.days)

/** Whether rules ask about it at all: what is transactional is never held, and tests count nowhere. */
export const isCounted = ({ purpose, origin }: Pick<Intent, 'purpose' | 'origin'>): boolean =>
  purpose === 'marketing' && origin !== 'test'

/** What the rules ask for one message to this person; the strictest (fewest a day) first, so that it is the one named. */
export function frequencyAsks(
  rules: FrequencyRule[],
  intent: Pick<Intent, 'purpose' | 'origin' | 'channel'>,
  customer: Pick<CustomerState, 'id' | 'seg' | 'absorbed'>,
  now: number,
  zone: string,
): Ask[] {
  if (!isCounted(intent)) return []
  return rules
    .filter(
      r =>
        (r.channel === null || r.channel === intent.channel) &&
        (r.segment === null || customer.seg?.some(m => m[0] === r.segment)),
    )
    .toSorted((a, b) => a.max / spanDays(a) - b.max / spanDays(b))
    .map(rule => ({
      key: `${FREQUENCY}:${rule.id}:${customer.id}`,
      per: 'ever',
      start: countsFrom(rule, now, zone),
      end: Number.POSITIVE_INFINITY,
      max: rule.max,
      amount: 1,
      wait: false,
      of: { rule, people: [customer.id, ...customer.absorbed] },
    }))
}

export const heldAs = ({ segmentName, channel, max, per, days }: FrequencyRule): HeldAs => ({
  segmentName,
  channel,
  max,
  per,
  days,
})

/** Latin letters stand apart from Chinese ones. */
const apart = (word: string): string => word.replace(/^(?=\w)/, ' ').replace(/(?<=\w)$/, ' ')

/** The rule as one sentence, in both languages. */
export function sayRule({ segmentName, channel, max, per, days }: HeldAs): { zh: string; en: string } {
  const by = channel === null ? { zh: '', en: '' } : CHANNEL_WORDS[channel]
  const window = {
    day: ['每天', 'a day'],
    week: ['每週（週一起算）', 'a week (from Monday)'],
    days: [
      days === 1 ? '任 24 小時內' : `任意連續 ${days} 天內`,
      days === 1 ? 'within any 24 hours' : `within any ${days} days`,
    ],
  }[per]
  return {
    zh: `${segmentName === null ? '每個人' : `「${segmentName}」的人`}${window[0]}最多收到 ${max} 則${apart(by.zh)}行銷訊息`,
    en: `${segmentName === null ? 'Everybody' : `People of “${segmentName}”`} get${segmentName === null ? 's' : ''} at most ${max} marketing message${max === 1 ? '' : 's'}${by.en && ` by ${by.en}`} ${window[1]}`,
  }
}
