// Campaigns: kept by hand, part of the world, so that a moved end moves what waits for it.
import type { Out } from '../contract.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import type { Core } from '../platform/core.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import type { PropFilter } from '../rules/model.ts'
import { type CAMPAIGN_MEASURES, linksOf } from '../campaigns/figures.ts'
import { publishWorld } from './publish.ts'

type Row = {
  id: Uuid
  name: string
  starts_at: Date
  ends_at: Date
  event: string
  filters: PropFilter[]
  also: { event: string; where: PropFilter[] }[]
  code: string
  pages: { label: string; url: string }[]
  budget: string | number | null
  goal: { event: string; where: PropFilter[]; target: number } | null
  kpis: { measure: (typeof CAMPAIGN_MEASURES)[number]; target: number }[]
  archived: boolean
  version: number
  updated_at: Date
}
export type Campaign = Out<'createCampaign'>

/** What its links call it. */
const codeOf = ({ id, code }: Row): string => (code === '' ? publicId('cmp', id) : code)

const present = (r: Row): Campaign => ({
  id: publicId('cmp', r.id),
  name: r.name,
  startsAt: r.starts_at.toISOString(),
  endsAt: r.ends_at.toISOString(),
  event: r.event,
  where: r.filters,
  also: r.also,
  code: r.code,
  pages: r.pages,
  budget: r.budget === null ? null : Number(r.budget),
  goal: r.goal,
  kpis: r.kpis,
  links: linksOf(r.pages, codeOf(r)),
  archived: r.archived,
  version: r.version,
  updatedAt: r.updated_at.toISOString(),
})

const COLUMNS = [
  'name',
  'starts_at',
  'ends_at',
  'event',
  'filters',
  'also',
  'code',
  'pages',
  'budget',
  'goal',
  'kpis',
] as const
type Values = Pick<
  Campaign,
  'name' | 'startsAt' | 'endsAt' | 'event' | 'where' | 'also' | 'code' | 'pages' | 'budget' | 'goal' | 'kpis'
>
/** In the order of COLUMNS. */
const valuesOf = (c: Values): unknown[] => [
  c.name,
  c.startsAt,
  c.endsAt,
  c.event,
  JSON.stringify(c.where),
  JSON.stringify(c.also),
  c.code,
  JSON.stringify(c.pages),
  c.budget,
  c.goal && JSON.stringify(c.goal),
  JSON.stringify(c.kpis),
]

/** @throws Problem 404 `campaign_not_found` */
export async function findCampaign(sql: Sql, workspace: Uuid, id: Uuid): Promise<Campaign> {
  const { rows } = await sql.query<Row>('select * from campaign where workspace_id = $1 and id = $2', [
    workspace,
    id,
  ])
  if (!rows[0]) throw notFound('cmp')
  return present(rows[0])
}

/** Journeys and broadcasts that belong to it. */
export async function journeysOfCampaign(
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
): Promise<{ id: Uuid; name: string; kind: 'journey' | 'broadcast'; status: string }[]> {
  const { rows } = await sql.query<{
    id: Uuid
    name: string
    kind: 'journey' | 'broadcast'
    status: string
  }>(
    'select id, name, kind, status from journey where workspace_id = $1 and campaign_id = $2 order by created_at, id',
    [workspace, id],
  )
  return rows
}

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
    const { shown, next } = cutPage(rows, query.limit, last => [last.id])
    return {
      items: shown.map(present),
      next,
    }
  },

  async campaign({ core, workspace, params }) {
    const id = idOr404('cmp', params.campaign)
    const [found, journeys] = await Promise.all([
      findCampaign(core.pool, workspace.id, id),
      journeysOfCampaign(core.pool, workspace.id, id),
    ])
    return {
      ...found,
      journeys: journeys.map(j => ({
        id: publicId('jrn', j.id),
        broadcast: j.kind === 'broadcast' ? publicId('brd', j.id) : null,
        name: j.name,
        status: j.status,
      })),
    }
  },

  async setCampaignJourneys({ core, workspace, params, body }) {
    const id = idOr404('cmp', params.campaign)
    const wanted = body.journeys.map((j, i) => idOr404('jrn', j, `journeys.${i}`))
    await inTransaction(core.pool, async sql => {
      await findCampaign(sql, workspace.id, id)
      const { rows } = await sql.query<{ id: Uuid }>(
        `update journey set campaign_id = case when id = any($3::uuid[]) then $2::uuid end
          where workspace_id = $1 and (campaign_id = $2 or id = any($3::uuid[])) returning id`,
        [workspace.id, id, wanted],
      )
      const there = new Set(rows.map(r => r.id))
      const missing = wanted.findIndex(j => !there.has(j))
      if (missing >= 0) throw notFound('jrn', `journeys.${missing}`)
    })
    return { ok: true as const }
  },

  async createCampaign({ core, workspace, body }) {
    demandOrder(body.startsAt, body.endsAt)
    return write(core, workspace.id, async sql => {
      const { rows } = await sql.query<Row>(
        `insert into campaign (workspace_id, id, ${COLUMNS.join(', ')}, created_at, updated_at)
         values ($1, $2, ${COLUMNS.map((_, i) => `$${i + 4}`).join(', ')}, $3, $3) returning *`,
        [workspace.id, newId(), new Date(), ...valuesOf(body)],
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
      const said = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
      const next = { ...present(held), ...(said as Partial<Campaign>) }
      demandOrder(next.startsAt, next.endsAt)
      const saved = await sql.query<Row>(
        `update campaign set ${COLUMNS.map((c, i) => `${c} = $${i + 5}`).join(', ')}, archived = $4,
                version = version + 1, updated_at = $3 where workspace_id = $1 and id = $2 returning *`,
        [workspace.id, id, new Date(), next.archived, ...valuesOf(next)],
      )
      return saved.rows[0]!
    })
  },
} satisfies Handlers
