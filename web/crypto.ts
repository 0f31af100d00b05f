// What src/platform/ids.ts uses of node:crypto, for browsers: the reducer runs there in the simulator. The build puts this
// in node:crypto's place (vite.config.ts).
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** Only SHA-256 of a text, in hexadecimal digits. */
export function hash(algorithm: 'sha256', text: string, _encoding: 'hex'): string {
  if (algorithm !== 'sha256') throw new Error(`the web's build has no ${String(algorithm)}`)
  return bytesToHex(sha256(utf8ToBytes(text)))
}

export const randomBytes = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n))
