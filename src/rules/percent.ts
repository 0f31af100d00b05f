// The number of a customer under a salt, for `percent` leaves: MurmurHash3 x86 32-bit with seed 0 (Austin Appleby, public
// domain) of the UTF-8 text `<customer id>:<salt>`, times 100 / 2^32. The same in a browser, in Node and in ClickHouse
// (`murmurHash3_32(concat(toString(id), ':', salt)) * 100 / 4294967296`); known values are in rules.test.ts.

const C1 = 0xcc9e2d51
const C2 = 0x1b873593
const utf8 = new TextEncoder()

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))
const mix = (k: number): number => Math.imul(rotate(Math.imul(k, C1), 15), C2)

function murmur3(bytes: Uint8Array): number {
  const blocks = bytes.length & ~3
  let h = 0
  for (let i = 0; i < blocks; i += 4) {
    const k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    h = (Math.imul(rotate(h ^ mix(k), 13), 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = bytes.length - 1; i >= blocks; i--) tail = (tail << 8) | bytes[i]!
  if (bytes.length > blocks) h ^= mix(tail)
  h ^= bytes.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** From 0 up to, but not, 100. */
export const percentOf = (customer: string, salt: string): number =>
  (murmur3(utf8.encode(`${customer}:${salt}`)) * 100) / 4294967296
