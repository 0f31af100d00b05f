// Conversations as the team has them: LINE messages at the stand-in, a chat tool outside by the API, the inbox and one thread
// over HTTP, merges, erasure. Engines are real; time is the sandbox's clock.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  graphOf,
  is,
  openJourneyLab,
  says as told,
  type Item,
  type JourneyLab,
} from '../../test/journey-lab.ts'
import { lineText } from '../../test/send-lab.ts'
import { publicId } from '../platform/ids.ts'
import { openAwayWorker } from './away.ts'
import { isWithinHours } from './settings.ts'
import { erasePerson } from '../privacy/erase.ts'
import { gatherPerson } from '../privacy/person.ts'
import { happened } from '../rules/make.ts'
import type { EndpointName } from '../contract.ts'
import type { Caller } from '../../test/http-client.ts'

vi.setConfig({ testTimeout: 120_000 })

const DAY = 86_400_000

let lab: JourneyLab
let ann: Caller
beforeAll(async () => {
  lab = await openJourneyLab()
  ann = await lab.member('marketer')
})
afterAll(() => lab.close())

const idOf = async (who: string): Promise<string> => publicId('cus', (await lab.stateOf(who)).id)

type Answer = { status: number; body: Item }
const ask = async (name: EndpointName, given: Item = {}, as?: Caller): Promise<Answer> =>
  (await lab.call(name, given, as)) as Answer
const items = (answer: Answer): Item[] => {
  expect(answer.status).toBe(200)
  return answer.body.items as Item[]
}
const entries = async (customer: string, channel = 'line', query: Item = {}): Promise<Item[]> =>
  items(await ask('conversationEntries', { params: { customer, channel }, query }))
const says = (who: string, text: string) =>
  lab.act({ channel: 'line', address: lab.lineOf(who), act: 'text', text })

test('R4-40 what a customer writes is in the inbox and on their page once, unread until somebody looks', async () => {
  await lab.person('cv-ming', { line: true })
  await says('cv-ming', '請問有 M 號嗎？')
  await says('cv-ming', '黑色的')
  const customer = await idOf('cv-ming')
  const found = items(await ask('conversations', { query: { customer } }))
  expect(found).toMatchObject([
    {
      customer,
      customerName: 'cv-ming',
      channel: 'line',
      status: 'open',
      unread: 2,
      lastText: '黑色的',
      assignee: null,
    },
  ])
  expect((await entries(customer)).map(e => [e.side, e.kind, e.text])).toEqual([
    ['customer', 'text', '黑色的'],
    ['customer', 'text', '請問有 M 號嗎？'],
  ])
  // older pages by cursor
  const first = await ask('conversationEntries', {
    params: { customer, channel: 'line' },
    query: { limit: 1 },
  })
  expect(items(first).map(e => e.text)).toEqual(['黑色的'])
  expect((await entries(customer, 'line', { limit: 1, cursor: first.body.next })).map(e => e.text)).toEqual([
    '請問有 M 號嗎？',
  ])
  const where = { params: { customer, channel: 'line' } }
  expect(
    (
      await ask(
        'changeConversation',
        { ...where, body: { read: true, assignee: 'me', answering: true } },
        ann,
      )
    ).status,
  ).toBe(200)
  expect((await ask('conversation', where)).body).toMatchObject({
    unread: 0,
    assignee: { name: 'marketer' },
    answering: { name: 'marketer' },
    window: { may: 'anything' },
    reachable: true,
  })
  expect(items(await ask('conversations', { query: { assignee: 'me', status: 'all' } }, ann))).toHaveLength(1)
  expect(items(await ask('conversations', { query: { assignee: 'none', status: 'all' } }, ann))).toHaveLength(
    0,
  )
  expect(items(await ask('conversations', { query: { q: '黑色' } }))).toHaveLength(1)
  expect(items(await ask('conversations', { query: { q: 'cv-mi' } }))).toHaveLength(1)
  expect(items(await ask('conversations', { query: { q: '沒有人說過' } }))).toHaveLength(0)
  expect(items(await ask('conversations', { query: { channel: 'sms' } }))).toHaveLength(0)

  expect((await ask('noteInConversation', { ...where, body: { text: 'VIP，先查庫存' } }, ann)).status).toBe(
    200,
  )
  expect((await entries(customer))[0]).toMatchObject({
    side: 'note',
    text: 'VIP，先查庫存',
    author: 'marketer@brand.example',
  })
  // closed by a person; a new message opens it again
  await ask('changeConversation', { ...where, body: { status: 'closed' } }, ann)
  expect(items(await ask('conversations', { query: { customer } }))).toHaveLength(0)
  await says('cv-ming', '還在嗎')
  expect(items(await ask('conversations', { query: { customer } }))).toMatchObject([
    { status: 'open', unread: 1 },
  ])
  // who may not read conversations reads none
  expect((await ask('conversations', {}, await lab.member('viewer'))).status).toBe(403)
})

test('R4-40 a chat tool outside tells both directions by the API, once each; a handover is known here', async () => {
  await lab.person('cv-out', { email: true })
  const customer = await idOf('cv-out')
  const tell = (body: Item) =>
    ask('tellConversation', { body: { email: lab.mailOf('cv-out'), channel: 'messenger', ...body } })
  expect(
    (
      await tell({
        said: 'received',
        id: 'm-1',
        text: '還有貨嗎？',
        at: new Date(Date.now() - 60_000).toISOString(),
      })
    ).status,
  ).toBe(200)
  await lab.settle()
  const before = (await lab.stateOf('cv-out')).clk?.t
  const replied = { said: 'replied', id: 'm-2', text: '有的', staff: '小美' }
  expect((await tell(replied)).body).toMatchObject({ customer, accepted: true })
  await tell(replied)
  await tell({ said: 'received', id: 'm-1', text: '還有貨嗎？' })
  await lab.settle()
  expect((await entries(customer, 'messenger')).map(e => [e.side, e.text, e.author])).toEqual([
    ['team', '有的', '小美'],
    ['customer', '還有貨嗎？', null],
  ])
  const state = await lab.stateOf('cv-out')
  expect(before).toBeUndefined()
  expect(state.clk?.t).toBeDefined()
  expect(items(await ask('conversations', { query: { customer, status: 'waiting' } }))).toMatchObject([
    { unread: 0 },
  ])
  await tell({ said: 'handed', id: 'h-1', to: '客服中心' })
  await lab.settle()
  expect((await ask('conversation', { params: { customer, channel: 'messenger' } })).body).toMatchObject({
    handedTo: '客服中心',
    status: 'waiting',
  })
  expect((await entries(customer, 'messenger'))[0]).toMatchObject({
    side: 'system',
    kind: 'handed',
    text: '客服中心',
  })
  await tell({ said: 'handed', id: 'h-2', to: null })
  await lab.settle()
  expect((await ask('conversation', { params: { customer, channel: 'messenger' } })).body.handedTo).toBeNull()
  expect(
    (await ask('tellConversation', { body: { channel: 'line', said: 'received', id: 'x' } })).body,
  ).toMatchObject({
    code: 'no_identifier',
  })
})

test('R3-23 a conversation that is resolved, by a chat tool or on the page, starts a journey, once each; it is closed until they write', async () => {
  await lab.person('cv-done', { line: true })
  const customer = await idOf('cv-done')
  const asks = await lab.publish({
    ...graphOf('conversation.resolved', {
      split: {
        type: 'split',
        fields: {
          branches: [
            {
              name: 'returns',
              rule: {
                op: 'event',
                event: 'conversation.resolved',
                where: [{ path: 'topic', op: 'is', value: '退貨' }],
                window: { in: 'ever' },
                measure: { of: 'count', test: { is: 'at_least', value: 1 } },
              },
            },
          ],
        },
        next: { returns: 'ask', else: null },
      },
      ask: {
        type: 'send',
        fields: { channel: 'line', purpose: 'transactional', content: lineText('這次的服務如何？') },
        next: { accepted: null },
      },
    }),
    name: 'After support',
  })
  await says('cv-done', '我要退貨')
  const status = async () =>
    (await ask('conversation', { params: { customer, channel: 'line' } })).body.status as string
  expect(await status()).toBe('open')
  const done = { customer, channel: 'line', said: 'resolved', id: 'case-1', topic: '退貨', staff: '小美' }
  expect((await ask('tellConversation', { body: done })).status).toBe(200)
  await ask('tellConversation', { body: done })
  await lab.settle()
  expect(await status()).toBe('closed')
  expect(await lab.path('cv-done', asks)).toEqual(['split:returns', 'ask:accepted', 'end:completed'])
  expect((await entries(customer))[0]).toMatchObject({
    side: 'system',
    kind: 'resolved',
    text: '退貨',
    author: '小美',
  })
  await says('cv-done', '還有一件事')
  expect(await status()).toBe('open')
  // on the page: one fact, and none when it is closed again as it is
  for (let i = 0; i < 2; i++) {
    await ask(
      'changeConversation',
      { params: { customer, channel: 'line' }, body: { status: 'closed' } },
      ann,
    )
    await lab.settle()
  }
  expect(await status()).toBe('closed')
  expect(await lab.path('cv-done', asks)).toEqual([
    'split:returns',
    'ask:accepted',
    'end:completed',
    'split:returns',
    'ask:accepted',
    'end:completed',
  ])
  expect((await entries(customer)).filter(e => e.kind === 'resolved').map(e => e.author)).toEqual([
    null,
    '小美',
  ])
})

test('a merged customer’s threads join, and an erasure leaves none of them', async () => {
  await lab.person('cv-a', { line: true })
  await lab.person('cv-b', { email: true })
  await says('cv-a', '我是從官網來的')
  await ask('tellConversation', {
    body: { email: lab.mailOf('cv-b'), channel: 'line', said: 'received', id: 'b-1', text: '我換了手機' },
  })
  await lab.settle()
  const [a, b] = [await lab.stateOf('cv-a'), await lab.stateOf('cv-b')]
  // the LINE user signs in with the other's member number
  await lab.tell(is('cv-a', {}, { userId: 'M-7001' }))
  await lab.tell(is('cv-b', {}, { userId: 'M-7001' }))
  const survivor = [a.id, b.id].toSorted()[0]!
  const customer = publicId('cus', survivor)
  expect(items(await ask('conversations', { query: { customer, status: 'all' } }))).toMatchObject([
    { customer, status: 'open', unread: 2 },
  ])
  expect((await entries(customer)).map(e => e.text).toSorted()).toEqual(
    ['我是從官網來的', '我換了手機'].toSorted(),
  )
  // asked for under the id that is part of it now
  const other = publicId('cus', survivor === a.id ? b.id : a.id)
  expect(await entries(other)).toHaveLength(2)

  // somebody else wrote about them
  await lab.person('cv-friend', { line: true })
  await says('cv-friend', `我朋友的信箱是 ${lab.mailOf('cv-b')}`)
  const person = await gatherPerson(lab.core.pool, lab.workspace, survivor)
  const { erased, searched } = await erasePerson(lab.core, person!, { settleMs: 0 })
  expect(searched.found).toEqual([])
  expect(erased.map(e => e.place)).toEqual(
    expect.arrayContaining(['postgres.conversation', 'postgres.conversation_entry']),
  )
  expect((await ask('conversation', { params: { customer, channel: 'line' } })).status).toBe(404)
  const friend = await entries(await idOf('cv-friend'))
  expect(friend).toMatchObject([{ side: 'customer', text: null }])
})

test('ready texts are filled in for the customer; a broken one is refused', async () => {
  await lab.person('cv-q', { line: true })
  const customer = await idOf('cv-q')
  const made = await ask(
    'saveQuickReply',
    { params: { reply: 'new' }, body: { name: '問候', text: '{{ customer.name }} 您好' } },
    ann,
  )
  expect(made.status).toBe(200)
  expect(items(await ask('quickReplies', { query: { customer } }))).toMatchObject([
    { name: '問候', text: '{{ customer.name }} 您好', filled: 'cv-q 您好' },
  ])
  const twice = await ask(
    'saveQuickReply',
    { params: { reply: 'new' }, body: { name: '問候', text: '嗨' } },
    ann,
  )
  expect(twice.body).toMatchObject({ code: 'quick_reply_conflict' })
  const broken = await ask(
    'saveQuickReply',
    { params: { reply: 'new' }, body: { name: 'x', text: '{{ customer.name' } },
    ann,
  )
  expect(broken.body).toMatchObject({ code: 'bad_template', path: 'text' })
  const { id } = made.body as { id: string }
  expect((await ask('deleteQuickReply', { params: { reply: id } }, ann)).status).toBe(200)
  expect(items(await ask('quickReplies'))).toHaveLength(0)
})

/** A write that the fold answers: it folds while the caller waits. */
async function command(name: EndpointName, given: Item, as = ann): Promise<Answer> {
  let answer: Answer | null = null
  const asked = ask(name, given, as).then(a => (answer = a))
  while (answer === null) {
    await lab.settle()
    await new Promise(resolve => setImmediate(resolve))
  }
  await lab.settle()
  return asked
}

const waitsForReply = (exit: string) =>
  graphOf(
    'Asked For Help',
    {
      wait: { type: 'delay', fields: { mode: 'for', ms: 3 * DAY }, next: { next: 'late' } },
      late: {
        type: 'send',
        fields: { channel: 'line', purpose: 'transactional', content: lineText('還需要幫忙嗎？') },
        next: { accepted: null },
      },
    },
    { name: `Ends on ${exit}`, exits: [{ name: exit, rule: happened(exit) }] },
  )

test('R4-40 a reply from the page arrives once, moves the team clock alone and ends the journey that waits for it', async () => {
  await lab.person('cv-reply', { line: true })
  const ends = await lab.publish(waitsForReply('conversation.replied'))
  await says('cv-reply', '可以退貨嗎？')
  await lab.tell(told('cv-reply', 'Asked For Help'))
  const customer = await idOf('cv-reply')
  const before = (await lab.stateOf('cv-reply')).clk!
  expect(before.t).toBeUndefined()
  expect((await lab.stateOf('cv-reply')).enr).toHaveLength(1)
  const reply = { params: { customer, channel: 'line' }, body: { text: '可以，{{ 七天內 }} 都行' } }
  const once = { ...ann, headers: { 'idempotency-key': 'r-1' } }
  const answer = await command('replyInConversation', reply, once)
  expect(answer.body).toMatchObject({ status: 200 })
  await command('replyInConversation', reply, once)
  expect(await lab.inbox('line', 'cv-reply')).toMatchObject([
    { messages: [{ text: '可以，{{ 七天內 }} 都行' }] },
  ])
  expect((await entries(customer))[0]).toMatchObject({
    side: 'team',
    text: '可以，{{ 七天內 }} 都行',
    author: 'marketer@brand.example',
    state: 'accepted',
  })
  const after = (await lab.stateOf('cv-reply')).clk!
  expect(after.t).toBeGreaterThan(0)
  expect(after.m).toBe(before.m)
  expect(items(await ask('conversations', { query: { customer, status: 'waiting' } }))).toMatchObject([
    { unread: 0, lastSide: 'team' },
  ])
  expect(await lab.path('cv-reply', ends)).toEqual(['wait:exit', 'end:exit_rule'])
  await lab.passes(4 * DAY)
  expect(await lab.inbox('line', 'cv-reply')).toHaveLength(1)
  // what the customer says can end one as well
  const ended = await lab.publish(waitsForReply('line.message'))
  await lab.tell(told('cv-reply', 'Asked For Help'))
  await says('cv-reply', '謝謝')
  expect(await lab.path('cv-reply', ended)).toEqual(['wait:exit', 'end:exit_rule'])
})

test('R4-40 the 24 h window: free answers before it ends, a person’s until 7 days, then none; a conversation handed over is not answered here', async () => {
  await lab.person('cv-win', { email: true })
  const customer = await idOf('cv-win')
  const where = (channel: string) => ({ params: { customer, channel } })
  const received = (channel: string, id: string) =>
    ask('tellConversation', {
      body: { email: lab.mailOf('cv-win'), channel, said: 'received', id, text: '在嗎' },
    })
  await received('messenger', 'w-1')
  await received('whatsapp', 'w-2')
  await lab.settle()
  const may = async (channel: string) => ((await ask('conversation', where(channel))).body.window as Item).may
  expect([await may('messenger'), await may('whatsapp')]).toEqual(['anything', 'anything'])
  await lab.passes(DAY)
  expect([await may('messenger'), await may('whatsapp')]).toEqual(['human', 'template'])
  expect(
    (await ask('replyInConversation', { ...where('whatsapp'), body: { text: '在的' } }, ann)).body,
  ).toMatchObject({
    code: 'window_closed',
  })
  await lab.passes(6 * DAY)
  expect([await may('messenger'), await may('whatsapp')]).toEqual(['nothing', 'template'])
  expect(
    (await ask('replyInConversation', { ...where('messenger'), body: { text: '在的' } }, ann)).status,
  ).toBe(409)
  await ask('changeConversation', { ...where('messenger'), body: { handedTo: '客服中心' } }, ann)
  expect(
    (await ask('replyInConversation', { ...where('messenger'), body: { text: '在的' } }, ann)).body,
  ).toMatchObject({
    code: 'handed_over',
  })
})

test('R4-40 an answer that fails is shown so, opens the conversation again and can be sent anew', async () => {
  await lab.person('cv-fail', { line: true })
  await says('cv-fail', '哈囉')
  const customer = await idOf('cv-fail')
  const line = lab.lineOf('cv-fail')
  await lab.act({ channel: 'line', address: line, act: 'unfollow' })
  const where = { params: { customer, channel: 'line' } }
  await command('replyInConversation', { ...where, body: { text: '您好' } })
  const failed = (await entries(customer)).find(e => e.side === 'team')!
  expect(failed).toMatchObject({ state: 'skipped', reason: 'blocked' })
  expect(items(await ask('conversations', { query: { customer } }))).toMatchObject([{ status: 'open' }])
  expect((await lab.stateOf('cv-fail')).clk?.t).toBeUndefined()
  await lab.act({ channel: 'line', address: line, act: 'follow' })
  const again = await command('replyInConversation', { ...where, body: { retryOf: failed.message } })
  expect(again.body).toMatchObject({ status: 200 })
  expect((await entries(customer)).filter(e => e.side === 'team').map(e => e.state)).toEqual([
    'accepted',
    'skipped',
  ])
  expect(await lab.inbox('line', 'cv-fail')).toMatchObject([{ messages: [{ text: '您好' }] }])
})

test('outside the hours of the team a customer is told so once in a conversation; it moves no clock of the team', async () => {
  const { version } = (await ask('conversationSettings')).body as { version: number }
  // never there on the day it is
  const saved = await ask('saveConversationSettings', {
    body: {
      version,
      hours: [{ day: 'mon', from: '03:00', to: '03:01' }],
      away: { on: true, text: '我們明天上班後回覆您 {{ name }}' },
      markRead: false,
    },
  })
  expect(saved.status).toBe(200)
  await lab.person('cv-away', { line: true })
  const away = openAwayWorker(lab.core)
  const look = async () => {
    while (await away.tick()) await lab.settle()
    await lab.settle()
  }
  await says('cv-away', '有人嗎')
  await look()
  await says('cv-away', '哈囉？')
  await look()
  const sent = [{ messages: [{ text: '我們明天上班後回覆您 {{ name }}' }] }]
  expect(await lab.inbox('line', 'cv-away')).toMatchObject(sent)
  const customer = await idOf('cv-away')
  expect((await entries(customer)).map(e => [e.side, e.kind])).toEqual([
    ['customer', 'text'],
    ['system', 'away'],
    ['customer', 'text'],
  ])
  expect((await lab.stateOf('cv-away')).clk?.t).toBeUndefined()
  expect(items(await ask('conversations', { query: { customer } }))).toMatchObject([
    { status: 'open', unread: 2 },
  ])
  // closed and opened again: a new conversation
  await ask('changeConversation', { params: { customer, channel: 'line' }, body: { status: 'closed' } }, ann)
  await says('cv-away', '再請問')
  await look()
  expect(await lab.inbox('line', 'cv-away')).toHaveLength(2)
  await away.stop()
})

test('the hours of the team are those of the workspace’s zone', () => {
  const hours = [{ day: 'mon' as const, from: '09:00', to: '18:00' }]
  const at = (time: string) => Date.parse(`2026-05-04T${time}+08:00`) // a Monday
  const open = ['08:59:59', '09:00:00', '17:59:59', '18:00:00'].map(t =>
    isWithinHours(hours, at(t), 'Asia/Taipei'),
  )
  expect(open).toEqual([false, true, true, false])
  expect(isWithinHours([], at('03:00:00'), 'Asia/Taipei')).toBe(true)
})

test('what somebody opens is marked as read at LINE where the workspace wants it', async () => {
  const { version, ...settings } = (await ask('conversationSettings')).body as { version: number }
  expect(
    (await ask('saveConversationSettings', { body: { ...settings, version, markRead: true } })).status,
  ).toBe(200)
  await lab.person('cv-read', { line: true })
  await says('cv-read', '看到了嗎')
  const customer = await idOf('cv-read')
  const readAt = async () => {
    const { rows } = await lab.core.pool.query<{ read: boolean }>(
      'select read_at is not null as read from line_chat where workspace_id = $1 and address = $2',
      [lab.workspace, lab.lineOf('cv-read')],
    )
    return rows[0]?.read
  }
  expect(await readAt()).toBe(false)
  await ask('changeConversation', { params: { customer, channel: 'line' }, body: { read: true } }, ann)
  await expect.poll(readAt).toBe(true)
})
