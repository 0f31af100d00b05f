// The pages of proof in Chromium with figures on them: messages and who is behind them, reach, attribution, uplift, KPIs; by
// keyboard where it matters, clean by axe, in both languages and in the dark. SHOTS=folder keeps pictures.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, says } from './journey-lab.ts'
import { mail } from './send-lab.ts'
import { eventually } from './browser.ts'
import { seriousFaults } from './axe.ts'
import { pictures } from './pictures.ts'
import { type Brand, type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
beforeAll(async () => {
  site = await openBrandSite(60_000)
}, 300_000)
afterAll(() => site?.close())

const PEOPLE = 40

/** Returns the campaign that its journey belongs to. */
async function fill({ ask, send }: Brand): Promise<string> {
  const graph = graphOf('Hello', {
    s: {
      type: 'send',
      fields: { channel: 'email', purpose: 'transactional', content: mail('嗨', '<p>嗨</p>') },
      next: { accepted: null },
    },
  })
  const accounts = (await ask('channels')) as unknown as {
    items: { id: string; channel: string; name: string; settings: Record<string, string> }[]
  }
  const { id: account, name, settings } = accounts.items.find(a => a.channel === 'email')!
  await ask('saveChannel', {
    params: { channel: 'email' },
    body: { account, name, settings: { ...settings, costPerMessage: '2' } },
  })
  const made = await ask('createJourney', { body: { graph: { ...graph, name: '歡迎信' } } })
  const day = 86_400_000
  const campaign = await ask('createCampaign', {
    body: {
      name: '開店',
      startsAt: new Date(Date.now() - day).toISOString(),
      endsAt: new Date(Date.now() + 9 * day).toISOString(),
      event: 'Order Completed',
      budget: 200,
    },
  })
  await ask('setCampaignJourneys', {
    params: { campaign: String(campaign.id) },
    body: { journeys: [String(made.id)] },
  })
  await ask('publishJourney', { params: { journey: String(made.id) }, body: { version: made.version } })
  const names = Array.from({ length: PEOPLE }, (_, i) => `w${i}`)
  await send(
    ...names.map(who => ({
      type: 'identify',
      anonymousId: who,
      traits: { name: who, email: `${who}@example.com` },
    })),
  )
  await send(...names.map(who => says(who, 'Hello')))
  await send(
    ...names
      .slice(0, 5)
      .map((who, i) => says(who, 'Order Completed', { order_id: `O${i}`, total: 500, currency: 'TWD' })),
  )
  await eventually(
    'all are sent',
    async () => {
      const { total } = (await ask('engagement', { query: {} })) as {
        total: { figures: { sent: { messages: number } } }
      }
      return total.figures.sent.messages === PEOPLE
    },
    90_000,
  )
  return String(campaign.id)
}

test('R0-09 R0-10 R0-13 R1-45 R3-33 R1-33 proof on its pages: figures, definitions, the people behind them', {
  timeout: 300_000,
}, async () => {
  const { page, brand } = site
  const errors: string[] = []
  page.on('pageerror', e => errors.push(e.message))
  const { home } = brand
  const campaign = await fill(brand)
  const picture = pictures('proof')
  const look = async (name: string) => {
    expect([name, await seriousFaults(page)]).toEqual([name, []])
    await picture(page, name)
  }
  const dark = (on: boolean) => page.emulateMedia({ colorScheme: on ? 'dark' : 'light' })

  await page.goto(`${home}/insight/engagement`)
  await page.getByRole('heading', { level: 1, name: '訊息互動' }).waitFor()
  const sent = page.getByRole('button', { name: new RegExp(`已送出: ${PEOPLE}`) })
  await sent.waitFor()
  await page.getByText('每個人在每個數字裡只算一次').waitFor()
  // R0-09: what reached means here is said
  await page.getByText('觸及：這些渠道的供應商都不回報送達，以「已接受，').waitFor()
  await look('engagement')
  // the people behind a number, by keyboard
  await sent.focus()
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('link', { name: 'w0', exact: true }).waitFor()
  await look('engagement-people')
  await drawer.getByRole('tab', { name: '訊息' }).click()
  await drawer.locator('table').getByRole('link').first().waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  await choose(page, '分組', '訊息（節點與版本）')
  await page.getByRole('link', { name: '歡迎信' }).first().waitFor()
  await page.getByRole('link', { name: 'Email：嗨' }).waitFor() // the node's own words, not its id
  await page.getByRole('tab', { name: '觸及與成本' }).click()
  await page.getByRole('region', { name: '各渠道的觸及、成本與轉換' }).getByText('Email').waitFor()
  await look('reach')
  await choose(page, '分組', '活動')
  const campaigns = page.getByRole('region', { name: '各活動的觸及、成本與轉換' })
  await campaigns.getByRole('link', { name: '開店' }).waitFor()
  await look('reach-campaigns')
  await campaigns
    .getByTitle(/^開店, 觸及的人/)
    .first()
    .click()
  await page.getByRole('dialog').getByRole('link', { name: 'w0', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await choose(page, '分組', '渠道')
  await page.getByTitle(/^Email, 已綁定/).click()
  const bound = page.getByRole('dialog')
  await bound.getByRole('link', { name: 'w0', exact: true }).waitFor()
  await bound.getByRole('button', { name: '下載名單（CSV）' }).click()
  await page.getByText(`已下載 ${PEOPLE} 列`).waitFor()
  await look('reach-people')
  await page.keyboard.press('Escape')
  await bound.waitFor({ state: 'detached' })

  await page.goto(`${home}/campaigns`)
  await page.getByRole('row', { name: /開店/ }).getByText('完成訂單').waitFor()
  await page.goto(`${home}/campaigns/${campaign}`)
  await page.getByText(/預算 NT\$200 的 40\.0/).waitFor()
  await page.getByRole('link', { name: '歡迎信 · Email：嗨' }).waitFor()
  await look('campaign')

  await page.goto(`${home}/insight/attribution?touches=delivery`)
  await page.getByRole('heading', { level: 1, name: '歸因與成效' }).waitFor()
  await page.getByRole('region', { name: '依渠道' }).getByText('Email').waitFor()
  await dark(true)
  await look('attribution-dark')
  await page.getByRole('tab', { name: '對照組提升' }).click()
  await page.getByText('還沒有對照組').waitFor()
  await look('uplift-dark')
  await dark(false)

  await page.goto(`${home}/insight/kpis`)
  await page.getByText('還沒有選 KPI').waitFor()
  await page.getByRole('button', { name: '新增 KPI' }).first().click()
  await page.getByRole('textbox', { name: '目標' }).fill('2000')
  await look('kpi-form')
  await page.getByRole('button', { name: '儲存' }).click()
  await page.getByText('達標', { exact: true }).waitFor() // 5 × 500 of 2,000
  await page.getByRole('button', { name: /看背後的/ }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'w0', exact: true }).waitFor()
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: '語言' }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('heading', { level: 1, name: 'KPIs' }).waitFor()
  await look('kpis-en')
  await page.goto(`${home}/insight/engagement`)
  await page.getByRole('heading', { level: 1, name: 'Message engagement' }).waitFor()
  await page.getByRole('button', { name: new RegExp(`Sent: ${PEOPLE}`) }).waitFor()
  await look('engagement-en')
  expect(errors).toEqual([])
})

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page
    .getByRole('combobox', { name: label })
    .or(page.getByRole('textbox', { name: label }))
    .first()
    .click()
  await page.getByRole('option', { name: option }).click()
}
