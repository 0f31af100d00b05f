// Every trigger kind: one file, one line here.
import { z } from 'zod'
import { date } from './date.ts'
import { event } from './event.ts'
import type { TriggerType } from './type.ts'

export const TRIGGER_TYPES = { event, date } satisfies Record<string, TriggerType<never>>

/** A trigger as it comes from outside. */
export const triggerShape = z.discriminatedUnion('kind', [event.shape, date.shape])

/** A trigger as stored. */
export type Trigger = z.infer<typeof triggerShape>

/** Its kind; undefined when it is not known here. */
export const triggerTypeOf = (trigger: Trigger): TriggerType | undefined =>
  Object.hasOwn(TRIGGER_TYPES, trigger.kind) ? TRIGGER_TYPES[trigger.kind] : undefined
