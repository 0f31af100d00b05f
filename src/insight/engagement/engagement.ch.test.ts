// The engagement dashboard as a brand reads it, against the same figures worked out by loops over the raw rows of history
// and the ledger.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, type Item, type JourneyLab, openJourneyLab, says } from '../../../test/journey-lab.ts'
import { everybodyBehind } from '../../../test/people-behind.ts'
import { mail } from '../../../test/send-lab.ts'
import type { Out } from '../../contract.ts'
import { openMessageLinks } from '../../messages/link-tokens.ts'
import { parseId, type Uuid } from '../../platform/ids.ts'
import { FIGURES } from './model.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 180_000)
afterAll(() => lab?.close())

type Answer = Out<'engagement'>

const DAY = 86_400_000
const PERSON_AGENT = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36' }
const PROXY_AGENT = { 'user-agent': 'Mozilla/5.0' }

async function engagement(query: Record<string, string> = {}): Promise<Answer> {
  const answer = await lab.call('engagement', { query })
  expect(answer.status).toBe(200)
  return answer.body as Answer
}
async function tellMany(items: Item[]): Promise<void> {
  for (let i = 0; i < items.length; i += 500)
    expect((await lab.batch(items.slice(i, i + 500))).status).toBe(200)
  await lab.settle()
}

const mailing = (event: string, purpose = 'transactional') =>
  graphOf(event, {
    hello: {
      type: 'send',
      fields: {
        channel: 'email',
        purpose,
        content: mail(
          '嗨',
          '<p><a href="https://shop.example/a">甲</a> <a href="https://shop.example/b">乙</a></p>',
        ),
      },
      next: { accepted: null, skipped: null },
    },
  })

type Raw = {
  name: string
  customer: string
  message: Uuid
  channel: string
  journey: string
  at: number
  props: Item
}

/** What happened, row by row. */
async function raw(): Promise<Raw[]> {
  const answer = await lab.core.history.query({
    query: `select name, toString(customer_id) as customer, toString(message) as message, channel, toString(journey_id) as journey,
                   toUnixTimestamp64Milli(occurred) as at, props
              from event where workspace_id = {ws:UUID} order by occurred, seq, line, part`,
    query_params: { ws: lab.workspace },
    format: 'JSONEachRow',
  })
  const rows = await answer.json<Omit<Raw, 'props'> & { props: string }>()
  return rows.map(r => ({ ...r, at: Number(r.at), props: JSON.parse(r.props) as Item }))
}

/** Who somebody of the time is today, asked of the customers themselves. */
async function survivors(): Promise<Map<string, string>> {
  const { rows } = await lab.core.pool.query<{ id: string; merged_into: string | null }>(
    'select id, merged_into from customer where workspace_id = $1',
    [lab.workspace],
  )
  return new Map(rows.flatMap(r => (r.merged_into ? [[r.id, r.merged_into]] : [])))
}

/** A campaign to which this journey belongs, and no other. */
async function campaignOf(name: string, journey: string): Promise<string> {
  const body = {
    name,
    startsAt: new Date(Date.now() - DAY).toISOString(),
    endsAt: new Date(Date.now() + DAY).toISOString(),
    event: 'Joined',
  }
  const made = (await lab.call('createCampaign', { body })).body as Out<'createCampaign'>
  const params = { campaign: made.id }
  expect((await lab.call('setCampaignJourneys', { params, body: { journeys: [journey] } })).status).toBe(200)
  return made.id
}

const messagesOf = (journey: string) =>
  lab.core.pool
    .query<{ id: Uuid; customer_id: Uuid; channel: string; state: string }>(
      'select id, customer_id, channel, state from message where workspace_id = $1 and journey_id = $2 order by id',
      [lab.workspace, parseId('jrn', journey)],
    )
    .then(r => r.rows)

const get = (url: string, headers: Record<string, string>) => fetch(url, { headers, redirect: 'manual' })

test('R0-09 1,000 reached, 300 distinct joined: 30.0 %; repeats do not raise it; nobody reached: none, not 0', async () => {
  const journey = await lab.publish(mailing('Invited'))
  const all = Array.from({ length: 1_000 }, (_, i) => `r${i}`)
  await tellMany([
    ...all.map(who => ({ type: 'identify', anonymousId: who, traits: { email: `${who}@example.com` } })),
    ...all.map(who => says(who, 'Invited')),
  ])
  await tellMany([
    ...all
      .slice(0, 300)
      .flatMap((who, i) => [says(who, 'Joined'), ...(i % 3 === 0 ? [says(who, 'Joined')] : [])]),
    // who was not reached may join, too
    ...Array.from({ length: 50 }, (_, i) => says(`stranger${i}`, 'Joined')),
  ])
  const { total, items } = await engagement({ journey, participation: 'Joined' })
  expect(total.figures.reached).toEqual({ messages: 1_000, people: 1_000 })
  expect(total.figures.participated.people).toBe(300)
  expect(total.rate).toBe(0.3)
  expect(items).toMatchObject([{ key: 'email', rate: 0.3, tells: false, opens: 'person' }])

  const empty = await lab.publish(mailing('Never'))
  expect((await engagement({ journey: empty, participation: 'Joined' })).total).toMatchObject({
    rate: null,
    figures: { reached: { people: 0 }, sent: { messages: 0 } },
  })
}, 120_000)

test('R0-13 R0-10 R0-16 every figure equals loops over the raw rows; people count once over channels and merges', async () => {
  const letters = await lab.publish(mailing('Letter', 'marketing'))
  const asks = await lab.publish(
    graphOf('Letter', {
      q: {
        type: 'ask',
        fields: { text: '喜歡哪一種？', answers: [{ name: 'tea', label: '茶' }], timeoutMs: DAY },
        next: { tea: null, timeout: null, other: null },
      },
    }),
  )
  const names = Array.from({ length: 14 }, (_, i) => `w${i}`)
  for (const [i, who] of names.entries()) await lab.person(who, { email: true, line: i % 2 === 0 })
  await tellMany(names.map(who => says(who, 'Letter')))
  const sent = await messagesOf(letters)
  const asked = await messagesOf(asks)
  expect(sent.length).toBe(14)
  expect(asked.filter(m => m.state === 'accepted').length).toBe(7)

  const links = openMessageLinks(lab.core)
  for (const [i, { id }] of sent.entries()) {
    const of = links.of(id)
    if (i % 2 === 0) await get(of.openUrl, PROXY_AGENT)
    if (i % 3 === 0) await get(of.openUrl, PERSON_AGENT)
    if (i % 4 === 0) await get(of.track('https://shop.example/a', '甲'), PERSON_AGENT)
    if (i % 4 === 0) await get(of.track('https://shop.example/a', '甲'), PERSON_AGENT)
    if (i % 7 === 0) await get(of.track('https://shop.example/b', '乙'), PERSON_AGENT)
    if (i % 5 === 1) await fetch(of.unsubscribeUrl, { method: 'POST', headers: PERSON_AGENT })
  }
  await lab.settle()
  await lab.act({
    channel: 'line',
    address: lab.lineOf('w0'),
    act: 'postback',
    data: `ask:${asked.find(m => m.state === 'accepted')!.id}:0`,
  })
  for (const who of ['w2', 'w4'])
    await lab.act({ channel: 'line', address: lab.lineOf(who), act: 'unfollow' })
  // two of them turn out to be one person
  await lab.tell(
    { type: 'identify', anonymousId: 'w12', userId: 'M1' },
    { type: 'identify', anonymousId: 'w13', userId: 'M1' },
  )
  await lab.tell({ type: 'alias', previousId: 'w13', userId: 'M1' })

  const rows = await raw()
  const part = await survivors()
  const personOf = (customer: string): string =>
    part.has(customer) ? personOf(part.get(customer)!) : customer
  const own = new Set([...sent, ...asked].map(m => m.id))
  const of = (name: string) => rows.filter(r => r.name === name && own.has(r.message))
  const accepted = of('message.accepted')
  const at = new Map(accepted.map(r => [r.message, r.at]))
  const holder = new Map(accepted.map(r => [r.message, personOf(r.customer)]))
  const count = (messages: Iterable<string>) => {
    const set = new Set(messages)
    return { messages: set.size, people: new Set([...set].map(m => holder.get(m)!)).size }
  }
  const clicked = of('message.clicked').map(r => r.message)
  const answered = rows.filter(r => r.name === 'line.postback').map(r => String(r.props.data).split(':')[1]!)
  const blocked = rows
    .filter(r => r.name === 'contact.unfollowed')
    .flatMap(u =>
      accepted
        .filter(r => r.channel === 'line' && personOf(r.customer) === personOf(u.customer) && r.at <= u.at)
        .slice(-1)
        .map(r => r.message),
    )
  const plain = {
    sent: count(at.keys()),
    delivered: count(of('message.delivered').map(r => r.message)),
    reached: count(at.keys()),
    opened: count(of('message.opened').map(r => r.message)),
    machine: count(of('message.opened_by_machine').map(r => r.message)),
    clicked: count(clicked),
    participated: count([...clicked, ...answered]),
    bounced: count([]),
    complained: count([]),
    blocked: count(blocked),
    unsubscribed: count(
      rows.filter(r => r.name === 'consent.refused' && r.props.message).map(r => String(r.props.message)),
    ),
  }
  expect(plain.machine.messages).toBe(7)
  expect(plain.clicked.messages).toBeGreaterThan(3)
  expect(plain.blocked.messages).toBe(2)
  expect(plain.unsubscribed.messages).toBe(3)
  expect(plain.participated.messages).toBeGreaterThan(plain.clicked.messages)
  // one fewer person than mailboxes: two became one
  expect(plain.sent.people).toBe(13)

  // of both journeys: what was sent to the thousand before is left out by its time
  const from = new Date(Math.min(...at.values())).toISOString()
  const to = new Date(Date.now() + DAY).toISOString()
  const all = await engagement({ from, to })
  expect(all.total.figures).toEqual(plain)
  // the parts: people of both channels count in each
  const people = all.items.map(i => i.figures.sent.people).reduce((a, b) => a + b, 0)
  expect(people).toBeGreaterThan(all.total.figures.sent.people)
  expect(all.items.map(i => i.figures.sent.messages).reduce((a, b) => a + b, 0)).toBe(21)
  expect(all.items.find(i => i.key === 'line')).toMatchObject({
    opens: 'sums',
    figures: { opened: { messages: 0 } },
  })
  expect(all.days.reduce((sum, d) => sum + d.figures.clicked.messages, 0)).toBe(plain.clicked.messages)
  // the ledger agrees, message by message
  expect(sent.length + asked.filter(m => m.state !== 'skipped').length).toBe(all.total.figures.sent.messages)

  const ctas = await engagement({ from, to, by: 'cta' })
  const labels = (label: string) =>
    count(
      of('message.clicked')
        .filter(r => r.props.label === label)
        .map(r => r.message),
    )
  expect(ctas.items.map(i => [i.key, i.figures.clicked, i.figures.sent.messages])).toEqual([
    ['甲', labels('甲'), 14],
    ['乙', labels('乙'), 14],
  ])

  // a row of a link opens its own people: sent to whom it was in, clicked by whom it was clicked
  for (const { key, figures } of ctas.items)
    for (const figure of ['sent', 'reached', 'clicked', 'participated'] as const) {
      const { ids } = await everybodyBehind(lab, 'engagementPeople', { from, to, figure, cta: key })
      expect([key, figure, ids.size]).toEqual([key, figure, figures[figure].people])
    }

  const byMessage = await engagement({ from, to, by: 'message' })
  expect(byMessage.items.map(i => [i.key, i.name, i.figures.sent.messages])).toEqual([
    [`${letters}/hello/1`, 'Letter', 14],
    [`${asks}/q/1`, 'Letter', 7],
  ])
  for (const by of ['journey', 'purpose', 'module', 'day'] as const)
    expect(
      (await engagement({ from, to, by })).items.map(i => i.figures.sent.messages).reduce((a, b) => a + b, 0),
    ).toBe(21)

  // a row of a journey opens its people, and so does the row of what is of none
  const byModule = await engagement({ from, to, by: 'module' })
  for (const { key, figures } of byModule.items) {
    const { ids } = await everybodyBehind(lab, 'engagementPeople', {
      from,
      to,
      figure: 'sent',
      module: key === '' ? 'none' : key,
    })
    expect([key, ids.size]).toEqual([key, figures.sent.people])
  }

  // the letters are of a campaign, the questions of none: each row opens its own people
  const campaign = await campaignOf('週年慶', letters)
  const byCampaign = await engagement({ from, to, by: 'campaign' })
  expect(byCampaign.items.map(i => [i.key, i.name, i.figures.sent.messages])).toEqual([
    [campaign, '週年慶', 14],
    ['', null, 7],
  ])
  for (const { key, figures } of byCampaign.items) {
    const asked = { from, to, campaign: key === '' ? 'none' : key }
    expect((await engagement(asked)).total.figures).toEqual(figures)
    const { ids } = await everybodyBehind(lab, 'engagementPeople', { ...asked, figure: 'sent' })
    expect([key, ids.size]).toEqual([key, figures.sent.people])
  }
  const sentOf = async (journey: string) =>
    (await engagement({ from, to, campaign, journey })).total.figures.sent.messages
  expect([await sentOf(letters), await sentOf(asks)]).toEqual([14, 0])

  // everything opens the people, and the messages, behind it
  for (const figure of FIGURES) {
    const behind = (await lab.call('engagementPeople', { query: { from, to, figure } }))
      .body as Out<'engagementPeople'>
    expect([figure, behind.items.length]).toEqual([figure, plain[figure].people])
    expect(behind.items.reduce((sum, i) => sum + i.value, 0)).toBe(plain[figure].messages)
    let cursor: string | undefined
    const seen: string[] = []
    do {
      const page = (
        await lab.call('engagementMessages', {
          query: { from, to, figure, limit: '5', ...(cursor ? { cursor } : {}) },
        })
      ).body as Out<'engagementMessages'>
      seen.push(...page.items.map(i => i.message))
      for (const i of page.items) expect(i.figures).toContain(figure)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(plain[figure].messages)
  }
}, 120_000)
