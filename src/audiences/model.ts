// Audiences of advertising platforms: what a platform is told of a person (hashes of e-mail and phone by its own rules), and
// who may be told of. Pure.
import { hash } from 'node:crypto'
import { cleanEmail, cleanPhone, lineAddressOf } from '../customers/contacts.ts'
import type { CustomerState } from '../customers/model.ts'

export const PROVIDERS = ['meta', 'google', 'line'] as const
export type Provider = (typeof PROVIDERS)[number]

/** The purpose of consents without which nobody is told of. */
export const ADS_PURPOSE = 'ads'

/** What a platform is told of a person; `users`: ids that are the platform's own. */
export type Hashes = { emails: string[]; phones: string[]; users?: string[] }

const sha256 = (text: string): string => hash('sha256', text, 'hex')

/** Gmail leaves out dots and what follows a plus, and so does Google where it matches. */
function googleEmail(email: string): string {
  const [name = '', domain = ''] = email.split('@')
  return domain === 'gmail.com' || domain === 'googlemail.com'
    ? `${name.split('+')[0]!.replaceAll('.', '')}@${domain}`
    : email
}

/** SHA-256 in hexadecimal. Meta: lower case; phone digits with the country's code. Google: Gmail's names in their short
 *  form; E.164 with its plus. Null: it is no address or number. */
export function hashEmail(provider: Provider, text: string): string | null {
  const email = cleanEmail(text)
  return email === null ? null : sha256(provider === 'google' ? googleEmail(email) : email)
}
export function hashPhone(provider: Provider, text: string): string | null {
  const phone = cleanPhone(text)
  return phone === null ? null : sha256(provider === 'google' ? phone : phone.slice(1))
}

/** Verified contacts only: what somebody merely claimed is not told to others. LINE: its own user ids, of the provider of the
 *  account. Null: there is none. */
export function hashesOf(
  provider: Provider,
  state: Pick<CustomerState, 'ids'>,
  lineProvider?: string | null,
): Hashes | null {
  if (provider === 'line') {
    const users = state.ids
      .filter(id => id.kind === 'line_uid' && id.verified)
      .flatMap(id => lineAddressOf(lineProvider ?? undefined, id.value) ?? [])
      .sort()
    return users.length > 0 ? { emails: [], phones: [], users } : null
  }
  const of = (kind: 'email' | 'phone', make: typeof hashEmail) =>
    state.ids
      .filter(id => id.kind === kind && id.verified)
      .flatMap(id => make(provider, id.value) ?? [])
      .sort()
  const hashes = { emails: of('email', hashEmail), phones: of('phone', hashPhone) }
  return hashes.emails.length + hashes.phones.length > 0 ? hashes : null
}

/** Whether the newest word on advertising, by whatever channel, is yes. */
export function mayBeTold(state: Pick<CustomerState, 'consent'>): boolean {
  let newest: { on: boolean; at: number } | null = null
  for (const [key, said] of Object.entries(state.consent)) {
    if (!key.endsWith(`/${ADS_PURPOSE}`)) continue
    // of two of the same moment the refusal counts
    if (newest === null || said.at > newest.at || (said.at === newest.at && !said.on)) newest = said
  }
  return newest?.on === true
}

/** What the platform should have of a person; null: nothing. */
export function wantedOf(
  audience: {
    provider: Provider
    segment: number
    exclude: number | null
    line_provider?: string | null
  },
  state: CustomerState | null,
): Hashes | null {
  if (state === null || !mayBeTold(state)) return null
  const isIn = (n: number | null) => n !== null && (state.seg ?? []).some(s => s[0] === n)
  return isIn(audience.segment) && !isIn(audience.exclude)
    ? hashesOf(audience.provider, state, audience.line_provider)
    : null
}

/** A file as the platforms take it: a line for each person, of LINE one for each user id. */
export function fileOf(provider: Provider, people: Hashes[]): string {
  if (provider === 'line') return people.flatMap(p => p.users ?? []).join('\n') + '\n'
  const [email, phone] = provider === 'meta' ? ['email', 'phone'] : ['Email', 'Phone']
  const lines = people.map(p => `${p.emails[0] ?? ''},${p.phones[0] ?? ''}`)
  return [`${email},${phone}`, ...lines].join('\n') + '\n'
}
