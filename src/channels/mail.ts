// A mail as it leaves by any adapter of the email channel: its fields, its bytes, its DKIM signature (RFC 6376), one-click
// unsubscribe on marketing mail (RFC 8058) and a text alternative.
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { convert } from 'html-to-text'
import DKIM from 'nodemailer/lib/dkim'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { Account, Outgoing } from './adapter.ts'

/** Settings and secrets that adapters sending whole mails share. */
export const MAIL_SETTINGS = ['from', 'fromName', 'replyTo'] as const
export const DKIM_SETTING = 'dkimSelector'
export const DKIM_SECRET = 'dkimPrivateKey'

/** Also what says how to unsubscribe: mailbox providers ask that it is signed. */
const SIGNED_FIELDS =
  'from:sender:reply-to:subject:date:message-id:to:mime-version:content-type:list-unsubscribe:list-unsubscribe-post'

/** The part after the @ of an address. */
export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** Message-ID of a message: the same for every try, so that mail programs and people can tell a twin. */
const mailIdOf = (message: string, from: string): string => `<${message}@${domainOf(from) || 'localhost'}>`

/** What tells programs how to unsubscribe; nothing of it on what must be sent. */
export const unsubscribeHeaders = (message: Outgoing): Record<string, string> =>
  message.purpose === 'marketing'
    ? {
        'List-Unsubscribe': `<${message.unsubscribeUrl}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }
    : {}

export const textOf = (html: string): string =>
  convert(html, { wordwrap: 78, selectors: [{ selector: 'img', format: 'skip' }] })

/** The mail's fields; golden files hold what is made of them. */
export function mailOf(account: Account, message: Outgoing) {
  const content = message.content
  if (content.channel !== 'email') throw new TypeError('an email account sends email content')
  const { from = '', fromName = '', replyTo = '' } = account.settings
  return {
    from: fromName ? { name: fromName, address: from } : from,
    to: { name: '', address: message.address },
    ...(replyTo ? { replyTo } : {}),
    messageId: mailIdOf(message.id, from),
    subject: content.subject,
    html: content.html,
    text: textOf(content.html),
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: { 'X-Entity-Ref-ID': message.id, ...unsubscribeHeaders(message) },
  }
}

/** The bytes that are sent, signed where the account has a key. */
export async function rawMail(account: Account, message: Outgoing): Promise<Buffer> {
  const raw = await new MailComposer(mailOf(account, message)).compile().build()
  const { [DKIM_SETTING]: keySelector, from = '' } = account.settings
  const privateKey = account.secrets[DKIM_SECRET]
  if (!keySelector || !privateKey) return raw
  const signer = new DKIM({
    domainName: domainOf(from),
    keySelector,
    privateKey,
    headerFieldNames: SIGNED_FIELDS,
  })
  return buffer(signer.sign(raw))
}

/** A private key for an account that names a selector and has none; nothing else changes. */
export function withDkimKey(
  settings: Record<string, string>,
  secrets: Record<string, string>,
): Record<string, string> {
  if (!settings[DKIM_SETTING] || secrets[DKIM_SECRET]) return secrets
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...secrets, [DKIM_SECRET]: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}

/** The DNS record by which others check the signatures (RFC 6376, 3.6.1). */
export function dkimRecord(privateKey: string): string {
  const key = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' })
  return `v=DKIM1; k=rsa; p=${key.toString('base64')}`
}

/** What is wrong with a selector or key, as `Adapter.wrong` says it. */
export function wrongSelector(settings: Record<string, string>): { setting: string; action: string } | null {
  const selector = settings[DKIM_SETTING]
  return selector === undefined || /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(selector)
    ? null
    : { setting: DKIM_SETTING, action: 'Use letters, digits and -, such as itinera1.' }
}
