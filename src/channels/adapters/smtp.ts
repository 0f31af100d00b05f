// Email over SMTP, with one-click unsubscribe (RFC 8058) on marketing mail and a text alternative. SMTP has no
// idempotency key, so a mail whose fate is not known is not sent again: at most once.
import { convert } from 'html-to-text'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Account, Adapter, Outgoing, SendResult } from '../adapter.ts'
import { closeIdle, sendMail, SmtpFailure, type SmtpServer } from '../smtp.ts'
import { STAND_IN, standInSecret } from '../stand-in.ts'

const CONCURRENCY = 5

/** Message-ID of a message: the same for every try, so that mail programs and people can tell a twin. */
export const mailIdOf = (message: string, from: string): string =>
  `<${message}@${from.split('@')[1] ?? 'localhost'}>`

/** The mail's fields; golden files hold what is made of them. */
export function mailOf(account: Account, message: Outgoing) {
  const content = message.content
  if (content.channel !== 'email') throw new TypeError('an email account sends email content')
  const { from = '', fromName = '', replyTo = '' } = account.settings
  const marketing = message.purpose === 'marketing'
  return {
    from: fromName ? { name: fromName, address: from } : from,
    to: { name: '', address: message.address },
    ...(replyTo ? { replyTo } : {}),
    messageId: mailIdOf(message.id, from),
    subject: content.subject,
    html: content.html,
    text: convert(content.html, { wordwrap: 78, selectors: [{ selector: 'img', format: 'skip' }] }),
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: {
      'X-Entity-Ref-ID': message.id,
      ...(marketing
        ? {
            'List-Unsubscribe': `<${message.unsubscribeUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }
        : {}),
    },
  }
}

/** Setting `secure`: true, starttls or none; not set, port 465 means true and every other port starttls. */
export function serverOf(account: Account): SmtpServer {
  const { host = '', port = '', secure = '', user = '' } = account.settings
  const tls = secure === 'true' || (secure === '' && port === '465')
  return {
    host,
    port: Number(port) || (tls ? 465 : 587),
    security: tls ? 'tls' : secure === 'none' ? 'none' : 'starttls',
    user,
    password: account.secrets.password ?? '',
    trusted: account.trusted,
  }
}

/** What a refusal means, by how far the mail had got and the reply (RFC 5321 section 4.2). */
export function readFailure(f: Pick<SmtpFailure, 'stage' | 'code' | 'recipient' | 'message'>): SendResult {
  const detail = f.message.slice(0, 300)
  if (f.stage === 'login' && (f.code >= 500 || f.code === 0)) return { kind: 'bad_credentials', detail }
  if (f.code === 530 || f.code === 535) return { kind: 'bad_credentials', detail }
  if (f.code >= 400 && f.code < 500) return { kind: 'retryable', detail, retryAfterMs: null }
  if (f.code >= 500) return { kind: f.recipient ? 'bad_recipient' : 'rejected', detail }
  // no reply: only once DATA was answered may the mail have been taken
  return f.stage === 'data' ? { kind: 'unknown', detail } : { kind: 'retryable', detail, retryAfterMs: null }
}

async function send(account: Account, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
  const mail = mailOf(account, message)
  const raw = await new MailComposer(mail).compile().build()
  try {
    const reply = await sendMail(
      serverOf(account),
      { from: account.settings.from ?? '', to: message.address },
      raw,
      signal,
    )
    return { kind: 'accepted', providerId: reply.slice(0, 200) || mail.messageId }
  } catch (error) {
    if (!(error instanceof SmtpFailure)) throw error
    return readFailure(error)
  }
}

export const smtp: Adapter = {
  name: 'smtp',
  channel: 'email',
  delivery: 'at_most_once',
  settings: ['host', 'port', 'secure', 'user', 'from', 'fromName', 'replyTo'],
  secrets: ['password'],
  required: ['host', 'from'],
  concurrency: CONCURRENCY,
  send,
  standIn: (core, workspace) => ({
    name: 'Email (sandbox)',
    settings: { host: STAND_IN, user: workspace, from: 'hello@sandbox.example', fromName: 'Sandbox' },
    secrets: { password: standInSecret(core, workspace, 'smtp') },
  }),
  close: closeIdle,
}
