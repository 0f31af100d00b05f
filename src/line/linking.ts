// Binding a LINE account to a membership. By account link: our page → the shop's sign-in, which vouches for who it is by a
// signed user token → LINE's page → LINE's webhook with our nonce. By LIFF: a page inside LINE sends its ID token, which
// LINE's login verifies. Source: developers.line.biz/en/docs/messaging-api/linking-accounts, /en/docs/liff/using-user-profile.
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { findWorkspace } from '../catalogue/workspace.ts'
import type { LoadedAccount } from '../channels/accounts.ts'
import { lineProblem, linkTokenFor, verifyIdToken, type IdTokenClaims } from '../channels/line/account.ts'
import { lineHost } from '../channels/line/api.ts'
import { resolveBatch, resolvedEvent } from '../collect/resolve.ts'
import { userTokenSecret, verifyUserToken } from '../collect/token.ts'
import { lineUidOf, type Region, regionOf } from '../customers/contacts.ts'
import type { IdRef } from '../customers/model.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { Problem } from '../platform/errors.ts'
import { answerError } from '../platform/http/problem.ts'
import { openRateLimit } from '../platform/http/rate-limit.ts'
import { bucketOf, hashId, newId, parseId, publicId } from '../platform/ids.ts'
import { accountOf } from './fetching.ts'
import { linkPage } from './link-page.ts'
import { userOf } from './link-url.ts'
import { idsOfClaims, newLiffNonce, newLinkNonce, spendLiffNonce } from './nonces.ts'

const TIMEOUT_MS = 10_000
const STATE_MS = 600_000
const ISSUER = 'https://access.line.me'
/** A clock may differ by so much. */
const LEEWAY_S = 30

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-max-age': '86400',
}

/** Where people sign in at the shop; a sandbox's stand-in has a page for it. */
const shopLogin = ({ settings, trusted }: LoadedAccount): string | null =>
  settings.shopLoginUrl || (trusted && settings.baseUrl ? `${settings.baseUrl}/shop-login` : null)

type State = { account: string; linkToken: string; until: number }

const liffBody = z.object({
  account: z.string(),
  idToken: z.string().min(1).max(4_000),
  nonce: z.string().min(10).max(255).optional(),
  userToken: z.string().max(4_000).optional(),
  anonymousId: z.string().min(1).max(128).optional(),
})

export function lineApp(core: Core): Hono {
  const app = new Hono()
  const limit = openRateLimit(1_200, 60_000)

  const called = async (text: string): Promise<LoadedAccount | null> => {
    const id = parseId('chn', text)
    return id ? accountOf(core, id) : null
  }

  app.get('/link/line/:account', async c => {
    const account = await called(c.req.param('account'))
    const user = account && userOf(core, account, c.req.query('u') ?? '')
    if (!account || !user) return page(c, 'missing', 404)
    const login = shopLogin(account)
    if (!login) return page(c, 'not_set_up', 409)
    try {
      const linkToken = await linkTokenFor(account, user, AbortSignal.timeout(TIMEOUT_MS))
      const state: State = { account: account.id, linkToken, until: Date.now() + STATE_MS }
      const back = new URL(`${core.baseUrl}/link/line/${publicId('chn', account.id)}/back`)
      back.searchParams.set('state', core.secrets.seal(JSON.stringify(state)).toString('base64url'))
      const to = new URL(login)
      to.searchParams.set('return', back.href)
      return c.redirect(to.href, 302)
    } catch (error) {
      core.log.warn(faultOf(error), 'LINE gave no link token')
      return page(c, 'failed', 503)
    }
  })

  // the shop sends the person back here with ?token=<signed user token>
  app.get('/link/line/:account/back', async c => {
    const account = await called(c.req.param('account'))
    const state = account && openState(core, account, c.req.query('state') ?? '')
    if (!account || !state) return page(c, 'over', 410)
    const secret = await userTokenSecret(core, account.workspace)
    const signed = await verifyUserToken(secret, c.req.query('token') ?? '').catch((error: unknown) => {
      if (error instanceof Problem) return null
      throw error
    })
    if (!signed) return page(c, 'not_signed_in', 401)
    const nonce = await newLinkNonce(core, account, {
      ids: idsOfClaims(signed.claims, await regionOfAccount(core, account)),
    })
    const to = new URL(lineHost(account, 'access') + '/dialog/bot/accountLink')
    to.searchParams.set('linkToken', state.linkToken)
    to.searchParams.set('nonce', nonce)
    c.header('referrer-policy', 'no-referrer')
    return c.redirect(to.href, 302)
  })

  for (const path of ['/v1/line/liff', '/v1/line/liff/nonce'])
    app.use(path, async (c, next) => {
      if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: CORS })
      await next()
      for (const [name, value] of Object.entries(CORS)) c.res.headers.set(name, value)
    })

  const accountOr404 = async (text: string): Promise<LoadedAccount> => {
    const account = await called(text)
    if (!account?.settings.loginChannelId)
      throw new Problem(404, 'no_account', 'There is no such LINE account, or it has no LINE Login channel', {
        path: 'account',
        action: 'Give the id of the account, and set its LINE Login channel id under Channels.',
      })
    limit.take(account.id)
    return account
  }
  const answering = (work: (c: Context) => Promise<Response>) => async (c: Context) => {
    try {
      return await work(c)
    } catch (error) {
      return answerError(error, newId(), '/v1/line/liff', core.log)
    }
  }

  app.get(
    '/v1/line/liff/nonce',
    answering(async c => {
      const account = await accountOr404(c.req.query('account') ?? '')
      return c.json({ nonce: await newLiffNonce(core, account) })
    }),
  )
  app.post(
    '/v1/line/liff',
    answering(async c => {
      const read = liffBody.safeParse(await c.req.json().catch(() => null))
      if (!read.success)
        throw new Problem(400, 'invalid', 'The body does not fit', {
          path: read.error.issues[0]?.path.join('.') ?? '',
          action: 'Send { account, idToken } and, where there are, nonce, userToken and anonymousId.',
        })
      const account = await accountOr404(read.data.account)
      await identify(core, account, read.data)
      return c.json({ success: true })
    }),
  )
  return app
}

const page = (c: Context, step: Parameters<typeof linkPage>[1], status: 401 | 404 | 409 | 410 | 503) =>
  c.html(linkPage(c.req.header('accept-language'), step), status)

function openState(core: Core, account: LoadedAccount, text: string): State | null {
  try {
    const state = JSON.parse(core.secrets.open(Buffer.from(text, 'base64url'))) as State
    return state.account === account.id && state.until > Date.now() ? state : null
  } catch {
    return null // not sealed by us
  }
}

const refused = (code: string, title: string): Problem =>
  new Problem(401, code, title, { path: 'idToken', action: 'Have LIFF sign the person in again.' })

/** What the token says, once it holds in every respect. @throws Problem 401 */
async function verified(
  core: Core,
  account: LoadedAccount,
  idToken: string,
  nonce: string | null,
): Promise<IdTokenClaims> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const claims = await verifyIdToken(account, idToken, nonce, signal).catch(lineProblem)
  if ('refused' in claims) throw refused('bad_id_token', `LINE refused the ID token: ${claims.refused}`)
  if (claims.iss !== ISSUER || claims.aud !== account.settings.loginChannelId)
    throw refused('bad_id_token', 'The ID token is for another LINE Login channel')
  if (claims.exp + LEEWAY_S < Date.now() / 1000) throw refused('bad_id_token', 'The ID token has expired')
  if ((claims.nonce ?? null) !== nonce) throw refused('bad_nonce', 'The nonce is not that of the ID token')
  if (nonce !== null && !(await spendLiffNonce(core, account, nonce, claims.sub)))
    throw refused('bad_nonce', 'The nonce was not given out here, is over, or was used')
  return claims
}

async function regionOfAccount(core: Core, { workspace }: LoadedAccount): Promise<Region> {
  return regionOf((await findWorkspace(core.pool, workspace))!.timezone)
}

async function identify(core: Core, account: LoadedAccount, said: z.infer<typeof liffBody>): Promise<void> {
  const claims = await verified(core, account, said.idToken, said.nonce ?? null)
  const ids: IdRef[] = [{ kind: 'line_uid', value: lineUidOf(account.settings.provider, claims.sub) }]
  if (said.userToken !== undefined) {
    const secret = await userTokenSecret(core, account.workspace)
    const { claims: own } = await verifyUserToken(secret, said.userToken)
    ids.push(...idsOfClaims(own, await regionOfAccount(core, account)))
  }
  if (said.anonymousId !== undefined) ids.push({ kind: 'anonymous_id', value: said.anonymousId })
  const messageId = `line:liff:${hashId(said.idToken, ...ids.map(i => i.kind + i.value))}`
  const body: EventBody = {
    type: 'system',
    name: said.userToken === undefined ? 'line.identified' : 'line.linked',
    messageId,
    agoMs: 0,
    props: { by: 'liff' },
    traits: {
      ...(claims.name ? { line_name: claims.name } : {}),
      ...(claims.picture ? { line_picture: claims.picture } : {}),
    },
    ids,
    proof: 'provider',
    src: account.name,
    ch: 'line',
  }
  const { workspace } = account
  const [resolved] = await resolveBatch(core, [{ workspace, ids, proof: body.proof }])
  const { customer } = resolved!
  await append(core.pool, null, [
    { workspace, customer, input: { kind: 'event', messageId, body: resolvedEvent(body, resolved!) } },
  ])
  core.signals.emit('inbox', String(bucketOf(customer)))
}
