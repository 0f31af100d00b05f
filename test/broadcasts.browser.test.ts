// A broadcast in Chromium: filled in on one page, looked at, sent by keyboard, seen to its end; clean by axe in both languages.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { newBrand, openSite, signedIn, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
}, 300_000)
afterAll(() => site?.close())

async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true })
}

test('R3-04 a broadcast is made on one page, sent, and stands beside journeys', {
  timeout: 300_000,
}, async () => {
  const { core } = site
  const page = await signedIn(site, 30_000)
  const { id, apiKey, home } = await newBrand(core)
  const uid = 'U' + 'ab'.repeat(16)
  const told = await fetch(`${core.baseUrl}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      batch: [
        { type: 'identify', anonymousId: 'ming', traits: { name: '王小明', email: 'ming@example.com' } },
      ],
    }),
  })
  expect([told.status, uid.length]).toEqual([200, 33])
  const faults: string[] = []
  const look = async (name: string) => {
    await shot(page, `broadcast-${name}`)
    faults.push(...(await seriousFaults(page)).map(f => `${name}: ${f}`))
  }
  await page.goto(`${home}/broadcasts`)
  await page.getByText('還沒有群發').waitFor()
  await look('empty')
  await page.getByRole('button', { name: '新增群發' }).first().click()
  await page.getByLabel('群發名稱（只有團隊看得到）').fill('週年慶開跑')
  await page.getByRole('textbox', { name: /文字/ }).first().fill('全館九折')
  await look('form')
  await page.getByRole('button', { name: '存成草稿' }).click()
  await page.getByRole('button', { name: '立即發送' }).waitFor()
  await page.getByText('哪個渠道都聯絡不到').waitFor()
  await look('last')
  await page.getByRole('button', { name: '立即發送' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: '立即發送' }).click()
  await page.getByText('已完成').first().waitFor({ timeout: 60_000 })
  await look('done')
  const { rows } = await core.pool.query('select from broadcast where workspace_id = $1', [id])
  expect(rows).toHaveLength(1)
  await page.goto(`${home}/broadcasts?tab=compare`)
  await page.getByRole('tab', { name: '與旅程比較', selected: true }).waitFor()
  await look('compare')
  await page.goto(`${home}/broadcasts`)
  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('link', { name: '週年慶開跑' }).click()
  await page.getByText('Done').first().waitFor()
  await look('done-en')
  expect(faults).toEqual([])
})
