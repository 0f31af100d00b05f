// What all of LINE's stand-in shares: who calls, LINE's error bodies, and how it misbehaves when told to.
import type { Context } from 'hono'
import type { LineDetail } from '../../channels/line/api.ts'
import type { Core } from '../../platform/core.ts'
import type { Uuid } from '../../platform/ids.ts'
import { takeStandInFault, type StandInFault } from '../stand-in.ts'

export type LineEnv = { Variables: { workspace: Uuid; requestId: string } }
export type LineContext = Context<LineEnv>

export const LINE_USER = /^U[0-9a-f]{32}$/
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const HANG_MS = 120_000

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

/** No answer in any client's patience. The timer keeps no process alive. */
export const hang = () =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error('hung up')), HANG_MS).unref())

/** Takes a fault that was set, and answers as it says; `drop`: what arrives is kept, and then nothing is answered. */
export async function misbehave(core: Core, c: LineContext): Promise<Response | { drop: boolean }> {
  const fault = await takeStandInFault(core.pool, c.get('workspace'), 'line')
  return fault === null ? { drop: false } : answerFault(c, fault)
}

async function answerFault(
  c: LineContext,
  fault: StandInFault['kind'],
): Promise<Response | { drop: boolean }> {
  switch (fault) {
    case 'error_429':
      c.header('retry-after', '2')
      return refuse(c, 429, 'The API rate limit has been exceeded. Try again later.')
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
