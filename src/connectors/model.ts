// A source: another system that posts what happened to an address of its own. How it proves who it is, and how its
// bodies become events. The web shows and edits the same shapes.

/** How a delivery proves that its sender knows the secret. Always over the raw body, compared in constant time.
 *  standard: Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature)
 *  hmac: one header holds the HMAC of the body; with `timestampHeader`, of `<timestamp>.<body>`
 *  shopify: X-Shopify-Hmac-Sha256 */
export type Signing =
  | { scheme: 'standard' }
  | {
      scheme: 'hmac'
      header: string
      algorithm: 'sha256' | 'sha1' | 'sha512'
      encoding: 'hex' | 'base64'
      /** stands before the signature, such as 'sha256=' */
      prefix: string
      /** the sender's id of a delivery; null: the hash of the body stands for it */
      idHeader: string | null
      timestampHeader: string | null
    }
  | { scheme: 'shopify' }

/** One value of an item: from the body by JSONPath (RFC 9535; '$' is the whole body, '@' the entry of `each`, and for
 *  a field of `properties.products[]` the product), or the same for all. */
export type MappingField = { to: string; path?: string; value?: string | number | boolean }
export type MappingRule = {
  /** takes bodies whose value there is this text; null: every body */
  when: { path: string; is: string } | null
  /** a list: each entry gives an item of its own */
  each: string | null
  type: 'track' | 'identify'
  fields: MappingField[]
}
export type Mapping = { rules: MappingRule[] }

/** Identifiers and facts of an item that a field may give, beside `properties.…` and `traits.…`. */
export const MAPPING_TARGETS = [
  'event',
  'userId',
  'email',
  'phone',
  'lineUid',
  'cardNo',
  'carrier',
  'anonymousId',
  'timestamp',
  'messageId',
] as const
export const LINES = 'properties.products[].'
const NAME = /^[^\s.[\]{}"'\\][^.[\]{}"'\\]{0,63}$/u

/** Whether a mapping may write there. */
export function isTarget(to: string): boolean {
  if ((MAPPING_TARGETS as readonly string[]).includes(to)) return true
  const rest = to.startsWith(LINES)
    ? to.slice(LINES.length)
    : /^(?:properties|traits)\./.test(to)
      ? to.slice(to.indexOf('.') + 1)
      : ''
  return rest !== '' && rest.split('.').every(part => NAME.test(part) && part !== '__proto__')
}

export type SourceKind = 'webhook' | 'shopify'
export type SourceSettings = {
  signing: Signing
  mapping: Mapping
  /** Shopify: which store a location is, by its id */
  locations?: Record<string, string>
}

/** What a body brought: an item as a client would post it to /v1/batch. `key` says what it is about and what it says,
 *  so that the same told twice is taken once. */
export type Brought = {
  key: string
  item: Record<string, unknown>
  /** the sender's own number of the order, where the body does not say the one that people know */
  outsideOrder?: string
}

/** What a Shopify shop is asked to send. */
export const SHOPIFY_TOPICS = [
  'orders/create',
  'orders/updated',
  'orders/paid',
  'orders/fulfilled',
  'orders/cancelled',
  'refunds/create',
  'customers/create',
  'customers/update',
  'checkouts/create',
  'checkouts/update',
  'products/create',
  'products/update',
  'products/delete',
] as const
