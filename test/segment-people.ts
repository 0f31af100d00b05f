// People of a world in which segments are published, for tests of the library: what happens to them goes through the
// reducer, and who is in is read from their states.
import type { EventBody } from '../src/inbox/model.ts'
import type { Rule } from '../src/rules/model.ts'
import {
  groupKeys,
  numberGroups,
  type Definition,
  type PublishedSegment,
  type SegmentKind,
} from '../src/segments/model.ts'
import { DAY, Person, id, uuid, world } from './reducer.ts'

/** A definition as a publication makes it, with its past looked at. */
export function published(
  n: number,
  kind: SegmentKind,
  definition: Definition,
  more: Partial<PublishedSegment> = {},
): PublishedSegment {
  const numbers = numberGroups({}, kind, definition.groups)
  return {
    id: uuid(0x5e60 + n),
    n,
    version: 1,
    kind,
    groups: groupKeys(kind, definition.groups).map(key => ({
      key,
      g: numbers[key]!,
      rule: (definition.groups.find(g => g.key === key)?.rule ?? null) as Rule | null,
    })),
    since: 1,
    filled: true,
    ...more,
  }
}

let orders = 0

/** Somebody to whom things happen; `wait` moves the clock, and alarms ring on the way. */
export class Shopper extends Person {
  readonly segments: PublishedSegment[]
  constructor(segments: PublishedSegment[], n = 1) {
    super({ ...world(), segments }, n)
    this.segments = segments
  }

  /** Known by a member number. */
  join(no = 'M1'): this {
    this.event('Identified', { type: 'identify', ids: [id('member_no', no)] })
    return this
  }

  does(name: string, props: Record<string, unknown> = {}, more: Partial<EventBody> = {}): this {
    this.event(name, { props, ...more })
    return this
  }

  /** Said by a provider or another system. */
  told(name: string, props: Record<string, unknown> = {}, more: Partial<EventBody> = {}): this {
    this.event(name, { type: 'system', props, ...more })
    return this
  }

  is(traits: Record<string, unknown>): this {
    this.event('Identified', { type: 'identify', traits })
    return this
  }

  buys(total = 1_000, props: Record<string, unknown> = {}): this {
    this.event('Order Completed', { props: { order_id: `T-${++orders}`, total, currency: 'TWD', ...props } })
    return this
  }

  /** The whole of the last order comes back. */
  returns(): this {
    this.event('Order Returned', { props: { order_id: `T-${orders}` } })
    return this
  }

  days(n: number, ms = 0): this {
    this.wait(n * DAY + ms)
    return this
  }

  /** Key of the group; null: in none, not even the rest. */
  group(n: number): string | null {
    const held = this.state?.seg?.find(m => m[0] === n)?.[1]
    return this.segments.find(s => s.n === n)!.groups.find(g => g.g === held)?.key ?? null
  }
}
