// The properties of an event as rules see them and history keeps them. Pure.
import type { EventBody } from '../inbox/model.ts'

/** What it says of the person is among them, as `traits`. */
export function eventProps({ props = {}, traits }: EventBody): Record<string, unknown> {
  if (traits !== undefined) for (const _ in traits) return { ...props, traits }
  return props
}
