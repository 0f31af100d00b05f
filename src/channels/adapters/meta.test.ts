// WhatsApp, Messenger and Instagram without a network: requests as golden files have them, what answers mean, what webhooks
// say.
import { describe, expect, test } from 'vitest'
import { golden } from '../../../test/golden.ts'
import { newId } from '../../platform/ids.ts'
import type { Account, Adapter, Outgoing, Told, WebhookRequest } from '../adapter.ts'
import { type MessageContent, messageContent } from '../content.ts'
import type { OutgoingRequest } from '../exchange.ts'
import { touchOf } from '../../customers/touch.ts'
import { signRaw } from './meta.ts'
import { instagram, messageRequest as chatRequest, messenger, readAnswer as readChat } from './messenger.ts'
import { messageRequest as whatsappRequest, readAnswer as readWhatsapp, whatsapp } from './whatsapp.ts'

const account: Account = {
  id: newId(),
  workspace: newId(),
  name: 'Meta',
  settings: { phoneNumberId: '106', pageId: '104', instagramId: '178' },
  secrets: { accessToken: 'TOKEN', appSecret: 'app', verifyToken: 'verify' },
  trusted: false,
}
const ID = '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0011'
const outgoing = (content: MessageContent, address = '+886912345678'): Outgoing => ({
  id: ID,
  workspace: 'w',
  address,
  purpose: 'marketing',
  content: messageContent.parse(content),
  unsubscribeUrl: '',
  receiptUrl: '',
})
const written = (requests: Record<string, OutgoingRequest | null>) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(requests).map(([name, r]) => [
        name,
        r && {
          method: r.method,
          url: r.url.href,
          headers: r.headers,
          body: JSON.parse(String(r.body)) as unknown,
        },
      ]),
    ),
    null,
    2,
  )
const LINK = 'https://mist.tea/1.jpg'

describe('golden requests', () => {
  test('WhatsApp: template, text, buttons under a picture, a file', () => {
    const of = (content: Omit<Extract<MessageContent, { channel: 'whatsapp' }>, 'channel'>) =>
      whatsappRequest(account, outgoing({ channel: 'whatsapp', ...content }))
    const components = [{ type: 'body', parameters: [{ type: 'text', text: '小明' }] }]
    const requests = {
      template: of({ template: { name: 'order_shipped', language: 'zh_TW', components } }),
      text: of({ text: '您好' }),
      buttons: of({
        text: '要寄到哪裡？',
        media: { kind: 'image', link: LINK },
        buttons: [{ title: '門市', payload: 'store' }],
      }),
      list: of({
        text: '喜歡哪一種？',
        list: { button: '看選項', rows: [{ title: '烏龍', payload: 'ask:m:0' }] },
      }),
      file: of({ text: '發票', media: { kind: 'document', link: 'https://mist.tea/1.pdf' } }),
    }
    expect(golden('whatsapp.json', written(requests))).toBe('same')
  })
  test('Messenger and Instagram: text, buttons, picture; the ways to send', () => {
    const of = (content: MessageContent, way: Parameters<typeof chatRequest>[2] = 'RESPONSE') =>
      chatRequest(account, outgoing(content, '7001'), way)
    const buttons = [
      { title: '看新茶', url: 'https://mist.tea/' },
      { title: '找客服', payload: 'help' },
    ]
    const template = { name: 'order_shipped', language: 'zh_TW', components: [] }
    const requests = {
      text: of({ channel: 'messenger', text: '您好' }),
      reply: of({ channel: 'messenger', text: '您好' }, 'HUMAN_AGENT'),
      utility: of({ channel: 'messenger', text: '已出貨', template }, 'UTILITY'),
      buttons: of({ channel: 'instagram', text: '需要什麼？', buttons }),
      picture: of({ channel: 'instagram', text: '新茶到了', image: LINK, buttons }),
      'quick replies': of({
        channel: 'messenger',
        text: '喜歡哪一種？',
        quickReplies: [{ title: '烏龍', payload: 'ask:m:0' }],
      }),
    }
    expect(golden('messenger.json', written(requests))).toBe('same')
    const own = { ...account, settings: { instagramId: '178', baseUrl: 'https://graph.instagram.com' } }
    const login = chatRequest(own, outgoing({ channel: 'instagram', text: '嗨' }, '7001'), 'RESPONSE')
    expect(login!.url.href).toBe('https://graph.instagram.com/v23.0/178/messages')
    // nothing is cut off in silence
    expect(of({ channel: 'messenger', text: '茶'.repeat(161), image: LINK })).toBeNull()
    expect(of({ channel: 'messenger', text: '茶'.repeat(641), buttons })).toBeNull()
  })
})

test('content: a list stands alone under a text', () => {
  const list = { button: '看選項', rows: [{ title: '烏龍', payload: '1' }] }
  const isGood = (more: object) => messageContent.safeParse({ channel: 'whatsapp', list, ...more }).success
  expect(isGood({ text: '喜歡哪一種？' })).toBe(true)
  expect(isGood({})).toBe(false)
  expect(isGood({ text: 'x', buttons: [{ title: 'a', payload: 'b' }] })).toBe(false)
  expect(isGood({ text: 'x', media: { kind: 'image', link: LINK } })).toBe(false)
})

test('content: a template or free text, buttons under a text', () => {
  const template = { name: 'a', language: 'en', components: [] }
  const wrong = (content: object) =>
    messageContent.safeParse({ channel: 'whatsapp', ...content }).success === false
  expect(wrong({ template, text: 'x' })).toBe(true)
  expect(wrong({})).toBe(true)
  expect(wrong({ media: { kind: 'image', link: LINK }, buttons: [{ title: 'a', payload: 'b' }] })).toBe(true)
  expect(wrong({ media: { kind: 'image', link: LINK } })).toBe(false)
})

describe('what answers mean', () => {
  const error = (code: number, subcode?: number) =>
    JSON.stringify({ error: { message: 'm', code, ...(subcode ? { error_subcode: subcode } : {}) } })
  test.each([
    [200, '{"messages":[{"id":"wamid.1"}]}', { kind: 'accepted', providerId: 'wamid.1' }],
    [400, error(131026), { kind: 'bad_recipient' }],
    [400, error(131056), { kind: 'retryable', retryAfterMs: 6_000 }],
    [429, error(130429), { kind: 'retryable', retryAfterMs: null }],
    [400, error(131049), { kind: 'rejected', detail: expect.stringContaining('131049') }],
    [400, error(131047), { kind: 'rejected' }],
    [404, error(132001), { kind: 'rejected' }],
    [401, error(190), { kind: 'bad_credentials' }],
    [400, error(131031), { kind: 'bad_credentials' }],
    [500, error(131016), { kind: 'retryable' }],
    // nobody says whether it was sent before this
    [502, '<html>', { kind: 'unknown' }],
    [503, '', { kind: 'retryable' }],
  ])('WhatsApp %i %s', (status, body, expected) => {
    expect(readWhatsapp({ status, body, headers: {} }, 0)).toMatchObject(expected)
  })
  test.each([
    [200, '{"recipient_id":"7","message_id":"m_1"}', { kind: 'accepted', providerId: 'm_1' }],
    [400, error(100, 2018001), { kind: 'bad_recipient' }],
    [400, error(551, 1545041), { kind: 'bad_recipient' }],
    [400, error(10, 2018278), { kind: 'rejected', detail: expect.stringContaining('window') }],
    [400, error(613), { kind: 'retryable' }],
    [400, error(1200), { kind: 'retryable' }],
    [403, error(200), { kind: 'bad_credentials' }],
    [400, error(100), { kind: 'rejected' }],
  ])('Messenger %i %s', (status, body, expected) => {
    expect(readChat({ status, body, headers: {} }, 0)).toMatchObject(expected)
  })
})

const told = (adapter: Adapter, body: object, signature?: string): Told => {
  const rawBody = Buffer.from(JSON.stringify(body))
  const request: WebhookRequest = {
    rawBody,
    now: 5,
    url: '',
    headers: { 'x-hub-signature-256': signature ?? signRaw('app', rawBody) },
    query: {},
  }
  return adapter.parse!(account, request) as Told
}
const bodies = (t: Told) => t.events.map(e => (e.input.kind === 'event' ? e.input.body : null))

describe.each([whatsapp, messenger, instagram])('$name', adapter => {
  test('a forged, missing or other body’s signature is refused', () => {
    for (const signature of [
      '',
      'sha256=00',
      signRaw('app', Buffer.from('{}')),
      signRaw('other', Buffer.from('{"entry":[]}')),
    ])
      expect(() => told(adapter, { entry: [] }, signature)).toThrow('signature')
    expect(told(adapter, { entry: [] })).toEqual({ events: [], receipts: [] })
  })
  test('the challenge is answered to who knows the token', () => {
    const ask = (token: string, mode = 'subscribe') =>
      adapter.challenge!(account, { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': '42' })
    expect(ask('verify')).toBe('42')
    expect(ask('verifY')).toBeNull()
    expect(ask('verify', 'other')).toBeNull()
    expect(
      adapter.challenge!({ ...account, secrets: {} }, { 'hub.mode': 'subscribe', 'hub.verify_token': '' }),
    ).toBeNull()
  })
})

describe('WhatsApp’s webhooks', () => {
  const value = (v: object) => ({ entry: [{ changes: [{ value: v }] }] })
  test('statuses are receipts of the message they carry', () => {
    const status = (more: object) =>
      told(
        whatsapp,
        value({
          statuses: [{ id: 'wamid.1', timestamp: '1700000000', biz_opaque_callback_data: ID, ...more }],
        }),
      ).receipts
    expect(status({ status: 'sent' })).toEqual([])
    expect(status({ status: 'delivered' })).toEqual([
      { message: ID, state: 'delivered', at: 1_700_000_000_000 },
    ])
    expect(status({ status: 'read' })).toMatchObject([{ state: 'opened' }])
    expect(
      status({ status: 'failed', errors: [{ code: 131049, title: 'not to maintain health' }] }),
    ).toMatchObject([{ state: 'bounced', detail: 'WhatsApp 131049 not to maintain health' }])
    expect(status({ status: 'failed', errors: [{ code: 131026 }] })).toMatchObject([{ hard: true }])
    expect(status({ status: 'read', biz_opaque_callback_data: 'x' })).toEqual([])
  })
  test('a message, a tapped button, a picture, one that an advertisement began; a refusal by word and by setting', () => {
    const said = (more: object) =>
      bodies(
        told(
          whatsapp,
          value({ messages: [{ from: '886912345678', id: 'wamid.2', timestamp: '1700000000', ...more }] }),
        ),
      )
    expect(said({ type: 'text', text: { body: '有貨嗎' } })).toMatchObject([
      {
        name: 'whatsapp.message',
        messageId: 'whatsapp:wamid.2',
        at: 1_700_000_000_000,
        ids: [{ kind: 'phone', value: '+886912345678' }],
        props: { type: 'text', id: 'wamid.2', from: 'customer', text: '有貨嗎' },
      },
    ])
    expect(
      said({ type: 'interactive', interactive: { button_reply: { id: 'store', title: '門市' } } }),
    ).toMatchObject([{ props: { type: 'button', text: '門市', data: 'store' } }])
    expect(said({ type: 'image', image: { id: '9', caption: '這款' } })).toMatchObject([
      { props: { type: 'image', text: '這款', media: [{ type: 'image', id: '9' }] } },
    ])
    const [byAd] = said({
      type: 'text',
      text: { body: '嗨' },
      referral: { source_type: 'ad', source_id: '77' },
    })
    expect(touchOf(byAd!, 1)).toMatchObject({ k: 'ad', ad: '77', s: 'meta' })
    expect(said({ type: 'text', text: { body: '退訂' } })[1]).toMatchObject({
      name: 'consent.refused',
      props: { channel: 'whatsapp', purpose: 'marketing' },
    })
    const preference = told(
      whatsapp,
      value({
        user_preferences: [
          { wa_id: '886912345678', category: 'marketing_messages', value: 'stop', timestamp: '7' },
        ],
      }),
    )
    expect(preference.events).toMatchObject([
      { address: '+886912345678', reach: { kind: 'refused', at: 7_000 } },
    ])
  })
})

describe('webhooks of Messenger and Instagram', () => {
  const page = (m: object, id = '104') => ({
    object: 'page',
    entry: [
      { id, messaging: [{ sender: { id: '7001' }, recipient: { id }, timestamp: 1_700_000_000_123, ...m }] },
    ],
  })
  test('a message with attachments, a postback, an opt-in; our own echo and another page are passed over', () => {
    const [said] = bodies(
      told(
        messenger,
        page({
          message: { mid: 'm_1', text: '嗨', attachments: [{ type: 'image', payload: { url: LINK } }] },
        }),
      ),
    )
    expect(said).toMatchObject({
      name: 'messenger.message',
      messageId: 'messenger:m_1',
      at: 1_700_000_000_123,
      ids: [{ kind: 'messenger_id', value: '7001' }],
      proof: 'provider',
      props: { type: 'text', text: '嗨', media: [{ type: 'image', url: LINK }] },
    })
    expect(
      bodies(told(messenger, page({ postback: { mid: 'm_2', title: '客服', payload: 'help' } }))),
    ).toMatchObject([{ name: 'messenger.postback', props: { data: 'help', title: '客服' } }])
    expect(bodies(told(messenger, page({ optin: { ref: 'form-1' } })))).toMatchObject([
      { name: 'messenger.optin', props: { ref: 'form-1' } },
    ])
    expect(told(messenger, page({ message: { mid: 'm_3', text: '嗨', is_echo: true } })).events).toEqual([])
    expect(told(messenger, page({ message: { mid: 'm_3', text: '嗨' } }, '105')).events).toEqual([])
    // a kind that nobody knows: its name, nothing of what it holds
    expect(bodies(told(messenger, page({ brand_new: { secret: 'x' } })))).toMatchObject([
      { name: 'messenger.brand_new', props: {} },
    ])
  })
  test('what led here is a touch: an advertisement, a link', () => {
    const touch = (referral: object) => touchOf(bodies(told(messenger, page({ referral })))[0]!, 1)
    expect(touch({ source: 'ADS', ad_id: '77', ref: 'r' })).toMatchObject({ k: 'ad', ad: '77' })
    expect(touch({ source: 'SHORTLINK', ref: 'spring' })).toMatchObject({
      k: 'campaign',
      s: 'messenger',
      m: 'shortlink',
      c: 'spring',
    })
  })
  test('deliveries and reads are receipts where they name messages', () => {
    const at = 1_700_000_000_123
    expect(told(messenger, page({ delivery: { mids: ['m_1', 'm_2'], watermark: 1 } })).receipts).toEqual([
      { providerId: 'm_1', state: 'delivered', at },
      { providerId: 'm_2', state: 'delivered', at },
    ])
    expect(told(messenger, page({ read: { watermark: 1 } }))).toEqual({ events: [], receipts: [] })
    expect(told(instagram, page({ read: { mid: 'm_1' } }, '178')).receipts).toEqual([
      { providerId: 'm_1', state: 'opened', at },
    ])
  })
  test('Instagram: by its own id; a message taken back is told', () => {
    expect(bodies(told(instagram, page({ message: { mid: 'm_1', is_deleted: true } }, '178')))).toMatchObject(
      [
        {
          name: 'instagram.unsend',
          ids: [{ kind: 'instagram_id', value: '7001' }],
          props: { messageId: 'm_1' },
        },
      ],
    )
  })
})
