// LINE's requests as golden files hold them, its webhooks as they are read, its known rules.
import { expect, test } from 'vitest'
import { golden } from '../../../test/golden.ts'
import { newId } from '../../platform/ids.ts'
import type { Account, Outgoing, Told } from '../adapter.ts'
import { type LineCall, lineRequest, readAnswer } from './api.ts'
import { bulkCall } from './bulk.ts'
import { lineLimit } from './turns.ts'
import { parseLine, signBody } from './events.ts'
import { followersCall, unitCall } from './insight.ts'
import { checkMenu } from './menu-rules.ts'
import { createMenuCall, linkMenuCall, menuPictureCall } from './menus.ts'
import { checkMessages } from './message-rules.ts'
import { multicastCall, namedRecipients, phoneCall, pushCall, replyCall } from './send.ts'
import { lineDay, unitName } from './units.ts'

const account = (settings: Record<string, string> = {}): Account => ({
  id: newId(),
  workspace: newId(),
  name: 'LINE',
  settings,
  secrets: { channelSecret: 's', accessToken: 'TOKEN' },
  trusted: false,
})
const KEY = '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0011'
const [U1, U2] = ['U' + '1'.repeat(32), 'U' + '2'.repeat(32)]
const outgoing = (more: Partial<Outgoing> = {}): Outgoing => ({
  id: KEY,
  workspace: 'w',
  address: U1!,
  purpose: 'marketing',
  content: { channel: 'line', messages: [{ type: 'text', text: '嗨' }] },
  unsubscribeUrl: '',
  receiptUrl: '',
  ...more,
})
const MENU = {
  size: { width: 1_200, height: 405 },
  selected: true,
  name: '會員',
  chatBarText: '選單',
  areas: [
    { bounds: { x: 0, y: 0, width: 600, height: 405 }, action: { type: 'message', text: '點數' } },
    {
      bounds: { x: 600, y: 0, width: 600, height: 405 },
      action: { type: 'richmenuswitch', richMenuAliasId: 'shop', data: 'tab=shop' },
    },
  ],
}

test('each call of LINE goes out as its golden request says', () => {
  const counted = account({ aggregation: 'on', chatName: '小旅', chatIcon: 'https://b.example/i.png' })
  const unit = 'u0123'
  const calls: Record<string, [Account, LineCall]> = {
    push: [account(), pushCall(account(), outgoing())],
    'by phone': [account(), phoneCall(account(), outgoing({ address: '+886912345678' }))],
    'by phone, of LINE’s template, counted': [
      counted,
      phoneCall(
        counted,
        outgoing({
          unit,
          address: '+886912345678',
          content: {
            channel: 'line',
            messages: [{ type: 'text', text: '您的包裹已出貨' }],
            byPhone: true,
            phoneTemplate: {
              templateKey: 'shipment_completed_zh',
              emphasizedItem: { itemKey: 'date_002_zh', content: '12 月 1 日' },
              items: [{ itemKey: 'number_001_zh', content: 'A100' }],
              buttons: [{ buttonKey: 'check_delivery_status_zh', url: 'https://shop.example/o/A100' }],
            },
          },
        }),
      ),
    ],
    'push, counted, with a sender, silent': [
      counted,
      pushCall(
        counted,
        outgoing({
          unit,
          content: {
            channel: 'line',
            messages: [
              { type: 'text', text: '嗨' },
              { type: 'text', text: '我', sender: { name: '店長' } },
            ],
            notificationDisabled: true,
          },
        }),
      ),
    ],
    reply: [account(), replyCall(account(), outgoing({ replyToken: 'rt' }))],
    multicast: [counted, multicastCall(counted, [outgoing({ unit }), outgoing({ address: U2!, unit })], KEY)],
    narrowcast: [
      account(),
      bulkCall(
        {
          kind: 'narrowcast',
          messages: [{ type: 'text', text: '嗨' }],
          recipient: { type: 'audience', audienceGroupId: 5 },
          filter: { demographic: { type: 'gender', oneOf: ['female'] } },
          limit: { max: 100, upToRemainingQuota: true },
        },
        KEY,
      ),
    ],
    broadcast: [account(), bulkCall({ kind: 'broadcast', messages: [{ type: 'text', text: '嗨' }] }, KEY)],
    'new menu': [account(), createMenuCall(MENU)],
    'picture of a menu': [account(), menuPictureCall('richmenu-1', 'image/png', Buffer.from('PNG'))],
    'menu of some': [account(), linkMenuCall('richmenu-1', [U1!, U2!])],
    'no menu of their own': [account(), linkMenuCall(null, [U1!])],
    'figures of a unit': [account(), unitCall(unit, '2026-06-01', '2026-06-30')],
    friends: [account(), followersCall('2026-06-30')],
  }
  const shown = Object.entries(calls).map(([name, [a, call]]) => {
    const { method, url, headers, body } = lineRequest(a, call)
    const text = typeof body === 'string' ? body : Buffer.from(body).toString()
    return [name, { method, url: url.href, headers, body: text.startsWith('{') ? JSON.parse(text) : text }]
  })
  expect(golden('line-calls.json', JSON.stringify(Object.fromEntries(shown), null, 2))).toBe('same')
})

const told = (events: object[], settings: Record<string, string> = {}): Told => {
  const rawBody = Buffer.from(JSON.stringify({ destination: 'x', events }))
  const headers = { 'x-line-signature': signBody('s', rawBody).toString('base64') }
  return parseLine(account(settings), { rawBody, headers, query: {}, url: '', now: 0 })
}
const event = (more: Record<string, unknown>) => ({
  mode: 'active',
  timestamp: 1_000,
  webhookEventId: 'E' + String(more.type),
  deliveryContext: { isRedelivery: false },
  source: { type: 'user', userId: U1 },
  ...more,
})
const nameAndProps = (t: Told) =>
  t.events.map(e => (e.input.kind === 'event' ? [e.input.body.name, e.input.body.props] : []))

test('R4-40 every kind of webhook becomes an event of the person, by its name; unknown kinds too, with nothing but the name', () => {
  const said = told([
    event({ type: 'message', message: { type: 'text', id: '1', text: '嗨' } }),
    event({ type: 'message', message: { type: 'image', id: '2', contentProvider: { type: 'line' } } }),
    event({ type: 'message', message: { type: 'sticker', id: '3', packageId: '1', stickerId: '2' } }),
    event({
      type: 'message',
      message: { type: 'location', id: '4', title: '店', address: '台北', latitude: 25, longitude: 121 },
    }),
    event({ type: 'unsend', unsend: { messageId: '1' } }),
    event({ type: 'postback', postback: { data: 'a=1', params: { date: '2026-01-01' } } }),
    event({ type: 'videoPlayComplete', videoPlayComplete: { trackingId: 't1' } }),
    event({ type: 'beacon', beacon: { hwid: 'h', type: 'enter' } }),
    event({ type: 'membership', membership: { type: 'joined', membershipId: 7 } }),
    event({ type: 'accountLink', link: { result: 'failed', nonce: 'n' } }),
    event({ type: 'somethingNew', secret: 'x' }),
  ])
  expect(nameAndProps(said)).toEqual([
    ['line.message', { type: 'text', id: '1', from: 'customer', text: '嗨' }],
    ['line.message', { type: 'image', id: '2', from: 'customer', media: '2' }],
    ['line.message', { type: 'sticker', id: '3', from: 'customer', packageId: '1', stickerId: '2' }],
    [
      'line.message',
      {
        type: 'location',
        id: '4',
        from: 'customer',
        title: '店',
        address: '台北',
        latitude: 25,
        longitude: 121,
      },
    ],
    ['line.unsend', { messageId: '1' }],
    ['line.postback', { data: 'a=1', params: { date: '2026-01-01' } }],
    ['line.videoPlayComplete', { trackingId: 't1' }],
    ['line.beacon', { hwid: 'h', way: 'enter' }],
    ['line.membership', { change: 'joined', membershipId: 7 }],
    ['line.accountLink', { result: 'failed' }],
    ['line.somethingNew', {}],
  ])
  expect(said.notes).toEqual([
    { do: 'keep_content', address: U1, message: '2', kind: 'image', at: 1_000 },
    { do: 'unsend', address: U1, message: '1', at: 1_000 },
  ])
})

test('groups, rooms and members are nobody’s customer; what befalls the account is noted; a notification’s arrival is a receipt', () => {
  const group = { source: { type: 'group', groupId: 'C1', userId: U1 } }
  const said = told([
    event({ type: 'join', source: { type: 'group', groupId: 'C1' } }),
    event({ type: 'leave', source: { type: 'group', groupId: 'C1' } }),
    event({ type: 'memberJoined', joined: { members: [{ type: 'user', userId: U2 }] }, ...group }),
    event({ type: 'memberLeft', left: { members: [] }, ...group }),
    event({ type: 'message', message: { type: 'text', id: '9', text: '在群組' }, ...group }),
    event({ type: 'botSuspended', source: undefined }),
    event({ type: 'botResumed', source: undefined }),
    event({ type: 'delivery', delivery: { data: KEY } }),
    event({ type: 'module', source: undefined, module: { type: 'attached' } }),
  ])
  expect(said.events).toEqual([])
  expect(said.notes).toEqual([
    { do: 'attention', why: expect.stringContaining('suspended') },
    { do: 'attention', why: null },
  ])
  expect(said.receipts).toEqual([{ message: KEY, state: 'delivered', at: 1_000 }])
})

test('in standby nothing is answered: another name, no token', () => {
  const said = told([
    event({
      type: 'message',
      mode: 'standby',
      replyToken: 'r',
      message: { type: 'text', id: '1', text: '嗨', markAsReadToken: 'm' },
    }),
    event({ type: 'follow', mode: 'standby', follow: { isUnblocked: false } }),
    event({
      type: 'message',
      replyToken: 'r',
      message: { type: 'text', id: '2', text: '嗨', markAsReadToken: 'm' },
    }),
  ])
  expect(nameAndProps(said).map(([name]) => name)).toEqual([
    'line.standby_message',
    'contact.followed',
    'line.message',
  ])
  expect(said.notes?.filter(n => n.do === 'chat')).toEqual([
    { do: 'chat', address: U1, replyToken: 'r', readToken: 'm', at: 1_000 },
  ])
})

test('an address that LINE names in a multicast is found by its place', () => {
  expect(namedRecipients(`{"message":"The property, 'to[3]', in the request body is invalid"}`)).toEqual([3])
  expect(
    namedRecipients('{"message":"x","details":[{"property":"to[0]","message":"m"},{"property":"to[12]"}]}'),
  ).toEqual([0, 12])
  expect(namedRecipients('{"message":"Failed to send messages"}')).toEqual([])
})

test('a month’s quota that is used up waits an hour, whatever else a 429 says', () => {
  const answer = (message: string) => ({ status: 429, body: JSON.stringify({ message }), headers: {} })
  expect(readAnswer(answer('You have reached your monthly limit.'), 0)).toMatchObject({
    kind: 'retryable',
    retryAfterMs: 3_600_000,
  })
  expect(readAnswer(answer('The API rate limit has been exceeded.'), 0)).toMatchObject({ retryAfterMs: null })
})

test('LINE’s known rules of messages, each by the property that breaks it', () => {
  const wrong = (...messages: unknown[]) => checkMessages(messages).map(f => f.property)
  const button = { type: 'button', action: { type: 'uri', label: '看', uri: 'https://b.example' } }
  const bubble = { type: 'bubble', body: { type: 'box', layout: 'vertical', contents: [button] } }
  expect(wrong({ type: 'flex', altText: '新品', contents: bubble })).toEqual([])
  expect(wrong({ type: 'flex', contents: { type: 'bubble', body: { type: 'button' } } })).toEqual([
    'messages[0].altText',
    'messages[0].contents.body.action',
  ])
  expect(wrong({ type: 'hologram' })).toEqual(['messages[0].type'])
  expect(wrong({ type: 'image', originalContentUrl: 'http://b.example/i.png', previewImageUrl: '' })).toEqual(
    ['messages[0].previewImageUrl', 'messages[0].originalContentUrl'],
  )
  const confirm = (actions: object[]) => ({
    type: 'template',
    altText: '確認',
    template: { type: 'confirm', text: '好嗎', actions },
  })
  expect(wrong(confirm([{ type: 'message', label: '好', text: '好' }]))).toEqual([])
  expect(wrong(confirm([{ type: 'message', text: '好' }, {}, {}]))).toEqual([
    'messages[0].template.actions',
    'messages[0].template.actions[0].label',
    'messages[0].template.actions[1].type',
    'messages[0].template.actions[2].type',
  ])
  const quick = (n: number) =>
    Array.from({ length: n }, () => ({ type: 'action', action: { type: 'message', label: 'a', text: 'b' } }))
  const text = { type: 'text', text: '嗨' }
  expect(wrong({ ...text, quickReply: { items: quick(13) } })).toEqual([])
  expect(wrong({ ...text, quickReply: { items: quick(14) } })).toEqual(['messages[0].quickReply.items'])
  expect(wrong({ ...text, sender: { name: 'LINE 小編', iconUrl: 'http://x' } })).toEqual([
    'messages[0].sender.name',
    'messages[0].sender.iconUrl',
  ])
  expect(wrong(...Array.from({ length: 6 }, () => text))).toEqual(['messages'])
})

test('LINE’s rules of rich menus: size, ratio, areas inside, at most twenty', () => {
  const wrong = (change: object) => checkMenu({ ...MENU, ...change }).map(f => f.property)
  expect(wrong({})).toEqual([])
  expect(wrong({ size: { width: 799, height: 400 } })).toContain('size.width')
  expect(wrong({ size: { width: 1_200, height: 828 } })).toEqual(['size']) // 1.449
  expect(wrong({ size: { width: 1_200, height: 827 } })).toEqual([])
  expect(wrong({ chatBarText: '十五個字的選單文字一二三四五六' })).toEqual(['chatBarText'])
  const area = MENU.areas[0]!
  expect(wrong({ areas: Array.from({ length: 20 }, () => area) })).toEqual([])
  expect(wrong({ areas: Array.from({ length: 21 }, () => area) })).toEqual(['areas'])
  expect(wrong({ areas: [{ ...area, bounds: { ...area.bounds, x: 601 } }] })).toEqual(['areas[0].bounds'])
})

test('a node’s unit is the same every time, another for another version, within LINE’s letters; days are UTC+9', () => {
  const of = { journey: KEY, version: 1, node: '迎新' }
  expect(unitName(of)).toBe(unitName({ ...of }))
  expect(unitName(of)).not.toBe(unitName({ ...of, version: 2 }))
  expect(unitName(of)).toMatch(/^[a-zA-Z0-9_]{1,30}$/)
  expect([lineDay(Date.parse('2026-06-30T14:59:59Z')), lineDay(Date.parse('2026-06-30T15:00:00Z'))]).toEqual([
    '2026-06-30',
    '2026-07-01',
  ])
})

test('a phone number goes out as LINE’s own example hashes it', () => {
  const call = phoneCall(account(), outgoing({ address: '+818000001234' }))
  expect(call.json).toMatchObject({ to: 'd41e0ad70dddfeb68f149ad6fc61574b9c5780ab7bcb2fba5517771ffbb2409c' })
})

test('a call’s limit is its endpoint’s, whatever values its path has', () => {
  const key = (method: string, path: string) => lineLimit(method, path).key
  expect(key('DELETE', '/v2/bot/richmenu/richmenu-1')).toBe('DELETE /v2/bot/richmenu/*')
  expect(lineLimit('DELETE', '/v2/bot/richmenu/richmenu-1')).toMatchObject({ max: 100, perMs: 3_600_000 })
  expect(lineLimit('POST', '/v2/bot/richmenu')).toMatchObject({ max: 100, perMs: 3_600_000 })
  expect(key('POST', '/v2/bot/richmenu/bulk/link')).toBe('POST /v2/bot/richmenu/bulk/link')
  expect(key('POST', '/v2/bot/richmenu/alias/shop')).toBe('POST /v2/bot/richmenu/alias/*')
  expect(key('POST', '/v2/bot/user/all/richmenu/richmenu-1')).toBe('POST /v2/bot/user/all/richmenu/*')
  expect(key('POST', '/v2/bot/user/U1/linkToken')).toBe('POST /v2/bot/user/*/linkToken')
  expect(key('GET', '/v2/bot/message/325708/content')).toBe('GET /v2/bot/message/*/content')
  expect(key('GET', '/v2/bot/message/quota/consumption')).toBe('GET /v2/bot/message/quota/consumption')
  expect(lineLimit('GET', '/v2/bot/insight/followers')).toMatchObject({ max: 60, perMs: 3_600_000 })
  expect(lineLimit('PUT', '/v2/bot/audienceGroup/upload')).toMatchObject({ max: 60, perMs: 60_000 })
})
