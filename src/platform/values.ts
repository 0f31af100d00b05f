// Values whose shape is not known: what JSON from outside, or a content of ours, may hold. Pure.
export type Dict = Record<string, unknown>

export const isDict = (v: unknown): v is Dict => typeof v === 'object' && v !== null && !Array.isArray(v)

/** Without NUL and halves of surrogate pairs, which PostgreSQL keeps neither in text nor in jsonb. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '')

/** A value as JSON for a jsonb column. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'string' ? storable(v) : v))

/** Where JSON nests deeper than `most` levels, by its first keys; null: nowhere. Without recursion, so that no input overflows. */
export function tooDeepAt(json: unknown, most: number): string | null {
  const open = [{ value: json, depth: 0, path: '' }]
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { value, depth, path } = top
    if (typeof value !== 'object' || value === null) continue
    if (depth >= most) return path
    for (const [key, inner] of Object.entries(value))
      open.push({
        value: inner,
        depth: depth + 1,
        path: depth < SHOWN_KEYS ? `${path}${path && '.'}${key}` : path,
      })
  }
  return null
}
const SHOWN_KEYS = 4
