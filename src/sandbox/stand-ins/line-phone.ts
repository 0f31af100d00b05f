// LINE's stand-in, notification messages by phone number: who has this number at LINE gets the words, and LINE tells when they
// arrived. At LINE are the numbers that the sandbox knows; who is told to refuse (bad_recipient) has not agreed.
// Source: line/line-openapi messaging-api.yml (/bot/pnp/push), webhook.yml (PnpDeliveryCompletionEvent);
// developers.line.biz/en/reference/line-notification-messages (template).
import type { Hono } from 'hono'
import { checkMessages } from '../../channels/line/message-rules.ts'
import { phoneTemplate, type PhoneTemplate, templateCard } from '../../channels/line/phone-template.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { inTransaction } from '../../platform/postgres.ts'
import {
  accountAt,
  type LineToCustomer,
  putContact,
  putMessage,
  sandboxNow,
  takeStandInFault,
} from '../stand-in.ts'
import { postEvent } from './line-act.ts'
import { hang } from './hang.ts'
import { bodyOf, type LineContext, type LineEnv, misbehave, refuse, refuseBody } from './line-http.ts'

const NO_ONE = 'Failed to send messages'
const NO_KEYS = 'The retry key is not supported in this endpoint'

type Wrong = { property: string; message: string }[]

/** What LINE says of a template's values: `body` in the request. */
function wrongTemplate(body: Record<string, unknown>): Wrong {
  const { templateKey, body: values = {} } = body
  const read = phoneTemplate.safeParse({ templateKey, ...(values as object) })
  return (read.error?.issues ?? []).map(issue => ({
    property: [...(issue.path[0] === 'templateKey' ? [] : ['body']), ...issue.path].join('.'),
    message: issue.message,
  }))
}

/** The two ways of writing to a number: words of the caller, or a template of LINE's with their values. */
const WAYS: {
  path: string
  status: 200 | 202
  wrong(body: Record<string, unknown>): Wrong
  payload(body: Record<string, unknown>): LineToCustomer
}[] = [
  {
    path: '/bot/pnp/push',
    status: 200,
    wrong: body => checkMessages(body.messages),
    payload: body => ({ messages: body.messages as Record<string, unknown>[] }),
  },
  {
    path: '/v2/bot/message/pnp/templated/push',
    status: 202,
    wrong: wrongTemplate,
    payload: ({ templateKey, body = {} }) => ({
      messages: [templateCard({ templateKey, ...(body as object) } as PhoneTemplate)],
    }),
  },
]

export function phoneOf(core: Core, app: Hono<LineEnv>): void {
  for (const way of WAYS) app.post(way.path, c => pushTo(core, c, way))
}

async function pushTo(core: Core, c: LineContext, way: (typeof WAYS)[number]): Promise<Response> {
  const workspace = c.get('workspace')
  if ((await takeStandInFault(core.pool, workspace, 'line', ['bad_recipient'])) !== null)
    return refuse(c, 422, NO_ONE)
  const fault = await misbehave(core, c)
  if (fault instanceof Response) return fault
  if (c.req.header('x-line-retry-key') !== undefined) return refuse(c, 400, NO_KEYS)
  const body = await bodyOf(c)
  if (!body) return refuse(c, 400, 'The request body could not be parsed as JSON')
  const tag = c.req.header('x-line-delivery-tag')
  if (tag !== undefined && (tag.length < 16 || tag.length > 100))
    return refuseBody(c, [{ property: 'X-Line-Delivery-Tag', message: 'Length must be between 16 and 100' }])
  const to = String(body.to ?? '')
  if (!/^[0-9a-f]{64}$/.test(to)) return refuseBody(c, [{ property: 'to', message: 'Must be SHA-256' }])
  const wrong = way.wrong(body)
  if (wrong.length > 0) return refuseBody(c, wrong)
  const phone = await numberOf(core, workspace, to)
  if (phone === null) return refuse(c, 422, NO_ONE)
  const at = await sandboxNow(core.pool, workspace)
  const account = await accountAt(core, workspace, { adapter: 'line', channel: 'line' })
  await inTransaction(core.pool, async sql => {
    await putContact(sql, { workspace, channel: 'line', address: phone, name: '', following: false, at })
    await putMessage(sql, {
      workspace,
      id: newId(),
      channel: 'line',
      address: phone,
      direction: 'to_customer',
      retryKey: null,
      payload: way.payload(body),
      at,
    })
    // of nobody: LINE does not say whose number it is
    await postEvent(sql, account, '', at, {
      type: 'delivery',
      source: undefined,
      delivery: { data: tag ?? to },
    })
  })
  core.signals.emit('receipt')
  core.signals.emit('live', `${workspace}:sandbox`)
  return fault.drop ? hang() : c.json({}, way.status)
}

/** Which number has this hash, of those that are at LINE. */
async function numberOf(core: Core, workspace: Uuid, hash: string): Promise<string | null> {
  const { rows } = await core.pool.query<{ phone: string }>(
    `select phone from (
       select address as phone from sandbox_contact where workspace_id = $1 and channel in ('sms', 'whatsapp')
       union select value from identifier where workspace_id = $1 and kind = 'phone') p
      where encode(sha256(convert_to(phone, 'UTF8')), 'hex') = $2 limit 1`,
    [workspace, hash],
  )
  return rows[0]?.phone ?? null
}
