// A broadcast in Chromium: filled in on one page, looked at, sent by keyboard, seen to its end; clean by axe in both
// languages, light and dark. SHOTS=folder keeps pictures.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectCleanInBothSchemes } from './axe.ts'
import { eventually } from './browser.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
beforeAll(async () => {
  site = await openBrandSite(60_000)
}, 300_000)
afterAll(() => site?.close())

const UID = 'U' + 'ab'.repeat(16)

test('R3-04 a broadcast is made on one page, sent, and stands beside journeys', {
  timeout: 300_000,
}, async () => {
  const { page, brand } = site
  const { home } = brand
  const picture = pictures('broadcast')
  const look = (name: string) => expectCleanInBothSchemes(page, name, picture)
  await brand.ask('sandboxAct', { body: { channel: 'line', address: UID, act: 'follow', name: '王小明' } })
  await eventually(
    'the follower is a customer',
    async () => (await brand.ask('customers')).total === 1,
    30_000,
  )
  await page.goto(`${home}/broadcasts`)
  await page.getByText('還沒有群發').waitFor()
  await look('empty')
  await page.getByRole('button', { name: '新增群發' }).first().click()
  await page.getByLabel('群發名稱（只有團隊看得到）').fill('週年慶開跑')
  await page.getByRole('textbox', { name: /文字/ }).first().fill('全館九折')
  // the goal by what it is called; what clients post is kept
  await page.getByRole('combobox', { name: '目標事件' }).fill('訂單付款')
  await page.getByRole('option', { name: '訂單付款 Order Paid' }).click()
  await page.getByRole('checkbox', { name: '先發給一小群人' }).check()
  await look('form')
  // a share or a number of people: one of both, kept with the draft
  const size = page.getByRole('radiogroup', { name: '先讓多少人走（試行）' })
  await page.getByRole('textbox', { name: '比例（%）' }).waitFor()
  await size.getByText('人數').click()
  const people = page.getByRole('textbox', { name: '人數' })
  await people.fill('40')
  await page.getByRole('status').getByText('儲存時依當時人數換成比例').waitFor()
  await page.getByRole('button', { name: '存成草稿' }).click()
  await page.getByText('沒有發現問題').waitFor()
  const kept = async () => {
    const [made] = (await brand.ask('broadcasts')).items as { id: string }[]
    const held = await brand.ask('broadcast', { params: { broadcast: made!.id } })
    return held.spec as { canary?: unknown; goal?: unknown }
  }
  expect((await kept()).goal).toMatchObject({ event: 'Order Paid' })
  expect((await kept()).canary).toMatchObject({ people: 40, waitMs: 3_600_000, limits: { failed: 10 } })
  expect((await kept()).canary).not.toHaveProperty('percent')
  await page.getByRole('checkbox', { name: '先發給一小群人' }).uncheck()
  await page.getByRole('button', { name: '儲存並看最後確認' }).click()
  await page.getByRole('row', { name: 'LINE 1 1' }).waitFor()
  await page.getByText('沒有發現問題').waitFor()
  await look('last')
  await page.getByRole('button', { name: '立即發送' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('名單上有 1 人，其中對照組 0 人、聯絡不到 0 人').waitFor()
  await look('ask')
  await page.getByRole('dialog').getByRole('button', { name: '立即發送' }).click()
  await page.getByText('已完成').first().waitFor({ timeout: 60_000 })
  await page.getByRole('status').getByText('1 / 1 人').waitFor()
  await look('done')
  const chat = await brand.ask('sandboxMessages', { query: { channel: 'line', address: UID } })
  expect(JSON.stringify(chat.items)).toContain('全館九折')

  await page.goto(`${home}/broadcasts?tab=compare`)
  await page.getByRole('row', { name: /^週年慶開跑 群發 1 1/ }).waitFor()
  await look('compare')
  await page.goto(`${home}/broadcasts`)
  await page.getByRole('link', { name: '週年慶開跑' }).waitFor()
  await look('list')
  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('link', { name: '週年慶開跑' }).click()
  await page.getByText('Done').first().waitFor()
  await look('done-en')

  // one for nobody says so before it is sent
  await page.goto(`${home}/broadcasts/new`)
  await page.getByLabel('Name (only the team sees it)').fill('Text messages')
  await page.getByRole('combobox', { name: 'Channel' }).selectOption('sms')
  await page.getByRole('textbox', { name: /Text/ }).first().fill('Ten percent off')
  await page.getByRole('button', { name: 'Save as draft' }).click()
  await page.getByText('Nobody would get it').waitFor()
  await look('nobody-en')
})

test('what a broadcast says is tried by a test send from its form, as a customer would read it; nobody else has it', {
  timeout: 240_000,
}, async () => {
  const { page, brand } = site
  const seed = 'U' + 'cd'.repeat(16)
  await brand.ask('sandboxAct', { body: { channel: 'line', address: seed, act: 'follow', name: '測試的人' } })
  const customer = await eventually('the follower is a customer', async () => {
    const { items } = await brand.ask('customers', { query: { q: '測試的人' } })
    return (items as { id: string }[])[0]?.id
  })
  await brand.send({ type: 'identify', userId: 'T-1', traits: { name: '林小美' } })
  await brand.ask('addTestRecipient', { body: { list: '內部', customer } })
  await page.goto(`${brand.home}/broadcasts/new`)
  await page.evaluate(() => localStorage.setItem('itinera.locale', 'en'))
  await page.reload()
  await page.getByRole('textbox', { name: /Text/ }).first().fill('{{ customer.name }}, ten percent off')
  const chat = async (address: string) =>
    JSON.stringify((await brand.ask('sandboxMessages', { query: { channel: 'line', address } })).items)
  const before = await chat(UID)
  await page.getByRole('button', { name: 'Send a test' }).click()
  const dialog = page.getByRole('dialog', { name: 'Send a test' })
  const send = dialog.getByRole('button', { name: 'Send test' })
  const list = dialog.getByRole('checkbox', { name: /內部/ })
  await list.waitFor()
  expect(await send.isDisabled()).toBe(true)
  await list.check()
  await dialog.getByRole('combobox', { name: 'Customer' }).last().fill('林小美')
  await page.getByRole('option', { name: /林小美/ }).click()
  await expectCleanInBothSchemes(page, 'test-send-en', pictures('broadcast'))
  await send.click()
  await dialog.getByRole('status').getByRole('listitem').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await eventually('the test has arrived', async () => (await chat(seed)).includes('ten percent off'))
  expect(await chat(seed)).toContain('林小美, ten percent off')
  expect(await chat(UID)).toBe(before)
  const { items } = await brand.ask('messages', { query: { customer } })
  expect((items as { origin: string }[]).map(m => m.origin)).toEqual(['test'])
})

test('what counts as taking part in a campaign is picked among the events that are known, or written', {
  timeout: 240_000,
}, async () => {
  const { page, brand } = site
  await page.goto(`${brand.home}/campaigns`)
  await page.getByRole('button', { name: 'New campaign' }).first().click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Tasting')
  await page.getByLabel('Begins').fill('2026-11-01T00:00')
  await page.getByLabel('Ends').fill('2026-11-30T00:00')
  // by keyboard: one of the product's own
  const takes = page.getByRole('combobox', { name: 'Event of taking part' })
  await takes.pressSequentially('completed')
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await takes.inputValue()).toBe('Order Completed')
  // one that nobody has told of yet
  await page.getByRole('combobox', { name: 'Further events that count' }).fill('Tasting Booked')
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Goal (event)' }).fill('Tasting Booked')
  await page.getByRole('textbox', { name: 'Target (people)' }).fill('40')
  await expectCleanInBothSchemes(page, 'campaign-form-en', pictures('broadcast'))
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { level: 1, name: 'Tasting' }).waitFor()
  const [made] = (await brand.ask('campaigns')).items as object[]
  expect(made).toMatchObject({
    name: 'Tasting',
    event: 'Order Completed',
    also: [{ event: 'Tasting Booked' }],
    goal: { event: 'Tasting Booked', target: 40 },
  })
})
