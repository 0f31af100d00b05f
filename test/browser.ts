// Chromium for tests, and a bare site: the real intake, the shop and the pixel on one port, without the rest.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { type BrowserContext, chromium } from 'playwright-core'
import { build } from 'vite'
import { collectApp } from '../src/collect/routes.ts'
import { answerError } from '../src/platform/http/problem.ts'
import { shopApp } from '../src/sandbox/shop.ts'
import type { TestCore } from './harness.ts'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** A browser of its own with an empty profile. @throws when the machine has no Chromium: a test never passes without */
export async function openBrowser(): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  if (!existsSync(CHROMIUM))
    throw new Error(`no Chromium at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM`)
  const profile = mkdtempSync(join(tmpdir(), 'itinera-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    locale: 'zh-TW',
    // a person's browser: links opened by one that says it is headless count as a scanner's
    userAgent:
      'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    viewport: { width: 1440, height: 900 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

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

/** Builds the web and the pixel into dist when their sources changed, as `npm start` does. */
export async function buildWeb(): Promise<void> {
  const runtime = (await import(new URL('../scripts/runtime.mjs', import.meta.url).href)) as {
    ensureWebBuilt(node: string): void
  }
  runtime.ensureWebBuilt(process.execPath)
}

export type Site = {
  url: string
  /** answers put before the intake: a status for each call of /v1, then the real thing again */
  fail(...statuses: number[]): void
  /** the same, but after the intake has taken the call: its answer is lost */
  lose(...statuses: number[]): void
  close(): Promise<void>
}

/** Serves /v1, /shop, /pixel.js and the given pages; core.baseUrl is set to it. */
export async function openSite(
  core: TestCore,
  pixel: string,
  pages: Record<string, string> = {},
): Promise<Site> {
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

/** Asks again until `ask` gives something; the limit is a failure, not a wait. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  limitMs = 8_000,
): Promise<T> {
  const end = performance.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (performance.now() > end) throw new Error(`did not come about in ${limitMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
