// What a segment is: as people write it (Definition), as it is published (PublishedSegment), and as a customer's state
// holds it (Membership). Pure; the web imports this file.
import type { Uuid } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'

/** live: whoever its rule holds for; partition: ordered groups, the first whose rule holds, then the rest; static: a list
 *  of people, put in by ids or a file, or copied from another segment. */
export const SEGMENT_KINDS = ['live', 'partition', 'static'] as const
/** What may use a segment: it is not archived while something does. */
export const USER_KINDS = ['journey', 'segment', 'frequency', 'account', 'audience', 'menu'] as const
export type SegmentKind = (typeof SEGMENT_KINDS)[number]
export type SegmentStatus = 'draft' | 'live' | 'archived'

/** Key of a live segment's only group, of a list's, and of those whom no group of a partition takes. */
export const ONLY_GROUP = 'in'
export const REST_GROUP = 'rest'

/** `rule`: what was published is a Rule; a draft may hold anything, or null while there is none. */
export type Group = { key: string; name: string; rule: unknown }

/** As people write it: a draft, and each published version. */
export type Definition = {
  /** live: one, key 'in'; partition: in order; static: none */
  groups: Group[]
  /** partition: what the rest is called */
  restName?: string
  /** live: the rule must have held for so long before anybody enters */
  dwellMs?: number
  /** live: a tag that entering puts on and leaving takes off */
  tag?: string
}

/** As the reducer is given it. */
export type PublishedSegment = {
  id: Uuid
  /** names it in states: small, never reused in the workspace */
  n: number
  version: number
  kind: SegmentKind
  /** In order, the first whose rule holds; a partition's last is the rest, whose rule is null; static: none. `g` names
   *  the group in states: from 1, the same key has the same number for ever. */
  groups: { key: string; g: number; rule: Rule | null }[]
  /** keys of groups that earlier versions had, by number */
  former?: Record<number, string>
  /** the rule must have held so long before `entered` is told */
  dwellMs?: number
  /** rule tag: put on by entering, taken off by leaving */
  tag?: string
  /** catalogue number of this version's publication; memories it needs are filled up to there by its backfill */
  since: number
  /** its backfill is over: what customers without an own mark lack is nothing */
  filled: boolean
}

/** Keys of a definition's groups in order, the rest last. */
export const groupKeys = (kind: SegmentKind, groups: { key: string }[]): string[] =>
  kind === 'partition' ? [...groups.map(g => g.key), REST_GROUP] : [ONLY_GROUP]

/** Number of the only group of a live segment and of a list. */
export const ONLY = 1

/** Numbers of groups by key, after a definition's new keys have got theirs. */
export function numberGroups(
  known: Record<string, number>,
  kind: SegmentKind,
  groups: { key: string }[],
): Record<string, number> {
  if (kind !== 'partition') return { [ONLY_GROUP]: ONLY }
  const numbers = { ...known }
  let last = Math.max(0, ...Object.values(numbers))
  for (const key of groupKeys(kind, groups)) numbers[key] ??= ++last
  return numbers
}
