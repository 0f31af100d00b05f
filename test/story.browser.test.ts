// The whole story in a browser, on the real engines and roles: sign in by the first link, build the demo brand, play a
// customer in the sandbox, leave the cart, move the clock an hour, the phone rings, tap the link, buy; then the journey
// shows the goal, the ledger the message, the customer page why. By role and label only.
import { unpackState } from '../src/customers/pack.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './browser.ts'
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

const shot = pictures('story')

/** Some run of this person waits for an event, by the folded state. */
async function waitsForEvent(name: string): Promise<boolean> {
  const { rows } = await core.pool.query<{ state: string }>(
    'select state from customer where state like $1',
    [`%"${name}"%`],
  )
  return rows.some(r => unpackState(r.state).enr.some(run => run.wait?.kind === 'event'))
}

/** Goals reached of the cart journey, as the list of journeys shows them. */
async function goals(page: Page): Promise<number> {
  const row = page.getByRole('row').filter({ hasText: '購物車未結提醒' })
  await row.waitFor()
  const headers = await page.getByRole('columnheader').allTextContents()
  const column = headers.findIndex(h => h.trim() === '達成目標')
  expect(column).toBeGreaterThan(0)
  return Number((await row.getByRole('cell').nth(column).textContent())?.replace('—', '0'))
}

test('event in, message out, seen in the browser', { timeout: 400_000 }, async () => {
  const page = await signedIn(site, 40_000)
  await shot(page, '1-home')

  await page.getByRole('button', { name: '建立示範品牌' }).click()
  await page.getByRole('button', { name: '進入示範品牌' }).click({ timeout: 240_000 })
  await page.getByText('示範品牌：所有人物與數字皆為虛構。').waitFor()
  await shot(page, '2-demo')

  const menu = page.getByRole('navigation', { name: '主要選單' })
  await menu.getByRole('link', { name: '旅程' }).click()
  const goalsBefore = await goals(page)

  // a shopper looks, fills a cart, and leaves
  await menu.getByRole('link', { name: '沙盒' }).click()
  await page.getByRole('heading', { level: 1, name: '沙盒' }).waitFor()
  const shop = page.frameLocator('iframe[title="商店"]')
  const who = ((await shop.getByText('目前身分：').textContent()) ?? '').replace('目前身分：', '').trim()
  expect(who).not.toBe('訪客')
  await shop.getByRole('link', { name: /四季分享禮盒/ }).click()
  await shop.getByRole('button', { name: '加入購物車' }).click()
  await shop.getByRole('heading', { name: '購物車' }).waitFor()
  const chat = page.getByRole('log', { name: `與 ${who} 的對話` })
  const reminder = chat.getByText(/四季分享禮盒.*還在購物車裡等您/)
  expect(await reminder.count()).toBe(0)
  await shot(page, '3-cart')

  // nobody reaches for the clock before the pixel's batch is in; a script would
  await eventually('the shopper waits in the cart journey', () => waitsForEvent(who))
  // the phone rings an hour later
  const clock = page.getByRole('region', { name: '工作區時鐘' })
  await clock.getByRole('button', { name: '+1 小時' }).click()
  await reminder.waitFor({ timeout: 120_000 })
  await shot(page, '4-phone')
  await reminder.getByRole('link').click()

  // the link leads back to the cart; the shopper buys
  await shop.getByRole('link', { name: '前往結帳' }).click()
  await shop.getByRole('button', { name: '確認購買' }).click()
  await shop.getByRole('heading', { name: '謝謝你，訂單成立了' }).waitFor()
  await shot(page, '5-bought')

  // the journey shows the goal
  await menu.getByRole('link', { name: '旅程' }).click()
  await eventually(
    'one goal more',
    async () => {
      await page.reload()
      return (await goals(page)) === goalsBefore + 1
    },
    30_000,
  )
  await page.getByRole('link', { name: '購物車未結提醒' }).click()
  await page.getByRole('region', { name: '旅程圖' }).waitFor()
  await page.getByRole('button', { name: /LINE 提醒/ }).waitFor()
  await shot(page, '6-journey')

  // the ledger shows the message, and that the books balance
  await menu.getByRole('link', { name: '發送紀錄' }).click()
  await page.getByRole('status').filter({ hasText: '帳目相符' }).waitFor()
  const row = page.getByRole('row').filter({ hasText: who }).filter({ hasText: '購物車未結提醒' })
  await row.getByText('已點擊').waitFor()
  await shot(page, '7-ledger')

  // the customer page says why
  await row.getByRole('link', { name: who }).click()
  await page.getByRole('heading', { level: 1, name: who }).waitFor()
  const timeline = page.getByRole('listitem')
  await timeline.filter({ hasText: '達成旅程目標' }).filter({ hasText: '為什麼' }).first().waitFor()
  await timeline.filter({ hasText: '點擊訊息' }).first().waitFor()
  await timeline.filter({ hasText: '完成訂單' }).first().waitFor()
  await shot(page, '8-customer')
  await page.close()
})
