// Requests of the mail providers as they go out, by golden files, and what their answers mean. Pure.
import { describe, expect, test } from 'vitest'
import { golden } from '../../../test/golden.ts'
import type { Outgoing } from '../adapter.ts'
import * as sendgrid from './sendgrid.ts'
import * as ses from './ses.ts'

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

describe('what answers mean', () => {
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
