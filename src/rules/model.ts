// The rule language: a JSON AST over one customer. Evaluated in memory (evaluate.ts) now and compiled to
// ClickHouse later. Both give the same answer. Times are workspace time in milliseconds.

import type { Stage } from '../customers/model.ts'
import type { IdentifierKind } from './identifiers.ts'

export type { IdentifierKind }
export type Scalar = string | number | boolean

/** A filter over an event's properties; `path` is dotted. All filters of a list must hold. */
export type PropFilter = {
  path: string
  op: 'is' | 'is_not' | 'at_least' | 'at_most' | 'contains' | 'is_set'
  value?: Scalar
}

export type Rule =
  | { op: 'and'; rules: Rule[] }
  | { op: 'or'; rules: Rule[] }
  | { op: 'not'; rule: Rule }
  | { op: 'trait_is'; trait: string; value: Scalar }
  | { op: 'trait_set'; trait: string }
  | { op: 'has_identifier'; kind: IdentifierKind }
  /** The lifecycle stage is this one, or this one or a later one. */
  | { op: 'stage'; is: 'exactly' | 'at_least'; stage: Stage }
  /** Whole years of age, both ends included; false where no birthday is known. */
  | { op: 'age'; min?: number; max?: number }
  /** At least so many orders that stand (not cancelled, nor refunded or returned in full), of one sales channel or all. */
  | { op: 'orders'; atLeast: number; salesChannel?: string }
  /** True once an event of this name and filter occurred since `since`: the enrollment's or the node's entry. */
  | { op: 'event'; event: string; where?: PropFilter[]; since: 'entry' | 'node' }

/** One leaf that decided, with the value seen. `path` points into the rule (JSON pointer). */
export type Reason = { path: string; leaf: string; value: boolean; seen: unknown }

/** `until`: the earliest moment at which time alone may change the answer; null when it cannot. */
export type Verdict = { value: boolean; until: number | null; why: Reason[] }
