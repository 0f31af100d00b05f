// LINE's notification messages by phone number, through the deliverer and the stand-in: to whom they go, what LINE's no is,
// and that nothing is sent twice without a key.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSendLab, type Person, type SendLab } from '../../../test/send-lab.ts'
import { openReceipts } from '../../sandbox/receipts.ts'
import { type LineToCustomer, putContact, setStandInFault } from '../../sandbox/stand-in.ts'
import { type ContentOf, messageContent, type MessageContent } from '../content.ts'
import { openDeliverer } from '../../messages/deliver.ts'

let lab: SendLab
let deliverer: Awaited<ReturnType<SendLab['deliverer']>>
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
  await allow('on')
})
afterAll(() => lab.close())

const allow = (phoneNotifications: string) =>
  lab.core.pool.query(
    `update channel_account set settings = settings || $2::jsonb where workspace_id = $1 and adapter = 'line'`,
    [lab.workspace, JSON.stringify({ phoneNotifications })],
  )
const shipped: ContentOf<'line'> = {
  channel: 'line',
  messages: [{ type: 'text', text: '您的包裹 A100 已出貨' }],
  byPhone: true,
}
/** The same of LINE's own template: who is no friend gets that instead. */
const templated: ContentOf<'line'> = {
  ...shipped,
  phoneTemplate: {
    templateKey: 'shipment_completed_zh',
    emphasizedItem: { itemKey: 'date_002_zh', content: '12 月 1 日' },
    items: [{ itemKey: 'number_001_zh', content: 'A100' }],
    buttons: [{ buttonKey: 'check_delivery_status_zh', url: 'https://shop.example/o/A100' }],
  },
}
const TRANSACTIONAL = { purpose: 'transactional' } as const
let last = 0
const phoneOf = () => `+8869${String(12_000_000 + last++).padStart(8, '0')}`
/** Somebody with a phone and no LINE; `known`: the number is at LINE. */
async function caller(phone: string, known = true, change: (s: Person['state']) => void = () => {}) {
  const person = await lab.person(s => {
    s.ids = [{ kind: 'phone', value: phone, verified: true, at: 1, src: 't' }]
    delete s.line
    change(s)
  })
  if (known)
    await putContact(lab.core.pool, {
      workspace: lab.workspace,
      channel: 'sms',
      address: phone,
      name: '',
      following: true,
      at: Date.now(),
    })
  return person
}
const arrived = (address: string) => lab.sink<LineToCustomer>('line', address)
async function sent(person: Person, content = shipped, more: object = TRANSACTIONAL) {
  const m = await lab.intend(person, content, more)
  await deliverer.tick()
  return lab.row(m.id)
}

test('who is no friend gets it by phone, and LINE tells that it arrived; a friend gets it as a friend', async () => {
  const phone = phoneOf()
  const row = await sent(await caller(phone))
  expect(row).toMatchObject({ state: 'accepted' })
  expect(await arrived(phone)).toMatchObject([{ messages: [{ text: '您的包裹 A100 已出貨' }] }])
  const receipts = openReceipts(lab.core)
  while (await receipts.tick());
  expect(await lab.row(row.id)).toMatchObject({ state: 'delivered' })

  const friend = await lab.person(
    s => void s.ids.push({ kind: 'phone', value: phoneOf(), verified: true, at: 1, src: 't' }),
  )
  expect(await sent(friend)).toMatchObject({ state: 'accepted' })
  expect(await arrived(friend.line)).toHaveLength(1)
})

test('no way round a block, a marketing purpose, an account without it, or a number that nobody has verified', async () => {
  const blocked = await caller(phoneOf(), true, s => {
    s.ids.push({ kind: 'line_uid', value: 'U' + '1'.repeat(32), verified: true, at: 1, src: 't' })
    s.line = { following: false, at: 1 }
  })
  expect(await sent(blocked)).toMatchObject({ state: 'skipped', reason: 'blocked' })
  expect(await sent(await caller(phoneOf()), shipped, { purpose: 'marketing' })).toMatchObject({
    state: 'skipped',
    reason: 'no_address',
  })
  const plain: MessageContent = { channel: 'line', messages: [{ type: 'text', text: 'x' }] }
  expect(await sent(await caller(phoneOf()), plain)).toMatchObject({ state: 'skipped', reason: 'no_address' })
  const unverified = await caller(phoneOf(), true, s => void (s.ids[0]!.verified = false))
  expect(await sent(unverified)).toMatchObject({ state: 'skipped', reason: 'no_address' })
  await allow('off')
  expect(await sent(await caller(phoneOf()))).toMatchObject({ state: 'skipped', reason: 'no_address' })
  await allow('on')
})

test('LINE’s own template goes by phone with our values and counted links; a friend gets the message', async () => {
  const phone = phoneOf()
  const person = await caller(phone)
  const row = await sent(person, templated)
  expect(row).toMatchObject({ state: 'accepted' })
  const [got] = await arrived(phone)
  const said = JSON.stringify(got)
  for (const words of ['shipment_completed_zh', '12 月 1 日', 'A100', 'check_delivery_status_zh'])
    expect(said).toContain(words)
  expect(said).not.toContain('已出貨')
  expect(said).not.toContain('https://shop.example') // a counted link
  expect(said).toMatch(/"uri":"https?:[^"]+\/[lt]\//)
  const receipts = openReceipts(lab.core)
  while (await receipts.tick());
  expect(await lab.row(row.id)).toMatchObject({ state: 'delivered' })

  const friend = await lab.person(
    s => void s.ids.push({ kind: 'phone', value: phoneOf(), verified: true, at: 1, src: 't' }),
  )
  expect(await sent(friend, templated)).toMatchObject({ state: 'accepted' })
  expect(await arrived(friend.line)).toMatchObject([{ messages: [{ text: '您的包裹 A100 已出貨' }] }])
  // a number that LINE does not reach, and marketing: as by words of our own
  expect(await sent(await caller(phoneOf(), false), templated)).toMatchObject({
    state: 'failed',
    reason: 'not_reachable',
  })
  expect(await sent(await caller(phoneOf()), templated, { purpose: 'marketing' })).toMatchObject({
    state: 'skipped',
  })
})

test('a template’s values are checked before anything is sent: how many, how long, each key once', () => {
  const wrong = (more: object) =>
    messageContent
      .safeParse({ ...templated, phoneTemplate: { ...templated.phoneTemplate, ...more } })
      .error?.issues.map(i => i.path.join('.'))
  const item = (n: number, content = 'x') => ({ itemKey: `k_${n}`, content })
  const button = (n: number) => ({ buttonKey: `b_${n}`, url: 'https://shop.example' })
  expect(wrong({ items: Array.from({ length: 15 }, (_, i) => item(i)) })).toBeUndefined()
  expect(wrong({ items: Array.from({ length: 16 }, (_, i) => item(i)) })).toEqual(['phoneTemplate.items'])
  expect(wrong({ items: [item(1, '好'.repeat(301))] })).toEqual(['phoneTemplate.items.0.content'])
  expect(wrong({ items: [item(1), item(1)] })).toEqual(['phoneTemplate.items.1.itemKey'])
  expect(wrong({ items: [{ itemKey: 'date_002_zh', content: 'x' }] })).toEqual([
    'phoneTemplate.items.0.itemKey',
  ])
  expect(wrong({ buttons: [button(1), button(2), button(3)] })).toEqual(['phoneTemplate.buttons'])
  expect(wrong({ buttons: [button(1), button(1)] })).toEqual(['phoneTemplate.buttons.1.buttonKey'])
  expect(wrong({ templateKey: '' })).toContain('phoneTemplate.templateKey')
  const alone = messageContent.safeParse({ ...templated, byPhone: undefined })
  expect(alone.error?.issues.map(i => i.path.join('.'))).toEqual(['phoneTemplate'])
  // pictures go to friends: what goes by phone is the template
  const picture = { type: 'image', originalContentUrl: 'https://x/1.jpg', previewImageUrl: 'https://x/1.jpg' }
  expect(messageContent.safeParse({ ...templated, messages: [picture] }).success).toBe(true)
})

test('a number that LINE does not reach is not_reachable, and stays free for the next one', async () => {
  const phone = phoneOf()
  const person = await caller(phone, false)
  expect(await sent(person)).toMatchObject({ state: 'failed', reason: 'not_reachable' })
  await setStandInFault(lab.core.pool, lab.workspace, { adapter: 'line', kind: 'bad_recipient', times: 1 })
  const other = await caller(phoneOf())
  expect(await sent(other)).toMatchObject({ state: 'failed', reason: 'not_reachable' })
  // nothing is suppressed: LINE may reach them tomorrow
  expect(await sent(other)).toMatchObject({ state: 'accepted' })
})

test('without an answer it is unknown, and is not sent again: LINE’s word of the delivery settles it', async () => {
  const phone = phoneOf()
  const person = await caller(phone)
  await setStandInFault(lab.core.pool, lab.workspace, { adapter: 'line', kind: 'accept_then_drop', times: 1 })
  const hasty = await openDeliverer(lab.core, { timeoutMs: 500 })
  try {
    const m = await lab.intend(person, shipped, TRANSACTIONAL)
    await hasty.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'unknown' })
    await lab.core.pool.query(`update message set send_after = now() where id = $1`, [m.id])
    await hasty.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'unknown' })
    expect(await arrived(phone)).toHaveLength(1)
    const receipts = openReceipts(lab.core)
    while (await receipts.tick());
    expect(await lab.row(m.id)).toMatchObject({ state: 'delivered' })
  } finally {
    await hasty.stop()
  }
})
