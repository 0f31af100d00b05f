// Segments in Chromium, by role and label only: a rule built with the mouse counts whom it will hold; published, these are
// its members; each page says why somebody is in. Axe finds nothing serious, in both languages and schemes.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectCleanInBothSchemes, seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let core: TestCore
let page: Page
let home: string

beforeAll(async () => {
  site = await openBrandSite(60_000)
  ;({ core, page } = site)
  home = site.brand.home
  await site.brand.send(...shoppers())
  await eventually(
    'all shoppers are in history',
    async () =>
      (await readings(
        `select count() n from customer final where merged_into = toUUID('00000000-0000-0000-0000-000000000000')`,
      )) >= 5,
    30_000,
  )
}, 180_000)
afterAll(() => site?.close())

async function readings(query: string): Promise<number> {
  const answer = await core.history.query({ query, format: 'JSONEachRow' })
  const [row] = await answer.json<{ n: string }>()
  return Number(row?.n ?? 0)
}

const DAY = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString()
const person = (userId: string, name: string, gender: string) => ({
  type: 'identify',
  userId,
  timestamp: ago(60),
  traits: { name, gender, memberNo: userId },
})
const order = (userId: string, category: string, days: number) => ({
  type: 'track',
  userId,
  event: 'Order Completed',
  timestamp: ago(days),
  properties: {
    order_id: `O-${userId}`,
    total: 1200,
    currency: 'TWD',
    products: [
      {
        product_id: `P-${category}`,
        sku: `S-${category}`,
        name: `${category}一號`,
        category,
        price: 1200,
        quantity: 1,
      },
    ],
  },
})
const viewed = (userId: string, days: number) => ({
  type: 'track',
  userId,
  event: 'Product Viewed',
  timestamp: ago(days),
  properties: { product_id: 'P-洋裝', category: '洋裝', price: 1200 },
})
const shoppers = () => [
  person('M1', '王小美', '女'),
  person('M2', '陳退貨', '女'),
  person('M3', '林先生', '男'),
  person('M4', '張沒買', '女'),
  person('M5', '吳上衣', '女'),
  order('M1', '洋裝', 20),
  order('M2', '洋裝', 20),
  {
    type: 'track',
    userId: 'M2',
    event: 'Order Refunded',
    timestamp: ago(10),
    properties: { order_id: 'O-M2' },
  },
  order('M3', '洋裝', 20),
  order('M5', '上衣', 20),
  ...[1, 2, 3].map(d => viewed('M4', d)),
]

const picture = pictures('segments')
const shot = (name: string) => picture(page, name)
/** In light and dark, wide and narrow: nothing serious, and a picture of each. */
async function everyWay(name: string): Promise<void> {
  await expectCleanInBothSchemes(page, name, picture)
  await page.setViewportSize({ width: 400, height: 860 })
  // nothing sticks out to the side, once the rail has slid away
  const sticksOut = () =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  await expect.poll(sticksOut, { message: `${name} at 400 px` }).toBeLessThanOrEqual(0)
  await page.evaluate('Promise.allSettled(document.getAnimations().map(a => a.finished)).then(() => null)')
  await shot(`${name}-narrow`)
  await page.setViewportSize({ width: 1440, height: 900 })
}
const builder = () => page.getByRole('region', { name: '條件' })
const count = (text: string) =>
  page.getByRole('complementary', { name: '即時人數' }).getByText(text, { exact: true }).waitFor()

async function addCondition(kind: RegExp): Promise<void> {
  await builder().getByRole('button', { name: '加條件' }).last().click()
  await page.getByRole('option', { name: kind }).click()
}

test('R1-37 R3-45 a rule built with the mouse counts whom it holds for, and these are its members', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/segments`)
  await page.getByRole('heading', { level: 1, name: '分眾' }).waitFor()
  await page.getByText('還沒有分眾').waitFor()
  await everyWay('empty')
  await page.getByRole('link', { name: '建立分眾' }).click()
  await page.getByText('還沒有條件。加一個，右邊立刻看到有多少人。').waitFor()
  await page.getByLabel('名稱').fill('買過洋裝的女性')

  await addCondition(/^屬性/)
  await page.getByRole('combobox', { name: '屬性', exact: true }).click()
  await page.getByRole('option', { name: '性別', exact: true }).click()
  await page.getByRole('button', { name: '完成' }).click()
  await builder().getByRole('button', { name: '選擇值' }).click()
  await page.getByRole('combobox', { name: '值', exact: true }).click()
  await page.getByRole('option', { name: '女', exact: true }).click()
  await page.keyboard.press('Escape')
  await count('4 人')

  await addCondition(/^買過某些商品/)
  await page.getByRole('combobox', { name: '分類' }).last().fill('洋裝')
  await page.getByRole('option', { name: /洋裝/ }).first().click()
  await page.keyboard.press('Escape')
  await count('1 人')
  await everyWay('builder')

  // why one person is not in it, marked at the condition that decided
  await page.getByRole('searchbox', { name: '某個人為什麼在或不在？' }).fill('陳退貨')
  await page.getByRole('button', { name: /陳退貨/ }).click()
  await page.getByText('陳退貨 不符合').waitFor()
  await builder()
    .getByText(/^不符合 · 目前：/)
    .waitFor()
  await shot('why')
  await page.getByRole('button', { name: '換一位' }).click()
  // what no published rule asked for yet is known from the past
  await page.getByRole('searchbox', { name: '某個人為什麼在或不在？' }).fill('王小美')
  await page.getByRole('button', { name: /王小美/ }).click()
  await page.getByText('王小美 符合').waitFor()

  await page.getByRole('button', { name: '發布…' }).click()
  const dialog = page.getByRole('dialog', { name: '發布「買過洋裝的女性」' })
  await dialog.getByText('會進入').waitFor()
  await dialog.getByRole('status').getByText('1', { exact: true }).waitFor()
  await shot('publish')
  expect(await seriousFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: '發布', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: '買過洋裝的女性' }).waitFor()
  await page.getByRole('navigation', { name: '分眾的檢視' }).getByRole('link', { name: '成員' }).click()
  await page.getByRole('link', { name: '王小美' }).waitFor({ timeout: 60_000 }) // the past is looked at first
  expect(await page.getByRole('row').count()).toBe(2) // the head, and who was counted
  await everyWay('members')
  await page.getByRole('navigation', { name: '分眾的檢視' }).getByRole('link', { name: '概況' }).click()
  await page.getByRole('row', { name: /王小美/ }).waitFor()
  await everyWay('overview')
  await page.getByRole('navigation', { name: '分眾的檢視' }).getByRole('link', { name: '輪廓' }).click()
  await page.getByText('旅程階段').first().waitFor()
  await everyWay('profile')
})

test('the list of customers is narrowed to a segment', { timeout: 240_000 }, async () => {
  await page.goto(`${home}/customers`)
  await page.getByRole('combobox', { name: '分眾' }).click()
  await page.getByRole('option', { name: '買過洋裝的女性' }).click()
  await page.getByRole('status').getByText('1', { exact: false }).first().waitFor()
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  await page.getByRole('link', { name: '王小美' }).waitFor()
  expect(new URL(page.url()).searchParams.get('segment')).toMatch(/^seg_/)
})

test('R0-24 a customer page says in which segments somebody is, and why', { timeout: 240_000 }, async () => {
  await page.goto(`${home}/customers?q=M1`)
  await page.getByRole('link', { name: '王小美' }).click()
  await page.getByRole('button', { name: '為什麼在「買過洋裝的女性」？' }).click()
  await page.getByText('性別 是 女').first().waitFor()
  await page.getByText('至今 購買 分類 洋裝 至少 1 筆').first().waitFor()
  // and its timeline tells of it
  await page
    .getByRole('listitem')
    .filter({ hasText: '進入分眾' })
    .getByRole('link', { name: '買過洋裝的女性' })
    .waitFor()
  await everyWay('customer')
})

test('conditions are moved, negated, grouped, duplicated and undone with the keyboard; JSON and faults', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/segments/new`)
  await addCondition(/^年齡/)
  await addCondition(/^旅程階段/)
  await addCondition(/^可觸及/)
  const words = () => builder().getByRole('listitem').allInnerTexts()
  const lines = async () => (await words()).map(w => w.replace(/\s+/g, ' ').trim())
  expect(await lines()).toEqual(['年齡 25 到 34 歲', '且 旅程階段 至少到 考慮', '且 LINE 可行銷觸及'])

  await builder().getByRole('button', { name: '移動第 3 個條件' }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  expect(await lines()).toEqual(['年齡 25 到 34 歲', '且 LINE 可行銷觸及', '且 旅程階段 至少到 考慮'])
  await page.locator('[aria-label="移動第 2 個條件"]:focus').waitFor()
  await page.keyboard.press('Control+d')
  expect((await lines()).length).toBe(4)
  await page.keyboard.press('Delete')
  expect((await lines()).length).toBe(3)
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  expect(await lines()).toEqual(['年齡 25 到 34 歲', '且 LINE 可行銷觸及', '且 旅程階段 至少到 考慮'])
  await builder().getByRole('button', { name: '重做（Ctrl Shift Z）' }).click()
  expect((await lines()).length).toBe(4)
  await builder().getByRole('button', { name: '復原（Ctrl Z）' }).click()

  // the second into a group of its own, and turned round
  await builder().getByRole('button', { name: '移動第 2 個條件' }).focus()
  await page.keyboard.press('Alt+ArrowRight')
  await builder().getByRole('button', { name: '第 1 個條件的動作' }).last().click()
  await page.getByRole('menuitem', { name: '改成「不符合」' }).waitFor()
  expect(await seriousFaults(page), 'the menu of a line').toEqual([])
  await page.getByRole('menuitem', { name: '改成「不符合」' }).click()
  await page.getByRole('menu').waitFor({ state: 'hidden' }) // half faded it is nobody's
  await builder().getByRole('button', { name: '不符合', exact: true }).waitFor()
  await everyWay('groups')

  // dragged to the end
  await builder()
    .getByRole('button', { name: '移動第 1 個條件' })
    .first()
    .dragTo(builder().getByText('旅程階段'), { targetPosition: { x: 5, y: 24 } })
  expect((await lines()).at(-1)).toBe('且 年齡 25 到 34 歲')

  await builder().getByRole('button', { name: 'JSON' }).click()
  const json = builder().getByRole('textbox', { name: '規則的 JSON' })
  expect(JSON.parse(await json.inputValue())).toEqual({
    op: 'and',
    rules: [
      { op: 'or', rules: [{ op: 'not', rule: { op: 'channel', channel: 'line', is: 'reachable' } }] },
      { op: 'stage', is: 'at_least', stage: 'consideration' },
      { op: 'age', min: 25, max: 34 },
    ],
  })
  // a sum over a rolling window has no bound: the server says so, and what to do instead, at the chip
  await json.fill(
    JSON.stringify({
      op: 'event',
      event: 'Product Viewed',
      window: { in: 'last', span: { n: 30, unit: 'day' } },
      measure: { of: 'sum', path: 'price', test: { is: 'over', value: 1000 } },
    }),
  )
  await builder().getByRole('button', { name: '套用' }).click()
  await builder().getByRole('button', { name: 'JSON' }).click()
  await builder().getByRole('alert').waitFor()
  await page.getByText('條件有問題，請看標示的地方。').waitFor()
  await everyWay('fault')
  await builder().getByRole('button', { name: 'JSON' }).click()
  await builder().getByRole('textbox', { name: '規則的 JSON' }).fill('{"op":"trait_is"}')
  await builder().getByRole('button', { name: '套用' }).click()
  await builder().getByText('這不是規則：看不懂它的結構。').waitFor()
})

test('filters of an event: each stands once, and digits are compared as the property has them', {
  timeout: 240_000,
}, async () => {
  await site.brand.send({
    type: 'track',
    userId: 'M4',
    event: 'Product Viewed',
    timestamp: ago(1),
    properties: { product_id: '0012', price: 700 },
  })
  await page.goto(`${home}/segments/new`)
  await addCondition(/^做過/)
  await page.getByRole('combobox', { name: /^事件/ }).fill('瀏覽商品')
  await page.getByRole('option', { name: '瀏覽商品 · Product Viewed' }).click()
  await page.keyboard.press('Escape')
  await builder().getByRole('button', { name: '再限定' }).click()
  await page.getByRole('menuitem', { name: '事件內容' }).click()
  const form = page.getByRole('dialog').last()
  const filter = async (at: number, path: string, value: string) => {
    if (at > 0) await form.getByRole('button', { name: '加篩選' }).click()
    await form.getByRole('combobox', { name: '欄位' }).nth(at).fill(path)
    await form.getByRole('textbox', { name: '值' }).nth(at).fill(value)
  }
  await filter(0, 'product_id', '0012')
  await filter(1, 'price', '700')
  await filter(2, 'odd', '7')
  await filter(3, 'odder', '8')
  expect(
    await form
      .getByRole('combobox', { name: '型別' })
      .evaluateAll(all => all.map(s => (s as { value: string }).value)),
  ).toEqual(['text', 'number', 'text', 'text'])
  for (const _ of [2, 3]) await form.getByRole('button', { name: '移除篩選' }).last().click()
  await form.getByRole('button', { name: '加篩選' }).click()
  await form.getByRole('button', { name: '移除篩選' }).last().click()
  await form.getByRole('button', { name: '完成' }).click()
  const lines = (await builder().getByRole('listitem').allInnerTexts()).map(l =>
    l.replace(/\s+/g, ' ').trim(),
  )
  expect(lines).toEqual(['過去 30 天內 瀏覽商品 （ 商品 是 0012 且 價格 是 700 ） 至少 1 次'])
  await count('1 人')
})

test('a condition is written by keyboard alone: typed, taken by Enter, and the focus comes back to its chip', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/segments/new`)
  await builder().getByRole('button', { name: '加條件' }).press('Enter')
  await page.keyboard.type('標籤')
  await page.getByRole('option', { name: /^標籤/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const tags = page.getByRole('combobox', { name: '標籤' })
  await tags.pressSequentially('熟客')
  await page.getByRole('option', { name: '加入「熟客」' }).waitFor()
  await page.keyboard.press('Enter')
  await builder().getByRole('button', { name: '熟客', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.rule-chip:focus', { hasText: '熟客' }).waitFor()
})

test('R2-30 a partition is written: ordered groups with sizes, moved with the keyboard', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/segments/new?kind=partition`)
  await page.getByLabel('名稱', { exact: true }).fill('性別與購買')
  await page.getByLabel('第 1 組 組名').fill('男性')
  await addCondition(/^屬性/)
  await page.getByRole('combobox', { name: '屬性', exact: true }).click()
  await page.getByRole('option', { name: '性別', exact: true }).click()
  await page.getByRole('button', { name: '完成' }).click()
  await builder().getByRole('button', { name: '選擇值' }).click()
  await page.getByRole('combobox', { name: '值', exact: true }).click()
  await page.getByRole('option', { name: '男', exact: true }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '加一組', exact: true }).last().click()
  await page.getByLabel('第 2 組 組名').fill('看過洋裝')
  await addCondition(/^做過/)
  await page.getByRole('combobox', { name: /^事件/ }).fill('瀏覽商品')
  await page.getByRole('option', { name: '瀏覽商品 · Product Viewed' }).click()
  await page.keyboard.press('Escape')
  await page.getByLabel('其餘的組名').fill('其他女性')
  const sizes = async () => (await page.locator('.partition-size').allInnerTexts()).join(' ')
  await shot('partition-open')
  await expect.poll(sizes, { timeout: 40_000 }).toBe('1 人 1 人 3 人')
  await page.getByRole('button', { name: '第 2 組 收合條件' }).click()
  await everyWay('partition')
  await page.getByRole('button', { name: '移動第 2 組（Alt ↑ ↓）' }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(() => page.getByLabel('第 1 組 組名').inputValue()).toBe('看過洋裝')
  // a fault stands at its group; without any, who moves is told before it is published
  const dialog = page.getByRole('dialog', { name: '發布「性別與購買」' })
  await page.getByLabel('第 2 組 組名').fill('')
  await page.getByRole('button', { name: '發布…' }).click()
  await dialog.getByText('群組還沒有名稱').waitFor()
  await dialog.getByRole('button', { name: '取消' }).click()
  const second = page.locator('.partition-group').nth(1)
  await second.getByText('群組還沒有名稱').waitFor()
  expect(await page.getByText('群組還沒有名稱').count()).toBe(1)
  await everyWay('partition-fault')
  await page.getByLabel('第 2 組 組名').fill('男性')
  await second.getByText('群組還沒有名稱').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '發布…' }).click()
  await dialog.getByRole('row', { name: '還不在任何一組 其他女性 3' }).waitFor()
  await dialog.getByRole('row', { name: '還不在任何一組 看過洋裝 1' }).waitFor()
  await everyWay('partition-publish')
  await dialog.getByRole('button', { name: '取消' }).click()
  await page.getByRole('button', { name: '存成草稿' }).click()
  await page.getByRole('heading', { level: 1, name: '性別與購買' }).waitFor()
  await page.getByText('其他女性').first().waitFor()
  await shot('partition-page')
})

test('R0-24 a ready segment with its own numbers becomes a draft; the list shows all with filters in the address', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/segments/library`)
  await page.getByRole('region', { name: '活躍與流失' }).waitFor()
  await everyWay('library')
  await page.getByRole('searchbox', { name: '搜尋現成分眾' }).fill('購物車未結')
  await page.getByRole('button', { name: '使用「購物車未結」' }).click()
  const drawer = page.getByRole('dialog', { name: '購物車未結' })
  await drawer.getByText(/^\d+ 人$/).waitFor()
  await everyWay('library-use')
  await drawer.getByRole('button', { name: '建立草稿' }).click()
  await page.getByRole('heading', { level: 1, name: '購物車未結' }).waitFor()
  await page.goto(`${home}/segments`)
  await page.getByRole('link', { name: '購物車未結' }).waitFor()
  await everyWay('list')
  await page.goto(`${home}/segments?kind=partition`)
  await page
    .getByText('沒有符合篩選的分眾')
    .or(page.getByRole('link', { name: '性別與購買' }))
    .waitFor()
  expect(await page.getByRole('link', { name: '購物車未結' }).count()).toBe(0)
})

test('what is written is not lost by leaving, nor by somebody who saves the same segment meanwhile', {
  timeout: 240_000,
}, async () => {
  const { items } = (await site.brand.ask('segments', { query: { q: '購物車未結' } })) as {
    items: { id: string }[]
  }
  const { id } = items[0]!
  const theirs = async (purpose: string) => {
    const { version, name } = await site.brand.ask('segment', { params: { segment: id } })
    await site.brand.ask('saveSegment', { params: { segment: id }, body: { version, name, purpose } })
  }
  await page.goto(`${home}/segments/${id}/edit`)
  const purpose = page.getByRole('textbox', { name: '用途（選填）' })
  await purpose.fill('我寫的用途')
  await page.getByRole('navigation').getByRole('link', { name: '顧客', exact: true }).click()
  const asked = page.getByRole('dialog', { name: '還沒儲存，要離開嗎？' })
  await asked.waitFor()
  await page.keyboard.press('Enter') // staying is what Enter does
  await asked.waitFor({ state: 'detached' })
  expect(await purpose.inputValue()).toBe('我寫的用途')

  await theirs('同事寫的')
  await page.getByRole('button', { name: '存成草稿' }).click()
  const alert = page.getByRole('alert').filter({ hasText: '別人在你編輯時存了新版' })
  await alert.waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('newer')
  await alert.getByRole('button', { name: '保留我的' }).click()
  await alert.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '存成草稿' }).click()
  await page.getByRole('heading', { level: 1, name: '購物車未結' }).waitFor()
  expect((await site.brand.ask('segment', { params: { segment: id } })).purpose).toBe('我寫的用途')

  await page.getByRole('link', { name: '編輯' }).click()
  await purpose.fill('再改一次')
  await theirs('同事又寫')
  await page.getByRole('button', { name: '存成草稿' }).click()
  await alert.getByRole('button', { name: '用對方的' }).click()
  await expect.poll(() => purpose.inputValue()).toBe('同事又寫')
  await page.getByRole('navigation').getByRole('link', { name: '顧客', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: '顧客' }).waitFor() // nothing is unsaved: nothing is asked
})

test('a list takes people by hand and from a file, with a report and the rows that fit nobody', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${home}/segments/new?kind=static`)
  await page.getByLabel('名稱', { exact: true }).fill('排除名單')
  await page.getByRole('button', { name: '建立名單' }).click()
  await page.getByRole('heading', { level: 1, name: '排除名單' }).waitFor()
  await page.getByRole('navigation', { name: '分眾的檢視' }).getByRole('link', { name: '成員' }).click()
  await page.getByRole('button', { name: '加入名單' }).click()
  await page.getByRole('searchbox', { name: '搜尋要加入的顧客' }).fill('林先生')
  await page.getByRole('button', { name: '加入 林先生' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: '林先生' }).waitFor()
  await everyWay('list-members')
  const list = page.url()
  await page.getByRole('button', { name: '上傳檔案…' }).click()
  await page.getByRole('dialog', { name: '上傳名單檔案' }).getByRole('button', { name: '選擇檔案' }).waitFor()
  await shot('upload')
  await page.locator('input[type=file]').setInputFiles({
    name: '名單.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('會員編號,姓名\nM4,張沒買\nM99,查無此人\n'),
  })
  await page.getByRole('heading', { level: 1, name: '名單.csv' }).waitFor()
  await page.getByRole('link', { name: /錯誤/ }).first().waitFor()
  await shot('upload-report')
  await page.goto(list)
  await page.getByRole('link', { name: '張沒買' }).waitFor()
  expect(await page.getByRole('row').count()).toBe(3)
  await page.getByRole('button', { name: '將 張沒買 移出名單' }).click()
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
})

test('R0-14 another version says whom it moves before it is published and is compared after; all are tagged; archived by name', {
  timeout: 240_000,
}, async () => {
  const views = page.getByRole('navigation', { name: '分眾的檢視' })
  await page.goto(`${home}/segments`)
  await page.getByRole('link', { name: '買過洋裝的女性' }).click()
  await page.getByRole('link', { name: '編輯' }).click()
  await builder().getByRole('button', { name: '移動第 2 個條件' }).focus()
  await page.keyboard.press('Delete')
  await count('4 人')
  await page.getByRole('button', { name: '發布…' }).click()
  const dialog = page.getByRole('dialog', { name: '發布「買過洋裝的女性」' })
  await dialog.getByRole('status').getByText('3', { exact: true }).waitFor() // enter
  await dialog.getByRole('status').getByText('1', { exact: true }).waitFor() // stay
  await shot('publish-again')
  await dialog.getByRole('button', { name: '發布', exact: true }).click()
  await views.getByRole('link', { name: '成員' }).click()
  await expect.poll(() => page.getByRole('row').count(), { timeout: 60_000 }).toBe(5)

  await views.getByRole('link', { name: '版本' }).click()
  await page.getByRole('button', { name: '與版本 1 比較' }).click()
  await page.getByRole('heading', { name: '版本 1 與版本 2' }).waitFor()
  await everyWay('versions')

  await views.getByRole('link', { name: '概況' }).click()
  await page.getByRole('button', { name: '其他動作' }).click()
  await page.getByRole('menuitem', { name: '全員貼標…' }).click()
  await page
    .getByRole('dialog', { name: '替 4 位成員貼標' })
    .getByRole('textbox', { name: '標籤' })
    .fill('洋裝客')
  await page.getByRole('button', { name: '貼標', exact: true }).click()
  await page.getByText('4 人完成').waitFor({ timeout: 60_000 })
  await everyWay('jobs')

  await page.getByRole('button', { name: '其他動作' }).click()
  await page.getByRole('menuitem', { name: '封存…' }).click()
  const sure = page.getByRole('dialog', { name: '封存「買過洋裝的女性」' })
  await sure.getByRole('textbox').fill('買過洋裝的女性')
  await sure.getByRole('button', { name: '封存', exact: true }).click()
  await page.getByText('已封存', { exact: true }).first().waitFor()
})

test('in English', { timeout: 240_000 }, async () => {
  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.goto(`${home}/segments`)
  await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor()
  await everyWay('list-en')
  await page.getByRole('link', { name: '購物車未結' }).click()
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByRole('region', { name: 'Conditions' }).waitFor()
  await page
    .getByRole('complementary', { name: 'Right now' })
    .getByText(/people$/)
    .first()
    .waitFor()
  await everyWay('builder-en')
  await page.goto(`${home}/segments/library`)
  await page.getByRole('region', { name: 'Active, sleeping, lost' }).waitFor()
  await everyWay('library-en')
})
