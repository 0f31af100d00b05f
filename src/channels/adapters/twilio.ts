// SMS by Twilio. No idempotency key, so what may have been taken is not sent again; the status callback, whose address names
// our message, settles it. Source: Twilio's API definition (twilio-oai, v2010), its error dictionary, its webhook security.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Problem } from '../../platform/errors.ts'
import { parseId } from '../../platform/ids.ts'
import type { Account, Adapter, Outgoing, Receipt, SendResult, Told, WebhookRequest } from '../adapter.ts'
import { type Answer, closeConnections, header, retryAfterMs } from '../exchange.ts'
import { byStatus, callProvider, checkProvider, endpoint, FORM } from '../provider-call.ts'
import { smsParts } from '../sms.ts'
import { smsReply } from '../sms-taiwan.ts'
import { STAND_IN, standInSecret } from '../stand-in.ts'

const API = 'https://api.twilio.com'

const loginOf = ({ settings, secrets }: Account): string =>
  `Basic ${Buffer.from(`${settings.accountSid ?? ''}:${secrets.authToken ?? ''}`).toString('base64')}`

/** The request as it goes out; golden files hold it. */
export function messageRequest(account: Account, message: Outgoing) {
  if (message.content.channel !== 'sms') throw new TypeError('an SMS account sends SMS content')
  const { accountSid = '', fromNumber = '', messagingServiceSid = '' } = account.settings
  return {
    method: 'POST',
    url: endpoint(account, API, `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`),
    headers: { ...FORM, authorization: loginOf(account) },
    body: new URLSearchParams({
      To: message.address,
      [messagingServiceSid ? 'MessagingServiceSid' : 'From']: messagingServiceSid || fromNumber,
      Body: message.content.text,
      StatusCallback: message.receiptUrl,
    }).toString(),
  }
}

/** Codes of a number that no SMS reaches: not a valid one, not a mobile one, unreachable, or it has replied STOP. */
const NO_SUCH_NUMBER = new Set([21211, 21217, 21219, 21610, 21612, 21614])
/** Codes that the account's owner must mend: login, suspended, sender, region not allowed. */
const OF_THE_ACCOUNT = new Set([20003, 20005, 20008, 21212, 21408, 21603, 21606, 21659, 21660, 21703, 21705])

export function readAnswer(answer: Answer, now: number): SendResult {
  const said = jsonOf(answer.body)
  if (answer.status >= 200 && answer.status < 300) return { kind: 'accepted', providerId: said.sid ?? null }
  const code = said.code ?? 0
  const detail = `${answer.status} ${code || ''} ${said.message ?? ''}`
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
  if (NO_SUCH_NUMBER.has(code)) return { kind: 'bad_recipient', detail: detail.replace(/\+?\d{7,15}/g, '…') }
  if (OF_THE_ACCOUNT.has(code)) return { kind: 'bad_credentials', detail }
  return byStatus(answer.status, detail, retryAfterMs(header(answer.headers, 'retry-after'), now), false)
}

function jsonOf(body: string): { sid?: string; code?: number; message?: string } {
  try {
    return JSON.parse(body) as { sid?: string; code?: number; message?: string }
  } catch {
    return { message: body.slice(0, 200) } // a proxy's page
  }
}

/** Base64(HMAC-SHA1(auth token, address + each parameter's name and value, sorted by name)). */
export function signForm(authToken: string, url: string, form: URLSearchParams): Buffer {
  const names = [...new Set(form.keys())].sort()
  const text = names.map(name =>
    [...new Set(form.getAll(name))]
      .sort()
      .map(value => name + value)
      .join(''),
  )
  return createHmac('sha1', authToken)
    .update(url + text.join(''))
    .digest()
}

/** Delivery errors after which the number itself is to blame: unknown destination, landline. */
const DEAD = new Set(['30005', '30006'])

function receiptOf(request: WebhookRequest, form: URLSearchParams): Receipt[] {
  const message = parseId('msg', request.query.message ?? '')
  if (!message) return []
  const at = Date.now() // the callback does not say when
  const code = form.get('ErrorCode') ?? ''
  switch (form.get('MessageStatus')) {
    case 'delivered':
      return [{ message, state: 'delivered', at }]
    case 'read':
      return [{ message, state: 'opened', at }]
    case 'undelivered':
    case 'failed':
      return [
        {
          message,
          state: 'bounced',
          at,
          ...(code ? { detail: `Twilio ${code}` } : {}),
          ...(DEAD.has(code) ? { hard: true } : {}),
        },
      ]
    default:
      return [] // queued, sending, sent: on its way
  }
}

function parse(account: Account, request: WebhookRequest): Told {
  const form = new URLSearchParams(Buffer.from(request.rawBody).toString('utf8'))
  const given = Buffer.from(request.headers['x-twilio-signature'] ?? '', 'base64')
  const { authToken = '' } = account.secrets
  const wanted = signForm(authToken, request.url, form)
  if (!authToken || given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new Problem(401, 'bad_signature', 'The signature does not fit the address and the form', {
      action: "Check the account's auth token, and that Twilio calls this server by its public address.",
    })
  if (form.get('AccountSid') !== account.settings.accountSid) return { events: [], receipts: [] }
  if (form.has('MessageStatus')) return { events: [], receipts: receiptOf(request, form) }
  const id = form.get('MessageSid')
  const from = form.get('From')
  const text = form.get('Body') ?? ''
  const optOut = form.get('OptOutType')
  return {
    events:
      id && from
        ? smsReply(account, {
            id: `twilio:${id}`,
            mid: id,
            from,
            text,
            at: request.now,
            ...(optOut === 'STOP' ? { stop: true } : {}),
          })
        : [],
    receipts: [],
    answer: { type: 'text/xml', body: '<Response/>' },
  }
}

export const twilio: Adapter = {
  name: 'twilio',
  channel: 'sms',
  delivery: 'at_most_once',
  tellsDelivery: true,
  settings: ['baseUrl', 'accountSid', 'fromNumber', 'messagingServiceSid', 'registeredLinks', 'senderName'],
  secrets: ['authToken'],
  required: ['accountSid', 'authToken'],
  concurrency: 16,
  wrong: ({ fromNumber, messagingServiceSid }) =>
    fromNumber || messagingServiceSid
      ? null
      : { setting: 'fromNumber', action: 'Give the number to send from, or a messaging service.' },
  units: content => (content.channel === 'sms' ? smsParts(content.text).parts : 1),
  send: (account, message, signal) =>
    callProvider(messageRequest(account, message), account, signal, false, answer =>
      readAnswer(answer, Date.now()),
    ),
  check: (account, signal) => {
    const authorization = loginOf(account)
    const path = `/2010-04-01/Accounts/${encodeURIComponent(account.settings.accountSid ?? '')}.json`
    const request = { method: 'GET', url: endpoint(account, API, path), headers: { authorization }, body: '' }
    return checkProvider(request, account, signal, ({ status, body }) => {
      const said = JSON.parse(body) as { friendly_name?: string; status?: string; message?: string }
      const ok = status === 200 && said.status === 'active'
      return {
        ok,
        detail: ok ? (said.friendly_name ?? '') : `${status} ${said.message ?? said.status ?? ''}`,
      }
    })
  },
  parse,
  standIn: (core, workspace) => ({
    name: 'Twilio',
    settings: {
      baseUrl: STAND_IN,
      accountSid: `AC${workspace.replaceAll('-', '')}`,
      fromNumber: '+15005550006',
    },
    secrets: { authToken: standInSecret(core, workspace, 'twilio') },
  }),
  async close() {
    closeConnections()
  },
}
