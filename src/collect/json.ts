// What any JSON value from outside must keep: depth, width, valid Unicode; and how single values of it are read. Pure.

/** Why an item was refused, or (a note) what of it was not kept. `path` is dotted, from the item. */
export type Fault = { code: string; path: string | null; detail: string; action: string }

export const LIMITS = {
  /** bytes */
  event: 32 * 1024,
  batch: 500 * 1024,
  id: 512,
  /** items of one batch */
  items: 5_000,
  /** characters of an event's name or a key */
  name: 200,
  depth: 10,
  /** keys of one object, entries of one array */
  keys: 300,
  entries: 1_000,
} as const

export const fault = (
  code: string,
  path: string | null,
  detail: string,
  action: string,
): { fault: Fault } => ({ fault: { code, path, detail, action } })

export const tooLong = (path: string): { fault: Fault } =>
  fault('id_too_long', path, `It has more than ${LIMITS.id} bytes`, 'Send a shorter identifier.')

/** Bytes of an identifier; exact only where it may be over the limit. */
export const byteLength = (s: string): number => (s.length * 3 <= LIMITS.id ? s.length : Buffer.byteLength(s))

/** Texts and numbers as trimmed text; null for nothing. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() || null
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null
}

export type Inspection = { fault: Fault | null; badText: string | null }

// the two characters that PostgreSQL and ClickHouse refuse or change
const isBad = (s: string): boolean => !s.isWellFormed() || s.includes('\u0000')

/** One walk over a parsed JSON value. `badText`: path of the first text that holds NUL or half a surrogate pair. */
export function inspect(value: unknown): Inspection {
  const out: Inspection = { fault: null, badText: null }
  walk(value, '', 0, out)
  return out
}

function walk(value: unknown, path: string, depth: number, out: Inspection): void {
  if (typeof value === 'string') {
    if (out.badText === null && isBad(value)) out.badText = path
    return
  }
  if (typeof value !== 'object' || value === null || out.fault) return
  if (depth >= LIMITS.depth) {
    out.fault = {
      code: 'too_deep',
      path,
      detail: `Nested deeper than ${LIMITS.depth}`,
      action: 'Flatten it.',
    }
    return
  }
  if (Array.isArray(value)) {
    if (value.length > LIMITS.entries)
      out.fault = {
        code: 'too_wide',
        path,
        detail: `More than ${LIMITS.entries} entries`,
        action: 'Send fewer, or several events.',
      }
    for (let i = 0; i < value.length && !out.fault; i++) {
      const entry: unknown = value[i]
      if (typeof entry === 'string' || typeof entry === 'object') walk(entry, path, depth + 1, out)
    }
    return
  }
  let keys = 0
  for (const key in value) {
    if (++keys > LIMITS.keys) {
      out.fault = {
        code: 'too_wide',
        path,
        detail: `More than ${LIMITS.keys} keys`,
        action: 'Send fewer, or several events.',
      }
      return
    }
    if (key.length > LIMITS.name) {
      out.fault = {
        code: 'key_too_long',
        path,
        detail: `A key has more than ${LIMITS.name} characters`,
        action: 'Shorten it.',
      }
      return
    }
    if (out.badText === null && (isBad(key) || key === '__proto__')) out.badText = path || key
    const entry = (value as Record<string, unknown>)[key]
    if (typeof entry === 'string' || typeof entry === 'object')
      walk(entry, depth === 0 ? key : depth < 3 ? path + '.' + key : path, depth + 1, out)
  }
}

/** A copy without NUL, halves of surrogate pairs and keys named __proto__. */
export function cleanText(value: unknown): unknown {
  if (typeof value === 'string') return isBad(value) ? repair(value) : value
  if (Array.isArray(value)) return value.map(cleanText)
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, unknown> = {}
  for (const [key, entry] of Object.entries(value)) {
    const name = isBad(key) ? repair(key) : key
    if (name !== '__proto__') out[name] = cleanText(entry)
  }
  return out
}

const repair = (s: string): string =>
  s
    .replaceAll('\u0000', '')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
