// What the stand-in providers keep, and what a person does at the sandbox's phone and inbox. The product learns of it
// only as it would from the real provider: by a signed webhook over HTTP, or a POST to a link of a mail.
import { createHmac, randomBytes } from 'node:crypto'
import { loadAccounts } from '../channels/accounts.ts'
import type { Core } from '../platform/core.ts'
import { must, never, Problem } from '../platform/errors.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'

/** sandbox_message.payload, by channel and direction. */
export type LineToCustomer = { messages: Record<string, unknown>[] }
export type LineFromCustomer =
  | { type: 'follow' | 'unfollow' }
  | { type: 'text'; text: string }
  | { type: 'postback'; data: string; text: string | null }
export type MailToCustomer = {
  messageId: string
  from: string
  subject: string
  html: string
  text: string
  headers: Record<string, string>
}
export type MailFromCustomer = { type: 'unsubscribe'; message: string }

export type SandboxAct = {
  channel: 'line' | 'email'
  address: string
  act: 'follow' | 'unfollow' | 'text' | 'postback' | 'unsubscribe'
  name?: string
  text?: string
  data?: string
  /** unsubscribe: id of the mail (sandbox_message) */
  message?: string
}

/** How a stand-in misbehaves when a test tells it to, for the next `times` calls of a workspace. */
export type StandInFault = {
  channel: 'line' | 'email'
  kind:
    | 'error_429'
    | 'error_500'
    | 'error_401'
    | 'bad_recipient'
    | 'accept_then_drop'
    | 'hang'
    | 'smtp_4xx'
    | 'smtp_5xx_rcpt'
    | 'smtp_auth'
  times: number
}

const faultKey = (workspace: Uuid, channel: string) => `stand_in_fault:${workspace}:${channel}`

export async function setStandInFault(sql: Sql, workspace: Uuid, fault: StandInFault): Promise<void> {
  await sql.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [faultKey(workspace, fault.channel), JSON.stringify({ kind: fault.kind, times: fault.times })],
  )
}

/** Takes one of the faults set for this workspace; null when none is left. */
export async function takeStandInFault(
  sql: Sql,
  workspace: Uuid,
  channel: 'line' | 'email',
): Promise<StandInFault['kind'] | null> {
  const { rows } = await sql.query<{ kind: StandInFault['kind'] }>(
    `update system set value = jsonb_set(value::jsonb, '{times}', to_jsonb((value::jsonb->>'times')::int - 1))::text
      where key = $1 and (value::jsonb->>'times')::int > 0 returning value::jsonb->>'kind' as kind`,
    [faultKey(workspace, channel)],
  )
  return rows[0]?.kind ?? null
}

/** The workspace's own time, ms. @throws Problem 404 for a workspace that is no sandbox */
export async function sandboxNow(sql: Sql, workspace: Uuid): Promise<number> {
  const { rows } = await sql.query<{ clock_offset_ms: number }>(
    `select clock_offset_ms from workspace where id = $1 and kind = 'sandbox'`,
    [workspace],
  )
  const row = rows[0]
  if (!row)
    throw new Problem(404, 'not_a_sandbox', 'There is no such sandbox workspace', {
      action: 'Use the id of a sandbox workspace.',
    })
  return Date.now() + row.clock_offset_ms
}

/** Makes the contact where it is new. `created`: the provider's own time of the first meeting. */
export async function putContact(
  sql: Sql,
  contact: {
    workspace: Uuid
    channel: 'line' | 'email'
    address: string
    name: string
    following: boolean
    at: number
  },
): Promise<void> {
  await sql.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, following, created) values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, channel, address) do update set following = excluded.following,
       name = case when excluded.name = '' then sandbox_contact.name else excluded.name end`,
    [
      contact.workspace,
      contact.channel,
      contact.address,
      contact.name,
      contact.following,
      new Date(contact.at),
    ],
  )
}

/** Stores a message of the sandbox; false when this retry key was stored before. */
export async function putMessage(
  sql: Sql,
  message: {
    workspace: Uuid
    id: Uuid
    channel: 'line' | 'email'
    address: string
    direction: 'to_customer' | 'from_customer'
    retryKey: string | null
    payload: LineToCustomer | LineFromCustomer | MailToCustomer | MailFromCustomer
    at: number
  },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into sandbox_message (workspace_id, id, channel, address, direction, retry_key, payload, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, channel, retry_key) where retry_key is not null do nothing`,
    [
      message.workspace,
      message.id,
      message.channel,
      message.address,
      message.direction,
      message.retryKey,
      JSON.stringify(message.payload),
      new Date(message.at),
    ],
  )
  return rowCount === 1
}

const ULID = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** A ULID, as LINE's webhookEventId is. */
export function newUlid(at: number): string {
  let n = (BigInt(at) << 80n) | BigInt('0x' + randomBytes(10).toString('hex'))
  let out = ''
  for (let i = 0; i < 26; i++) {
    out = ULID[Number(n & 31n)] + out
    n >>= 5n
  }
  return out
}

/** A person does something at the sandbox's phone or inbox. Webhooks go out through sandbox_receipt, retried.
 *  @throws Problem when the act does not fit the channel or the contact is not known */
export async function standInAct(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  if (act.channel === 'line') await actOnLine(core, workspace, act)
  else await actOnMail(core, workspace, act)
  core.signals.emit('live', `${workspace}:sandbox`)
}

const LINE_USER = /^U[0-9a-f]{32}$/

async function actOnLine(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  if (!LINE_USER.test(act.address))
    throw new Problem(400, 'invalid', 'This is not a LINE user id', {
      path: 'address',
      action: 'Give U and 32 hexadecimal characters.',
    })
  const account = (await loadAccounts(core, core.pool, [workspace])).get(`${workspace}:line`)?.[0]
  if (!account)
    throw new Problem(409, 'no_account', 'This workspace has no LINE account', {
      action: 'Set up LINE under Channels.',
    })
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
    await sql.query(
      `insert into sandbox_receipt (workspace_id, id, url, body, headers, due) values ($1, $2, $3, $4, $5, clock_timestamp())`,
      [
        workspace,
        newId(),
        `/hooks/line/${publicId('chn', account.id)}`,
        body,
        JSON.stringify({
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'LineBotWebhook/2.0',
          'x-line-signature': signature,
        }),
      ],
    )
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

/** Mail programs unsubscribe by RFC 8058: one POST to the List-Unsubscribe address. */
async function actOnMail(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  if (act.act !== 'unsubscribe')
    throw new Problem(400, 'invalid', 'A mailbox can only unsubscribe', {
      path: 'act',
      action: 'Use unsubscribe with the id of a mail.',
    })
  const { rows } = await core.pool.query<{ payload: MailToCustomer }>(
    `select payload from sandbox_message where workspace_id = $1 and channel = 'email' and address = $2 and direction = 'to_customer'
        and ($3::uuid is null or id = $3) order by at desc limit 1`,
    [workspace, act.address, act.message ?? null],
  )
  const mail = rows[0]?.payload
  if (!mail)
    throw new Problem(404, 'no_mail', 'There is no such mail', {
      path: 'message',
      action: 'Choose a mail of this inbox.',
    })
  const url = /<(https?:[^>]+)>/.exec(mail.headers['list-unsubscribe'] ?? '')?.[1]
  if (!url)
    throw new Problem(409, 'no_unsubscribe', 'This mail has no one-click unsubscribe', {
      action: 'Transactional mails have none.',
    })
  must(url.startsWith(core.baseUrl + '/'), 'a sandbox mail unsubscribes at our own address')
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
    redirect: 'error',
  })
  if (!answer.ok)
    throw new Problem(502, 'unsubscribe_failed', 'The unsubscribe link did not answer well', {
      action: 'Try again.',
    })
  const at = await sandboxNow(core.pool, workspace)
  await putMessage(core.pool, {
    workspace,
    id: newId(at),
    channel: 'email',
    address: act.address,
    direction: 'from_customer',
    retryKey: null,
    payload: { type: 'unsubscribe', message: mail.messageId },
    at,
  })
}
