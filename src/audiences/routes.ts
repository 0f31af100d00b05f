// Handlers of audiences of advertising platforms.
import { findAccount } from '../channels/accounts.ts'
import { STAND_IN } from '../channels/stand-in.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { customerStates } from '../messages/store.ts'
import { membersOf } from '../segments/facts.ts'
import { findSegment } from '../segments/store.ts'
import { fileOf, type Hashes, type Provider, wantedOf } from './model.ts'
import { platformOf } from './platforms.ts'
import * as store from './store.ts'

const MOST_IN_FILE = 50_000
const PAGE = 1_000

async function found(core: Core, workspace: Uuid, text: string | undefined): Promise<store.AudienceRow> {
  const row = await store.findAudience(core.pool, workspace, idOr404('aud', text))
  if (!row) throw notFound('aud')
  return row
}

const NAMES: Record<Provider, string> = { meta: 'Meta', google: 'Google', line: 'LINE' }
const needs = (provider: Provider, path: string, what: string) =>
  new Problem(400, 'invalid', `${NAMES[provider]} needs ${what}`, {
    path,
    action: 'Fill in this field, or pause the audience.',
  })

async function lineAccount(core: Core, workspace: Uuid, text: string): Promise<Uuid> {
  const account = await findAccount(core, core.pool, workspace, idOr404('chn', text, 'settings.account'))
  if (account?.adapter !== 'line') throw notFound('chn')
  return account.id
}

export const audienceRoutes = {
  async audiences({ core, workspace }) {
    const rows = await store.listAudiences(core.pool, workspace.id)
    return {
      items: rows.map(r => ({
        id: publicId('aud', r.id),
        name: r.name,
        provider: r.provider,
        segment: publicId('seg', r.segment_id),
        exclude: r.exclude_id && publicId('seg', r.exclude_id),
        settings: r.account_id ? { ...r.settings, account: publicId('chn', r.account_id) } : r.settings,
        hasToken: r.secrets !== null,
        state: r.state,
        told: r.told,
        waiting: r.waiting,
        lastSync: r.last_sync && new Date(r.last_sync.getTime() + workspace.clockOffsetMs).toISOString(),
        lastError: r.last_error,
        remote: r.remote_id,
        building: r.building,
        version: r.version,
      })),
    }
  },

  async saveAudience({ core, workspace, params, body }) {
    const before = params.audience === 'new' ? null : await found(core, workspace.id, params.audience)
    const segment = await findSegment(core.pool, workspace.id, idOr404('seg', body.segment, 'segment'))
    const exclude =
      body.exclude === null
        ? null
        : await findSegment(core.pool, workspace.id, idOr404('seg', body.exclude, 'exclude'))
    const { account: named, ...more } = body.settings
    const settings: Record<string, string> = Object.fromEntries(
      Object.entries(more).filter(([, v]) => v !== undefined && v !== ''),
    )
    const provider = before?.provider ?? body.provider
    const account = before?.account_id ?? (named ? await lineAccount(core, workspace.id, named) : null)
    if (body.on) {
      const secret = Boolean(body.accessToken || before?.secrets)
      const missing = platformOf(provider).missing({ settings, account: account !== null, secret })
      if (missing) throw needs(provider, missing.path, missing.what)
    }
    if (settings.baseUrl && settings.baseUrl !== STAND_IN && !URL.canParse(settings.baseUrl))
      throw new Problem(400, 'invalid', 'This is no address', {
        path: 'settings.baseUrl',
        action: 'Leave it empty.',
      })
    const secrets = body.accessToken
      ? core.secrets.seal(JSON.stringify({ accessToken: body.accessToken }))
      : null
    const fields = {
      name: body.name,
      provider,
      segment: segment.id,
      exclude: exclude?.id ?? null,
      settings,
      secrets,
      account,
      on: body.on,
    }
    const id = await inTransaction(core.pool, sql =>
      store.saveAudience(sql, workspace.id, before?.id ?? null, fields),
    )
    core.signals.emit('outflow', '')
    return { id: publicId('aud', id) }
  },

  async deleteAudience({ core, workspace, params }) {
    const { id } = await found(core, workspace.id, params.audience)
    await store.deleteAudience(core.pool, workspace.id, id)
    return { ok: true as const }
  },

  async audienceFile(call) {
    const { core, workspace, params } = call
    const of = await found(core, workspace.id, params.audience)
    const people: Hashes[] = []
    let after: Uuid | null = null
    while (people.length < MOST_IN_FILE) {
      const ids: Uuid[] = await membersOf(core.history, workspace.id, of.segment, null, after, PAGE)
      const states = await customerStates(core.pool, [workspace.id], ids)
      for (const state of states.values()) {
        const hashes = wantedOf(of, state)
        if (hashes) people.push(hashes)
      }
      if (ids.length < PAGE) break
      after = ids.at(-1)!
    }
    call.note({ rows: people.length })
    return {
      name: `${of.name}.${of.provider === 'line' ? 'txt' : 'csv'}`,
      csv: fileOf(of.provider, people),
      people: people.length,
    }
  },
} satisfies Handlers
