// Every trigger kind: one file, one line in each list.
import { z } from 'zod'
import { api } from './api.ts'
import { broadcast } from './broadcast.ts'
import { calendar } from './calendar.ts'
import { campaign } from './campaign.ts'
import { cart } from './cart.ts'
import { completeness } from './completeness.ts'
import { contact } from './contact.ts'
import { coupon } from './coupon.ts'
import { date } from './date.ts'
import { dwell } from './dwell.ts'
import { event } from './event.ts'
import { form } from './form.ts'
import { identifier } from './identifier.ts'
import { journey } from './journey.ts'
import { launch } from './launch.ts'
import { link } from './link.ts'
import { message } from './message.ts'
import { order } from './order.ts'
import { page } from './page.ts'
import { points } from './points.ts'
import { postback } from './postback.ts'
import { product } from './product.ts'
import { repurchase } from './repurchase.ts'
import { schedule } from './schedule.ts'
import { segment } from './segment.ts'
import { stage } from './stage.ts'
import { tag } from './tag.ts'
import { tier } from './tier.ts'
import { trait } from './trait.ts'
import { webhook } from './webhook.ts'
import type { TriggerType } from './type.ts'

/** In the order of a form's list. */
export const TRIGGER_TYPES = {
  event,
  page,
  dwell,
  product,
  segment,
  tag,
  trait,
  identifier,
  completeness,
  contact,
  message,
  postback,
  link,
  form,
  coupon,
  points,
  tier,
  stage,
  order,
  cart,
  repurchase,
  launch,
  date,
  calendar,
  campaign,
  schedule,
  api,
  webhook,
  journey,
  broadcast,
} satisfies Record<string, TriggerType<never>>

/** A trigger as it comes from outside. */
export const triggerShape = z.discriminatedUnion('kind', [
  event.shape,
  page.shape,
  dwell.shape,
  product.shape,
  segment.shape,
  tag.shape,
  trait.shape,
  identifier.shape,
  completeness.shape,
  contact.shape,
  message.shape,
  postback.shape,
  link.shape,
  form.shape,
  coupon.shape,
  points.shape,
  tier.shape,
  stage.shape,
  order.shape,
  cart.shape,
  repurchase.shape,
  launch.shape,
  date.shape,
  calendar.shape,
  campaign.shape,
  schedule.shape,
  api.shape,
  webhook.shape,
  journey.shape,
  broadcast.shape,
])

/** A trigger as stored. */
export type Trigger = z.infer<typeof triggerShape>

/** Its kind; undefined when it is not known here. */
export const triggerTypeOf = (trigger: Trigger): TriggerType | undefined =>
  Object.hasOwn(TRIGGER_TYPES, trigger.kind) ? TRIGGER_TYPES[trigger.kind] : undefined
