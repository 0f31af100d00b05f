// Whether two JSON values say the same: the database keeps the keys of an object in an order of its own. Pure.

export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => same(v, b[i]))
  const left = entriesOf(a)
  const right = entriesOf(b)
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && same(value, (b as Record<string, unknown>)[key]))
  )
}

/** A key without a value is not written. */
const entriesOf = (of: object): [string, unknown][] => Object.entries(of).filter(([, v]) => v !== undefined)
