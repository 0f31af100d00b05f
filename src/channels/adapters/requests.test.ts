// Requests of the mail providers as they go out, by golden files, and what their answers mean. Pure.
import { describe, expect, test } from 'vitest'
import { golden } from '../../../test/golden.ts'
import type { Outgoing } from '../adapter.ts'
import * as fcm from './fcm.ts'
import * as sendgrid from './sendgrid.ts'
import * as ses from './ses.ts'
import * as webPush from './webpush.ts'

const message: Outgoing = {
  id: '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0011',
  workspace: 'w',
  address: 'ming@example.com',
  purpose: 'marketing',
  content: {
    channel: 'email',
    subject: '嗨，小明',
    html: '<h1>嗨</h1><p><a href="https://brand.example/x">新品</a></p>',
  },
  unsubscribeUrl: 'https://brand.example/u/token',
  receiptUrl: 'https://brand.example/hooks/x',
}
const account = {
  id: 'a',
  workspace: 'w',
  name: 'n',
  trusted: false,
  settings: { from: 'hello@brand.example', fromName: '好物', replyTo: 'care@brand.example' },
  secrets: { apiKey: 'KEY', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'SECRET' },
}
const shown = ({ method, url, headers, body }: ReturnType<typeof sendgrid.mailSendRequest>) =>
  JSON.stringify({ method, url: url.href, headers, body: JSON.parse(String(body)) as unknown }, null, 2)

test('SendGrid mail/send', () => {
  expect(golden('sendgrid-send.json', shown(sendgrid.mailSendRequest(account, message)))).toBe('same')
})

test('SES SendEmail, signed', async () => {
  const of = {
    ...account,
    settings: { ...account.settings, region: 'ap-northeast-1', configurationSet: 'itinera' },
  }
  const request = await ses.sesRequest(of, message, Buffer.from('the mail'), new Date('2026-01-02T03:04:05Z'))
  expect(golden('ses-send.json', shown(request))).toBe('same')
})

const notice = {
  title: '嗨',
  body: '新品到了',
  url: 'https://brand.example/t/x',
  image: 'https://brand.example/i.png',
}
test('FCM messages:send', () => {
  const made = fcm.fcmMessage(
    {
      ...message,
      address: 'TOKEN',
      content: { channel: 'push', ...notice, data: { shelf: '3' }, ttl: 600, urgency: 'high', topic: 'sale' },
    },
    new Date('2026-01-02T03:04:05Z'),
  )
  expect(golden('fcm-send.json', shown(fcm.fcmRequest(account, 'brand', 'ACCESS', made)))).toBe('same')
})

test('web push: what is told in the open; the rest is encrypted', () => {
  const secrets = webPush.webPush.complete!({}, {})
  const of = {
    ...account,
    settings: { subject: 'mailto:a@brand.example', icon: 'https://brand.example/i.png' },
    secrets,
  }
  const subscription = {
    endpoint: 'https://push.example/send/abc?x=1',
    p256dh: webPush.publicKeyOf(webPush.webPush.complete!({}, {}).vapidPrivateKey!)!,
    auth: Buffer.alloc(16, 7).toString('base64url'),
  }
  const content = {
    channel: 'webpush' as const,
    ...notice,
    ttl: 600,
    urgency: 'high' as const,
    topic: 'sale',
  }
  const address = webPush.tokenOf(subscription)
  expect(webPush.readToken(address)).toEqual(subscription)
  const made = webPush.pushRequest(of, { ...message, address, content })
  if ('kind' in made) throw new Error(made.kind)
  expect(made.url.href).toBe(subscription.endpoint)
  expect(made.headers).toMatchObject({
    ttl: '600',
    urgency: 'high',
    topic: 'sale',
    'content-encoding': 'aes128gcm',
    authorization: expect.stringMatching(/^vapid t=.+, k=.+$/),
  })
  expect(String(made.body)).not.toContain('brand.example')
  expect(golden('webpush-payload.json', webPush.payloadOf(of, { ...message, content }))).toBe('same')
  const long = {
    ...content,
    body: '長'.repeat(1_000),
    title: '長'.repeat(120),
    url: 'https://b.example/' + 'x'.repeat(600),
  }
  expect(webPush.pushRequest(of, { ...message, address, content: long })).toMatchObject({ kind: 'rejected' })
  for (const bad of ['', 'x', 'https://push.example/ a b', address + ' more'])
    expect(webPush.pushRequest(of, { ...message, address: bad, content })).toMatchObject({
      kind: 'bad_recipient',
    })
})

describe('what answers mean', () => {
  test.each([
    [
      404,
      '{"error":{"status":"NOT_FOUND","details":[{"errorCode":"UNREGISTERED"}]}}',
      { kind: 'bad_recipient' },
    ],
    [
      403,
      '{"error":{"status":"PERMISSION_DENIED","details":[{"errorCode":"SENDER_ID_MISMATCH"}]}}',
      { kind: 'bad_recipient' },
    ],
    [403, '{"error":{"status":"PERMISSION_DENIED"}}', { kind: 'bad_credentials' }],
    [404, '{"error":{"status":"NOT_FOUND","message":"project"}}', { kind: 'bad_credentials' }],
    [
      400,
      '{"error":{"status":"INVALID_ARGUMENT","details":[{"fieldViolations":[{"field":"message.token"}]}]}}',
      { kind: 'bad_recipient' },
    ],
    [
      400,
      '{"error":{"status":"INVALID_ARGUMENT","details":[{"fieldViolations":[{"field":"message.data"}]}]}}',
      { kind: 'rejected' },
    ],
    [
      429,
      '{"error":{"details":[{"errorCode":"QUOTA_EXCEEDED"}]}}',
      { kind: 'retryable', retryAfterMs: 60_000 },
    ],
    [503, '<html>', { kind: 'retryable', retryAfterMs: null }],
    [400, '{"error":"invalid_grant"}', { kind: 'rejected' }],
  ])('FCM %i %s', (status, body, expected) => {
    expect(fcm.readAnswer({ status, body, headers: {} }, 0)).toMatchObject(expected)
  })

  test.each([
    [201, '', { kind: 'accepted' }],
    [404, '', { kind: 'bad_recipient' }],
    [410, '', { kind: 'bad_recipient' }],
    [
      403,
      'the VAPID credentials do not correspond to the credentials used to create the subscriptions',
      { kind: 'bad_recipient' },
    ],
    [401, 'expired', { kind: 'bad_credentials' }],
    [413, '', { kind: 'rejected' }],
    [429, '', { kind: 'retryable' }],
  ])('web push %i %s', (status, body, expected) => {
    expect(webPush.readAnswer({ status, body, headers: {} }, 0)).toMatchObject(expected)
  })

  test.each([
    [202, '', { 'x-message-id': 'm' }, { kind: 'accepted', providerId: 'm' }],
    [401, '{"errors":[{"message":"bad key"}]}', {}, { kind: 'bad_credentials' }],
    [
      403,
      '{"errors":[{"message":"The from address does not match","field":"from"}]}',
      {},
      { kind: 'bad_credentials' },
    ],
    [
      400,
      '{"errors":[{"message":"Does not contain a valid address.","field":"personalizations.0.to.0.email"}]}',
      {},
      { kind: 'bad_recipient' },
    ],
    [
      400,
      '{"errors":[{"message":"too long","field":"subject"}]}',
      {},
      { kind: 'rejected', detail: '400 subject too long' },
    ],
    [413, '', {}, { kind: 'rejected' }],
    [429, '{}', { 'x-ratelimit-reset': '7' }, { kind: 'retryable', retryAfterMs: 6_000 }],
    [503, '<html>', {}, { kind: 'retryable', retryAfterMs: null }],
  ])('SendGrid %i %s', (status, body, headers, expected) => {
    expect(sendgrid.readAnswer({ status, body, headers }, 1_000)).toMatchObject(expected)
  })

  test.each([
    [200, '', '{"MessageId":"m"}', { kind: 'accepted', providerId: 'm' }],
    [403, 'SignatureDoesNotMatch', '{}', { kind: 'bad_credentials' }],
    [400, 'AccountSuspendedException', '{}', { kind: 'bad_credentials' }],
    [400, 'MessageRejected', '{"message":"Email address is not verified."}', { kind: 'bad_credentials' }],
    [400, 'MessageRejected', '{"message":"content"}', { kind: 'rejected' }],
    [400, 'BadRequestException', '{"message":"Illegal address"}', { kind: 'bad_recipient' }],
    [400, 'LimitExceededException', '{}', { kind: 'retryable' }],
    [429, 'TooManyRequestsException', '{}', { kind: 'retryable' }],
    [500, '', '<html>', { kind: 'retryable' }],
  ])('SES %i %s %s', (status, type, body, expected) => {
    expect(ses.readAnswer({ status, body, headers: { 'x-amzn-errortype': type } }, 0)).toMatchObject(expected)
  })
})
