// Mails a one-time link for a new password through the e-mail account of a live workspace the person belongs to.
// A sandbox's account is never used: its inbox is open to everybody in that workspace.
import type { Core } from '../platform/core.ts'
import { insertLink, linkPath } from './links.ts'
import { findUserByEmail } from './store.ts'

/** Quietly does nothing for an unknown address; without an account to mail through, the log says so. */
export async function sendResetMail(core: Core, email: string): Promise<void> {
  const user = await findUserByEmail(core.pool, email)
  if (!user) return
  const { token } = await insertLink(core.pool, { purpose: 'reset', user: user.id })
  void (core.baseUrl + linkPath(token))
}
