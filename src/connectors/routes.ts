// Handlers of connectors and of the sources that post webhooks.
import { randomBytes } from 'node:crypto'
import type { Out } from '../contract.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import type { Core } from '../platform/core.ts'
import { must, Problem } from '../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { connectorsOf } from './list.ts'
import { mappingFaults, pathsOf } from './mapping.ts'
import type { Mapping, Signing } from './model.ts'
import {
  deadLettersOf,
  deleteSource,
  dropDeadLetters,
  findSource,
  insertSource,
  lastBody,
  listSources,
  type SourceRow,
  type StateRow,
  updateSource,
} from './store.ts'
import { cleanBrought, readBody, takeDelivery } from './take.ts'

const MOST_REPLAYED = 500

const present = (core: Core, workspace: WorkspaceRow, s: SourceRow & StateRow): Out<'saveSource'> => {
  const told = (at: Date | null) => at && new Date(at.getTime() + workspace.clockOffsetMs).toISOString()
  const id = publicId('src', s.id)
  return {
    id,
    kind: s.kind,
    name: s.name,
    url: `${core.baseUrl}/webhooks/${id}`,
    active: s.active,
    signing: s.settings.signing,
    mapping: s.settings.mapping,
    locations: s.settings.locations ?? {},
    hasSecret: s.secret !== null,
    lastAt: told(s.last_at),
    rowsIn: s.rows_in,
    rejected: s.rejected,
    waiting: s.waiting,
    refusedAt: told(s.refused_at),
    refusedWhy: s.refused_why,
    version: s.version,
  }
}

/** @throws Problem 400 `mapping_faulty` at the first fault */
function demandMapping(mapping: Mapping): void {
  const fault = mappingFaults(mapping)[0]
  if (fault)
    throw new Problem(400, 'mapping_faulty', `The mapping does not hold: ${fault.message}`, {
      path: fault.path,
      action: 'Correct this line; paths are JSONPath, such as $.order.id',
    })
}

/** @throws Problem 400 when a secret of Standard Webhooks is not whsec_ and base64 */
function demandSecret(signing: Signing, secret: string): void {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const fits =
    signing.scheme === 'standard'
      ? /^(whsec_)?[A-Za-z0-9+/]+={0,2}$/.test(secret) && bytes.length >= 16
      : secret.length >= 8
  if (!fits)
    throw new Problem(400, 'invalid', 'This cannot be a signing secret', {
      path: 'secret',
      action:
        signing.scheme === 'standard'
          ? 'Give whsec_ followed by base64 of at least 16 bytes, or leave it out and one is made.'
          : 'Copy the whole secret from the other system; it has at least 8 characters.',
    })
}

/** Shopify signs in its own way and nobody else does. */
function demandScheme(kind: SourceRow['kind'], signing: Signing): void {
  if ((kind === 'shopify') !== (signing.scheme === 'shopify'))
    throw new Problem(400, 'invalid', 'This way of signing does not fit this kind of source', {
      path: 'signing.scheme',
      action: 'Take shopify for Shopify, standard or hmac for others.',
    })
}

const EMPTY: Mapping = { rules: [] }

async function letters(core: Core, workspace: WorkspaceRow, source: Uuid, ids: string[] | undefined) {
  const wanted = ids?.map(id => idOr404('dea', id, 'ids')) ?? null
  return deadLettersOf(core.pool, workspace.id, source, { ids: wanted, limit: MOST_REPLAYED })
}

export const connectorRoutes = {
  async connectors({ core, workspace }) {
    return { items: await connectorsOf(core.pool, core.history, workspace) }
  },

  async sources({ core, workspace }) {
    const found = await listSources(core.pool, workspace.id)
    return { items: found.map(s => present(core, workspace, s)) }
  },

  async createSource({ core, workspace, body }) {
    const signing: Signing =
      body.signing ?? (body.kind === 'shopify' ? { scheme: 'shopify' } : { scheme: 'standard' })
    demandScheme(body.kind, signing)
    const made = body.secret ? null : `whsec_${randomBytes(32).toString('base64')}`
    const secret = body.secret ?? made
    must(secret, 'a source has a secret, given or made')
    demandSecret(signing, secret)
    const id = await insertSource(core.pool, {
      workspace_id: workspace.id,
      kind: body.kind,
      name: body.name,
      settings: { signing, mapping: EMPTY },
      secret: core.secrets.seal(secret),
    })
    return { ...present(core, workspace, await findSource(core.pool, workspace.id, id)), secret: made }
  },

  async source({ core, workspace, params }) {
    const found = await findSource(core.pool, workspace.id, idOr404('src', params.source))
    const last = await lastBody(core.pool, found.id)
    let paths: { path: string; sample: string }[] = []
    try {
      if (last) paths = pathsOf(JSON.parse(last.body))
    } catch {
      paths = [] // not JSON: a dead letter says so
    }
    return { ...present(core, workspace, found), last: last && { ...last, paths } }
  },

  async saveSource({ core, workspace, params, body }) {
    const found = await findSource(core.pool, workspace.id, idOr404('src', params.source))
    demandScheme(found.kind, body.signing)
    demandMapping(body.mapping)
    if (body.secret) demandSecret(body.signing, body.secret)
    const saved = await updateSource(core.pool, {
      workspace_id: workspace.id,
      id: found.id,
      name: body.name,
      settings: { signing: body.signing, mapping: body.mapping, locations: body.locations ?? {} },
      secret: body.secret ? core.secrets.seal(body.secret) : null,
      active: body.active,
      version: body.version,
    })
    if (!saved)
      throw new Problem(409, 'version_conflict', 'Somebody else changed this source meanwhile', {
        path: 'version',
        action: 'Load it again and repeat your change.',
      })
    return present(core, workspace, await findSource(core.pool, workspace.id, found.id))
  },

  async removeSource({ core, workspace, params }) {
    if (!(await deleteSource(core.pool, workspace.id, idOr404('src', params.source)))) throw notFound('src')
    return { ok: true }
  },

  async previewMapping({ core, workspace, params, body }) {
    const found = await findSource(core.pool, workspace.id, idOr404('src', params.source))
    const faults = mappingFaults(body.mapping)
    const raw = body.body ?? (await lastBody(core.pool, found.id))?.body
    if (faults.length > 0 || raw === undefined) return { matched: false, items: [], faults }
    const tried = {
      ...found,
      kind: 'webhook' as const,
      settings: { ...found.settings, mapping: body.mapping },
      timezone: workspace.timezone,
      currency: workspace.currency,
    }
    const read = readBody(tried, null, raw)
    const cleaned = await cleanBrought(core, tried, read.brought)
    return {
      matched: read.fault?.code !== 'no_rule',
      items: cleaned.events.slice(0, 20).map(({ event }) => ({
        type: event.type,
        name: event.name,
        at: event.at === undefined ? null : new Date(event.at).toISOString(),
        ids: event.ids,
        props: event.props ?? {},
        traits: event.traits ?? {},
      })),
      faults: [...(read.fault ? [read.fault] : []), ...cleaned.faults].map(f => ({
        path: f.path,
        code: f.code,
        message: `${f.detail}. ${f.action}`,
      })),
    }
  },

  async deadLetters({ core, workspace, params, query }) {
    const source = await findSource(core.pool, workspace.id, idOr404('src', params.source))
    const at = readCursor(query.cursor, isTexts(1))
    const found = await deadLettersOf(core.pool, workspace.id, source.id, {
      before: at ? at[0]! : null,
      limit: query.limit + 1,
    })
    const { shown, next } = cutPage(found, query.limit, last => [last.id])
    return {
      items: shown.map(d => ({
        ...d,
        id: publicId('dea', d.id),
        at: new Date(d.at.getTime() + workspace.clockOffsetMs).toISOString(),
      })),
      next,
    }
  },

  async replayDeadLetters({ core, workspace, params, body }) {
    const source = await findSource(core.pool, workspace.id, idOr404('src', params.source))
    const posted = { ...source, timezone: workspace.timezone, currency: workspace.currency }
    let used = 0
    for (const letter of (await letters(core, workspace, source.id, body.ids)).reverse()) {
      const taken = await takeDelivery(core, posted, letter.topic, letter.body, { letter: letter.id })
      if (taken.rejected === 0) used++
    }
    const { waiting } = await findSource(core.pool, workspace.id, source.id)
    return { used, left: waiting }
  },

  async discardDeadLetters({ core, workspace, params, body }) {
    const source = await findSource(core.pool, workspace.id, idOr404('src', params.source))
    const ids = body.ids?.map(id => idOr404('dea', id, 'ids')) ?? null
    return { discarded: await dropDeadLetters(core.pool, workspace.id, source.id, ids) }
  },
} satisfies Handlers
