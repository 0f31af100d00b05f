// What a rule is asked about, and what a leaf finds.
import type { CustomerState } from '../customers/model.ts'

export type Subject = {
  state: CustomerState
  /** workspace time, and the zone in which a day begins */
  now: number
  timezone: string
  /** from when on events count in the windows `entry` and `node` (ms, occurred); null outside a run */
  since: { entry: number; node: number } | null
  /** leaf keys of the event being folded, when it came after the run or node was entered: it counts also when it
   *  occurred in the very same millisecond */
  fresh: ReadonlySet<string>
  /** whether the customer is in another segment, or in that group of it; unset: in none */
  member?: (segment: string, group: string | undefined) => boolean
}

export type Found = { value: boolean; seen: unknown; until: number | null }
