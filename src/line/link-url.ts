// The page where a LINE user begins to bind their account, under a signature.
import type { LoadedAccount } from '../channels/accounts.ts'
import type { Core } from '../platform/core.ts'
import { publicId } from '../platform/ids.ts'

const PURPOSE = 'line link'
type Of = Pick<LoadedAccount, 'id'>
const about = (account: Of, user: string): string => `${account.id} ${user}`

/** It works for nobody else: LINE checks at the end that who signed in is who the link was made for. */
export function linkUrl(core: Pick<Core, 'secrets' | 'baseUrl'>, account: Of, user: string): string {
  const signature = core.secrets.sign(PURPOSE, about(account, user))
  return `${core.baseUrl}/link/line/${publicId('chn', account.id)}?u=${encodeURIComponent(`${user}.${signature}`)}`
}

/** The user that such a link is for; null: it was not made here. */
export function userOf(core: Pick<Core, 'secrets'>, account: Of, text: string): string | null {
  const dot = text.indexOf('.')
  const user = text.slice(0, Math.max(dot, 0))
  return user !== '' && core.secrets.verify(PURPOSE, about(account, user), text.slice(dot + 1)) ? user : null
}
