// Encryption at rest (AES-256-GCM under SECRET_KEY) and signatures of links and tokens (HMAC-SHA256, a key per use).
// Signatures are made from SECRET_KEY until it is changed for the first time; then from roots that are kept in the database,
// sealed: links in mails that were sent, hidden addresses and certificates outlive the key.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { must } from './errors.ts'

export type Secrets = {
  seal(text: string): Buffer
  /** @throws when the bytes were not sealed with this key */
  open(sealed: Uint8Array): string
  /** base64url signature of `text` for one purpose ('click', 'unsubscribe', 'sandbox' …) */
  sign(purpose: string, text: string): string
  verify(purpose: string, text: string, signature: string): boolean
}

/** What signatures are made from, 64 hexadecimal characters each. `hashes`: of what can only be recognised by its hash
 *  (addresses of people who were forgotten) and of sandboxes, never to be changed; `links`: all else. */
export type SigningRoots = { hashes: string; links: string }

const HASHES = new Set(['suppression', 'redact', 'erased'])
const isHash = (purpose: string) => HASHES.has(purpose) || purpose.startsWith('stand-in ')

const keyOf = (hex: string): Buffer => {
  const key = Buffer.from(hex, 'hex')
  must(key.length === 32, 'a key has 32 bytes')
  return key
}
const derive = (key: Buffer, use: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', 'itinera ' + use, 32))

/** `key`: 64 hexadecimal characters. */
export function openSecrets(key: string, roots: SigningRoots = { hashes: key, links: key }): Secrets {
  const sealKey = derive(keyOf(key), 'seal')
  const hashRoot = keyOf(roots.hashes)
  const linkRoot = keyOf(roots.links)
  // as key objects: with bytes each signature makes one first (12 us instead of 2)
  const signKeys = new Map<string, KeyObject>()
  const mac = (purpose: string, text: string) => {
    let k = signKeys.get(purpose)
    if (!k) {
      k = createSecretKey(derive(isHash(purpose) ? hashRoot : linkRoot, 'sign ' + purpose))
      signKeys.set(purpose, k)
    }
    return createHmac('sha256', k).update(text).digest()
  }
  return {
    seal(text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.from([1]), iv, cipher.getAuthTag(), body])
    },
    open(sealed) {
      const b = Buffer.from(sealed)
      must(b[0] === 1, 'sealed bytes start with version 1')
      const decipher = createDecipheriv('aes-256-gcm', sealKey, b.subarray(1, 13))
      decipher.setAuthTag(b.subarray(13, 29))
      return Buffer.concat([decipher.update(b.subarray(29)), decipher.final()]).toString('utf8')
    },
    sign: (purpose, text) => mac(purpose, text).toString('base64url'),
    verify(purpose, text, signature) {
      const a = mac(purpose, text)
      const b = Buffer.from(signature, 'base64url')
      return a.length === b.length && timingSafeEqual(a, b)
    },
  }
}
