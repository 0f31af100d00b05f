// What differs between adapters in their conformance suite (src/channels/conformance.pg.test.ts): whom they reach, what they
// send, and their stand-in's words for the same mishap.
import type { Account } from '../src/channels/adapter.ts'
import type { MessageContent } from '../src/channels/content.ts'
import type { StandInFault } from '../src/sandbox/stand-in.ts'
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
}
