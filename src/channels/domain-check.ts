// What the DNS says of a sending domain, as mailbox providers read it: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489).
// Gmail and Yahoo ask all three of who sends 5,000 mails a day. Only records are looked at; nothing is sent.
import { Resolver } from 'node:dns/promises'
import type { Account } from './adapter.ts'
import { DKIM_SECRET, DKIM_SETTING, dkimRecord, domainOf } from './mail.ts'

/** TXT records of a name; none: []; null: could not be asked. */
export type LookUp = (name: string) => Promise<string[] | null>

export type DomainCheck = {
  kind: 'spf' | 'dkim' | 'dmarc'
  /** where the record is, or belongs */
  name: string
  found: string[]
  state: 'good' | 'weak' | 'wrong' | 'missing' | 'unknown'
  /** what is the matter, for the page's words */
  code:
    | 'ok'
    | 'not_asked'
    | 'none'
    | 'several'
    | 'lets_all'
    | 'open_end'
    | 'provider_missing'
    | 'provider_signs'
    | 'no_key'
    | 'other_key'
    | 'revoked'
    | 'only_watches'
    | 'no_policy'
  /** the record to put there; null: as the provider says, or nothing to do */
  wanted: string | null
}

const TIMEOUT_MS = 4_000

/** Asks the resolvers of this machine. */
export function systemLookUp(): LookUp {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 })
  return async name => {
    try {
      return (await resolver.resolveTxt(name)).map(parts => parts.join(''))
    } catch (error) {
      return /^(ENODATA|ENOTFOUND)$/.test((error as { code?: string }).code ?? '') ? [] : null
    }
  }
}

/** How a provider's own servers are let send for a domain. */
const INCLUDES: Record<string, string> = { ses: 'include:amazonses.com', sendgrid: 'include:sendgrid.net' }

function spf(adapter: string, name: string, all: string[] | null): DomainCheck {
  const found = all?.filter(r => /^v=spf1(\s|$)/i.test(r)) ?? []
  const include = INCLUDES[adapter]
  const wanted = `v=spf1 ${include ?? 'a mx'} ~all`
  const said = (state: DomainCheck['state'], code: DomainCheck['code'], record: string | null = null) =>
    ({ kind: 'spf', name, found, state, code, wanted: record }) as const
  if (all === null) return said('unknown', 'not_asked')
  if (found.length === 0) return said('missing', 'none', wanted)
  if (found.length > 1) return said('wrong', 'several', wanted)
  const terms = found[0]!.toLowerCase().split(/\s+/)
  if (terms.includes('+all') || terms.includes('all')) return said('wrong', 'lets_all', wanted)
  // both providers send from a domain of their own until one of the brand's is set up there
  if (include && !terms.includes(include)) return said('weak', 'provider_missing')
  const end = terms.some(t => /^[-~]all$/.test(t) || t.startsWith('redirect='))
  return end ? said('good', 'ok') : said('weak', 'open_end')
}

const tagOf = (record: string, tag: string): string | undefined =>
  record
    .split(';')
    .map(part => part.trim().split(/\s*=\s*/))
    .find(([name]) => name?.toLowerCase() === tag)
    ?.slice(1)
    .join('=')

function dkim(name: string, wanted: string | null, all: string[] | null): DomainCheck {
  const found = all?.filter(r => tagOf(r, 'p') !== undefined) ?? []
  const said = (state: DomainCheck['state'], code: DomainCheck['code']) =>
    ({ kind: 'dkim', name, found, state, code, wanted: state === 'good' ? null : wanted }) as const
  if (all === null) return said('unknown', 'not_asked')
  if (found.length === 0) return said('missing', 'none')
  const key = tagOf(found[0]!, 'p')!.replaceAll(/\s/g, '')
  if (key === '') return said('wrong', 'revoked')
  return wanted === null || key === tagOf(wanted, 'p') ? said('good', 'ok') : said('wrong', 'other_key')
}

function dmarc(domain: string, name: string, all: string[] | null): DomainCheck {
  const found = all?.filter(r => /^v=DMARC1\s*(;|$)/i.test(r)) ?? []
  const wanted = `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`
  const said = (state: DomainCheck['state'], code: DomainCheck['code'], record: string | null = null) =>
    ({ kind: 'dmarc', name, found, state, code, wanted: record }) as const
  if (all === null) return said('unknown', 'not_asked')
  if (found.length === 0) return said('missing', 'none', wanted)
  if (found.length > 1) return said('wrong', 'several', wanted)
  const policy = tagOf(found[0]!, 'p')?.toLowerCase()
  if (policy === 'none') return said('good', 'only_watches')
  return policy === 'quarantine' || policy === 'reject'
    ? said('good', 'ok')
    : said('wrong', 'no_policy', wanted)
}

/** The record of the domain itself, else that of a domain above it, which then counts for it (RFC 7489, 6.6.3; without the
 *  list of public suffixes, so no further than two labels). */
async function findDmarc(domain: string, lookUp: LookUp): Promise<DomainCheck> {
  let own: DomainCheck | null = null
  for (let at = domain; at.split('.').length >= 2; at = at.slice(at.indexOf('.') + 1)) {
    const name = `_dmarc.${at}`
    const check = dmarc(domain, name, await lookUp(name))
    own ??= check
    if (check.code !== 'none') return check
  }
  return own ?? dmarc(domain, `_dmarc.${domain}`, [])
}

async function findDkim(
  account: Pick<Account, 'settings' | 'secrets'>,
  adapter: string,
  domain: string,
  lookUp: LookUp,
): Promise<DomainCheck> {
  const selector = account.settings[DKIM_SETTING]
  const key = account.secrets[DKIM_SECRET]
  const at = (s: string) => `${s}._domainkey.${domain}`
  if (selector && key) return dkim(at(selector), dkimRecord(key), await lookUp(at(selector)))
  if (adapter === 'sendgrid') return dkim(at('s1'), null, await lookUp(at('s1'))) // as domain authentication names it
  const provider = adapter === 'ses'
  return {
    kind: 'dkim',
    name: at('…'),
    found: [],
    state: provider ? 'unknown' : 'missing',
    code: provider ? 'provider_signs' : 'no_key',
    wanted: null,
  }
}

export async function checkDomain(
  account: Pick<Account, 'settings' | 'secrets'>,
  adapter: string,
  lookUp: LookUp,
): Promise<{ domain: string; checks: DomainCheck[] }> {
  const domain = domainOf(account.settings.from ?? '')
  // SPF is of the domain that bounces go back to
  const path = account.settings.bounceDomain ?? domain
  const checks = await Promise.all([
    lookUp(path).then(found => spf(adapter, path, found)),
    findDkim(account, adapter, domain, lookUp),
    findDmarc(domain, lookUp),
  ])
  return { domain, checks }
}
