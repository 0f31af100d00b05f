// Conditions on what messages, consent and conversations did: broadcasts, clicks, answers and preferences as they really
// happen, journeys published over HTTP, messages at the stand-ins. Each branch puts a tag on whoever takes it.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  graphOf,
  type Item,
  type JourneyLab,
  openJourneyLab,
  says,
  splitGraph,
} from '../../test/journey-lab.ts'
import type { Caller } from '../../test/http-client.ts'
import { publicId } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'

vi.setConfig({ testTimeout: 120_000 })

const HOUR = 3_600_000
const DAY = 24 * HOUR
let lab: JourneyLab
let ann: Caller
beforeAll(async () => {
  lab = await openJourneyLab()
  ann = await lab.member('marketer')
  // noon in Taipei, outside of all quiet hours
  await lab.passes(DAY + 4 * HOUR - (Date.now() % DAY))
})
afterAll(() => lab.close())

type Name = Parameters<JourneyLab['call']>[0]
async function ok(name: Name, given: Item = {}, as?: Caller): Promise<Item> {
  const { status, body } = await lab.call(name, given, as)
  expect([name, status, status === 200 ? '' : JSON.stringify(body)]).toEqual([name, 200, ''])
  return body
}
const idOf = async (who: string): Promise<string> => publicId('cus', (await lab.stateOf(who)).id)

/** Asked by a tag. */
const split = (word: string, branches: Record<string, Rule>) => lab.publish(splitGraph(word, branches, 'tag'))

/** The branch that each takes now. */
async function ask(word: string, ...people: string[]): Promise<string[]> {
  const at = async (who: string) =>
    Object.entries((await lab.stateOf(who)).tags).filter(([tag]) => tag.startsWith(word + ':'))
  for (const who of people)
    await lab.tell(
      ...(await at(who)).map(([tag]) => says(who, 'tag.cleared', { tag })),
      says(who, 'tag.cleared', { tag: word }),
    )
  await lab.tell(...people.map(who => says(who, 'tag.applied', { tag: word })))
  return Promise.all(
    people.map(async who => (await at(who)).map(([tag]) => tag.slice(word.length + 1)).join()),
  )
}
const within = (clock: 'marketing' | 'team', hours: number): Rule => ({
  op: 'clock',
  clock,
  test: { is: 'in_last', span: { n: hours, unit: 'hour' } },
})
const writes = (who: string, text: string) =>
  lab.act({ channel: 'line', address: lab.lineOf(who), act: 'text', text })
/** A person of the team answers on the page; the owner folds it meanwhile. */
async function reply(who: string, text: string): Promise<void> {
  const body = { params: { customer: await idOf(who), channel: 'line' }, body: { text } }
  let open = true
  const answer = lab
    .call('replyInConversation', body, { ...ann, headers: { 'idempotency-key': `reply-${who}` } })
    .finally(() => {
      open = false
    })
  while (open) {
    await lab.settle()
    await new Promise(resolve => setImmediate(resolve))
  }
  expect((await answer).status).toBe(200)
  await lab.settle()
}

test('R4-20 a real broadcast moves the marketing clock alone, an answer of the team on the page its own alone', async () => {
  await split('marketing?', { lately: within('marketing', 24) })
  await split('team?', { lately: within('team', 24) })
  await lab.person('tk-cast', { line: true, traits: { city: '台東' } })
  await lab.person('tk-asks', { line: true, traits: { city: '花蓮' } })
  const both = ['tk-cast', 'tk-asks']
  expect(await ask('marketing?', ...both)).toEqual(['other', 'other'])
  expect(await ask('team?', ...both)).toEqual(['other', 'other'])

  const rule: Rule = { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: '台東' } }
  const segment = await ok('createSegment', {
    body: { name: '台東', kind: 'live', definition: { groups: [{ key: 'in', name: 'in', rule }] } },
  })
  await ok('publishSegment', { params: { segment: segment.id }, body: { version: segment.version } })
  await lab.settle()
  const broadcast = await ok('createBroadcast', {
    body: {
      spec: {
        name: '週末特賣',
        audience: { segment: segment.id, exclude: [] },
        variants: [
          {
            name: 'a',
            percent: 100,
            options: [
              {
                channel: 'line',
                content: { channel: 'line', messages: [{ type: 'text', text: '週末特賣' }] },
              },
            ],
          },
        ],
        when: { kind: 'now' },
      },
    },
  })
  await ok('startBroadcast', { params: { broadcast: broadcast.id }, body: { version: broadcast.version } })
  await lab.settle()
  expect(await lab.inbox('line', 'tk-cast')).toHaveLength(1)
  expect(await ask('marketing?', ...both)).toEqual(['lately', 'other'])
  expect(await ask('team?', ...both)).toEqual(['other', 'other'])

  await writes('tk-asks', '有開嗎？')
  expect(await ask('team?', ...both)).toEqual(['other', 'other'])
  await reply('tk-asks', '有的')
  expect(await lab.inbox('line', 'tk-asks')).toHaveLength(1)
  expect(await ask('marketing?', ...both)).toEqual(['lately', 'other'])
  expect(await ask('team?', ...both)).toEqual(['other', 'lately'])
  // each runs out for itself
  await lab.passes(25 * HOUR)
  expect(await ask('marketing?', ...both)).toEqual(['other', 'other'])
  expect(await ask('team?', ...both)).toEqual(['other', 'other'])
})

test('whoever clicked the named button of a real mail, whoever opened only, whoever did neither: three ways, and a segment of them', async () => {
  const clicked = (cta: string): Rule => ({
    op: 'event',
    event: 'message.clicked',
    where: [{ path: 'cta', op: 'is', value: cta }],
    window: { in: 'last', span: { n: 7, unit: 'day' } },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  })
  const opened: Rule = {
    op: 'event',
    event: 'message.opened',
    where: [{ path: 'channel', op: 'is', value: 'email' }],
    window: { in: 'last', span: { n: 7, unit: 'day' } },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  }
  await split('read?', { bought: clicked('買一送一'), map: clicked('門市地圖'), opened })
  const segment = await ok('createSegment', {
    body: {
      name: '點過買一送一',
      kind: 'live',
      definition: { groups: [{ key: 'in', name: 'in', rule: clicked('買一送一') }] },
    },
  })
  await ok('publishSegment', { params: { segment: segment.id }, body: { version: segment.version } })
  await lab.publish(
    graphOf('Mail Me', {
      send: {
        type: 'send',
        fields: {
          channel: 'email',
          purpose: 'marketing',
          content: {
            channel: 'email',
            subject: '本週優惠',
            html: '<p><a href="https://shop.example/a" data-cta="買一送一">買</a> <a href="https://shop.example/b" data-cta="門市地圖">圖</a></p>',
          },
        },
        next: { accepted: null },
      },
    }),
  )
  const people = ['rd-buy', 'rd-map', 'rd-open', 'rd-none']
  for (const who of people) await lab.person(who, { email: true })
  await lab.tell(...people.map(who => says(who, 'Mail Me')))
  const links = async (who: string): Promise<string[]> => {
    const [mail] = await lab.inbox('email', who)
    return [...String(mail!.html).matchAll(/(?:href|src)="([^"]+)"/g)].map(m =>
      m[1]!.replaceAll('&amp;', '&'),
    )
  }
  const visit = async (who: string, which: (urls: string[]) => string | undefined) => {
    const url = which(await links(who))
    expect(url).toBeDefined()
    // a reader's browser, some seconds later: what comes at once is a machine's
    await fetch(url!, { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0 (iPhone) Safari/604.1' } })
  }
  await lab.passes(HOUR)
  const isClick = (url: string) => url.includes('/t/') || url.includes('/c/')
  await visit('rd-buy', urls => urls.filter(isClick)[0])
  await visit('rd-map', urls => urls.filter(isClick)[1])
  await visit('rd-open', urls => urls.find(u => u.includes('/o/')))
  await lab.settle()
  expect(await ask('read?', ...people)).toEqual(['bought', 'map', 'opened', 'other'])
  const members = await ok('segmentMembers', { params: { segment: segment.id } })
  expect((members.items as { customer: { id: string } }[]).map(m => m.customer.id)).toEqual([
    await idOf('rd-buy'),
  ])
  await lab.passes(8 * DAY)
  expect(await ask('read?', ...people)).toEqual(['other', 'other', 'other', 'other'])
})

test('a condition on a topic of consent, and on a conversation that nobody has answered', async () => {
  await ok('saveConsentPurpose', {
    params: { name: 'arrivals' },
    body: {
      label: { zh: '新品通知', en: 'New arrivals' },
      text: { zh: '我要收到新品通知', en: 'Tell me of new arrivals' },
      channels: ['email'],
      asked: true,
      doubleOptIn: false,
      archived: false,
      version: 0,
    },
  })
  await lab.settle()
  await split('topic?', {
    yes: { op: 'consent', channel: 'email', purpose: 'arrivals', is: 'granted' },
    no: { op: 'consent', channel: 'email', purpose: 'arrivals', is: 'refused' },
  })
  for (const who of ['tp-yes', 'tp-no', 'tp-unasked']) await lab.person(who, { email: true })
  const consent = (who: string, verb: 'granted' | 'refused') =>
    says(who, `consent.${verb}`, { channel: 'email', purpose: 'arrivals' })
  await lab.tell(consent('tp-yes', 'granted'), consent('tp-no', 'refused'))
  expect(await ask('topic?', 'tp-yes', 'tp-no', 'tp-unasked')).toEqual(['yes', 'no', 'other'])
  await lab.tell(consent('tp-yes', 'refused'))
  expect(await ask('topic?', 'tp-yes')).toEqual(['no'])

  const waits: Rule = {
    op: 'sequence',
    first: { event: ['line.message', 'conversation.received'] },
    next: { event: ['conversation.replied', 'conversation.resolved'] },
    within: { n: 1, unit: 'hour' },
    is: 'not_followed',
    window: { in: 'last', span: { n: 2, unit: 'day' } },
  }
  await split('waits?', { waits })
  for (const who of ['cv-wait', 'cv-told', 'cv-shut']) {
    await lab.person(who, { line: true })
    await writes(who, '請問營業時間？')
  }
  await reply('cv-told', '十點到十點')
  await ok(
    'changeConversation',
    { params: { customer: await idOf('cv-shut'), channel: 'line' }, body: { status: 'closed' } },
    ann,
  )
  await lab.settle()
  const people = ['cv-wait', 'cv-told', 'cv-shut']
  expect(await ask('waits?', ...people)).toEqual(['other', 'other', 'other']) // the hour is not over
  await lab.passes(2 * HOUR)
  expect(await ask('waits?', ...people)).toEqual(['waits', 'other', 'other'])
})

test('R1-03 a friend added on LINE, as its webhook tells, moves the stage to Consideration, with the cause', async () => {
  await lab.person('st-follow', {})
  const page = async () =>
    (await ok('customer', { params: { customer: await idOf('st-follow') } })).stage as { stage: string }
  expect(await page()).toMatchObject({ stage: 'awareness' })
  await lab.act({ channel: 'line', address: lab.lineOf('st-follow'), act: 'follow', name: 'st-follow' })
  expect(await page()).toMatchObject({ stage: 'consideration', cause: 'contact.followed' })
})
