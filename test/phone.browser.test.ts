// The sandbox in a browser: the phone's apps, a provider made to fail, the till. By role and label only; axe finds nothing
// serious. Rows: R3-39, R4-04.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unpackState } from '../src/customers/pack.ts'
import { createJourney } from '../src/journeys/store.ts'
import { membershipRoutes } from '../src/membership/routes.ts'
import { bucketOf, publicId, type Uuid } from '../src/platform/ids.ts'
import { putContact, takeStandInFault } from '../src/sandbox/stand-in.ts'
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

const picture = pictures('phone')
const shot = (name: string) => picture(page, name)

/** The state of who has this identifier; null: nobody yet. */
async function stateOf(kind: string, value: string) {
  const { rows } = await site.core.pool.query<{ customer_id: Uuid }>(
    'select customer_id from identifier where workspace_id = $1 and kind = $2 and value = $3',
    [brand.id, kind, value],
  )
  const id = rows[0]?.customer_id
  if (!id) return null
  const found = await site.core.pool.query<{ state: string }>(
    'select state from customer where bucket = $1 and id = $2',
    [bucketOf(id), id],
  )
  return found.rows[0] ? unpackState(found.rows[0].state) : null
}

const phone = () => page.getByRole('region', { name: '手機', exact: true })

test('R3-39 R4-04 a customer writes by SMS and Messenger; 退訂 refuses SMS', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${brand.home}/sandbox`)
  await page.getByRole('heading', { level: 1, name: '沙盒' }).waitFor()
  await phone().getByTitle('簡訊', { exact: true }).click()
  await phone().getByRole('button', { name: '新聯絡人' }).click()
  await page.getByLabel('名字').fill('小明')
  await page.getByLabel('手機號碼').fill('+886912345678')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  const log = phone().getByRole('log')
  await log.getByText('加入聯絡人').waitFor()
  await phone().getByLabel('以顧客身分輸入訊息').fill('退訂')
  await phone().getByRole('button', { name: '送出' }).click()
  await log.getByText('退訂', { exact: true }).waitFor()
  await eventually('SMS is refused', async () => {
    const state = await stateOf('phone', '+886912345678')
    return state?.consent['sms/marketing']?.on === false && state.inb?.sms
  })
  await shot('sms')

  await phone().getByTitle('Messenger', { exact: true }).click()
  await phone().getByRole('button', { name: '新聯絡人' }).click()
  await page.getByLabel('名字').fill('小美')
  await page.getByRole('button', { name: '加入', exact: true }).click()
  await log.getByText('加入聯絡人').waitFor()
  await phone().getByLabel('以顧客身分輸入訊息').fill('請問營業時間？')
  await phone().getByRole('button', { name: '送出' }).click()
  await log.getByText('請問營業時間？').waitFor()
  const { rows } = await site.core.pool.query<{ address: string }>(
    `select address from sandbox_contact where workspace_id = $1 and channel = 'messenger'`,
    [brand.id],
  )
  await eventually(
    'the window of Messenger is open',
    async () => (await stateOf('messenger_id', rows[0]!.address))?.inb?.messenger,
  )
  await shot('messenger')
})

test('a quick reply and a row of a list are tapped on the phone, and come back as words with what they carry', {
  timeout: 240_000,
}, async () => {
  const asked = {
    messenger: {
      text: '喜歡哪一種？',
      quick_replies: [{ content_type: 'text', title: '烏龍', payload: 'ask:m:0' }],
    },
    whatsapp: {
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: '喜歡哪一種？' },
        action: { button: '看選項', sections: [{ rows: [{ id: 'ask:w:0', title: '紅茶' }] }] },
      },
    },
  }
  for (const [channel, payload] of Object.entries(asked)) {
    const address = channel === 'whatsapp' ? '+886922000001' : '7220000001'
    await putContact(site.core.pool, {
      workspace: brand.id,
      channel: channel as 'messenger' | 'whatsapp',
      address,
      name: `被問的人 ${channel}`,
      following: true,
      at: Date.now(),
    })
    await site.core.pool.query(
      `insert into sandbox_message (workspace_id, id, channel, address, direction, payload, at)
       values ($1, gen_random_uuid(), $2, $3, 'to_customer', $4, clock_timestamp())`,
      [brand.id, channel, address, JSON.stringify(payload)],
    )
    await phone()
      .getByTitle(channel === 'whatsapp' ? 'WhatsApp' : 'Messenger', { exact: true })
      .click()
    await phone().getByLabel('選擇聯絡人').click()
    await page.getByRole('option', { name: `被問的人 ${channel}` }).click()
    const title = channel === 'whatsapp' ? '紅茶' : '烏龍'
    const told = page.waitForRequest(r => r.url().endsWith('/sandbox/act'))
    await phone().getByRole('button', { name: title, exact: true }).click()
    expect((await told).postDataJSON()).toMatchObject({
      channel,
      address,
      act: 'text',
      text: title,
      data: channel === 'whatsapp' ? 'ask:w:0' : 'ask:m:0',
    })
    await phone().getByRole('log').getByText(title, { exact: true }).nth(1).waitFor()
    await shot(`tapped-${channel}`)
  }
})

test('a provider is made to fail, and is well again', { timeout: 240_000 }, async () => {
  const pane = page.getByRole('region', { name: '讓服務商出錯' })
  await pane.getByLabel('服務商').click()
  await page.getByRole('option', { name: 'WhatsApp' }).click()
  await pane.getByLabel('怎麼出錯').click()
  await page.getByRole('option', { name: '太頻繁（429）' }).click()
  await pane.getByLabel('次數').fill('3')
  await pane.getByRole('button', { name: '設定' }).click()
  await pane.getByText('還有 3 次').waitFor()
  expect(await takeStandInFault(site.core.pool, brand.id, 'whatsapp')).toBe('error_429')
  await pane.getByRole('button', { name: '恢復正常 WhatsApp' }).click()
  await pane.getByText('所有服務商都正常。').waitFor()
  expect(await takeStandInFault(site.core.pool, brand.id, 'whatsapp')).toBeNull()
})

test('the till sells to a member and takes it back', { timeout: 240_000 }, async () => {
  const till = page.getByRole('region', { name: '收銀機' })
  await till.getByLabel(/掃描會員編號/).fill('SB000001')
  await till.getByRole('button', { name: /^增加 霧頂高山烏龍/ }).click()
  await till.getByRole('button', { name: /^增加 紅玉紅茶/ }).click()
  await till.getByText('應收 NT$1,100').waitFor()
  await till.getByRole('button', { name: '結帳' }).click()
  const orders = async () => (await stateOf('member_no', 'SB000001'))?.orders
  await eventually('the order counts', async () => (await orders())?.revenue === 1_100)
  await till.getByRole('button', { name: /^退貨 T-/ }).click()
  await till.getByText('已退', { exact: true }).waitFor()
  await eventually('it counts no more', async () => (await orders())?.revenue === 0)
  await shot('till')
})

test('R4-23 R1-30 the till redeems a coupon of the store once: the order has its discount, the same code is refused, nobody’s too', {
  timeout: 240_000,
}, async () => {
  const terms = { name: '門市九折', kind: 'percent', value: 10, valid: { days: 30 }, place: 'store' }
  const rest = { limit: null, perPerson: 1, remindDays: [] }
  const handle = <N extends 'createCoupon' | 'giveCoupon' | 'redeemCoupon'>(name: N, given: object) =>
    callHandler(site.core, brand.id, name, membershipRoutes[name] as never, given)
  await handle('createCoupon', { body: { key: 'STORE10', ...terms, ...rest } })
  const { rows } = await site.core.pool.query<{ customer_id: Uuid }>(
    `select customer_id from identifier where workspace_id = $1 and kind = 'member_no' and value = 'SB000001'`,
    [brand.id],
  )
  const params = { customer: publicId('cus', rows[0]!.customer_id) }
  const { code } = await handle('giveCoupon', { params, body: { coupon: 'STORE10', claimed: false } })
  // not on line
  await expect(
    handle('redeemCoupon', { body: { code, ref: 'WEB-1', place: 'online' } }),
  ).rejects.toMatchObject({ status: 409 })

  const till = page.getByRole('region', { name: '收銀機' })
  await page.goto(`${brand.home}/sandbox`)
  const scan = async (text: string) => {
    await till.getByLabel('掃描優惠券').fill(text)
    await till.getByRole('button', { name: '核銷' }).click()
  }
  await till.getByLabel(/掃描會員編號/).fill('SB000001')
  await till.getByRole('button', { name: /^增加 霧頂高山烏龍/ }).click()
  await scan('AAAABBBBCCCC')
  await page.getByText('沒有人持有這個優惠券代碼').waitFor()
  await scan(code)
  await till.getByText(/^門市九折 −/).waitFor()
  // what is added after it counts, too
  await till.getByRole('button', { name: /^增加 紅玉紅茶/ }).click()
  await till.getByText('應收 NT$990').waitFor()
  await till.getByText('門市九折 −NT$110').waitFor()
  await shot('till-coupon')
  await till.getByRole('button', { name: '結帳' }).click()
  await eventually(
    'the order counts with its discount',
    async () => (await stateOf('member_no', 'SB000001'))?.orders?.revenue === 990,
  )
  // used is used
  await till.getByRole('button', { name: /^增加 霧頂高山烏龍/ }).click()
  await scan(code)
  await page.getByText('這張優惠券已經用過了，不能再折抵').waitFor()
  expect(await till.getByText(/^門市九折 −/).count()).toBe(0)
  await shot('till-coupon-again')
})

test('R4-04 an approved WhatsApp template is synced, picked and filled in the editor', {
  timeout: 240_000,
}, async () => {
  const graph = {
    format: 1,
    name: '出貨通知',
    trigger: { kind: 'event', event: 'Order Shipped' },
    reentry: { kind: 'always' },
    exits: [],
    start: 'tell',
    nodes: {
      tell: {
        type: 'send',
        fields: { channel: 'whatsapp', purpose: 'transactional', content: { channel: 'whatsapp' } },
        next: { accepted: null },
      },
    },
  }
  const journey = await createJourney(site.core, brand.id, graph)
  await page.goto(`${brand.home}/journeys/${publicId('jrn', journey)}?node=tell`)
  await page.getByRole('button', { name: '從 Meta 同步' }).click()
  await page.getByText(/^上次同步/).waitFor()
  await page.getByRole('combobox', { name: '已核准的範本' }).click()
  await page.getByRole('option', { name: 'order_shipped · zh_TW · 通知' }).click()
  await page.getByLabel('內文變數 1').fill('{{ customer.name }}')
  await page.getByLabel('內文變數 2').fill('A100')
  await page.getByRole('region', { name: '預覽' }).getByText('訂單 A100 已出貨').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot('whatsapp-form')
  await eventually('the draft has the values', async () => {
    const { rows } = await site.core.pool.query<{ draft: string }>(
      'select draft::text from journey where id = $1',
      [journey],
    )
    return rows[0]?.draft.includes('A100') && rows[0].draft.includes('customer.name')
  })
})

test('the page is clean by axe in both languages, light, dark and narrow', { timeout: 240_000 }, async () => {
  await page.goto(`${brand.home}/sandbox`)
  await page.getByRole('region', { name: '收銀機' }).waitFor()
  for (const language of ['zh', 'en']) {
    if (language === 'en') {
      await page.setViewportSize({ width: 1440, height: 1000 })
      await page.getByRole('button', { name: '語言' }).click()
      await page.getByRole('menuitem', { name: 'English' }).click()
    }
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      for (const width of [1440, 420]) {
        await page.setViewportSize({ width, height: 1000 })
        expect([language, scheme, width, await seriousFaults(page)]).toEqual([language, scheme, width, []])
        await shot(`${language}-${scheme}-${width}`)
      }
    }
  }
})
