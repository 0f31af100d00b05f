// Twilio, Mitake and EVERY8D without a network: their requests as golden files have them, what their answers mean, what
// their webhooks say.
import { describe, expect, test } from 'vitest'
import { golden } from '../../../test/golden.ts'
import { newId, publicId } from '../../platform/ids.ts'
import type { Account, Outgoing, WebhookRequest } from '../adapter.ts'
import type { OutgoingRequest } from '../exchange.ts'
import { every8d, readAnswer as readEvery8d, sendRequest as every8dRequest } from './every8d.ts'
import { mitake, readAnswer as readMitake, sendRequest as mitakeRequest } from './mitake.ts'
import { messageRequest, readAnswer as readTwilio, signForm, twilio } from './twilio.ts'

const account = (settings: Record<string, string>, secrets: Record<string, string>): Account => ({
  id: newId(),
  workspace: newId(),
  name: 'SMS',
  settings,
  secrets,
  trusted: false,
})
const message: Outgoing = {
  id: '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0011',
  workspace: 'w',
  address: '+886912345678',
  purpose: 'marketing',
  content: { channel: 'sms', text: '【霧丘茶事】新茶到了\nhttps://mist.tea/1' },
  unsubscribeUrl: '',
  receiptUrl: 'https://brand.example/hooks/sms/chn_1?message=msg_1',
}
const written = ({ method, url, headers, body }: OutgoingRequest) =>
  JSON.stringify({ method, url: url.href, headers, body: [...new URLSearchParams(String(body))] }, null, 2)

describe('golden requests', () => {
  test('Twilio', () => {
    const a = account({ accountSid: 'AC1', fromNumber: '+15005550006' }, { authToken: 'TOKEN' })
    expect(golden('sms-twilio.json', written(messageRequest(a, message)))).toBe('same')
    const service = account({ accountSid: 'AC1', messagingServiceSid: 'MG1' }, { authToken: 'TOKEN' })
    expect(messageRequest(service, message).body).toContain('MessagingServiceSid=MG1')
  })
  test('Mitake', () => {
    const a = account({ username: 'U' }, { password: 'P' })
    expect(golden('sms-mitake.json', written(mitakeRequest(a, message)))).toBe('same')
    const other = account(
      { username: 'U', path: '/b2c/mtk/SmSend', baseUrl: 'https://smsb2c.mitake.com.tw/' },
      {},
    )
    expect(mitakeRequest(other, message).url.href).toBe(
      'https://smsb2c.mitake.com.tw/b2c/mtk/SmSend?CharsetURL=UTF-8',
    )
    expect(mitakeRequest(a, { ...message, address: '+85291234567' }).body).toContain('dstaddr=%2B85291234567')
  })
  test('EVERY8D', () => {
    const a = account({ uid: 'U' }, { password: 'P' })
    expect(golden('sms-every8d.json', written(every8dRequest(a, message)))).toBe('same')
  })
})

describe('what answers mean', () => {
  test.each([
    [201, '{"sid":"SM1"}', { kind: 'accepted', providerId: 'SM1' }],
    [
      400,
      '{"code":21211,"message":"The \'To\' number +886912345678 is not valid"}',
      { kind: 'bad_recipient', detail: expect.not.stringContaining('912345678') },
    ],
    [400, '{"code":21610,"message":"unsubscribed"}', { kind: 'bad_recipient' }],
    [400, '{"code":21617,"message":"too long"}', { kind: 'rejected' }],
    [400, '{"code":21606,"message":"From is not yours"}', { kind: 'bad_credentials' }],
    [401, '{"code":20003}', { kind: 'bad_credentials' }],
    [429, '{"code":20429}', { kind: 'retryable', retryAfterMs: 3_000 }],
    [503, '', { kind: 'retryable' }],
    // it may have been sent before this came
    [502, '<html>', { kind: 'unknown' }],
  ])('Twilio %i %s', (status, body, expected) => {
    expect(readTwilio({ status, body, headers: { 'retry-after': '3' } }, 0)).toMatchObject(expected)
  })
  test.each([
    [
      '[1]\r\nmsgid=#0000000013\r\nstatuscode=1\r\nAccountPoint=126\r\n',
      { kind: 'accepted', providerId: '0000000013' },
    ],
    ['[1]\nmsgid=0000000013\nstatuscode=4\nDuplicate=Y\n', { kind: 'accepted' }],
    [
      '[1]\r\nstatuscode=e\r\nError=帳號、密碼錯誤\r\n',
      { kind: 'bad_credentials', detail: 'statuscode=e 帳號、密碼錯誤' },
    ],
    ['statuscode=k\r\n', { kind: 'bad_credentials' }],
    ['statuscode=v\r\n', { kind: 'bad_recipient' }],
    ['statuscode=l\r\n', { kind: 'retryable' }],
    ['statuscode=u\r\n', { kind: 'rejected' }],
    ['<html>maintenance</html>', { kind: 'retryable' }],
  ])('Mitake %s', (body, expected) => {
    expect(readMitake({ status: 200, body, headers: {} }, 0)).toMatchObject(expected)
  })
  test.each([
    [
      '79.0,1,1.0,0,d0ad6380-4842-46a5-a1eb-9888e78fefd8',
      { kind: 'accepted', providerId: 'd0ad6380-4842-46a5-a1eb-9888e78fefd8' },
    ],
    ['-2,帳號或密碼錯誤', { kind: 'bad_credentials' }],
    ['-8,手機號碼格式不符', { kind: 'bad_recipient' }],
    ['-5,內容長度超過限制', { kind: 'rejected' }],
    ['0.0,0,0,1,x', { kind: 'rejected' }],
    ['<html>', { kind: 'unknown' }],
  ])('EVERY8D %s', (body, expected) => {
    expect(readEvery8d({ status: 200, body, headers: {} }, 0)).toMatchObject(expected)
  })
})

describe('webhooks', () => {
  const id = newId()
  const request = (more: Partial<WebhookRequest>): WebhookRequest => ({
    rawBody: new Uint8Array(),
    now: 5,
    url: '',
    headers: {},
    query: { message: publicId('msg', id) },
    ...more,
  })

  test('Twilio’s own example of a signature', () => {
    // twilio.com/docs/usage/webhooks/webhooks-security
    const form = new URLSearchParams({
      Digits: '1234',
      To: '+18005551212',
      From: '+14158675310',
      Caller: '+14158675310',
      CallSid: 'CA1234567890ABCDE',
    })
    const signature = signForm('12345', 'https://example.com/myapp.php?foo=1&bar=2', form).toString('base64')
    expect(signature).toBe('L/OH5YylLD5NRKLltdqwSvS0BnU=')
  })

  const token = 'TOKEN'
  const a = account({ accountSid: 'AC1' }, { authToken: token })
  const url = 'https://brand.example/hooks/sms/chn_1?message=x'
  const told = (form: Record<string, string>, signature?: string, at = url) => {
    const body = new URLSearchParams({ AccountSid: 'AC1', ...form })
    const rawBody = Buffer.from(body.toString())
    const right = signForm(token, url, body).toString('base64')
    return twilio.parse!(
      a,
      request({ rawBody, url: at, headers: { 'x-twilio-signature': signature ?? right } }),
    )
  }
  test('Twilio: a forged, missing or other address’s signature is refused', () => {
    for (const signature of ['', 'AAAA', 'L/OH5YylLD5NRKLltdqwSvS0BnU='])
      expect(() => told({ MessageStatus: 'delivered' }, signature)).toThrow('signature')
    expect(() => told({ MessageStatus: 'delivered' }, undefined, `${url}y`)).toThrow('signature')
  })
  test('Twilio: delivered, bounced by the number or not, on its way', async () => {
    const state = async (form: Record<string, string>) => (await told(form)).receipts
    expect(await state({ MessageStatus: 'delivered' })).toMatchObject([{ message: id, state: 'delivered' }])
    expect(await state({ MessageStatus: 'undelivered', ErrorCode: '30005' })).toMatchObject([
      { state: 'bounced', hard: true, detail: 'Twilio 30005' },
    ])
    expect((await state({ MessageStatus: 'failed', ErrorCode: '30003' }))[0]).not.toHaveProperty('hard')
    expect(await state({ MessageStatus: 'sent' })).toEqual([])
    expect(await state({ MessageStatus: 'delivered', AccountSid: 'AC2' })).toEqual([])
  })
  test('Twilio: a reply is a message; a stop word refuses marketing by SMS', async () => {
    const names = async (text: string) =>
      (await told({ MessageSid: 'SM1', From: '+886912345678', Body: text })).events.map(e =>
        e.input.kind === 'event' ? e.input.body : null,
      )
    expect(await names('請問營業時間？')).toMatchObject([
      {
        name: 'sms.message',
        messageId: 'twilio:SM1',
        at: 5,
        props: { type: 'text', from: 'customer', text: '請問營業時間？' },
      },
    ])
    expect(await names('退訂')).toMatchObject([
      { name: 'sms.message' },
      {
        name: 'consent.refused',
        messageId: 'twilio:SM1:stop',
        props: { channel: 'sms', purpose: 'marketing' },
      },
    ])
  })
  test('Mitake: a receipt, answered as it wants to be', () => {
    const query = {
      msgid: '0000000013',
      statusstr: 'MOBERR',
      donetime: '20260101083000',
      message: publicId('msg', id),
    }
    expect(mitake.parse!(a, request({ query }))).toEqual({
      events: [],
      receipts: [
        {
          message: id,
          state: 'bounced',
          hard: true,
          at: Date.parse('2026-01-01T00:30:00Z'),
          detail: 'Mitake MOBERR',
        },
      ],
      answer: { type: 'text/plain', body: 'magicid=sms_gateway_rpack\nmsgid=0000000013\n' },
    })
  })
  test('EVERY8D: a receipt by the batch, a reply by its status', () => {
    const query = { BatchID: 'b', RM: '+886912345678', RT: '20260101083000' }
    expect(every8d.parse!(a, request({ query: { ...query, STATUS: '103' } }))).toMatchObject({
      receipts: [{ providerId: 'b', state: 'bounced', hard: true, at: Date.parse('2026-01-01T00:30:00Z') }],
    })
    expect(every8d.parse!(a, request({ query: { ...query, STATUS: '0' } }))).toEqual({
      events: [],
      receipts: [],
    })
    expect(every8d.parse!(a, request({ query: { ...query, STATUS: '999', SM: 'STOP' } }))).toMatchObject({
      events: [{ address: '+886912345678' }, { reach: { kind: 'refused' } }],
    })
  })
})

test('an SMS of three parts is three units', () => {
  for (const adapter of [twilio, mitake, every8d])
    expect(adapter.units!({ channel: 'sms', text: '茶'.repeat(135) })).toBe(3)
})
