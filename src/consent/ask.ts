// Double opt-in: asked, then confirmed by who can read what is sent to the address. Nothing is agreed to before; the proof
// names the text, the address that was seen, when, and from where.
import { randomInt } from 'node:crypto'
import { html } from 'hono/html'
import type { MessageContent } from '../channels/content.ts'
import { CHANNELS, type ChannelName } from '../channels/model.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { addressFor } from '../customers/reach.ts'
import { lineParts } from '../customers/contacts.ts'
import type { StoredCustomer } from '../customers/store.ts'
import { runCommand } from '../inbox/command.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { bucketOf, newId, publicId } from '../platform/ids.ts'
import { DOUBLE_OPT_IN } from './model.ts'
import {
  addRequest,
  type Both,
  confirmRequest,
  type ConsentRequest,
  countTry,
  purposesOf,
  textOf,
} from './store.ts'
import { requestToken, tapData } from './tokens.ts'

const VALID_MS = 3 * 86_400_000
const CODE_VALID_MS = 15 * 60_000
const MOST_TRIES = 5

type Asked = { id: string; expires: Date }

/** @throws Problem when there is no such purpose, or no address to ask at */
export async function askConsent(
  core: Core,
  workspace: WorkspaceRow,
  customer: StoredCustomer,
  wanted: { channel: ChannelName; purpose: string },
  by: string,
): Promise<Asked> {
  const { channel } = wanted
  const purpose = (await purposesOf(core.pool, workspace.id)).find(
    p => p.name === wanted.purpose && !p.archived,
  )
  if (!purpose)
    throw new Problem(404, 'purpose_not_found', 'There is no such purpose', {
      path: 'purpose',
      action: 'Settings, Consent lists them.',
    })
  if (addressFor(customer.state, channel)?.verified !== true)
    throw new Problem(409, 'no_address', 'The customer has no verified address of this channel', {
      path: 'channel',
      action: 'Ask by another channel.',
    })
  const now = workspaceNow(workspace)
  const code = channel === 'sms' ? String(randomInt(0, 1_000_000)).padStart(6, '0') : null
  const id = newId(now, bucketOf(customer.id))
  const expires = new Date(now + (code === null ? VALID_MS : CODE_VALID_MS))
  await addRequest(core.pool, {
    id,
    customer: customer.id,
    workspace: workspace.id,
    channel,
    purpose: purpose.name,
    textVersion: purpose.textVersion,
    codeHash: code === null ? null : codeHash(core, id, code),
    expires,
    by,
    created: new Date(now),
  })
  const url = `${core.baseUrl}/p/c/${requestToken(core.secrets, id)}`
  const text = workspace.locale.startsWith('en') ? 'en' : 'zh'
  const content = await question(
    channel,
    { brand: workspace.name, label: purpose.label[text], url, data: tapData(core.secrets, id), code },
    text,
  )
  const answer = await runCommand(core, {
    workspace: workspace.id,
    customer: customer.id,
    key: `ask:${id}`,
    actor: by,
    command: { do: 'say', channel, content, origin: 'auto', by },
  })
  if (answer.status >= 300)
    throw new Problem(503, 'not_asked', 'The confirmation could not be sent yet', { action: 'Ask again.' })
  return { id: publicId('crq', id), expires }
}

const codeHash = (core: Core, id: string, code: string): string =>
  core.secrets.sign('consent_code', `${id} ${code}`)

const WORDS = {
  zh: {
    subject: (b: string) => `請確認：${b}`,
    ask: (label: string) => `請確認您同意接收「${label}」。不是您本人提出的話，不用理會這則訊息。`,
    button: '確認同意',
    page: '在網頁上確認',
    code: (b: string, code: string) => `${b} 確認碼 ${code}，15 分鐘內有效。若非本人提出請忽略。`,
  },
  en: {
    subject: (b: string) => `Please confirm: ${b}`,
    ask: (label: string) =>
      `Please confirm that you agree to “${label}”. If this was not you, ignore this message.`,
    button: 'I agree',
    page: 'Confirm on the web',
    code: (b: string, code: string) =>
      `${b}: your code is ${code}, valid for 15 minutes. If this was not you, ignore it.`,
  },
}

async function question(
  channel: ChannelName,
  of: { brand: string; label: string; url: string; data: string; code: string | null },
  language: keyof Both,
): Promise<MessageContent> {
  const words = WORDS[language]
  const ask = words.ask(of.label)
  switch (channel) {
    case 'email': {
      const body = await html`<p>${ask}</p><p><a href="${of.url}">${words.button}</a></p>`
      return { channel, subject: words.subject(of.brand), html: String(body) }
    }
    case 'sms':
      return { channel, text: words.code(of.brand, of.code!) }
    case 'line':
      return {
        channel,
        messages: [
          {
            type: 'template',
            altText: ask,
            template: {
              type: 'buttons',
              text: ask.slice(0, 160),
              actions: [
                { type: 'postback', label: words.button, data: of.data, displayText: words.button },
                { type: 'uri', label: words.page, uri: of.url },
              ],
            },
          },
        ],
      }
    case 'messenger':
    case 'instagram':
      return { channel, text: ask, buttons: [{ title: words.button, url: of.url }] }
    default:
      if (channel === 'whatsapp') return { channel, text: `${ask} ${of.url}` }
      throw new Problem(400, 'no_question', 'A confirmation cannot be asked for by this channel', {
        path: 'channel',
        action: `Use ${Object.keys(CHANNELS)
          .filter(c => !c.includes('push'))
          .join(', ')}.`,
      })
  }
}

/** Where the answer came from; the address is shortened, so that it shows a network and no house. */
export type Seen = { ip: string | null; agent: string | null; url: string }

/** IPv4 without its last number, IPv6 without what follows its first three groups. */
export function shortIp(ip: string | null): string | null {
  if (ip === null) return null
  const plain = ip.replace(/^::ffff:/i, '')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(plain)) return plain.replace(/\d+$/, '0')
  return plain.includes(':') ? `${plain.split(':').slice(0, 3).join(':')}::` : null
}

export const seenProof = (seen: Seen): Record<string, string> => ({
  url: seen.url,
  ...(shortIp(seen.ip) === null ? {} : { ip: shortIp(seen.ip)! }),
  ...(seen.agent === null ? {} : { agent: seen.agent.slice(0, 200) }),
})

export type Confirmed = 'confirmed' | 'expired' | 'failed'

/** Told twice it counts once. */
export async function confirm(
  core: Core,
  request: ConsentRequest,
  customer: StoredCustomer,
  now: number,
  seen: Seen,
): Promise<Confirmed> {
  if (request.confirmed !== null) return 'confirmed'
  if (request.expires.getTime() <= now) return 'expired'
  const { channel, purpose, textVersion } = request
  const text = await textOf(core.pool, request.workspace, purpose, textVersion)
  const address = addressFor(customer.state, channel as ChannelName)?.value
  const answer = await runCommand(core, {
    workspace: request.workspace,
    customer: customer.id,
    key: `confirm:${request.id}`,
    actor: DOUBLE_OPT_IN,
    command: {
      do: 'set_consent',
      channel,
      purpose,
      on: true,
      proof: {
        version: String(textVersion),
        ...(text === null ? {} : { text: `${text.zh} / ${text.en}` }),
        ...(address === undefined ? {} : { address: channel === 'line' ? lineParts(address).uid : address }),
        ...seenProof(seen),
        at: new Date(now).toISOString(),
      },
    },
  })
  if (answer.status !== 200) return 'failed'
  await confirmRequest(core.pool, request.workspace, request.id, new Date(now))
  return 'confirmed'
}

/** @throws Problem 409 when the code is not the one, or was guessed at too often */
export async function confirmByCode(
  core: Core,
  request: ConsentRequest,
  customer: StoredCustomer,
  code: string,
  now: number,
  seen: Seen,
): Promise<Confirmed> {
  if (request.codeHash === null || !(await countTry(core.pool, request.workspace, request.id, MOST_TRIES)))
    throw new Problem(409, 'too_many_tries', 'This code cannot be used any more', {
      action: 'Ask for a new one.',
    })
  if (!core.secrets.verify('consent_code', `${request.id} ${code}`, request.codeHash))
    throw new Problem(409, 'wrong_code', 'This is not the code', {
      path: 'code',
      action: 'Read it again, or ask for a new one.',
    })
  return confirm(core, request, customer, now, seen)
}
