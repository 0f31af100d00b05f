// LINE's stand-in, audiences of uploaded user ids: made, added to, listed, deleted; narrowcasts go to who is in one.
// Source: line/line-openapi manage-audience.yml.
import type { Hono } from 'hono'
import type { Core } from '../../platform/core.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { hang } from './hang.ts'
import {
  bodyOf,
  LINE_USER,
  type LineContext,
  type LineEnv,
  misbehave,
  refuse,
  refuseBody,
} from './line-http.ts'
import { addObject, findObject, listObjects, putObject, takeObject } from './objects.ts'

export type StandInAudience = { description: string; users: string[] }
const MOST_IN_CALL = 10_000

/** Who is in it; null: there is none. */
export async function audienceUsers(sql: Sql, workspace: Uuid, id: string): Promise<string[] | null> {
  return (await findObject<StandInAudience>(sql, workspace, 'line_audience', id))?.body.users ?? null
}

const gone = (c: LineContext) =>
  refuse(c, 400, 'audience group not found', [{ property: '', message: 'AUDIENCE_GROUP_NOT_FOUND' }])

/** The users that a call names; a text: what is wrong with them. */
function named(body: Record<string, unknown> | null): string[] | string {
  const list = body?.audiences ?? []
  if (!Array.isArray(list) || list.length > MOST_IN_CALL) return 'TOO_MANY_AUDIENCE_IDS'
  const users = list.map((a: { id?: unknown }) => String(a?.id))
  return users.every(u => LINE_USER.test(u)) ? users : 'INVALID_AUDIENCE_ID_FORMAT'
}

export function audiencesOf(core: Core, app: Hono<LineEnv>): void {
  const { pool } = core
  app.post('/v2/bot/audienceGroup/upload', async c => {
    const fault = await misbehave(core, c)
    if (fault instanceof Response) return fault
    const body = await bodyOf(c)
    const description = String(body?.description ?? '')
    if (description.length < 1 || description.length > 120)
      return refuseBody(c, [{ property: 'description', message: 'Length must be between 1 and 120' }])
    const users = named(body)
    if (typeof users === 'string') return refuse(c, 400, users)
    const id = Date.now() * 1_000 + Math.floor(Math.random() * 1_000)
    await addObject(pool, c.get('workspace'), 'line_audience', String(id), { description, users })
    return fault.drop ? hang() : c.json({ audienceGroupId: id, type: 'UPLOAD', description }, 202)
  })
  app.put('/v2/bot/audienceGroup/upload', async c => {
    const fault = await misbehave(core, c)
    if (fault instanceof Response) return fault
    const body = await bodyOf(c)
    const id = String(body?.audienceGroupId ?? '')
    const known = await findObject<StandInAudience>(pool, c.get('workspace'), 'line_audience', id)
    if (!known) return gone(c)
    const users = named(body)
    if (typeof users === 'string') return refuse(c, 400, users)
    await putObject(pool, c.get('workspace'), 'line_audience', id, {
      ...known.body,
      users: [...new Set([...known.body.users, ...users])],
    })
    return fault.drop ? hang() : c.json({}, 202)
  })
  app.get('/v2/bot/audienceGroup/list', async c => {
    const part = (c.req.query('description') ?? '').toLowerCase()
    const all = await listObjects<StandInAudience>(pool, c.get('workspace'), 'line_audience')
    const found = all.filter(a => a.body.description.toLowerCase().includes(part))
    const audienceGroups = found.map(a => ({
      audienceGroupId: Number(a.key),
      type: 'UPLOAD',
      description: a.body.description,
      status: 'READY',
      audienceCount: a.body.users.length,
    }))
    return c.json({ audienceGroups, hasNextPage: false, totalCount: found.length, size: 40, page: 1 })
  })
  app.delete('/v2/bot/audienceGroup/:id', async c =>
    (await takeObject(pool, c.get('workspace'), 'line_audience', c.req.param('id'))) ? c.json({}) : gone(c),
  )
}
