// A mail's signature as a receiver checks it, and what the DNS is read as. Pure: the records are given.
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { expect, test } from 'vitest'
import { newId } from '../platform/ids.ts'
import type { Outgoing } from './adapter.ts'
import { smtp } from './adapters/smtp.ts'
import { checkDomain } from './domain-check.ts'
import { dkimRecord, rawMail } from './mail.ts'
import { verdictOf } from '../messages/mail-routes.ts'

const settings = { host: 'h', from: 'hello@mail.brand.example', fromName: '好物', dkimSelector: 'itinera1' }
const secrets = smtp.complete!(settings, {})
const account = { id: 'a', workspace: 'w', name: 'n', settings, secrets, trusted: false }
const message: Outgoing = {
  id: newId(),
  workspace: 'w',
  address: 'ming@example.com',
  purpose: 'marketing',
  content: {
    channel: 'email',
    subject: '嗨，小明',
    html: '<p>新品 <a href="https://brand.example">看看</a></p>',
  },
  unsubscribeUrl: 'https://brand.example/u/token',
  receiptUrl: '',
}
const record = dkimRecord(secrets.dkimPrivateKey!)

async function verdict(raw: Buffer) {
  const { results } = await dkimVerify(raw, {
    resolver: async (name: string) => {
      if (name !== 'itinera1._domainkey.mail.brand.example')
        throw Object.assign(new Error(), { code: 'ENOTFOUND' })
      return [[record]]
    },
  })
  return results[0]! as (typeof results)[0] & { signingHeaders: { keys: string } }
}

test('R3-39 marketing mail is DKIM-signed by a key made here, the one-click headers with it; a change breaks it', async () => {
  const raw = await rawMail(account, message)
  const found = await verdict(raw)
  expect(found).toMatchObject({
    status: { result: 'pass', aligned: 'mail.brand.example' },
    signingDomain: 'mail.brand.example',
  })
  expect(found.signingHeaders.keys.toLowerCase().split(': ')).toEqual(
    expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'from', 'subject']),
  )
  const text = raw.toString('latin1')
  for (const [from, to] of [
    ['https://brand.example/u/token', 'https://evil.example/u/token'],
    ['List-Unsubscribe=One-Click', 'List-Unsubscribe=Two-Click'],
  ] as const) {
    expect(text).toContain(from)
    const changed = await verdict(Buffer.from(text.replace(from, to), 'latin1'))
    expect(changed.status.result).toBe('fail')
  }
})

test('without a selector a mail is not signed, and a key that is there is kept', async () => {
  const { dkimSelector: _, ...bare } = settings
  expect((await rawMail({ ...account, settings: bare }, message)).toString()).not.toContain('DKIM-Signature')
  expect(smtp.complete!(settings, secrets)).toEqual(secrets)
  expect(smtp.complete!(bare, {})).toEqual({})
})

const told = async (
  records: Record<string, readonly string[] | null>,
  more: object = {},
  adapter = 'smtp',
) => {
  const of = { settings: { ...settings, ...more }, secrets }
  const { domain, checks } = await checkDomain(of, adapter, async name =>
    name in records ? (records[name]?.slice() ?? null) : [],
  )
  expect(domain).toBe('mail.brand.example')
  return Object.fromEntries(checks.map(c => [c.kind, c]))
}
const SPF = 'mail.brand.example'
const KEY = 'itinera1._domainkey.mail.brand.example'

test('all three records are there: good; DMARC of the domain above counts', async () => {
  const found = await told({
    [SPF]: ['v=spf1 include:_spf.example ~all', 'google-site-verification=x'],
    [KEY]: [record],
    '_dmarc.brand.example': ['v=DMARC1; p=quarantine'],
  })
  expect(found.spf).toMatchObject({ state: 'good', found: ['v=spf1 include:_spf.example ~all'] })
  expect(found.dkim).toMatchObject({ state: 'good', wanted: null })
  expect(found.dmarc).toMatchObject({ state: 'good', name: '_dmarc.brand.example' })
})

test('nothing is there: each says what to put where', async () => {
  const found = await told({})
  expect(found.spf).toMatchObject({ state: 'missing', name: SPF, wanted: 'v=spf1 a mx ~all' })
  expect(found.dkim).toMatchObject({ state: 'missing', name: KEY, wanted: record })
  expect(found.dmarc).toMatchObject({ state: 'missing', wanted: expect.stringContaining('p=none') })
})

test.each([
  ['spf', { [SPF]: ['v=spf1 +all'] }, 'lets_all'],
  ['spf', { [SPF]: ['v=spf1 a ~all', 'v=spf1 mx ~all'] }, 'several'],
  ['spf', { [SPF]: ['v=spf1 a'] }, 'open_end'],
  ['spf', { [SPF]: null }, 'not_asked'],
  ['dkim', { [KEY]: ['v=DKIM1; p='] }, 'revoked'],
  ['dkim', { [KEY]: ['v=DKIM1; k=rsa; p=AAAA'] }, 'other_key'],
  ['dmarc', { '_dmarc.mail.brand.example': ['v=DMARC1; p=none; rua=mailto:a@b.c'] }, 'only_watches'],
  ['dmarc', { '_dmarc.mail.brand.example': ['v=DMARC1; rua=mailto:a@b.c'] }, 'no_policy'],
] as const)('%s of %o is %s', async (kind, records, code) => {
  expect((await told(records))[kind]).toMatchObject({ code })
})

test('SPF is asked of the domain that bounces go to; a provider’s servers must be named', async () => {
  const bounce = await told({ 'b.example': ['v=spf1 a -all'] }, { bounceDomain: 'b.example' })
  expect(bounce.spf).toMatchObject({ state: 'good', name: 'b.example' })
  expect((await told({ [SPF]: ['v=spf1 a ~all'] }, {}, 'ses')).spf).toMatchObject({
    code: 'provider_missing',
  })
})

test('complaint rates against the lines of Gmail and Yahoo', () => {
  expect([null, 0, 0.0009, 0.001, 0.0029, 0.003].map(verdictOf)).toEqual([
    'none',
    'good',
    'good',
    'warn',
    'warn',
    'bad',
  ])
})
