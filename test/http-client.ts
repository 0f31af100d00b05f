// A caller of the real server in tests: an API key, a session, or nobody.
import { endpoints, type EndpointName } from '../src/contract.ts'

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers }
export type Caller = { key?: string; cookie?: string; headers?: Record<string, string> }

/** Calls an endpoint of the contract; `params` fill its path. */
export async function callApi(
  baseUrl: string,
  name: EndpointName,
  caller: Caller,
  given: { params?: Record<string, string>; query?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const { method, path } = endpoints[name]
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, part: string) =>
    encodeURIComponent(given.params?.[part] ?? part),
  )
  const query = given.query ? `?${new URLSearchParams(given.query)}` : ''
  return request(baseUrl, method.toUpperCase(), `/api${filled}${query}`, caller, given.body)
}

export async function request(
  baseUrl: string,
  method: string,
  path: string,
  caller: Caller,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(baseUrl + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(caller.key ? { authorization: `Bearer ${caller.key}` } : {}),
      ...(caller.cookie ? { cookie: caller.cookie } : {}),
      'x-itinera': '1',
      ...caller.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = /json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    body: json ? (JSON.parse(text) as Record<string, unknown>) : { text },
    headers: response.headers,
  }
}

/** The cookie that an answer set, as it is sent back. */
export const cookieOf = (answer: Answer): string =>
  (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
