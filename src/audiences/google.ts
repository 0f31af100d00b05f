// Google's Data Manager API: members of a Customer Match list in Google Ads, by a service account that is a user of the
// advertiser's account (or of its manager's). Source: developers.google.com/data-manager/api (audienceMembers.ingest and
// remove, Destination, Consent).
import type { SendResult } from '../channels/adapter.ts'
import { type Answer, header, type OutgoingRequest, retryAfterMs, sendOnce } from '../channels/exchange.ts'
import { accessToken, forgetToken, type TokenOf } from '../channels/google-oauth.ts'
import type { Hashes } from './model.ts'
import { accessOf, type Platform } from './platform.ts'
import type { AudienceRow } from './store.ts'

const API = 'https://datamanager.googleapis.com'
const SCOPE = 'https://www.googleapis.com/auth/datamanager'
/** Identifiers of one person that Google takes. */
const MOST_OF_ONE = 10

const account = (id: string) => ({ accountType: 'GOOGLE_ADS', accountId: id.replaceAll('-', '') })

/** Members as they go out; golden files hold it. Whoever is told of has agreed to advertising, which is both of Google's consents. */
export function membersRequest(
  of: Pick<AudienceRow, 'settings'>,
  token: string,
  how: 'add' | 'remove',
  people: Hashes[],
  baseUrl = API,
): OutgoingRequest {
  const { customerId = '', loginCustomerId, audienceId = '' } = of.settings
  const identifiers = ({ emails, phones }: Hashes) =>
    [
      ...emails.map(emailAddress => ({ emailAddress })),
      ...phones.map(phoneNumber => ({ phoneNumber })),
    ].slice(0, MOST_OF_ONE)
  return {
    method: 'POST',
    url: new URL(`${baseUrl.replace(/\/$/, '')}/v1/audienceMembers:${how === 'add' ? 'ingest' : 'remove'}`),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'user-agent': 'Itinera',
    },
    body: JSON.stringify({
      destinations: [
        {
          operatingAccount: account(customerId),
          ...(loginCustomerId ? { loginAccount: account(loginCustomerId) } : {}),
          productDestinationId: audienceId,
        },
      ],
      audienceMembers: people.map(p => ({ userData: { userIdentifiers: identifiers(p) } })),
      encoding: 'HEX',
      ...(how === 'add'
        ? {
            consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' },
            termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
          }
        : {}),
    }),
  }
}

export function readAnswer(answer: Answer, now: number): SendResult {
  let said: { requestId?: string; error?: { status?: string; message?: string } } = {}
  try {
    said = JSON.parse(answer.body) as typeof said
  } catch {
    // a proxy's page: the status says enough
  }
  if (answer.status >= 200 && answer.status < 300)
    return { kind: 'accepted', providerId: said.requestId ?? null }
  const detail = `${answer.status} ${said.error?.status ?? ''} ${said.error?.message ?? ''}`
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, 300)
  if (answer.status === 429 || answer.status >= 500)
    return {
      kind: 'retryable',
      detail,
      retryAfterMs: retryAfterMs(header(answer.headers, 'retry-after'), now),
    }
  return { kind: answer.status === 401 || answer.status === 403 ? 'bad_credentials' : 'rejected', detail }
}

export const google: Platform = {
  batch: 500,
  missing({ settings, secret }) {
    if (!settings.customerId)
      return { path: 'settings.customerId', what: 'the number of the Google Ads account' }
    if (!settings.audienceId)
      return { path: 'settings.audienceId', what: 'the id of the Customer Match list' }
    return secret ? null : { path: 'accessToken', what: 'the JSON key of a service account' }
  },
  async tell(core, of, how, people, signal) {
    const { baseUrl, secret, trusted } = accessOf(core, of, '/sandbox/ads/google')
    const by: TokenOf = { serviceAccount: secret, scope: SCOPE, baseUrl, trusted }
    const got = await accessToken(by, signal)
    if ('refused' in got) return got.refused
    const request = membersRequest(of, got.token, how, people, baseUrl)
    const result = await sendOnce(request, trusted, signal, readAnswer)
    if (result.kind === 'bad_credentials') forgetToken(by)
    return result
  },
}
