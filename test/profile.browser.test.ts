// Settings of the profile in Chromium: declaring an attribute, changing the rules of stages; clean by axe, both languages.
// SHOTS=folder keeps pictures.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { openSite, signedIn, type Site } from './site.ts'

let site: Site
let core: TestCore

beforeAll(async () => {
  site = await openSite()
  core = site.core
}, 120_000)
afterAll(() => site?.close())

const shot = pictures('profile')

test('R2-26 attributes, stages and what is a visit are set on their pages; the rail of a phone is closed until asked for', {
  timeout: 240_000,
}, async () => {
  const page = await signedIn(site, 40_000)
  const base = page.url().replace(/\/w\/([^/]+).*$/, '/w/$1')

  await page.goto(`${base}/settings?tab=attributes`)
  await page.getByText('還沒有自訂屬性').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'attributes-empty')
  await page.getByRole('button', { name: '新增自訂屬性' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('名稱（程式用）').fill('skin_type')
  await form.getByLabel('中文名稱').fill('膚質')
  await form.getByLabel('英文名稱').fill('Skin type')
  await form.getByLabel('選項').fill('dry, 乾性, Dry\noily，油性')
  await form.getByLabel('保留目的').fill('推薦商品')
  await form.getByLabel('列入資料完成度').check()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'attributes-form')
  await form.getByRole('button', { name: '儲存' }).click()
  await page.getByRole('cell', { name: '乾性、油性' }).waitFor()
  const saved = await core.pool.query<{ choices: unknown; wanted: boolean }>(
    "select choices, wanted from attribute where name = 'skin_type'",
  )
  expect(saved.rows).toEqual([
    {
      wanted: true,
      choices: [
        { value: 'dry', label: { zh: '乾性', en: 'Dry' } },
        { value: 'oily', label: { zh: '油性', en: '油性' } },
      ],
    },
  ])
  await shot(page, 'attributes')

  await page.goto(`${base}/settings?tab=stages`)
  const advocacy = page.getByRole('region', { name: '宣傳' })
  await advocacy.waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'stages')
  await advocacy.getByRole('button', { name: '新增條件' }).click()
  await advocacy.getByLabel('事件名稱').fill('Party Attended')
  await advocacy.getByRole('button', { name: '新增條件' }).click()
  await advocacy.getByText('「Party Attended」').waitFor()
  await advocacy.getByRole('button', { name: '移除條件：「分享商品」' }).click()
  await page.getByLabel('互動超過幾秒').fill('12.5')
  await page.getByRole('switch', { name: '到店打卡也算一次造訪' }).focus()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: '儲存' }).click()
  await page.getByText('已發布；從現在起生效').waitFor()
  const { rows } = await core.pool.query<{ body: string }>(
    'select body from catalogue order by no desc limit 1',
  )
  const world = JSON.parse(rows[0]!.body) as {
    profile: { visit: object; stages: { advocacy: { event?: string }[] } }
    attributes: unknown[]
  }
  expect(world.profile.visit).toMatchObject({ engagedOverMs: 12_500, storeCheckIns: true })
  const events = world.profile.stages.advocacy.map(c => c.event)
  expect([events.includes('Party Attended'), events.includes('Product Shared')]).toEqual([true, false])
  expect(world.attributes).toEqual([{ name: 'skin_type', type: 'text', choices: ['dry', 'oily'] }])

  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload()
  await page.getByRole('region', { name: 'Advocacy' }).waitFor()
  const checkIns = page.getByRole('switch', { name: 'A check-in at a store is a visit, too' })
  expect(await checkIns.isChecked()).toBe(true)
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'stages-en-dark')
  await page.setViewportSize({ width: 390, height: 844 })
  await shot(page, 'stages-en-narrow')
  await page.goto(`${base}/settings?tab=attributes`)
  await page.getByRole('cell', { name: 'Dry' }).first().waitFor()
  await shot(page, 'attributes-en-narrow')

  // no link of a closed rail is found by eye, key or screen reader
  const rail = page.getByRole('navigation', { name: 'Main menu' })
  const menu = page.getByRole('button', { name: 'Menu', exact: true })
  expect(await rail.count()).toBe(0)
  await menu.focus()
  await page.keyboard.press('Enter')
  await rail.getByRole('link', { name: 'Campaigns' }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'rail-en-narrow')
  await rail.getByRole('link', { name: 'Campaigns' }).click()
  await page.getByRole('heading', { level: 1, name: 'Campaigns' }).waitFor()
  await rail.waitFor({ state: 'hidden' })
  await menu.focus()
  await page.keyboard.press('Tab')
  expect(await page.locator('.rail :focus').count()).toBe(0)
})
