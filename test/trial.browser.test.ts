// Trying a journey out in Chromium: the simulator in the page, a replay over real customers, and the box that says why.
// Axe finds nothing serious, in both schemes.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cartNotPaid } from '../src/journeys/examples.ts'
import { publishJourney } from '../src/journeys/publish.ts'
import { createJourney } from '../src/journeys/store.ts'
import { newId, publicId, type Uuid } from '../src/platform/ids.ts'
import { expectCleanInBothSchemes } from './axe.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let core: TestCore
let page: Page
let home: string
let workspace: Uuid
let journey: Uuid

beforeAll(async () => {
  site = await openBrandSite(60_000)
  ;({ core, page } = site)
  ;({ id: workspace, home } = site.brand)
  journey = await createJourney(core, workspace, cartNotPaid)
}, 180_000)
afterAll(() => site?.close())

const picture = pictures('trial')
const everyWay = (name: string) => expectCleanInBothSchemes(page, name, picture)
const panel = (name: string) => `${home}/journeys/${publicId('jrn', journey)}?panel=${name}`

test('a made-up person walks the draft in the page: event, next moment, the message, a click, taken back', async () => {
  await page.goto(panel('simulate'))
  await page.getByText('不在旅程中').waitFor()
  await page.getByLabel('姓名').fill('王小明')
  await page.getByLabel('內容（JSON）').fill('{"name": "燕麥奶"}')
  const asked: string[] = []
  page.on('request', r => asked.push(r.url()))
  await page.getByRole('button', { name: '發生', exact: true }).click()
  await page.getByText('現在在 等一小時看是否結帳').waitFor()
  await page.getByRole('button', { name: /跳到下一個時刻/ }).click()
  await page.getByText('現在在 三天內購買算達成').waitFor()
  await page.getByText(/王小明，「燕麥奶」還在購物車裡等您/).waitFor()
  // worked out in the page: nothing was asked of the server
  expect(asked.filter(u => u.includes('/simulat'))).toEqual([])
  const messages = page.getByRole('region', { name: '訊息', exact: true })
  await messages.getByRole('button', { name: '結果' }).click()
  await page.getByRole('menuitem', { name: '變成「已點擊」' }).click()
  await messages.getByText('已點擊').first().waitFor()
  // the cards that were walked through are outlined
  expect(
    await page.evaluate(`getComputedStyle(document.querySelector('[data-card="line"]')).outlineStyle`),
  ).toBe('solid')
  await everyWay('simulate')
  await page.getByRole('button', { name: '復原上一步' }).click()
  await page.getByRole('button', { name: '復原上一步' }).click()
  await page.getByText('現在在 等一小時看是否結帳').waitFor()
  // without LINE and e-mail nothing can be sent, and the reason is said
  await page.getByLabel('是 LINE 好友').uncheck()
  await page.getByLabel('Email', { exact: true }).fill('')
  await page.getByRole('button', { name: /跳到下一個時刻/ }).click()
  await messages.getByText('沒有可用的聯絡方式').first().waitFor()
  const stored = await core.pool.query(
    'select (select count(*) from customer) + (select count(*) from message) as n',
  )
  expect(Number(stored.rows[0].n)).toBe(0)
})

test('a replay over the last days is asked for, ends, and shows people behind its figures; why says why', async () => {
  await publishJourney(core, workspace, journey, 1, 'test')
  const batch = [
    { type: 'identify', userId: 'M-1', traits: { name: '陳大文' } },
    { type: 'track', userId: 'M-1', event: 'Product Added', properties: { name: '杯子' } },
    { type: 'identify', userId: 'M-2', traits: { name: '林小美' } },
  ]
  await site.brand.send(...batch)
  await eventually(
    'history has the entry',
    async () => {
      const rows = await core.history.query({
        query: `select count() as n from event where name = 'journey.entered'`,
        format: 'JSONEachRow',
      })
      return Number((await rows.json<{ n: number }>())[0]!.n) > 0
    },
    20_000,
  )
  await page.goto(panel('replay'))
  await page.getByText('還沒有重播過', { exact: false }).waitFor()
  await page.getByRole('button', { name: '開始重播' }).click()
  const people = page.getByRole('button', { name: /進入人數 1/ }).first()
  await people.waitFor({ timeout: 30_000 })
  await everyWay('replay')
  await people.click()
  await page.getByRole('dialog').getByRole('link', { name: '陳大文' }).waitFor()
  await page.keyboard.press('Escape')

  await page.goto(panel('why'))
  const box = page.getByRole('combobox', { name: '顧客' })
  await box.fill('M-1')
  await page.getByRole('option', { name: /陳大文/ }).click()
  await page.getByText('有進入，現在停在「等一小時看是否結帳」。').waitFor()
  await everyWay('why')
  await box.fill('M-2')
  await page.getByRole('option', { name: /林小美/ }).click()
  await page.getByText('沒有收到會觸發這個旅程的事件（Product Added）。').waitFor()
}, 120_000)

test('a real customer walks: below the message stand the limits of this moment, and what holds it back', async () => {
  await core.pool.query(
    `insert into frequency_rule (id, workspace_id, channel, max, per, days, created_by, created_at, updated_by, updated_at)
     values ($1, $2, 'line', 2, 'week', 7, 'test', clock_timestamp(), 'test', clock_timestamp())`,
    [newId(), workspace],
  )
  await page.goto(panel('simulate'))
  await page.getByText('選一位真實顧客，就會列出每則訊息此刻適用的上限。').waitFor()
  await page.getByText('真實顧客', { exact: true }).click()
  await page.getByRole('combobox', { name: '顧客' }).fill('M-2')
  await page.getByRole('option', { name: /林小美/ }).click()
  await page.getByRole('button', { name: '發生', exact: true }).click()
  await page.getByRole('button', { name: /跳到下一個時刻/ }).click()
  const messages = page.getByRole('region', { name: '訊息', exact: true })
  await messages.getByText('此刻送出會被擋下').first().waitFor()
  await messages.getByText('這位顧客沒有這個渠道的已驗證聯絡方式。').first().waitFor()
  await messages.getByText('最多收到 2 則 LINE 行銷訊息」：已收到 0 / 2 則', { exact: false }).hover()
  await everyWay('simulate-limits')
}, 120_000)

test('the list of journeys says what begins one, and the last events are a table; JSON is behind a click', async () => {
  await page.goto(`${home}/journeys`)
  await page.getByText('當發生「加入購物車」').waitFor()
  await page.goto(`${home}/sources?tab=events`)
  const row = page.getByRole('row', { name: /加入購物車/ })
  await row.getByRole('link', { name: '陳大文' }).waitFor()
  await row.getByText('杯子', { exact: true }).waitFor()
  const json = row.getByText('"name": "杯子"', { exact: false })
  expect(await json.isVisible()).toBe(false)
  await row.getByText('原始內容（JSON）').click()
  await json.waitFor()
  await everyWay('last-events')
}, 120_000)
