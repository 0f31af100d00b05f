// The typed client: one function over the contract's table. Throws ApiProblem for everything that is not a 2xx.
import { endpoints } from 'virtual:endpoints'
import type { EndpointName, endpoints as Contract, In, Out, Query } from '../../src/contract.ts'

type PathNames<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? N | PathNames<Rest>
  : never
type Path<N extends EndpointName> = { [K in PathNames<(typeof Contract)[N]['path']>]: string }
type Part<K extends string, V> = [V] extends [undefined] ? { [P in K]?: undefined } : { [P in K]: V }
type OptionalPart<K extends string, V> = [V] extends [undefined] ? { [P in K]?: undefined } : { [P in K]?: V }
/** Path parameters by name, `query`, `body`; for writes that may be repeated, `idempotencyKey`. */
export type Args<N extends EndpointName> = Path<N> &
  OptionalPart<'query', Query<N>> &
  Part<'body', In<N>> & { idempotencyKey?: string }

/** A refusal or failure, in the words of the server's problem document (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly action: string
  readonly path: string | null
  readonly requestId: string | null
  constructor(
    status: number,
    code: string,
    title: string,
    action: string,
    path: string | null,
    requestId: string | null,
  ) {
    super(title)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.action = action
    this.path = path
    this.requestId = requestId
  }
}

export async function call<N extends EndpointName>(
  name: N,
  args: Args<N>,
  signal?: AbortSignal,
): Promise<Out<N>> {
  const { method, path } = endpoints[name]
  const given = args as Record<string, unknown>
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries((given.query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== null && value !== '') query.set(key, String(value))
  }
  const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(String(given[key])))
  const url = `/api${filled}${query.size > 0 ? `?${query}` : ''}`
  const headers: Record<string, string> = {}
  if (given.body !== undefined) headers['content-type'] = 'application/json'
  if (given.idempotencyKey) headers['idempotency-key'] = String(given.idempotencyKey)
  const body = given.body === undefined ? undefined : JSON.stringify(given.body)
  return (await ask(url, { method: method.toUpperCase(), headers, body, signal })) as Out<N>
}

/** Sends a small file as the body of one request, to what is no endpoint of the contract. `to`: below /api/w/…
 *  @throws ApiProblem */
export const sendFile = (ws: string, to: string, file: File): Promise<unknown> =>
  ask(`/api/w/${encodeURIComponent(ws)}/${to}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  })

async function ask(url: string, init: RequestInit & { headers: Record<string, string> }): Promise<unknown> {
  const headers = { accept: 'application/json', 'x-itinera': '1', ...init.headers }
  let response: Response
  try {
    response = await fetch(url, { ...init, headers, credentials: 'same-origin' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiProblem(0, 'offline', '', '', null, null)
  }
  const text = await response.text()
  const answer = parse(text)
  if (response.ok && answer !== undefined) return answer
  const p = (answer ?? {}) as Partial<Record<'code' | 'title' | 'action' | 'path' | 'requestId', string>>
  throw new ApiProblem(
    response.status,
    p.code ?? 'not_understood',
    p.title ?? `HTTP ${response.status}`,
    p.action ?? '',
    p.path ?? null,
    p.requestId ?? response.headers.get('x-request-id'),
  )
}

/** undefined when the text is not JSON: a proxy's page, a cut answer. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
