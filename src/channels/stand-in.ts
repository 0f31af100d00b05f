// What accounts of sandboxes share: that they point at our own stand-in of a provider, and the secrets it knows.
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'

/** As a base URL or a host: our own stand-in of the provider, wherever it listens now. */
export const STAND_IN = 'stand-in'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
type Signer = Pick<Core, 'secrets'>
const purposeOf = (adapter: string) => `stand-in ${adapter}`

/** A secret of a workspace at the stand-in of an adapter; it can be checked without a table of its own. */
export const standInSecret = ({ secrets }: Signer, workspace: Uuid, adapter: string): string =>
  secrets.sign(purposeOf(adapter), workspace)

export const isStandInSecret = (
  { secrets }: Signer,
  workspace: string,
  adapter: string,
  secret: string,
): boolean => UUID.test(workspace) && secrets.verify(purposeOf(adapter), workspace, secret)

/** The same with the workspace before it, for where it is all that a request says of who calls. */
export const standInToken = (core: Signer, workspace: Uuid, adapter: string): string =>
  `${workspace}.${standInSecret(core, workspace, adapter)}`

/** The workspace that such a token is for; null when it is none of ours. */
export function workspaceOfToken(core: Signer, token: string, adapter: string): Uuid | null {
  const dot = token.indexOf('.')
  const workspace = token.slice(0, Math.max(dot, 0))
  return isStandInSecret(core, workspace, adapter, token.slice(dot + 1)) ? workspace : null
}

/** A P-256 key of a workspace at the stand-in of an adapter, made from its secret: it needs no place to be kept. */
export function standInEcKey(core: Signer, workspace: Uuid, adapter: string): KeyObject {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(Buffer.from(standInSecret(core, workspace, adapter), 'base64url'))
  const point = ecdh.getPublicKey()
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: ecdh.getPrivateKey('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
}

/** Its public part, as SubjectPublicKeyInfo. */
export const publicPart = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' })

/** One for the process: making one takes a tenth of a second, and each account keeps the one it was given. */
let rsaKey: string | null = null

/** A key of a service account as Google gives it out, for the stand-in. */
export function standInServiceAccount(core: Signer, workspace: Uuid) {
  rsaKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string
  return {
    type: 'service_account',
    project_id: `sandbox-${workspace}`,
    private_key_id: standInSecret(core, workspace, 'fcm'),
    private_key: rsaKey,
    client_email: `itinera@sandbox-${workspace}.iam.gserviceaccount.com`,
    token_uri: 'https://oauth2.googleapis.com/token',
  }
}
