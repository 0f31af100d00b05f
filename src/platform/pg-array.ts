// Arrays for `unnest`, in PostgreSQL's own binary form (array_recv in src/backend/utils/adt/arrayfuncs.c: dimensions,
// null flag, element type, length, lower bound; then length and bytes of each element). pg sends a Buffer as a binary
// parameter. As text, quoting here and parsing there took a fifth of the fold process (2,000 states of 1.4 KB a fold).
import { must } from './errors.ts'
import type { Uuid } from './ids.ts'

const OID = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, text: 25, timestamptz: 1184, uuid: 2950 }
const HEADER = 20
/** 2000-01-01T00:00:00Z, PostgreSQL's epoch, in Unix ms. */
const EPOCH_MS = 946_684_800_000
const TWO_32 = 4_294_967_296

function open(oid: number, count: number, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(count === 0 ? 12 : HEADER + bytes)
  buffer.writeInt32BE(count === 0 ? 0 : 1, 0)
  buffer.writeInt32BE(1, 4) // nulls may be among them
  buffer.writeInt32BE(oid, 8)
  if (count > 0) {
    buffer.writeInt32BE(count, 12)
    buffer.writeInt32BE(1, 16)
  }
  return buffer
}

/** Elements of one width; null is an element without bytes. */
function fixed<T>(
  oid: number,
  width: number,
  list: readonly (T | null)[],
  write: (buffer: Buffer, at: number, value: T) => void,
): Buffer {
  const buffer = open(oid, list.length, list.length * (4 + width))
  let at = HEADER
  for (const value of list) {
    if (value === null) {
      at = buffer.writeInt32BE(-1, at)
      continue
    }
    at = buffer.writeInt32BE(width, at)
    write(buffer, at, value)
    at += width
  }
  return at === HEADER ? buffer : buffer.subarray(0, at)
}

/** A whole number of up to 53 bits as eight bytes. */
function writeWhole(buffer: Buffer, at: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  buffer.writeInt32BE(high, at)
  buffer.writeUInt32BE(value - high * TWO_32, at + 4)
}

const NIBBLE = new Uint8Array(128)
for (let i = 0; i < 16; i++) NIBBLE[i.toString(16).charCodeAt(0)] = i

function writeUuid(buffer: Buffer, at: number, id: Uuid): void {
  must(id.length === 36, 'an id is a UUID with dashes')
  let to = at
  for (let i = 0; i < 36; i += 2) {
    if (i === 8 || i === 13 || i === 18 || i === 23) i++
    buffer[to++] = (NIBBLE[id.charCodeAt(i)]! << 4) | NIBBLE[id.charCodeAt(i + 1)]!
  }
}

/** smallint[] */
export const smallints = (list: readonly number[]): Buffer =>
  fixed(OID.int2, 2, list, (b, at, v) => b.writeInt16BE(v, at))
/** int[] */
export const ints = (list: readonly (number | null)[]): Buffer =>
  fixed(OID.int4, 4, list, (b, at, v) => b.writeInt32BE(v, at))
/** bigint[] of numbers up to 2^53 */
export const bigints = (list: readonly (number | null)[]): Buffer => fixed(OID.int8, 8, list, writeWhole)
/** boolean[] */
export const booleans = (list: readonly boolean[]): Buffer =>
  fixed(OID.bool, 1, list, (b, at, v) => b.writeUInt8(v ? 1 : 0, at))
/** uuid[] of lower-case ids */
export const uuids = (list: readonly (Uuid | null)[]): Buffer => fixed(OID.uuid, 16, list, writeUuid)
/** timestamptz[] of Unix ms */
export const instants = (list: readonly (number | null)[]): Buffer =>
  fixed(OID.timestamptz, 8, list, (b, at, ms) => writeWhole(b, at, (Math.trunc(ms) - EPOCH_MS) * 1000))

/** text[], of strings or of their UTF-8 bytes; no NUL among the characters, as everywhere in PostgreSQL */
export function texts(list: readonly (string | Buffer | null)[]): Buffer {
  let bytes = 0
  const sizes = list.map(text => {
    const size = text === null ? -1 : Buffer.byteLength(text)
    bytes += 4 + Math.max(0, size)
    return size
  })
  const buffer = open(OID.text, list.length, bytes)
  let at = HEADER
  list.forEach((text, i) => {
    at = buffer.writeInt32BE(sizes[i]!, at)
    if (typeof text === 'string') at += buffer.write(text, at)
    else if (text !== null) at += text.copy(buffer, at)
  })
  return buffer
}

/** bytea[] */
export function byteas(list: readonly Buffer[]): Buffer {
  const buffer = open(
    OID.bytea,
    list.length,
    list.reduce((n, b) => n + 4 + b.length, 0),
  )
  let at = HEADER
  for (const bytes of list) {
    at = buffer.writeInt32BE(bytes.length, at)
    at += bytes.copy(buffer, at)
  }
  return buffer
}
