// One HTTP server: request ids, times, security headers, health, metrics; and an orderly end.
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Core } from '../core.ts'
import { Problem } from '../errors.ts'
import { addSecurityHeaders, contentSecurityPolicy } from './headers.ts'
import { openHttpMetrics } from './metrics.ts'
import { answerError, problemResponse } from './problem.ts'
import { type HttpEnv, remoteAddress } from './router.ts'

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/
const LOCAL_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i
const READY_MS = 2_000
/** The web app may be built anew under a running server: its inline scripts are looked at this often. */
const POLICY_MS = 5_000
/** Longer than proxies and pooled clients keep a connection, so that they end it and no request meets a closed one. */
const KEEP_ALIVE_MS = 75_000

export type AppOptions = {
  /** CSP sources of the web app's inline scripts */
  inline(): Promise<string[]>
  /** asked when the caller is not on this machine */
  mayReadMetrics(authorization: string | undefined): Promise<boolean>
  metrics(): Promise<string>
}

/** The app that every part is mounted on: it gives each request an id and answers /healthz, /readyz and /metrics. */
export function openApp(core: Core, options: AppOptions): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  const metrics = openHttpMetrics(core)
  let policy = ''
  let policyAt = Number.NEGATIVE_INFINITY
  const policyNow = async () => {
    if (performance.now() - policyAt > POLICY_MS) {
      policy = contentSecurityPolicy(await options.inline())
      policyAt = performance.now()
    }
    return policy
  }

  app.use(async (c, next) => {
    const started = performance.now()
    const requestId = randomUUID()
    c.set('requestId', requestId)
    await next()
    addSecurityHeaders(c.res.headers, await policyNow(), core.baseUrl.startsWith('https:'))
    c.res.headers.set('x-request-id', requestId)
    const route = c.get('route') ?? areaOf(c.req.path)
    const ms = performance.now() - started
    metrics.observe(c.req.method, route, c.res.status, ms / 1000)
    core.log.debug(
      { requestId, method: c.req.method, route, status: c.res.status, ms: Math.round(ms) },
      'request',
    )
  })
  app.onError((error, c) =>
    answerError(error, c.get('requestId'), c.get('route') ?? areaOf(c.req.path), core.log),
  )

  app.get('/healthz', c => c.json({ ok: true }))
  app.get('/readyz', async c => {
    const [postgres, clickhouse] = await Promise.all([
      answers(core.pool.query('select 1')),
      historyAnswers(core),
    ])
    return c.json(
      { ready: postgres, postgres: postgres ? 'up' : 'down', clickhouse: clickhouse ? 'up' : 'down' },
      postgres ? 200 : 503,
    )
  })
  app.get('/metrics', async c => {
    const local =
      LOOPBACK.test(remoteAddress(c)) &&
      LOCAL_HOST.test(c.req.header('host') ?? '') &&
      c.req.header('x-forwarded-for') === undefined
    if (!local && !(await options.mayReadMetrics(c.req.header('authorization'))))
      return problemResponse(
        new Problem(401, 'not_signed_in', 'Metrics are for this machine, or for an API key with ops:read', {
          action: 'Ask from this machine, or send such a key.',
        }),
        c.get('requestId'),
      )
    return c.body(await options.metrics(), 200, { 'content-type': core.metrics.contentType })
  })
  return app
}

const areaOf = (path: string): string => `/${path.split('/')[1] ?? ''}`.slice(0, 20)

/** False when it fails or takes longer than READY_MS. */
async function answers(question: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(resolve, READY_MS, false)
  })
  const told = question.then(
    () => true,
    () => false,
  )
  return Promise.race([told, late]).finally(() => clearTimeout(timer))
}

/** Whether ClickHouse answers within two seconds. */
export const historyAnswers = (core: Core): Promise<boolean> =>
  answers(
    core.history.ping().then(result => {
      if (!result.success) throw result.error
    }),
  )

export type Listening = { port: number; close(): Promise<void> }

/** @throws when the port is taken */
export function listen(app: Hono<HttpEnv>, host: string, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, info => {
      server.off('error', reject)
      resolve({ port: (info as AddressInfo).port, close: () => close(server as Server) })
    })
    server.once('error', reject)
    ;(server as Server).keepAliveTimeout = KEEP_ALIVE_MS
  })
}

/** Lets running requests end for a second, then cuts them. */
function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    const cut = setTimeout(() => server.closeAllConnections(), 1_000)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
