// The stand-in for Amazon SES: takes signed requests for whole mails, keeps them, and tells what became of them by messages
// of SNS, signed with a key of its own that it serves as SNS serves certificates.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { simpleParser } from 'mailparser'
import { MESSAGE_TAG, signedHeaders } from '../../channels/adapters/ses.ts'
import { signedText } from '../../channels/sns.ts'
import { isStandInSecret, standInSecret } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { accountAt, postWebhook, type StandInFault, takeStandInFault } from '../stand-in.ts'
import { hang } from './hang.ts'
import { type Fate, fatesOf, keepMail, receiptTimes } from './mail.ts'
import type { StandIn } from './model.ts'

const SNS_KEY = 'stand_in_sns_key'

/** The key that signs for SNS: one for the installation, made when it is first needed. */
async function snsKey(sql: Sql): Promise<KeyObject> {
  const read = () => sql.query<{ value: string }>('select value from system where key = $1', [SNS_KEY])
  const kept = (await read()).rows[0]?.value
  if (kept !== undefined) return createPrivateKey(kept)
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  })
  await sql.query('insert into system (key, value) values ($1, $2) on conflict do nothing', [SNS_KEY, pem])
  return createPrivateKey((await read()).rows[0]!.value)
}

/** A message of SNS to the account's webhook. */
async function notify(
  core: Core,
  workspace: Uuid,
  what: { type: 'Notification' | 'SubscriptionConfirmation'; text: string; dueMs?: number },
): Promise<void> {
  const account = await accountAt(core, workspace, sesStandIn)
  const own = `${core.baseUrl}/sandbox/ses`
  const message = {
    Type: what.type,
    MessageId: newId(),
    TopicArn: account.settings.topicArn ?? '',
    Message: what.text,
    Timestamp: new Date().toISOString(),
    ...(what.type === 'SubscriptionConfirmation'
      ? { Token: newId(), SubscribeURL: `${own}/sns/confirm/${workspace}` }
      : {}),
  }
  const signature = sign('sha256', Buffer.from(signedText(message)), await snsKey(core.pool))
  await postWebhook(core.pool, {
    workspace,
    channel: 'email',
    account: account.id,
    body: JSON.stringify({
      ...message,
      SignatureVersion: '2',
      Signature: signature.toString('base64'),
      SigningCertURL: `${own}/sns/key.pem`,
    }),
    headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': what.type },
    ...(what.dueMs ? { dueMs: what.dueMs } : {}),
  })
  core.signals.emit('receipt', '')
}

/** As when somebody subscribes the account's webhook address to its topic. */
export const subscribeStandIn = (core: Core, workspace: Uuid): Promise<void> =>
  notify(core, workspace, { type: 'SubscriptionConfirmation', text: 'You have chosen to subscribe.' })

function eventOf(fate: Fate, tags: Record<string, string[]>): object {
  const timestamp = new Date().toISOString()
  const mail = { timestamp, tags }
  switch (fate) {
    case 'delivered':
      return { eventType: 'Delivery', mail, delivery: { timestamp, smtpResponse: '250 OK' } }
    case 'complaint':
      return { eventType: 'Complaint', mail, complaint: { timestamp, complaintFeedbackType: 'abuse' } }
    case 'machine_open':
      return { eventType: 'Open', mail, open: { timestamp, userAgent: 'Mozilla/5.0' } }
    default: {
      const hard = fate === 'bounce_hard'
      return {
        eventType: 'Bounce',
        mail,
        bounce: {
          timestamp,
          bounceType: hard ? 'Permanent' : 'Transient',
          bounceSubType: hard ? 'General' : 'MailboxFull',
          bouncedRecipients: [{ status: hard ? '5.1.1' : '4.2.2' }],
        },
      }
    }
  }
}

/** The workspace whose key signed the request; null: nobody's. AWS's own signer makes the signature that must be there. */
async function signedBy(core: Core, c: Context, body: string): Promise<Uuid | null> {
  const given = c.req.header('authorization') ?? ''
  const credential = /Credential=([^/]+)\/\d{8}\/([^/]+)\/ses\/aws4_request/.exec(given)
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(c.req.header('x-amz-date') ?? '')
  if (!credential || !date) return null
  const [, workspace = '', region = ''] = credential
  const secret = standInSecret(core, workspace, 'ses')
  if (!isStandInSecret(core, workspace, 'ses', secret)) return null
  const [, y, m, d, h, min, s] = date.map(Number)
  const url = new URL(c.req.url)
  url.host = c.req.header('host') ?? url.host
  const wanted = await signedHeaders(
    { accessKeyId: workspace, secretAccessKey: secret, region },
    url,
    body,
    new Date(Date.UTC(y!, m! - 1, d, h, min, s)),
  )
  return wanted.authorization === given ? workspace : null
}

const refuse = (c: Context, status: 400 | 403 | 429 | 500, type: string, message: string) => {
  c.header('x-amzn-errortype', type)
  return c.json({ message }, status)
}

type Body = {
  Destination?: { ToAddresses?: string[] }
  Content?: { Raw?: { Data?: string } }
  EmailTags?: { Name: string; Value: string }[]
}

function app(core: Core): Hono {
  const app = new Hono()
  app.post('/v2/email/outbound-emails', async c => {
    const text = await c.req.text()
    const workspace = await signedBy(core, c, text)
    if (workspace === null)
      return refuse(c, 403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.')
    const fault = await takeStandInFault(core.pool, workspace, 'ses')
    const answer = misbehave(c, fault)
    if (answer) return answer
    if (fault === 'hang') return hang()
    const body = JSON.parse(text) as Body
    const data = body.Content?.Raw?.Data
    const to = body.Destination?.ToAddresses ?? []
    if (!data || to.length === 0)
      return refuse(c, 400, 'BadRequestException', 'Missing content or destination')
    const mail = await simpleParser(Buffer.from(data, 'base64'), { skipImageLinks: true })
    for (const address of to) await keepMail(core, workspace, address, mail)
    if (fault === 'accept_then_drop') return hang()
    const tags = Object.fromEntries((body.EmailTags ?? []).map(t => [t.Name, [t.Value]]))
    if (tags[MESSAGE_TAG])
      for (const fate of fatesOf(fault))
        for (const dueMs of receiptTimes(fault))
          await notify(core, workspace, {
            type: 'Notification',
            text: JSON.stringify(eventOf(fate, tags)),
            dueMs,
          })
    return c.json({ MessageId: newId() })
  })
  app.get('/sns/key.pem', async c =>
    c.text(createPublicKey(await snsKey(core.pool)).export({ type: 'spki', format: 'pem' }) as string),
  )
  app.get('/sns/confirm/:workspace', async c => {
    const key = `stand_in_sns_confirmed:${c.req.param('workspace')}`
    await core.pool.query(`insert into system (key, value) values ($1, 'yes') on conflict do nothing`, [key])
    return c.text('confirmed')
  })
  app.onError((error, c) => {
    core.log.error({ error: error.message.slice(0, 200) }, 'stand-in: SES failed')
    return refuse(c, 500, 'InternalFailure', 'An error occurred')
  })
  return app
}

function misbehave(c: Context, fault: StandInFault['kind'] | null): Response | null {
  switch (fault) {
    case 'error_429':
      return refuse(c, 429, 'TooManyRequestsException', 'Maximum sending rate exceeded.')
    case 'error_500':
      return refuse(c, 500, 'InternalFailure', 'An error occurred')
    case 'error_401':
      return refuse(c, 403, 'AccessDeniedException', 'User is not authorized to perform: ses:SendEmail')
    case 'bad_recipient':
      return refuse(c, 400, 'BadRequestException', 'Illegal address')
    default:
      return null
  }
}

export const sesStandIn: StandIn = { adapter: 'ses', channel: 'email', app }
