// Restaurant order and pay: a table, a code on it, an order, a payment, a next visit.
import type { Preset } from '../model.ts'
import { again, DAY, event, HOUR, line, named, on, tag, touchpoint, wait, waitFor } from './parts.ts'
import { happened } from '../../rules/make.ts'

export const restaurant: Preset = {
  key: 'restaurant',
  name: { zh: '餐飲點餐與付款', en: 'Restaurant order and pay' },
  lead: {
    zh: '訂位、掃桌碼點餐、結帳、外帶與外送，以及下一次來店。',
    en: 'Reservations, ordering by the code on the table, paying, takeaway and delivery, and the next visit.',
  },
  channels: [
    named('table_qr', '桌邊掃碼', 'Table QR'),
    named('kiosk', '點餐機', 'Kiosk'),
    named('delivery_app', '外送平台', 'Delivery app'),
  ],
  events: [
    event('Table Reserved', '訂位成立', 'Table reserved', null, [
      'reservation_id',
      'store',
      'date',
      'time',
      'guests',
    ]),
    event('Seated', '入座', 'Seated', 'table_qr', ['reservation_id', 'store', 'table', 'guests']),
    event('Menu Viewed', '看菜單', 'Viewed the menu', 'table_qr', ['store', 'table', 'menu']),
    event('Food Ordered', '點餐', 'Ordered food', 'table_qr', [
      'order_id',
      'store',
      'table',
      'total',
      'currency',
      'products',
    ]),
    event('Bill Paid', '結帳', 'Paid the bill', 'table_qr', [
      'order_id',
      'store',
      'total',
      'currency',
      'tip',
      'method',
    ]),
    event('Takeaway Ordered', '外帶下單', 'Ordered takeaway', 'kiosk', [
      'order_id',
      'store',
      'total',
      'currency',
    ]),
    event('Takeaway Ready', '外帶備妥', 'Takeaway ready', null, ['order_id', 'store']),
    event('Delivery Ordered', '外送下單', 'Ordered delivery', 'delivery_app', [
      'order_id',
      'platform',
      'total',
      'currency',
    ]),
    event('Meal Rated', '餐點評分', 'Rated the meal', null, ['order_id', 'store', 'rating', 'comment']),
  ],
  touchpoints: [
    touchpoint('table_code', '桌上 QR code', 'QR code on the table', 'table_qr'),
    touchpoint('ordering_kiosk', '自助點餐機', 'Ordering kiosk', 'kiosk'),
    touchpoint('receipt', '發票與明細', 'Receipt', 'table_qr'),
    touchpoint('delivery_bag', '外送袋卡片', 'Card in the delivery bag', 'delivery_app'),
  ],
  journeys: [
    {
      format: 1,
      name: '外帶備妥通知',
      trigger: on('Takeaway Ready'),
      key: 'order_id',
      reentry: again,
      exits: [],
      start: 'tell',
      nodes: {
        tell: line(
          '請來取餐',
          "{{ customer.name | default: '您好' }}，訂單 {{ event.props.order_id }} 的餐點準備好了，請到櫃檯取餐。",
          null,
        ),
      },
    },
    {
      format: 1,
      name: '用餐後評分與再訪',
      trigger: on('Bill Paid'),
      reentry: { kind: 'after_exit', coolDownMs: 14 * DAY },
      goal: { rule: happened('Table Reserved'), exitOnGoal: false },
      exits: [],
      start: 'rest',
      nodes: {
        rest: wait('兩小時後', 2 * HOUR, 'ask'),
        ask: line('請評分', '今天的餐點還喜歡嗎？回覆 1 到 5，讓我們知道。', 'rated'),
        rated: waitFor('等評分', 'Meal Rated', 2 * DAY, { event: 'mark', timeout: 'later' }),
        mark: tag('標記給過評分', '給過評分', 'later'),
        later: wait('三週後', 21 * DAY, 'invite'),
        invite: line(
          '邀請再訪',
          "{{ customer.name | default: '您好' }}，好一陣子沒見到您了，這週還有位子，要幫您留一桌嗎？",
          null,
          'marketing',
        ),
      },
    },
  ],
}
