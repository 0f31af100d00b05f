// An SMS by each provider through the ledger: sent, delivered by its receipt over HTTP, once however often it is told; and
// what a reply does. Rows: R3-39.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { phoneOf } from '../../../test/adapter-worlds.ts'
import { openSendLab, type Person, type SendLab } from '../../../test/send-lab.ts'
import { openDeliverer } from '../../messages/deliver.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { openReceipts } from '../../sandbox/receipts.ts'
import { setStandInFault, type SmsToCustomer } from '../../sandbox/stand-in.ts'
import { putObject } from '../../sandbox/stand-ins/objects.ts'
import { standInAct } from '../../sandbox/stand-ins/register.ts'
import { hookUrlOf, loadAccounts } from '../accounts.ts'

let lab: SendLab
let deliverer: Awaited<ReturnType<SendLab['deliverer']>>
let receipts: ReturnType<typeof openReceipts>
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
  receipts = openReceipts(lab.core)
})
afterAll(() => lab.close())

const content = { channel: 'sms' as const, text: '霧丘茶事：新茶到了' }

async function personWithPhone(): Promise<Person & { phone: string }> {
  let phone = ''
  const person = await lab.person(state => {
    phone = phoneOf(state)
    const at = state.now
    state.ids.push({ kind: 'phone', value: phone, verified: true, at, src: 'test' })
    state.consent['sms/marketing'] = { on: true, at, src: 'test' }
  })
  return { ...person, phone }
}
const accountOf = async (adapter: string) =>
  (await loadAccounts(lab.core, lab.core.pool, [lab.workspace]))
    .get(`${lab.workspace}:sms`)!
    .find(a => a.adapter === adapter)!
/** The account that SMS leave by: the oldest. */
const by = (adapter: string) =>
  lab.core.pool.query(
    `update channel_account set created_at = case when adapter = $2 then '2020-01-01'::timestamptz else '2021-01-01' end
      where workspace_id = $1 and channel = 'sms'`,
    [lab.workspace, adapter],
  )
const stateOf = async (id: Uuid) => (await lab.row(id)).state
const told = async (id: Uuid, state: string) => (await lab.outcomes(id)).filter(o => o.state === state).length
const waiting = async () =>
  (await lab.core.pool.query('select from sandbox_receipt where workspace_id = $1', [lab.workspace])).rowCount

describe.each(['twilio', 'mitake', 'every8d'])('R3-39 an SMS by %s', adapter => {
  const fault = (kind: 'receipt_twice' | 'receipt_late') =>
    setStandInFault(lab.core.pool, lab.workspace, { adapter, kind, times: 1 })
  const sent = async () => {
    await by(adapter)
    const p = await personWithPhone()
    const m = await lab.intend(p, content)
    await deliverer.tick()
    expect(await stateOf(m.id)).toBe('accepted')
    expect(await lab.sink<SmsToCustomer>('sms', p.phone)).toMatchObject([{ text: content.text, adapter }])
    return m
  }

  test('is delivered by its receipt', async () => {
    const m = await sent()
    while (await receipts.tick());
    expect(await stateOf(m.id)).toBe('delivered')
  })

  test('a receipt told twice counts once', async () => {
    await fault('receipt_twice')
    const m = await sent()
    while (await receipts.tick());
    expect(await stateOf(m.id)).toBe('delivered')
    const hashes = await lab.core.pool.query(
      `select distinct message_hash from inbox where workspace_id = $1 and kind = 'outcome' and body like '%' || $2 || '%"delivered"%'`,
      [lab.workspace, m.id],
    )
    expect(hashes.rowCount).toBe(1)
  })

  test('a late receipt changes nothing until it comes', async () => {
    await fault('receipt_late')
    const m = await sent()
    while (await receipts.tick());
    expect(await stateOf(m.id)).toBe('accepted')
    expect(await waiting()).toBeGreaterThan(0)
    await lab.core.pool.query('update sandbox_receipt set due = now() where workspace_id = $1', [
      lab.workspace,
    ])
    while (await receipts.tick());
    expect(await stateOf(m.id)).toBe('delivered')
    expect(await waiting()).toBe(0)
    expect(await told(m.id, 'delivered')).toBe(1)
  })

  test('a forged receipt is refused and moves nothing', async () => {
    const m = await sent()
    await lab.core.pool.query('delete from sandbox_receipt where workspace_id = $1', [lab.workspace])
    const account = await accountOf(adapter)
    const { provider_id: batch } = await lab.row(m.id)
    const url = new URL(hookUrlOf(lab.core, account))
    url.searchParams.set('message', `msg_${m.id}`)
    if (adapter === 'twilio') {
      const answer = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ AccountSid: account.settings.accountSid!, MessageStatus: 'delivered' }),
        headers: { 'x-twilio-signature': 'L/OH5YylLD5NRKLltdqwSvS0BnU=' },
      })
      expect(answer.status).toBe(401)
    } else {
      url.searchParams.set('key', 'x'.repeat(url.searchParams.get('key')!.length))
      for (const [k, v] of Object.entries({ statusstr: 'DELIVRD', STATUS: '100', BatchID: batch!, RT: '' }))
        url.searchParams.set(k, v)
      expect((await fetch(url)).status).toBe(401)
      expect((await fetch(url, { method: 'POST' })).status).toBe(401)
    }
    expect(await stateOf(m.id)).toBe('accepted')
  })
})

test('an early receipt by a provider’s id is asked for again, one of somebody else’s message is passed over', async () => {
  const url = (batch: string, rt: string) =>
    accountOf('every8d').then(a => {
      const u = new URL(hookUrlOf(lab.core, a))
      for (const [k, v] of Object.entries({ BatchID: batch, STATUS: '100', RM: '+886912345678', RT: rt }))
        u.searchParams.set(k, v)
      return fetch(u)
    })
  expect((await url(newId(), '')).status).toBe(503)
  expect((await url(newId(), '20200101000000')).status).toBe(200)
})

describe.each(['twilio', 'every8d'])('a reply to %s', adapter => {
  test('退訂 stops marketing at once; the message itself is in the inbox', async () => {
    await by(adapter)
    const p = await personWithPhone()
    await lab.intend(p, content)
    await deliverer.tick()
    await standInAct(lab.core, lab.workspace, { channel: 'sms', address: p.phone, act: 'text', text: '退訂' })
    while (await receipts.tick());
    const { rows } = await lab.core.pool.query<{ body: string }>(
      `select body from inbox where workspace_id = $1 and kind = 'event' and body like '%' || $2 || '%' order by received, ordinal`,
      [lab.workspace, p.phone],
    )
    expect(rows.map(r => JSON.parse(r.body) as object)).toMatchObject([
      { name: 'sms.message', props: { text: '退訂', from: 'customer' } },
      { name: 'consent.refused', props: { channel: 'sms', purpose: 'marketing' } },
    ])
    // the state still says yes: nothing was folded
    const m = await lab.intend(p, content)
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'skipped', reason: 'suppressed' })
  })
})

describe('R3-39 Mitake’s SmQuery settles what nobody knows of', () => {
  /** Its answer is lost: taken, and unknown. */
  async function lost(): Promise<{ id: Uuid; phone: string; msgid: string }> {
    await by('mitake')
    const p = await personWithPhone()
    await setStandInFault(lab.core.pool, lab.workspace, {
      adapter: 'mitake',
      kind: 'accept_then_drop',
      times: 1,
    })
    const m = await lab.intend(p, content)
    const hasty = await openDeliverer(lab.core, { timeoutMs: 500 })
    await hasty.tick()
    await hasty.stop()
    expect(await stateOf(m.id)).toBe('unknown')
    const { rows } = await lab.core.pool.query<{ id: Uuid }>(
      `select id from sandbox_message where workspace_id = $1 and address = $2`,
      [lab.workspace, p.phone],
    )
    return { id: m.id, phone: p.phone, msgid: rows[0]!.id.replaceAll('-', '').slice(-10) }
  }
  const askAgain = async (id: Uuid) => {
    await lab.core.pool.query('update message set send_after = now() where id = $1', [id])
    await deliverer.tick()
  }

  test('it is on the phone: accepted, sent once', async () => {
    const { id, phone } = await lost()
    await askAgain(id)
    expect(await lab.row(id)).toMatchObject({ state: 'accepted' })
    expect(await lab.sink<SmsToCustomer>('sms', phone)).toHaveLength(1)
  })

  test('it was no number, or did not arrive in time: failed', async () => {
    const wrong = await lost()
    await putObject(lab.core.pool, lab.workspace, 'mitake_state', wrong.msgid, { code: '6' })
    await askAgain(wrong.id)
    expect(await lab.row(wrong.id)).toMatchObject({ state: 'failed', reason: 'bad_recipient' })
    const late = await lost()
    await putObject(lab.core.pool, lab.workspace, 'mitake_state', late.msgid, { code: '8' })
    await askAgain(late.id)
    expect(await lab.row(late.id)).toMatchObject({ state: 'failed', reason: 'rejected' })
    expect(await lab.sink<SmsToCustomer>('sms', late.phone)).toHaveLength(1)
  })
})
