// LINE's stand-in, notification messages by phone number: who has this number at LINE gets the words, and LINE tells when they
// arrived. At LINE are the numbers that the sandbox knows; who is told to refuse (bad_recipient) has not agreed.
// Source: line/line-openapi messaging-api.yml (/bot/pnp/push), webhook.yml (PnpDeliveryCompletionEvent).
import type { Hono } from 'hono'
import { checkMessages } from '../../channels/line/message-rules.ts'
import type { Core } from '../../platform/core.ts'
import { newId } from '../../platform/ids.ts'
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
import { bodyOf, type LineEnv, misbehave, refuse, refuseBody } from './line-http.ts'

const NO_ONE = 'Failed to send messages'
const NO_KEYS = 'The retry key is not supported in this endpoint'

export function phoneOf(core: Core, app: Hono<LineEnv>): void {
  app.post('/bot/pnp/push', async c => {
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
      return refuseBody(c, [
        { property: 'X-Line-Delivery-Tag', message: 'Length must be between 16 and 100' },
      ])
    const to = String(body.to ?? '')
    if (!/^[0-9a-f]{64}$/.test(to)) return refuseBody(c, [{ property: 'to', message: 'Must be SHA-256' }])
    const wrong = checkMessages(body.messages)
    if (wrong.length > 0) return refuseBody(c, wrong)
    const { rows } = await core.pool.query<{ phone: string }>(
      `select phone from (
         select address as phone from sandbox_contact where workspace_id = $1 and channel in ('sms', 'whatsapp')
         union select value from identifier where workspace_id = $1 and kind = 'phone') p
        where encode(sha256(convert_to(phone, 'UTF8')), 'hex') = $2 limit 1`,
      [workspace, to],
    )
    const phone = rows[0]?.phone
    if (phone === undefined) return refuse(c, 422, NO_ONE)
    const at = await sandboxNow(core.pool, workspace)
    const account = await accountAt(core, workspace, { adapter: 'line', channel: 'line' })
    const payload: LineToCustomer = { messages: body.messages as Record<string, unknown>[] }
    await inTransaction(core.pool, async sql => {
      await putContact(sql, { workspace, channel: 'line', address: phone, name: '', following: false, at })
      await putMessage(sql, {
        workspace,
        id: newId(),
        channel: 'line',
        address: phone,
        direction: 'to_customer',
        retryKey: null,
        payload,
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
    return fault.drop ? hang() : c.json({})
  })
}
