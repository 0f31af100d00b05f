// Filters over an event's properties, the values they have at a path, and a short hash of a text.
import type { PropFilter } from './model.ts'

/** The values at a dotted path; a list on the way stands for each of its items ('products.sku'). */
export function valuesAt(value: unknown, path: string[], from = 0): unknown[] {
  if (Array.isArray(value)) {
    const index = path[from]
    if (index !== undefined && /^\d+$/.test(index)) return valuesAt(value[Number(index)], path, from + 1)
    return value.flatMap(item => valuesAt(item, path, from))
  }
  if (from === path.length) return value === undefined || value === null ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  const key = path[from]!
  return Object.hasOwn(value, key) ? valuesAt((value as Record<string, unknown>)[key], path, from + 1) : []
}

function holds(filter: PropFilter, seen: unknown[]): boolean {
  const wanted = filter.value
  switch (filter.op) {
    case 'is':
      return seen.includes(wanted)
    case 'is_not':
      return !seen.includes(wanted)
    case 'is_set':
      return seen.some(v => v !== '')
    case 'contains':
      return seen.some(v => typeof v === 'string' && typeof wanted === 'string' && v.includes(wanted))
    case 'starts_with':
      return seen.some(v => typeof v === 'string' && typeof wanted === 'string' && v.startsWith(wanted))
    case 'like':
      return seen.some(v => typeof v === 'string' && typeof wanted === 'string' && isLike(v, wanted))
    case 'at_least':
      return seen.some(
        v => typeof v === typeof wanted && typeof v !== 'boolean' && (v as number) >= (wanted as number),
      )
    case 'at_most':
      return seen.some(
        v => typeof v === typeof wanted && typeof v !== 'boolean' && (v as number) <= (wanted as number),
      )
  }
}

/** Whether the text fits the pattern, in which `*` stands for any characters. */
function isLike(text: string, pattern: string): boolean {
  const [first, ...rest] = pattern.split('*') as [string, ...string[]]
  if (rest.length === 0) return text === pattern
  const last = rest.pop()!
  if (!text.startsWith(first)) return false
  let from = first.length
  for (const part of rest) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return text.length >= from + last.length && text.endsWith(last)
}

/** All filters hold. Types are not converted: 10 is not "10". */
export function matches(props: Record<string, unknown>, where: PropFilter[] | undefined): boolean {
  if (where === undefined) return true
  for (const filter of where) if (!holds(filter, valuesAt(props, filter.path.split('.')))) return false
  return true
}

/** A 53-bit hash of a text (cyrb53 by bryc, public domain): short, and without Node's crypto for the web. */
export function textHash(text: string): string {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 2654435761)
    b = Math.imul(b ^ c, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36)
}
