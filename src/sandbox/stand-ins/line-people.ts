// LINE's stand-in, people: profiles, followers, contents they sent, small signs in the chat; account linking with its dialog;
// the login's verification of ID tokens; sums that LINE counts. Source: line/line-openapi (messaging-api.yml, insight.yml);
// developers.line.biz/en/docs/messaging-api/linking-accounts, /en/reference/line-login (verify ID token).
import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import { html } from 'hono/html'
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose'
import { sandboxLoginChannel, sandboxLoginSecret } from '../../channels/line/login.ts'
import type { Core } from '../../platform/core.ts'
import type { Uuid } from '../../platform/ids.ts'
import { sandboxNow } from '../stand-in.ts'
import { bodyOf, LINE_USER, type LineEnv, refuse, refuseBody } from './line-http.ts'
import { linkedByCustomer } from './line-act.ts'
import { findObject, putObject, takeObject } from './objects.ts'

const LINK_TOKEN_MS = 600_000
/** LINE tells no sum of fewer people. */
const FEWEST = 20
/** made-up shares of those who got a message */
const SHARES = { impression: 0.8, click: 0.25 }

type LinkToken = { address: string; until: number }
export type SentContent = { type: string; base64: string }
export const ISSUER = 'https://access.line.me'

/** An ID token as the sandbox's LINE Login gives it to the page of this friend. */
export async function sandboxIdToken(
  core: Pick<Core, 'secrets'>,
  workspace: Uuid,
  of: { address: string; name?: string; nonce?: string; audience?: string; ttlS?: number },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({
    ...(of.name ? { name: of.name } : {}),
    ...(of.nonce ? { nonce: of.nonce } : {}),
    amr: ['linesso'],
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: workspace })
    .setIssuer(ISSUER)
    .setSubject(of.address)
    .setAudience(of.audience ?? sandboxLoginChannel(workspace))
    .setIssuedAt(now)
    .setExpirationTime(now + (of.ttlS ?? 3_600))
    .sign(sandboxLoginSecret(core, workspace))
}

/** What needs no token of the account: the login's verification, and the page on which somebody links their account. */
export function openOf(core: Core, app: Hono<LineEnv>): void {
  app.post('/oauth2/v2.1/verify', async c => {
    const form = await c.req.parseBody()
    const token = String(form.id_token ?? '')
    const client = String(form.client_id ?? '')
    const no = (error_description: string) => c.json({ error: 'invalid_request', error_description }, 400)
    try {
      const workspace = String(decodeProtectedHeader(token).kid ?? '')
      const { payload } = await jwtVerify(token, sandboxLoginSecret(core, workspace), {
        algorithms: ['HS256'],
        issuer: ISSUER,
      })
      if (payload.aud !== client || client === '') return no('Invalid IdToken Audience.')
      if (form.nonce !== undefined && form.nonce !== payload.nonce) return no('Invalid IdToken Nonce.')
      return c.json(payload)
    } catch (error) {
      if (error instanceof errors.JWTExpired) return no('IdToken expired.')
      if (error instanceof errors.JOSEError || error instanceof TypeError) return no('Invalid IdToken.')
      throw error
    }
  })

  // LINE's page asks who is signed in to LINE; here the token says it
  app.get('/dialog/bot/accountLink', async c => {
    const { linkToken = '', nonce = '' } = c.req.query()
    const words = LINK_WORDS[/^zh/i.test(c.req.header('accept-language') ?? 'zh') ? 'zh' : 'en']
    return c.html(linkPage(words, linkToken, nonce))
  })
  app.post('/dialog/bot/accountLink', async c => {
    const form = await c.req.parseBody()
    const nonce = String(form.nonce ?? '')
    const words = LINK_WORDS[/^zh/i.test(c.req.header('accept-language') ?? 'zh') ? 'zh' : 'en']
    const { rows } = await core.pool.query<{ workspace_id: Uuid }>(
      `select workspace_id from sandbox_object where kind = 'line_link' and key = $1`,
      [String(form.linkToken ?? '')],
    )
    const workspace = rows[0]?.workspace_id
    const held = workspace
      ? await takeObject<LinkToken>(core.pool, workspace, 'line_link', String(form.linkToken))
      : null
    if (!workspace || !held || held.body.until < Date.now() || nonce.length < 10 || nonce.length > 255)
      return c.html(donePage(words.lang, words.over), 400)
    await linkedByCustomer(core, workspace, held.body.address, nonce)
    return c.html(donePage(words.lang, words.done))
  })
}

const LINK_WORDS = {
  zh: {
    lang: 'zh-Hant',
    ask: '連結您的 LINE 帳號？',
    yes: '連結',
    done: '已連結。',
    over: '這個連結已經失效。',
  },
  en: {
    lang: 'en',
    ask: 'Link your LINE account?',
    yes: 'Link',
    done: 'Your account is linked.',
    over: 'This link is not good any more.',
  },
}
const donePage = (lang: string, text: string) =>
  html`<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>LINE</title><main><h1>${text}</h1></main></html>`
const linkPage = (words: (typeof LINK_WORDS)['zh'], linkToken: string, nonce: string) =>
  html`<!doctype html><html lang="${words.lang}"><meta charset="utf-8"><title>LINE</title><main><h1>${words.ask}</h1>
<form method="post"><input type="hidden" name="linkToken" value="${linkToken}"><input type="hidden" name="nonce" value="${nonce}"><button>${words.yes}</button></form></main></html>`

export function peopleOf(core: Core, app: Hono<LineEnv>): void {
  const contact = async (workspace: Uuid, address: string) => {
    const { rows } = await core.pool.query<{ name: string; following: boolean }>(
      `select name, following from sandbox_contact where workspace_id = $1 and channel = 'line' and address = $2`,
      [workspace, address],
    )
    return rows[0] ?? null
  }

  app.get('/v2/bot/profile/:user', async c => {
    const user = c.req.param('user')
    const found = await contact(c.get('workspace'), user)
    if (!found?.following) return refuse(c, 404, 'Not found')
    return c.json({
      userId: user,
      displayName: found.name,
      pictureUrl: `https://profile.line-scdn.net/${user}`,
      language: 'zh-Hant',
    })
  })
  app.get('/v2/bot/followers/ids', async c => {
    const { rows } = await core.pool.query<{ address: string }>(
      `select address from sandbox_contact where workspace_id = $1 and channel = 'line' and following and address > $2
        order by address limit 1001`,
      [c.get('workspace'), c.req.query('start') ?? ''],
    )
    const userIds = rows.slice(0, 1_000).map(r => r.address)
    return c.json({ userIds, ...(rows.length > 1_000 ? { next: userIds.at(-1) } : {}) })
  })
  app.get('/v2/bot/info', c =>
    c.json({
      userId: `U${c.get('workspace').replaceAll('-', '')}`,
      basicId: '@sandbox',
      displayName: 'Sandbox',
      chatMode: 'bot',
      markAsReadMode: 'auto',
    }),
  )

  app.get('/v2/bot/message/:message/content', async c => {
    const content = await findObject<SentContent>(
      core.pool,
      c.get('workspace'),
      'line_content',
      c.req.param('message'),
    )
    if (!content) return refuse(c, 404, 'Not found')
    return c.body(new Uint8Array(Buffer.from(content.body.base64, 'base64')), 200, {
      'content-type': content.body.type,
    })
  })
  app.post('/v2/bot/chat/loading/start', async c => {
    const body = await bodyOf(c)
    const seconds = Number(body?.loadingSeconds ?? 20)
    if (seconds < 5 || seconds > 60 || seconds % 5 !== 0)
      return refuseBody(c, [{ property: 'loadingSeconds', message: 'must be a multiple of 5 from 5 to 60' }])
    if (!LINE_USER.test(String(body?.chatId ?? '')))
      return refuseBody(c, [{ property: 'chatId', message: 'Invalid' }])
    await putObject(core.pool, c.get('workspace'), 'line_loading', String(body!.chatId), { seconds })
    return c.json({}, 202)
  })
  app.post('/v2/bot/chat/markAsRead', async c => {
    const token = String((await bodyOf(c))?.markAsReadToken ?? '')
    const held = await findObject<{ address: string }>(core.pool, c.get('workspace'), 'line_read', token)
    if (!held) return refuse(c, 400, 'Invalid token')
    await putObject(core.pool, c.get('workspace'), 'line_was_read', held.body.address, {})
    return c.json({})
  })

  app.post('/v2/bot/user/:user/linkToken', async c => {
    const address = c.req.param('user')
    if (!(await contact(c.get('workspace'), address))) return refuse(c, 404, 'Not found')
    const linkToken = randomBytes(16).toString('hex')
    const held: LinkToken = { address, until: Date.now() + LINK_TOKEN_MS }
    await putObject(core.pool, c.get('workspace'), 'line_link', linkToken, held)
    return c.json({ linkToken })
  })

  const told = (n: number): number | null => (n < FEWEST ? null : n)
  app.get('/v2/bot/insight/message/event/aggregation', async c => {
    const { customAggregationUnit = '', from = '', to = '' } = c.req.query()
    if (!/^\d{8}$/.test(from) || !/^\d{8}$/.test(to) || from > to)
      return refuse(c, 400, 'The value for the from or to parameter is invalid')
    const { rows } = await core.pool.query<{ people: number }>(
      `select count(distinct address)::int as people from sandbox_message where workspace_id = $1 and channel = 'line'
          and direction = 'to_customer' and payload->>'unit' = $2
          and to_char(at at time zone 'Asia/Tokyo', 'YYYYMMDD') between $3 and $4`,
      [c.get('workspace'), customAggregationUnit, from, to],
    )
    const people = rows[0]?.people ?? 0
    const uniqueImpression = told(Math.round(people * SHARES.impression))
    const uniqueClick = told(Math.round(people * SHARES.click))
    return c.json({
      overview: {
        uniqueImpression,
        uniqueClick,
        uniqueMediaPlayed: null,
        uniqueMediaPlayed100Percent: null,
      },
      messages: [{ seq: 1, impression: uniqueImpression, uniqueImpression }],
      clicks: [],
    })
  })
  app.get('/v2/bot/insight/followers', async c => {
    const workspace = c.get('workspace')
    const today = new Date((await sandboxNow(core.pool, workspace)) + 9 * 3_600_000)
      .toISOString()
      .slice(0, 10)
      .replaceAll('-', '')
    const date = c.req.query('date') ?? today
    if (!/^\d{8}$/.test(date)) return refuse(c, 400, "The value for the 'date' parameter is invalid")
    // a day is counted once it is over
    if (date >= today) return c.json({ status: 'unready' })
    const { rows } = await core.pool.query<{ friends: number; blocks: number }>(
      `select count(*) filter (where following)::int as friends, count(*) filter (where not following)::int as blocks
         from sandbox_contact where workspace_id = $1 and channel = 'line'`,
      [workspace],
    )
    const { friends, blocks } = rows[0]!
    return c.json({ status: 'ready', followers: friends + blocks, targetedReaches: told(friends), blocks })
  })
  app.get('/v2/bot/message/aggregation/info', async c => {
    const { rows } = await core.pool.query<{ n: number }>(
      `select count(distinct payload->>'unit')::int as n from sandbox_message where workspace_id = $1 and channel = 'line'`,
      [c.get('workspace')],
    )
    return c.json({ numOfCustomAggregationUnits: rows[0]!.n })
  })
}
