// The pixel in Chromium on a bare site, and what it sent as the intake stored it.
import type { BrowserContext, Page } from 'playwright-core'
import type { EventBody } from '../src/inbox/model.ts'
import type { Uuid } from '../src/platform/ids.ts'
import { type BareSite, buildPixel, openBareSite } from './bare-site.ts'
import { openBrowser } from './browser.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'

export type Stored = { customer: Uuid; hash: Uuid; body: EventBody }
type Call = (method: string, ...args: unknown[]) => Promise<unknown>

export type PixelLab = {
  core: TestCore
  site: BareSite
  workspace: Uuid
  /** the built script */
  pixel: string
  context: BrowserContext
  /** events waiting in the inbox with this name and these properties, in their order */
  named(name: string, props?: Record<string, unknown>): Promise<Stored[]>
  /** Opens a page that has its pixel, and gives its calls. */
  visit(context: BrowserContext, path: string): Promise<{ page: Page; call: Call }>
  close(): Promise<void>
}

/** `more`: what else the site serves, by path. `/tea` follows pages by itself; `/manual` does not, and one call waited before the pixel loaded. */
export async function openPixelLab(more: Record<string, string> = {}): Promise<PixelLab> {
  const core = await openTestCore()
  const { id: workspace, writeKey } = await createTestWorkspace(core)
  const html = (attributes: string, head = '') =>
    `<!doctype html><title>Tea</title>${head}<script async src="/pixel.js" data-write-key="${writeKey}" ${attributes}></script><h1>Tea</h1>`
  const pixel = await buildPixel()
  const site = await openBareSite(core, pixel, {
    '/tea': html(''),
    '/manual': html(
      'data-pages="off"',
      `<script>window.itinera=window.itinera||[];itinera.push(['track','Product Viewed',{sku:'EARLY'}])</script>`,
    ),
    ...more,
  })
  const browser = await openBrowser()

  async function named(name: string, props: Record<string, unknown> = {}): Promise<Stored[]> {
    const { rows } = await core.pool.query<{ customer_id: Uuid; message_hash: Uuid; body: string }>(
      `select customer_id, message_hash, body from inbox where workspace_id = $1 and kind = 'event' order by received, request_id, ordinal`,
      [workspace],
    )
    return rows
      .map(r => ({
        customer: r.customer_id,
        hash: r.message_hash,
        body: JSON.parse(r.body) as EventBody,
      }))
      .filter(s => s.body.name === name && Object.entries(props).every(([k, v]) => s.body.props?.[k] === v))
  }

  return {
    core,
    site,
    workspace,
    pixel,
    context: browser.context,
    named,
    async visit(context, path) {
      const page = await context.newPage()
      await page.goto(site.url + path)
      await ready(page)
      return { page, call: callsOf(page) }
    },
    async close() {
      await browser.close()
      await site.close()
      await core.close()
    },
  }
}

export const ready = (page: Page) => page.waitForFunction('typeof window.itinera?.track === "function"')

export const callsOf =
  (page: Page): Call =>
  (method, ...args) =>
    page.evaluate(
      ([m, a]) =>
        (globalThis as unknown as { itinera: Record<string, (...x: unknown[]) => unknown> }).itinera[
          m as string
        ]!(...(a as unknown[])),
      [method, args] as const,
    )
