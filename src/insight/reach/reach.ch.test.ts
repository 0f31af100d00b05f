// Reach by channel as a brand reads it, and a node that chooses by it, after the nightly work.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, type JourneyLab, openJourneyLab, says } from '../../../test/journey-lab.ts'
import { everybodyBehind } from '../../../test/people-behind.ts'
import { lineText, mail } from '../../../test/send-lab.ts'
import { newestWorld } from '../../catalogue/publish.ts'
import type { Out } from '../../contract.ts'
import { recordReceipts } from '../../messages/receipts.ts'
import { parseId, publicId, type Uuid } from '../../platform/ids.ts'
import { openInsightWorker } from '../worker.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 180_000)
afterAll(() => lab?.close())

const content = {
  email: mail('嗨', '<p>嗨 <a href="https://shop.example">逛逛</a></p>'),
  line: lineText('嗨'),
}
const send = (event: string, channel: 'email' | 'line') =>
  graphOf(event, {
    s: {
      type: 'send',
      fields: { channel, purpose: 'transactional', content: content[channel] },
      next: { accepted: null },
    },
  })
const choosing = graphOf('Choose', {
  r: {
    type: 'reach',
    fields: {
      purpose: 'transactional',
      by: 'reach',
      options: [
        { channel: 'email', content: content.email },
        { channel: 'line', content: content.line },
      ],
    },
    next: { accepted: null, unreachable: null },
  },
})

const messages = async (journey: string) =>
  (
    await lab.core.pool.query<{ id: Uuid; channel: string; customer_id: Uuid }>(
      'select id, channel, customer_id from message where workspace_id = $1 and journey_id = $2 order by created',
      [lab.workspace, parseId('jrn', journey)],
    )
  ).rows

test('R1-45 R3-27 reach, cost and conversion by channel; a node chooses the channel that reaches most, by last night', async () => {
  const channels = (await lab.call('channels')).body.items as {
    id: string
    channel: string
    name: string
    settings: Record<string, string>
  }[]
  const account = channels.find(c => c.channel === 'email')!
  const saved = await lab.call('saveChannel', {
    params: { channel: 'email' },
    body: {
      account: account.id,
      name: account.name,
      settings: { ...account.settings, costPerMessage: '0.3' },
    },
  })
  expect(saved.status).toBe(200)
  const letters = await lab.publish(send('Letter', 'email'))
  await lab.publish(send('Line', 'line'))
  const choose = await lab.publish(choosing)
  const names = Array.from({ length: 10 }, (_, i) => `p${i}`)
  for (const who of names) await lab.person(who, { email: true, line: true })
  await lab.person('stranger', {})
  const worker = openInsightWorker(lab.core)
  expect(await worker.tick()).toBe(true)
  // nothing is known of either yet: their own order
  await lab.tell(says('p0', 'Choose'))
  expect((await messages(choose)).map(m => m.channel)).toEqual(['email'])

  await lab.tell(...names.map(who => says(who, 'Letter')))
  await lab.tell(...names.map(who => says(who, 'Line')))
  const sent = await messages(letters)
  expect(sent.length).toBe(10)
  await recordReceipts(
    lab.core,
    lab.workspace,
    sent.slice(0, 6).map(m => ({ message: m.id, state: 'bounced' as const, at: Date.now() })),
  )
  await lab.tell(says('p0', 'Order Completed', { order_id: 'A1', total: 100, currency: 'TWD' }))
  await lab.settle()

  const { items, customers } = (await lab.call('reach', {})).body as Out<'reach'>
  expect(customers).toBe(11)
  const of = (channel: string) => items.find(i => i.channel === channel)!
  expect(of('email')).toMatchObject({
    bound: 10,
    consented: 10,
    reachable: 10,
    sent: 11,
    reached: 5,
    tells: false,
    opens: 'person',
    buyers: 1,
    unitCost: 0.3,
    cost: 3.3,
  })
  expect(of('line')).toMatchObject({
    bound: 11,
    consented: 11,
    reachable: 10,
    sent: 10,
    reached: 10,
    people: 10,
    buyers: 1,
    opens: 'sums',
  })
  // each figure of people opens exactly these people; of messages, whose they are
  const behind = (channel: string, figure: string) => everybodyBehind(lab, 'reachPeople', { channel, figure })
  for (const channel of ['email', 'line'])
    for (const figure of ['bound', 'consented', 'reachable', 'people', 'buyers'] as const)
      expect([channel, figure, (await behind(channel, figure)).ids.size]).toEqual([
        channel,
        figure,
        of(channel)[figure],
      ])
  const ids = async (...who: string[]) =>
    new Set(await Promise.all(who.map(async w => publicId('cus', (await lab.stateOf(w)).id))))
  expect((await behind('email', 'bound')).ids).toEqual(await ids(...names))
  expect((await behind('email', 'buyers')).ids).toEqual(await ids('p0'))
  const reached = await behind('email', 'people')
  expect(reached.rows.reduce((n, r) => n + r.value, 0)).toBe(of('email').reached)
  const nobody = await lab.call('reachPeople', { query: { channel: 'pigeon', figure: 'bound' } })
  expect(nobody).toMatchObject({ status: 404, body: { path: 'channel' } })
  // the same list as a file: for who may export, masked for who reads masked
  const file = (seat?: Awaited<ReturnType<JourneyLab['member']>>) =>
    lab.call(
      'peopleFile',
      { body: { locale: 'en', list: { of: 'reach', channel: 'email', figure: 'bound' } } },
      seat,
    )
  const whole = await file()
  expect(whole).toMatchObject({ status: 200, body: { rows: 10, more: false } })
  expect(String(whole.body.csv)).toContain('p0@example.com')
  expect(await file(await lab.member('analyst'))).toMatchObject({ status: 403 })
  const masked = await lab.call(
    'reachPeople',
    { query: { channel: 'email', figure: 'bound' } },
    await lab.member('viewer'),
  )
  expect(masked.status).toBe(200)
  expect(JSON.stringify(masked.body)).not.toContain('p0@example.com')
  // nothing is known of it: a half
  expect(of('sms')).toMatchObject({ sent: 0, people: 0, used: { rate: 0.5 } })

  // now that something was sent the weeks of KPIs begin; the rates of last night stand, and so does the world
  await worker.tick()
  expect(await worker.tick()).toBe(false)
  const before = await newestWorld(lab.core.pool, lab.workspace)
  await lab.passes(86_400_000)
  if (!(await worker.tick())) {
    // before three in the morning of the workspace
    await lab.passes(4 * 3_600_000)
    expect(await worker.tick()).toBe(true)
  }
  const after = await newestWorld(lab.core.pool, lab.workspace)
  expect(after.no).toBe(before.no + 1)
  expect(after.reach).toMatchObject({ email: 0.462, line: 0.917 }) // 6 of 13, 11 of 12
  await lab.settle()
  await lab.tell(says('p1', 'Choose'))
  expect((await messages(choose)).map(m => m.channel)).toEqual(['email', 'line'])
  expect(
    ((await lab.call('reach', {})).body as Out<'reach'>).items.find(i => i.channel === 'line')!.used,
  ).toMatchObject({
    rate: 0.917,
  })
}, 120_000)

test('R1-45 R0-34 reach by campaign is what independent SQL says of their journeys, and each figure opens its people', async () => {
  const day = 86_400_000
  const now = Date.parse(String((await lab.call('workspace')).body.now))
  const campaign = async (name: string, journeys: string[]) => {
    const made = await lab.call('createCampaign', {
      body: {
        name,
        startsAt: new Date(now - day).toISOString(),
        endsAt: new Date(now + 9 * day).toISOString(),
        event: 'Order Completed',
      },
    })
    expect(made.status).toBe(200)
    const id = String(made.body.id)
    expect(
      (await lab.call('setCampaignJourneys', { params: { campaign: id }, body: { journeys } })).status,
    ).toBe(200)
    return id
  }
  const post = await lab.publish(send('Post', 'email'))
  const chat = await lab.publish(send('Chat', 'line'))
  await lab.publish(send('Loose', 'email'))
  const spring = await campaign('春季', [post, chat])
  const empty = await campaign('還沒開始', [])
  await lab.tell(...['p2', 'p3', 'p4'].map(who => says(who, 'Post')))
  await lab.tell(...['p4', 'p5'].map(who => says(who, 'Chat')))
  await lab.tell(says('p6', 'Loose'))
  // of somebody who was reached by nothing else
  const { id: bounced } = await lab.stateOf('p2')
  const gone = (await messages(post)).find(m => m.customer_id === bounced)!
  await recordReceipts(lab.core, lab.workspace, [{ message: gone.id, state: 'bounced' as const, at: now }])
  await lab.tell(says('p4', 'Order Completed', { order_id: 'S1', total: 100, currency: 'TWD' }))
  await lab.settle()

  type Told = { journey: Uuid; customer: Uuid; message: Uuid; name: string; cost: number }
  const rows = (await (
    await lab.core.history.query({
      query: `select journey_id as journey, customer_id as customer, message, name, JSONExtractFloat(props, 'cost') as cost
                from event where workspace_id = {w:UUID} and kind = 'message' and occurred >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`,
      query_params: { w: lab.workspace, since: now },
      format: 'JSONEachRow',
    })
  ).json()) as Told[]
  const since = new Date(now).toISOString()
  const byCampaign = async (query: Record<string, string> = {}) =>
    ((await lab.call('reachByCampaign', { query: { from: since, ...query } })).body as Out<'reachByCampaign'>)
      .items
  const items = await byCampaign()
  const of = (id: string | null) => items.find(i => i.campaign === id)!
  const own = new Set([post, chat].map(j => parseId('jrn', j)))
  for (const [id, ours] of [
    [spring, (j: Uuid) => own.has(j)],
    [null, (j: Uuid) => !own.has(j)],
  ] as const) {
    const mine = rows.filter(r => ours(r.journey))
    const sent = mine.filter(r => r.name === 'message.accepted')
    const back = new Set(mine.filter(r => r.name === 'message.bounced').map(r => r.message))
    const reached = sent.filter(r => !back.has(r.message))
    expect(of(id)).toMatchObject({
      sent: sent.length,
      reached: reached.length,
      people: new Set(reached.map(r => r.customer)).size,
      cost: Math.round(sent.reduce((sum, r) => sum + r.cost, 0) * 10_000) / 10_000,
    })
  }
  expect(of(spring)).toMatchObject({
    name: '春季',
    channels: ['email', 'line'],
    sent: 5,
    reached: 4,
    people: 3,
    buyers: 1,
    tells: false,
    opens: 'person',
    cost: 0.9,
  })
  expect(of(null)).toMatchObject({ name: null, sent: 1, people: 1, buyers: 0, channels: ['email'] })
  expect(items.some(i => i.campaign === empty)).toBe(false)
  expect(await byCampaign({ channel: 'line' })).toMatchObject([
    { campaign: spring, sent: 2, people: 2, opens: 'sums' },
  ])
  for (const figure of ['people', 'clicked', 'opened', 'buyers'] as const)
    for (const id of [spring, null]) {
      const { ids } = await everybodyBehind(lab, 'reachPeople', {
        from: since,
        campaign: id ?? 'none',
        figure,
      })
      expect([id, figure, ids.size]).toEqual([id, figure, of(id)[figure]])
    }
  const channelless = await lab.call('reachPeople', { query: { figure: 'bound' } })
  expect(channelless).toMatchObject({ status: 400, body: { code: 'channel_missing', path: 'channel' } })
}, 120_000)
