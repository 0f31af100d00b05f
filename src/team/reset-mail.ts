// Mails a one-time link for a new password through the e-mail account of a live workspace the person belongs to.
// A sandbox's account is never used: its inbox is open to everybody in that workspace.
import { anyAccount } from '../channels/accounts.ts'
import { adapterNamed } from '../channels/register.ts'
import type { Core } from '../platform/core.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { insertLink, linkPath } from './links.ts'
import { findUserByEmail, type TeamUser } from './store.ts'

const SEND_MS = 20_000

/** Quietly does nothing for an unknown address. Without an account to mail through the log says what to do. */
export async function sendResetMail(core: Core, address: string): Promise<void> {
  const user = await findUserByEmail(core.pool, address)
  if (!user) return
  const id = await mailAccountFor(core.pool, user.id)
  const account = id ? await anyAccount(core, core.pool, id) : null
  const adapter = account ? adapterNamed(account.adapter) : undefined
  if (!account || !adapter) {
    core.log.warn(
      { user: user.id },
      'a new password was asked for, but no live workspace of this user has an e-mail account: run `itinera user link`',
    )
    return
  }
  const { token } = await insertLink(core.pool, { purpose: 'reset', user: user.id })
  const result = await adapter.send(
    account,
    {
      id: newId(),
      workspace: account.workspace,
      address: user.email,
      purpose: 'transactional',
      content: { channel: 'email', ...resetMail(user.locale, core.baseUrl + linkPath(token)) },
      unsubscribeUrl: core.baseUrl,
      receiptUrl: '',
    },
    AbortSignal.timeout(SEND_MS),
  )
  if (result.kind !== 'accepted')
    core.log.warn({ user: user.id, result: result.kind }, 'reset mail was not taken')
}

/** The text in the person's language. */
export function resetMail(locale: TeamUser['locale'], link: string): { subject: string; html: string } {
  return locale === 'en'
    ? {
        subject: 'A new password for Itinera',
        html: `<p>Somebody asked for a new password for your account. If it was you, choose one within an hour:</p><p><a href="${link}">${link}</a></p><p>If it was not you, nothing needs to be done.</p>`,
      }
    : {
        subject: 'Itinera 旅圖：重設密碼',
        html: `<p>有人為您的帳號申請重設密碼。若是您本人，請在一小時內設定新密碼：</p><p><a href="${link}">${link}</a></p><p>若不是您本人，無須理會這封信。</p>`,
      }
}

async function mailAccountFor(sql: Sql, user: Uuid): Promise<Uuid | null> {
  const { rows } = await sql.query<{ id: Uuid }>(
    `select a.id from channel_account a
       join workspace w on w.id = a.workspace_id and w.kind = 'live'
       join team_role r on r.workspace_id = w.id and r.user_id = $1
      where a.channel = 'email' and a.attention is null and a.archived_at is null order by a.created_at, a.id limit 1`,
    [user],
  )
  return rows[0]?.id ?? null
}
