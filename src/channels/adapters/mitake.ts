// SMS by Mitake (三竹), over its HTTP interface. ClientID, our message's id, makes a second try harmless: the answer of the
// first comes back. Every answer is 200 and text; what it means is in `statuscode`. Source: public clients of the interface
// (Mitake gives its document to customers only).
import { parseId } from '../../platform/ids.ts'
import type { Account, Adapter, Outgoing, Receipt, SendResult, Told, WebhookRequest } from '../adapter.ts'
import { type Answer, closeConnections, header, retryAfterMs } from '../exchange.ts'
import { byStatus, callProvider, checkProvider, endpoint, FORM } from '../provider-call.ts'
import { smsParts } from '../sms.ts'
import { localNumber, taipeiTime } from '../sms-taiwan.ts'
import { STAND_IN, standInSecret } from '../stand-in.ts'

const API = 'https://smsapi.mitake.com.tw'
/** Hosts differ by account: the setting `path` says /b2c/mtk/SmSend where it is another. */
const PATH = '/api/mtk/SmSend'

export function sendRequest(account: Account, message: Outgoing) {
  if (message.content.channel !== 'sms') throw new TypeError('an SMS account sends SMS content')
  return {
    method: 'POST',
    url: endpoint(account, API, `${account.settings.path || PATH}?CharsetURL=UTF-8`),
    headers: FORM,
    body: new URLSearchParams({
      username: account.settings.username ?? '',
      password: account.secrets.password ?? '',
      dstaddr: localNumber(message.address),
      // a new line is written as character 6
      smbody: message.content.text.replace(/\r?\n/g, '\u0006'),
      response: message.receiptUrl,
      clientid: message.id,
    }).toString(),
  }
}

const TAKEN = new Set(['0', '1', '2', '4'])
/** * system error, a and b suspended for a while, l too many connections, r system paused, s accounting failed */
const LATER = new Set(['*', 'a', 'b', 'l', 'r', 's'])
/** Missing, wrong or expired login, address not allowed, no right to this interface. */
const LOGIN = new Set(['c', 'd', 'e', 'f', 'h', 'k', 'm', 'n', 'p'])
/** v not a valid mobile number, 6 a wrong one */
const NUMBER = new Set(['v', '6'])

/** `[1]` and then lines name=value. */
export function readLines(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).flatMap(line => {
    const cut = line.indexOf('=')
    return cut > 0 ? [[line.slice(0, cut).trim().toLowerCase(), line.slice(cut + 1).trim()] as const] : []
  })
  return Object.fromEntries(lines)
}

export function readAnswer(answer: Answer, now: number): SendResult {
  if (answer.status < 200 || answer.status >= 300)
    return byStatus(
      answer.status,
      `${answer.status}`,
      retryAfterMs(header(answer.headers, 'retry-after'), now),
      true,
    )
  const { statuscode, msgid = '', error = '' } = readLines(answer.body)
  // not an answer of the interface: a proxy's page; the same ClientID may ask again
  if (statuscode === undefined)
    return { kind: 'retryable', detail: answer.body.slice(0, 100), retryAfterMs: null }
  const detail = `statuscode=${statuscode} ${error}`.trim().slice(0, 300)
  if (TAKEN.has(statuscode)) return { kind: 'accepted', providerId: msgid.replace(/^#/, '') || null }
  if (LATER.has(statuscode)) return { kind: 'retryable', detail, retryAfterMs: null }
  if (LOGIN.has(statuscode)) return { kind: 'bad_credentials', detail }
  return { kind: NUMBER.has(statuscode) ? 'bad_recipient' : 'rejected', detail }
}

/** Of a repeat: the id of the message that Mitake has taken before; null: this was the first. */
function takenBefore(answer: Answer): string | null {
  const { duplicate = '', msgid = '' } = readLines(answer.body)
  return /^y$/i.test(duplicate) ? msgid.replace(/^#/, '') || null : null
}

function queryRequest(account: Account, msgid: string | null) {
  const body = new URLSearchParams({
    username: account.settings.username ?? '',
    password: account.secrets.password ?? '',
    ...(msgid === null ? {} : { msgid }),
  })
  const path = (account.settings.path || PATH).replace(/[^/]*$/, 'SmQuery')
  return { method: 'POST', url: endpoint(account, API, path), headers: FORM, body: body.toString() }
}

/** What a state of SmQuery means of a message that was taken: 0 to 4 on its way or there, 6 a wrong number, 5 a wrong text,
 *  7 stopped, 8 not there in time, 9 cancelled. Null: the answer names another message. */
export function readState(body: string, msgid: string, taken: SendResult): SendResult | null {
  for (const line of body.split(/\r?\n/)) {
    const [id, code = ''] = line.trim().split('\t')
    if (id !== msgid || !/^[0-9]$/.test(code)) continue
    if (Number(code) <= 4) return taken
    return { kind: code === '6' ? 'bad_recipient' : 'rejected', detail: `SmQuery statuscode=${code}` }
  }
  return null
}

/** Of an earlier try nobody knows whether it arrived. The same ClientID gives back its id, and SmQuery says by that what has
 *  become of it; where SmQuery does not answer, that it was taken is what is known. */
async function send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  let before: string | null = null
  const taken = await callProvider(sendRequest(account, message), account, signal, true, answer => {
    before = takenBefore(answer)
    return readAnswer(answer, Date.now())
  })
  if (!message.again || before === null || taken.kind !== 'accepted') return taken
  let state: SendResult | null = null
  await callProvider(queryRequest(account, before), account, signal, true, answer => {
    state = readState(answer.body, before!, taken)
    return taken
  })
  return state ?? taken
}

/** What became of a message; others are on their way. */
const STATES: Record<string, Pick<Receipt, 'state' | 'hard'>> = {
  DELIVRD: { state: 'delivered' },
  EXPIRED: { state: 'bounced' },
  DELETED: { state: 'bounced' },
  UNDELIV: { state: 'bounced' },
  REJECTD: { state: 'bounced' },
  SYNTAXE: { state: 'bounced' },
  MOBERR: { state: 'bounced', hard: true },
  MSGERR: { state: 'bounced' },
}

function parse(_account: Account, request: WebhookRequest): Told {
  const { msgid = '', statusstr = '', donetime = '' } = request.query
  const message = parseId('msg', request.query.message ?? '')
  const state = STATES[statusstr]
  const at = taipeiTime(donetime) ?? Date.now()
  return {
    events: [],
    receipts: message && state ? [{ message, at, detail: `Mitake ${statusstr}`, ...state }] : [],
    answer: {
      type: 'text/plain',
      body: `magicid=sms_gateway_rpack\nmsgid=${msgid.replace(/[^\w-]/g, '')}\n`,
    },
  }
}

export const mitake: Adapter = {
  name: 'mitake',
  channel: 'sms',
  delivery: 'at_least_once',
  tellsDelivery: true,
  settings: ['baseUrl', 'path', 'username', 'registeredLinks', 'senderName'],
  secrets: ['password'],
  required: ['username', 'password'],
  concurrency: 8, // Mitake takes some 15 connections of an account at once
  wrong: ({ path = '' }) =>
    /^(\/[\w.-]+)*$/.test(path)
      ? null
      : { setting: 'path', action: 'Give a path such as /b2c/mtk/SmSend, or leave it empty.' },
  units: content => (content.channel === 'sms' ? smsParts(content.text).parts : 1),
  keyed: true,
  send,
  // SmQuery without a message's id says how many points are left
  check: (account, signal) =>
    checkProvider(queryRequest(account, null), account, signal, answer => {
      const { accountpoint, statuscode = '' } = readLines(answer.body)
      return accountpoint === undefined
        ? { ok: false, detail: `${answer.status} statuscode=${statuscode}` }
        : { ok: true, detail: `AccountPoint=${accountpoint}` }
    }),
  parse,
  standIn: (core, workspace) => ({
    name: { zh: '三竹簡訊', en: 'Mitake' },
    settings: { baseUrl: STAND_IN, username: workspace },
    secrets: { password: standInSecret(core, workspace, 'mitake') },
  }),
  async close() {
    closeConnections()
  },
}
