// A process of its own that puts chDB behind ClickHouse's HTTP interface, as far as the official client uses it.
// It gets one line of JSON (ChildOptions) on stdin, says `ready` on stdout, and ends when stdin does.
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import { gunzip, gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { type ChdbEngine, openChdb, type Request, type Result } from './chdb-engine.ts'
import { Refused } from './chdb-guard.ts'

export type ChildOptions = {
  path: string
  configFile: string
  port: number
  user: string
  password: string
  database: string
}

const MAX_BODY = 256 * 1024 * 1024
/** Parameters of the interface itself; all others are settings. */
const OWN = new Set(
  (
    'query database query_id default_format wait_end_of_query buffer_size compress decompress enable_http_compression ' +
    'send_progress_in_http_headers http_headers_progress_interval_ms cancel_http_readonly_queries_on_client_close ' +
    'http_zlib_compression_level role user password quota_key session_timeout session_check add_http_cors_header log_comment'
  ).split(' '),
)

class HttpError extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(`Code: ${code}. DB::Exception: ${message}`)
    this.status = status
    this.code = code
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function authorize(req: IncomingMessage, o: ChildOptions): void {
  // a page in a browser may reach loopback under a name of its own (DNS rebinding): only our names are served
  const host = req.headers.host ?? ''
  if (host !== `127.0.0.1:${o.port}` && host !== `localhost:${o.port}`) {
    throw new HttpError(421, 516, 'This host name is not served. (AUTHENTICATION_FAILED)')
  }
  const basic = /^Basic (.+)$/.exec(req.headers.authorization ?? '')?.[1]
  const given = basic
    ? Buffer.from(basic, 'base64').toString('utf8')
    : `${String(req.headers['x-clickhouse-user'] ?? '')}:${String(req.headers['x-clickhouse-key'] ?? '')}`
  if (!timingSafeEqual(digest(given), digest(`${o.user}:${o.password}`))) {
    throw new HttpError(
      401,
      516,
      'Authentication failed: password is incorrect, or there is no such user. (AUTHENTICATION_FAILED)',
    )
  }
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY)
      throw new HttpError(413, 307, `The body is larger than ${MAX_BODY} bytes. (TOO_MANY_BYTES)`)
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  if (req.headers['content-encoding'] === 'gzip')
    return promisify(gunzip)(body, { maxOutputLength: MAX_BODY })
  if (req.headers['content-encoding'])
    throw new HttpError(400, 36, 'Only gzip bodies are understood. (BAD_ARGUMENTS)')
  return body
}

function requestOf(url: URL, body: Buffer, database: string): Request {
  const params: Record<string, string> = {}
  const settings: Record<string, string> = {}
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) params[name.slice(6)] = value
    else if (name === 'session_id')
      throw new HttpError(400, 36, 'The embedded ClickHouse has no HTTP sessions. (BAD_ARGUMENTS)')
    else if (!OWN.has(name)) {
      if (!/^\w+$/.test(name)) throw new HttpError(400, 36, 'A setting has an odd name. (BAD_ARGUMENTS)')
      settings[name] = value
    }
  }
  const inUrl = url.searchParams.get('query')
  return {
    sql: inUrl ?? body.toString('utf8'),
    body: inUrl === null ? Buffer.alloc(0) : body,
    database: url.searchParams.get('database') || database,
    params,
    settings,
    format: url.searchParams.get('default_format') ?? 'TabSeparated',
  }
}

function summary(r: Result): string {
  const n = (v: number) => String(Math.round(v))
  return JSON.stringify({
    read_rows: n(r.readRows),
    read_bytes: n(r.readBytes),
    written_rows: n(r.writtenRows),
    written_bytes: n(r.writtenBytes),
    total_rows_to_read: '0',
    result_rows: n(r.writtenRows),
    result_bytes: n(r.bytes.length),
    elapsed_ns: n(r.elapsedS * 1e9),
  })
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  o: ChildOptions,
  engine: ChdbEngine,
): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://127.0.0.1')
  if (url.pathname === '/ping') return void res.writeHead(200, { 'Content-Type': 'text/plain' }).end('Ok.\n')
  authorize(req, o)
  if (url.pathname !== '/') throw new HttpError(404, 1000, 'There is nothing here. (NOT_FOUND)')
  const request = requestOf(url, await readBody(req), o.database)
  const result = await engine.run(request)
  const zip =
    url.searchParams.get('enable_http_compression') === '1' &&
    /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''))
  const body = zip ? await promisify(gzip)(result.bytes, { level: 1 }) : result.bytes
  res.writeHead(200, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Query-Id': url.searchParams.get('query_id') ?? '',
    'X-ClickHouse-Format': request.format,
    'X-ClickHouse-Server-Display-Name': 'itinera-chdb',
    'X-ClickHouse-Summary': summary(result),
    ...(zip ? { 'Content-Encoding': 'gzip' } : {}),
    'Content-Length': String(body.length),
  })
  res.end(body)
}

function fail(res: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const code =
    error instanceof Refused || error instanceof HttpError
      ? error.code
      : Number(/Code: (\d+)/.exec(message)?.[1] ?? 1002)
  const status =
    error instanceof HttpError ? error.status : error instanceof Refused ? (code === 497 ? 403 : 400) : 500
  if (res.headersSent) return void res.destroy()
  const text = message.startsWith('Code:')
    ? message
    : `Code: ${code}. DB::Exception: ${message}. (UNKNOWN_EXCEPTION)`
  res.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(code),
    Connection: 'close',
  })
  res.end(text + '\n')
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })
  const first = (await lines[Symbol.asyncIterator]().next()) as { value?: string }
  const options = JSON.parse(first.value ?? 'null') as ChildOptions
  // the parent is gone: nothing to tidy, what was acknowledged is on disk
  lines.once('close', () => process.kill(process.pid, 'SIGKILL'))
  process.stdin.resume()

  const engine = await openChdb(options.path, options.configFile, options.database)
  const server = createServer((req, res) => {
    answer(req, res, options, engine).catch(error => fail(res, error))
  })
  server.keepAliveTimeout = 30_000
  server.requestTimeout = 120_000
  process.once('SIGTERM', () => {
    server.close()
    server.closeIdleConnections()
    engine.idle().then(() => {
      engine.close()
      process.exit(0)
    })
  })
  server.listen(options.port, '127.0.0.1', () => process.stdout.write('ready\n'))
}

await main()
