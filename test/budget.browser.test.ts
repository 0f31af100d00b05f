// Limits and prices of sending in Chromium, by role and label: frequency rules; clean by axe in both languages, light and dark.
// SHOTS=folder keeps pictures.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, type Uuid } from '../src/platform/ids.ts'
import { seriousFaults } from './axe.ts'
import { newBrand, openSite, signedIn, type Site } from './site.ts'

let site: Site
let page: Page
let brand: { id: Uuid; home: string }
const faults: string[] = []
beforeAll(async () => {
  site = await openSite()
  page = await signedIn(site, 20_000)
  brand = await newBrand(site.core)
}, 300_000)
afterAll(() => site?.close())

async function look(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    faults.push(...(await seriousFaults(page)).map(f => `${name} ${colorScheme}: ${f}`))
    if (process.env.SHOTS)
      await page.screenshot({
        path: `${process.env.SHOTS}/budget-${name}-${colorScheme}.png`,
        fullPage: true,
      })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
async function speak(language: 'English' | '繁體中文', button: string): Promise<void> {
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('menuitem', { name: language }).click()
}
async function segment(name: string): Promise<Uuid> {
  const id = newId()
  await site.core.pool.query(
    `insert into segment (id, workspace_id, n, name, kind, status, draft, created_by, created_at, updated_by, updated_at)
     values ($1, $2, 77, $3, 'static', 'live', '{"groups":[]}', 'x', now(), 'x', now())`,
    [id, brand.id, name],
  )
  return id
}

test('frequency rules are listed, added, changed and removed, each as a sentence with what it held back', {
  timeout: 180_000,
}, async () => {
  await segment('貴賓')
  await page.goto(`${brand.home}/settings?tab=sending`)
  await page.getByText('還沒有規則').waitFor()
  await look('frequency-empty')
  await page.getByRole('button', { name: '新增規則' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('對象').selectOption({ label: '貴賓' })
  await dialog.getByLabel('渠道').selectOption({ label: 'LINE' })
  await dialog.getByLabel('最多幾則').fill('2')
  await dialog.getByLabel('期間').selectOption({ label: '任意連續幾天' })
  await dialog.getByLabel('天數').fill('10')
  await dialog
    .getByRole('status')
    .getByText('「貴賓」的人任意連續 10 天內最多收到 2 則 LINE 行銷訊息')
    .waitFor()
  await look('frequency-form')
  await dialog.getByRole('button', { name: '儲存' }).click()
  await page
    .getByRole('row', { name: /^「貴賓」的人任意連續 10 天內最多收到 2 則 LINE 行銷訊息 0/ })
    .waitFor()
  await page.getByRole('button', { name: /^編輯規則：「貴賓」/ }).click()
  await dialog.getByLabel('期間').selectOption({ label: '每天' })
  await dialog.getByLabel('對象').selectOption({ label: '每個人' })
  await dialog.getByRole('button', { name: '儲存' }).click()
  await page.getByRole('row', { name: /^每個人每天最多收到 2 則 LINE 行銷訊息/ }).waitFor()
  await look('frequency-list')
  await speak('English', '語言')
  await page
    .getByRole('row', { name: /^Everybody gets at most 2 marketing messages by LINE a day/ })
    .waitFor()
  await look('frequency-en')
  await page.getByRole('button', { name: /^Remove the rule: Everybody/ }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByText('No rules yet').waitFor()
  await speak('繁體中文', 'Language')
  const { rows } = await site.core.pool.query(
    `select action from audit where workspace_id = $1 and action like '%Frequency%' order by at`,
    [brand.id],
  )
  expect(rows.map(r => r.action)).toEqual(['addFrequencyRule', 'saveFrequencyRule', 'dropFrequencyRule'])
})

test('all of it is clean by axe', () => {
  expect(faults).toEqual([])
})
