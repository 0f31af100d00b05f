// Clicks and unsubscribing, over HTTP.
import { unpackState } from '../customers/pack.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lineText, mail, openSendLab, type Person, type SendLab } from '../../test/send-lab.ts'
import { openOwner } from '../inbox/owner.ts'
import { bucketOf } from '../platform/ids.ts'
import type { LineToCustomer, MailToCustomer } from '../sandbox/stand-in.ts'
import { standInAct } from '../sandbox/stand-ins/register.ts'
import type { Deliverer } from './deliver.ts'
import { openMessageLinks } from './link-tokens.ts'

const PERSON = { 'user-agent': 'Mozilla/5.0 (iPhone) Line/14.0' }
let lab: SendLab
let deliverer: Deliverer
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
})
afterAll(() => lab.close())

async function sentLine(p: Person) {
  const m = await lab.intend(p, lineText(`{{ 'https://shop.example/x' | track: 'cta' }}`))
  await deliverer.tick()
  const [got] = await lab.sink<LineToCustomer>('line', p.line)
  return { id: m.id, url: String(got!.messages[0]!.text) }
}
const get = (url: string, headers: Record<string, string>, method = 'GET') =>
  fetch(url, { method, headers, redirect: 'manual' })
const clicks = async (id: string) => (await lab.outcomes(id)).filter(o => o.state === 'clicked')

describe('clicks', () => {
  test('a person is counted and led on', async () => {
    const { id, url } = await sentLine(await lab.person())
    const answer = await get(url, PERSON)
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://shop.example/x'])
    expect((await lab.row(id)).state).toBe('clicked')
    expect(await clicks(id)).toMatchObject([
      { outcome: null, detail: { label: 'cta', url: 'https://shop.example/x' } },
    ])
  })

  test('machines are led on and not counted', async () => {
    const { id, url } = await sentLine(await lab.person())
    const machines: [Record<string, string>, string][] = [
      [PERSON, 'HEAD'],
      [{ ...PERSON, 'sec-purpose': 'prefetch' }, 'GET'],
      [{ 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' }, 'GET'],
      [{ 'user-agent': '' }, 'GET'],
    ]
    for (const [headers, method] of machines) expect((await get(url, headers, method)).status).toBe(302)
    expect((await lab.row(id)).state).toBe('accepted')
    expect(await clicks(id)).toEqual([])
  })

  test('a changed token leads nowhere', async () => {
    const { url } = await sentLine(await lab.person())
    const answer = await get(url.slice(0, -3) + 'aaa', PERSON)
    expect([answer.status, answer.headers.get('location')]).toEqual([404, null])
  })
})

describe('unsubscribing', () => {
  async function sentMail(p: Person) {
    const m = await lab.intend(p, mail('x', '<p>x</p>'))
    await deliverer.tick()
    const row = await lab.core.pool.query<{ id: string; payload: MailToCustomer }>(
      `select id, payload from sandbox_message where workspace_id = $1 and address = $2`,
      [lab.workspace, p.email],
    )
    return { id: m.id, mailId: row.rows[0]!.id, url: openMessageLinks(lab.core).of(m.id).unsubscribeUrl }
  }
  const suppressed = async (p: Person) =>
    (
      await lab.core.pool.query('select reason from suppression where workspace_id = $1 and address = $2', [
        lab.workspace,
        p.email,
      ])
    ).rows

  test('hard problem 11: one click stops the next mail at once, and the customer’s consent is refused', async () => {
    const p = await lab.person()
    const { id, mailId, url } = await sentMail(p)
    expect((await get(url, PERSON)).status).toBe(200)
    expect(await suppressed(p)).toEqual([]) // a GET never unsubscribes
    const waiting = await lab.intend(p, mail('y', '<p>y</p>'))
    await standInAct(lab.core, lab.workspace, {
      channel: 'email',
      address: p.email,
      act: 'unsubscribe',
      message: mailId,
    })
    expect(await suppressed(p)).toEqual([{ reason: 'opt_out' }])
    await deliverer.tick()
    expect(await lab.row(waiting.id)).toMatchObject({ state: 'skipped', reason: 'suppressed' })
    const owner = openOwner(lab.core)
    while (await owner.tick());
    await owner.stop()
    const { rows } = await lab.core.pool.query<{ state: string }>(
      'select state from customer where bucket = $1 and id = $2',
      [bucketOf(p.id), p.id],
    )
    expect(unpackState(rows[0]!.state)).toMatchObject({ consent: { 'email/marketing': { on: false } } })
    expect((await lab.row(id)).state).toBe('accepted')
  })

  test('the page asks in the reader’s language and confirms by POST', async () => {
    const p = await lab.person()
    const { url } = await sentMail(p)
    const ask = async (language: string) =>
      (await get(url, { ...PERSON, 'accept-language': language })).text()
    expect(await ask('zh-TW,zh;q=0.9,en;q=0.8')).toContain('確定取消訂閱')
    expect(await ask('en-GB,en;q=0.9')).toContain('Yes, unsubscribe')
    const done = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ confirm: 'yes' }),
      headers: { 'accept-language': 'en' },
    })
    expect([done.status, (await done.text()).includes('You are unsubscribed')]).toEqual([200, true])
    expect(await suppressed(p)).toHaveLength(1)
    const forged = await fetch(url.slice(0, -2) + 'zz', {
      method: 'POST',
      body: new URLSearchParams({ confirm: 'yes' }),
    })
    expect(forged.status).toBe(404)
  })
})
