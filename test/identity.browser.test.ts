// Who is who in Chromium: a conflict seen with both people and kept apart; two merged after a preview, and taken apart
// again. By role and label only; axe finds nothing serious in either language.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let core: TestCore
let page: Page
let home: string

beforeAll(async () => {
  site = await openBrandSite(40_000)
  ;({ core, page } = site)
  home = site.brand.home
}, 120_000)
afterAll(() => site?.close())

const send = (...items: Record<string, unknown>[]) => site.brand.send(...items)
const identify = (userId: string, traits: Record<string, unknown>) => ({ type: 'identify', userId, traits })
const found = (query: string, what: string) =>
  eventually(what, async () => (await core.pool.query(query)).rowCount, 20_000)

const picture = pictures('identity')
const shot = (name: string) => picture(page, name)

test('R1-14 a conflict is seen with both people and decided; two are merged after a preview and taken apart again', {
  timeout: 300_000,
}, async () => {
  await page.goto(`${home}/customers/conflicts`)
  await page.getByText('沒有待處理的身份衝突').waitFor()
  await send(identify('A1', { name: '王阿明', phone: '0912345678' }), identify('A2', { name: '王小華' }))
  await found(`select from customer where state like '%"A2"%'`, 'both are there')
  await send(identify('A2', { phone: '0912345678' }))
  await found(`select from identity_conflict where status = 'open'`, 'the conflict is on the list')
  await page.goto(`${home}/customers`)
  await page.getByRole('link', { name: '身份衝突 (1)' }).click()
  await page.getByRole('heading', { level: 1, name: '待處理的身份衝突' }).waitFor()
  await page.getByText('兩個會員編號都用過： 電話 +886912345678').waitFor()
  for (const name of ['王阿明', '王小華']) await page.getByRole('region', { name }).waitFor()
  await shot('conflict')
  expect(await seriousFaults(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload()
  await page.getByRole('region', { name: '王阿明' }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  await page.reload()

  await page.getByRole('button', { name: '維持分開' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '維持分開' }).click()
  await page.getByText('沒有待處理的身份衝突').waitFor()
  await page.getByText('已處理', { exact: true }).click()
  await page.getByText('維持分開', { exact: true }).first().waitFor()
  await page
    .getByText(/@.* 決定/)
    .first()
    .waitFor()

  // merge by hand, from the customer's page
  await page.goto(`${home}/customers?q=A1`)
  await page.getByRole('link', { name: '王阿明' }).click()
  await page.getByRole('heading', { level: 1, name: '王阿明' }).waitFor()
  await page.getByRole('button', { name: '與另一位顧客合併…' }).click()
  await page.getByRole('searchbox', { name: '搜尋要合併的顧客' }).fill('A2')
  await page.getByRole('button', { name: '選擇' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('兩位各有會員編號；合併後這個人會有兩個會員編號。').waitFor()
  await dialog.getByText('有人決定過這兩位要維持分開。').waitFor()
  await dialog.getByRole('cell', { name: '姓名' }).waitFor()
  await shot('merge')
  expect(await seriousFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: '合併', exact: true }).click()
  await found(`select from customer where merged_into is not null`, 'they are one')
  const apart = page.getByRole('button', { name: /^拆開 cus_/ })
  await apart.waitFor()
  // the next merge begins with a search, not with whom the last one was about
  await page.getByRole('button', { name: '與另一位顧客合併…' }).click()
  await page.getByRole('searchbox', { name: '搜尋要合併的顧客' }).waitFor()
  await page.keyboard.press('Escape')

  await apart.click()
  await page
    .getByRole('dialog')
    .getByText(/合併後的事件：0/)
    .first()
    .waitFor()
  await shot('unmerge')
  expect(await seriousFaults(page)).toEqual([])
  await page.getByRole('dialog').getByRole('button', { name: '拆開', exact: true }).click()
  await eventually(
    'they are two again',
    async () => (await core.pool.query('select from customer where merged_into is not null')).rowCount === 0,
    20_000,
  )
  await page.getByText('這位顧客沒有併入過其他檔案。').waitFor()

  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.goto(`${home}/customers/conflicts?status=decided`)
  await page.getByRole('heading', { level: 1, name: 'Identity conflicts' }).waitFor()
  await page.getByText('Kept apart').first().waitFor()
  expect(await seriousFaults(page)).toEqual([])
})

test('R1-14 a second LINE account, of another provider, is set up beside the first', {
  timeout: 240_000,
}, async () => {
  await page.evaluate(() => localStorage.setItem('itinera.locale', 'zh-TW'))
  await page.goto(`${home}/channels`)
  await page.getByRole('button', { name: '再設定一個 LINE 帳號' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('帳號名稱').fill('第二品牌')
  await dialog.getByLabel(/LINE Provider 代號/).fill('brand-b')
  await dialog.getByLabel('Channel access token').fill('token-b')
  await dialog.getByLabel('Channel secret').fill('secret-b')
  await shot('second-line')
  expect(await seriousFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: '儲存' }).click()
  await page.getByText('第二品牌').waitFor()
  await shot('line-accounts')
  expect(await seriousFaults(page)).toEqual([])
  const { rows } = await core.pool.query<{ provider: string | null }>(
    `select settings->>'provider' as provider from channel_account where channel = 'line'
      and workspace_id = (select workspace_id from channel_account where name = '第二品牌') order by created_at`,
  )
  expect(rows.map(r => r.provider)).toEqual([null, 'brand-b'])
  // each is changed by itself
  await page.getByRole('button', { name: '編輯設定' }).nth(1).click()
  expect(await dialog.getByLabel('帳號名稱').inputValue()).toBe('第二品牌')
})
