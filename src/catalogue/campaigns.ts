// Campaigns: kept by hand, part of the world, so that a moved end moves what waits for it.
import type { Out } from '../contract.ts'
import { isTexts, readCursor, writeCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import type { Core } from '../platform/core.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import type { PropFilter } from '../rules/model.ts'
import { publishWorld } from './publish.ts'

type Row = {
  id: Uuid
  name: string
  starts_at: Date
  ends_at: Date
  event: string
  filters: PropFilter[]
  archived: boolean
  version: number
  updated_at: Date
}
type Campaign = Out<'createCampaign'>

const present = (r: Row): Campaign => ({
  id: publicId('cmp', r.id),
  name: r.name,
  startsAt: r.starts_at.toISOString(),
  endsAt: r.ends_at.toISOString(),
  event: r.event,
  where: r.filters,
  archived: r.archived,
  version: r.version,
  updatedAt: r.updated_at.toISOString(),
})

/** @throws Problem 400 `ends_before_start` */
function demandOrder(startsAt: string, endsAt: string): void {
  if (Date.parse(startsAt) >= Date.parse(endsAt))
    throw new Problem(400, 'ends_before_start', 'The end is not later than the beginning', {
      path: 'endsAt',
      action: 'Choose a later end.',
    })
}

/** Writes, and publishes the world with it. */
async function write(core: Core, workspace: Uuid, work: (sql: Sql) => Promise<Row>): Promise<Campaign> {
  const row = await inTransaction(core.pool, async sql => {
    const written = await work(sql)
    await publishWorld(sql, core, workspace)
    return written
  })
  core.signals.emit('inbox', '')
  core.signals.emit('segment-job')
  return present(row)
}

export const campaignRoutes = {
  async campaigns({ core, workspace, query }) {
    const at = readCursor(query.cursor, isTexts(1))
    const { rows } = await core.pool.query<Row>(
      `select * from campaign where workspace_id = $1 and archived = $2 and ($3::uuid is null or id < $3)
        order by id desc limit $4`,
      [workspace.id, query.archived === 'true', at?.[0] ?? null, query.limit + 1],
    )
    const shown = rows.slice(0, query.limit)
    const last = shown.at(-1)
    return {
      items: shown.map(present),
      next: rows.length > query.limit && last ? writeCursor([last.id]) : null,
    }
  },

  async createCampaign({ core, workspace, body }) {
    const { name, startsAt, endsAt, event, where } = body
    demandOrder(startsAt, endsAt)
    return write(core, workspace.id, async sql => {
      const { rows } = await sql.query<Row>(
        `insert into campaign (workspace_id, id, name, starts_at, ends_at, event, filters, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning *`,
        [workspace.id, newId(), name, startsAt, endsAt, event, JSON.stringify(where), new Date()],
      )
      return rows[0]!
    })
  },

  async saveCampaign({ core, workspace, params, body }) {
    const id = idOr404('cmp', params.campaign)
    return write(core, workspace.id, async sql => {
      const { rows } = await sql.query<Row>(
        'select * from campaign where workspace_id = $1 and id = $2 for no key update',
        [workspace.id, id],
      )
      const held = rows[0]
      if (!held) throw notFound('cmp')
      if (held.version !== body.version)
        throw new Problem(
          409,
          'version_conflict',
          `Somebody changed this campaign (version ${held.version} now)`,
          {
            path: 'version',
            action: 'Load it again, look at what changed, and make your change once more.',
          },
        )
      const next = { ...present(held), ...body }
      demandOrder(next.startsAt, next.endsAt)
      const saved = await sql.query<Row>(
        `update campaign set name = $3, starts_at = $4, ends_at = $5, event = $6, filters = $7, archived = $8,
                version = version + 1, updated_at = $9 where workspace_id = $1 and id = $2 returning *`,
        [
          workspace.id,
          id,
          next.name,
          next.startsAt,
          next.endsAt,
          next.event,
          JSON.stringify(next.where),
          next.archived,
          new Date(),
        ],
      )
      return saved.rows[0]!
    })
  },
} satisfies Handlers
