// Limits and prices of sending in Chromium, by role and label: frequency rules; clean by axe in both languages, light and dark.
// SHOTS=folder keeps pictures.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, publicId, type Uuid } from '../src/platform/ids.ts'
import type { Out } from '../src/contract.ts'
import { expectCleanInBothSchemes } from './axe.ts'
import { pictures } from './pictures.ts'
import { type Brand, type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let page: Page
let brand: Brand
beforeAll(async () => {
  site = await openBrandSite(60_000)
  ;({ page, brand } = site)
}, 300_000)
afterAll(() => site?.close())

const picture = pictures('budget')
const look = (name: string) => expectCleanInBothSchemes(page, name, picture)
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
  timeout: 240_000,
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

test('an account’s prices: one in the own currency, one in dollars after its rate was said; each removable', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${brand.home}/channels`)
  const prices = page.getByRole('region', { name: /^價目 · .*Twilio/ })
  await prices.getByText('還沒有價目').waitFor()
  await prices.getByRole('button', { name: '新增價格' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^門號開頭/).fill('886')
  await dialog.getByLabel('單價').fill('0.7')
  await dialog.getByRole('button', { name: '新增價格' }).click()
  await prices.getByRole('row', { name: /門號 \+886 開頭 使用中 TWD 0.7/ }).waitFor()

  await prices.getByRole('button', { name: '新增價格' }).click()
  await dialog.getByLabel('單價').fill('0.0342')
  await dialog.getByLabel('幣別').selectOption('USD')
  await dialog.getByRole('status').getByText('USD 還沒有匯率').waitFor()
  expect(await dialog.getByRole('button', { name: '新增價格' }).getAttribute('aria-disabled')).toBe('true')
  const channels = await brand.ask('channels')
  const sms = (channels as Out<'channels'>).items.find(a => a.adapter === 'twilio')!
  const euro = { account: sms.id, purpose: null, category: null, prefix: '', price: '1', currency: 'EUR' }
  expect(await brand.call('addPrice', { body: { ...euro, from: '2026-01-01' } })).toMatchObject({
    status: 409,
    body: { code: 'no_rate', path: 'currency' },
  })
  expect(
    await brand.call('addPrice', {
      body: { ...euro, category: 'utility', currency: 'TWD', from: '2026-01-01' },
    }),
  ).toMatchObject({ status: 400, body: { path: 'category' } })
  await dialog.getByLabel('1 USD 等於多少 TWD').fill('32.1547')
  await look('price-form')
  await dialog.getByRole('button', { name: '新增匯率' }).click()
  await dialog.getByText(/1 USD = 32.1547 TWD/).waitFor()
  await dialog.getByRole('button', { name: '新增價格' }).click()
  await prices.getByRole('row', { name: /所有訊息 使用中 USD 0.0342 ≈ NT\$1\.1/ }).waitFor()
  await look('prices')
  await prices.getByRole('button', { name: /^移除價格：門號 \+886/ }).click()
  await dialog.getByRole('button', { name: '移除' }).click()
  await prices.getByRole('row', { name: /\+886/ }).waitFor({ state: 'detached' })
  await speak('English', '語言')
  await page.getByRole('row', { name: /All messages In use USD 0.0342/ }).waitFor()
  await look('prices-en')
  await speak('繁體中文', 'Language')
})

test('the last of a month’s quota is kept for a segment, which is picked and shown by its name', {
  timeout: 240_000,
}, async () => {
  const accounts = async () => ((await brand.ask('channels')) as Out<'channels'>).items
  const line = (await accounts()).find(a => a.adapter === 'line')!
  await page.goto(`${brand.home}/channels?edit=${line.id}`)
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(/^每月可發則數/).fill('1000')
  await dialog.getByLabel(/^保留額度/).fill('10%')
  const picker = dialog.getByLabel('保留給哪個分眾')
  expect(await picker.locator('option:checked').textContent()).toBe('不保留')
  await picker.selectOption({ label: '貴賓' })
  await look('reserve-form')
  await dialog.getByRole('button', { name: '儲存' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('definition').filter({ hasText: '貴賓' }).waitFor()
  const { rows } = await site.core.pool.query<{ id: Uuid }>(
    'select id from segment where workspace_id = $1 and name = $2',
    [brand.id, '貴賓'],
  )
  const settings = async () => (await accounts()).find(a => a.id === line.id)!.settings
  expect(await settings()).toMatchObject({
    monthlyQuota: '1000',
    quotaReserve: '10%',
    quotaReserveFor: publicId('seg', rows[0]!.id),
  })
  await page.goto(`${brand.home}/channels?edit=${line.id}`)
  await expect.poll(() => picker.locator('option:checked').textContent(), { timeout: 40_000 }).toBe('貴賓')
  await dialog.getByLabel(/^保留額度/).fill('')
  await picker.selectOption({ label: '不保留' })
  await dialog.getByRole('button', { name: '儲存' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await settings()).not.toHaveProperty('quotaReserveFor')
})
