// Marks what a fold touches, so that only the segments concerned are judged at its end. Pure.
import { areaOf, traitMark, type SegmentPlan } from './plan.ts'

/** A fold's plan, and the places in it that something touched. */
export type Marked = { segments: SegmentPlan; dirty: Set<number> }

/** Something happened: what it may touch will be judged. `props` as the fact says them. */
export function mark(fold: Marked, name: string, props?: Record<string, unknown>): void {
  const { touch } = fold.segments
  if (touch.size === 0) return
  touched(fold, name)
  const area = areaOf(name)
  if (area !== undefined) touched(fold, area)
  if (name === 'trait.changed') touched(fold, traitMark(props!.trait as string))
}

/** A customer's event, whatever its name. */
export function markEvent(fold: Marked, name: string): void {
  if (fold.segments.touch.size === 0) return
  mark(fold, name)
  touched(fold, '*')
}

export function touched({ segments, dirty }: Marked, name: string): void {
  const places = segments.touch.get(name)
  if (places !== undefined) for (const place of places) dirty.add(place)
}

/** Anything may have changed: a new customer, a merge, a new world, memories that were filled. */
export function markAll({ segments, dirty }: Marked): void {
  for (let i = 0; i < segments.items.length; i++) dirty.add(i)
}
