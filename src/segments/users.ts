// Who uses a segment: published journeys whose people may still be in them, live segments that name it, and what is kept
// for its members (frequency rules, quota, ad audiences, LINE menus). A journey names it by its public id wherever it
// stands (a trigger's filter, a split, an exit, another rule), so its id is looked for.
import { sayRule } from '../messages/frequency.ts'
import { frequencyRules } from '../messages/frequency-store.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { SegmentRecord } from './store.ts'
import { segmentsNamed } from './definition.ts'
import type { USER_KINDS } from './model.ts'

export type User = { kind: (typeof USER_KINDS)[number]; id: string; name: string }
type Use = User & { segment: string }

type Text = { id: Uuid; name: string; text: string }

/** Published versions of journeys that are not stopped, as text. */
async function journeyTexts(sql: Sql, workspace: Uuid): Promise<Text[]> {
  const { rows } = await sql.query<{ id: Uuid; name: string; graph: JourneyGraph }>(
    `select j.id, j.name, v.graph from journey j join journey_version v on v.workspace_id = j.workspace_id and v.journey_id = j.id
      where j.workspace_id = $1 and j.status in ('live', 'paused', 'draining') and v.graph::text like '%seg\\_%'`,
    [workspace],
  )
  return rows.map(r => ({ id: r.id, name: r.name, text: JSON.stringify(r.graph) }))
}

/** What is kept for members: frequency rules, parts of an account's quota, ad audiences, LINE menus. */
async function memberUses(sql: Sql, workspace: Uuid): Promise<Use[]> {
  const rules = (await frequencyRules(sql, [workspace])).get(workspace) ?? []
  const accounts = await sql.query<{ id: Uuid; name: string; segment: string }>(
    `select id, name, settings->>'quotaReserveFor' as segment from channel_account
      where workspace_id = $1 and archived_at is null and settings->>'quotaReserveFor' <> ''`,
    [workspace],
  )
  const audiences = await sql.query<{ id: Uuid; name: string; segment: Uuid }>(
    `select id, name, unnest(array_remove(array[segment_id, exclude_id], null)) as segment from ad_audience
      where workspace_id = $1 order by created_at, id`,
    [workspace],
  )
  const menus = await sql.query<{ id: Uuid; name: string; segment: string }>(
    `select id, name, audience->>'segment' as segment from line_menu
      where workspace_id = $1 and status = 'live' and audience->>'kind' = 'segment' order by place, id`,
    [workspace],
  )
  return [
    ...rules.flatMap(({ id, segmentId, ...rule }): Use[] =>
      segmentId === null
        ? []
        : [
            {
              segment: publicId('seg', segmentId),
              kind: 'frequency',
              id: publicId('frq', id),
              name: sayRule(rule).zh,
            },
          ],
    ),
    ...accounts.rows.map((a): Use => ({ ...a, kind: 'account', id: publicId('chn', a.id) })),
    ...audiences.rows.map(
      (a): Use => ({
        ...a,
        segment: publicId('seg', a.segment),
        kind: 'audience',
        id: publicId('aud', a.id),
      }),
    ),
    ...menus.rows.map((m): Use => ({ ...m, kind: 'menu', id: publicId('lrm', m.id) })),
  ]
}

/** Users of every segment, by its public id. */
export async function usersOf(sql: Sql, workspace: Uuid, all: SegmentRecord[]): Promise<Map<string, User[]>> {
  const users = new Map<string, User[]>()
  const add = (segment: string, user: User): void => {
    const list = users.get(segment) ?? []
    if (!list.some(u => u.id === user.id)) list.push(user)
    users.set(segment, list)
  }
  for (const other of all)
    if (other.status === 'live' && other.live)
      for (const named of segmentsNamed(other.live))
        add(named, { kind: 'segment', id: publicId('seg', other.id), name: other.name })
  for (const { segment, ...user } of await memberUses(sql, workspace)) add(segment, user)
  const texts = await journeyTexts(sql, workspace)
  for (const { id } of all) {
    const named = publicId('seg', id)
    for (const journey of texts)
      if (journey.text.includes(named))
        add(named, { kind: 'journey', id: publicId('jrn', journey.id), name: journey.name })
  }
  return users
}
