// How people take what is sent to them, and who waits for an answer. Pure.
import { live, segment } from './model.ts'
import { forHours, hoursWithin, times, within } from './params.ts'
import { and, clock, days, event, EVER, happened, hours, last, not, notWithin } from './rules.ts'

/** A customer wrote: on LINE, or as a chat tool tells it. */
const WROTE = ['line.message', 'conversation.received']
const READ = ['message.opened', 'message.clicked']

export const openedOrClicked = segment({
  key: 'opened_or_clicked',
  family: 'engagement',
  name: { zh: '近期開信或點擊', en: 'Opened or clicked' },
  sentence: {
    zh: '最近 {days} 天打開或點過訊息',
    en: 'Opened or clicked a message in the last {days} days',
  },
  purpose: {
    zh: '寄送信譽好、反應快的名單。',
    en: 'A list that answers, and keeps your sender’s good name.',
  },
  params: { days: within(30) },
  define: p => live(happened(READ, last(days(p.days)))),
})

export const silentReaders = segment({
  key: 'sent_not_opened',
  family: 'engagement',
  name: { zh: '收了都不看', en: 'Sent to, never opened' },
  sentence: {
    zh: '最近 {days} 天收到 {times} 則以上訊息，都沒打開也沒點',
    en: 'Was sent {times} messages or more in {days} days and opened or clicked none',
  },
  purpose: { zh: '降低頻率或換渠道。', en: 'Write less, or by another channel.' },
  params: {
    days: within(60),
    times: times(3, '至少幾則', 'At least so many messages'),
  },
  define: p =>
    live(
      and(happened('message.accepted', last(days(p.days)), p.times), not(happened(READ, last(days(p.days))))),
    ),
})

export const notContacted = segment({
  key: 'not_contacted',
  family: 'engagement',
  name: { zh: '最近沒打擾過', en: 'Not contacted lately' },
  sentence: {
    zh: '{days} 天內沒有收到行銷訊息',
    en: 'Was sent no marketing message in the last {days} days',
  },
  purpose: { zh: '下一檔活動可以放心發送。', en: 'Safe to write to next.' },
  params: { days: within(14, '幾天', 'So many days') },
  define: p => live(notWithin('marketing', days(p.days))),
})

export const waitingForReply = segment({
  key: 'waiting_for_reply',
  family: 'engagement',
  name: { zh: '等待團隊回覆', en: 'Waiting for a reply' },
  sentence: {
    zh: '最近 {days} 天內傳來的最後一則訊息，超過 {hours} 小時還沒有人回',
    en: 'Wrote in the last {days} days, was the last to write, and has waited for {hours} h or longer',
  },
  purpose: { zh: '先回覆，再行銷。', en: 'Answer first, sell later.' },
  params: {
    days: within(7),
    hours: forHours(4, 168, '等了幾小時', 'Waiting so many hours'),
  },
  check: hoursWithin,
  define: p =>
    live(
      and(
        event(
          [...WROTE, 'conversation.replied'],
          { of: 'last', path: 'from', test: { is: 'equal', value: 'customer' } },
          EVER,
        ),
        event(WROTE, { of: 'last_at', test: { is: 'in_last', span: days(p.days) } }, EVER),
        event(WROTE, { of: 'last_at', test: { is: 'over_ago', span: hours(p.hours) } }, EVER),
      ),
    ),
})

export const activeLately = segment({
  key: 'active_lately',
  family: 'engagement',
  name: { zh: '近期有互動', en: 'Active lately' },
  sentence: {
    zh: '最近 {days} 天自己做過任何一件事（逛、點、傳訊息、下單）',
    en: 'Did anything of their own accord in the last {days} days (browsed, clicked, wrote, ordered)',
  },
  purpose: { zh: '還在身邊的人。', en: 'Those who are still around.' },
  params: { days: within(30) },
  define: p => live(clock('customer', { is: 'in_last', span: days(p.days) })),
})
