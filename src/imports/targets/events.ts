// Events that happened away from the web: visits, courses, calls, reviews. One row an event.
import type { EventTarget } from '../model.ts'
import { nobody, personOf, WHO, WHO_KEYS } from './who.ts'

export const events: EventTarget = {
  kind: 'events',
  name: 'events',
  label: { zh: '線下事件', en: 'Offline events' },
  hint: {
    zh: '一列一個事件，例如 Store Visited、課程報名。其他欄位可以成為事件的屬性。',
    en: 'One row an event, for example Store Visited or a course booked. Other columns may become its properties.',
  },
  fields: [
    {
      key: 'event',
      label: { zh: '事件名稱', en: 'Event' },
      type: 'text',
      required: true,
      synonyms: ['事件', '活動', '行為', '動作', 'event name', 'action'],
      example: 'Store Visited',
    },
    {
      key: 'occurred_at',
      label: { zh: '發生時間', en: 'Occurred at' },
      type: 'time',
      required: true,
      synonyms: ['時間', '日期', '事件時間', 'timestamp', 'time', 'date', 'event time'],
      example: '2026-05-01 18:30',
    },
    ...WHO,
    {
      key: 'anonymous_id',
      label: { zh: '訪客 ID', en: 'Visitor id' },
      type: 'code',
      synonyms: ['anonymousId', 'visitor id', 'cookie id'],
    },
    {
      key: 'event_id',
      label: { zh: '事件編號', en: 'Event id' },
      type: 'code',
      synonyms: ['流水號', 'message id', 'messageId'],
    },
    {
      key: 'store',
      label: { zh: '門市代號', en: 'Store code' },
      type: 'code',
      synonyms: ['門市', '門市代碼', '門市編號', '分店', 'location'],
      example: 'TPE01',
    },
    {
      key: 'staff',
      label: { zh: '店員代號', en: 'Staff code' },
      type: 'code',
      synonyms: ['店員', 'employee'],
    },
    { key: 'value', label: { zh: '金額', en: 'Value' }, type: 'money', synonyms: ['amount', 'revenue'] },
    { key: 'currency', label: { zh: '幣別', en: 'Currency' }, type: 'code' },
    {
      key: 'rating',
      label: { zh: '評分', en: 'Rating' },
      type: 'number',
      synonyms: ['分數', '滿意度', 'score'],
    },
  ],
  oneOf: [...WHO_KEYS, 'anonymous_id'],
  open: 'properties',

  toItems(rows, extra) {
    const cells = rows[0]!
    const who = personOf(cells)
    if (!who && cells.anonymous_id === undefined) return { fault: nobody(false) }
    const properties: Record<string, unknown> = { ...extra }
    for (const key of ['store', 'staff', 'value', 'currency', 'rating'])
      if (cells[key] !== undefined) properties[key] = cells[key]
    const item = {
      ...(who?.person ?? {}),
      ...(cells.anonymous_id === undefined ? {} : { anonymousId: cells.anonymous_id }),
      type: 'track',
      event: cells.event,
      timestamp: cells.occurred_at,
      properties,
    }
    // without a number of its own an event is what it says: the same row again is the same event
    const id = cells.event_id === undefined ? JSON.stringify(item) : String(cells.event_id)
    return { items: [{ key: `event:${String(cells.event)}:${id}`, item, once: true }] }
  },
}
