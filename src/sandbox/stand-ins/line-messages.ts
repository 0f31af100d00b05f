// LINE's stand-in, sending: push, multicast, reply, narrowcast, broadcast with their progress; validation; quota and numbers of
// what was sent. Source: line/line-openapi messaging-api.yml.
import type { Hono } from 'hono'
import { checkMessages } from '../../channels/line/message-rules.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { type LineToCustomer, putMessage, sandboxNow } from '../stand-in.ts'
import { hang } from './hang.ts'
import {
  bodyOf,
  LINE_USER,
  type LineContext,
  type LineEnv,
  misbehave,
  refuse,
  refuseBody,
  refuseTo,
  UUID,
} from './line-http.ts'
import { audienceUsers } from './line-audiences.ts'
import { addObject, findObject, putObject, takeObject } from './objects.ts'

const MULTICAST_MAX = 500
const UNIT = /^[a-zA-Z0-9_]{1,30}$/

/** A narrowcast as it was asked; progress is worked out from when. */
type Narrowcast = { accepted: string; targets: number; fails: number | null }
export type ReplyToken = { address: string; until: number }

type Said = { body: Record<string, unknown>; drop: boolean; retryKey: string | null }

/** What all sending calls check first. */
async function said(core: Core, c: LineContext, key: 'allowed' | 'refused'): Promise<Said | Response> {
  const fault = await misbehave(core, c)
  if (fault instanceof Response) return fault
  const body = await bodyOf(c)
  if (!body) return refuse(c, 400, 'The request body could not be parsed as JSON')
  const retryKey = c.req.header('x-line-retry-key') ?? null
  if (retryKey !== null && key === 'refused')
    return refuse(c, 400, 'The retry key is not supported in this endpoint')
  if (retryKey !== null && !UUID.test(retryKey)) return refuse(c, 400, 'Invalid retry key')
  const units = body.customAggregationUnits
  if (units !== undefined && !(Array.isArray(units) && units.length <= 1 && units.every(isUnit)))
    return refuseBody(c, [{ property: 'customAggregationUnits', message: 'Invalid unit name' }])
  const wrong = checkMessages(body.messages)
  if (wrong.length > 0) return refuseBody(c, wrong)
  return { body, drop: fault.drop, retryKey }
}
const isUnit = (unit: unknown): boolean => typeof unit === 'string' && UNIT.test(unit)

const payloadOf = (body: Record<string, unknown>): LineToCustomer => ({
  messages: body.messages as Record<string, unknown>[],
  ...(Array.isArray(body.customAggregationUnits) && body.customAggregationUnits[0]
    ? { unit: String(body.customAggregationUnits[0]) }
    : {}),
})

const sent = (payload: LineToCustomer, id: Uuid) => payload.messages.map(() => ({ id, quoteToken: id }))

async function usedInMonth(core: Core, workspace: Uuid): Promise<number> {
  const { rows } = await core.pool.query<{ n: number }>(
    `select count(*)::int as n from sandbox_message where workspace_id = $1 and channel = 'line' and direction = 'to_customer'
        and not payload ? 'reply' and at >= date_trunc('month', $2::timestamptz, 'Asia/Tokyo')`,
    [workspace, new Date(await sandboxNow(core.pool, workspace))],
  )
  return rows[0]?.n ?? 0
}

const limitOf = async (core: Core, workspace: Uuid): Promise<number | null> =>
  (await findObject<{ limit: number }>(core.pool, workspace, 'line_quota', ''))?.body.limit ?? null

/** The plan's limit is reached by this many more. */
async function overQuota(core: Core, workspace: Uuid, more: number): Promise<boolean> {
  const limit = await limitOf(core, workspace)
  return limit !== null && (await usedInMonth(core, workspace)) + more > limit
}
const OVER_QUOTA = 'You have reached your monthly limit.'

async function taken(core: Core, c: LineContext, retryKey: string): Promise<Response | null> {
  const first = await findObject<{ request: string }>(core.pool, c.get('workspace'), 'line_retry', retryKey)
  if (!first) return null
  c.header('x-line-accepted-request-id', first.body.request)
  return refuse(c, 409, 'The retry key is already accepted')
}

/** To many at once: who blocked us is passed over, as LINE does. */
async function keepForAll(
  sql: Sql,
  workspace: Uuid,
  payload: LineToCustomer,
  addresses: string[] | null,
  at: number,
): Promise<number> {
  const { rowCount } = await sql.query(
    `insert into sandbox_message (workspace_id, id, channel, address, direction, retry_key, payload, at)
     select $1, gen_random_uuid(), 'line', address, 'to_customer', null, $2, $3 from sandbox_contact
      where workspace_id = $1 and channel = 'line' and following and ($4::text[] is null or address = any($4::text[]))`,
    [workspace, JSON.stringify(payload), new Date(at), addresses],
  )
  return rowCount ?? 0
}

export function sendingOf(core: Core, app: Hono<LineEnv>): void {
  const live = (workspace: Uuid) => core.signals.emit('live', `${workspace}:sandbox`)

  app.post('/v2/bot/message/push', async c => {
    const asked = await said(core, c, 'allowed')
    if (asked instanceof Response) return asked
    const workspace = c.get('workspace')
    const to = String(asked.body.to ?? '')
    const contact = await core.pool.query<{ following: boolean }>(
      `select following from sandbox_contact where workspace_id = $1 and channel = 'line' and address = $2`,
      [workspace, to],
    )
    const known = contact.rows[0]
    if (!known) return refuseTo(c, 'to')
    if (await overQuota(core, workspace, 1)) return refuse(c, 429, OVER_QUOTA)
    const at = await sandboxNow(core.pool, workspace)
    const id = newId()
    const payload = payloadOf(asked.body)
    const { retryKey } = asked
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
      const accepted = first.rows[0]?.id ?? ''
      c.header('x-line-accepted-request-id', accepted)
      return c.json({ message: 'The retry key is already accepted', sentMessages: [{ id: accepted }] }, 409)
    }
    live(workspace)
    return asked.drop ? hang() : c.json({ sentMessages: sent(payload, id) })
  })

  app.post('/v2/bot/message/multicast', async c => {
    const asked = await said(core, c, 'allowed')
    if (asked instanceof Response) return asked
    const workspace = c.get('workspace')
    const { to } = asked.body
    if (!Array.isArray(to) || to.length < 1 || to.length > MULTICAST_MAX)
      return refuseBody(c, [{ property: 'to', message: `Size must be between 1 and ${MULTICAST_MAX}` }])
    const addresses = to.map(String)
    const wrong = addresses.findIndex(a => !LINE_USER.test(a))
    if (wrong >= 0) return refuseTo(c, `to[${wrong}]`)
    if (await overQuota(core, workspace, addresses.length)) return refuse(c, 429, OVER_QUOTA)
    const request = c.get('requestId')
    if (
      asked.retryKey !== null &&
      !(await addObject(core.pool, workspace, 'line_retry', asked.retryKey, { request }))
    )
      return (await taken(core, c, asked.retryKey))!
    const at = await sandboxNow(core.pool, workspace)
    await keepForAll(core.pool, workspace, payloadOf(asked.body), addresses, at)
    live(workspace)
    return asked.drop ? hang() : c.json({})
  })

  app.post('/v2/bot/message/reply', async c => {
    const asked = await said(core, c, 'refused')
    if (asked instanceof Response) return asked
    const workspace = c.get('workspace')
    const token = String(asked.body.replyToken ?? '')
    const held = await takeObject<ReplyToken>(core.pool, workspace, 'line_reply', token)
    if (!held || held.body.until < Date.now()) return refuse(c, 400, 'Invalid reply token')
    const id = newId()
    const payload: LineToCustomer = { ...payloadOf(asked.body), reply: true }
    const at = await sandboxNow(core.pool, workspace)
    await putMessage(core.pool, {
      workspace,
      id,
      channel: 'line',
      address: held.body.address,
      direction: 'to_customer',
      retryKey: null,
      payload,
      at,
    })
    live(workspace)
    return asked.drop ? hang() : c.json({ sentMessages: sent(payload, id) })
  })

  for (const kind of ['broadcast', 'narrowcast'] as const)
    app.post(`/v2/bot/message/${kind}`, async c => {
      const asked = await said(core, c, 'allowed')
      if (asked instanceof Response) return asked
      const workspace = c.get('workspace')
      const recipient = asked.body.recipient as { type?: string; audienceGroupId?: number } | undefined
      const inAudience =
        kind === 'narrowcast' && recipient?.type === 'audience'
          ? await audienceUsers(core.pool, workspace, String(recipient.audienceGroupId))
          : null
      const { rows } = await core.pool.query<{ n: number }>(
        `select count(*)::int as n from sandbox_contact where workspace_id = $1 and channel = 'line' and following
            and ($2::text[] is null or address = any($2::text[]))`,
        [workspace, inAudience],
      )
      const limit = asked.body.limit as { max?: number; forbidPartialDelivery?: boolean } | undefined
      const targets = Math.min(rows[0]!.n, kind === 'narrowcast' ? (limit?.max ?? Infinity) : Infinity)
      if (await overQuota(core, workspace, targets)) return refuse(c, 429, OVER_QUOTA)
      const request = c.get('requestId')
      if (
        asked.retryKey !== null &&
        !(await addObject(core.pool, workspace, 'line_retry', asked.retryKey, { request }))
      )
        return (await taken(core, c, asked.retryKey))!
      const accepted = new Date().toISOString()
      // LINE refuses audiences of whom it could tell a single person: 50 in a recipient, and none at all
      const fails = kind === 'narrowcast' && (asked.body.recipient ? targets < 50 : targets < 1) ? 4 : null
      if (kind === 'narrowcast')
        await putObject(core.pool, workspace, 'line_narrowcast', request, {
          accepted,
          targets,
          fails,
        } satisfies Narrowcast)
      const at = await sandboxNow(core.pool, workspace)
      if (fails === null) await keepForAll(core.pool, workspace, payloadOf(asked.body), inAudience, at)
      live(workspace)
      if (asked.drop) return hang()
      return kind === 'narrowcast' ? c.json({}, 202) : c.json({})
    })

  app.get('/v2/bot/message/progress/narrowcast', async c => {
    const asked = await findObject<Narrowcast & { seen?: number }>(
      core.pool,
      c.get('workspace'),
      'line_narrowcast',
      c.req.query('requestId') ?? '',
    )
    if (!asked) return refuse(c, 404, 'Not found')
    const { accepted, targets, fails, seen = 0 } = asked.body
    // each look finds it one phase further
    await putObject(core.pool, c.get('workspace'), 'line_narrowcast', asked.key, {
      ...asked.body,
      seen: seen + 1,
    })
    const acceptedTime = accepted
    const completedTime = new Date().toISOString()
    if (seen === 0) return c.json({ phase: 'waiting', acceptedTime })
    if (fails !== null)
      return c.json({
        phase: 'failed',
        failedDescription: 'There are too few recipients',
        errorCode: fails,
        acceptedTime,
        completedTime,
      })
    if (seen === 1)
      return c.json({
        phase: 'sending',
        successCount: 0,
        failureCount: 0,
        targetCount: targets,
        acceptedTime,
      })
    return c.json({
      phase: 'succeeded',
      successCount: targets,
      failureCount: 0,
      targetCount: targets,
      acceptedTime,
      completedTime,
    })
  })

  for (const kind of ['push', 'reply', 'multicast', 'narrowcast', 'broadcast'])
    app.post(`/v2/bot/message/validate/${kind}`, async c => {
      const wrong = checkMessages((await bodyOf(c))?.messages)
      return wrong.length > 0 ? refuseBody(c, wrong) : c.json({})
    })

  app.get('/v2/bot/message/quota', async c => {
    const limit = await limitOf(core, c.get('workspace'))
    return c.json(limit === null ? { type: 'none' } : { type: 'limited', value: limit })
  })
  app.get('/v2/bot/message/quota/consumption', async c =>
    c.json({ totalUsage: await usedInMonth(core, c.get('workspace')) }),
  )
}
