// What providers of mail tell afterwards: signed, once, and what it means for the address and the account.
import { generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { mail, openSendLab, type Person, type SendLab } from '../../../test/send-lab.ts'
import { standings } from '../../messages/reputation.ts'
import { suppressionOf } from '../../messages/suppression.ts'
import { newId, publicId, type Uuid } from '../../platform/ids.ts'
import { openReceipts } from '../../sandbox/receipts.ts'
import { setStandInFault, type StandInFault } from '../../sandbox/stand-in.ts'
import { subscribeStandIn } from '../../sandbox/stand-ins/ses.ts'
import { type LoadedAccount, loadAccounts } from '../accounts.ts'
import { signedText } from '../sns.ts'
import { returnPathOf } from './smtp.ts'

let lab: SendLab
let receipts: ReturnType<typeof openReceipts>
beforeAll(async () => {
  lab = await openSendLab()
  receipts = openReceipts(lab.core)
})
afterAll(async () => {
  await receipts.stop()
  await lab.close()
})

const accountOf = async (adapter: string): Promise<LoadedAccount> =>
  (await loadAccounts(lab.core, lab.core.pool, [lab.workspace]))
    .get(`${lab.workspace}:email`)!
    .find(a => a.adapter === adapter)!

/** Only this adapter's account is left in the workspace, so that the deliverer sends by it. */
async function sendBy(adapter: string): Promise<LoadedAccount> {
  await lab.core.pool.query(
    `update channel_account set created_at = case when adapter = $2 then '2000-01-01'::timestamptz else clock_timestamp() end
      where workspace_id = $1 and channel = 'email'`,
    [lab.workspace, adapter],
  )
  return accountOf(adapter)
}

/** Sends one mail while the stand-in is told what becomes of it; everything told of it has arrived after that. */
async function sent(person: Person, adapter: string, fate?: StandInFault['kind']): Promise<Uuid> {
  if (fate) await setStandInFault(lab.core.pool, lab.workspace, { adapter, kind: fate, times: 1 })
  const deliverer = await lab.deliverer()
  const { id } = await lab.intend(person, mail('嗨', '<p>嗨</p>'))
  await deliverer.tick()
  while (await receipts.tick());
  return id
}
const suppressed = async (person: Person) =>
  suppressionOf(lab.core.pool, {
    workspace: lab.workspace,
    channel: 'email',
    address: person.email,
    hidden: '',
    consentAt: null,
    followAt: null,
  })
const told = async (message: Uuid) => {
  const { rows } = await lab.core.pool.query<{ body: string }>(
    `select body from inbox where workspace_id = $1 and kind = 'outcome' order by received, ordinal`,
    [lab.workspace],
  )
  return rows
    .map(r => JSON.parse(r.body) as { message: string; state: string; detail?: Record<string, string> })
    .filter(o => o.message === message)
}
const post = (account: LoadedAccount, body: string, headers: Record<string, string> = {}) =>
  fetch(`${lab.core.baseUrl}/hooks/email/${publicId('chn', account.id)}`, { method: 'POST', body, headers })

describe.each(['ses', 'sendgrid'])('R3-39 %s tells what became of a mail', adapter => {
  beforeAll(() => sendBy(adapter))

  test('delivered, with one-click unsubscribe in the mail', async () => {
    const person = await lab.person()
    const id = await sent(person, adapter)
    expect(await lab.row(id)).toMatchObject({ state: 'delivered' })
    const [got] = await lab.sink<{ headers: Record<string, string> }>('email', person.email)
    expect(got!.headers).toMatchObject({
      'list-unsubscribe': expect.stringMatching(/^<http.*\/u\/.+>$/),
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
    })
  })

  test('a hard bounce and a complaint suppress the address at once', async () => {
    for (const [fate, state, reason] of [
      ['bounce_hard', 'bounced', 'bounced'],
      ['complaint', 'complained', 'complained'],
    ] as const) {
      const person = await lab.person()
      expect(await suppressed(person)).toBeNull()
      const id = await sent(person, adapter, fate)
      expect(await lab.row(id)).toMatchObject({ state })
      expect(await suppressed(person)).toBe(reason)
      expect(await lab.row(await sent(person, adapter))).toMatchObject({
        state: 'skipped',
        reason: 'suppressed',
      })
    }
  })

  test('soft bounces: the third in a row suppresses, a delivery between begins anew, a repeat counts once', async () => {
    const person = await lab.person()
    await sent(person, adapter, 'bounce_soft')
    await sent(person, adapter, 'bounce_soft')
    await sent(person, adapter)
    await sent(person, adapter, 'bounce_soft')
    await sent(person, adapter, 'bounce_soft')
    expect(await suppressed(person)).toBeNull()
    await sent(person, adapter, 'bounce_soft')
    expect(await suppressed(person)).toBe('bounced')
  })

  test('a machine’s open moves nothing and is flagged', async () => {
    const id = await sent(await lab.person(), adapter, 'machine_open')
    expect(await lab.row(id)).toMatchObject({ state: 'delivered' })
    expect(await told(id)).toContainEqual(
      expect.objectContaining({ state: 'opened', detail: expect.objectContaining({ machine: 'true' }) }),
    )
  })

  test('told twice it counts once, also for the account’s standing', async () => {
    const account = await accountOf(adapter)
    const standing = async () =>
      (await standings(lab.core.pool, lab.workspace, Date.now())).find(s => s.account === account.id)!
    const before = await standing()
    await sent(await lab.person(), adapter, 'receipt_twice')
    expect(await standing()).toEqual({ ...before, delivered: before.delivered + 1 })
    await sent(await lab.person(), adapter, 'complaint')
    expect(await standing()).toEqual({
      ...before,
      delivered: before.delivered + 2,
      complained: before.complained + 1,
    })
  })
})

describe('webhooks that are not what they say', () => {
  test('SendGrid: a missing, another key’s or another body’s signature is refused', async () => {
    const account = await accountOf('sendgrid')
    const id = await sent(await lab.person(), 'sendgrid')
    const body = JSON.stringify([{ event: 'spamreport', timestamp: 1, itinera_message: publicId('msg', id) }])
    const timestamp = '1700000000'
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const forged = sign('sha256', Buffer.from(timestamp + body), other).toString('base64')
    for (const signature of [undefined, '', 'AAAA', forged])
      expect(
        (
          await post(account, body, {
            'x-twilio-email-event-webhook-timestamp': timestamp,
            ...(signature === undefined ? {} : { 'x-twilio-email-event-webhook-signature': signature }),
          })
        ).status,
      ).toBe(401)
    expect((await lab.row(id)).state).toBe('delivered')
  })

  test('SNS: of another topic, signed by another key or with a certificate from elsewhere is refused', async () => {
    const account = await accountOf('ses')
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const message = {
      Type: 'Notification' as const,
      MessageId: newId(),
      TopicArn: account.settings.topicArn!,
      Message: '{}',
      Timestamp: new Date().toISOString(),
    }
    const signed = (m: typeof message, more: object = {}) =>
      JSON.stringify({
        ...m,
        SignatureVersion: '2',
        Signature: sign('sha256', Buffer.from(signedText(m)), privateKey).toString('base64'),
        SigningCertURL: `${account.settings.baseUrl}/sns/key.pem`,
        ...more,
      })
    const status = async (body: string) => (await post(account, body)).status
    expect(await status(signed(message))).toBe(401)
    expect(await status(signed({ ...message, TopicArn: message.TopicArn + 'x' }))).toBe(401)
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string
    for (const SigningCertURL of [
      `data:,${encodeURIComponent(pem)}`,
      'https://sns.ap-northeast-1.amazonaws.com.evil.example/x.pem',
      'http://sns.ap-northeast-1.amazonaws.com/x.pem',
      `${lab.core.baseUrl}/elsewhere.pem`,
    ])
      expect(await status(signed(message, { SigningCertURL }))).toBe(401)
  })

  test('SNS: a subscription to its own topic is confirmed', async () => {
    await subscribeStandIn(lab.core, lab.workspace)
    while (await receipts.tick());
    const { rows } = await lab.core.pool.query('select value from system where key = $1', [
      `stand_in_sns_confirmed:${lab.workspace}`,
    ])
    expect(rows).toEqual([{ value: 'yes' }])
  })
})

test('SMTP: a bounce is told by the return path of its message, under Standard Webhooks; another’s path is passed over', async () => {
  const account = await sendBy('smtp')
  const webhookSecret = 'whsec_' + Buffer.from('0123456789abcdef01234567').toString('base64')
  const settings = { ...account.settings, bounceDomain: 'bounce.brand.example' }
  await lab.core.pool.query(
    'update channel_account set settings = settings || $2::jsonb, secrets = $3, version = version + 1 where id = $1',
    [
      account.id,
      JSON.stringify({ bounceDomain: settings.bounceDomain }),
      lab.core.secrets.seal(JSON.stringify({ ...account.secrets, webhookSecret })),
    ],
  )
  const after = await accountOf('smtp')
  const person = await lab.person()
  const id = await sent(person, 'smtp')
  const tell = (returnPath: string, secret = webhookSecret) => {
    const body = JSON.stringify({ events: [{ returnPath, state: 'bounced', hard: true }] })
    const now = new Date()
    return post(after, body, {
      'webhook-id': newId(),
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign('x', now, body),
    })
  }
  const path = returnPathOf(after, id)
  expect(path).toMatch(/^b\.[0-9a-f]{32}\.[0-9a-f]{20}@bounce\.brand\.example$/)
  expect((await tell(path)).status).toBe(401) // signed for another webhook-id
  const body = (returnPath: string) =>
    JSON.stringify({ events: [{ returnPath, state: 'bounced', hard: true }] })
  const signedPost = (text: string) => {
    const now = new Date()
    const hook = newId()
    return post(after, text, {
      'webhook-id': hook,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': new Webhook(webhookSecret).sign(hook, now, text),
    })
  }
  const forged = path.replace(/\.[0-9a-f]{4}/, '.0000')
  expect((await signedPost(body(forged))).status).toBe(200)
  expect((await lab.row(id)).state).toBe('accepted')
  expect((await signedPost(body(path))).status).toBe(200)
  expect((await lab.row(id)).state).toBe('bounced')
  expect(await suppressed(person)).toBe('bounced')
})
