// Double opt-in in the chat of LINE: by the button that answers there, and by the one that leads to a page. The stand-in of
// LINE posts its signed webhooks to the product over HTTP; time is the sandbox's clock.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { foldWhile, openJourneyLab, type Item, type JourneyLab } from '../../test/journey-lab.ts'
import { anyAccount } from '../channels/accounts.ts'
import { STAND_IN, standInToken } from '../channels/stand-in.ts'
import { parseId, publicId } from '../platform/ids.ts'
import { sandboxNow } from '../sandbox/stand-in.ts'
import { postEvent } from '../sandbox/stand-ins/line-act.ts'

vi.setConfig({ testTimeout: 120_000 })

const DAY = 86_400_000
const NEWSLETTER = 'line/newsletter'
let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
  const made = await lab.call('saveConsentPurpose', {
    params: { name: 'newsletter' },
    body: {
      label: { zh: '電子報', en: 'The newsletter' },
      text: { zh: '我同意每月收到電子報。', en: 'I agree to a monthly newsletter.' },
      channels: ['line'],
      asked: true,
      doubleOptIn: true,
      archived: false,
      version: 0,
    },
  })
  expect(made.status).toBe(200)
})
afterAll(() => lab.close())

const idOf = async (who: string): Promise<string> => publicId('cus', (await lab.stateOf(who)).id)
const consentOf = async (who: string) => (await lab.stateOf(who)).consent[NEWSLETTER]

type Buttons = { type: string; label: string; uri: string; data: string; displayText?: string }[]

/** A friend is asked; the buttons of what arrived in the chat. */
async function asked(who: string): Promise<Buttons> {
  await lab.person(who, { line: true })
  const params = { customer: await idOf(who) }
  const body = { channel: 'line', purpose: 'newsletter' }
  const answer = await foldWhile(lab, lab.call('askConsent', { params, body }))
  expect(answer.status).toBe(200)
  const [told] = (await lab.inbox('line', who)) as { messages: { template: { actions: Buttons } }[] }[]
  return told!.messages[0]!.template.actions
}

const taps = (who: string, data: string, more: Item = {}) =>
  lab.act({ channel: 'line', address: lab.lineOf(who), act: 'postback', data, text: '確認同意', ...more })

/** The last words in the chat. */
const toldLast = async (who: string): Promise<unknown> => {
  const last = (await lab.inbox('line', who)).at(-1) as { messages: { text?: string }[] }
  return last.messages[0]!.text
}

const proofsOf = async (who: string): Promise<Item[]> => {
  const { body } = await lab.call('consentProofs', { params: { customer: await idOf(who) } })
  return (body.items as Item[]).filter(p => p.purpose === 'newsletter')
}

/** What history has of a person's taps, or of another fact. */
async function recorded(who: string, name = 'line.postback'): Promise<unknown[]> {
  const result = await lab.core.history.query({
    query: `select props from event where workspace_id = {workspace:UUID} and customer_id = {customer:UUID} and name = {name:String}
             order by folded, seq, line, part`,
    query_params: { workspace: lab.workspace, customer: (await lab.stateOf(who)).id, name },
    format: 'JSONEachRow',
  })
  const rows = (await result.json()) as { props: string }[]
  return rows.map(r => JSON.parse(r.props) as unknown)
}

test('the button in the chat is the confirmation: the proof says how, by which message and when; a second tap changes nothing', async () => {
  const [button] = await asked('tap-own')
  expect(button).toMatchObject({ type: 'postback', label: '確認同意', displayText: '確認同意' })
  expect(await consentOf('tap-own')).toBeUndefined()
  await taps('tap-own', button!.data)
  expect(await consentOf('tap-own')).toMatchObject({ on: true, v: '1', src: 'double opt-in' })
  expect(await toldLast('tap-own')).toBe('已確認，謝謝您。')
  const messages = await lab.call('messages', { query: { customer: await idOf('tap-own') } })
  const question = (messages.body.items as Item[]).at(-1)!
  const proofs = await proofsOf('tap-own')
  expect(proofs).toMatchObject([
    {
      channel: 'line',
      on: true,
      source: 'double opt-in',
      proof: {
        version: '1',
        text: '我同意每月收到電子報。 / I agree to a monthly newsletter.',
        address: lab.lineOf('tap-own'),
        how: 'postback',
        message: question.id,
        at: expect.stringMatching(/^\d{4}-/),
      },
    },
  ])
  expect((await lab.call('consentRates')).body).toMatchObject({ pending: 0 })
  await taps('tap-own', button!.data)
  expect(await toldLast('tap-own')).toBe('您先前已經確認過了。')
  expect(await proofsOf('tap-own')).toEqual(proofs)
  // a refusal since then is not undone by the old button
  await lab.tell({
    type: 'track',
    event: 'consent.refused',
    anonymousId: 'tap-own',
    properties: { channel: 'line', purpose: 'newsletter' },
  })
  await taps('tap-own', button!.data)
  expect(await consentOf('tap-own')).toMatchObject({ on: false })
  // what is kept of a tap says what came of it, and has no token
  const kept = await recorded('tap-own')
  expect(kept).toMatchObject([
    { data: 'itinera:consent', consent: 'confirmed' },
    { data: 'itinera:consent', consent: 'again' },
    { data: 'itinera:consent', consent: 'again' },
  ])
})

test('R4-20 a tap and what it is answered are nobody’s work: no clock and no figure of the team moves, until a person answers', async () => {
  const [button] = await asked('tap-auto')
  await taps('tap-auto', button!.data)
  await taps('tap-auto', button!.data)
  const customer = await idOf('tap-auto')
  const talks = async () => {
    const { body } = await lab.call('conversations', { query: { customer, status: 'all' } })
    return body.items as Item[]
  }
  const sent = async () => (await lab.call('messages', { query: { customer } })).body.items as Item[]
  expect((await sent()).map(m => m.origin)).toEqual(['auto', 'auto', 'auto'])
  // free of charge, as the answer to their own tap
  const told = (await lab.inbox('line', 'tap-auto')) as { reply?: boolean }[]
  expect(told.slice(1).map(m => m.reply)).toEqual([true, true])
  const { clk } = await lab.stateOf('tap-auto')
  expect([clk?.c !== undefined, clk?.m, clk?.t]).toEqual([true, undefined, undefined])
  expect(await recorded('tap-auto', 'conversation.replied')).toEqual([])
  expect(await talks()).toEqual([])

  const ann = await lab.member('marketer')
  await lab.act({ channel: 'line', address: lab.lineOf('tap-auto'), act: 'text', text: '謝謝' })
  expect(await talks()).toMatchObject([{ status: 'open', unread: 1 }])
  const answer = lab.call(
    'replyInConversation',
    { params: { customer, channel: 'line' }, body: { text: '不客氣' } },
    { ...ann, headers: { 'idempotency-key': 'tap-auto' } },
  )
  expect((await foldWhile(lab, answer)).status).toBe(200)
  await lab.settle()
  expect((await lab.stateOf('tap-auto')).clk?.t).toBeGreaterThan(0)
  expect(await recorded('tap-auto', 'conversation.replied')).toHaveLength(1)
  expect(await talks()).toMatchObject([{ status: 'waiting', unread: 0 }])
})

test('a tap by another LINE user, with data that is not ours, or of another message proves nothing, is recorded and answered', async () => {
  const [button] = await asked('tap-asked')
  await lab.person('tap-other', { line: true })
  await taps('tap-other', button!.data)
  expect(await toldLast('tap-other')).toContain('不是發給您的')
  const own = button!.data
  const at = own.indexOf('.') + 1
  const forged = own.slice(0, at) + (own[at] === 'A' ? 'B' : 'A') + own.slice(at + 1)
  await taps('tap-asked', forged)
  expect(await toldLast('tap-asked')).toContain('不是發給您的')
  // the token without the message that brought it
  await taps('tap-asked', own.slice(0, own.indexOf('&itn=')))
  // … and with another message of the same person
  const [later] = await asked('tap-asked-too')
  await taps(
    'tap-asked',
    own.slice(0, own.indexOf('&itn=')) + later!.data.slice(later!.data.indexOf('&itn=')),
  )
  for (const who of ['tap-asked', 'tap-other', 'tap-asked-too']) {
    expect(await consentOf(who)).toBeUndefined()
    expect(await proofsOf(who)).toEqual([])
  }
  expect(await recorded('tap-other')).toMatchObject([{ consent: 'not_theirs' }])
  expect(await recorded('tap-asked')).toMatchObject(Array(3).fill({ consent: 'not_theirs' }))
  await taps('tap-asked', own)
  expect(await consentOf('tap-asked')).toMatchObject({ on: true })
})

test('a tap after its end proves nothing and is told so', async () => {
  const [button] = await asked('tap-late')
  await lab.passes(3 * DAY)
  await taps('tap-late', button!.data)
  expect(await consentOf('tap-late')).toBeUndefined()
  expect(await proofsOf('tap-late')).toEqual([])
  expect(await toldLast('tap-late')).toContain('已過期')
  expect(await recorded('tap-late')).toMatchObject([{ consent: 'expired' }])
})

test('the other button leads to the page of the same confirmation; done there, a tap in the chat adds nothing', async () => {
  const [button, link] = await asked('tap-link')
  expect(link).toMatchObject({ type: 'uri', label: '在網頁上確認' })
  expect((await fetch(link!.uri)).status).toBe(200)
  await lab.settle()
  expect(await consentOf('tap-link')).toBeUndefined()
  const posted = fetch(link!.uri, { method: 'POST', headers: { 'user-agent': 'Line/14.0' } })
  expect((await foldWhile(lab, posted)).status).toBe(200)
  expect(await consentOf('tap-link')).toMatchObject({ on: true, v: '1' })
  await taps('tap-link', button!.data)
  expect(await toldLast('tap-link')).toBe('您先前已經確認過了。')
  expect(await proofsOf('tap-link')).toMatchObject([
    {
      source: 'double opt-in',
      proof: { version: '1', address: lab.lineOf('tap-link'), agent: 'Line/14.0' },
    },
  ])
})

test('a tap that another LINE account of the same brand tells of, by the same person, proves nothing: the one that asked did not hear it', async () => {
  const [button] = await asked('tap-accounts')
  const made = await lab.call('saveChannel', {
    params: { channel: 'line' },
    body: {
      account: 'new',
      name: 'LINE B',
      settings: { baseUrl: STAND_IN },
      secrets: { accessToken: standInToken(lab.core, lab.workspace, 'line'), channelSecret: 'secret-b' },
    },
  })
  expect(made.status).toBe(200)
  const { core } = lab
  const other = await anyAccount(core, core.pool, parseId('chn', String(made.body.id))!)
  const address = lab.lineOf('tap-accounts')
  const tells = async (event: Item) => {
    await postEvent(core.pool, other!, address, await sandboxNow(core.pool, lab.workspace), event)
    core.signals.emit('receipt')
    const waiting = 'select from sandbox_receipt where workspace_id = $1'
    await expect.poll(async () => (await core.pool.query(waiting, [lab.workspace])).rowCount).toBe(0)
    await lab.settle()
  }
  await tells({ type: 'follow', follow: { isUnblocked: false } })
  await tells({ type: 'postback', postback: { data: button!.data } })
  expect(await consentOf('tap-accounts')).toBeUndefined()
  expect(await proofsOf('tap-accounts')).toEqual([])
  expect(await toldLast('tap-accounts')).toContain('不是發給您的')
  expect(await recorded('tap-accounts')).toMatchObject([{ consent: 'not_theirs' }])
  // the request is still open, and the account that asked hears the tap
  await taps('tap-accounts', button!.data)
  expect(await consentOf('tap-accounts')).toMatchObject({ on: true })
  expect(await proofsOf('tap-accounts')).toMatchObject([{ source: 'double opt-in', on: true }])
  expect(await recorded('tap-accounts')).toMatchObject([{ consent: 'not_theirs' }, { consent: 'confirmed' }])
})
