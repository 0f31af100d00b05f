// What all stand-ins share: how they are told to fail, what they keep of contacts and messages, and how their webhooks reach
// the product: as the real provider's would, signed and over HTTP.
import { randomBytes } from 'node:crypto'
import { loadAccounts, type LoadedAccount } from '../channels/accounts.ts'
import type { ChannelName } from '../channels/model.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts'
import type { StandIn } from './stand-ins/model.ts'

/** sandbox_message.payload, by channel and direction. */
export type LineToCustomer = { messages: Record<string, unknown>[]; unit?: string; reply?: true }
export type LineFromCustomer =
  | { type: 'follow' | 'unfollow' }
  | { type: 'text'; text: string }
  | { type: 'image'; text: null }
  | { type: 'unsend'; message: string }
  | { type: 'postback'; data: string; text: string | null }
export type MailToCustomer = {
  messageId: string
  from: string
  subject: string
  html: string
  text: string
  headers: Record<string, string>
}
export type SmsToCustomer = { text: string; from: string; adapter: string }
export type MailFromCustomer = { type: 'unsubscribe'; message: string }

/** How a stand-in misbehaves when a test tells it to, for the next `times` calls of a workspace. */
export type StandInFault = {
  adapter: string
  kind: FaultKind
  times: number
}

/** What is left of a fault that was set for this adapter; null: nothing. */
export async function standInFaultOf(
  sql: Sql,
  workspace: Uuid,
  adapter: string,
): Promise<StandInFault | null> {
  const { rows } = await sql.query<{ value: string }>('select value from system where key = $1', [
    faultKey(workspace, adapter),
  ])
  const kept = rows[0] ? (JSON.parse(rows[0].value) as Omit<StandInFault, 'adapter'>) : null
  return kept && kept.times > 0 ? { adapter, ...kept } : null
}

const faultKey = (workspace: Uuid, adapter: string) => `stand_in_fault:${workspace}:${adapter}`

export async function setStandInFault(sql: Sql, workspace: Uuid, fault: StandInFault): Promise<void> {
  await sql.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [faultKey(workspace, fault.adapter), JSON.stringify({ kind: fault.kind, times: fault.times })],
  )
}

/** Takes one of the faults set for this workspace; null when none is left, or none of these kinds. */
export async function takeStandInFault(
  sql: Sql,
  workspace: Uuid,
  adapter: string,
  kinds: readonly FaultKind[] = FAULT_KINDS,
): Promise<StandInFault['kind'] | null> {
  const { rows } = await sql.query<{ kind: StandInFault['kind'] }>(
    `update system set value = jsonb_set(value::jsonb, '{times}', to_jsonb((value::jsonb->>'times')::int - 1))::text
      where key = $1 and (value::jsonb->>'times')::int > 0 and value::jsonb->>'kind' = any($2::text[])
     returning value::jsonb->>'kind' as kind`,
    [faultKey(workspace, adapter), kinds],
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
    channel: ChannelName
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
    channel: ChannelName
    address: string
    direction: 'to_customer' | 'from_customer'
    retryKey: string | null
    payload: object
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

/** A webhook of the stand-in to an account of the product, delivered by receipts.ts until it is taken.
 *  @param dueMs how much later, by the sandbox's time */
export async function postWebhook(
  sql: Sql,
  hook: {
    workspace: Uuid
    channel: ChannelName
    account: Uuid
    query?: string
    body: string
    headers: Record<string, string>
    dueMs?: number
  },
): Promise<void> {
  await postHook(sql, {
    ...hook,
    method: 'POST',
    url: `/hooks/${hook.channel}/${publicId('chn', hook.account)}${hook.query ?? ''}`,
  })
}

export type Hook = {
  workspace: Uuid
  method: 'POST' | 'GET'
  /** of our own server, from /hooks/ on */
  url: string
  body: string
  headers: Record<string, string>
  dueMs?: number
}

/** The same to an address that came with a message. */
export async function postHook(sql: Sql, hook: Hook): Promise<void> {
  await sql.query(
    `insert into sandbox_receipt (workspace_id, id, method, url, body, headers, due)
     values ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => $7))`,
    [
      hook.workspace,
      newId(),
      hook.method,
      hook.url,
      hook.body,
      JSON.stringify(hook.headers),
      (hook.dueMs ?? 0) / 1000,
    ],
  )
}

/** The account of the product at this stand-in: the one named, else the first of the adapter.
 *  @throws Problem 409 when there is none */
export async function accountAt(
  core: Core,
  workspace: Uuid,
  standIn: Pick<StandIn, 'adapter' | 'channel'>,
  named?: Uuid,
): Promise<LoadedAccount> {
  const accounts = (await loadAccounts(core, core.pool, [workspace])).get(`${workspace}:${standIn.channel}`)
  const own = accounts?.filter(a => a.adapter === standIn.adapter) ?? []
  const account = named === undefined ? own[0] : own.find(a => a.id === named)
  if (!account)
    throw new Problem(409, 'no_account', `This workspace has no ${standIn.channel} account at the sandbox`, {
      action: 'Set it up under Channels.',
    })
  return account
}
