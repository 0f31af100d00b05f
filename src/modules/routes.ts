// Handlers of message modules.
import type { Out } from '../contract.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { published, republishIn } from '../journeys/publish.ts'
import { publishingOf } from '../journeys/publishing/settings.ts'
import { journeyNames } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { idOr404 } from '../platform/public-id.ts'
import { compiled } from './compile-mail.ts'
import { diffContents } from './diff.ts'
import { faultsOfContent } from './faults.ts'
import { repin } from './model.ts'
import {
  findModule,
  insertModule,
  listModules,
  lockModule,
  moduleVersions,
  type ModuleRecord,
  newestVersions,
  publishModule,
  saveModule,
  type Use,
  usesOf,
} from './store.ts'

type Row = Out<'modules'>['items'][number]

const rowOf = (m: ModuleRecord, uses: Map<string, Use[]>): Row => {
  const id = publicId('mod', m.id)
  return {
    id,
    name: m.name,
    folder: m.folder,
    tags: m.tags,
    channel: m.channel,
    purpose: m.purpose,
    liveVersion: m.live_version,
    changed: m.live === null || diffContents(m.live, m.draft).length > 0,
    content: m.live ?? m.draft,
    archived: m.archived,
    usedBy: uses.get(id) ?? [],
    version: m.version,
    updatedBy: m.updated_by,
    updatedAt: m.updated_at.toISOString(),
  }
}

async function detail(core: Core, workspace: Uuid, id: Uuid): Promise<Out<'module'>> {
  const [module, uses] = await Promise.all([
    findModule(core.pool, workspace, id),
    usesOf(core.pool, workspace),
  ])
  return { ...rowOf(module, uses), draft: module.draft, faults: faultsOfContent(module.draft) }
}

const within = (folder: string, top: string): boolean => folder === top || folder.startsWith(top + '/')

/** @throws Problem 400 `other_channel` */
function demandChannel(content: unknown, channel: string): void {
  if ((content as { channel?: unknown } | null)?.channel !== channel)
    throw new Problem(400, 'other_channel', 'The content is for another channel', {
      path: '/content/channel',
      action: `Give content of the channel ${channel}.`,
    })
}

const changed = (core: Core, workspace: Uuid): void => core.signals.emit('live', `${workspace}:modules`)

/** @throws Problem 409 `module_archived` */
function demandKept({ archived }: ModuleRecord): void {
  if (archived)
    throw new Problem(409, 'module_archived', 'This module is archived', { action: 'Take it back first.' })
}

export const moduleRoutes = {
  async modules({ core, workspace, query }) {
    const archived = query.archived === 'true'
    const [all, uses] = await Promise.all([
      listModules(core.pool, workspace.id, { archived }),
      usesOf(core.pool, workspace.id),
    ])
    const { channel, tag, q, folder } = query
    const found =
      channel === undefined && tag === undefined && q === undefined
        ? all
        : await listModules(core.pool, workspace.id, {
            archived,
            ...(channel === undefined ? {} : { channel }),
            ...(tag === undefined ? {} : { tag }),
            ...(q === undefined ? {} : { q }),
          })
    const folders = new Map<string, number>()
    for (const m of all) folders.set(m.folder, (folders.get(m.folder) ?? 0) + 1)
    return {
      items: found.filter(m => folder === undefined || within(m.folder, folder)).map(m => rowOf(m, uses)),
      folders: [...folders]
        .map(([name, count]) => ({ folder: name, count }))
        .sort((a, b) => a.folder.localeCompare(b.folder, workspace.locale)),
      tags: [...new Set(all.flatMap(m => m.tags))].sort((a, b) => a.localeCompare(b, workspace.locale)),
    }
  },

  async createModule({ core, workspace, body, caller }) {
    demandChannel(body.content, body.channel)
    const content = await compiled(body.content)
    const id = await insertModule(core.pool, workspace.id, { ...body, content }, actorOf(caller))
    changed(core, workspace.id)
    return detail(core, workspace.id, id)
  },

  module: ({ core, workspace, params }) => detail(core, workspace.id, idOr404('mod', params.module)),

  async saveModule({ core, workspace, params, body, caller }) {
    const id = idOr404('mod', params.module)
    const held = await findModule(core.pool, workspace.id, id)
    demandKept(held)
    if (body.content !== undefined) demandChannel(body.content, held.channel)
    const content = body.content === undefined ? {} : { content: await compiled(body.content) }
    await saveModule(core, workspace.id, id, { ...body, ...content }, actorOf(caller))
    changed(core, workspace.id)
    return detail(core, workspace.id, id)
  },

  async publishModule({ core, workspace, params, body, caller }) {
    const id = idOr404('mod', params.module)
    await inTransaction(core.pool, async sql => {
      const held = await lockModule(sql, workspace.id, id, body.version)
      demandKept(held)
      const fault = faultsOfContent(held.draft)[0]
      if (fault)
        throw new Problem(400, 'content_invalid', fault.message.en, {
          path: `/content${fault.path}`,
          action: 'Mend this; the faults of the draft are listed with it.',
        })
      await publishModule(sql, workspace.id, id, body, actorOf(caller))
    })
    changed(core, workspace.id)
    return detail(core, workspace.id, id)
  },

  async publishModuleIn({ core, workspace, params, body, caller }) {
    const module = await findModule(core.pool, workspace.id, idOr404('mod', params.module))
    const named = publicId('mod', module.id)
    const pin = (await newestVersions(core.pool, workspace.id, [named])).get(named)
    if (!pin)
      throw new Problem(409, 'module_unpublished', 'This module was never published', {
        action: 'Publish it first.',
      })
    if (publishingOf(workspace).approval)
      throw new Problem(409, 'approval_needed', 'Another person has to approve what is published here', {
        action: "Ask for approval on each journey's own page.",
      })
    const change = (graph: JourneyGraph): JourneyGraph => repin(graph, named, pin)
    const asked = body.journeys.map(j => ({ ...j, id: idOr404('jrn', j.journey) }))
    const versions = await inTransaction(core.pool, async sql => {
      const made: (number | null)[] = []
      for (const { id, version } of asked)
        made.push(await republishIn(sql, core, workspace.id, id, { version, actor: actorOf(caller), change }))
      return made
    })
    published(core, workspace.id)
    changed(core, workspace.id)
    const names = await journeyNames(
      core.pool,
      workspace.id,
      asked.map(j => j.id),
    )
    return {
      items: asked.map((j, i) => ({
        journey: j.journey,
        name: names.get(j.id) ?? '',
        version: versions[i] ?? null,
      })),
    }
  },

  async archiveModule({ core, workspace, params, body, caller }) {
    const id = idOr404('mod', params.module)
    const used = (await usesOf(core.pool, workspace.id)).get(publicId('mod', id)) ?? []
    if (body.archived && used.length > 0)
      throw new Problem(
        409,
        'module_in_use',
        `This module is used by ${used.map(u => `"${u.name}"`).join(', ')}`,
        { action: 'Take it out there, or stop the journey, then archive it.' },
      )
    await saveModule(core, workspace.id, id, body, actorOf(caller))
    changed(core, workspace.id)
    return detail(core, workspace.id, id)
  },

  async moduleVersions({ core, workspace, params }) {
    const { id } = await findModule(core.pool, workspace.id, idOr404('mod', params.module))
    const versions = await moduleVersions(core.pool, workspace.id, id)
    return {
      items: versions.map((v, i) => ({
        version: v.version,
        content: v.content,
        note: v.note,
        publishedBy: v.published_by,
        publishedAt: v.published_at.toISOString(),
        changes: i + 1 < versions.length ? diffContents(versions[i + 1]!.content, v.content) : [],
      })),
    }
  },
} satisfies Handlers
