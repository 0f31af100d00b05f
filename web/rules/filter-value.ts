// The value that a filter compares with. Types are not converted (10 is not "10"), so each comparison has those it can use,
// and a value is made one of them whenever the comparison or the property changes. Pure.
import type { PropFilter, Scalar } from '../../src/rules/model.ts'

export type ValueType = 'text' | 'number' | 'boolean'

const TYPES: Record<PropFilter['op'], readonly ValueType[]> = {
  is: ['text', 'number', 'boolean'],
  is_not: ['text', 'number', 'boolean'],
  at_least: ['number', 'text'],
  at_most: ['number', 'text'],
  contains: ['text'],
  starts_with: ['text'],
  like: ['text'],
  is_set: [],
}

export const typesFor = (op: PropFilter['op']): readonly ValueType[] => TYPES[op]

export const typeOfValue = (value: Scalar | undefined): ValueType =>
  typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text'

/** The value as one of this type: what cannot be read as a number is 0. */
export function valueAs(value: Scalar | undefined, type: ValueType): Scalar {
  if (type === 'text') return String(value ?? '')
  if (type === 'boolean') return value === true || value === 'true'
  return Number.isFinite(Number(value)) ? Number(value) : 0
}

/** The filter with another comparison. */
export function withOp(filter: PropFilter, op: PropFilter['op']): PropFilter {
  const types = TYPES[op]
  const { path } = filter
  if (types.length === 0) return { path, op }
  const type = typeOfValue(filter.value)
  return { path, op, value: valueAs(filter.value, types.includes(type) ? type : types[0]!) }
}

/** The filter on another property. `seen`: the type that its values have. */
export function withPath(filter: PropFilter, path: string, seen: ValueType | undefined): PropFilter {
  const fits = seen !== undefined && TYPES[filter.op].includes(seen)
  return { ...filter, path, ...(fits ? { value: valueAs(filter.value, seen) } : {}) }
}
