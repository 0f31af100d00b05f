// What the stand-ins of providers over HTTP share: the mishaps they can be told to have, and when their receipts go out.
import type { ChannelName } from '../../channels/model.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { type Hook, postHook, putContact, putMessage, sandboxNow, type StandInFault } from '../stand-in.ts'

const HOUR_MS = 3_600_000

/** Keeps what a customer was sent; `fresh` false: this key came before, and `id` is what it got then. */
export async function keepMessage(
  core: Core,
  message: {
    workspace: Uuid
    channel: ChannelName
    address: string
    retryKey: string | null
    payload: object
  },
): Promise<{ id: Uuid; fresh: boolean }> {
  const { workspace, channel, address, retryKey } = message
  const at = await sandboxNow(core.pool, workspace)
  const id = newId()
  await core.pool.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, created) values ($1, $2, $3, '', $4) on conflict do nothing`,
    [workspace, channel, address, new Date(at)],
  )
  const fresh = await putMessage(core.pool, { ...message, id, direction: 'to_customer', at })
  if (fresh) {
    core.signals.emit('live', `${workspace}:sandbox`)
    return { id, fresh }
  }
  const { rows } = await core.pool.query<{ id: Uuid }>(
    'select id from sandbox_message where workspace_id = $1 and channel = $2 and retry_key = $3',
    [workspace, channel, retryKey],
  )
  return { id: rows[0]?.id ?? id, fresh: false }
}

/** Keeps what a customer did, the contact with it. Returns its id and the sandbox's time. */
export async function keepFromCustomer(
  core: Core,
  said: {
    workspace: Uuid
    channel: ChannelName
    address: string
    name?: string | undefined
    payload: object
  },
): Promise<{ id: Uuid; at: number }> {
  const { workspace, channel, address, payload } = said
  const at = await sandboxNow(core.pool, workspace)
  const id = newId(at)
  await putContact(core.pool, { workspace, channel, address, name: said.name ?? '', following: true, at })
  await putMessage(core.pool, {
    workspace,
    id,
    channel,
    address,
    direction: 'from_customer',
    retryKey: null,
    payload,
    at,
  })
  return { id, at }
}

/** Receipts of a message, in their order: told to, each comes twice, or an hour late. */
export async function postReceipts(
  core: Core,
  hooks: Hook[],
  fault: StandInFault['kind'] | null = null,
): Promise<void> {
  for (const hook of hooks)
    for (let times = fault === 'receipt_twice' ? 2 : 1; times > 0; times--)
      await postHook(core.pool, { ...hook, ...(fault === 'receipt_late' ? { dueMs: HOUR_MS } : {}) })
  core.signals.emit('receipt')
}

/** The part of an address that is ours from /hooks/ on; null for any other: a stand-in calls nobody else. */
export function hookPath(core: Core, url: string): string | null {
  return url.startsWith(`${core.baseUrl}/hooks/`) ? url.slice(core.baseUrl.length) : null
}
