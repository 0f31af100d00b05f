// Coupons and experiments in Chromium: a coupon is defined on its page, an experiment is read and decided beside its
// journey; clean by axe, both languages, dark and narrow. SHOTS=folder keeps pictures.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { openSite, signIn, type Site } from './site.ts'

let site: Site
let core: TestCore

beforeAll(async () => {
  site = await openSite()
  core = site.core
}, 300_000)
afterAll(() => site?.close())

const shot = pictures('rewards')
const posted = (page: Page, path: string, body: unknown) =>
  page.evaluate(
    async ([url, json]) => {
      const answer = await fetch(url!, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: json!,
      })
      return (await answer.json()) as { id: string; version: number }
    },
    [path, JSON.stringify(body)],
  )

const graph: JourneyGraph = {
  format: 1,
  name: '新客優惠實驗',
  trigger: { kind: 'event', event: 'Signed Up' },
  reentry: { kind: 'never' },
  exits: [],
  start: 'try',
  nodes: {
    try: {
      type: 'experiment',
      title: '折扣還是贈品',
      fields: {
        variants: [
          { name: '折扣', percent: 50 },
          { name: '贈品', percent: 50 },
        ],
        metric: { kind: 'order' },
        windowMs: 604_800_000,
        minPeople: 100,
      },
      next: { 折扣: 'coupon', 贈品: null },
    },
    coupon: { type: 'reward', fields: { give: 'coupon', coupon: 'NEW100' }, next: { given: null } },
  },
}

test('a coupon is defined, an experiment is decided', { timeout: 300_000 }, async () => {
  const page = await site.browser.context.newPage()
  await signIn(core, page)
  const base = page.url().replace(/\/w\/([^/]+).*$/, '/w/$1')
  const ws = /\/w\/([^/]+)/.exec(base)![1]!

  await page.goto(`${base}/coupons`)
  await page.getByText('還沒有優惠券').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'coupons-empty')
  await page.getByRole('button', { name: '新增優惠券' }).first().click()
  const form = page.getByRole('dialog')
  await form.getByLabel('名稱').fill('新會員折 100 元')
  await form.getByLabel('代號').fill('NEW100')
  await form.getByLabel('總張數').fill('500')
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'coupons-form')
  await form.getByRole('button', { name: '儲存' }).click()
  await page.getByRole('cell', { name: 'NEW100' }).waitFor()
  await page.getByRole('cell', { name: 'NT$100' }).waitFor()
  await page.getByLabel('點數幾天後到期').fill('365')
  await page.getByRole('button', { name: '儲存' }).click()
  await page.getByText('已儲存').first().waitFor()
  const kept = await core.pool.query<{ terms: unknown }>("select terms from coupon where key = 'NEW100'")
  expect(kept.rows[0]!.terms).toMatchObject({ kind: 'amount', value: 100, limit: 500, perPerson: 1 })

  const made = await posted(page, `/api/w/${ws}/journeys`, { graph })
  await posted(page, `/api/w/${ws}/journeys/${made.id}/publish`, { version: made.version })
  await page.goto(`${base}/journeys/${made.id}?panel=experiment`)
  const panel = page.locator('.journey-side')
  await panel.getByText('資料還不夠').waitFor()
  await panel.getByText('Lindon & Malek 2022').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'experiment')
  await panel.getByRole('region', { name: '贈品' }).getByRole('button', { name: '採用' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '採用' }).click()
  await page.getByText('之後的人都走「贈品」').waitFor()
  const decided = await core.pool.query('select variant, node from experiment_decision')
  expect(decided.rows).toEqual([{ variant: '贈品', node: 'try' }])

  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload()
  await page.getByText('Everybody takes “贈品” from now on').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'experiment-en-dark')
  await page.goto(`${base}/coupons`)
  await page.getByRole('cell', { name: 'NEW100' }).waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'coupons-en-narrow')
})
