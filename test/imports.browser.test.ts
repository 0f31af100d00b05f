// The way of a file through the pages: upload, mapping, check, import, its error file, export; in both languages, light
// and dark, and clean by axe. By role and label only.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { badRows, bigFive } from './import-samples.ts'
import { pictures } from './pictures.ts'
import { openSite, signIn, type Site } from './site.ts'

let site: Site
let core: TestCore

beforeAll(async () => {
  site = await openSite(['web', 'fold', 'history'])
  core = site.core
}, 240_000)
afterAll(() => site?.close())

const shot = pictures('imports')

const upload = (page: Page, { name, bytes }: { name: string; bytes: Buffer }) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: bytes })

test('R0-36 R0-21 a Big5 file goes through the pages; its wrong rows can be fetched', {
  timeout: 400_000,
}, async () => {
  const page = await site.browser.context.newPage()
  page.setDefaultTimeout(60_000)
  const errors: string[] = []
  page.on('pageerror', e => errors.push(e.message))
  await signIn(core, page)
  const ws = new URL(page.url()).pathname.split('/')[2]!
  await page.goto(`${core.baseUrl}/w/${ws}/sources?tab=imports`)
  await page.getByText('還沒有匯入').waitFor()
  await shot(page, 'empty')
  expect(await seriousFaults(page)).toEqual([])

  await upload(page, bigFive())
  await page.getByRole('heading', { level: 1, name: '會員資料.csv' }).waitFor()
  await page.getByRole('cell', { name: '中文姓名', exact: true }).waitFor()
  await page.getByText('王小明').first().waitFor()
  expect(await page.getByLabel('手機: 匯入成為').first().inputValue()).toBe('手機')
  await shot(page, 'mapping')
  expect(await seriousFaults(page)).toEqual([])

  await page.getByRole('button', { name: '試跑', exact: true }).click()
  await page.getByText('已試跑').waitFor()
  await page.getByRole('button', { name: '開始匯入' }).click()
  await page.getByText('完成', { exact: true }).waitFor()
  await shot(page, 'done')
  await eventually(
    'three customers',
    async () => {
      const { rows } = await core.pool.query<{ n: number }>(
        "select count(*)::int n from customer where state <> '{}'",
      )
      return rows[0]!.n === 3
    },
    30_000,
  )

  await page.goto(`${core.baseUrl}/w/${ws}/sources?tab=imports`)
  await upload(page, badRows())
  await page.getByRole('heading', { level: 1, name: 'bad.csv' }).waitFor()
  await page.getByRole('button', { name: '開始匯入' }).click()
  const link = page.getByRole('link', { name: '下載錯誤檔' })
  await link.waitFor()
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
  expect(file.suggestedFilename()).toBe('bad-errors.csv')
  await page.emulateMedia({ colorScheme: 'dark' })
  await shot(page, 'wrong-dark')
  expect(await seriousFaults(page)).toEqual([])

  await page.goto(`${core.baseUrl}/w/${ws}/sources?tab=imports`)
  await page.getByText('錯誤過多').waitFor()
  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('menu').waitFor({ state: 'hidden' })
  await page.getByText('Too many wrong rows').waitFor()
  await shot(page, 'list-en-dark')
  expect(await seriousFaults(page)).toEqual([])

  await page.goto(`${core.baseUrl}/w/${ws}/customers`)
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByText('Exports are written to the audit log').waitFor()
  await shot(page, 'export-en-dark')
  expect(await seriousFaults(page)).toEqual([])
  const [out] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ])
  expect(out.suggestedFilename()).toMatch(/^customers-\d{4}-\d{2}-\d{2}\.csv$/)
  expect(errors).toEqual([])
})
