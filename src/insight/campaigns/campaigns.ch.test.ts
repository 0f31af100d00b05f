// The campaign in full: what belongs to it, its links, and its figures over real messages; and broadcasts beside journeys.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openJourneyLab, says, type JourneyLab } from '../../../test/journey-lab.ts'
import { everybodyBehind } from '../../../test/people-behind.ts'
import { sendOn } from '../../../test/shop-lab.ts'
import { publicId } from '../../platform/ids.ts'

vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

const HOUR = 3_600_000
const DAY = 24 * HOUR
type Given = Parameters<JourneyLab['call']>[1]
type Name = Parameters<JourneyLab['call']>[0]
// biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
type Any = any
async function ok(name: Name, given: Given = {}): Promise<Any> {
  const { status, body } = await lab.call(name, given)
  expect([name, status, status === 200 ? '' : JSON.stringify(body)]).toEqual([name, 200, ''])
  return body
}
const clock = async (): Promise<number> => Date.parse((await ok('workspace')).now)

async function broadcast(campaign: string, subject: string): Promise<void> {
  const made = await ok('createBroadcast', {
    body: {
      campaign,
      spec: {
        name: subject,
        audience: {},
        variants: [
          {
            name: 'a',
            percent: 100,
            options: [{ channel: 'email', content: { channel: 'email', subject, html: '<p>來玩</p>' } }],
          },
        ],
        when: { kind: 'now' },
      },
    },
  })
  await ok('startBroadcast', { params: { broadcast: made.id }, body: { version: made.version } })
  await lab.settle()
}

test('R0-34 a campaign: distinct participants of the reached, within its period, however often and by whichever event', async () => {
  const people = Array.from({ length: 10 }, (_, i) => `p${i}`)
  for (const who of people) await lab.person(who, { email: true })
  await lab.person('outside', {})
  const now = await clock()
  const made = await ok('createCampaign', {
    body: {
      name: '週年慶',
      startsAt: new Date(now - HOUR).toISOString(),
      endsAt: new Date(now + 7 * DAY).toISOString(),
      event: 'Contest Entered',
      also: [{ event: 'Form Answered', where: [{ path: 'form', op: 'is', value: 'anniversary' }] }],
      pages: [{ label: '主頁', url: 'https://shop.example/sale?x=1&utm_campaign=own' }],
      budget: 500,
      goal: { event: 'Order Completed', target: 4 },
      kpis: [{ measure: 'rate', target: 25 }],
    },
  })
  expect(made.links.find((l: Any) => l.channel === 'line').url).toBe(
    'https://shop.example/sale?x=1&utm_campaign=own&utm_source=line&utm_medium=message',
  )
  const report = () => ok('campaignReport', { params: { campaign: made.id } })
  // nobody reached: no rate, neither 0 nor NaN
  expect(await report()).toMatchObject({ total: { reached: 0, rate: null }, joined: 0 })

  await broadcast(made.id, '開跑')
  const { journeys } = await ok('campaign', { params: { campaign: made.id } })
  expect(journeys).toMatchObject([{ name: '開跑', broadcast: expect.stringMatching(/^brd_/) }])
  await lab.tell(says('p0', 'Contest Entered'), says('p0', 'Contest Entered'))
  await lab.tell(says('p1', 'Form Answered', { form: 'anniversary' }))
  await lab.tell(says('p2', 'Form Answered', { form: 'another' }))
  await lab.tell(says('outside', 'Contest Entered'))
  // a second message to all: they are the same people
  await broadcast(made.id, '最後三天')
  await lab.tell(says('p3', 'Contest Entered'))
  await lab.tell(
    says('p3', 'Order Completed', {
      order_id: 'o-1',
      total: 900,
      currency: 'TWD',
      products: [{ product_id: 'x', price: 900, quantity: 1 }],
    }),
  )
  const { journeys: journeysAfter } = await ok('campaign', { params: { campaign: made.id } })
  const told = await report()
  expect(told).toMatchObject({
    total: { sent: 20, reached: 10, participants: 3, rate: 0.3 },
    joined: 4,
    channels: [{ channel: 'email', tells: false, reached: 10, participants: 3 }],
    revenue: 900,
    budget: 500,
    goal: { people: 1, target: 4 },
    kpis: [{ measure: 'rate', value: 30, target: 25, met: true }],
  })
  // parts may exceed the whole
  expect(told.messages.map((m: Any) => [m.journeyName, m.reached, m.participants])).toEqual(
    expect.arrayContaining([
      ['開跑', 10, 3],
      ['最後三天', 10, 1],
    ]),
  )
  // each is called by what it said, not by its node
  expect(told.messages.map((m: Any) => [m.nodeName.words, m.broadcast]).sort()).toEqual(
    journeysAfter.map((j: Any) => [j.name, j.broadcast]).sort(),
  )
  // each figure opens exactly who it counts, in all and of a row
  const ids = async (...who: string[]) =>
    new Set(await Promise.all(who.map(async w => publicId('cus', (await lab.stateOf(w)).id))))
  const behind = (query: Record<string, string>) =>
    everybodyBehind(lab, 'campaignPeople', query, { campaign: made.id })
  expect((await behind({ figure: 'reached' })).ids).toEqual(await ids(...people))
  expect((await behind({ figure: 'participants' })).ids).toEqual(await ids('p0', 'p1', 'p3'))
  expect((await behind({ figure: 'joined' })).ids).toEqual(await ids('p0', 'p1', 'p3', 'outside'))
  expect((await behind({ figure: 'goal' })).ids).toEqual(await ids('p3'))
  expect((await behind({ figure: 'clicked' })).ids.size).toBe(0)
  expect((await behind({ figure: 'sent' })).rows.reduce((n, r) => n + r.value, 0)).toBe(20)
  expect((await behind({ figure: 'participants', channel: 'email' })).ids.size).toBe(3)
  expect((await behind({ figure: 'reached', channel: 'sms' })).ids.size).toBe(0)
  const last = told.messages.find((m: Any) => m.journeyName === '最後三天')
  const message = `${last.journey}/${last.node}/${last.version}`
  expect((await behind({ figure: 'participants', message })).ids).toEqual(await ids('p3'))
  // after the end it is over
  await lab.passes(8 * DAY)
  await lab.tell(says('p5', 'Contest Entered'))
  expect(await report()).toMatchObject({ total: { participants: 3 }, joined: 4 })
  // a changed name changes nothing else
  const saved = await ok('saveCampaign', {
    params: { campaign: made.id },
    body: { name: '週年慶（一）', version: made.version },
  })
  expect(saved).toMatchObject({ name: '週年慶（一）', budget: 500, also: made.also, goal: made.goal })
  await ok('setCampaignJourneys', { params: { campaign: made.id }, body: { journeys: [] } })
  expect((await report()).total.sent).toBe(0)
})

test('R3-04 broadcasts beside journeys: sent, clicked, goals and revenue, each order once in a total', async () => {
  const { workspace } = lab
  const journey = await lab.publish(
    sendOn('Came By', { channel: 'email', subject: '嗨', html: '<p>嗨</p>' } as never),
  )
  await lab.tell(says('p7', 'Came By'), says('p8', 'Came By'))
  await lab.tell(
    says('p7', 'Order Completed', {
      order_id: 'o-2',
      total: 400,
      currency: 'TWD',
      products: [{ product_id: 'x', price: 400, quantity: 1 }],
    }),
  )
  const { totals, items } = await ok('comparison')
  expect(workspace).toBeTruthy()
  expect(items.find((i: Any) => i.journey === journey)).toMatchObject({
    kind: 'journey',
    people: 2,
    sent: 2,
    revenue: 400,
  })
  const [p7, p8, p3] = await Promise.all(
    ['p7', 'p8', 'p3'].map(async w => publicId('cus', (await lab.stateOf(w)).id)),
  )
  const behind = (query: Record<string, string>) => everybodyBehind(lab, 'comparisonPeople', query)
  expect((await behind({ figure: 'people', journey })).ids).toEqual(new Set([p7, p8]))
  const all = await behind({ figure: 'people', kind: 'broadcast' })
  expect([all.ids.size, all.ids.has(p3!)]).toEqual([10, true])
  expect((await behind({ figure: 'goals', kind: 'journey' })).ids.size).toBe(
    totals.find((x: Any) => x.kind === 'journey').goals,
  )
  // o-1 was bought after both broadcasts reached p3: it counts for each of them, and once for all
  const broadcasts = items.filter((i: Any) => i.kind === 'broadcast')
  expect(broadcasts.map((i: Any) => [i.name, i.sent, i.revenue]).sort()).toEqual(
    [
      ['最後三天', 10, 900],
      ['開跑', 10, 900],
    ].sort(),
  )
  expect(totals.find((x: Any) => x.kind === 'broadcast')).toMatchObject({
    people: 10,
    sent: 20,
    revenue: 900,
  })
})
