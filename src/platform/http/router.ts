// Serves every endpoint of src/contract.ts from the handlers of the subjects. What all of them share is here and
// nowhere else: who calls, which workspace, the scope, the checks of input and output, the audit line.
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { getConnInfo } from '@hono/node-server/conninfo'
import { endpoints, type EndpointName } from '../../contract.ts'
import type { Core } from '../core.ts'
import { must, Problem } from '../errors.ts'
import { tooDeepAt } from '../values.ts'
import type { Access, AuditDetail, AuditKind, Identity, Seat } from './access.ts'
import type { AllHandlers, Call, Caller, Handler, WorkspaceRow } from './handler.ts'
import { type Answer, answerOnce } from './idempotency.ts'
import { asPrecondition, etagOf, withIfMatch } from './if-match.ts'
import { maskAnswer, maskOf } from './mask.ts'
import { answerError, invalid, problemResponse } from './problem.ts'
import { demandSameOrigin, demandScope, readSessionCookie, writeSessionCookie } from './session.ts'

export type HttpEnv = { Variables: { requestId: string; route: string } }

const BODY_LIMIT_BYTES = 2 * 1024 * 1024
const BODY_LEVELS = 100
/** Its owner keeps the answers, in the transaction of the fold. */
const OWN_IDEMPOTENCY: EndpointName = 'customerCommand'
const NAMES = Object.keys(endpoints) as EndpointName[]

/** The endpoint table with its differences in type forgotten; each request is checked against its own zod schemas. */
type AnyEndpoint = {
  method: string
  path: string
  scope: string
  quiet?: true
  query?: import('zod').ZodObject
  body?: import('zod').ZodType
  out: import('zod').ZodType
  audit?: AuditKind
}

/** All endpoints of the contract, below /api. Every error leaves as a problem document. */
export function apiRouter(core: Core, access: Access, handlers: AllHandlers): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.use(
    bodyLimit({
      maxSize: BODY_LIMIT_BYTES,
      onError: c => {
        const refused = problemResponse(
          new Problem(413, 'body_too_large', 'The body is too large', {
            action: `Send at most ${BODY_LIMIT_BYTES} bytes.`,
          }),
          (c as Context<HttpEnv>).get('requestId'),
        )
        refused.headers.set('connection', 'close') // what was not read is in the way of the next request
        return refused
      },
    }),
  )
  for (const name of NAMES) {
    const endpoint: AnyEndpoint = endpoints[name]
    const handler = handlers[name] as Handler<EndpointName>
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(endpoint.method, path, async c => {
      c.set('route', `/api${endpoint.path}`)
      return serve(c, core, access, name, endpoint, handler)
    })
  }
  app.onError((error, c) => answerError(error, c.get('requestId'), c.get('route') ?? '/api', core.log))
  app.notFound(c =>
    problemResponse(
      new Problem(404, 'no_endpoint', 'There is no such endpoint', {
        action: 'See /api-docs for all of them.',
      }),
      c.get('requestId'),
    ),
  )
  return app
}

async function serve(
  c: Context<HttpEnv>,
  core: Core,
  access: Access,
  name: EndpointName,
  endpoint: AnyEndpoint,
  handler: Handler<EndpointName>,
): Promise<Response> {
  const writes = endpoint.method !== 'get'
  const who =
    endpoint.scope === 'public'
      ? null
      : await access.identify(c.req.header('authorization'), readSessionCookie(c))
  if (writes && who?.kind !== 'key') demandSameOrigin(c, core)
  const seat = await takeSeat(c, access, who, endpoint)
  const query = endpoint.query ? parse(endpoint.query, c.req.query(), 'query') : undefined
  const ifMatch = c.req.header('if-match')
  const given = endpoint.body ? await readJson(c) : undefined
  const edited = withIfMatch(endpoint, ifMatch, given)
  const body = endpoint.body ? parse(endpoint.body, edited, 'body') : undefined

  let status = 200
  let detail: AuditDetail = {}
  const caller: Caller | null = seat?.caller ?? who?.caller ?? null
  const call = {
    core,
    get caller(): Caller {
      must(caller, `a public endpoint reads no caller: ${name}`)
      return caller
    },
    scopes: seat?.scopes ?? new Set(),
    get workspace(): WorkspaceRow {
      must(seat, `only a path with {ws} has a workspace: ${name}`)
      return seat.workspace
    },
    params: c.req.param() as Record<string, string>,
    query,
    body,
    idempotencyKey: idempotencyKey(c),
    requestId: c.get('requestId'),
    session: who?.kind === 'user' ? who.session : null,
    remoteAddress: remoteAddress(c),
    setSession: (token: string | null) => writeSessionCookie(c, core, token),
    setStatus: (s: number) => {
      status = s
    },
    note: (more: AuditDetail) => {
      detail = { ...detail, ...more }
    },
  } as unknown as Call<EndpointName>

  const perform = async (): Promise<Answer> => {
    const out = await Promise.resolve(handler(call)).catch((error: unknown) => {
      throw asPrecondition(error, ifMatch)
    })
    const json = checkedJson(name, endpoint, out, seat)
    if (caller && !endpoint.quiet && (writes || endpoint.audit)) {
      const act = {
        name,
        kind: endpoint.audit ?? 'changed',
        personal: seat === null || maskOf(seat) === null,
        detail,
      } as const
      await audit(c, core, access, act, seat?.workspace ?? null, caller)
    }
    return { status, json }
  }
  const key = call.idempotencyKey
  const answer =
    writes && caller && key !== null && name !== OWN_IDEMPOTENCY
      ? await answerOnce(core, { actor: caller.id, key, endpoint: name, path: c.req.path, body }, perform)
      : await perform()
  c.header('cache-control', 'no-store')
  const etag = etagOf(endpoint, answer.json)
  if (etag !== null) c.header('etag', etag)
  return c.body(answer.json, answer.status as 200, { 'content-type': 'application/json' })
}

function checkedJson(name: EndpointName, endpoint: AnyEndpoint, out: unknown, seat: Seat | null): string {
  const checked = endpoint.out.safeParse(out)
  must(
    checked.success,
    `${name} answers as the contract says: ${checked.error?.issues.map(i => `${i.path.join('.')} ${i.message}`).join('; ')}`,
  )
  const rules = seat && maskOf(seat)
  return JSON.stringify(rules ? maskAnswer(endpoint, checked.data, rules) : checked.data)
}

async function takeSeat(
  c: Context,
  access: Access,
  who: Identity | null,
  endpoint: AnyEndpoint,
): Promise<Seat | null> {
  if (!who) return null
  if (endpoint.scope === 'session') {
    if (who.kind === 'key')
      throw new Problem(403, 'session_needed', 'This is for people who are signed in, not for API keys', {
        action: 'Sign in, or use an endpoint of a workspace.',
      })
    return null
  }
  const seat = await access.seatIn(who, c.req.param('ws') ?? '')
  demandScope(seat, endpoint.scope as Parameters<typeof demandScope>[1])
  return seat
}

function parse(schema: import('zod').ZodType, value: unknown, where: 'body' | 'query'): unknown {
  const result = schema.safeParse(value)
  if (!result.success) throw invalid(result.error, where)
  return result.data
}

async function readJson(c: Context): Promise<unknown> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/json\b/i.test(type))
    throw new Problem(415, 'json_needed', 'The body must be JSON', {
      action: 'Send the header "Content-Type: application/json".',
    })
  const text = await c.req.text()
  const json = parseJson(text)
  const path = tooDeepAt(json, BODY_LEVELS)
  if (path !== null)
    throw new Problem(400, 'too_deep', `The body nests deeper than ${BODY_LEVELS} levels`, {
      path,
      action: 'Make it flatter. Of a rule, make a part a segment of its own and use "in segment".',
    })
  return json
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new Problem(400, 'bad_json', 'The body is not valid JSON', {
      path: 'body',
      action: (error as Error).message,
    })
  }
}

function idempotencyKey(c: Context): string | null {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return null
  if (key.length === 0 || key.length > 200)
    throw new Problem(400, 'invalid', 'Idempotency-Key must have 1 to 200 characters', {
      path: 'Idempotency-Key',
      action: 'Send a UUID, for example.',
    })
  return key
}

export const remoteAddress = (c: Context): string => getConnInfo(c).remote.address ?? 'unknown'

/** The act has happened; when its audit line cannot be written that is an error of ours, not a refusal. */
async function audit(
  c: Context<HttpEnv>,
  core: Core,
  access: Access,
  act: { name: EndpointName; kind: AuditKind; personal: boolean; detail: AuditDetail },
  workspace: WorkspaceRow | null,
  caller: Caller,
): Promise<void> {
  const { ws: _ws, ...targets } = c.req.param() as Record<string, string>
  try {
    await access.record({
      workspace: workspace?.id ?? null,
      caller,
      action: act.name,
      kind: act.kind,
      target: Object.values(targets)[0] ?? null,
      // masked: they saw that this person is there, not who it is
      detail: act.kind === 'saw' && !act.personal ? { ...act.detail, masked: true } : act.detail,
    })
  } catch (error) {
    core.log.error(
      { err: error, requestId: c.get('requestId'), action: act.name },
      'audit line could not be written',
    )
  }
}
