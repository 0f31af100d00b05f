// The stand-in for LINE: the part of LINE's own HTTP interface that the product uses, for sandbox workspaces. It
// checks what LINE checks and keeps what arrived. Source: developers.line.biz/en/reference/messaging-api.
import { createHmac, randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { workspaceOfToken } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { never, Problem } from '../../platform/errors.ts'
import { newId, publicId, type Uuid } from '../../platform/ids.ts'
import { inTransaction } from '../../platform/postgres.ts'
import {
  accountAt,
  type LineFromCustomer,
  newUlid,
  postWebhook,
  putContact,
  putMessage,
  sandboxNow,
  takeStandInFault,
  type LineToCustomer,
  type StandInFault,
} from '../stand-in.ts'
import type { SandboxAct, StandIn } from './model.ts'

const TYPES = new Set([
  'text',
  'textV2',
  'sticker',
  'image',
  'video',
  'audio',
  'location',
  'imagemap',
  'template',
  'flex',
  'coupon',
])
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const HANG_MS = 120_000

type Env = { Variables: { workspace: Uuid; requestId: string } }
type Refusal = { message: string; details?: { message: string; property: string }[] }

/** What LINE would say of these messages; null when they are well formed. */
export function checkMessages(messages: unknown): Refusal | null {
  const wrong = (property: string, message: string): Refusal => ({
    message: 'The request body has 1 error(s)',
    details: [{ message, property }],
  })
  if (!Array.isArray(messages)) return wrong('messages', 'May not be empty')
  if (messages.length < 1 || messages.length > 5) return wrong('messages', 'Size must be between 1 and 5')
  for (const [i, m] of (messages as Record<string, unknown>[]).entries()) {
    if (!m || typeof m !== 'object' || !TYPES.has(String(m.type)))
      return wrong(`messages[${i}].type`, 'Must be one of the supported message types')
    if (m.type === 'text' && (typeof m.text !== 'string' || m.text.length === 0))
      return wrong(`messages[${i}].text`, 'May not be empty')
    if (m.type === 'text' && (m.text as string).length > 5_000)
      return wrong(`messages[${i}].text`, 'Length must be between 0 and 5000')
    if ((m.type === 'flex' || m.type === 'template') && (typeof m.altText !== 'string' || !m.altText))
      return wrong(`messages[${i}].altText`, 'May not be empty')
    if (m.type === 'flex' && !(m.contents && typeof m.contents === 'object'))
      return wrong(`messages[${i}].contents`, 'May not be empty')
  }
  return null
}

function app(core: Core): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    const requestId = newId()
    c.set('requestId', requestId)
    c.header('x-line-request-id', requestId)
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const workspace = workspaceOfToken(core, token, 'line')
    if (workspace === null)
      return c.json(
        {
          message:
            'Authentication failed. Confirm that the access token in the authorization header is valid.',
        },
        401,
      )
    c.set('workspace', workspace)
    return next()
  })

  app.post('/v2/bot/message/push', async c => {
    const workspace = c.get('workspace')
    const fault = await takeStandInFault(core.pool, workspace, 'line')
    if (fault) {
      const answer = await misbehave(fault)
      if (answer) return c.json(answer.body, answer.status, answer.headers)
    }
    let body: { to?: unknown; messages?: unknown }
    try {
      body = await c.req.json()
    } catch {
      return c.json({ message: 'The request body could not be parsed as JSON' }, 400)
    }
    const retryKey = c.req.header('x-line-retry-key') ?? null
    if (retryKey !== null && !UUID.test(retryKey)) return c.json({ message: 'Invalid retry key' }, 400)
    const wrong = checkMessages(body.messages)
    if (wrong) return c.json(wrong, 400)
    const to = String(body.to ?? '')
    const contact = await core.pool.query<{ following: boolean }>(
      `select following from sandbox_contact where workspace_id = $1 and channel = 'line' and address = $2`,
      [workspace, to],
    )
    const known = contact.rows[0]
    if (!known)
      return c.json(
        { message: "The property, 'to', in the request body is invalid (line: -, column: -)" },
        400,
      )
    const at = await sandboxNow(core.pool, workspace)
    const id = newId()
    const payload: LineToCustomer = { messages: body.messages as Record<string, unknown>[] }
    // as with the real one, a push to somebody who blocked us is accepted and never seen
    const fresh =
      !known.following ||
      (await putMessage(core.pool, {
        workspace,
        id,
        channel: 'line',
        address: to,
        direction: 'to_customer',
        retryKey,
        payload,
        at,
      }))
    if (!fresh) {
      const first = await core.pool.query<{ id: Uuid }>(
        `select id from sandbox_message where workspace_id = $1 and channel = 'line' and retry_key = $2`,
        [workspace, retryKey],
      )
      c.header('x-line-accepted-request-id', first.rows[0]?.id ?? '')
      return c.json(
        { message: 'The retry key is already accepted', sentMessages: [{ id: first.rows[0]?.id ?? '' }] },
        409,
      )
    }
    core.signals.emit('live', `${workspace}:sandbox`)
    if (fault === 'accept_then_drop') return hang()
    return c.json({ sentMessages: payload.messages.map(() => ({ id, quoteToken: id })) })
  })

  app.get('/v2/bot/profile/:user', async c => {
    const { rows } = await core.pool.query<{ name: string }>(
      `select name from sandbox_contact where workspace_id = $1 and channel = 'line' and address = $2 and following`,
      [c.get('workspace'), c.req.param('user')],
    )
    const row = rows[0]
    if (!row) return c.json({ message: 'Not found' }, 404)
    return c.json({ userId: c.req.param('user'), displayName: row.name, language: 'zh-Hant' })
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
  app.get('/v2/bot/message/quota', c => c.json({ type: 'none' }))
  app.get('/v2/bot/message/quota/consumption', async c => {
    const { rows } = await core.pool.query<{ n: number }>(
      `select count(*) as n from sandbox_message where workspace_id = $1 and channel = 'line' and direction = 'to_customer'
          and at >= date_trunc('month', $2::timestamptz, 'Asia/Tokyo')`,
      [c.get('workspace'), new Date(await sandboxNow(core.pool, c.get('workspace')))],
    )
    return c.json({ totalUsage: rows[0]?.n ?? 0 })
  })
  app.post('/v2/bot/message/validate/push', async c => {
    const body = (await c.req.json()) as { messages?: unknown }
    const wrong = checkMessages(body.messages)
    return wrong ? c.json(wrong, 400) : c.json({})
  })
  app.notFound(c => c.json({ message: 'Not found' }, 404))
  app.onError((error, c) => {
    core.log.error({ error: error.message.slice(0, 200) }, 'stand-in: LINE failed')
    return c.json({ message: 'An error occurred' }, 500)
  })
  return app
}

/** No answer in any client's patience. The timer keeps no process alive. */
const hang = () =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error('hung up')), HANG_MS).unref())

type Misbehaviour = { status: 400 | 401 | 429 | 500; body: Refusal; headers: Record<string, string> }
async function misbehave(fault: StandInFault['kind']): Promise<Misbehaviour | null> {
  switch (fault) {
    case 'error_429':
      return {
        status: 429,
        body: { message: 'The API rate limit has been exceeded. Try again later.' },
        headers: { 'retry-after': '2' },
      }
    case 'error_500':
      return { status: 500, body: { message: 'Internal server error' }, headers: {} }
    case 'error_401':
      return {
        status: 401,
        body: {
          message:
            'Authentication failed. Confirm that the access token in the authorization header is valid.',
        },
        headers: {},
      }
    case 'bad_recipient':
      return { status: 400, body: { message: 'Failed to send messages' }, headers: {} }
    case 'hang':
      return hang()
    default:
      return null // accept_then_drop answers after it has stored; SMTP's faults are not LINE's
  }
}

const LINE_USER = /^U[0-9a-f]{32}$/

async function actOnLine(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  if (!LINE_USER.test(act.address))
    throw new Problem(400, 'invalid', 'This is not a LINE user id', {
      path: 'address',
      action: 'Give U and 32 hexadecimal characters.',
    })
  const account = await accountAt(core, workspace, lineStandIn, act.account)
  const at = await sandboxNow(core.pool, workspace)
  await inTransaction(core.pool, async sql => {
    const { rows } = await sql.query<{ following: boolean }>(
      `select following from sandbox_contact where workspace_id = $1 and channel = 'line' and address = $2 for update`,
      [workspace, act.address],
    )
    const known = rows[0]
    if (!known && act.act !== 'follow')
      throw new Problem(404, 'no_contact', 'Nobody of this id is at the sandbox', {
        path: 'address',
        action: 'Follow first.',
      })
    const said = lineSaid(act, known !== undefined)
    if (act.act === 'follow' || act.act === 'unfollow')
      await putContact(sql, {
        workspace,
        channel: 'line',
        address: act.address,
        name: act.name ?? '',
        following: act.act === 'follow',
        at,
      })
    await putMessage(sql, {
      workspace,
      id: newId(at),
      channel: 'line',
      address: act.address,
      direction: 'from_customer',
      retryKey: null,
      payload: said.payload,
      at,
    })
    const webhookEventId = newUlid(at)
    const event = {
      mode: 'active',
      timestamp: Math.floor(at),
      source: { type: 'user', userId: act.address },
      webhookEventId,
      deliveryContext: { isRedelivery: false },
      ...(act.act === 'unfollow' ? {} : { replyToken: randomBytes(16).toString('hex') }),
      ...said.event,
    }
    const body = JSON.stringify({
      destination: 'U' + publicId('chn', account.id).slice(-20),
      events: [event],
    })
    const signature = createHmac('sha256', account.secrets.channelSecret ?? '')
      .update(body)
      .digest('base64')
    await postWebhook(sql, {
      workspace,
      channel: 'line',
      account: account.id,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'LineBotWebhook/2.0',
        'x-line-signature': signature,
      },
    })
  })
  core.signals.emit('receipt')
}

function lineSaid(
  act: SandboxAct,
  known: boolean,
): { payload: LineFromCustomer; event: Record<string, unknown> } {
  const kind = act.act
  switch (kind) {
    case 'follow':
      return { payload: { type: kind }, event: { type: kind, follow: { isUnblocked: known } } }
    case 'unfollow':
      return { payload: { type: kind }, event: { type: kind } }
    case 'text': {
      const text = (act.text ?? '').slice(0, 5_000)
      if (!text)
        throw new Problem(400, 'invalid', 'There is no text', { path: 'text', action: 'Write something.' })
      return {
        payload: { type: 'text', text },
        event: {
          type: 'message',
          message: { type: 'text', id: String(Date.now()), quoteToken: newUlid(Date.now()), text },
        },
      }
    }
    case 'postback':
      if (!act.data)
        throw new Problem(400, 'invalid', 'There is no postback data', {
          path: 'data',
          action: "Give the action's data.",
        })
      return {
        payload: { type: 'postback', data: act.data, text: act.text ?? null },
        event: { type: 'postback', postback: { data: act.data } },
      }
    case 'unsubscribe':
      throw new Problem(400, 'invalid', 'LINE has no unsubscribe', { path: 'act', action: 'Use unfollow.' })
    default:
      return never(kind)
  }
}

export const lineStandIn: StandIn = { adapter: 'line', channel: 'line', app, act: actOnLine }
