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
