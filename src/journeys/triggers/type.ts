// The contract of a trigger kind: what it looks like, which facts may start a journey by it, and at which moments of time.
// Everything it is asked with is given; nothing is read elsewhere. A kind is one file here and one line in register.ts.
import type { z } from 'zod'
import type { Fact } from '../../customers/fold.ts'
import type { CustomerState } from '../../customers/model.ts'
import type { World } from '../../customers/world.ts'
import type { Fault } from '../../rules/check.ts'
import type { Rule, Verdict } from '../../rules/model.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { FieldSpec } from '../nodes/type.ts'

/** What a trigger sees of a customer when a fact, or a moment, comes. */
export type TriggerContext = {
  state: CustomerState
  world: World
  now: number
  /** the moment that has come, where it is one */
  at: number
  journey: Uuid
  evaluate(rule: Rule): Verdict
  member(segment: string, group?: string): boolean
}

/** What a moment is worked out from. */
export type MomentContext = { state: CustomerState; world: World; after: number }

/** After what a customer's moment must be worked out anew. */
export type Moves = {
  /** names of facts */
  facts?: string[]
  traits?: string[]
}

export type TriggerFamily = 'event' | 'web' | 'social' | 'member' | 'shop' | 'time' | 'outside'

/** `T` is the trigger as stored. Its refusals are not told: this is simply not what the journey waits for. */
export type TriggerType<T = unknown> = {
  kind: string
  family: TriggerFamily
  /** beside `kind` and `latenessMs` */
  fields: Record<string, FieldSpec>
  shape: z.ZodType
  /** Names of facts that may start it. */
  facts?(trigger: T): string[]
  /** Whether this one does; unset: each of `facts` does. */
  admits?(trigger: T, fact: Fact, ctx: TriggerContext): boolean
  /** First moment after `after` at which it starts for this customer; null: none as things are. */
  moment?(trigger: T, ctx: MomentContext): number | null
  moves?(trigger: T): Moves
  /** First moment after `after` at which it starts for everybody (for members of `segment`); null: none. */
  common?(trigger: T, world: World, after: number): number | null
  segment?(trigger: T): { segment: string; group?: string } | null
  /** Whether it starts for this customer, now that its moment has come; unset: it does. */
  stands?(trigger: T, ctx: TriggerContext): boolean
  /** What the run's trigger event says, where a moment starts it; each of several starts a run (of its own key). */
  props?(trigger: T, ctx: TriggerContext): Record<string, unknown>[]
  /** Rules that `admits` asks: what they need of the past is remembered. */
  rules?(trigger: T, world: World): Rule[]
  /** Faults beyond what `shape` says; paths begin below the trigger. */
  validate?(trigger: T): Fault[]
  /** What it is about, in one name: for lists. */
  about?(trigger: T): string
}

/** A kind with its methods typed by its shape. */
export const triggerType = <S extends z.ZodType>(type: TriggerType<z.infer<S>> & { shape: S }) => type
