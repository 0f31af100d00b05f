// One HTTP request to somebody outside, over kept connections: the answer, or whether the request may have arrived.
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { faultPoint } from '../platform/fault.ts'
import type { SendResult } from './adapter.ts'
import { FORBIDDEN_TEXT, isInner, safeLookup } from './outgoing.ts'

const ANSWER_LIMIT = 64 * 1024
const agents = () => ({
  http: new HttpAgent({ keepAlive: true, maxSockets: 256, timeout: 60_000 }),
  https: new HttpsAgent({ keepAlive: true, maxSockets: 256, timeout: 60_000 }),
})
let kept = agents()

export type OutgoingRequest = {
  method: string
  url: URL
  headers: Record<string, string>
  body: string | Uint8Array
  /** bytes of the answer that are kept; 64 KB unless told */
  answerLimit?: number
}
export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }
/** `whole`: nothing of it was cut off. */
export type AnswerBytes = Answer & { bytes: Buffer; whole: boolean }
/** Why there is no answer. `written`: the request may have reached the provider. `stale`: a kept connection was closed. */
export class NoAnswer extends Error {
  readonly written: boolean
  readonly stale: boolean
  constructor(cause: Error, written: boolean, stale: boolean) {
    super((cause as { code?: string }).code ?? cause.message)
    this.written = written
    this.stale = stale
  }
}

/** Redirects are answers like any other. @throws NoAnswer */
export function exchange(r: OutgoingRequest, trusted: boolean, signal: AbortSignal): Promise<AnswerBytes> {
  return new Promise((resolve, reject) => {
    const secure = r.url.protocol === 'https:'
    const host = r.url.hostname.replace(/^\[|\]$/g, '')
    if (!trusted && isIP(host) && isInner(host))
      return reject(new NoAnswer(new Error('EFORBIDDEN'), false, false))
    let written = false
    const req = (secure ? httpsRequest : httpRequest)(
      r.url,
      {
        method: r.method,
        headers: { ...r.headers, 'content-length': Buffer.byteLength(r.body) },
        agent: secure ? kept.https : kept.http,
        signal,
        ...(trusted ? {} : { lookup: safeLookup }),
      },
      res => {
        const limit = r.answerLimit ?? ANSWER_LIMIT
        const chunks: Buffer[] = []
        let size = 0
        res.on('data', (chunk: Buffer) => {
          if (size < limit) chunks.push(chunk)
          size += chunk.length
        })
        res.on('end', () => {
          const bytes = Buffer.concat(chunks).subarray(0, limit)
          const body = bytes.toString('utf8')
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body, bytes, whole: size <= limit })
        })
        res.on('error', error => reject(new NoAnswer(error, true, false)))
      },
    )
    req.on('error', error => {
      const refused = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EFORBIDDEN)$/.test(
        (error as { code?: string }).code ?? '',
      )
      const stale = req.reusedSocket && /^(ECONNRESET|EPIPE)$/.test((error as { code?: string }).code ?? '')
      reject(new NoAnswer(error, !refused && written, stale))
    })
    req.on('socket', socket => {
      // before the connection stands nothing can have been sent
      if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', () => (written = true))
      else written = true
    })
    req.on('finish', () => faultPoint('deliver.after_socket_write'))
    req.end(r.body)
  })
}

/** A send by one request without a key of the provider's: what arrived and was not answered is unknown. */
export async function sendOnce(
  request: OutgoingRequest,
  trusted: boolean,
  signal: AbortSignal,
  read: (answer: Answer, now: number) => SendResult,
): Promise<SendResult> {
  try {
    return read(await exchange(request, trusted, signal), Date.now())
  } catch (error) {
    return readSilence(error)
  }
}

/** What no answer means. @throws what is no NoAnswer */
export function readSilence(error: unknown): SendResult {
  if (!(error instanceof NoAnswer)) throw error
  if (error.message === 'EFORBIDDEN') return { kind: 'bad_credentials', detail: FORBIDDEN_TEXT }
  return error.written
    ? { kind: 'unknown', detail: error.message }
    : { kind: 'retryable', detail: error.message, retryAfterMs: null }
}

/** Ends kept connections; more may be made after it. */
export function closeConnections(): void {
  kept.http.destroy()
  kept.https.destroy()
  kept = agents()
}

export const header = (h: IncomingHttpHeaders, name: string): string | null => {
  const v = h[name]
  return (Array.isArray(v) ? v[0] : v) ?? null
}

/** Retry-After: seconds or a date. */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (value === null) return null
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
