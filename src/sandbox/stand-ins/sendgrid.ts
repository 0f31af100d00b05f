// The stand-in for SendGrid: mail/send as its specification has it, and the signed event webhook.
import { sign } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { MESSAGE_ARG } from '../../channels/adapters/sendgrid.ts'
import { standInEcKey, workspaceOfToken } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { accountAt, postWebhook, type StandInFault, takeStandInFault } from '../stand-in.ts'
import { hang } from './hang.ts'
import { type Fate, fatesOf, putMail, receiptTimes } from './mail.ts'
import type { StandIn } from './model.ts'

type Body = {
  personalizations?: { to?: { email?: string }[]; custom_args?: Record<string, string> }[]
  from?: { email?: string; name?: string }
  subject?: string
  content?: { type: string; value: string }[]
  headers?: Record<string, string>
}
type Fault = StandInFault['kind'] | null

const refuse = (c: Context, status: 400 | 401 | 429 | 500, message: string, field: string | null = null) =>
  c.json({ errors: [{ message, field, help: null }] }, status)

function misbehave(c: Context, fault: Fault): Response | null {
  switch (fault) {
    case 'error_429':
      c.header('retry-after', '2')
      return refuse(c, 429, 'too many requests')
    case 'error_500':
      return refuse(c, 500, 'internal error')
    case 'error_401':
      return refuse(c, 401, 'The provided authorization grant is invalid, expired, or revoked')
    case 'bad_recipient':
      return refuse(c, 400, 'Does not contain a valid address.', 'personalizations.0.to.0.email')
    default:
      return null
  }
}

function eventOf(fate: Fate, args: Record<string, string>, id: string, email: string): object {
  const told = {
    email,
    timestamp: Math.floor(Date.now() / 1_000),
    sg_message_id: id,
    sg_event_id: newId(),
    ...args,
  }
  switch (fate) {
    case 'delivered':
      return { ...told, event: 'delivered', response: '250 OK' }
    case 'complaint':
      return { ...told, event: 'spamreport' }
    case 'machine_open':
      return { ...told, event: 'open', useragent: 'Mozilla/5.0', sg_machine_open: true }
    case 'bounce_hard':
      return { ...told, event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 No such user' }
    case 'bounce_soft':
      return { ...told, event: 'bounce', type: 'blocked', status: '4.2.2', reason: '452 4.2.2 Mailbox full' }
  }
}

async function tell(core: Core, workspace: Uuid, events: object[], dueMs: number): Promise<void> {
  const account = await accountAt(core, workspace, sendgridStandIn)
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const body = JSON.stringify(events)
  const signature = sign('sha256', Buffer.from(timestamp + body), standInEcKey(core, workspace, 'sendgrid'))
  await postWebhook(core.pool, {
    workspace,
    channel: 'email',
    account: account.id,
    body,
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': signature.toString('base64'),
    },
    dueMs,
  })
  core.signals.emit('receipt', '')
}

function app(core: Core): Hono {
  const app = new Hono()
  app.post('/v3/mail/send', async c => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const workspace = workspaceOfToken(core, token, 'sendgrid')
    if (workspace === null)
      return refuse(c, 401, 'The provided authorization grant is invalid, expired, or revoked')
    const fault = await takeStandInFault(core.pool, workspace, 'sendgrid')
    const answer = misbehave(c, fault)
    if (answer) return answer
    if (fault === 'hang') return hang()
    const body = (await c.req.json()) as Body
    if (!body.from?.email) return refuse(c, 400, 'The from object must be provided', 'from')
    if (!body.subject) return refuse(c, 400, 'The subject is required', 'subject')
    const value = (type: string) => body.content?.find(p => p.type === type)?.value ?? ''
    const id = newId()
    const { name = '', email = '' } = body.from
    for (const [i, p] of (body.personalizations ?? []).entries()) {
      const to = p.to?.[0]?.email ?? ''
      if (!to.includes('@'))
        return refuse(c, 400, 'Does not contain a valid address.', `personalizations.${i}.to.0.email`)
      await putMail(core, workspace, to, {
        messageId: `<${id}@sendgrid.example>`,
        from: name ? `"${name}" <${email}>` : email,
        subject: body.subject,
        html: value('text/html'),
        text: value('text/plain'),
        headers: Object.fromEntries(Object.entries(body.headers ?? {}).map(([k, v]) => [k.toLowerCase(), v])),
      })
      if (fault === 'accept_then_drop') return hang()
      if (p.custom_args?.[MESSAGE_ARG])
        for (const dueMs of receiptTimes(fault))
          await tell(
            core,
            workspace,
            fatesOf(fault).map(f => eventOf(f, p.custom_args ?? {}, id, to)),
            dueMs,
          )
    }
    c.header('x-message-id', id)
    return c.body(null, 202)
  })
  app.onError((error, c) => {
    core.log.error({ error: error.message.slice(0, 200) }, 'stand-in: SendGrid failed')
    return refuse(c, 500, 'internal error')
  })
  return app
}

export const sendgridStandIn: StandIn = { adapter: 'sendgrid', channel: 'email', app }
