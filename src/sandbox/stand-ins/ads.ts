// The stand-in for Meta's Marketing and Conversions API: keeps who is in an audience, and purchases told to a pixel.
import { type Context, Hono } from 'hono'
import { workspaceOfToken } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { takeStandInFault } from '../stand-in.ts'

const HASH = /^[0-9a-f]{64}$/

/** What the stand-in has of an audience or a pixel. */
export async function standInAds<T>(sql: Sql, workspace: Uuid, id: string): Promise<T[]> {
  const { rows } = await sql.query<{ value: string }>('select value from system where key = $1', [
    `stand_in_ads:${workspace}:${id}`,
  ])
  return rows[0] ? (JSON.parse(rows[0].value) as T[]) : []
}

async function keep(sql: Sql, workspace: Uuid, id: string, list: unknown[]): Promise<void> {
  await sql.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [`stand_in_ads:${workspace}:${id}`, JSON.stringify(list)],
  )
}

const refuse = (c: Context, status: 400 | 401 | 500, code: number, message: string) =>
  c.json({ error: { code, message, type: 'OAuthException' } }, status)

/** To be mounted at /sandbox/ads. */
export function standInAdsApp(core: Core): Hono {
  const app = new Hono()
  app.on(['POST', 'DELETE'], '/:version/:id/:what', async c => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const workspace = workspaceOfToken(core, token, 'ads')
    if (workspace === null) return refuse(c, 401, 190, 'Invalid OAuth access token')
    const fault = await takeStandInFault(core.pool, workspace, 'ads')
    if (fault === 'error_429') return refuse(c, 400, 17, 'User request limit reached')
    if (fault === 'error_500') return refuse(c, 500, 2, 'Service temporarily unavailable')
    if (fault === 'error_401') return refuse(c, 401, 190, 'Invalid OAuth access token')
    const { id, what } = c.req.param()
    if (what === 'users') {
      const { payload } = (await c.req.json()) as { payload: { schema: string[]; data: string[][] } }
      if (payload.data.some(row => row.some(h => h !== '' && !HASH.test(h))))
        return refuse(c, 400, 100, 'Invalid parameter: data must be hashed')
      const rows = new Set(payload.data.map(r => r.join(',')))
      const others = (await standInAds<string>(core.pool, workspace, id)).filter(r => !rows.has(r))
      await keep(core.pool, workspace, id, c.req.method === 'POST' ? [...others, ...rows] : others)
      return c.json({ audience_id: id, num_received: rows.size, num_invalid_entries: 0 })
    }
    const { data } = (await c.req.json()) as { data: { event_id: string }[] }
    const known = await standInAds<{ event_id: string }>(core.pool, workspace, id)
    await keep(core.pool, workspace, id, [
      ...known,
      ...data.filter(d => !known.some(k => k.event_id === d.event_id)),
    ])
    return c.json({ events_received: data.length })
  })
  return app
}
