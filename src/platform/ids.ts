// Ids: UUIDs inside, prefix + base32 outside. The last byte of an id is its bucket, fixed for ever.
import { createHash, randomBytes } from 'node:crypto'

/** A lower-case UUID string with dashes, as PostgreSQL prints it. */
export type Uuid = string

export const BUCKETS = 256

const hex = (b: Uint8Array): string => Buffer.from(b).toString('hex')

function format(bytes: Uint8Array): Uuid {
  const h = hex(bytes)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`
}

/** UUIDv7 (RFC 9562 section 5.7) for time `at` (ms); the last byte is `bucket` when given, else random. */
export function newId(at: number = Date.now(), bucket?: number): Uuid {
  const b = randomBytes(16)
  b.writeUIntBE(at, 0, 6)
  b[6] = (b[6]! & 0x0f) | 0x70
  b[8] = (b[8]! & 0x3f) | 0x80
  if (bucket !== undefined) b[15] = bucket
  return format(b)
}

/** Deterministic id (UUIDv8): SHA-256 of the parts, last byte `bucket`. For what the reducer makes. */
export function deriveId(bucket: number, ...parts: (string | number)[]): Uuid {
  const b = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
  b[6] = (b[6]! & 0x0f) | 0x80
  b[8] = (b[8]! & 0x3f) | 0x80
  b[15] = bucket
  return format(b)
}

/** 16 bytes of SHA-256 of a text, written as a UUID: deduplication and body hashes. */
export function hashId(...parts: (string | number)[]): Uuid {
  return format(createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16))
}

/** The bucket of an id: its last byte. */
export const bucketOf = (id: Uuid): number => Number.parseInt(id.slice(-2), 16)

/** The bucket of an identifier or address: the last byte of a hash over its parts. */
export const bucketOfText = (...parts: string[]): number =>
  createHash('sha256').update(JSON.stringify(parts)).digest()[31]!

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford base32, lower case

export type IdPrefix =
  | 'era'
  | 'wsp'
  | 'cus'
  | 'jrn'
  | 'msg'
  | 'key'
  | 'usr'
  | 'enr'
  | 'chn'
  | 'evt'
  | 'imp'
  | 'cfl'
  | 'sto'
  | 'stf'
  | 'prd'
  | 'src'
  | 'dea'

/** `cus_` + 26 base32 characters of the UUID's 128 bits. */
export function publicId(prefix: IdPrefix, id: Uuid): string {
  let n = BigInt('0x' + id.replaceAll('-', ''))
  let out = ''
  for (let i = 0; i < 26; i++) {
    out = ALPHABET[Number(n & 31n)] + out
    n >>= 5n
  }
  return `${prefix}_${out}`
}

/** The UUID of a public id; null when it is not one of this prefix. */
export function parseId(prefix: IdPrefix, text: string): Uuid | null {
  if (!text.startsWith(prefix + '_') || text.length !== prefix.length + 27) return null
  let n = 0n
  for (const c of text.slice(prefix.length + 1)) {
    const v = ALPHABET.indexOf(c)
    if (v < 0) return null
    n = (n << 5n) | BigInt(v)
  }
  if (n >> 128n) return null
  const h = n.toString(16).padStart(32, '0')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`
}
