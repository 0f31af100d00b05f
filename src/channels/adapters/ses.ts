// Email by Amazon SES API v2: the whole mail, signed by our own DKIM key where there is one and by SES's; what became of it
// comes by SNS. SES has no idempotency key, so what is not known is not sent again.
// Source: docs.aws.amazon.com/ses (SendEmail, event publishing to SNS), SigV4 by AWS's own signer.
import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { isMachineAgent } from '../machine.ts'
import { parseId, publicId } from '../../platform/ids.ts'
import type { Account, Adapter, Outgoing, Receipt, SendResult, Told, WebhookRequest } from '../adapter.ts'
import {
  type Answer,
  closeConnections,
  header,
  type OutgoingRequest,
  retryAfterMs,
  sendOnce,
} from '../exchange.ts'
import { DKIM_SECRET, DKIM_SETTING, MAIL_SETTINGS, rawMail, withDkimKey, wrongSelector } from '../mail.ts'
import { readSns } from '../sns.ts'
import { STAND_IN, standInSecret } from '../stand-in.ts'

const CONCURRENCY = 14 // SES lets a new production account send that many a second

/** Names a message in SES's events. Only letters, digits, _ and - may be in a tag. */
export const MESSAGE_TAG = 'itinera-message'

class Sha256 {
  readonly hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key =
      typeof secret === 'string' || secret === undefined ? secret : Buffer.from(secret as Uint8Array)
    this.hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(typeof data === 'string' ? data : Buffer.from(data as Uint8Array))
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest())
  }
  reset(): void {}
}

export type AwsKeys = { accessKeyId: string; secretAccessKey: string; region: string }

/** Headers of a POST of JSON to SES as AWS wants it signed. */
export async function signedHeaders(
  keys: AwsKeys,
  url: URL,
  body: string,
  signingDate: Date,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: 'ses',
    region: keys.region,
    credentials: { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
    sha256: Sha256,
  })
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: { host: url.host, 'content-type': 'application/json' },
      body,
    },
    { signingDate },
  )
  return headers
}

const regionOf = (account: Account): string => account.settings.region || 'us-east-1'

/** The request as it goes out. */
export async function sesRequest(
  account: Account,
  message: Outgoing,
  raw: Buffer,
  now: Date,
): Promise<OutgoingRequest> {
  const { baseUrl = '', from = '', configurationSet } = account.settings
  const base = (baseUrl || `https://email.${regionOf(account)}.amazonaws.com`).replace(/\/$/, '')
  const url = new URL(`${base}/v2/email/outbound-emails`)
  const body = JSON.stringify({
    FromEmailAddress: from,
    Destination: { ToAddresses: [message.address] },
    Content: { Raw: { Data: raw.toString('base64') } },
    EmailTags: [{ Name: MESSAGE_TAG, Value: publicId('msg', message.id) }],
    ...(configurationSet ? { ConfigurationSetName: configurationSet } : {}),
  })
  const { accessKeyId = '', secretAccessKey = '' } = account.secrets
  const keys = { accessKeyId, secretAccessKey, region: regionOf(account) }
  return { method: 'POST', url, headers: await signedHeaders(keys, url, body, now), body }
}

/** What holds up the account until a person has done something. */
const ACCOUNT = /AccountSuspended|SendingPaused|MailFromDomainNotVerified|AccessDenied|NotFound/
const THROTTLED = /TooManyRequests|Throttl|LimitExceeded/

export function readAnswer(answer: Answer, now: number): SendResult {
  const said = read(answer.body) as {
    MessageId?: string
    message?: string
    Message?: string
    __type?: string
  }
  if (answer.status === 200) return { kind: 'accepted', providerId: said.MessageId ?? null }
  const type = (header(answer.headers, 'x-amzn-errortype') ?? said.__type ?? '').split(':')[0]!
  const text = said.message ?? said.Message ?? ''
  const detail = `${answer.status} ${type} ${text}`.trim().slice(0, 300)
  if (answer.status === 429 || answer.status >= 500 || THROTTLED.test(type))
    return {
      kind: 'retryable',
      detail,
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), now),
    }
  if (answer.status === 401 || answer.status === 403 || ACCOUNT.test(type))
    return { kind: 'bad_credentials', detail }
  if (/Email address is not verified/i.test(text)) return { kind: 'bad_credentials', detail }
  return {
    kind: /(illegal|invalid|missing).*(address|recipient|@)/i.test(text) ? 'bad_recipient' : 'rejected',
    detail,
  }
}

function read(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {} // a proxy's page
  }
}

async function send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  const raw = await rawMail(account, message)
  return sendOnce(await sesRequest(account, message, raw, new Date()), account.trusted, signal, readAnswer)
}

type SesEvent = {
  eventType?: string
  notificationType?: string
  mail?: { tags?: Record<string, string[]> }
  bounce?: {
    bounceType?: string
    bounceSubType?: string
    timestamp?: string
    bouncedRecipients?: { diagnosticCode?: string; status?: string }[]
  }
  complaint?: { complaintFeedbackType?: string; timestamp?: string }
  delivery?: { timestamp?: string }
  open?: { timestamp?: string; userAgent?: string }
  click?: { timestamp?: string; userAgent?: string; link?: string }
}

/** What SES tells of one mail; null: nothing that the ledger knows. */
export function receiptOf(event: SesEvent, at: number): Receipt | null {
  const message = parseId('msg', event.mail?.tags?.[MESSAGE_TAG]?.[0] ?? '')
  if (message === null) return null
  const when = (timestamp: string | undefined) => {
    const told = Date.parse(timestamp ?? '')
    return Number.isNaN(told) ? at : told
  }
  switch (event.eventType ?? event.notificationType) {
    case 'Delivery':
      return { message, state: 'delivered', at: when(event.delivery?.timestamp) }
    case 'Bounce': {
      const b = event.bounce ?? {}
      const said = [b.bounceType, b.bounceSubType, b.bouncedRecipients?.[0]?.status].filter(Boolean).join(' ')
      return {
        message,
        state: 'bounced',
        at: when(b.timestamp),
        ...(said ? { detail: said } : {}),
        ...(b.bounceType === 'Permanent' ? { hard: true as const } : {}),
      }
    }
    case 'Complaint': {
      const kind = event.complaint?.complaintFeedbackType
      return {
        message,
        state: 'complained',
        at: when(event.complaint?.timestamp),
        ...(kind ? { detail: kind } : {}),
      }
    }
    case 'Open':
    case 'Click': {
      const said = event.open ?? event.click ?? {}
      return {
        message,
        state: event.open ? 'opened' : 'clicked',
        at: when(said.timestamp),
        ...(isMachineAgent(said.userAgent) ? { machine: true as const } : {}),
      }
    }
    default:
      return null // sent, delayed, rejected by SES's own virus scanner, subscriptions: nothing of it moves a message
  }
}

async function parse(account: Account, request: WebhookRequest): Promise<Told> {
  const said = await readSns(account, request, account.settings.topicArn ?? '')
  const receipt = said === null ? null : receiptOf(read(said.text) as SesEvent, said.at || Date.now())
  return { events: [], receipts: receipt === null ? [] : [receipt] }
}

export const ses: Adapter = {
  name: 'ses',
  channel: 'email',
  delivery: 'at_most_once',
  settings: ['baseUrl', 'region', ...MAIL_SETTINGS, 'configurationSet', 'topicArn', DKIM_SETTING],
  secrets: ['accessKeyId', 'secretAccessKey', DKIM_SECRET],
  required: ['accessKeyId', 'secretAccessKey', 'from', 'region'],
  concurrency: CONCURRENCY,
  tellsDelivery: true,
  wrong: settings =>
    settings.region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(settings.region)
      ? { setting: 'region', action: 'Give a region as AWS names it, such as ap-northeast-1.' }
      : wrongSelector(settings),
  complete: withDkimKey,
  send,
  parse,
  standIn: (core, workspace) => ({
    name: 'Amazon SES',
    settings: {
      baseUrl: STAND_IN,
      region: 'ap-northeast-1',
      from: 'hello@sandbox.example',
      topicArn: `arn:aws:sns:ap-northeast-1:000000000000:${workspace}`,
    },
    secrets: { accessKeyId: workspace, secretAccessKey: standInSecret(core, workspace, 'ses') },
  }),
  async close() {
    closeConnections()
  },
}
