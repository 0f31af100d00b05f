// The fields with which a trigger of a kind that was just chosen begins: as much as can be guessed.
import type { Trigger } from './register.ts'

type Begin = { [K in Trigger['kind']]: Omit<Extract<Trigger, { kind: K }>, 'kind'> }

const HOUR_MS = 3_600_000

export const BEGIN: Begin = {
  event: { event: 'Signed Up' },
  page: { page: { is: 'starts_with', value: '/' } },
  dwell: { seconds: 30 },
  product: { by: 'category', value: '' },
  segment: { segment: '', on: 'entered' },
  tag: { tags: [], on: 'added' },
  trait: { trait: '', on: 'changed' },
  identifier: { identifier: 'phone' },
  completeness: { fields: ['contact.phone', 'contact.email'] },
  contact: { on: 'added' },
  message: {},
  postback: { data: { is: 'is', value: '' } },
  link: { on: 'clicked', link: '' },
  form: { form: '' },
  coupon: { on: 'claimed' },
  points: {},
  tier: { on: 'changed' },
  stage: {},
  order: { on: 'placed' },
  cart: { idleMs: HOUR_MS },
  repurchase: { leadDays: 7, time: '10:00' },
  launch: { who: 'tagged' },
  date: { trait: 'birthday', offsetDays: 0, time: '10:00', yearly: true },
  calendar: { holiday: 'mid_autumn', offsetDays: -3, time: '10:00' },
  campaign: { campaign: '', at: 'end', offsetDays: -1, who: 'not_joined' },
  schedule: { start: '' },
  api: {},
  webhook: { source: '', event: '' },
  journey: { journey: '' },
  broadcast: { channels: ['line'], purpose: 'marketing' },
}
