// What the stand-ins of mail providers share: the mailbox, and what becomes of a mail that was taken.
import type { simpleParser } from 'mailparser'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { type MailToCustomer, putMessage, sandboxNow, type StandInFault } from '../stand-in.ts'

type Mail = Awaited<ReturnType<typeof simpleParser>>

export async function keepMail(core: Core, workspace: Uuid, address: string, mail: Mail): Promise<void> {
  const headers: Record<string, string> = {}
  for (const { key, line } of mail.headerLines)
    headers[key] = line
      .slice(line.indexOf(':') + 1)
      .replaceAll(/\r?\n\s+/g, ' ')
      .trim()
  await putMail(core, workspace, address, {
    messageId: mail.messageId ?? '',
    from: mail.from?.text ?? '',
    subject: mail.subject ?? '',
    html: mail.html || '',
    text: mail.text ?? '',
    headers,
  })
}

export async function putMail(
  core: Core,
  workspace: Uuid,
  address: string,
  payload: MailToCustomer,
): Promise<void> {
  const at = await sandboxNow(core.pool, workspace)
  await core.pool.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, created) values ($1, 'email', $2, $2, $3) on conflict do nothing`,
    [workspace, address, new Date(at)],
  )
  await putMessage(core.pool, {
    workspace,
    id: newId(),
    channel: 'email',
    address,
    direction: 'to_customer',
    retryKey: null,
    payload,
    at,
  })
  core.signals.emit('live', `${workspace}:sandbox`)
}

export type Fate = 'delivered' | 'bounce_hard' | 'bounce_soft' | 'complaint' | 'machine_open'

/** What is told of a mail that was taken, in order: most arrive. */
export function fatesOf(fault: StandInFault['kind'] | null): Fate[] {
  if (fault === 'bounce_hard' || fault === 'bounce_soft') return [fault]
  return fault === 'complaint' || fault === 'machine_open' ? ['delivered', fault] : ['delivered']
}

/** When a receipt goes out, ms from now, once for each time that it does. */
export const receiptTimes = (fault: StandInFault['kind'] | null): number[] =>
  fault === 'receipt_twice' ? [0, 0] : fault === 'receipt_late' ? [3_600_000] : [0]
