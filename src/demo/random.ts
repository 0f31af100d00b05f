// Repeatable randomness: the same seed gives the same brand on every machine.

export type Random = {
  /** in [0, 1) */
  next(): number
  /** whole number in [from, to] */
  int(from: number, to: number): number
  pick<T>(list: readonly T[]): T
  chance(p: number): boolean
  /** index by weight */
  weighted(weights: readonly number[]): number
  /** a new, shuffled list */
  shuffle<T>(list: readonly T[]): T[]
  hex(length: number): string
}

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded by a text through FNV-1a. */
export function seededRandom(seed: string): Random {
  let h = 0x811c9dc5
  const state = [0, 1, 2, 3].map(i => {
    for (const c of seed + i) h = Math.imul(h ^ c.codePointAt(0)!, 0x01000193)
    return h >>> 0
  })
  let [a, b, c, d] = state as [number, number, number, number]
  const next = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 16; i++) next()
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    int,
    pick: list => list[int(0, list.length - 1)]!,
    chance: p => next() < p,
    weighted(weights) {
      let x = next() * weights.reduce((sum, w) => sum + w, 0)
      for (let i = 0; i < weights.length; i++) if ((x -= weights[i]!) < 0) return i
      return weights.length - 1
    },
    shuffle(list) {
      const out = [...list]
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i)
        ;[out[i], out[j]] = [out[j]!, out[i]!]
      }
      return out
    },
    hex: length => Array.from({ length }, () => int(0, 15).toString(16)).join(''),
  }
}
