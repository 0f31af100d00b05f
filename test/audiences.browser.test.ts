// Ad audiences in a browser: each platform asks for what it needs, a LINE audience is made and kept equal to its segment; and
// the editor's choice to send by phone number. By role and label only; axe finds nothing serious.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createJourney } from '../src/journeys/store.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { segmentRoutes } from '../src/segments/routes.ts'
import { seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import { callHandler } from './call.ts'
import { pictures } from './pictures.ts'
import { type Brand, type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let page: Page
let brand: Brand

beforeAll(async () => {
  site = await openBrandSite(60_000)
  ;({ page, brand } = site)
}, 120_000)
afterAll(() => site?.close())

const picture = pictures('audiences')
const shot = (name: string) => picture(page, name)

test('R3-12 a platform is chosen, asks for what it needs, and a LINE audience is kept', {
  timeout: 240_000,
}, async () => {
  const handle = <N extends 'createSegment' | 'publishSegment'>(name: N, given: object) =>
    callHandler(site.core, brand.id, name, segmentRoutes[name] as never, given)
  const rule = { op: 'event', event: 'Product Viewed', where: [], window: { in: 'ever' } }
  const measure = { of: 'count', test: { is: 'at_least', value: 1 } }
  const definition = { groups: [{ key: 'in', name: '', rule: { ...rule, measure } }] }
  const made = await handle('createSegment', { body: { name: '看過', kind: 'live', definition } })
  await handle('publishSegment', { params: { segment: made.id }, body: { version: made.version } })
  await page.goto(`${brand.home}/audiences`)
  await page.getByRole('heading', { level: 1, name: '廣告受眾' }).waitFor()
  await page.getByRole('button', { name: '新增受眾' }).first().click()
  const form = page.getByRole('dialog')
  const choose = async (label: string, option: string | RegExp) => {
    await form.getByLabel(label).first().click()
    await page.getByRole('option', { name: option }).first().click()
  }
  await form.getByLabel('名稱').fill('看過沒買')
  await choose('廣告平台', 'Google 目標對象比對')
  await form.getByLabel(/Google Ads 帳戶編號/).fill('123-456-7890')
  await form.getByLabel('服務帳戶的 JSON 金鑰').waitFor()
  await shot('google')
  await choose('廣告平台', 'LINE 受眾')
  await choose('LINE 帳號', /LINE/)
  await form.getByLabel('分眾').first().click()
  await page.getByRole('option', { name: '看過' }).click()
  await shot('line-form')
  expect(await seriousFaults(page)).toEqual([])
  await form.getByRole('button', { name: '儲存' }).click()
  await page.getByText(/LINE 受眾 ·/).waitFor()
  await eventually('it is kept', async () => {
    const found = await site.core.pool.query<{ provider: string; account_id: Uuid; filled: boolean }>(
      'select provider, account_id, filled from ad_audience where workspace_id = $1',
      [brand.id],
    )
    const [row] = found.rows
    return row?.provider === 'line' && row.account_id !== null && row.filled
  })
  await shot('list')
})

test('a LINE message may go by phone number: the editor says so, and only as transactional', {
  timeout: 240_000,
}, async () => {
  const content = { channel: 'line', messages: [{ type: 'text', text: '已出貨' }] }
  const graph = {
    format: 1,
    name: '出貨',
    trigger: { kind: 'event', event: 'Order Shipped' },
    reentry: { kind: 'always' },
    exits: [],
    start: 'tell',
    nodes: {
      tell: {
        type: 'send',
        fields: { channel: 'line', purpose: 'marketing', content },
        next: { accepted: null },
      },
    },
  }
  const id = await createJourney(site.core, brand.id, graph)
  await page.goto(`${brand.home}/journeys/${publicId('jrn', id)}?node=tell`)
  const box = page.getByLabel('不是好友就用電話號碼送（LINE 通知型訊息）')
  await box.check()
  await page.getByText('用電話號碼送的 LINE 通知型訊息只能是交易訊息').first().waitFor()
  await shot('by-phone')
})
