// The product in one process with a browser before it, as browser tests open it; and its first person, signed in.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import { startRoles } from '../src/compose.ts'
import type { EndpointName } from '../src/contract.ts'
import type { RoleName } from '../src/platform/config.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { createFirstLink } from '../src/team/links.ts'
import { buildWeb, openBrowser } from './browser.ts'
import { openTestCore, type TestCore } from './harness.ts'
import { type Answer, callApi, type Given, postBatch } from './http-client.ts'

export type Site = {
  core: TestCore
  browser: Awaited<ReturnType<typeof openBrowser>>
  close(): Promise<void>
}

export async function openSite(
  roles: RoleName[] = ['web', 'fold', 'deliver', 'history'],
  options: Parameters<typeof openTestCore>[0] = {},
): Promise<Site> {
  await buildWeb()
  const core = await openTestCore(options)
  const running = await startRoles(core, roles)
  const browser = await openBrowser()
  return {
    core,
    browser,
    async close() {
      await browser.close()
      await running.stop()
      await core.close()
    },
  }
}

/** Opens the one-time link of the first start and stands on Home. */
export async function signIn(core: TestCore, page: Page): Promise<void> {
  await page.goto(core.baseUrl + (await createFirstLink(core)))
  await page.getByRole('button', { name: '先進去看看' }).click()
  await page.getByRole('heading', { level: 1, name: '首頁' }).waitFor()
}

/** A page of the signed-in first person. @param timeoutMs of each look and click */
export async function signedIn({ core, browser }: Site, timeoutMs: number): Promise<Page> {
  const page = await browser.context.newPage()
  page.setDefaultTimeout(timeoutMs)
  if (process.env.SHOTS) page.on('pageerror', e => console.log('page error', e.message))
  await signIn(core, page)
  return page
}

export type Brand = {
  id: Uuid
  apiKey: string
  /** its id as the API says it */
  ws: string
  /** its address in the web */
  home: string
  /** Calls the API with its key. */
  call(name: EndpointName, given?: Given): Promise<Answer>
  /** The same for what must be answered with 200; gives the body. */
  ask(name: EndpointName, given?: Given): Promise<Answer['body']>
  /** Sends items to the intake with its key. */
  send(...items: Record<string, unknown>[]): Promise<void>
}

/** A sandbox of the signed-in first person. */
export async function newBrand(core: TestCore): Promise<Brand> {
  const { rows } = await core.pool.query<{ id: Uuid }>('select id from team_user limit 1')
  const { id, apiKey } = await createWorkspace(core, {
    name: '測試品牌',
    kind: 'sandbox',
    owner: rows[0]!.id,
  })
  const ws = publicId('wsp', id)
  const call: Brand['call'] = (name, given) =>
    callApi(core.baseUrl, name, { key: apiKey }, { ...given, params: { ws, ...given?.params } })
  return {
    id,
    apiKey,
    ws,
    home: `${core.baseUrl}/w/${ws}`,
    call,
    async ask(name, given) {
      const answer = await call(name, given)
      expect([name, answer.status, answer.status === 200 || answer.body]).toEqual([name, 200, true])
      return answer.body
    },
    send: (...items) => postBatch(core.baseUrl, apiKey, items),
  }
}

export type BrandSite = Site & { page: Page; brand: Brand }

/** What most browser tests begin with: the product, a page of its first person, and a brand of theirs.
 *  @param timeoutMs of each look and click */
export async function openBrandSite(
  timeoutMs: number,
  ...options: Parameters<typeof openSite>
): Promise<BrandSite> {
  const site = await openSite(...options)
  const page = await signedIn(site, timeoutMs)
  return { ...site, page, brand: await newBrand(site.core) }
}
