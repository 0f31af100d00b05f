// Message modules in Chromium: written by blocks, looked at as a customer, published, used by a journey, changed; clean by axe,
// both languages, dark and narrow. SHOTS=folder keeps pictures.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { putContact } from '../src/sandbox/stand-in.ts'
import { seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let page: Page
let home: string

beforeAll(async () => {
  site = await openBrandSite(60_000)
  page = site.page
  home = site.brand.home
}, 300_000)
afterAll(() => site?.close())

const picture = pictures('modules')
const shot = (name: string) => picture(page, name)
const button = (name: string | RegExp) => page.getByRole('button', { name })

test('R4-11 R1-05 a card for LINE is put together, previewed, published, used and changed', {
  timeout: 300_000,
}, async () => {
  await site.brand.send({ type: 'identify', anonymousId: 'a1', traits: { name: '林小美', tier_gap: 1200 } })
  await page.goto(`${home}/modules`)
  await page.getByText('還沒有訊息模組').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('empty')
  await button('新增模組').first().click()
  await page.getByRole('dialog').getByLabel('名稱').fill('升等提醒')
  await page.getByRole('dialog').getByLabel('資料夾').fill('會員/等級')
  await shot('new')
  await button('建立').click()
  await page.getByRole('heading', { level: 1, name: '升等提醒' }).waitFor()

  await button('卡片').click()
  await page.getByLabel('通知與聊天列表顯示的文字').fill('升等只差一點')
  await page.getByLabel('圖片網址（https）').fill('https://shop.example/hero.jpg')
  const words = page.getByRole('textbox', { name: '文字', exact: true })
  await words.nth(1).fill('再消費 {{ customer.tier_gap | money }} 升等')
  await words.nth(2).fill('{{ customer.name }}，就差這一步')
  await page.getByLabel('按鈕文字').fill('去逛逛')
  await page.getByLabel('點了打開的網址').nth(1).fill('https://shop.example/new')
  await page.getByLabel('報表裡的名稱').fill('主打')
  await words.first().fill('嗨 {{ customer.name }}')
  // as a customer
  const preview = page.getByRole('region', { name: '預覽' })
  await preview.getByText('再消費 升等').waitFor()
  await preview.getByRole('combobox').first().fill('林小美')
  await page.getByRole('option', { name: /林小美/ }).click()
  await preview.getByText('再消費 NT$1,200 升等').waitFor()
  await preview.getByText('林小美，就差這一步').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('edit')
  // for some people only
  await button('第 3 項的條件').click()
  await shot('rule')
  await page.keyboard.press('Escape')
  await button('儲存草稿').click()
  await page.getByText('草稿已儲存').waitFor()
  await button('發布').click()
  await page.getByRole('dialog').getByRole('button', { name: '發布' }).click()
  await page.getByText('第 1 版').first().waitFor()

  const module = page.url().split('/modules/')[1]!.split('?')[0]!
  const graph = {
    format: 1,
    name: '等級旅程',
    trigger: { kind: 'event', event: 'Tier checked' },
    reentry: { kind: 'always' },
    exits: [],
    start: 'send',
    nodes: {
      send: {
        type: 'send',
        fields: {
          channel: 'line',
          purpose: 'marketing',
          content: { channel: 'line', module: { id: module } },
        },
        next: { accepted: null },
      },
    },
  }
  const journey = await site.brand.ask('createJourney', { body: { graph } })
  await site.brand.ask('publishJourney', {
    params: { journey: String(journey.id) },
    body: { version: journey.version },
  })

  await page.reload()
  await page.getByText('正在進行的旅程不會改變').waitFor()
  await words.first().fill('您好 {{ customer.name }}')
  await button('儲存草稿').click()
  await page.getByText('草稿已儲存').waitFor()
  await button('發布').click()
  await page.getByRole('dialog').getByText('等級旅程').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('publish')
  await page.getByRole('dialog').getByRole('button', { name: '發布' }).click()
  await page.getByText('第 2 版').first().waitFor()
  await button('在旅程中重新發布…').first().click()
  await shot('anew')
  await page.getByRole('dialog').getByRole('button', { name: '在旅程中重新發布' }).click()
  await page.getByText('已重新發布').waitFor()
  await page.getByRole('tab', { name: '版本' }).click()
  await page.getByRole('cell', { name: '第 1 則（文字） · 文字' }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('versions')
  await page.getByRole('tab', { name: '使用中' }).click()
  await page.getByRole('cell', { name: /旅程第 2 版 帶著第 2 版/ }).waitFor()
  await shot('uses')

  // in the form of the node
  await page.goto(`${home}/journeys/${journey.id}?node=send`)
  await page.getByText('帶著第 2 版').waitFor()
  await page.goto(`${home}/journeys/${journey.id}?node=send&show=draft`)
  await page.getByRole('combobox', { name: '選擇模組' }).waitFor()
  await shot('in-node')
  expect(await seriousFaults(page)).toEqual([])
})

test('R4-11 a notification by phone number is written with LINE’s template, and tried by a test send', {
  timeout: 300_000,
}, async () => {
  const uid = 'U' + 'ab'.repeat(16)
  const { brand } = site
  await brand.ask('sandboxAct', { body: { channel: 'line', address: uid, act: 'follow', name: '王小明' } })
  const friend = await eventually('the follower is a customer', async () => {
    const { items } = await brand.ask('customers', { query: { q: '王小明' } })
    return (items as { id: string }[])[0]?.id
  })
  await brand.ask('addTestRecipient', { body: { list: '內部', customer: friend } })
  await page.goto(`${home}/modules`)
  await button('新增模組').first().click()
  await page.getByRole('dialog').getByLabel('名稱').fill('出貨通知')
  await button('建立').click()
  await page.getByRole('heading', { level: 1, name: '出貨通知' }).waitFor()
  const text = (name: string) => page.getByRole('textbox', { name, exact: true })
  await text('文字').first().fill('您的包裹已出貨')
  await page.getByRole('checkbox', { name: /不是好友就用電話號碼送/ }).check()
  await page.getByRole('radiogroup', { name: '以電話號碼送什麼' }).getByText('LINE 的範本').click()
  await page.getByLabel('範本代碼').fill('shipment_completed_zh')
  await button('加上放大的項目').click()
  await text('第 1 個項目的代碼').fill('date_002_zh')
  await text('第 1 個項目的內容').fill('12 月 1 日')
  await button('加一個項目').click()
  await text('第 1 個項目的代碼').nth(1).fill('number_001_zh')
  await text('第 1 個項目的內容').nth(1).fill('A100')
  await button('加按鈕').click()
  await text('第 1 個按鈕的代碼').fill('check_delivery_status_zh')
  await text('第 1 個按鈕的網址').fill('https://shop.example/o/A100')
  await page.getByRole('region', { name: '預覽' }).getByText('不是好友的人收到').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('phone-template')
  await button('儲存草稿').click()
  await page.getByText('草稿已儲存').waitFor()
  const id = page.url().split('/modules/')[1]!.split('?')[0]!
  const held = await brand.ask('module', { params: { module: id } })
  expect(held.draft).toMatchObject({
    byPhone: true,
    phoneTemplate: {
      templateKey: 'shipment_completed_zh',
      emphasizedItem: { itemKey: 'date_002_zh', content: '12 月 1 日' },
      items: [{ itemKey: 'number_001_zh', content: 'A100' }],
      buttons: [{ buttonKey: 'check_delivery_status_zh', url: 'https://shop.example/o/A100' }],
    },
  })

  await button('測試發送').click()
  const dialog = page.getByRole('dialog', { name: '測試發送' })
  const send = dialog.getByRole('button', { name: '送出測試' })
  await dialog.getByRole('checkbox', { name: '內部（1 人）' }).waitFor()
  // two customers may be chosen here: each field says what for
  await dialog.getByRole('combobox', { name: '要傳給你自己，先選你是哪位顧客' }).waitFor()
  await dialog.getByRole('combobox', { name: /^以這位顧客的資料套用/ }).waitFor()
  expect(await send.isDisabled()).toBe(true)
  await dialog.getByRole('checkbox', { name: '內部（1 人）' }).check()
  expect(await seriousFaults(page)).toEqual([])
  await shot('test-send')
  await send.click()
  // it says what became of it, not only that it was sent off
  await dialog.getByRole('status', { name: '每位收件人的結果' }).getByText('已接受').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await dialog.getByRole('button', { name: '關閉', exact: true }).last().click()
  await eventually('the friend has the message', async () => {
    const chat = await brand.ask('sandboxMessages', { query: { channel: 'line', address: uid } })
    return JSON.stringify(chat.items).includes('您的包裹已出貨')
  })
})

/** A new module of a channel, open in its editor; gives its id. */
async function newModule(name: string, channel: string): Promise<string> {
  await page.goto(`${home}/modules`)
  await button('新增模組').first().click()
  await page.getByRole('dialog').getByLabel('名稱').fill(name)
  await page.getByRole('dialog').getByLabel('渠道').selectOption(channel)
  await button('建立').click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  return page.url().split('/modules/')[1]!.split('?')[0]!
}
/** What is kept of it once it is saved. */
async function savedDraft(module: string): Promise<object> {
  const saved = page.waitForResponse(r => r.request().method() === 'PATCH' && r.url().endsWith(module))
  await button('儲存草稿').click()
  expect((await saved).status()).toBe(200)
  return (await site.brand.ask('module', { params: { module } })).draft as object
}
const field = (name: string) => page.getByRole('textbox', { name, exact: true })

test('replies to tap on WhatsApp: up to three buttons, a list, and back; two of the same code are told apart', {
  timeout: 240_000,
}, async () => {
  const id = await newModule('尺寸', 'whatsapp')
  await page.getByRole('radiogroup', { name: '訊息種類' }).getByText('自由文字').click()
  await field('文字').fill('要哪個尺寸？')
  const add = button('加一個回覆')
  for (const [i, size] of ['小', '中', '大'].entries()) {
    await add.click()
    await field(`第 ${i + 1} 個回覆的文字`).fill(size)
  }
  // three is the most that WhatsApp takes
  expect(await add.count()).toBe(0)
  await field('第 2 個回覆的代號').fill('size-m')
  await field('第 3 個回覆的代號').fill('size-m')
  await page.getByText('代號和前面的一樣，會分不出點了哪一個').waitFor()
  await field('第 3 個回覆的代號').fill('size-l')
  await page.getByText('代號和前面的一樣，會分不出點了哪一個').waitFor({ state: 'detached' })
  expect(await seriousFaults(page)).toEqual([])
  await shot('whatsapp-buttons')
  const rows = [
    { title: '小', payload: '小' },
    { title: '中', payload: 'size-m' },
    { title: '大', payload: 'size-l' },
  ]
  expect(await savedDraft(id)).toEqual({ channel: 'whatsapp', text: '要哪個尺寸？', buttons: rows })

  const way = page.getByRole('radiogroup', { name: '回覆怎麼顯示' })
  await way.getByText('清單（最多 10 列）').click()
  await field('打開清單的按鈕').fill('選尺寸')
  await add.click()
  await field('第 4 個回覆的文字').fill('特大')
  expect(await seriousFaults(page)).toEqual([])
  await shot('whatsapp-list')
  expect(await savedDraft(id)).toEqual({
    channel: 'whatsapp',
    text: '要哪個尺寸？',
    list: { button: '選尺寸', rows: [...rows, { title: '特大', payload: '特大' }] },
  })
  await button('移除第 1 個回覆').click()
  await way.getByText('按鈕（最多 3 個）').click()
  expect(await savedDraft(id)).toEqual({
    channel: 'whatsapp',
    text: '要哪個尺寸？',
    buttons: [...rows.slice(1), { title: '特大', payload: '特大' }],
  })
})

test('quick replies on Messenger stand beside its links', { timeout: 240_000 }, async () => {
  const id = await newModule('新品', 'messenger')
  await field('文字').fill('新品到了')
  await button('加按鈕').click()
  await field('第 1 個按鈕的文字').fill('去逛逛')
  await field('第 1 個按鈕的網址').fill('https://shop.example/new')
  await button('加一個回覆').click()
  await field('第 1 個回覆的文字').fill('再說')
  await button('加一個回覆').click()
  await field('第 2 個回覆的文字').fill('要買')
  await field('第 2 個回覆的代號').fill('buy')
  const preview = page.getByRole('region', { name: '預覽' })
  await preview.getByText('要買').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('messenger-replies')
  expect(await savedDraft(id)).toEqual({
    channel: 'messenger',
    text: '新品到了',
    buttons: [{ title: '去逛逛', url: 'https://shop.example/new' }],
    quickReplies: [
      { title: '再說', payload: '再說' },
      { title: '要買', payload: 'buy' },
    ],
  })
  await button('移除第 2 個回覆').click()
  await button('移除第 1 個回覆').click()
  expect(await savedDraft(id)).not.toHaveProperty('quickReplies')
})

test('a notification by phone number from the form of a journey’s node reaches who is no friend', {
  timeout: 240_000,
}, async () => {
  const { brand, core } = site
  const phone = '+886912345678'
  await core.pool.query(
    `update channel_account set settings = settings || '{"phoneNotifications": "on"}' where workspace_id = $1 and adapter = 'line'`,
    [brand.id],
  )
  // the number is at LINE
  await putContact(core.pool, {
    workspace: brand.id,
    channel: 'sms',
    address: phone,
    name: '',
    following: true,
    at: Date.now(),
  })
  const graph = {
    format: 1,
    name: '出貨了',
    trigger: { kind: 'event', event: 'Parcel Sent' },
    reentry: { kind: 'always' },
    exits: [],
    start: 'send',
    nodes: {
      send: {
        type: 'send',
        fields: {
          channel: 'line',
          purpose: 'marketing',
          content: { channel: 'line', messages: [{ type: 'text', text: '包裹已出貨' }] },
        },
        next: { accepted: null },
      },
    },
  }
  const { id } = await brand.ask('createJourney', { body: { graph } })
  const drawn = async () => {
    const held = await brand.ask('journey', { params: { journey: String(id) } })
    return (held.draft as typeof graph).nodes.send.fields
  }
  await page.goto(`${home}/journeys/${String(id)}?node=send`)
  await field('文字').first().fill('您的包裹已出貨')
  await page.getByRole('checkbox', { name: /不是好友就用電話號碼送/ }).check()
  const wrong = page.getByText('用電話號碼送的 LINE 通知型訊息只能是交易訊息').first()
  await wrong.waitFor()
  await page.getByRole('radiogroup', { name: '用途' }).getByText('交易通知').click()
  await wrong.waitFor({ state: 'detached' })
  await page.getByText('沒有問題', { exact: true }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('phone-in-node')
  await eventually('the draft is stored', async () => (await drawn()).purpose === 'transactional')
  expect(await drawn()).toMatchObject({
    purpose: 'transactional',
    content: { byPhone: true, messages: [{ type: 'text', text: '您的包裹已出貨' }] },
  })
  await button('發布').first().click()
  const lastLook = page.getByRole('dialog').or(page.locator('.journey-side'))
  await lastLook.getByRole('button', { name: /^發布/ }).click()
  await page.getByRole('radio', { name: '線上版本' }).waitFor({ state: 'attached' })
  await brand.send(
    { type: 'identify', userId: 'P-1', traits: { name: '沒加好友的人', phone } },
    { type: 'track', userId: 'P-1', event: 'Parcel Sent', properties: {} },
  )
  await eventually('the number has it', async () => {
    const chat = await brand.ask('sandboxMessages', { query: { channel: 'line', address: phone } })
    return JSON.stringify(chat.items).includes('您的包裹已出貨')
  })
})

test('R1-38 a mail of blocks, on a desk, a phone and in the dark; SMS counted', {
  timeout: 300_000,
}, async () => {
  await page.goto(`${home}/modules`)
  await button('新增模組').first().click()
  await page.getByRole('dialog').getByLabel('名稱').fill('週報')
  await page.getByRole('dialog').getByLabel('渠道').selectOption('email')
  await button('建立').click()
  await page.getByRole('heading', { level: 1, name: '週報' }).waitFor()
  await page.getByLabel('主旨', { exact: true }).fill('本週精選')
  await page.getByText('區塊', { exact: true }).click()
  const words = page.getByRole('textbox', { name: '文字', exact: true })
  await words.first().fill('這週的好茶')
  await words.nth(1).fill('{{ customer.name | default: "您" }}好，這是本週精選。')
  await button('加區塊').click()
  await page.getByRole('menuitem', { name: '圖片' }).click()
  const mail = page.frameLocator('iframe')
  await mail.getByText('這週的好茶').waitFor()
  await mail.getByText('您好，這是本週精選。').waitFor()
  await page.getByText('有圖片沒有替代文字').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('mail')
  await page.getByText('手機', { exact: true }).click()
  await shot('mail-phone')
  await page.getByText('深色', { exact: true }).click()
  await shot('mail-dark')
  await button('儲存草稿').click()
  await page.getByText('草稿已儲存').waitFor()

  await page.goto(`${home}/modules`)
  await button('新增模組').first().click()
  await page.getByRole('dialog').getByLabel('名稱').fill('簡訊')
  await page.getByRole('dialog').getByLabel('渠道').selectOption('sms')
  await button('建立').click()
  await page
    .getByRole('textbox', { name: '簡訊內容' })
    .fill('週年慶開跑 https://shop.example/a-very-long-address-of-a-page')
  await page.getByText(/1 則（UCS-2/).waitFor()
  await shot('sms')
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(`${home}/modules`)
  await page.getByRole('link', { name: '週報' }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('dark')
  await page.setViewportSize({ width: 420, height: 900 })
  await shot('narrow')
  expect(await seriousFaults(page)).toEqual([])
})

test('what is written and not saved is not lost by leaving the page', { timeout: 240_000 }, async () => {
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ colorScheme: 'dark' }) // the preview beside it can be read there, too
  await newModule('快寫完的簡訊', 'sms')
  await page.getByRole('textbox', { name: '簡訊內容' }).fill('【霧丘茶事】寫了很久')
  const away = page.getByRole('navigation').getByRole('link', { name: '群發' })
  const asked = page.getByRole('dialog', { name: '還沒儲存，要離開嗎？' })
  await away.click()
  await asked.waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await page.keyboard.press('Enter') // staying is what Enter does
  await asked.waitFor({ state: 'detached' })
  expect(await page.getByRole('textbox', { name: '簡訊內容' }).inputValue()).toBe('【霧丘茶事】寫了很久')
  await away.click()
  await asked.getByRole('button', { name: '不儲存，離開' }).click()
  await page.getByRole('heading', { level: 1, name: '群發' }).waitFor()
  // nothing is asked where nothing is written
  await page.getByRole('button', { name: '新增群發' }).first().click()
  await page.getByRole('heading', { level: 1, name: '新增群發' }).waitFor()
  await page.getByRole('navigation').getByRole('link', { name: '訊息模組' }).click()
  await page.getByRole('heading', { level: 1, name: '訊息模組' }).waitFor()
})

test('a test that cannot reach its recipient says so, with the reason', { timeout: 240_000 }, async () => {
  await newModule('給好友的簡訊', 'sms')
  await page.getByRole('textbox', { name: '簡訊內容' }).fill('【霧丘茶事】新茶到店')
  await button('測試發送').click()
  const dialog = page.getByRole('dialog', { name: '測試發送' })
  await dialog.getByRole('checkbox', { name: '內部（1 人）' }).check()
  await dialog.getByRole('button', { name: '送出測試' }).click()
  const results = dialog.getByRole('status', { name: '每位收件人的結果' })
  await results.getByText('略過').waitFor()
  await results.getByText('沒有可用的聯絡方式').waitFor()
})
