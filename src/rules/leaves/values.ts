// Tests of one value: numbers, texts, yes or no, lists. No value: only what says "not" holds.
import { never } from '../../platform/errors.ts'
import type { BooleanTest, ListTest, NumberTest, TextTest } from '../model.ts'

/** `between` includes both ends. */
export function testNumber(test: NumberTest, value: number | null): boolean {
  if (value === null) return test.is === 'not_equal'
  switch (test.is) {
    case 'equal':
      return value === test.value
    case 'not_equal':
      return value !== test.value
    case 'at_least':
      return value >= test.value
    case 'at_most':
      return value <= test.value
    case 'over':
      return value > test.value
    case 'under':
      return value < test.value
    case 'between':
      return value >= test.from && value <= test.to
    default:
      return never(test)
  }
}

/** Code units as they are: upper and lower case differ. */
export function testText(test: TextTest, value: string | null): boolean {
  switch (test.is) {
    case 'equal':
      return value === test.value
    case 'not_equal':
      return value !== test.value
    case 'contains':
      return value?.includes(test.value) === true
    case 'not_contains':
      return value?.includes(test.value) !== true
    case 'starts_with':
      return value?.startsWith(test.value) === true
    case 'ends_with':
      return value?.endsWith(test.value) === true
    case 'one_of':
      return value !== null && test.values.includes(value)
    case 'none_of':
      return value === null || !test.values.includes(value)
    default:
      return never(test)
  }
}

export const testBoolean = (test: BooleanTest, value: boolean | null): boolean => value === test.value

/** Also of the names that somebody has: tags. */
export function testList(
  test: ListTest['is'],
  wanted: readonly unknown[],
  has: (item: unknown) => boolean,
): boolean {
  if (test === 'any') return wanted.some(has)
  return test === 'all' ? wanted.every(has) : !wanted.some(has)
}
