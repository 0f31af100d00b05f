// The stand-in for push services of browsers (RFC 8030): checks VAPID (RFC 8292), takes encrypted messages, and reads those
// that are for browsers of its own (RFC 8291), as the browser would.
import { createECDH, createPublicKey } from 'node:crypto'
import { type Context, Hono } from 'hono'
import ece from 'http_ece'
import { errors, jwtVerify } from 'jose'
import { type Subscription, tokenOf } from '../../channels/adapters/webpush.ts'
import { publicPart, standInEcKey, standInSecret } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { putContact, putMessage, sandboxNow, type StandInFault, takeStandInFault } from '../stand-in.ts'
import { hang } from './hang.ts'
import type { StandIn } from './model.ts'

const ORIGIN = 'https://push.sandbox.example'
const MOST_BYTES = 4_096

/** sandbox_message.payload; `raw`: for a browser that is not ours, which alone can read it. */
export type WebPushToCustomer = {
  title?: string
  body?: string
  url?: string
  image?: string
  id?: string
  raw?: string
  headers: { ttl: string; urgency: string; topic: string }
}

type Signer = Pick<Core, 'secrets'>
const browserKeys = (core: Signer, workspace: Uuid, id: string) => {
  const seed = (what: string) =>
    Buffer.from(standInSecret(core, workspace, `webpush ${what} ${id}`), 'base64url')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(seed('key'))
  return { ecdh, auth: seed('auth').subarray(0, 16).toString('base64url') }
}

/** The subscription of a browser at the sandbox; any name is one. */
export function standInBrowser(core: Signer, workspace: Uuid, id: string): Subscription {
  const { ecdh, auth } = browserKeys(core, workspace, id)
  return { endpoint: `${ORIGIN}/${workspace}/${id}`, p256dh: ecdh.getPublicKey('base64url'), auth }
}

/** A browser of the sandbox lets itself be notified; its token. */
export async function subscribeBrowser(
  core: Core,
  workspace: Uuid,
  id: string,
  name: string,
): Promise<string> {
  const token = tokenOf(standInBrowser(core, workspace, id))
  const at = await sandboxNow(core.pool, workspace)
  await putContact(core.pool, { workspace, channel: 'webpush', address: token, name, following: true, at })
  return token
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The workspace whose key signed the request, by the subject that its account has; null: nobody's. */
async function signedBy(core: Core, c: Context): Promise<Uuid | null> {
  const found = /^vapid t=([^,\s]+),\s*k=(\S+)$/.exec(c.req.header('authorization') ?? '')
  if (!found) return null
  const [, token = '', key = ''] = found
  const sub = /"sub":"mailto:([0-9a-f-]{36})@/.exec(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
  )
  const workspace = sub?.[1] ?? ''
  if (!UUID.test(workspace)) return null
  const own = standInEcKey(core, workspace, 'webpush')
  const point = publicPart(own).subarray(-65).toString('base64url')
  if (key !== point) return null
  try {
    await jwtVerify(token, createPublicKey(own), { algorithms: ['ES256'], maxTokenAge: '24h' })
    return workspace
  } catch (error) {
    // web-push says until when a token is good, not since when
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iat') return workspace
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

function misbehave(c: Context, fault: StandInFault['kind'] | null): Response | null {
  switch (fault) {
    case 'error_429':
      c.header('retry-after', '2')
      return c.text('too many', 429)
    case 'error_500':
      return c.text('internal error', 500)
    case 'error_401':
      return c.text('Unauthorized', 401)
    case 'bad_recipient':
      return c.text('push subscription has unsubscribed or expired', 410)
    default:
      return null
  }
}

function app(core: Core): Hono {
  const app = new Hono()
  app.post('/*', async c => {
    const workspace = await signedBy(core, c)
    if (workspace === null) return c.text('Unauthorized', 401)
    const fault = await takeStandInFault(core.pool, workspace, 'webpush')
    const answer = misbehave(c, fault)
    if (answer) return answer
    if (fault === 'hang') return hang()
    const ttl = c.req.header('ttl')
    if (ttl === undefined || !/^\d+$/.test(ttl)) return c.text('TTL is missing', 400)
    if (c.req.header('content-encoding') !== 'aes128gcm') return c.text('content encoding', 400)
    const body = Buffer.from(await c.req.arrayBuffer())
    if (body.length > MOST_BYTES) return c.text('too large', 413)
    const endpoint = ORIGIN + c.req.path.slice(c.req.path.indexOf('/webpush/') + '/webpush'.length)
    const { rows } = await core.pool.query<{ address: string; following: boolean }>(
      `select address, following from sandbox_contact where workspace_id = $1 and channel = 'webpush'
          and split_part(address, ' ', 1) = $2`,
      [workspace, endpoint],
    )
    const own = endpoint.startsWith(`${ORIGIN}/${workspace}/`)
    if (own && !rows[0]) return c.text('no such subscription', 404)
    if (rows[0]?.following === false) return c.text('push subscription has unsubscribed or expired', 410)
    const headers = { ttl, urgency: c.req.header('urgency') ?? '', topic: c.req.header('topic') ?? '' }
    const payload = own ? read(core, workspace, endpoint, body) : { raw: body.toString('base64') }
    if (payload === null) return c.text('not for this subscription', 400)
    const id = newId()
    await putMessage(core.pool, {
      workspace,
      id,
      channel: 'webpush',
      address: rows[0]?.address ?? endpoint,
      direction: 'to_customer',
      retryKey: null,
      payload: { ...payload, headers } satisfies WebPushToCustomer,
      at: await sandboxNow(core.pool, workspace),
    })
    core.signals.emit('live', `${workspace}:sandbox`)
    if (fault === 'accept_then_drop') return hang()
    c.header('location', `${ORIGIN}/m/${id}`)
    return c.body(null, 201)
  })
  app.onError((error, c) => {
    core.log.error({ error: error.message.slice(0, 200) }, 'stand-in: web push failed')
    return c.text('internal error', 500)
  })
  return app
}

function read(core: Core, workspace: Uuid, endpoint: string, body: Buffer): object | null {
  const { ecdh, auth } = browserKeys(core, workspace, endpoint.slice(endpoint.lastIndexOf('/') + 1))
  try {
    const text = ece.decrypt(body, { version: 'aes128gcm', privateKey: ecdh, authSecret: auth })
    return JSON.parse(text.toString('utf8')) as object
  } catch {
    return null // encrypted for somebody else
  }
}

export const webPushStandIn: StandIn = { adapter: 'webpush', channel: 'webpush', app }
