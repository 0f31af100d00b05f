// Messages of Amazon SNS: the signature is checked with the certificate that the message names, at Amazon's own hosts only
// (docs.aws.amazon.com/sns, verifying message signatures). By node:crypto and our own connections, not sns-validator: that
// one fetches without a limit or timeout and only by https, so nothing of ours could stand in for it.
import { verify } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { Problem } from '../platform/errors.ts'
import type { Account, WebhookRequest } from './adapter.ts'
import { exchange, NoAnswer } from './exchange.ts'

const TIMEOUT_MS = 5_000
const AMAZON = /^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/

const snsMessage = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
  Subject: z.string().nullish(),
  SubscribeURL: z.string().optional(),
  Token: z.string().optional(),
})
export type SnsMessage = z.infer<typeof snsMessage>

/** What is signed: these fields in this order, each name and value with a line's end. */
export function signedText(m: Omit<SnsMessage, 'Signature' | 'SigningCertURL' | 'SignatureVersion'>): string {
  const fields: (keyof typeof m)[] =
    m.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
  return fields.flatMap(f => (m[f] == null ? [] : [`${f}\n${m[f]}\n`])).join('')
}

const certificates = new LRUCache<string, string>({ max: 100 })

const refused = (code: string, title: string, action: string) => new Problem(401, code, title, { action })

/** An address of Amazon's, or, where the account is our stand-in's, of that. @throws Problem 401 */
function amazonUrl(account: Account, text: string): URL {
  const wrong = refused(
    'bad_signature',
    'The message names an address that is not Amazon’s',
    'Check the topic.',
  )
  if (!URL.canParse(text)) throw wrong
  const url = new URL(text)
  if (url.protocol === 'https:' && AMAZON.test(url.hostname) && url.port === '') return url
  const own = account.settings.baseUrl
  if (account.trusted && own && url.href.startsWith(own.replace(/\/$/, '') + '/')) return url
  throw wrong
}

async function read(account: Account, url: URL): Promise<string> {
  const failed = new Problem(503, 'unavailable', 'Amazon could not be asked', {
    action: 'Send it again.',
    retryAfterS: 30,
  })
  try {
    const request = { method: 'GET', url, headers: { 'user-agent': 'Itinera' }, body: '' }
    const answer = await exchange(request, account.trusted, AbortSignal.timeout(TIMEOUT_MS))
    if (answer.status !== 200) throw failed
    return answer.body
  } catch (error) {
    throw error instanceof NoAnswer ? failed : error
  }
}

/** The message of a webhook's body, of this topic, signed by Amazon.
 *  @throws Problem 401 where that is not so, 503 where the certificate cannot be fetched */
async function verified(account: Account, request: WebhookRequest, topic: string): Promise<SnsMessage> {
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(request.rawBody).toString('utf8'))
  } catch {
    throw new Problem(400, 'bad_json', 'The body is not JSON', { action: 'Send it as Amazon SNS does.' })
  }
  const found = snsMessage.safeParse(body)
  if (!found.success)
    throw new Problem(400, 'invalid', 'The body is no message of Amazon SNS', {
      path: found.error.issues[0]?.path.join('.'),
      action: 'Turn off raw message delivery of the subscription.',
    })
  const message = found.data
  // a valid signature says that it is Amazon's, not whose topic it is
  if (!topic || message.TopicArn !== topic)
    throw refused('wrong_topic', 'The message is of another topic', 'Give the topic’s ARN to the account.')
  const url = amazonUrl(account, message.SigningCertURL)
  let certificate = certificates.get(url.href)
  if (certificate === undefined) certificates.set(url.href, (certificate = await read(account, url)))
  let fits = false
  try {
    const hash = message.SignatureVersion === '1' ? 'sha1' : 'sha256'
    const signature = Buffer.from(message.Signature, 'base64')
    fits = verify(hash, Buffer.from(signedText(message)), certificate, signature)
  } catch {
    certificates.delete(url.href) // no certificate at all
  }
  if (!fits) throw refused('bad_signature', 'The signature does not fit the body', 'Send it as Amazon does.')
  return message
}

/** What a notification says; null for a subscription, which is confirmed here, and its end. @throws Problem */
export async function readSns(
  account: Account,
  request: WebhookRequest,
  topic: string,
): Promise<{ text: string; at: number } | null> {
  const message = await verified(account, request, topic)
  if (message.Type === 'SubscriptionConfirmation') {
    await read(account, amazonUrl(account, message.SubscribeURL ?? ''))
    return null
  }
  return message.Type === 'Notification' ? { text: message.Message, at: Date.parse(message.Timestamp) } : null
}
