// The catalogue and connectors in Chromium: kept by hand, found again, presets in the pickers, a webhook mapped on the
// page and its dead letters replayed; clean by axe in both languages, light and dark, also on a phone.
import type { Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { openSite, signIn, type Site } from './site.ts'

let site: Site
let core: TestCore
let page: Page
let base: string
const errors: string[] = []

beforeAll(async () => {
  site = await openSite(['web', 'fold', 'history'])
  core = site.core
  page = await site.browser.context.newPage()
  page.setDefaultTimeout(40_000)
  page.on('pageerror', e => errors.push(e.message))
  await signIn(core, page)
  base = page.url().replace(/\/$/, '')
}, 120_000)
afterAll(() => site?.close())

const picture = pictures('catalogue')
const shot = (name: string) => picture(page, name)
const dialog = () => page.getByRole('dialog').last()
const fill = (name: string, value: string) => dialog().getByRole('textbox', { name, exact: true }).fill(value)
const save = () => page.getByRole('button', { name: '儲存' }).click()

test('R0-35 a store, a product and a member of staff are made, changed and found on the page', async () => {
  await page.goto(`${base}/catalogue?tab=stores`)
  await page.getByText('還沒有門市', { exact: true }).waitFor()
  await page.getByRole('button', { name: '新增門市' }).first().click()
  await fill('代碼', 'TPE01')
  await fill('名稱', '台北信義店')
  await fill('區域', '北區')
  await fill('週一', '10:00 – 21:30')
  await page.getByRole('button', { name: '週一的時間套用到每天' }).click()
  await save()
  await page.getByRole('button', { name: '台北信義店' }).click()
  await dialog().getByRole('textbox', { name: '週日' }).waitFor()
  expect(await dialog().getByRole('textbox', { name: '週日' }).inputValue()).toBe('10:00-21:30')
  await fill('週日', 'all day')
  await page.getByText('請寫成 10:00-21:30').waitFor()
  await fill('週日', '')
  await fill('名稱', '信義旗艦店')
  await fill('要打開的網址', 'https://tea.example/')
  expect(await page.getByRole('img', { name: '門市 QR code: 台北信義店' }).count()).toBe(1)
  await page.getByText(/utm_content=TPE01&itn_store=TPE01/).waitFor()
  await shot('store')
  await save()
  await page.getByRole('button', { name: '信義旗艦店' }).waitFor()

  await page.getByRole('tab', { name: '門市人員' }).click()
  await page.getByRole('button', { name: '新增人員' }).first().click()
  await fill('代碼', 'S1')
  await fill('名稱', '陳美玲')
  await dialog().getByRole('combobox', { name: '門市', exact: true }).click()
  await page.getByRole('option', { name: '信義旗艦店 (TPE01)' }).click()
  await dialog().getByLabel('PIN', { exact: true }).fill('4711')
  await save()
  await page.getByRole('row', { name: /S1 陳美玲 信義旗艦店 \(TPE01\) 店員 已設 PIN/ }).waitFor()

  await page.getByRole('tab', { name: '商品', exact: true }).click()
  await page.getByRole('button', { name: '新增商品' }).first().click()
  await fill('代碼', 'TEA-001')
  await fill('名稱', '阿里山高山茶')
  await dialog().getByRole('combobox', { name: '分類', exact: true }).fill('茶葉')
  await page.keyboard.press('Enter')
  await fill('售價', '680')
  await fill('成本', '310')
  await fill('庫存', '120')
  await page.getByRole('button', { name: '新增規格' }).click()
  await dialog().getByRole('textbox', { name: '第 1 個規格：SKU' }).fill('TEA-001-300')
  const choose = async (name: string, buffer: Buffer) => {
    const chooser = page.waitForEvent('filechooser')
    await dialog().getByRole('button', { name: '上傳圖片' }).click()
    await (await chooser).setFiles({ name, mimeType: 'image/png', buffer })
  }
  await choose('tea.png', Buffer.from('not a picture'))
  await page.getByText('這個檔案不是可用的圖片，請改用 PNG、JPEG、WebP 或 GIF').waitFor()
  await choose('茶.png', await page.screenshot({ clip: { x: 0, y: 0, width: 60, height: 60 } }))
  const address = dialog().getByRole('textbox', { name: '圖片網址' })
  const uploaded = new RegExp(`^${core.baseUrl}/pictures/pic_\\w{26}\\.png$`)
  await eventually('the address of the upload', async () => uploaded.test(await address.inputValue()))
  const picture = dialog().locator('img.picture')
  await eventually('the picture is drawn', () =>
    picture.evaluate(i => 'naturalWidth' in i && Number(i.naturalWidth) > 0),
  )
  await shot('product')
  await save()
  await page
    .getByRole('row', { name: /阿里山高山茶 TEA-001 茶葉 — NT\$680 NT\$310 54\.4 % 120 上架/ })
    .waitFor()
  await page.getByRole('searchbox', { name: '搜尋' }).fill('nothing like it')
  await page.getByText('找不到符合的資料').waitFor()
  await page.getByRole('searchbox', { name: '搜尋' }).fill('tea')
  await page.getByRole('button', { name: '阿里山高山茶' }).click()
  await page.getByRole('button', { name: '封存', exact: true }).click()
  await page.getByRole('dialog', { name: '封存' }).getByRole('button', { name: '封存' }).click()
  await page.getByText('找不到符合的資料').waitFor()
  expect(errors).toEqual([])
})

test('R3-26 installing a preset changes the picker of event names', async () => {
  // an event of every shop first, so that the list is known to be there
  const offered = async (text: string, expected: string[]) => {
    await page.goto(`${base}/sources?tab=events`)
    const field = page.getByLabel('事件名稱').first()
    const options = () => page.getByRole('option').allTextContents()
    await field.fill('瀏覽商品')
    await expect.poll(options).toContain('瀏覽商品Product Viewed')
    await field.fill(text)
    await expect.poll(options).toEqual(expected)
  }
  await offered('訂位', [])
  await page.goto(`${base}/catalogue?tab=presets`)
  const card = page.locator('section', { hasText: '餐飲點餐與付款' })
  await card.getByRole('button', { name: '安裝' }).click()
  await card.getByText('已安裝').waitFor()
  await shot('presets')
  await offered('訂位', ['訂位成立Table Reserved'])
  await page.goto(`${base}/journeys`)
  await page.getByText('外帶備妥通知').waitFor()
})

test('R0-21 a webhook is set up, mapped with a preview of its last body, and its dead letters are replayed', async () => {
  await page.goto(`${base}/sources?tab=connectors`)
  await page.getByRole('button', { name: '新增連接器' }).click()
  await page.getByRole('button', { name: /Webhook（任何系統）/ }).click()
  await fill('名稱', '官網訂單')
  await page.getByRole('button', { name: '建立' }).click()
  const secret = (await page.locator('.mantine-Alert-root .mono').textContent()) ?? ''
  await page.getByRole('dialog').getByRole('button', { name: '設定' }).click()
  const url = (await page.locator('.mono', { hasText: '/webhooks/src_' }).first().textContent()) ?? ''
  await shot('source')

  const raw = JSON.stringify({ kind: 'new_order', id: 'A-1', sum: 680, who: { mail: 'mei@example.com' } })
  const at = new Date()
  const post = (signature: string) =>
    fetch(url, {
      method: 'POST',
      body: raw,
      headers: {
        'webhook-id': 'd-1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signature,
      },
    })
  expect((await post('v1,forged')).status).toBe(401)
  await page.reload()
  await page.getByText('最近一次被擋下：簽章不符').waitFor()
  const answer = await post(new Webhook(secret).sign('d-1', at, raw))
  expect(await answer.json()).toMatchObject({ stored: 0, rejected: 1 })
  await page.reload()
  await page.getByRole('tab', { name: '無法使用的內容 (1)' }).waitFor()
  await page.getByRole('tab', { name: '欄位對應' }).click()
  await page.getByRole('button', { name: '空白規則' }).click()
  await page.getByRole('combobox', { name: '固定值: event' }).fill('Order Completed')
  await page.getByRole('combobox', { name: '從（JSON 路徑）: email' }).fill('$.who.mail')
  await page.getByRole('button', { name: '新增欄位' }).click()
  await page.getByRole('combobox', { name: '放到' }).last().fill('properties.order_id')
  await page.getByRole('combobox', { name: '從（JSON 路徑）: properties.order_id' }).fill('$.id')
  await page.getByText('訂單編號', { exact: true }).waitFor()
  await page.getByRole('button', { name: '新增欄位' }).click()
  await page.getByRole('combobox', { name: '放到' }).last().fill('properties.total')
  await page.getByRole('combobox', { name: '從（JSON 路徑）: properties.total' }).fill('$.sum')
  const preview = page.locator('section', { hasText: '預覽' })
  await preview.getByText('mei@example.com').waitFor()
  await preview.getByText('"order_id": "A-1"').waitFor()
  await page.keyboard.press('Escape')
  await shot('mapping')
  expect(await seriousFaults(page)).toEqual([])

  // what is written stays: through the tabs, and before the page is left; a faulty rule is said in words
  await page.getByRole('tab', { name: '無法使用的內容 (1)' }).click()
  await page.getByRole('tab', { name: '欄位對應' }).click()
  await preview.getByText('"order_id": "A-1"').waitFor()
  await page.getByRole('link', { name: '回連接器' }).click()
  await page.getByRole('button', { name: '留在這頁' }).click()
  await page.getByRole('button', { name: '空白規則' }).click()
  await preview.getByText('規則 2').waitFor()
  await save()
  await page.getByText('欄位對應有問題，還沒有儲存。').waitFor()
  await page.getByRole('button', { name: '移除這條規則 2' }).click()
  await preview.getByText('"order_id": "A-1"').waitFor()
  await save()
  await page.getByText('已儲存').first().waitFor()
  await page.getByRole('tab', { name: '無法使用的內容 (1)' }).click()
  await page.getByRole('cell', { name: 'no_rule 沒有一條對應規則收這個內容。請新增規則，再重送。' }).waitFor()
  await shot('dead')
  await page.getByRole('button', { name: '全部重送' }).click()
  await page.getByText('1 筆已使用，還有 0 筆').waitFor()
  await page.getByText('沒有無法使用的內容').waitFor()
  await eventually('the order is folded', async () => {
    const { rows } = await core.pool.query("select from order_entry where order_no = 'A-1'")
    return rows.length === 1
  })
  expect(errors).toEqual([])
})

test('R3-46 each tab in both languages, light and dark, wide and on a phone, is clean by axe', {
  timeout: 240_000,
}, async () => {
  const faults: string[] = []
  const paths = [
    'catalogue?tab=products&archived=true',
    'catalogue?tab=stores',
    'catalogue?tab=stores&edit=new',
    'catalogue?tab=staff',
    'catalogue?tab=presets',
    'sources?tab=connectors',
    'sources?tab=names',
  ]
  for (const language of ['zh-TW', 'en'] as const) {
    await page.evaluate(l => localStorage.setItem('itinera.locale', l), language)
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      // a phone in two of the four: its layout has no words and no colours of its own
      for (const width of (language === 'en') === (scheme === 'dark') ? [1280, 390] : [1280]) {
        await page.setViewportSize({ width, height: 800 })
        for (const path of paths) {
          await page.goto(`${base}/${path}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await page.locator('[role=status][aria-label]').waitFor({ state: 'detached' }) // the skeleton
          for (const f of await seriousFaults(page))
            faults.push(`${language} ${scheme} ${width} ${path}: ${f}`)
          await shot(`${language}-${scheme}-${width}-${path.replace(/\W+/g, '-')}`)
        }
      }
    }
  }
  expect([...new Set(faults)]).toEqual([])
  expect(errors).toEqual([])
})
