// The 360° page, data quality and metrics in Chromium with data in them: axe finds nothing serious in either language,
// light and dark, wide and narrow; a profile is changed with the keyboard alone. SHOTS=folder keeps pictures.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { createJourney } from '../src/journeys/store.ts'
import { publishJourney } from '../src/journeys/publish.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { postBatch } from './http-client.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let core: TestCore
let page: Page
let home: string
let person: string
const now = Date.now()
const HOUR = 3_600_000
/** what stands where something is still being loaded */
const WAITING = '.mantine-Skeleton-root'

const track = (event: string, hoursAgo: number, properties: Record<string, unknown> = {}) => ({
  type: 'track',
  userId: 'M-1',
  event,
  properties,
  timestamp: new Date(now - hoursAgo * HOUR),
})

beforeAll(async () => {
  site = await openBrandSite(60_000)
  ;({ core, page } = site)
  home = site.brand.home
  const lines = [{ product_id: 'T1', name: '高山烏龍', price: 680, quantity: 1, cost: 272 }]
  const journey = await createJourney(core, site.brand.id, {
    format: 1,
    name: '品茶後關心',
    trigger: { kind: 'event', event: 'Tasting Booked' },
    reentry: { kind: 'never' },
    exits: [],
    start: 'rest',
    nodes: {
      rest: { type: 'delay', title: '等三天', fields: { mode: 'for', ms: 72 * HOUR }, next: { next: null } },
    },
  })
  await publishJourney(core, site.brand.id, journey, 1, 'test')
  const past = [
    {
      type: 'identify',
      userId: 'M-1',
      traits: {
        name: '王小明',
        gender: '男',
        birthday: '1990-02-03',
        email: 'ming@example.com',
        phone: '12',
        line_uid: 'U' + 'a1'.repeat(16),
      },
      timestamp: new Date(now - 90 * HOUR),
    },
    track('Product Viewed', 80, {
      name: '高山烏龍',
      campaign: { source: 'pack', medium: 'qr', name: 'tin' },
    }),
    track('Product Added', 79, { product_id: 'T1' }),
    track('Order Completed', 78, { order_id: 'W-1', total: 680, products: lines }),
    track('Order Completed', 30, {
      order_id: 'S-1',
      total: 680,
      products: lines,
      sales_channel: 'store',
      store: 'TPE01',
    }),
    track('Support Contacted', 20, { topic: '保存方式' }),
    track('consent.granted', 10, {
      channel: 'email',
      purpose: 'marketing',
      proof: { text: '同意收到優惠', version: '3' },
    }),
  ]
  await postBatch(core.baseUrl, site.brand.apiKey, past, new Date(now))
  person = await eventually(
    'the customer is in history',
    async () => {
      await page.goto(`${home}/customers?q=M-1`)
      const link = page.getByRole('link', { name: '王小明' })
      await link.waitFor({ timeout: 2_000 }).catch(() => undefined)
      return (await link.count()) > 0 ? link.getAttribute('href') : null
    },
    20_000,
  )
}, 120_000)
afterAll(() => site?.close())

const picture = pictures('person')
/** Every language, scheme and width, though not each with each. */
const LOOKS = [
  ['zh-TW', 'light', 1280],
  ['zh-TW', 'dark', 390],
  ['en', 'dark', 1280],
  ['en', 'light', 390],
] as const

async function speak(language: 'zh-TW' | 'en'): Promise<void> {
  await page.evaluate(l => localStorage.setItem('itinera.locale', l), language)
}

test('R3-46 R4-35 pages with data are clean by axe: both languages, light and dark, wide and narrow', {
  timeout: 240_000,
}, async () => {
  const errors: string[] = []
  page.on('pageerror', e => errors.push(e.message))
  const paths: Record<string, string> = {
    customers: `${home}/customers`,
    customer: core.baseUrl + person,
    quality: `${home}/quality`,
    'quality-people': `${home}/quality?rule=bad_phone`,
    metrics: `${home}/metrics`,
    'metrics-people': `${home}/metrics?metric=revenue`,
    stages: `${home}/metrics?tab=stages`,
    omnichannel: `${home}/metrics?tab=omnichannel`,
    sources: `${home}/metrics?tab=sources&by=link`,
  }
  const faults: string[] = []
  for (const [language, scheme, width] of LOOKS) {
    await speak(language)
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize({ width, height: 900 })
    for (const [name, path] of Object.entries(paths)) {
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await eventually(`${name} is loaded`, async () => (await page.locator(WAITING).count()) === 0)
      const where = `${language} ${scheme} ${width} ${name}`
      for (const f of await seriousFaults(page)) faults.push(`${where}: ${f}`)
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
      if (wide > 0) faults.push(`${where}: ${wide} px wider than the screen`)
      await picture(page, `${name}-${language}-${scheme}-${width}`)
    }
  }
  expect(faults).toEqual([])
  expect(errors).toEqual([])
})

test('R4-35 an attribute, a tag and a consent are changed with the keyboard alone, and the audit knows', {
  timeout: 240_000,
}, async () => {
  await page.setViewportSize({ width: 1280, height: 900 })
  await speak('zh-TW')
  await page.goto(core.baseUrl + person)
  await page.getByRole('button', { name: '編輯生日' }).focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('生日', { exact: true }).fill('1991-04-05')
  await page.keyboard.press('Enter')
  await page.getByText('1991-04-05').first().waitFor()
  // the keyboard goes on from where it was
  await page.locator('button[aria-label="編輯生日"]:focus').waitFor()

  await page.getByLabel('新增標籤').focus()
  await page.keyboard.type('常客')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '移除標籤 常客' }).waitFor()

  const consent = page.getByRole('switch', { name: 'Email 行銷同意' })
  await eventually('consent is on', () => consent.isChecked())
  await consent.focus()
  await page.keyboard.press('Space')
  await eventually('consent is off', async () => !(await consent.isChecked()))

  const { rows } = await core.pool.query<{ n: number }>(
    `select count(*)::int n from audit where action = 'customerCommand' and target = $1`,
    [person.split('/').pop()],
  )
  expect(rows[0]!.n).toBe(3)
})

test('R0-04 R0-01 the timeline is filtered by phase, words and kind, and the address keeps it', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${core.baseUrl}${person}?phase=post&kind=event`)
  const lines = page.locator('ol.timeline > li')
  await eventually('only what came after the purchase', async () => {
    const texts = await lines.allInnerTexts()
    return (
      texts.length > 0 && texts.every(x => x.includes('購買後')) && texts.some(x => x.includes('聯絡客服'))
    )
  })
  await page.getByRole('button', { name: '清除篩選' }).click()
  await page.getByLabel('搜尋時間軸').fill('加入購物車')
  await eventually('found by the word the page uses', async () => {
    const texts = await lines.allInnerTexts()
    return texts.length === 1 && texts[0]!.includes('加入購物車')
  })
  expect(new URL(page.url()).searchParams.get('q')).toBe('加入購物車')
})

test('R4-35 R2-08 R0-04 one page: LINE, mail and member number, tag, attribute, consent, orders, timeline, and the journey they are in; what arrives shows by itself', {
  timeout: 240_000,
}, async () => {
  await page.goto(core.baseUrl + person)
  const lines = page.locator('ol.timeline > li')
  await eventually('the page is loaded', async () => (await page.locator(WAITING).count()) === 0)
  await page.evaluate('window.stays = true')
  const orders = page.locator('section.card', { has: page.getByText('W-1', { exact: true }) }).first()
  expect(await orders.textContent()).not.toContain('L-1')
  expect(await orders.textContent()).toContain('S-1')
  const part = (title: string) =>
    page.locator('section.card', { has: page.getByRole('heading', { name: title }) })
  await part('身份識別碼').getByText('M-1', { exact: true }).waitFor()
  await part('身份識別碼').getByText('ming@example.com').waitFor()
  await part('身份識別碼')
    .getByText('U' + 'a1'.repeat(16))
    .waitFor()
  await page.getByRole('button', { name: '移除標籤 常客' }).waitFor()
  // R2-08: a field says who said it, and when
  const birthday = page.locator('.row-value', { hasText: '1991-04-05' })
  expect(await birthday.getAttribute('aria-description')).toMatch(/^\S+ · .*\d{1,2}:\d{2}/)
  await page.getByRole('switch', { name: 'Email 行銷同意' }).waitFor()
  const runs = part('旅程實例')
  expect(await runs.textContent()).not.toContain('品茶後關心')
  await site.brand.send(
    { ...track('Tasting Booked', 0), timestamp: undefined },
    {
      ...track('Order Completed', 0, { order_id: 'L-1', total: 1234, currency: 'TWD' }),
      timestamp: undefined,
    },
  )
  await eventually('the event is in the timeline', async () =>
    (await lines.allInnerTexts()).some(x => x.includes('Tasting Booked')),
  )
  await eventually('the journey in progress is on the page, with the step they wait at', async () =>
    /品茶後關心.*等三天/.test((await runs.textContent()) ?? ''),
  )
  await eventually('the order is on the page', async () => (await orders.textContent())?.includes('L-1'))
  expect(await page.evaluate('window.stays')).toBe(true) // nobody loaded the page again
})

test('R3-46 R0-04 an event that the brand named is called so on the timeline, and found by it', {
  timeout: 240_000,
}, async () => {
  await speak('zh-TW')
  await page.goto(`${home}/sources?tab=names`)
  await page.getByRole('searchbox', { name: '事件名稱' }).fill('Tasting Booked')
  await page.getByRole('button', { name: '命名 Tasting Booked' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('中文名稱').fill('預約品茶')
  await dialog.getByLabel('英文名稱').fill('Booked a tasting')
  await dialog.getByRole('button', { name: '儲存' }).click()
  await page.getByRole('cell', { name: '預約品茶' }).waitFor()
  await page.goto(`${core.baseUrl}${person}?q=${encodeURIComponent('預約品茶')}`)
  const lines = page.locator('ol.timeline > li')
  await eventually('found by the words of the brand', async () => {
    const texts = await lines.allInnerTexts()
    return texts.length > 0 && texts.every(x => x.includes('預約品茶'))
  })
})
