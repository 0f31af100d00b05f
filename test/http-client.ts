// A caller of the real server in tests: an API key, a session, or nobody.
import { newId } from '../src/platform/ids.ts'
import { endpoints, type EndpointName } from '../src/contract.ts'

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers }
export type Caller = { key?: string; cookie?: string; headers?: Record<string, string> }
export type Given = { params?: Record<string, string>; query?: Record<string, string>; body?: unknown }

/** Calls an endpoint of the contract; `params` fill its path. */
export async function callApi(
  baseUrl: string,
  name: EndpointName,
  caller: Caller,
  given: Given = {},
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

/** Sends items to the intake as a shop's server does, each under a message id of its own unless it brings one.
 *  @throws when the intake does not take all of it */
export async function postBatch(
  baseUrl: string,
  key: string,
  items: Record<string, unknown>[],
  sentAt?: Date,
): Promise<void> {
  const batch = items.map(item => ({ messageId: newId(), ...item }))
  const { status, body } = await request(baseUrl, 'POST', '/v1/batch', { key }, { batch, sentAt })
  if (status !== 200 || JSON.stringify(body) !== '{"success":true}')
    throw new Error(`the intake answered ${status}: ${JSON.stringify(body).slice(0, 300)}`)
}

/** The cookie that an answer set, as it is sent back. */
export const cookieOf = (answer: Answer): string =>
  (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
