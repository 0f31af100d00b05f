// Cursors of lists: where the next page begins, as opaque text.
import { Problem } from './errors.ts'

/** A position as opaque, URL-safe text. `position` must survive JSON. */
export const writeCursor = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url')

/** @throws Problem 400 `bad_cursor` */
export function readCursor<T>(
  cursor: string | undefined,
  fits: (position: unknown) => position is T,
): T | null {
  if (!cursor) return null
  let position: unknown = null
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    position = null // answered below, like any other text that is no cursor
  }
  if (fits(position)) return position
  throw new Problem(400, 'bad_cursor', 'This is not a cursor of this list', {
    path: 'cursor',
    action: 'Pass the `next` of the page before, or leave it out.',
  })
}

/** A position made of texts. */
export const isTexts =
  <N extends number>(length: N) =>
  (p: unknown): p is string[] & { length: N } =>
    Array.isArray(p) && p.length === length && p.every(v => typeof v === 'string')

/** A page of `found`, which was read with one row more than `limit`. `next`: the cursor to go on from the page's last row,
 *  null where nothing follows. */
export function cutPage<Row>(
  found: Row[],
  limit: number,
  placeOf: (last: Row) => unknown,
): { shown: Row[]; next: string | null } {
  const shown = found.slice(0, limit)
  return { shown, next: found.length > limit ? writeCursor(placeOf(shown.at(-1)!)) : null }
}
