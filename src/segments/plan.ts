// What a world's segments ask of each fold, worked out once for each World object: in which order they are judged, and
// which of them something that happens may touch. Pure.
import { LIKE_WEIGHTS } from '../customers/affinity.ts'
import type { World } from '../customers/world.ts'
import { never } from '../platform/errors.ts'
import { publicId } from '../platform/ids.ts'
import { leavesOf } from '../rules/evaluate.ts'
import type { Rule } from '../rules/model.ts'
import type { PublishedSegment } from './model.ts'

/** A segment that follows from rules, and how it is named outside. */
export type Item = { segment: PublishedSegment; id: string }

export type SegmentPlan = {
  /** segments with rules: whoever is named (or whose tag is read) comes before who names (or reads) it */
  items: Item[]
  /** by what happened (a fact's name, or one of `Mark`): places in `items` */
  touch: ReadonlyMap<string, number[]>
  /** places of those that time alone may change */
  timed: number[]
  /** all by number, and by public id */
  byN: ReadonlyMap<number, PublishedSegment>
  byId: ReadonlyMap<string, PublishedSegment>
}

/** What a rule may depend on, beyond names of events and facts. */
const ANY_EVENT = '*'
const ORDERS = 'orders'
const IDS = 'ids'
const TAGS = 'tags'
const COUPONS = 'coupons'
export const traitMark = (name: string): string => 'trait:' + name
export const segmentMark = (id: string): string => 'segment:' + id

/** The area of a fact's name that stands for a subject of state. */
const AREAS: Readonly<Record<string, string>> = { order: ORDERS, identifier: IDS, tag: TAGS, coupon: COUPONS }

/** Marks of something that happened besides its own name. */
export function areaOf(name: string): string | undefined {
  const dot = name.indexOf('.')
  return dot < 0 ? undefined : AREAS[name.slice(0, dot)]
}

const EMPTY: SegmentPlan = { items: [], touch: new Map(), timed: [], byN: new Map(), byId: new Map() }
const plans = new WeakMap<World, SegmentPlan>()

export function segmentPlanOf(world: World): SegmentPlan {
  if (world.segments === undefined) return EMPTY
  let plan = plans.get(world)
  if (plan === undefined) plans.set(world, (plan = compile(world.segments)))
  return plan
}

function compile(segments: PublishedSegment[]): SegmentPlan {
  const items = inOrder(
    segments
      .filter(s => s.kind !== 'static')
      .map(segment => ({ segment, id: publicId('seg', segment.id), marks: marksOfSegment(segment) })),
  )
  const touch = new Map<string, number[]>()
  items.forEach(({ marks }, i) => {
    for (const mark of marks.names) touch.set(mark, [...(touch.get(mark) ?? []), i])
  })
  return {
    items: items.map(({ segment, id }) => ({ segment, id })),
    touch,
    timed: items.flatMap(({ marks, segment }, i) =>
      marks.timed || segment.dwellMs !== undefined ? [i] : [],
    ),
    byN: new Map(segments.map(s => [s.n, s])),
    byId: new Map(segments.map(s => [publicId('seg', s.id), s])),
  }
}

type Marks = { names: Set<string>; tags: Set<string>; segments: Set<string>; timed: boolean }
type Marked = Item & { marks: Marks }

function marksOfSegment(segment: PublishedSegment): Marks {
  const marks: Marks = { names: new Set(), tags: new Set(), segments: new Set(), timed: false }
  for (const group of segment.groups) if (group.rule !== null) gather(group.rule, marks)
  return marks
}

/** Depth first: what a segment rests on comes before it. A circle cannot be published; one that came in otherwise is cut
 *  where it closes. */
function inOrder(items: Marked[]): Marked[] {
  const byId = new Map(items.map(item => [item.id, item]))
  const tagged = Map.groupBy(
    items.filter(i => i.segment.tag !== undefined),
    i => i.segment.tag!,
  )
  const done = new Set<Marked>()
  const order: Marked[] = []
  const visit = (item: Marked): void => {
    if (done.has(item)) return
    done.add(item)
    for (const id of item.marks.segments) {
      const named = byId.get(id)
      if (named) visit(named)
    }
    for (const tag of item.marks.tags) for (const by of tagged.get(tag) ?? []) visit(by)
    order.push(item)
  }
  for (const item of items) visit(item)
  return order
}

/** Gathers what may change a rule's answer. */
function gather(rule: Rule, marks: Marks): void {
  for (const leaf of leavesOf(rule)) {
    for (const name of namesOf(leaf)) marks.names.add(name)
    if (isTimed(leaf)) marks.timed = true
    if (leaf.op === 'segment') marks.segments.add(leaf.segment)
    if (leaf.op === 'tags') for (const tag of leaf.tags) marks.tags.add(tag)
  }
}

type Leaf = ReturnType<typeof leavesOf>[number]

/** Contacts, consent and friendship. */
const REACH = [
  IDS,
  'consent.changed',
  'contact.followed',
  'contact.unfollowed',
  traitMark('email'),
  traitMark('phone'),
]

function namesOf(leaf: Leaf): string[] {
  switch (leaf.op) {
    case 'trait':
      return [traitMark(leaf.trait)]
    case 'age':
      return [traitMark('birthday')]
    case 'tags':
      return [TAGS]
    case 'identifier':
      return [IDS]
    case 'channel':
      // push tokens come with any event
      return leaf.channel === 'push' ? [...REACH, ANY_EVENT] : REACH
    case 'consent':
      return ['consent.changed']
    case 'stage':
      return ['stage.changed']
    case 'tier':
      return ['tier.changed']
    case 'points':
      return ['points.changed']
    case 'coupon':
      return [COUPONS]
    case 'likes':
      return Object.keys(LIKE_WEIGHTS)
    case 'touch':
      return [ANY_EVENT]
    case 'orders':
      return [ORDERS]
    case 'event':
      return [leaf.event].flat()
    case 'sequence':
      return [leaf.first.event, leaf.next.event].flat()
    case 'clock':
      return CLOCKS[leaf.clock]
    case 'segment':
      return [segmentMark(leaf.segment)]
    case 'percent':
      return []
    default:
      return never(leaf)
  }
}

const CLOCKS = {
  order: [ORDERS],
  customer: [ANY_EVENT, 'message.clicked'],
  marketing: ['message.accepted'],
  team: ['conversation.replied'],
}

/** Whether time alone may change the answer. */
function isTimed(leaf: Leaf): boolean {
  if (leaf.op === 'trait') return leaf.type === 'date'
  return TIMED.has(leaf.op)
}
const TIMED: ReadonlySet<Leaf['op']> = new Set(['age', 'coupon', 'orders', 'event', 'sequence', 'clock'])
