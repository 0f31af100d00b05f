// Consent as people give and take it: purposes with versions, double opt-in by mail and by code, the preference page, and what
// a refusal stops at once. Over HTTP; engines and stand-ins are real, time is the sandbox's clock.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  foldWhile,
  graphOf,
  openJourneyLab,
  says,
  type Item,
  type JourneyLab,
} from '../../test/journey-lab.ts'
import type { Caller } from '../../test/http-client.ts'
import { mail } from '../../test/send-lab.ts'
import type { EndpointName } from '../contract.ts'
import type { NodeData } from '../journeys/model.ts'
import { publicId } from '../platform/ids.ts'
import { happened } from '../rules/make.ts'
import { shortIp } from './ask.ts'

vi.setConfig({ testTimeout: 120_000 })

const DAY = 86_400_000
let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

type Answer = { status: number; body: Item }
const ask = async (name: EndpointName, given: Item = {}, as?: Caller): Promise<Answer> =>
  (await lab.call(name, given, as)) as Answer
const idOf = async (who: string): Promise<string> => publicId('cus', (await lab.stateOf(who)).id)

const whileFolding = <T>(asked: Promise<T>): Promise<T> => foldWhile(lab, asked)

const purpose = (name: string, more: Item = {}) =>
  ask('saveConsentPurpose', {
    params: { name },
    body: {
      label: { zh: `訂閱 ${name}`, en: `The ${name}` },
      text: { zh: '我同意每週收到一封電子報。', en: 'I agree to a weekly newsletter.' },
      channels: ['email', 'line'],
      asked: true,
      doubleOptIn: false,
      archived: false,
      version: 0,
      ...more,
    },
  })

const sends = (topic: string | undefined, next: NodeData['next'] = { accepted: null }): NodeData => ({
  type: 'send',
  fields: {
    channel: 'email',
    purpose: 'marketing',
    ...(topic === undefined ? {} : { topic }),
    content: mail('新品', '<p>看看</p>'),
  },
  next,
})

const proofsOf = async (who: string): Promise<Item[]> =>
  (await ask('consentProofs', { params: { customer: await idOf(who) } })).body.items as Item[]

const urlOf = async (who: string): Promise<string> =>
  String((await ask('preferenceLink', { params: { customer: await idOf(who) } })).body.url)

const form = (url: string, fields: [string, string][], headers: Record<string, string> = {}) =>
  whileFolding(
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields),
    }),
  )

test('a purpose has its text in both languages; another text is another version, and every version is kept', async () => {
  const made = await purpose('newsletter')
  expect(made.body).toMatchObject({ name: 'newsletter', textVersion: 1, version: 1 })
  expect((await purpose('newsletter')).body).toMatchObject({ code: 'version_conflict' })
  expect((await purpose('Bad Name')).body).toMatchObject({ code: 'bad_name' })
  const changed = await purpose('newsletter', { version: 1, text: { zh: '每月一封。', en: 'Monthly.' } })
  expect(changed.body).toMatchObject({ textVersion: 2, version: 2 })
  const same = await purpose('newsletter', {
    version: 2,
    text: { zh: '每月一封。', en: 'Monthly.' },
    channels: ['email'],
  })
  expect(same.body).toMatchObject({ textVersion: 2, version: 3 })
  const { rows } = await lab.core.pool.query<{ version: number; text: { en: string } }>(
    `select version, text from consent_text where workspace_id = $1 and purpose = 'newsletter' order by version`,
    [lab.workspace],
  )
  expect(rows.map(r => [r.version, r.text.en])).toEqual([
    [1, 'I agree to a weekly newsletter.'],
    [2, 'Monthly.'],
  ])
  const list = (await ask('consentPurposes')).body.items as Item[]
  expect(list.map(p => p.name)).toEqual(['marketing', 'newsletter'])
})

test('a send for a purpose that is asked for by itself needs its consent; the decision says to which version it was given', async () => {
  await lab.person('cs-topic', { email: true })
  await lab.publish(graphOf('News', { send: sends('newsletter') }))
  await lab.tell(says('cs-topic', 'News'))
  expect(await lab.inbox('email', 'cs-topic')).toHaveLength(0) // marketing alone is not enough
  const customer = await idOf('cs-topic')
  const list = async () => (await ask('messages', { query: { customer } })).body.items as Item[]
  expect(await list()).toMatchObject([{ state: 'skipped', reason: 'consent' }])
  await lab.tell(
    says('cs-topic', 'consent.granted', { channel: 'email', purpose: 'newsletter', proof: { version: '2' } }),
  )
  await lab.tell(says('cs-topic', 'News'))
  expect(await lab.inbox('email', 'cs-topic')).toHaveLength(1)
  const [sent] = (await list()).filter(m => m.state === 'accepted')
  const detail = await ask('message', { params: { message: String(sent!.id) } })
  expect((detail.body.rendered as Item).consent).toMatchObject({ topic: 'newsletter', version: '2' })
  // refusing marketing as a whole does not take what was asked for by itself
  await lab.tell(says('cs-topic', 'consent.refused', { channel: 'email', purpose: 'marketing' }))
  await lab.tell(says('cs-topic', 'News'))
  expect(await lab.inbox('email', 'cs-topic')).toHaveLength(2)
})

test('R3-10 a refusal ends waiting sends at once as skipped(consent), and journeys that exit on it', async () => {
  await lab.person('cs-stop', { email: true })
  const exits = [{ name: '拒絕', rule: happened('consent.changed') }]
  const waits = (): Record<string, NodeData> => ({
    wait: { type: 'delay', fields: { mode: 'for', ms: 3 * DAY }, next: { next: 'send' } },
    send: sends(undefined),
  })
  const leaves = await lab.publish(graphOf('Later', waits(), { exits }))
  // another is at its message, which waits for the morning
  const quiet = await lab.publish(
    graphOf('Night', { send: sends(undefined, { accepted: null, skipped: null }) }, {
      policy: { quietHours: { from: '00:00', to: '23:59' } },
    } as never),
  )
  await lab.tell(says('cs-stop', 'Later'), says('cs-stop', 'Night'))
  const customer = await idOf('cs-stop')
  const list = async () => (await ask('messages', { query: { customer } })).body.items as Item[]
  const waiting = await list()
  expect(waiting).toMatchObject([{ state: 'intended' }])
  expect((await lab.stateOf('cs-stop')).enr).toHaveLength(2)
  await lab.tell(says('cs-stop', 'consent.refused', { channel: 'email' }))
  expect(await list()).toMatchObject([{ state: 'skipped', reason: 'consent' }])
  expect((await lab.stateOf('cs-stop')).enr).toHaveLength(0)
  expect(await lab.path('cs-stop', leaves)).toContain('end:exit_rule')
  expect((await lab.path('cs-stop', quiet)).at(0)).toBe('send:skipped')
  await lab.passes(4 * DAY)
  expect(await lab.inbox('email', 'cs-stop')).toHaveLength(0)
})

test('double opt-in: pending until the link of the mail is confirmed; a GET changes nothing; the proof says what, where and when', async () => {
  await lab.person('cs-double', { email: true })
  const customer = await idOf('cs-double')
  const asked = await whileFolding(
    ask('askConsent', { params: { customer }, body: { channel: 'email', purpose: 'newsletter' } }),
  )
  expect(asked.status).toBe(200)
  expect((await lab.stateOf('cs-double')).consent['email/newsletter']).toBeUndefined()
  expect((await ask('consentRates')).body).toMatchObject({ pending: 1 })
  const [letter] = await lab.inbox('email', 'cs-double')
  const url = /href="([^"]+\/p\/c\/[^"]+)"/.exec(String(letter!.html))![1]!
  const looked = await fetch(url, { headers: { 'accept-language': 'en' } })
  expect([looked.status, (await looked.text()).includes('Do you agree to get “The newsletter”')]).toEqual([
    200,
    true,
  ])
  await lab.settle()
  expect((await lab.stateOf('cs-double')).consent['email/newsletter']).toBeUndefined()
  expect((await fetch(url.slice(0, -3))).status).toBe(404)
  const agent = { 'user-agent': 'Mozilla/5.0 (test)' }
  const done = await form(url, [], agent)
  expect([done.status, (await done.text()).includes('已確認')]).toEqual([200, true])
  await form(url, [], agent)
  const proofs = (await proofsOf('cs-double')).filter(p => p.purpose === 'newsletter')
  expect(proofs).toMatchObject([
    {
      on: true,
      source: 'double opt-in',
      proof: {
        version: '2',
        text: '每月一封。 / Monthly.',
        address: lab.mailOf('cs-double'),
        ip: '127.0.0.0',
        agent: agent['user-agent'],
      },
    },
  ])
  expect((await lab.stateOf('cs-double')).consent['email/newsletter']).toMatchObject({ on: true, v: '2' })
})

test('a confirmation that comes too late holds nothing; a code by SMS is tried at most five times', async () => {
  await lab.person('cs-late', { email: true, traits: { phone: '0912345678' } })
  const customer = await idOf('cs-late')
  await purpose('birthday', { channels: ['email', 'sms'] })
  await whileFolding(
    ask('askConsent', { params: { customer }, body: { channel: 'email', purpose: 'birthday' } }),
  )
  const [letter] = await lab.inbox('email', 'cs-late')
  const url = /href="([^"]+\/p\/c\/[^"]+)"/.exec(String(letter!.html))![1]!
  const asked = await whileFolding(
    ask('askConsent', { params: { customer }, body: { channel: 'sms', purpose: 'birthday' } }),
  )
  const request = String(asked.body.id)
  const { rows } = await lab.core.pool.query<{ body: string }>(
    `select body from message where workspace_id = $1 and channel = 'sms' order by created desc limit 1`,
    [lab.workspace],
  )
  const code = /\d{6}/.exec((JSON.parse(rows[0]!.body) as { content: { text: string } }).content.text)![0]
  const confirm = (given: string) =>
    whileFolding(ask('confirmConsent', { params: { customer, request }, body: { code: given } }))
  const wrong = code === '000000' ? '111111' : '000000'
  expect((await confirm(wrong)).body).toMatchObject({ code: 'wrong_code' })
  expect((await confirm(code)).status).toBe(200)
  expect((await lab.stateOf('cs-late')).consent['sms/birthday']).toMatchObject({ on: true })
  for (let i = 0; i < 3; i++) await confirm(wrong)
  expect((await confirm(code)).body).toMatchObject({ code: 'too_many_tries' })
  await lab.passes(3 * DAY)
  const late = await form(url, [])
  expect((await late.text()).includes('已過期')).toBe(true)
  expect((await lab.stateOf('cs-late')).consent['email/birthday']).toBeUndefined()
})

test('the preference page: no sign-in, no script, both languages, small; a GET changes nothing; purposes, less, pause, all off', async () => {
  await lab.person('cs-pref', { email: true })
  const url = await urlOf('cs-pref')
  const page = await fetch(url)
  const text = await page.text()
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(text).not.toContain('<script')
  expect(Buffer.byteLength(text)).toBeLessThan(100_000)
  expect(text).toContain('訂閱 newsletter')
  expect(await (await fetch(`${url}?lang=en`)).text()).toContain('What you get from us')
  expect((await fetch(url.slice(0, -2) + 'xx')).status).toBe(404)
  const before = await lab.stateOf('cs-pref')
  await lab.settle()
  expect(await lab.stateOf('cs-pref')).toEqual(before)
  // what is ticked holds, with its version; what was so before is no statement
  const saved = await form(url, [
    ['do', 'save'],
    ['c', 'marketing/email'],
    ['c', 'newsletter/email'],
    ['often', 'less'],
  ])
  expect((await saved.text()).includes('已儲存')).toBe(true)
  let state = await lab.stateOf('cs-pref')
  expect(state.consent).toMatchObject({
    'email/newsletter': { on: true, v: '2' },
    'email/marketing': { src: 'API' },
  })
  expect(state.pref).toEqual({ less: true })
  expect((await proofsOf('cs-pref')).find(p => p.purpose === 'newsletter')).toMatchObject({
    source: 'preference page',
    proof: { ip: '127.0.0.0', version: '2' },
  })
  // less: one marketing message in seven days
  await lab.publish(graphOf('Promo', { send: sends(undefined) }))
  await lab.tell(says('cs-pref', 'Promo'))
  await lab.tell(says('cs-pref', 'Promo'))
  expect(await lab.inbox('email', 'cs-pref')).toHaveLength(1)
  await lab.passes(7 * DAY)
  await lab.tell(says('cs-pref', 'Promo'))
  expect(await lab.inbox('email', 'cs-pref')).toHaveLength(2)
  // a pause of 30 days ends by itself
  await form(url, [
    ['do', 'save'],
    ['c', 'marketing/email'],
    ['c', 'newsletter/email'],
    ['often', 'normal'],
    ['pause', '30'],
  ])
  await lab.passes(29 * DAY)
  await lab.tell(says('cs-pref', 'Promo'))
  expect(await lab.inbox('email', 'cs-pref')).toHaveLength(2)
  await lab.passes(2 * DAY)
  await lab.tell(says('cs-pref', 'Promo'))
  expect(await lab.inbox('email', 'cs-pref')).toHaveLength(3)
  // all off
  await form(url, [
    ['do', 'off'],
    ['c', 'marketing/email'],
  ])
  state = await lab.stateOf('cs-pref')
  expect([state.consent['email/marketing']!.on, state.consent['email/newsletter']!.on]).toEqual([
    false,
    false,
  ])
  await lab.tell(says('cs-pref', 'Promo'))
  expect(await lab.inbox('email', 'cs-pref')).toHaveLength(3)
  const rates = (await ask('consentRates', { query: { days: 366 } })).body.by as Item[]
  expect(rates.find(r => r.purpose === 'newsletter' && r.channel === 'email')).toMatchObject({ off: 1 })
})

test('one click of a message for a purpose takes that purpose and leaves the others', async () => {
  await lab.person('cs-click', { email: true })
  await lab.tell(says('cs-click', 'consent.granted', { channel: 'email', purpose: 'newsletter' }))
  await lab.publish(graphOf('Weekly', { send: sends('newsletter') }))
  await lab.tell(says('cs-click', 'Weekly'))
  const [letter] = await lab.inbox('email', 'cs-click')
  const headers = letter!.headers as Record<string, string> | undefined
  const url = /https?:\/\/[^\s<>"]+\/u\/[^\s<>"]+/
    .exec(JSON.stringify(headers ?? letter))![0]
    .replace(/\\$/, '')
  const done = await form(url, [['List-Unsubscribe', 'One-Click']])
  expect(done.status).toBe(200)
  const { consent } = await lab.stateOf('cs-click')
  expect([consent['email/newsletter']!.on, consent['email/marketing']!.on]).toEqual([false, true])
  await lab.tell(says('cs-click', 'Weekly'), says('cs-click', 'Promo'))
  expect((await lab.inbox('email', 'cs-click')).length).toBe(2)
})

test('of an address only the network is kept', () => {
  expect(['203.0.113.77', '::ffff:203.0.113.77', '2001:db8:85a3:8d3:1319::1', null].map(shortIp)).toEqual([
    '203.0.113.0',
    '203.0.113.0',
    '2001:db8:85a3::',
    null,
  ])
})
