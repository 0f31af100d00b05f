// SMS by EVERY8D, over its HTTP interface (API 2.1). It has no key against twins, so what may have been taken is not sent
// again. Receipts name the batch, which is one message here. Source: public clients of the interface (EVERY8D gives its
// document to customers only).
import type { Account, Adapter, Outgoing, ReceiptById, SendResult, Told, WebhookRequest } from '../adapter.ts'
import { type Answer, closeConnections, header, retryAfterMs } from '../exchange.ts'
import { byStatus, callProvider, checkProvider, endpoint, FORM } from '../provider-call.ts'
import { smsParts } from '../sms.ts'
import { smsReply, taipeiTime } from '../sms-taiwan.ts'
import { STAND_IN, standInSecret } from '../stand-in.ts'

const API = 'https://api.e8d.tw'

export function sendRequest(account: Account, message: Outgoing) {
  if (message.content.channel !== 'sms') throw new TypeError('an SMS account sends SMS content')
  return {
    method: 'POST',
    url: endpoint(account, API, '/API21/HTTP/sendSMS.ashx'),
    headers: FORM,
    body: new URLSearchParams({
      UID: account.settings.uid ?? '',
      PWD: account.secrets.password ?? '',
      SB: message.id, // a note for the account's own list; it is not sent
      MSG: message.content.text,
      DEST: message.address,
      ST: '',
    }).toString(),
  }
}

/** Wrong or missing login, no right to the interface or to other countries' numbers. */
const LOGIN = new Set([-2, -11, -12, -100, -101, -300])
/** -3 on the provider's black list, -8 not a valid number */
const NUMBER = new Set([-3, -8])

/** `credit,sended,cost,unsend,batchId`, or `-code,text`. */
export function readAnswer(answer: Answer, now: number): SendResult {
  if (answer.status < 200 || answer.status >= 300)
    return byStatus(
      answer.status,
      `${answer.status}`,
      retryAfterMs(header(answer.headers, 'retry-after'), now),
      false,
    )
  const [first = '', sent = '', , , batch = ''] = answer.body.trim().split(',')
  const code = Number(first)
  const detail = answer.body.trim().slice(0, 200)
  // a page of something between us: it may have come after the send
  if (first === '' || Number.isNaN(code)) return { kind: 'unknown', detail }
  if (code < 0)
    return {
      kind: LOGIN.has(code) ? 'bad_credentials' : NUMBER.has(code) ? 'bad_recipient' : 'rejected',
      detail,
    }
  return Number(sent) > 0
    ? { kind: 'accepted', providerId: batch.trim() || null }
    : { kind: 'rejected', detail: `not sent (credit ${first})` }
}

/** 0, 300, 700: on its way. 103: a wrong number, or one out of use. */
const STATES: Record<string, Pick<ReceiptById, 'state' | 'hard'>> = {
  '100': { state: 'delivered' },
  '101': { state: 'bounced' },
  '102': { state: 'bounced' },
  '103': { state: 'bounced', hard: true },
  '104': { state: 'blocked' },
  '105': { state: 'bounced' },
  '106': { state: 'bounced' },
  '107': { state: 'bounced' },
  '301': { state: 'bounced' },
  '500': { state: 'bounced' },
}
const REPLY = '999'

function parse(account: Account, request: WebhookRequest): Told {
  const form = new URLSearchParams(Buffer.from(request.rawBody).toString('utf8'))
  // by GET or by POST, the names in whatever case
  const said = new Map([...Object.entries(request.query), ...form].map(([k, v]) => [k.toUpperCase(), v]))
  const batch = said.get('BATCHID') ?? ''
  const status = said.get('STATUS') ?? ''
  const at = taipeiTime(said.get('RT') ?? '')
  const from = said.get('RM') ?? ''
  const text = said.get('SM') ?? ''
  if (status === REPLY || (text !== '' && STATES[status] === undefined))
    return {
      events: smsReply(account, {
        mid: batch,
        id: `every8d:${batch}:${said.get('RT') ?? ''}:${from}`,
        from,
        text,
        at: at ?? request.now,
      }),
      receipts: [],
    }
  const state = STATES[status]
  return {
    events: [],
    receipts:
      batch && state
        ? [{ providerId: batch, at: at ?? Date.now(), detail: `EVERY8D ${status}`, ...state }]
        : [],
  }
}

export const every8d: Adapter = {
  name: 'every8d',
  channel: 'sms',
  delivery: 'at_most_once',
  tellsDelivery: true,
  settings: ['baseUrl', 'uid', 'registeredLinks', 'senderName'],
  secrets: ['password'],
  required: ['uid', 'password'],
  concurrency: 8,
  units: content => (content.channel === 'sms' ? smsParts(content.text).parts : 1),
  keyed: true,
  send: (account, message, signal) =>
    callProvider(sendRequest(account, message), account, signal, false, answer =>
      readAnswer(answer, Date.now()),
    ),
  check: (account, signal) => {
    const url = endpoint(account, API, '/API21/HTTP/getCredit.ashx')
    const login = { UID: account.settings.uid ?? '', PWD: account.secrets.password ?? '' }
    const body = new URLSearchParams(login).toString()
    return checkProvider({ method: 'POST', url, headers: FORM, body }, account, signal, answer => {
      const credit = Number(answer.body.trim().split(',')[0] || Number.NaN)
      return { ok: answer.status === 200 && credit >= 0, detail: answer.body.trim().slice(0, 100) }
    })
  },
  parse,
  standIn: (core, workspace) => ({
    name: 'EVERY8D',
    settings: { baseUrl: STAND_IN, uid: workspace },
    secrets: { password: standInSecret(core, workspace, 'every8d') },
  }),
  async close() {
    closeConnections()
  },
}
