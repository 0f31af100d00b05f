// The stand-in for the brand's other systems, for calls of journeys in sandbox workspaces: http://stand-in/… in a journey
// comes here. It checks the signature, keeps what arrived, and answers as it was told; 200 {"ok":true} when it was told
// nothing.
import { Hono } from 'hono'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { callSecret } from '../channels/http.ts'
import type { Core } from '../platform/core.ts'
import { newId, parseId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { sandboxNow } from './stand-in.ts'
import { hang } from './stand-ins/hang.ts'

const BODY_LIMIT = 64 * 1024
const KEPT = 100

/** What the next `times` calls are answered; `silent`: what arrived is kept, and nothing is answered. */
export type ToldAnswer = {
  status: number
  body: string
  times: number
  silent: boolean
  retryAfterS?: number
}

export type SandboxCall = {
  id: Uuid
  webhook_id: string
  signed: boolean
  method: string
  path: string
  headers: Record<string, string>
  body: string
  status: number
  at: Date
}

const key = (workspace: Uuid) => `stand_in_answer:${workspace}`

export async function tellAnswer(sql: Sql, workspace: Uuid, answer: ToldAnswer): Promise<void> {
  await sql.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [key(workspace), JSON.stringify(answer)],
  )
}

async function takeAnswer(sql: Sql, workspace: Uuid): Promise<ToldAnswer | null> {
  const { rows } = await sql.query<{ value: string }>(
    `update system set value = jsonb_set(value::jsonb, '{times}', to_jsonb((value::jsonb->>'times')::int - 1))::text
      where key = $1 and (value::jsonb->>'times')::int > 0 returning value`,
    [key(workspace)],
  )
  return rows[0] ? (JSON.parse(rows[0].value) as ToldAnswer) : null
}

/** The newest calls, the newest first. */
export async function sandboxCalls(sql: Sql, workspace: Uuid): Promise<SandboxCall[]> {
  const { rows } = await sql.query<SandboxCall>(
    `select id, webhook_id, signed, method, path, headers, body, status, at from sandbox_call
      where workspace_id = $1 order by at desc, id desc limit ${KEPT}`,
    [workspace],
  )
  return rows
}

function isSigned(core: Core, workspace: Uuid, headers: Record<string, string>, body: string): boolean {
  if (headers['webhook-signature'] === undefined) return false
  try {
    new Webhook(callSecret(core.secrets, workspace)).verify(body, headers)
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError || error instanceof SyntaxError) return false
    throw error
  }
}

/** To be mounted at /sandbox/http. */
export function standInCalls(core: Core): Hono {
  const app = new Hono()
  app.all('/:workspace/*', async c => {
    const workspace = parseId('wsp', c.req.param('workspace'))
    if (workspace === null) return c.json({ error: 'no such sandbox' }, 404)
    const at = await sandboxNow(core.pool, workspace).catch(() => null)
    if (at === null) return c.json({ error: 'no such sandbox' }, 404)
    const body = await c.req.text()
    if (body.length > BODY_LIMIT) return c.json({ error: 'too large' }, 413)
    const headers = c.req.header()
    const told = await takeAnswer(core.pool, workspace)
    const status = told?.silent ? 0 : (told?.status ?? 200)
    const url = new URL(c.req.url)
    await core.pool.query(
      `insert into sandbox_call (workspace_id, id, webhook_id, signed, method, path, headers, body, status, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        workspace,
        newId(at),
        headers['webhook-id'] ?? '',
        isSigned(core, workspace, headers, body),
        c.req.method,
        url.pathname.slice(`/sandbox/http/${c.req.param('workspace')}`.length) + url.search,
        JSON.stringify(headers),
        body,
        status,
        new Date(at),
      ],
    )
    await core.pool.query(
      `delete from sandbox_call where workspace_id = $1 and id in (
         select id from sandbox_call where workspace_id = $1 order by at desc, id desc offset ${KEPT})`,
      [workspace],
    )
    core.signals.emit('live', `${workspace}:sandbox`)
    if (told?.silent) return hang()
    if (told?.retryAfterS !== undefined) c.header('retry-after', String(told.retryAfterS))
    c.header('content-type', 'application/json')
    return new Response(told?.body ?? '{"ok":true}', { status, headers: c.res.headers })
  })
  return app
}
