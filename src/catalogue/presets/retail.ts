// Stores and a web shop of one brand: browse online, collect in the store, and what follows.
import type { Preset } from '../model.ts'
import { again, DAY, event, line, named, on, tag, touchpoint, wait, waitFor } from './parts.ts'
import { happened } from '../../rules/make.ts'

export const retail: Preset = {
  key: 'retail',
  name: { zh: '門市零售與到店取貨', en: 'Retail and store pick-up' },
  lead: {
    zh: '線上逛、門市取、門市體驗：備妥就通知，沒來取會提醒。',
    en: 'Browse online, collect in the store: a message when it is ready, a reminder when nobody came.',
  },
  channels: [named('store', '門市', 'Store'), named('counter', '專櫃', 'Counter')],
  events: [
    event('Stock Checked', '查門市庫存', 'Checked store stock', null, ['store', 'product_id', 'sku']),
    event('Item Tried', '試穿試用', 'Tried an item', 'store', ['store', 'staff', 'product_id']),
    event('Demo Requested', '預約體驗', 'Asked for a demo', null, ['store', 'product_id']),
    event('Staff Consulted', '諮詢店員', 'Consulted staff', 'store', ['store', 'staff', 'topic']),
    event('Sample Taken', '索取試用包', 'Took a sample', 'counter', ['store', 'product_id']),
  ],
  touchpoints: [
    touchpoint('store_qr', '門市 QR code', 'Store QR code', 'store'),
    touchpoint('fitting_room', '試衣間', 'Fitting room', 'store'),
    touchpoint('pickup_desk', '取貨櫃檯', 'Pick-up desk', 'store'),
    touchpoint('product_pack', '商品包裝', 'Product pack', 'counter'),
  ],
  journeys: [
    {
      format: 1,
      name: '到店取貨通知',
      trigger: on('Order Ready For Pickup'),
      key: 'order_id',
      reentry: again,
      goal: { rule: happened('Order Picked Up'), exitOnGoal: true },
      exits: [{ name: '訂單取消', rule: happened('Order Cancelled') }],
      start: 'ready',
      nodes: {
        ready: line(
          '備妥通知',
          "{{ customer.name | default: '您好' }}，訂單 {{ event.props.order_id }} 已備妥，請到 {{ event.props.pickup_store | default: '門市' }} 取貨。",
          'wait',
        ),
        wait: waitFor('三天內取貨', 'Order Picked Up', 3 * DAY, { event: null, timeout: 'remind' }),
        remind: line('提醒取貨', '您的商品還在門市等您，再為您保留四天。', 'last'),
        last: wait('再等四天', 4 * DAY, null),
      },
    },
    {
      format: 1,
      name: '門市體驗後，線上接著買',
      trigger: on('Item Tried'),
      reentry: { kind: 'after_exit', coolDownMs: 7 * DAY },
      goal: { rule: happened('Order Completed'), exitOnGoal: true },
      exits: [],
      start: 'wait',
      nodes: {
        wait: waitFor('一天內購買', 'Order Completed', DAY, { event: null, timeout: 'mark' }),
        mark: tag('標記展廳型', '門市看、線上買', 'offer'),
        offer: line(
          '線上也買得到',
          "{{ customer.name | default: '您好' }}，昨天在門市試的商品，線上也有，回覆我們就幫您留一件。",
          'window',
          'marketing',
        ),
        window: wait('一週內購買算達成', 7 * DAY, null),
      },
    },
  ],
}
