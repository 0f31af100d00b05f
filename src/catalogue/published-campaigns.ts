// Campaigns as the world has them.
import type { PublishedCampaign } from '../customers/world.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { PropFilter } from '../rules/model.ts'

export async function publishedCampaigns(sql: Sql, workspace: Uuid): Promise<PublishedCampaign[]> {
  const { rows } = await sql.query<{
    id: Uuid
    name: string
    starts_at: Date
    ends_at: Date
    event: string
    filters: PropFilter[]
    also: { event: string; where: PropFilter[] }[]
  }>(
    `select id, name, starts_at, ends_at, event, filters, also from campaign
      where workspace_id = $1 and not archived order by id`,
    [workspace],
  )
  return rows.map(r => ({
    id: publicId('cmp', r.id),
    name: r.name,
    start: r.starts_at.toISOString(),
    end: r.ends_at.toISOString(),
    event: r.event,
    ...(r.filters.length > 0 ? { where: r.filters } : {}),
    ...(r.also.length > 0 ? { also: r.also } : {}),
  }))
}

/** Names of all campaigns, those that were put away too. */
export async function campaignNames(sql: Sql, workspace: Uuid): Promise<Map<Uuid, string>> {
  const { rows } = await sql.query<{ id: Uuid; name: string }>(
    'select id, name from campaign where workspace_id = $1',
    [workspace],
  )
  return new Map(rows.map(r => [r.id, r.name]))
}
