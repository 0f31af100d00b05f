// What differs between adapters in their conformance suite (src/channels/conformance.pg.test.ts): whom they reach, what they
// send, and their stand-in's words for the same mishap.
import type { Account } from '../src/channels/adapter.ts'
import type { MessageContent } from '../src/channels/content.ts'
import type { StandInFault } from '../src/sandbox/stand-in.ts'
import { NO_PSID, NO_WHATSAPP } from '../src/sandbox/stand-ins/meta.ts'
import { lineText, mail, type Person } from './send-lab.ts'

export type AdapterWorld = {
  address(person: Person): string
  content: MessageContent
  /** an address that looks right and is nobody's; left out: the provider does not tell */
  nobody?: string
  refusesCredentials: StandInFault['kind']
  tryAgain: StandInFault['kind']
  retryAfterMs: number | null
  badSecret: string
  /** its provider takes messages only to who has written first */
  hears?: true
  /** the same account where nobody listens, and by a name instead of an address */
  unheard(account: Account): void
  named(account: Account): void
}

export const atBaseUrl = {
  unheard: (a: Account) => void (a.settings.baseUrl = 'http://127.0.0.1:1'),
  named: (a: Account) => void (a.settings.baseUrl = a.settings.baseUrl!.replace('127.0.0.1', 'localhost')),
}

/** A number of Taiwan that stands for a person. */
export const phoneOf = (person: Pick<Person, 'id'>): string =>
  `+8869${String(parseInt(person.id.slice(-8), 16) % 100_000_000).padStart(8, '0')}`
const sms: Pick<AdapterWorld, 'address' | 'content' | 'nobody' | 'refusesCredentials' | 'tryAgain'> = {
  address: phoneOf,
  content: { channel: 'sms', text: '霧丘茶事：您的新茶到了' },
  nobody: '+15005550001',
  refusesCredentials: 'error_401',
  tryAgain: 'error_429',
}

/** Digits that stand for a person, as Messenger's and Instagram's ids are. */
export const psidOf = (person: Pick<Person, 'id'>): string => `7${BigInt(`0x${person.id.slice(-12)}`)}`
const chat: Omit<AdapterWorld, 'content'> = {
  address: psidOf,
  nobody: NO_PSID,
  refusesCredentials: 'error_401',
  tryAgain: 'error_429',
  retryAfterMs: 2_000,
  badSecret: 'accessToken',
  ...atBaseUrl,
}

export const ADAPTER_WORLDS: Record<string, AdapterWorld> = {
  line: {
    address: person => person.line,
    content: lineText('hello'),
    nobody: 'U' + '0'.repeat(32),
    refusesCredentials: 'error_401',
    tryAgain: 'error_429',
    retryAfterMs: 2_000,
    badSecret: 'accessToken',
    ...atBaseUrl,
  },
  smtp: {
    address: person => person.email,
    content: mail('hello', '<p>hello</p>'),
    refusesCredentials: 'smtp_auth',
    tryAgain: 'smtp_4xx',
    retryAfterMs: null,
    badSecret: 'password',
    unheard: a => void (a.settings.port = '1'),
    named: a => void (a.settings.host = 'localhost'),
  },
  twilio: { ...sms, retryAfterMs: 2_000, badSecret: 'authToken', ...atBaseUrl },
  mitake: { ...sms, retryAfterMs: null, badSecret: 'password', ...atBaseUrl },
  every8d: { ...sms, retryAfterMs: 2_000, badSecret: 'password', ...atBaseUrl },
  ses: {
    address: person => person.email,
    content: mail('hello', '<p>hello</p>'),
    refusesCredentials: 'error_401',
    tryAgain: 'error_429',
    retryAfterMs: null,
    badSecret: 'secretAccessKey',
    ...atBaseUrl,
  },
  sendgrid: {
    address: person => person.email,
    content: mail('hello', '<p>hello</p>'),
    nobody: 'nobody',
    refusesCredentials: 'error_401',
    tryAgain: 'error_429',
    retryAfterMs: 2_000,
    badSecret: 'apiKey',
    ...atBaseUrl,
  },
  whatsapp: {
    address: phoneOf,
    content: {
      channel: 'whatsapp',
      template: {
        name: 'order_shipped',
        language: 'zh_TW',
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: '小明' },
              { type: 'text', text: 'A100' },
            ],
          },
        ],
      },
    },
    nobody: NO_WHATSAPP,
    refusesCredentials: 'error_401',
    tryAgain: 'error_429',
    retryAfterMs: 2_000,
    badSecret: 'accessToken',
    ...atBaseUrl,
  },
  messenger: {
    ...chat,
    content: {
      channel: 'messenger',
      text: '訂單 A100 已出貨',
      template: { name: 'order_shipped', language: 'zh_TW', components: [] },
    },
  },
  instagram: {
    ...chat,
    content: { channel: 'instagram', text: '您好' },
    hears: true,
  },
  fcm: {
    address: person => person.app,
    content: { channel: 'push', title: '嗨', body: '新品' },
    nobody: 'app-nobody',
    refusesCredentials: 'error_401',
    tryAgain: 'error_429',
    retryAfterMs: 2_000,
    badSecret: 'serviceAccount',
    ...atBaseUrl,
  },
  webpush: {
    address: person => person.browser,
    content: { channel: 'webpush', title: '嗨', body: '新品' },
    nobody: 'https://push.example/not-a-subscription',
    refusesCredentials: 'error_401',
    tryAgain: 'error_429',
    retryAfterMs: 2_000,
    badSecret: 'vapidPrivateKey',
    ...atBaseUrl,
  },
}
