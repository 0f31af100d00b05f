// Handlers of audiences of advertising platforms.
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
import { fileOf, type Hashes, wantedOf } from './model.ts'
import * as store from './store.ts'

const MOST_IN_FILE = 50_000
const PAGE = 1_000

async function found(core: Core, workspace: Uuid, text: string | undefined): Promise<store.AudienceRow> {
  const row = await store.findAudience(core.pool, workspace, idOr404('aud', text))
  if (!row) throw notFound('aud')
  return row
}

const needs = (path: string, what: string) =>
  new Problem(400, 'invalid', `Meta needs ${what}`, {
    path,
    action: 'Fill in this field, or pause the audience.',
  })

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
        settings: r.settings,
        hasToken: r.secrets !== null,
        state: r.state,
        told: r.told,
        waiting: r.waiting,
        lastSync: r.last_sync && new Date(r.last_sync.getTime() + workspace.clockOffsetMs).toISOString(),
        lastError: r.last_error,
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
    const settings: Record<string, string> = Object.fromEntries(
      Object.entries(body.settings).filter(([, v]) => v !== undefined && v !== ''),
    )
    if (body.provider === 'meta' && body.on) {
      if (!settings.audienceId) throw needs('settings.audienceId', 'the id of the custom audience')
      if (!body.accessToken && !before?.secrets) throw needs('accessToken', 'an access token')
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
      provider: before?.provider ?? body.provider,
      segment: segment.id,
      exclude: exclude?.id ?? null,
      settings,
      secrets,
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
      const states = await customerStates(core.pool, ids)
      for (const state of states.values()) {
        const hashes = wantedOf(of, state)
        if (hashes) people.push(hashes)
      }
      if (ids.length < PAGE) break
      after = ids.at(-1)!
    }
    call.note({ rows: people.length })
    return { name: `${of.name}.csv`, csv: fileOf(of.provider, people), people: people.length }
  },
} satisfies Handlers
