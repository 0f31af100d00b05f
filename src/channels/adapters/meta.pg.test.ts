// WhatsApp, Messenger and Instagram through the ledger: their windows, receipts over HTTP, what people write. Rows: R4-04.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { phoneOf, psidOf } from '../../../test/adapter-worlds.ts'
import { openSendLab, type Person, type SendLab } from '../../../test/send-lab.ts'
import { unpackState } from '../../customers/pack.ts'
import { openOwner } from '../../inbox/owner.ts'
import type { Intent } from '../../messages/model.ts'
import { bucketOf, type Uuid } from '../../platform/ids.ts'
import { openReceipts } from '../../sandbox/receipts.ts'
import { setStandInFault } from '../../sandbox/stand-in.ts'
import { standInAct } from '../../sandbox/stand-ins/register.ts'
import { hookUrlOf, loadAccounts } from '../accounts.ts'
import type { MessageContent } from '../content.ts'
import { adapterNamed } from '../register.ts'
import { signRaw } from './meta.ts'

type MetaChannel = 'whatsapp' | 'messenger' | 'instagram'
const CHANNELS: MetaChannel[] = ['whatsapp', 'messenger', 'instagram']
const DAY_MS = 86_400_000

let lab: SendLab
let deliverer: Awaited<ReturnType<SendLab['deliverer']>>
let receipts: ReturnType<typeof openReceipts>
let owner: ReturnType<typeof openOwner>
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
  receipts = openReceipts(lab.core)
  owner = openOwner(lab.core)
})
afterAll(async () => {
  await owner.stop()
  await lab.close()
})

const text = (channel: MetaChannel): MessageContent => ({ channel, text: '您好' })
const accountOf = async (channel: MetaChannel) =>
  (await loadAccounts(lab.core, lab.core.pool, [lab.workspace])).get(`${lab.workspace}:${channel}`)![0]!

/** Somebody who wrote by the channel so long ago, both for us and for the provider; null: never. */
async function writer(channel: MetaChannel, agoMs: number | null): Promise<Person & { address: string }> {
  let address = ''
  const person = await lab.person(state => {
    address = channel === 'whatsapp' ? phoneOf(state) : psidOf(state)
    const at = state.now
    const kind = channel === 'whatsapp' ? 'phone' : channel === 'messenger' ? 'messenger_id' : 'instagram_id'
    state.ids.push({ kind, value: address, verified: true, at, src: 'test' })
    state.consent[`${channel}/marketing`] = { on: true, at, src: 'test' }
    if (agoMs !== null) state.inb = { [channel]: Date.now() - agoMs }
  })
  if (agoMs !== null) {
    await standInAct(lab.core, lab.workspace, { channel, address, act: 'text', text: '嗨' })
    await lab.core.pool.query(
      'update sandbox_message set at = at - make_interval(secs => $3) where workspace_id = $1 and address = $2',
      [lab.workspace, address, agoMs / 1000],
    )
  }
  return { ...person, address }
}

async function sent(person: Person, content: MessageContent, more: Partial<Intent> = {}) {
  const m = await lab.intend(person, content, more)
  await deliverer.tick()
  const { state, reason } = await lab.row(m.id)
  return { id: m.id, end: reason ? `${state}: ${reason}` : state }
}
const stateOf = async (id: Uuid) => (await lab.row(id)).state

describe.each(CHANNELS)('R4-04 %s', channel => {
  test('within 24 hours of what the customer wrote anything is sent, later and to who never wrote it is not', async () => {
    expect((await sent(await writer(channel, 3_600_000), text(channel))).end).toBe('accepted')
    expect((await sent(await writer(channel, DAY_MS + 1_000), text(channel))).end).toBe('skipped: window')
    expect((await sent(await writer(channel, null), text(channel))).end).toBe('skipped: window')
  })

  test('its receipts come by webhook, told twice they count once', async () => {
    await setStandInFault(lab.core.pool, lab.workspace, { adapter: channel, kind: 'receipt_twice', times: 1 })
    const { id } = await sent(await writer(channel, 0), text(channel))
    while (await receipts.tick());
    const state = channel === 'instagram' ? 'opened' : 'delivered'
    expect(await stateOf(id)).toBe(state)
    const { rowCount } = await lab.core.pool.query(
      `select distinct message_hash from inbox where workspace_id = $1 and kind = 'outcome' and body like '%' || $2 || '%"${state}"%'`,
      [lab.workspace, id],
    )
    expect(rowCount).toBe(1)
  })

  test('a forged webhook is refused and moves nothing; the challenge is answered', async () => {
    const { id } = await sent(await writer(channel, 0), text(channel))
    await lab.core.pool.query('delete from sandbox_receipt where workspace_id = $1', [lab.workspace])
    const account = await accountOf(channel)
    const url = hookUrlOf(lab.core, account)
    const { provider_id: mid } = await lab.row(id)
    const body = JSON.stringify({
      entry: [
        {
          id: account.settings.pageId ?? account.settings.instagramId,
          messaging: [{ sender: { id: '1' }, delivery: { mids: [mid] } }],
          changes: [{ value: { statuses: [{ status: 'delivered', biz_opaque_callback_data: id }] } }],
        },
      ],
    })
    for (const signature of ['', 'sha256=00', signRaw('guess', Buffer.from(body))]) {
      const answer = await fetch(url, { method: 'POST', body, headers: { 'x-hub-signature-256': signature } })
      expect(answer.status).toBe(401)
    }
    expect(await stateOf(id)).toBe('accepted')
    const ask = (token: string) =>
      fetch(`${url}?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${token}`)
    expect(await (await ask(account.secrets.verifyToken!)).text()).toBe('42')
    expect((await ask('x')).status).toBe(404)
    // the same body, signed by who may
    const good = { 'x-hub-signature-256': signRaw(account.secrets.appSecret!, Buffer.from(body)) }
    expect((await fetch(url, { method: 'POST', body, headers: good })).status).toBe(200)
    expect(await stateOf(id)).toBe('delivered')
  })

  test('what somebody writes makes them known by a verified id and opens the window', async () => {
    const address = channel === 'whatsapp' ? '+886955000001' : '7955000001'
    await standInAct(lab.core, lab.workspace, { channel, address, act: 'text', text: '請問營業時間？' })
    while (await receipts.tick());
    const kind = channel === 'whatsapp' ? 'phone' : channel === 'messenger' ? 'messenger_id' : 'instagram_id'
    const { rows } = await lab.core.pool.query<{ customer_id: Uuid }>(
      `select customer_id from inbox where workspace_id = $1 and body like $2`,
      [lab.workspace, `%${channel}.message%${address}%`],
    )
    expect(rows).toHaveLength(1)
    while (await owner.tick());
    const id = rows[0]!.customer_id
    const found = await lab.core.pool.query<{ state: string }>(
      'select state from customer where bucket = $1 and id = $2',
      [bucketOf(id), id],
    )
    const state = unpackState(found.rows[0]!.state)
    expect(state).toMatchObject({ ids: [{ kind, value: address, verified: true }] })
    expect(Date.now() - state.inb![channel]!).toBeLessThan(60_000)
  })
})

test('R4-04 WhatsApp: outside of the window an approved template goes, one that is not approved does not', async () => {
  const of = (name: string, parameters: string[]): MessageContent => ({
    channel: 'whatsapp',
    template: {
      name,
      language: 'zh_TW',
      components: [{ type: 'body', parameters: parameters.map(value => ({ type: 'text', text: value })) }],
    },
  })
  const p = await writer('whatsapp', null)
  expect((await sent(p, of('order_shipped', ['小明', 'A100']))).end).toBe('accepted')
  expect((await sent(p, of('order_shipped', ['小明']))).end).toBe('failed: rejected')
  expect((await sent(p, of('double_points', []))).end).toBe('failed: rejected')
})

describe.each(['messenger', 'instagram'] as const)('R4-04 %s: an answer of a person', channel => {
  const reply = { origin: 'reply', purpose: 'transactional' } as const
  test('goes up to seven days after, under the tag for it; within a day without one', async () => {
    const late = await writer(channel, 3 * DAY_MS)
    expect((await sent(late, text(channel), reply)).end).toBe('accepted')
    expect(await lab.sink<object>(channel, late.address)).toMatchObject([
      { messagingType: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' },
    ])
    const now = await writer(channel, 60_000)
    expect((await sent(now, text(channel), reply)).end).toBe('accepted')
    expect(await lab.sink<object>(channel, now.address)).toMatchObject([{ messagingType: 'RESPONSE' }])
    expect((await sent(await writer(channel, 8 * DAY_MS), text(channel), reply)).end).toBe('skipped: window')
  })
  test('without the permission nothing is tagged', async () => {
    const account = await accountOf(channel)
    const settings = (humanAgent: string) =>
      lab.core.pool.query(
        `update channel_account set settings = settings || $2, version = version + 1 where id = $1`,
        [account.id, JSON.stringify({ humanAgent })],
      )
    await settings('')
    const p = await writer(channel, 3 * DAY_MS)
    expect((await sent(p, text(channel), reply)).end).toBe('failed: rejected')
    expect(await lab.sink<object>(channel, p.address)).toEqual([])
    await settings('true')
  })
})

test('R4-04 Messenger: a utility message needs no window', async () => {
  const template = { name: 'order_shipped', language: 'zh_TW', components: [] }
  const p = await writer('messenger', null)
  const content: MessageContent = { channel: 'messenger', text: '已出貨', template }
  expect((await sent(p, content, { purpose: 'transactional' })).end).toBe('accepted')
  expect(await lab.sink<object>('messenger', p.address)).toMatchObject([{ messagingType: 'UTILITY' }])
})

test('the credentials of every account can be tried, and wrong ones are said to be so', async () => {
  const accounts = await loadAccounts(lab.core, lab.core.pool, [lab.workspace])
  for (const channel of ['sms', ...CHANNELS])
    for (const account of accounts.get(`${lab.workspace}:${channel}`)!) {
      const check = () => adapterNamed(account.adapter)!.check!(account, AbortSignal.timeout(5_000))
      expect([account.adapter, (await check()).ok]).toEqual([account.adapter, true])
      for (const name of ['authToken', 'password', 'accessToken'])
        if (account.secrets[name]) account.secrets[name] = 'no'
      expect([account.adapter, (await check()).ok]).toEqual([account.adapter, false])
    }
})
