// Booking: hotels, clinics, salons, classes: a time is reserved, changed, kept or missed.
import type { Preset } from '../model.ts'
import { again, DAY, event, HOUR, line, named, on, tag, touchpoint, wait, waitFor } from './parts.ts'
import { happened } from '../../rules/make.ts'

export const booking: Preset = {
  key: 'booking',
  name: { zh: '預約服務', en: 'Booking' },
  lead: {
    zh: '住宿、診所、美容、課程：從預約、提醒、報到到回訪。',
    en: 'Hotels, clinics, salons, classes: from the booking and its reminder to arrival and the next visit.',
  },
  channels: [named('booking_site', '預約網站', 'Booking site'), named('front_desk', '櫃檯', 'Front desk')],
  events: [
    event('Availability Searched', '查詢空檔', 'Searched availability', 'booking_site', [
      'service',
      'date_from',
      'date_to',
      'guests',
    ]),
    event('Booking Started', '開始預約', 'Started a booking', 'booking_site', ['service', 'date', 'guests']),
    event('Booking Confirmed', '預約成立', 'Booking confirmed', 'booking_site', [
      'booking_id',
      'service',
      'date',
      'time',
      'store',
      'staff',
      'total',
      'currency',
    ]),
    event('Booking Changed', '變更預約', 'Booking changed', null, ['booking_id', 'date', 'time']),
    event('Booking Cancelled', '取消預約', 'Booking cancelled', null, ['booking_id', 'reason']),
    event('Checked In', '報到', 'Checked in', 'front_desk', ['booking_id', 'store']),
    event('Visit Completed', '服務完成', 'Visit completed', 'front_desk', [
      'booking_id',
      'store',
      'staff',
      'total',
      'currency',
    ]),
    event('No Show', '未到', 'No show', 'front_desk', ['booking_id', 'store']),
  ],
  touchpoints: [
    touchpoint('booking_calendar', '線上空檔表', 'Online calendar', 'booking_site'),
    touchpoint('reminder_message', '預約提醒', 'Reminder message', 'line'),
    touchpoint('check_in_desk', '報到櫃檯', 'Check-in desk', 'front_desk'),
    touchpoint('after_visit_survey', '服務後問卷', 'Survey after the visit', 'line'),
  ],
  journeys: [
    {
      format: 1,
      name: '預約未完成提醒',
      trigger: on('Booking Started'),
      reentry: { kind: 'after_exit', coolDownMs: DAY },
      goal: { rule: happened('Booking Confirmed'), exitOnGoal: true },
      exits: [],
      start: 'wait',
      nodes: {
        wait: waitFor('等兩小時看是否完成', 'Booking Confirmed', 2 * HOUR, {
          event: null,
          timeout: 'remind',
        }),
        remind: line(
          '提醒完成預約',
          "{{ customer.name | default: '您好' }}，您看的「{{ event.props.service | default: '服務' }}」還有空檔，差一步就能完成預約。",
          'window',
          'marketing',
        ),
        window: wait('三天內預約算達成', 3 * DAY, null),
      },
    },
    {
      format: 1,
      name: '預約成立、報到與回訪',
      trigger: on('Booking Confirmed'),
      key: 'booking_id',
      reentry: again,
      goal: { rule: happened('Visit Completed'), exitOnGoal: false },
      exits: [{ name: '已取消', rule: happened('Booking Cancelled') }],
      start: 'confirm',
      nodes: {
        confirm: line(
          '預約確認',
          "{{ customer.name | default: '您好' }}，已為您保留 {{ event.props.date }} {{ event.props.time }} 的「{{ event.props.service | default: '服務' }}」。",
          'visit',
        ),
        visit: waitFor('等待服務完成', 'Visit Completed', 90 * DAY, { event: 'rest', timeout: null }),
        rest: wait('隔一天', DAY, 'ask'),
        ask: line('請顧客評分', '謝謝您昨天來訪，這次的服務您會給幾分？直接回覆 1 到 5 就可以。', 'mark'),
        mark: tag('標記來過', '來過', null),
      },
    },
  ],
}
