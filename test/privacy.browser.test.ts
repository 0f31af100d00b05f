// Settings > Privacy and Audit, and a person's privacy requests, in Chromium: in both languages, clean by axe, and an
// erasure from the button to its certificate. SHOTS=folder keeps pictures.
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { startRoles } from '../src/compose.ts'
import { startFold } from '../src/inbox/owner.ts'
import { publicId } from '../src/platform/ids.ts'
import { openEraser } from '../src/privacy/worker.ts'
import { buildWeb, openBrowser } from './browser.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { postBatch } from './http-client.ts'
import { pictures } from './pictures.ts'
import { signIn } from './site.ts'

let core: TestCore
const stops: (() => Promise<void>)[] = []
let browser: Awaited<ReturnType<typeof openBrowser>>

beforeAll(async () => {
  await buildWeb()
  core = await openTestCore()
  const roles = await startRoles(core, ['web', 'deliver', 'history'])
  const fold = await startFold(core)
  const eraser = openEraser(core, { settleMs: 0 })
  eraser.start()
  stops.push(
    () => eraser.stop(),
    () => roles.stop(),
    () => fold.stop(),
  )
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  for (const stop of stops) await stop()
  await core.close()
})

const picture = pictures('privacy')
async function expectClean(page: Page, where: string): Promise<void> {
  expect(await seriousFaults(page), where).toEqual([])
  await picture(page, where)
}

test('R3-10 R3-50 R3-24 privacy and audit in the browser: settings, report, erasure with its certificate', {
  timeout: 240_000,
}, async () => {
  const made = await createTestWorkspace(core, { name: 'Brand', kind: 'live' })
  const ws = publicId('wsp', made.id)
  await postBatch(core.baseUrl, made.apiKey, [
    {
      type: 'identify',
      userId: 'M-77',
      traits: { name: '王小明', email: 'ming@example.com', shoe_size: 42 },
    },
    { type: 'track', userId: 'M-77', event: 'Odd Thing' },
  ])
  const page = await browser.context.newPage()
  page.setDefaultTimeout(40_000)
  const errors: string[] = []
  page.on('pageerror', e => errors.push(e.message))
  await signIn(core, page)

  await page.goto(`${core.baseUrl}/w/${ws}/settings?tab=privacy`)
  await page.getByRole('heading', { name: '誰看得到完整個資' }).waitFor()
  await page.getByRole('cell', { name: 'Odd Thing' }).waitFor()
  await page.getByText('沒有刪除請求').waitFor()
  await expectClean(page, 'settings-zh')
  await page.getByRole('checkbox', { name: '行銷' }).click()
  await page.getByRole('textbox', { name: '訊息內容（天）' }).fill('90')
  await page.getByRole('button', { name: '儲存' }).click()
  await page.getByText('已儲存').waitFor()
  const { rows } = await core.pool.query<{
    settings: { maskedRoles: string[]; retention: { messages: number } }
  }>('select settings from workspace where id = $1', [made.id])
  expect(rows[0]!.settings.maskedRoles).toContain('marketer')
  expect(rows[0]!.settings.retention.messages).toBe(90)

  await page.goto(`${core.baseUrl}/w/${ws}/customers?q=M-77`)
  await page.getByRole('link', { name: '王小明' }).click()
  await page.getByRole('button', { name: '產生個資報告' }).click()
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '下載網頁' }).click(),
  ])
  expect(saved.suggestedFilename()).toMatch(/^cus_.*\.html$/)
  await page.getByRole('button', { name: '刪除個資' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('cell', { name: '顧客檔案' }).waitFor()
  await expectClean(page, 'erase-zh')
  const erase = dialog.getByRole('button', { name: '刪除個資' })
  expect(await erase.isDisabled()).toBe(true)
  await dialog.getByRole('textbox', { name: '為什麼要刪除' }).fill('本人來信要求')
  await dialog.getByRole('textbox', { name: /M-77/ }).fill('M-77')
  await erase.click()
  await page.getByText('已開始刪除').waitFor()

  await page.goto(`${core.baseUrl}/w/${ws}/settings?tab=privacy`)
  await page.getByRole('button', { name: '刪除證明' }).click({ timeout: 60_000 })
  await page.getByRole('dialog').getByText('一筆也沒有').waitFor()
  await expectClean(page, 'certificate-zh')
  const [proof] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: '下載 JSON' }).click(),
  ])
  const certificate = JSON.parse(readFileSync(await proof.path(), 'utf8')) as object
  await page.keyboard.press('Escape')
  const check = async (body: object) => {
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: '檢查證明' }).click()
    await (await chooser).setFiles({
      name: 'certificate.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(body)),
    })
  }
  await check(certificate)
  await page.getByText('這份證明是這裡開立的').waitFor()
  await check({ ...certificate, reason: '別的原因' })
  await page.getByText('封印不符').waitFor()
  await expectClean(page, 'check-zh')

  // the person is back, agrees at the counter, and is written to again
  const back = await fetch(`${core.baseUrl}/v1/identify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'M-78', traits: { name: '王小明', email: 'ming@example.com' } }),
  })
  expect(back.status).toBe(200)
  await page.goto(`${core.baseUrl}/w/${ws}/customers?q=M-78`)
  await page.getByRole('link', { name: '王小明' }).click()
  await page.getByRole('button', { name: '重新同意' }).click()
  await page.getByRole('dialog').getByRole('textbox', { name: '同意的內容' }).fill('門市簽署的同意書')
  await expectClean(page, 'agrees-again-zh')
  await page.getByRole('dialog').getByRole('button', { name: '重新同意' }).click()
  await page.getByText('已恢復寄送').waitFor()
  await page.getByText('可觸及').first().waitFor()

  await page.goto(`${core.baseUrl}/w/${ws}/settings?tab=audit&kind=exported`)
  await page.getByRole('cell', { name: '產生個資報告' }).waitFor()
  await expectClean(page, 'audit-zh')
  await page.getByRole('radiogroup', { name: '種類' }).getByText('看過').click()
  await page.getByRole('cell', { name: '查看顧客' }).first().waitFor()
  expect(new URL(page.url()).searchParams.get('kind')).toBe('saw')
  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('menu').waitFor({ state: 'hidden' })
  await page.getByRole('cell', { name: 'Opened a customer' }).first().waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expectClean(page, 'audit-en-dark')
  await page.goto(`${core.baseUrl}/w/${ws}/settings?tab=privacy`)
  await page.getByRole('heading', { name: 'Who reads personal data in full' }).waitFor()
  await page.getByRole('button', { name: 'Certificate', exact: true }).waitFor()
  await expectClean(page, 'settings-en-dark')
  expect(errors).toEqual([])
})
