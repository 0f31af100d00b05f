// Every way in, with what came through it lately. The past is asked of history, and is "not known" while that is down.
import type { Out } from '../contract.ts'
import { askHistory, type History, unlessDown } from '../platform/clickhouse.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { feedsOf, findImport } from '../imports/store.ts'
import { NO_COUNTS, rowsOf } from '../imports/status.ts'
import { listSources } from './store.ts'

type Connector = Out<'connectors'>['items'][number]
const LATELY_MS = 7 * 86_400_000

type Came = Map<string, { rows: number; last: number }>

/** Events by source since a moment of workspace time. */
async function cameSince(history: History, workspace: Uuid, since: number): Promise<Came> {
  const rows = await askHistory<{ source: string; n: number; last: number }>(
    history,
    `select source, toUInt32(count()) as n, toFloat64(toUnixTimestamp64Milli(max(received))) as last from event
        where workspace_id = {workspace:UUID} and kind = 'event' and received >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
        group by source`,
    { workspace, since },
  )
  return new Map(rows.map(r => [r.source, { rows: r.n, last: r.last }]))
}

async function rejectedSince(sql: Sql, workspace: Uuid, since: Date): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ source: string; n: number }>(
    'select source, count(*)::int as n from rejected_event where workspace_id = $1 and at >= $2 group by source',
    [workspace, since],
  )
  return new Map(rows.map(r => [r.source, r.n]))
}

type KeyRow = { id: Uuid; kind: 'write' | 'api'; name: string; last_used_at: Date | null }
type AccountRow = { id: Uuid; name: string; attention: string | null }

/** Feeds of files, by the last run of each: its rows, and those refused, which its error file holds. */
async function filesOf(sql: Sql, workspace: WorkspaceRow) {
  const feeds = await feedsOf(sql, workspace.id, Date.now() + workspace.clockOffsetMs)
  const last = await Promise.all(feeds.map(f => (f.last ? findImport(sql, workspace.id, f.last) : null)))
  return feeds.map((f, i) => ({
    id: last[i] ? publicId('imp', last[i].id) : f.source,
    kind: 'file' as const,
    name: f.source,
    why: f.health === 'ok' ? null : `feed_${f.health}`,
    lastAt: last[i] ? (last[i].ended_at ?? last[i].created_at) : null,
    rejected: last[i] ? { ...NO_COUNTS, ...last[i].counts }.wrong : 0,
    rows: last[i] ? rowsOf({ ...NO_COUNTS, ...last[i].counts }) : 0,
  }))
}

export async function connectorsOf(
  sql: Sql,
  history: History,
  workspace: WorkspaceRow,
): Promise<Connector[]> {
  const now = Date.now()
  const [keys, accounts, sources, files, came, rejected] = await Promise.all([
    sql.query<KeyRow>(
      'select id, kind, name, last_used_at from api_key where workspace_id = $1 and revoked_at is null order by created_at, id',
      [workspace.id],
    ),
    sql.query<AccountRow>(
      `select id, name, attention from channel_account where workspace_id = $1 and channel = 'line' and archived_at is null order by created_at, id`,
      [workspace.id],
    ),
    listSources(sql, workspace.id),
    filesOf(sql, workspace),
    unlessDown(cameSince(history, workspace.id, now + workspace.clockOffsetMs - LATELY_MS)),
    rejectedSince(sql, workspace.id, new Date(now - LATELY_MS)),
  ])
  /** real time as the workspace's clock tells it */
  const told = (at: Date | null): number | null => at && at.getTime() + workspace.clockOffsetMs
  const row = ({
    rows,
    ...given
  }: Pick<Connector, 'id' | 'kind' | 'name' | 'why'> & {
    lastAt: number | null
    rejected: number
    /** of its last file, where what comes is not events */
    rows?: number
  }): Connector => {
    const seen = came?.get(given.name)
    const lastAt = Math.max(seen?.last ?? 0, given.lastAt ?? 0)
    return {
      ...given,
      status: given.why !== null ? 'attention' : lastAt > 0 ? 'ok' : 'waiting',
      lastAt: lastAt > 0 ? new Date(lastAt).toISOString() : null,
      rowsIn: rows ?? (came ? (seen?.rows ?? 0) : null),
    }
  }
  return [
    ...keys.rows.map(k =>
      row({
        id: publicId('key', k.id),
        kind: k.kind === 'write' ? 'web' : 'api',
        name: k.name,
        why: null,
        lastAt: told(k.last_used_at),
        rejected: rejected.get(k.name) ?? 0,
      }),
    ),
    ...accounts.rows.map(a =>
      row({
        id: publicId('chn', a.id),
        kind: 'line',
        name: a.name,
        why: a.attention,
        lastAt: null,
        rejected: rejected.get(a.name) ?? 0,
      }),
    ),
    // an import's times are workspace time already
    ...files.map(f => row({ ...f, lastAt: f.lastAt?.getTime() ?? null })),
    ...sources.map(s =>
      row({
        id: publicId('src', s.id),
        kind: s.kind,
        name: s.name,
        why: !s.active
          ? 'off'
          : s.refused_at && (!s.last_at || s.refused_at > s.last_at)
            ? (s.refused_why ?? '')
            : s.waiting > 0
              ? 'dead_letters'
              : null,
        lastAt: told(s.last_at),
        rejected: s.waiting,
      }),
    ),
  ]
}
