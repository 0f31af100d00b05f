// What all of LINE's stand-in shares: who calls, LINE's error bodies, and how it misbehaves when told to.
import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'
import type { LineDetail } from '../../channels/line/api.ts'
import { lineLimit } from '../../channels/line/turns.ts'
import type { Core } from '../../platform/core.ts'
import type { Uuid } from '../../platform/ids.ts'
import { FAULT_KINDS } from '../fault-kinds.ts'
import { takeStandInFault, type StandInFault } from '../stand-in.ts'
import { hang } from './hang.ts'

export type LineEnv = { Variables: { workspace: Uuid; requestId: string } }
export type LineContext = Context<LineEnv>

export const LINE_USER = /^U[0-9a-f]{32}$/
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const MANY = 1_000

type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 500

export const refuse = (c: LineContext, status: ErrorStatus, message: string, details: LineDetail[] = []) =>
  c.json({ message, ...(details.length > 0 ? { details } : {}) }, status)

/** As LINE answers to a body with faults. */
export const refuseBody = (c: LineContext, details: LineDetail[]) =>
  refuse(c, 400, `The request body has ${details.length} error(s)`, details)

export const refuseTo = (c: LineContext, property: string) =>
  refuse(c, 400, `The property, '${property}', in the request body is invalid (line: -, column: -)`)

export const BAD_TOKEN =
  'Authentication failed. Confirm that the access token in the authorization header is valid.'

/** The body as an object; null: it is no JSON object. */
export async function bodyOf(c: LineContext): Promise<Record<string, unknown> | null> {
  const body: unknown = await c.req.json().catch(() => null)
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : null
}

/** Takes a fault that was set, and answers as it says; `drop`: what arrives is kept, and then nothing is answered. */
export async function misbehave(core: Core, c: LineContext): Promise<Response | { drop: boolean }> {
  const fault = await takeStandInFault(
    core.pool,
    c.get('workspace'),
    'line',
    FAULT_KINDS.filter(k => k !== 'calls_429'),
  )
  return fault === null ? { drop: false } : answerFault(c, fault)
}

const TOO_MANY = 'The API rate limit has been exceeded. Try again later.'

/** When calls of each endpoint came, by workspace; of this process alone, which is all of a sandbox's. */
const came = new LRUCache<string, number[]>({ max: 2_000 })

/** LINE's limits of calls, which it says without a time, and what it is told to refuse of what is no message. */
export async function tooMany(core: Core, c: LineContext): Promise<Response | null> {
  const workspace = c.get('workspace')
  const path = new URL(c.req.url).pathname.replace(/^\/sandbox\/line/, '')
  const { key, max, perMs } = lineLimit(c.req.method, path)
  const name = `${workspace} ${key}`
  const now = Date.now()
  // what may be called thousands of times a second is not counted
  if (max < MANY) {
    const within = (came.get(name) ?? []).filter(at => at > now - perMs)
    if (within.length >= max) return refuse(c, 429, TOO_MANY)
    came.set(name, [...within, now])
  }
  if (/^\/v2\/bot\/message\/(push|multicast|reply)$/.test(path)) return null
  return (await takeStandInFault(core.pool, workspace, 'line', ['calls_429'])) === null
    ? null
    : refuse(c, 429, TOO_MANY)
}

async function answerFault(
  c: LineContext,
  fault: StandInFault['kind'],
): Promise<Response | { drop: boolean }> {
  switch (fault) {
    case 'error_429':
      c.header('retry-after', '2')
      return refuse(c, 429, TOO_MANY)
    case 'error_500':
      return refuse(c, 500, 'Internal server error')
    case 'error_401':
      return refuse(c, 401, BAD_TOKEN)
    case 'bad_recipient':
      return refuse(c, 400, 'Failed to send messages')
    case 'hang':
      return hang()
    case 'accept_then_drop':
      return { drop: true }
    default:
      return { drop: false } // what is not LINE's
  }
}
