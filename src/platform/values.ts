// Values whose shape is not known: what JSON from outside, or a content of ours, may hold. Pure.
export type Dict = Record<string, unknown>

export const isDict = (v: unknown): v is Dict => typeof v === 'object' && v !== null && !Array.isArray(v)

/** Without NUL and halves of surrogate pairs, which PostgreSQL keeps neither in text nor in jsonb. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '')

/** A value as JSON for a jsonb column. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === 'string' ? storable(v) : v))
