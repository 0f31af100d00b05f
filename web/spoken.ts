// One side of the words, which hold each pair of languages side by side.

/** A leaf is [zh-TW, en]. */
export type Words = { [key: string]: readonly [string, string] | Words }
export function spoken(tree: Words, side: 0 | 1): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      Array.isArray(value) ? value[side] : spoken(value as Words, side),
    ]),
  )
}
