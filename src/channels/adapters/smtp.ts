// Email over SMTP. SMTP has no idempotency key, so a mail whose fate is not known is not sent again: at most once. What came
// back to the return path is told by whoever reads that mailbox, by a signed webhook.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { z } from 'zod'
import { Problem } from '../../platform/errors.ts'
import { parseId } from '../../platform/ids.ts'
import type { Account, Adapter, Outgoing, Receipt, SendResult, Told, WebhookRequest } from '../adapter.ts'
import {
  DKIM_SECRET,
  DKIM_SETTING,
  MAIL_SETTINGS,
  mailOf,
  rawMail,
  withDkimKey,
  wrongSelector,
} from '../mail.ts'
import { closeIdle, sendMail, SmtpFailure, type SmtpServer } from '../smtp.ts'
import { STAND_IN, standInSecret } from '../stand-in.ts'

const CONCURRENCY = 5

/** Setting `secure`: true, starttls or none; not set, port 465 means true and every other port starttls. */
export function serverOf(account: Account): SmtpServer {
  const { host = '', port = '', secure = '', user = '' } = account.settings
  const tls = secure === 'true' || (secure === '' && port === '465')
  return {
    host,
    port: Number(port) || (tls ? 465 : 587),
    security: tls ? 'tls' : secure === 'none' ? 'none' : 'starttls',
    user,
    password: account.secrets.password ?? '',
    trusted: account.trusted,
  }
}

/** What a refusal means, by how far the mail had got and the reply (RFC 5321 section 4.2). */
export function readFailure(f: Pick<SmtpFailure, 'stage' | 'code' | 'recipient' | 'message'>): SendResult {
  const detail = f.message.slice(0, 300)
  if (f.stage === 'login' && (f.code >= 500 || f.code === 0)) return { kind: 'bad_credentials', detail }
  if (f.code === 530 || f.code === 535) return { kind: 'bad_credentials', detail }
  if (f.code >= 400 && f.code < 500) return { kind: 'retryable', detail, retryAfterMs: null }
  if (f.code >= 500) return { kind: f.recipient ? 'bad_recipient' : 'rejected', detail }
  // no reply: only once DATA was answered may the mail have been taken
  return f.stage === 'data' ? { kind: 'unknown', detail } : { kind: 'retryable', detail, retryAfterMs: null }
}

const pathSignature = (secret: string, message: string): string =>
  createHmac('sha256', secret).update(`return path ${message}`).digest('hex').slice(0, 20)

/** Where a mail that cannot be delivered goes back to: an address of its own for each message, so that a report that says
 *  nothing else still says which. Without a domain for it the sender's own address. */
export function returnPathOf(account: Account, message: string): string {
  const { bounceDomain, from = '' } = account.settings
  const { webhookSecret } = account.secrets
  return bounceDomain && webhookSecret
    ? `b.${message.replaceAll('-', '')}.${pathSignature(webhookSecret, message)}@${bounceDomain}`
    : from
}

/** The message of a return path of ours; null: it is none. */
export function readReturnPath(account: Account, address: string): string | null {
  const found =
    /^<?b\.([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.([0-9a-f]{20})@/i.exec(address)
  if (!found) return null
  const message = found.slice(1, 6).join('-').toLowerCase()
  const wanted = Buffer.from(pathSignature(account.secrets.webhookSecret ?? '', message))
  return timingSafeEqual(Buffer.from(found[6]!.toLowerCase()), wanted) ? message : null
}

async function send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  const { messageId } = mailOf(account, message)
  const raw = await rawMail(account, message)
  try {
    const envelope = { from: returnPathOf(account, message.id), to: message.address }
    const reply = await sendMail(serverOf(account), envelope, raw, signal)
    return { kind: 'accepted', providerId: reply.slice(0, 200) || messageId }
  } catch (error) {
    if (!(error instanceof SmtpFailure)) throw error
    return readFailure(error)
  }
}

/** What may be told of mails: by the return path that a report came to, or by the message's id. */
const reports = z.object({
  events: z
    .array(
      z.object({
        returnPath: z.string().max(320).optional(),
        message: z.string().max(64).optional(),
        state: z.enum(['delivered', 'bounced', 'complained']),
        hard: z.boolean().optional(),
        at: z.iso.datetime({ offset: true }).optional(),
        detail: z.string().max(300).optional(),
      }),
    )
    .max(1_000),
})

function parse(account: Account, request: WebhookRequest): Told {
  const refused = new Problem(401, 'bad_signature', 'The signature does not fit the body', {
    action: 'Sign as Standard Webhooks says, with the webhook secret of this account (whsec_ and base64).',
  })
  const { webhookSecret } = account.secrets
  if (!webhookSecret) throw refused
  let body: unknown
  try {
    body = new Webhook(webhookSecret).verify(Buffer.from(request.rawBody).toString('utf8'), request.headers)
  } catch (error) {
    if (error instanceof WebhookVerificationError || error instanceof SyntaxError) throw refused
    throw error
  }
  const read = reports.safeParse(body)
  if (!read.success)
    throw new Problem(400, 'invalid', 'The body is not a list of events', {
      path: read.error.issues[0]?.path.join('.'),
      action: 'docs/CHANNELS.md shows the body.',
    })
  const receipts: Receipt[] = []
  for (const e of read.data.events) {
    const message = e.returnPath
      ? readReturnPath(account, e.returnPath)
      : e.message
        ? parseId('msg', e.message)
        : null
    if (message === null) continue // a bounce of what we did not send
    receipts.push({
      message,
      state: e.state,
      at: e.at === undefined ? Date.now() : Date.parse(e.at),
      ...(e.detail === undefined ? {} : { detail: e.detail }),
      ...(e.hard === true ? { hard: true as const } : {}),
    })
  }
  return { events: [], receipts }
}

/** Standard Webhooks' library takes only such secrets. */
const wrongSecret = (secret: string | undefined): boolean =>
  secret !== undefined && !/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(secret)

export const smtp: Adapter = {
  name: 'smtp',
  channel: 'email',
  delivery: 'at_most_once',
  settings: ['host', 'port', 'secure', 'user', ...MAIL_SETTINGS, DKIM_SETTING, 'bounceDomain'],
  secrets: ['password', DKIM_SECRET, 'webhookSecret'],
  required: ['host', 'from'],
  concurrency: CONCURRENCY,
  wrong: (settings, secrets) =>
    wrongSecret(secrets?.webhookSecret)
      ? { setting: 'webhookSecret', action: 'Give whsec_ and at least 12 random bytes in base64.' }
      : wrongSelector(settings),
  complete: withDkimKey,
  send,
  parse,
  standIn: (core, workspace, brand) => ({
    name: 'Email',
    settings: { host: STAND_IN, user: workspace, from: 'hello@sandbox.example', fromName: brand },
    secrets: { password: standInSecret(core, workspace, 'smtp') },
  }),
  close: closeIdle,
}
