// The product in one process with a browser before it, as browser tests open it; and its first person, signed in.
import type { Page } from 'playwright-core'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import { startRoles } from '../src/compose.ts'
import type { RoleName } from '../src/platform/config.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { createFirstLink } from '../src/team/links.ts'
import { buildWeb, openBrowser } from './browser.ts'
import { openTestCore, type TestCore } from './harness.ts'

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

/** A sandbox of the signed-in first person; `home` is its address in the web. */
export async function newBrand(core: TestCore): Promise<{ id: Uuid; apiKey: string; home: string }> {
  const { rows } = await core.pool.query<{ id: Uuid }>('select id from team_user limit 1')
  const { id, apiKey } = await createWorkspace(core, {
    name: '測試品牌',
    kind: 'sandbox',
    owner: rows[0]!.id,
  })
  return { id, apiKey, home: `${core.baseUrl}/w/${publicId('wsp', id)}` }
}
