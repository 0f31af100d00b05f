// Small shapes that triggers, and the graph around them, have in common.
import { z } from 'zod'

export const DAY_MS = 86_400_000
export const MAX_SPAN_MS = 366 * DAY_MS

export const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a wall time is written 'HH:MM'")

export const safeName = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine(n => n !== '__proto__', { message: 'reserved name' })

/** Something that occurred longer ago than this does not trigger. Default 24 h. */
export const lateness = z.number().int().min(0).max(MAX_SPAN_MS).optional()

/** How often within how long: it starts with the `n`-th. */
export const times = z
  .strictObject({
    n: z.number().int().min(2).max(100),
    withinMs: z.number().int().min(60_000).max(MAX_SPAN_MS).multipleOf(60_000),
  })
  .optional()

/** Days from a date: negative is before it. */
export const offsetDays = z.number().int().min(-366).max(366)

/** How a text is compared; `like`: `*` stands for any characters. */
export const textMatch = z.strictObject({
  is: z.enum(['is', 'starts_with', 'contains', 'like']),
  value: z.string().min(1).max(1000),
})

/** Only members of it, and of that group. */
export const withinSegment = { segment: safeName(64).optional(), group: safeName(100).optional() }

export const segmentOf = (t: { segment?: string; group?: string }) =>
  t.segment === undefined
    ? null
    : { segment: t.segment, ...(t.group === undefined ? {} : { group: t.group }) }
