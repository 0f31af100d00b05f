// LINE in Chromium: a rich menu is made with its areas by keyboard, published, shown under the phone's chat, and tapped; the
// figures; both languages, light and dark, clean by axe. SHOTS=folder keeps pictures.
import { crc32, deflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
beforeAll(async () => {
  site = await openBrandSite(WAIT_MS)
}, 300_000)
afterAll(() => site?.close())

const WAIT_MS = 30_000

/** A picture of two halves (PNG, RFC 2083). */
function picture(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(named), 4)
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const row = Buffer.alloc(1 + width * 3)
  for (let x = 0; x < width; x++) row.set(x < width / 2 ? [28, 126, 84] : [242, 203, 120], 1 + x * 3)
  const rows = Buffer.concat(Array.from({ length: height }, () => row))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const shot = pictures('line')

test('R4-04 a rich menu, from its picture to a tap at the phone', { timeout: 300_000 }, async () => {
  const { page, brand } = site
  const errors: string[] = []
  page.on('pageerror', e => errors.push(e.message))
  const { home } = brand
  const friend = 'U' + 'ab'.repeat(16)
  const act = (body: object) =>
    brand.ask('sandboxAct', { body: { channel: 'line', address: friend, ...body } })
  await act({ act: 'follow', name: '小美' })

  await page.goto(`${home}/line`)
  await page.getByText('還沒有圖文選單').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'empty')
  await page.getByRole('button', { name: '新增選單' }).first().click()
  const form = page.getByRole('dialog', { name: '新的圖文選單' })
  await form.getByLabel('名稱（顧客看不到）').fill('訪客選單')
  await form.getByLabel('選單列文字').fill('會員服務')
  await form
    .locator('input[type=file]')
    .setInputFiles({ name: 'menu.png', mimeType: 'image/png', buffer: picture(1_200, 405) })
  await form.getByText('1200 × 405').waitFor()
  await form.getByRole('button', { name: '2 欄 × 1 列' }).click()
  await form.getByLabel('區域 1 · 點了之後').click()
  await page.getByRole('option', { name: '替顧客說一句話' }).click()
  await form.getByLabel('說的話').fill('查點數')
  // by keyboard: the second area is chosen, moved, and made narrower
  await form.getByRole('button', { name: '區域 2', exact: true }).focus()
  await page.keyboard.press('Shift+ArrowLeft')
  await page.keyboard.press('ArrowRight')
  expect(await form.getByLabel('左', { exact: true }).inputValue()).toBe('610')
  expect(await form.getByLabel('寬', { exact: true }).inputValue()).toBe('590')
  await form.getByLabel('區域 2 · 點了之後').click()
  await page.getByRole('option', { name: '綁定會員' }).click()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'menu-editor')
  await form.getByRole('button', { name: '儲存' }).click()
  await form.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: '發布', exact: true }).click()
  await page.getByText('上線', { exact: true }).waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'menus')

  await page.goto(`${home}/sandbox?shopper=guest&line=${friend}`)
  const menu = page.getByRole('region', { name: '小美 的圖文選單' })
  await menu.getByRole('button', { name: '查點數' }).click()
  await page.getByRole('log').getByText('查點數').waitFor()
  await menu.getByRole('button', { name: '區域 2' }).click()
  await page.getByRole('log').getByText('綁定會員').first().waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'phone')

  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 420, height: 900 })
  await page.goto(`${home}/line?tab=figures`)
  await page.getByText('本月已用').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await shot(page, 'figures-dark-narrow')
  await page.goto(`${home}/line`)
  await page.getByText('訪客選單').waitFor()
  await shot(page, 'menus-dark-narrow')
  expect(errors).toEqual([])
})
