// What messages cost by the price table, through the deliverer to the ledger and the outcome.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSendLab, type Person, type SendLab } from '../../test/send-lab.ts'
import type { MessageContent } from '../channels/content.ts'
import type { Price } from '../channels/price.ts'
import { addPrice, addRate, dropPrice } from '../channels/price-store.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Deliverer } from './deliver.ts'
import type { Intent } from './model.ts'

let lab: SendLab
let deliverer: Deliverer
let sms: Uuid
let whatsapp: Uuid
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
  sms = await accountOf('twilio')
  whatsapp = await accountOf('whatsapp')
})
afterAll(() => lab.close())

async function accountOf(adapter: string): Promise<Uuid> {
  const { rows } = await lab.core.pool.query<{ id: Uuid }>(
    'select id from channel_account where workspace_id = $1 and adapter = $2',
    [lab.workspace, adapter],
  )
  return rows[0]!.id
}
const price = (account: Uuid, price: string, more: Partial<Price> = {}): Promise<Uuid> =>
  addPrice(
    lab.core.pool,
    lab.workspace,
    {
      account,
      purpose: null,
      category: null,
      prefix: '',
      price,
      currency: 'TWD',
      from: '2020-01-01',
      ...more,
    },
    'test',
  )
const rate = (usd: string, from: string) =>
  addRate(lab.core.pool, lab.workspace, { currency: 'USD', rate: usd, from }, 'test')
let numbers = 0
const reachedBy = (number: string): Promise<Person> =>
  lab.person(s => {
    const value = number + String(numbers++).padStart(4, '0')
    s.ids.push({ kind: 'phone', value, verified: true, at: Date.now(), src: 'test' })
    for (const channel of ['sms', 'whatsapp'])
      s.consent[`${channel}/marketing`] = { on: true, at: Date.now() - 1_000, src: 'test' }
  })
async function send(person: Person, content: MessageContent, more: Partial<Intent> = {}): Promise<Intent> {
  const account = content.channel === 'sms' ? sms : whatsapp
  const intent = await lab.intend(person, content, { account, ...more })
  while (await deliverer.tick());
  return intent
}
const costOf = async ({ id }: Intent): Promise<unknown> => {
  const { rows } = await lab.core.pool.query<{ state: string; cost: number | null }>(
    'select state, cost from message where id = $1',
    [id],
  )
  const told = (await lab.outcomes(id)).find(o => o.state === 'accepted')
  return [rows[0]!.state, rows[0]!.cost, told?.cost]
}
const text = (length: number): MessageContent => ({ channel: 'sms', text: '茶'.repeat(length) })
const template = (language: 'zh_TW' | 'en'): MessageContent => ({
  channel: 'whatsapp',
  template: {
    name: 'order_shipped',
    language,
    components: [
      {
        type: 'body',
        parameters: ['小明', 'A100'].map(value => ({ type: 'text', text: value })),
      },
    ],
  },
})

test('hard problem 15: an SMS costs its parts by country and purpose; what was accepted keeps its cost', async () => {
  const first = await price(sms, '0.7', { prefix: '886' })
  await price(sms, '0.5', { prefix: '886', purpose: 'transactional' })
  await rate('32.1547', '2020-01-01')
  await price(sms, '0.0342', { currency: 'USD' })
  const home = await reachedBy('+88691200')
  const one = await send(home, text(10))
  expect(await costOf(one)).toEqual(['accepted', 0.7, 0.7])
  expect(await costOf(await send(home, text(135)))).toEqual(['accepted', 2.1, 2.1])
  expect(await costOf(await send(home, text(10), { purpose: 'transactional' }))).toEqual([
    'accepted',
    0.5,
    0.5,
  ])
  const abroad = await reachedBy('+8190123')
  const far = await send(abroad, text(10))
  expect(await costOf(far)).toEqual(['accepted', 1.0997, 1.0997])

  // another price and another rate are for what comes after
  await dropPrice(lab.core.pool, lab.workspace, first)
  await price(sms, '0.9', { prefix: '886' })
  await rate('40', '2020-01-02')
  expect(await costOf(await send(home, text(10)))).toEqual(['accepted', 0.9, 0.9])
  expect(await costOf(await send(abroad, text(10)))).toEqual(['accepted', 1.368, 1.368])
  expect(await costOf(one)).toEqual(['accepted', 0.7, 0.7])
  expect(await costOf(far)).toEqual(['accepted', 1.0997, 1.0997])
  expect(await rate('41', '2020-01-02')).toBe(false)
})

test('WhatsApp costs by its template’s category and the country; the budget of a journey takes that', async () => {
  // as the provider may have put it into another category meanwhile
  for (const [language, category] of [
    ['en', 'MARKETING'],
    ['zh_TW', 'UTILITY'],
  ])
    await lab.core.pool.query(
      `insert into whatsapp_template (workspace_id, account_id, name, language, category, status, components, synced_at)
       values ($1, $2, 'order_shipped', $3, $4, 'APPROVED', '[]', now()) on conflict (workspace_id, account_id, name, language) do update set category = excluded.category`,
      [lab.workspace, whatsapp, language, category],
    )
  await price(whatsapp, '2.5', { category: 'marketing', prefix: '886' })
  await price(whatsapp, '0.4', { category: 'utility' })
  const person = await reachedBy('+88693300')
  expect(await costOf(await send(person, template('zh_TW'), { purpose: 'transactional' }))).toEqual([
    'accepted',
    0.4,
    0.4,
  ])
  const limits = [{ key: 'budget:j9', max: 60_000, per: 'month', amount: 'cost', wait: false }] as const
  const made = [1, 2, 3].map(() => send(person, template('en'), { limits: [...limits] }))
  const told = []
  for (const m of await Promise.all(made)) told.push(await costOf(m))
  expect(told.sort()).toEqual([
    ['accepted', 2.5, 2.5],
    ['accepted', 2.5, 2.5],
    ['skipped', null, undefined],
  ])
})
