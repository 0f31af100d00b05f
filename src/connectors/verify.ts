// Whether a delivery comes from who it says. Over the raw body, before anything reads it.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { Problem } from '../platform/errors.ts'
import type { Signing } from './model.ts'

/** How far the sender's clock may be from ours, as in Standard Webhooks. */
const WINDOW_MS = 5 * 60_000

export type Delivery = {
  raw: Buffer
  headers: Record<string, string>
  /** real time, ms */
  now: number
}

const refused = (title: string) =>
  new Problem(401, 'bad_signature', title, {
    action: 'Check that both sides hold the same secret and sign in the same way.',
  })

function same(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The sender's id of this delivery, which a repeat has too.
 *  @throws Problem 401 `bad_signature` or `clock_window` */
export function verifyDelivery(signing: Signing, secret: string, delivery: Delivery): string {
  const { headers, raw } = delivery
  if (signing.scheme === 'standard') {
    try {
      new Webhook(secret).verify(raw, headers, { jsonParse: false })
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error
      if (/timestamp too/.test(error.message)) throw outsideWindow()
      throw refused('The signature does not fit this body')
    }
    return headers['webhook-id']!
  }
  const bodyHash = createHash('sha256').update(raw).digest('base64url')
  if (signing.scheme === 'shopify') {
    const expected = createHmac('sha256', secret).update(raw).digest()
    if (!same(Buffer.from(headers['x-shopify-hmac-sha256'] ?? '', 'base64'), expected))
      throw refused('The signature does not fit this body')
    return headers['x-shopify-webhook-id'] ?? bodyHash
  }
  const timestamp =
    signing.timestampHeader === null ? null : (headers[signing.timestampHeader.toLowerCase()] ?? '')
  const mac = createHmac(signing.algorithm, secret)
  if (timestamp !== null) mac.update(`${timestamp}.`)
  const expected = mac.update(raw).digest()
  const header = headers[signing.header.toLowerCase()] ?? ''
  const given = header.startsWith(signing.prefix) ? header.slice(signing.prefix.length) : ''
  if (!same(Buffer.from(given, signing.encoding), expected))
    throw refused('The signature does not fit this body')
  if (timestamp !== null) {
    const at = Number(timestamp) * (Number(timestamp) < 100_000_000_000 ? 1000 : 1)
    if (!(Math.abs(delivery.now - at) <= WINDOW_MS)) throw outsideWindow()
  }
  return (signing.idHeader === null ? undefined : headers[signing.idHeader.toLowerCase()]) || bodyHash
}

const outsideWindow = () =>
  new Problem(401, 'clock_window', 'The delivery was signed more than five minutes ago, or in the future', {
    action: "Set the sender's clock, or send it again signed anew.",
  })
