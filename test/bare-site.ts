// A bare site for the pixel and clients: the real intake, the shop and the pixel on one port, without the rest.
import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { build } from 'vite'
import { collectApp } from '../src/collect/routes.ts'
import { answerError } from '../src/platform/http/problem.ts'
import { shopApp } from '../src/sandbox/shop.ts'
import type { TestCore } from './harness.ts'

/** The pixel as it is shipped, built here and not written: two test files may build it at once. */
export async function buildPixel(): Promise<string> {
  const built = await build({
    configFile: new URL('../pixel/vite.config.ts', import.meta.url).pathname,
    build: { write: false },
  })
  const [output] = Array.isArray(built) ? built : []
  const [chunk] = output?.output ?? []
  if (chunk?.type !== 'chunk') throw new Error('the build of the pixel gives one script')
  return chunk.code
}

export type BareSite = {
  url: string
  /** answers put before the intake: a status for each call of /v1, then the real thing again */
  fail(...statuses: number[]): void
  /** the same, but after the intake has taken the call: its answer is lost */
  lose(...statuses: number[]): void
  close(): Promise<void>
}

/** Serves /v1, /shop, /pixel.js and the given pages; core.baseUrl is set to it. */
export async function openBareSite(
  core: TestCore,
  pixel: string,
  pages: Record<string, string> = {},
): Promise<BareSite> {
  const app = new Hono()
  const failures: { status: number; after: boolean }[] = []
  app.use('/v1/*', async (c, next) => {
    const failure = c.req.method === 'POST' ? failures.shift() : undefined
    if (failure === undefined) return next()
    if (failure.after) await next()
    // with the intake's CORS headers, without which a browser's script would see no answer at all
    const headers = { 'access-control-allow-origin': '*' }
    c.res = new Response('told to fail', { status: failure.status, headers })
  })
  app.route('/', collectApp(core))
  app.route('/shop', shopApp(core))
  app.get('/pixel.js', c => c.body(pixel, 200, { 'content-type': 'text/javascript' }))
  for (const [path, html] of Object.entries(pages))
    app.get(path, c =>
      path.endsWith('.js') ? c.body(html, 200, { 'content-type': 'text/javascript' }) : c.html(html),
    )
  app.onError((error, c) => answerError(error, 'test', c.req.path, core.log))
  const server = await new Promise<ServerType>(resolve => {
    const s: ServerType = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(s))
  })
  const address = server.address()
  core.baseUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  return {
    url: core.baseUrl,
    fail: (...statuses) => failures.push(...statuses.map(status => ({ status, after: false }))),
    lose: (...statuses) => failures.push(...statuses.map(status => ({ status, after: true }))),
    close: () => new Promise((resolve, reject) => server.close(e => (e ? reject(e) : resolve()))),
  }
}
