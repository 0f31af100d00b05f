// LINE's audiences of uploaded user ids, for narrowcasts and LINE Ads. LINE takes nobody out of one: who leaves is left out of
// the next, which is filled beside the one in use (worker.ts). A try that may have arrived is found again by its description.
// Source: line/line-openapi manage-audience.yml.
import type { SendResult } from '../channels/adapter.ts'
import { findAccount, type LoadedAccount } from '../channels/accounts.ts'
import { askLine, LineFailed } from '../channels/line/account.ts'
import type { LineCall } from '../channels/line/api.ts'
import type { Core } from '../platform/core.ts'
import { publicId } from '../platform/ids.ts'
import type { Hashes } from './model.ts'
import type { Platform } from './platform.ts'
import { type AudienceRow, noteRemote, restart } from './store.ts'

const PATH = '/v2/bot/audienceGroup'

/** Ours alone, and another with each new one; LINE searches by parts of it. */
const markOf = (of: Pick<AudienceRow, 'id' | 'generation'>): string =>
  `${publicId('aud', of.id)}.${of.generation}`

export const findCall = (of: AudienceRow): LineCall => ({
  method: 'GET',
  path: `${PATH}/list`,
  query: { page: '1', size: '40', description: markOf(of), createRoute: 'MESSAGING_API' },
})
export const makeCall = (of: AudienceRow): LineCall => ({
  method: 'POST',
  path: `${PATH}/upload`,
  json: { description: `${of.name.slice(0, 80)} ${markOf(of)}` },
})
export const addCall = (group: string, people: Hashes[]): LineCall => ({
  method: 'PUT',
  path: `${PATH}/upload`,
  json: {
    audienceGroupId: Number(group),
    audiences: people.flatMap(p => (p.users ?? []).map(user => ({ id: user }))),
  },
})
export const deleteCall = (group: string): LineCall => ({ method: 'DELETE', path: `${PATH}/${group}` })

/** The one that is being filled: the new one, else the one in use. */
async function groupFor(
  account: LoadedAccount,
  core: Core,
  of: AudienceRow,
  signal: AbortSignal,
): Promise<string> {
  const known = of.building ? of.building_id : of.remote_id
  if (known !== null) return known
  const mark = markOf(of)
  const { audienceGroups: found } = JSON.parse((await askLine(account, findCall(of), signal)).body) as {
    audienceGroups: { audienceGroupId: number; description: string }[]
  }
  const before = found.find(g => g.description.endsWith(` ${mark}`))
  const { audienceGroupId } =
    before ?? (JSON.parse((await askLine(account, makeCall(of), signal)).body) as { audienceGroupId: number })
  await noteRemote(core.pool, of, String(audienceGroupId))
  return String(audienceGroupId)
}

function failed(error: unknown): SendResult {
  if (!(error instanceof LineFailed)) throw error
  const { kind, againMs } = error
  const detail = [error.message, ...error.details.map(d => d.message)].join(' ').slice(0, 300)
  if (kind === 'retryable') return { kind, detail, retryAfterMs: againMs }
  return { kind: kind === 'refused' ? 'rejected' : kind, detail }
}

export const line: Platform = {
  batch: 5_000,
  missing: ({ account }) => (account ? null : { path: 'settings.account', what: 'a LINE account' }),
  async tell(core, of, _how, people, signal) {
    const account =
      of.account_id === null ? null : await findAccount(core, core.pool, of.workspace_id, of.account_id)
    if (account === null) return { kind: 'bad_credentials', detail: 'the LINE account is not there' }
    try {
      const group = await groupFor(account, core, of, signal)
      await askLine(account, addCall(group, people), signal)
      return { kind: 'accepted', providerId: group }
    } catch (error) {
      const result = failed(error)
      // somebody deleted it at LINE: everybody goes into a new one
      if ('detail' in result && /AUDIENCE_GROUP_NOT_FOUND|audience group not found/i.test(result.detail))
        await restart(core.pool, of)
      return result
    }
  },
  async drop(core, of, remote, signal) {
    const account =
      of.account_id === null ? null : await findAccount(core, core.pool, of.workspace_id, of.account_id)
    if (account === null) return { kind: 'accepted', providerId: null }
    try {
      await askLine(account, deleteCall(remote), signal)
      return { kind: 'accepted', providerId: null }
    } catch (error) {
      const result = failed(error)
      // gone is gone
      return result.kind === 'rejected' ? { kind: 'accepted', providerId: null } : result
    }
  },
}
