// The panels of trigger and entry in Chromium, by role and label: choosing what starts a journey, who comes in, a campaign
// made beside its trigger. Axe finds nothing serious, in both languages and schemes.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { cartNotPaid } from '../src/journeys/examples.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { createJourney } from '../src/journeys/store.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { expectCleanInBothSchemes } from './axe.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

vi.setConfig({ testTimeout: 180_000 })

let site: BrandSite
let core: TestCore
let page: Page
let home: string
let journey: Uuid

beforeAll(async () => {
  site = await openBrandSite(15_000, ['web', 'fold'])
  ;({ core, page } = site)
  journey = await createJourney(core, site.brand.id, cartNotPaid)
  home = `${site.brand.home}/journeys/${publicId('jrn', journey)}`
}, 180_000)
afterAll(() => site?.close())

const picture = pictures('triggers')
const everyWay = (name: string) => expectCleanInBothSchemes(page, name, picture)
/** What is stored, once it says so. */
async function draft(says: (graph: JourneyGraph) => boolean): Promise<JourneyGraph> {
  return eventually(
    'the draft is stored',
    async () => {
      const { rows } = await core.pool.query<{ draft: JourneyGraph }>(
        'select draft from journey where id = $1',
        [journey],
      )
      return says(rows[0]!.draft) && rows[0]!.draft
    },
    15_000,
  )
}

test('a holiday is chosen by the form: its sentence stands on the canvas, and it is kept', async () => {
  await page.goto(`${home}?panel=trigger`)
  await page.getByLabel('什麼時候開始').selectOption({ label: '節日' })
  await page.getByLabel('節日', { exact: true }).selectOption({ label: '春節（初一）' })
  await page.getByLabel('距離當天幾天').fill('-7')
  await page.getByText('春節（初一）前 7 天 10:00').first().waitFor()
  await everyWay('holiday')
  const kept = await draft(g => g.trigger.kind === 'calendar' && g.trigger.offsetDays === -7)
  expect(kept.trigger).toEqual({ kind: 'calendar', holiday: 'lunar_new_year', offsetDays: -7, time: '10:00' })
})

test('a campaign is made beside the trigger that waits for it', async () => {
  await page.goto(`${home}?panel=trigger`)
  await page.getByLabel('什麼時候開始').selectOption({ label: '檔期開始或結束' })
  await page.getByLabel('檔期名稱').fill('春茶祭')
  await page.getByLabel('開始時間').fill('2026-03-01T00:00')
  await page.getByLabel('結束時間').fill('2026-03-20T00:00')
  await page.getByLabel('參加的事件').fill('Lottery Joined')
  await page.getByRole('button', { name: '儲存檔期' }).click()
  await draft(g => g.trigger.kind === 'campaign' && g.trigger.campaign.startsWith('cmp_'))
  await page.getByRole('group', { name: '更改這個檔期' }).waitFor()
  await everyWay('campaign')
})

test('who comes in: re-entry, one run for each order, a share or so many people first', async () => {
  await page.goto(`${home}?panel=entry`)
  await page.getByLabel('隨時').check()
  await page.getByLabel('依事件的哪個屬性分開進入').fill('order')
  const canary = page.getByRole('radiogroup', { name: '先讓多少人走（試行）' })
  await canary.getByText('比例').click()
  await page.getByLabel('比例（%）').fill('20')
  await page.getByLabel('從何時開放').fill('2026-03-01T09:00')
  await everyWay('entry')
  const kept = await draft(g => g.entry?.from !== undefined)
  expect(kept).toMatchObject({
    reentry: { kind: 'always' },
    key: 'order',
    entry: { canaryPercent: 20, from: '2026-03-01T01:00:00.000Z' },
  })
  await canary.getByText('人數').click()
  await page.getByLabel('人數', { exact: true }).last().fill('200')
  await page.getByRole('status').getByText('最先進入的這些人').waitFor()
  await everyWay('canary-people')
  const first = await draft(g => g.entry?.canaryPeople === 200)
  expect(first.entry).toEqual({ canaryPeople: 200, from: '2026-03-01T01:00:00.000Z' })
  await canary.getByText('全部').click()
  await draft(
    g => g.entry !== undefined && g.entry.canaryPeople === undefined && g.entry.canaryPercent === undefined,
  )
})

test('an event is said in words, and what clients post stands beside it; either may be typed, and an event that is not known', async () => {
  await page.goto(`${home}?panel=trigger`)
  await page.getByLabel('什麼時候開始').selectOption({ label: '任何事件' })
  const event = page.getByRole('combobox', { name: '事件', exact: true })
  // by keyboard, as a screen reader hears it
  await event.fill('加入購物')
  await page.getByRole('option', { name: '加入購物車 Product Added' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => event.inputValue()).toBe('加入購物車')
  expect(await event.getAttribute('aria-description')).toBe('Product Added')
  await page.getByTitle('Product Added').waitFor()
  await draft(g => g.trigger.kind === 'event' && g.trigger.event === 'Product Added')
  await everyWay('event')
  // the words alone name it, too
  await event.fill('瀏覽商品')
  await event.blur()
  await draft(g => g.trigger.kind === 'event' && g.trigger.event === 'Product Viewed')
  expect([await event.inputValue(), await event.getAttribute('aria-description')]).toEqual([
    '瀏覽商品',
    'Product Viewed',
  ])
  await event.fill('Bottle Returned')
  await event.blur()
  await draft(g => g.trigger.kind === 'event' && g.trigger.event === 'Bottle Returned')
  expect([await event.inputValue(), await event.getAttribute('aria-description')]).toEqual([
    'Bottle Returned',
    null,
  ])
})

test('a campaign’s events: one chosen by its words, further ones shown by theirs', async () => {
  await page.goto(`${site.brand.home}/campaigns?edit=new`)
  const event = page.getByRole('combobox', { name: '參加事件' })
  await event.fill('填寫')
  await page.getByRole('option', { name: '填寫表單 Form Answered' }).click()
  await expect.poll(() => event.inputValue()).toBe('填寫表單')
  expect(await event.getAttribute('aria-description')).toBe('Form Answered')
  const further = page.getByRole('combobox', { name: '也算參加的事件' })
  await further.fill('到店')
  await page.getByRole('option', { name: '到店 Store Visited' }).click()
  await further.fill('Lottery Joined')
  await further.press('Enter')
  await page.getByRole('textbox', { name: '名稱' }).first().fill('茶的問卷')
  await picture(page, 'campaign-events')
  await page.getByLabel('開始').first().fill('2026-03-01T00:00')
  await page.getByLabel('結束').first().fill('2026-03-20T00:00')
  await page.getByRole('button', { name: '儲存', exact: true }).click()
  const { rows } = await eventually('the campaign is stored', async () => {
    const found = await core.pool.query<{ event: string; also: { event: string }[] }>(
      'select event, also from campaign where workspace_id = $1 and name = $2',
      [site.brand.id, '茶的問卷'],
    )
    return found.rows.length > 0 && found
  })
  expect([rows[0]!.event, rows[0]!.also.map(a => a.event)]).toEqual([
    'Form Answered',
    ['Store Visited', 'Lottery Joined'],
  ])
})
