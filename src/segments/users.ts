// Who uses a segment: published journeys whose people may still be in them, and live segments that name it. A segment is
// named by its public id wherever it stands (a trigger's filter, a split, an exit, another rule), so its id is looked for.
import { sayRule } from '../messages/frequency.ts'
import { frequencyRules } from '../messages/frequency-store.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { SegmentRecord } from './store.ts'
import { segmentsNamed } from './definition.ts'

export type User = { kind: 'journey' | 'segment' | 'frequency' | 'account'; id: string; name: string }

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

/** Frequency rules, and accounts that keep a part of their quota for a segment. */
async function limitUsers(sql: Sql, workspace: Uuid): Promise<(User & { segment: string })[]> {
  const [rules, accounts] = await Promise.all([
    frequencyRules(sql, [workspace]),
    sql.query<{ id: Uuid; name: string; segment: string }>(
      `select id, name, settings->>'quotaReserveFor' as segment from channel_account
        where workspace_id = $1 and archived_at is null and settings->>'quotaReserveFor' <> ''`,
      [workspace],
    ),
  ])
  return [
    ...(rules.get(workspace) ?? []).flatMap(r =>
      r.segmentId === null
        ? []
        : [
            {
              segment: publicId('seg', r.segmentId),
              kind: 'frequency' as const,
              id: publicId('frq', r.id),
              name: sayRule(r).zh,
            },
          ],
    ),
    ...accounts.rows.map(a => ({ ...a, kind: 'account' as const, id: publicId('chn', a.id) })),
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
  for (const user of await limitUsers(sql, workspace)) add(user.segment, user)
  const texts = await journeyTexts(sql, workspace)
  for (const { id } of all) {
    const named = publicId('seg', id)
    for (const journey of texts)
      if (journey.text.includes(named))
        add(named, { kind: 'journey', id: publicId('jrn', journey.id), name: journey.name })
  }
  return users
}
