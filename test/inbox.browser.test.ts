// Conversations in Chromium: a customer's message comes in while the page is open, is answered, noted and closed; on the
// customer's page too. Axe finds nothing serious, in both languages and schemes. SHOTS=folder keeps pictures.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectCleanInBothSchemes } from './axe.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let core: TestCore
let page: Page
let home: string

const LINE = 'U0123456789abcdef0123456789abcdef'

beforeAll(async () => {
  site = await openBrandSite(15_000, ['web', 'fold', 'deliver', 'history'], {
    env: { ALLOW_PRIVATE_URLS: '1' },
  })
  ;({ core, page } = site)
  home = site.brand.home
  await act('follow', { name: '王小明' })
}, 240_000)
afterAll(() => site?.close())

const picture = pictures('inbox')
const clean = (where: string) => expectCleanInBothSchemes(page, where, picture)
const act = (kind: string, more: object) =>
  site.brand.ask('sandboxAct', { body: { channel: 'line', address: LINE, act: kind, ...more } })
const says = (text: string) => act('text', { text })

test('R4-40 a customer’s message is answered in the inbox and on their page', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/inbox`)
  await page.getByText('還沒有對話').waitFor()
  await clean('empty')
  // it comes in by itself
  await says('請問有 M 號嗎？')
  await page.getByRole('button', { name: /請問有 M 號嗎/ }).click()
  await page.getByRole('region', { name: '對話內容' }).getByText('請問有 M 號嗎？').waitFor()
  await page.getByText('顧客最近互動').waitFor()
  await page.getByRole('textbox', { name: '寫給顧客…' }).fill('有的，幫您留一件 {{ x }}')
  await page.getByRole('button', { name: '送出' }).click()
  const thread = page.getByRole('region', { name: '對話內容' })
  await thread.getByText('有的，幫您留一件 {{ x }}').waitFor()
  await thread.getByText('已接受').waitFor()
  await page.getByText('內部備註', { exact: true }).click()
  await page.getByRole('textbox', { name: '只有團隊看得到…' }).fill('常客')
  await page.getByRole('button', { name: '留下備註' }).click()
  await thread.getByText('常客').waitFor()
  await says('太好了')
  await thread.getByText('太好了').waitFor()
  await clean('thread')
  await page.getByRole('button', { name: '結束對話' }).click()
  await page.getByRole('button', { name: '重新開啟' }).waitFor()
  // on the customer's page
  await page.getByRole('heading', { level: 2 }).getByRole('link').click()
  await page.getByRole('tab', { name: /LINE/ }).click()
  await page.getByRole('region', { name: '對話內容' }).getByText('太好了').waitFor()
  await clean('customer')
  const { rows } = await core.pool.query<{ payload: { messages?: { text: string }[] } }>(
    `select payload from sandbox_message where channel = 'line' and direction = 'to_customer'`,
  )
  expect(rows.map(r => r.payload.messages?.[0]?.text)).toEqual(['有的，幫您留一件 {{ x }}'])
})

test('an answer that is not sent yet is there when its conversation is opened again', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/inbox?status=all`)
  const conversation = page.getByRole('button', { name: /王小明/ }).first()
  await conversation.click()
  const box = page.getByRole('textbox', { name: '寫給顧客…' })
  await box.fill('寫到一半')
  await page.getByRole('navigation').getByRole('link', { name: '顧客', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: '顧客' }).waitFor()
  await page.goBack()
  await conversation.click()
  expect(await box.inputValue()).toBe('寫到一半')
  await box.fill('')
})

test('a ready text is written, taken into an answer as it reads for this customer, and deleted', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/inbox?status=all`)
  await page
    .getByRole('button', { name: /王小明/ })
    .first()
    .click()
  const quick = () => page.getByRole('button', { name: '快速回覆' }).click()
  await quick()
  await page.getByRole('menuitem', { name: '管理' }).click()
  const editor = page.getByRole('dialog', { name: '快速回覆' })
  await editor.getByRole('textbox', { name: '名稱' }).fill('問好')
  await editor.getByRole('textbox', { name: /內容/ }).fill('{{ customer.line_name }}您好，馬上幫您查')
  await clean('quick')
  await editor.getByRole('button', { name: '新增快速回覆' }).click()
  await editor.getByRole('listitem').getByText('馬上幫您查').waitFor()
  await page.keyboard.press('Escape')
  await quick()
  await page.getByRole('menuitem', { name: '問好' }).click()
  const box = page.getByRole('textbox', { name: '寫給顧客…' })
  expect(await box.inputValue()).toBe('王小明您好，馬上幫您查')
  await page.getByRole('button', { name: '送出' }).click()
  await page.getByRole('region', { name: '對話內容' }).getByText('王小明您好，馬上幫您查').waitFor()
  await quick()
  await page.getByRole('menuitem', { name: '管理' }).click()
  await editor.getByRole('button', { name: '刪除 問好' }).click()
  await editor.getByRole('listitem').waitFor({ state: 'detached' })
  expect((await site.brand.ask('quickReplies')).items).toEqual([])
})

test('the hours of the team are set on the page, in English too', { timeout: 240_000 }, async () => {
  await page.goto(`${home}/inbox?status=all`)
  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('heading', { level: 1, name: 'Conversations' }).waitFor()
  await page.getByRole('button', { name: 'Hours and away reply' }).click()
  await page.getByRole('button', { name: 'Add hours' }).click()
  await page.getByRole('switch', { name: /Outside these hours/ }).click()
  await page.getByRole('textbox', { name: 'What is said' }).fill('We answer in the morning.')
  await clean('hours')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').waitFor()
  const { rows } = await core.pool.query<{ on: boolean }>(
    `select (settings->'conversations'->'away'->>'on')::boolean as on from workspace where settings ? 'conversations'`,
  )
  expect(rows).toEqual([{ on: true }])
})
