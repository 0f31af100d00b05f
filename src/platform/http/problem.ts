// Every refusal leaves as an RFC 9457 document: what is wrong, where, and what to do.
import type { z } from 'zod'
import type { problem } from '../../contract.ts'
import type { Log } from '../log.ts'
import { Problem } from '../errors.ts'
import { isTransient } from '../postgres.ts'

export type ProblemDocument = z.output<typeof problem>

/** What an unexpected error becomes for the caller. Our own bugs say nothing of their inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isTransient(error))
    return new Problem(503, 'database_unavailable', 'The database does not answer at the moment', {
      action: 'Nothing was changed. Try again in a few seconds.',
      retryAfterS: 2,
    })
  return new Problem(500, 'internal', 'Something went wrong on our side', {
    action: 'Try again; when it happens again, report the request id.',
  })
}

/** `application/problem+json` with the members of RFC 9457 and ours: code, action, path, requestId. */
export function problemResponse(p: Problem, requestId: string): Response {
  const document: ProblemDocument = {
    type: `/api-docs#${p.code}`,
    status: p.status,
    code: p.code,
    title: p.message,
    action: p.action,
    ...(p.path === undefined ? {} : { path: p.path }),
    requestId,
  }
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  }
  if (p.retryAfterS !== undefined) headers['retry-after'] = String(p.retryAfterS)
  if (p.status === 401) headers['www-authenticate'] = 'Bearer realm="itinera"'
  return new Response(JSON.stringify(document), { status: p.status, headers })
}

/** Answers, and records what is our fault. */
export function answerError(error: unknown, requestId: string, route: string, log: Log): Response {
  const p = toProblem(error)
  if (p.status === 500) log.error({ err: error, requestId, route }, 'request failed')
  else if (p.status === 503) log.warn({ requestId, route, code: p.code }, 'request refused')
  return problemResponse(p, requestId)
}

/** The first fault of a body or query, with its path as written in JSON. */
export function invalid(error: z.ZodError, where: 'body' | 'query'): Problem {
  const issue = error.issues[0]!
  const path = issue.path.map(String).join('.')
  const title = `${where === 'query' ? 'Query parameter' : 'Field'} ${path || '(whole body)'}: ${issue.message}`
  return new Problem(400, 'invalid', title, {
    path: path || where,
    action: 'Correct this field; /api-docs describes every endpoint.',
  })
}
