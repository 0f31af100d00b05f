// Fields that forms of several triggers have.
import type { FieldSpec } from '../nodes/type.ts'

export const MATCH: FieldSpec = {
  kind: 'group',
  required: true,
  of: {
    is: { kind: 'choice', required: true, options: ['is', 'starts_with', 'contains', 'like'] },
    value: { kind: 'text', required: true },
  },
}
export const TIMES: FieldSpec = {
  kind: 'group',
  required: false,
  of: {
    n: { kind: 'number', required: true, min: 2, max: 100 },
    withinMs: { kind: 'duration', required: true },
  },
}
export const OFFSET: FieldSpec = { kind: 'number', required: true, min: -366, max: 366 }
export const WALL_TIME: FieldSpec = { kind: 'wall_time', required: true }
/** A part of a partition is chosen with it. */
export const SEGMENT: FieldSpec = { kind: 'segment', required: false }
export const GROUP: FieldSpec = { kind: 'text', required: false }
export const choice = (options: readonly string[], required = true): FieldSpec => ({
  kind: 'choice',
  required,
  options,
})
