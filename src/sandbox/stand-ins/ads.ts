// The stand-ins for Meta's Marketing and Conversions API and for Google's Data Manager API: who is in an audience or a list, and
// purchases told to a pixel.
import { createPublicKey } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { decodeJwt, errors, jwtVerify } from 'jose'
import type { ServiceAccount } from '../../channels/google-oauth.ts'
import { standInToken, workspaceOfToken } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { takeStandInFault } from '../stand-in.ts'

const HASH = /^[0-9a-f]{64}$/

/** What the stand-in has of an audience or a pixel. */
export async function standInAds<T>(sql: Sql, workspace: Uuid, id: string): Promise<T[]> {
  const { rows } = await sql.query<{ value: string }>('select value from system where key = $1', [
    `stand_in_ads:${workspace}:${id}`,
  ])
  return rows[0] ? (JSON.parse(rows[0].value) as T[]) : []
}

async function keep(sql: Sql, workspace: Uuid, id: string, list: unknown[]): Promise<void> {
  await sql.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [`stand_in_ads:${workspace}:${id}`, JSON.stringify(list)],
  )
}

const refuse = (c: Context, status: 400 | 401 | 500, code: number, message: string) =>
  c.json({ error: { code, message, type: 'OAuthException' } }, status)

/** The workspace whose service account signed the assertion, as one of its audiences has it. */
async function signedBy(core: Core, assertion: string): Promise<Uuid | null> {
  try {
    const workspace = /^itinera@sandbox-([0-9a-f-]{36})\./.exec(decodeJwt(assertion).iss ?? '')?.[1]
    if (workspace === undefined) return null
    const { rows } = await core.pool.query<{ secrets: Buffer }>(
      `select secrets from ad_audience where workspace_id = $1 and provider = 'google' and secrets is not null limit 1`,
      [workspace],
    )
    if (!rows[0]) return null
    const { accessToken } = JSON.parse(core.secrets.open(rows[0].secrets)) as { accessToken: string }
    const { private_key } = JSON.parse(accessToken) as ServiceAccount
    await jwtVerify(assertion, createPublicKey(private_key), {
      algorithms: ['RS256'],
      audience: 'https://oauth2.googleapis.com/token',
    })
    return workspace
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

type Members = {
  destinations?: {
    operatingAccount?: { accountType?: string; accountId?: string }
    productDestinationId?: string
  }[]
  audienceMembers?: { userData?: { userIdentifiers?: { emailAddress?: string; phoneNumber?: string }[] } }[]
  consent?: { adUserData?: string; adPersonalization?: string }
  encoding?: string
  termsOfService?: { customerMatchTermsOfServiceStatus?: string }
}

const refuseGoogle = (c: Context, code: 400 | 401 | 429 | 500, status: string, message: string) =>
  c.json({ error: { code, status, message } }, code)

/** What of a request Google would refuse; null: nothing. */
function wrongMembers(how: string, body: Members): string | null {
  const [to] = body.destinations ?? []
  if (
    to?.operatingAccount?.accountType !== 'GOOGLE_ADS' ||
    !/^\d{10}$/.test(to.operatingAccount.accountId ?? '')
  )
    return 'destinations[0].operatingAccount'
  if (!/^\d+$/.test(to.productDestinationId ?? '')) return 'destinations[0].productDestinationId'
  const members = body.audienceMembers ?? []
  if (members.length < 1 || members.length > 10_000) return 'audience_members'
  if (body.encoding !== 'HEX') return 'encoding'
  const hashed = members.every(m => {
    const ids = m.userData?.userIdentifiers ?? []
    return ids.length > 0 && ids.every(i => HASH.test(i.emailAddress ?? i.phoneNumber ?? ''))
  })
  if (!hashed) return 'audience_members[].user_data.user_identifiers'
  if (how === 'ingest' && body.termsOfService?.customerMatchTermsOfServiceStatus !== 'ACCEPTED')
    return 'terms_of_service'
  return null
}

/** Google's Data Manager API. Whoever has not consented is passed over, as Google does. */
function googleApp(core: Core): Hono {
  const app = new Hono()
  app.post('/token', async c => {
    const workspace = await signedBy(core, String((await c.req.parseBody()).assertion ?? ''))
    return workspace === null
      ? c.json({ error: 'invalid_grant', error_description: 'Invalid JWT' }, 400)
      : c.json({ access_token: standInToken(core, workspace, 'google'), expires_in: 3_599 })
  })
  app.post('/v1/:call', async c => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const workspace = workspaceOfToken(core, token, 'google')
    if (workspace === null)
      return refuseGoogle(c, 401, 'UNAUTHENTICATED', 'Invalid authentication credentials')
    const fault = await takeStandInFault(core.pool, workspace, 'ads')
    if (fault === 'error_429') return refuseGoogle(c, 429, 'RESOURCE_EXHAUSTED', 'Quota exceeded')
    if (fault === 'error_500') return refuseGoogle(c, 500, 'INTERNAL', 'Internal error')
    if (fault === 'error_401')
      return refuseGoogle(c, 401, 'UNAUTHENTICATED', 'Invalid authentication credentials')
    const how = /^audienceMembers:(ingest|remove)$/.exec(c.req.param('call'))?.[1]
    if (how === undefined) return c.json({ error: { code: 404, status: 'NOT_FOUND' } }, 404)
    const body: Members = await c.req.json()
    const wrong = wrongMembers(how, body)
    if (wrong)
      return refuseGoogle(c, 400, 'INVALID_ARGUMENT', `There was a problem with the request: ${wrong}`)
    const { adUserData, adPersonalization } = body.consent ?? {}
    const agreed = adUserData === 'CONSENT_GRANTED' && adPersonalization === 'CONSENT_GRANTED'
    const list = body.destinations![0]!.productDestinationId!
    const told = body.audienceMembers!.flatMap(m =>
      m.userData!.userIdentifiers!.map(i => i.emailAddress ?? i.phoneNumber!),
    )
    const others = (await standInAds<string>(core.pool, workspace, list)).filter(h => !told.includes(h))
    await keep(
      core.pool,
      workspace,
      list,
      how === 'ingest' && agreed ? [...others, ...new Set(told)] : others,
    )
    return c.json({ requestId: newId() })
  })
  return app
}

/** To be mounted at /sandbox/ads. */
export function standInAdsApp(core: Core): Hono {
  const app = new Hono()
  app.route('/google', googleApp(core))
  app.on(['POST', 'DELETE'], '/:version/:id/:what', async c => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const workspace = workspaceOfToken(core, token, 'ads')
    if (workspace === null) return refuse(c, 401, 190, 'Invalid OAuth access token')
    const fault = await takeStandInFault(core.pool, workspace, 'ads')
    if (fault === 'error_429') return refuse(c, 400, 17, 'User request limit reached')
    if (fault === 'error_500') return refuse(c, 500, 2, 'Service temporarily unavailable')
    if (fault === 'error_401') return refuse(c, 401, 190, 'Invalid OAuth access token')
    const { id, what } = c.req.param()
    if (what === 'users') {
      const { payload } = (await c.req.json()) as { payload: { schema: string[]; data: string[][] } }
      if (payload.data.some(row => row.some(h => h !== '' && !HASH.test(h))))
        return refuse(c, 400, 100, 'Invalid parameter: data must be hashed')
      const rows = new Set(payload.data.map(r => r.join(',')))
      const others = (await standInAds<string>(core.pool, workspace, id)).filter(r => !rows.has(r))
      await keep(core.pool, workspace, id, c.req.method === 'POST' ? [...others, ...rows] : others)
      return c.json({ audience_id: id, num_received: rows.size, num_invalid_entries: 0 })
    }
    const { data } = (await c.req.json()) as { data: { event_id: string }[] }
    const known = await standInAds<{ event_id: string }>(core.pool, workspace, id)
    await keep(core.pool, workspace, id, [
      ...known,
      ...data.filter(d => !known.some(k => k.event_id === d.event_id)),
    ])
    return c.json({ events_received: data.length })
  })
  return app
}
