// What holds for a whole journey in Chromium: its goal, control group and figures set in the panel of settings, its report
// read, the caps for each person saved. Axe finds nothing serious, in both languages and schemes.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { happened } from '../src/rules/make.ts'
import { expectCleanInBothSchemes } from './axe.ts'
import { eventually } from './browser.ts'
import { mail } from './send-lab.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let page: Page
let home: string
let journey: string

const DAY = 86_400_000
const PEOPLE = 90

beforeAll(async () => {
  site = await openBrandSite(15_000, ['web', 'fold', 'deliver', 'history'], {
    env: { ALLOW_PRIVATE_URLS: '1' },
  })
  page = site.page
  const { ask, send } = site.brand
  home = site.brand.home
  const made = await ask('createJourney', { body: { graph: graph() } })
  journey = String(made.id)
  await ask('publishJourney', { params: { journey }, body: { version: made.version } })
  const people = Array.from({ length: PEOPLE }, (_, i) => `p${i}`)
  await send(
    ...people.map(p => ({ type: 'identify', anonymousId: p, traits: { email: `${p}@example.com` } })),
  )
  await send(...people.map(p => ({ type: 'track', anonymousId: p, event: 'Join' })))
  await send(
    ...people.filter((_, i) => i % 2 === 0).map(p => ({ type: 'track', anonymousId: p, event: 'Signed Up' })),
  )
  await eventually(
    'the journey is in history',
    async () => {
      const body = await ask('journeyReport', { params: { journey } })
      const report = body as unknown as { treated?: { goals: number }; control?: { goals: number } | null }
      return (report.treated?.goals ?? 0) + (report.control?.goals ?? 0) === PEOPLE / 2
    },
    60_000,
  )
}, 240_000)
afterAll(() => site?.close())

function graph(): JourneyGraph {
  return {
    format: 1,
    name: '迎新旅程',
    trigger: { kind: 'event', event: 'Join' },
    reentry: { kind: 'never' },
    goal: { rule: happened('Signed Up', 'entry'), exitOnGoal: false, windowMs: 7 * DAY },
    exits: [],
    policy: {
      controlPercent: 40,
      kpis: [
        { id: 'reach', name: '觸及人數', node: 'hello', measure: { kind: 'reached' }, target: 30 },
        { id: 'goal', name: '註冊率', node: null, measure: { kind: 'goal' }, target: 80 },
      ],
    },
    start: 'hello',
    nodes: {
      hello: {
        type: 'send',
        title: '歡迎信',
        fields: { channel: 'email', purpose: 'transactional', content: mail('歡迎', '<p>您好</p>') },
        next: { accepted: null },
      },
    },
  }
}

const picture = pictures('wide')
const shot = (name: string) => picture(page, name)
const bothSchemes = (name: string) => expectCleanInBothSchemes(page, name, picture)
const inEnglish = async (english: boolean) => {
  await page.evaluate(locale => localStorage.setItem('itinera.locale', locale), english ? 'en' : 'zh-TW')
  await page.reload()
}

test('R4-39 the report says goal rate, time to goal and revenue against the control group, each with its definition', async () => {
  await page.goto(`${home}/journeys/${journey}?panel=report`)
  const goal = page.getByRole('region', { name: '目標達成' })
  await goal.waitFor()
  await goal.getByRole('columnheader', { name: '對照組' }).waitFor()
  await goal.getByRole('rowheader', { name: '達成率' }).waitFor()
  await goal
    .getByRole('button', { name: /定義.*÷ 人數/ })
    .first()
    .waitFor()
  const figures = page.getByRole('region', { name: '指標' })
  await figures.getByText('註冊率').waitFor()
  const nodes = page.getByRole('region', { name: '各節點' })
  // R3-30: the node's figure against its target
  await nodes.getByText('觸及人數').waitFor()
  await nodes.getByText(/\d+／目標 30/).waitFor()
  await bothSchemes('report')
  await inEnglish(true)
  await page.getByRole('region', { name: 'Goal' }).getByRole('rowheader', { name: 'Goal rate' }).waitFor()
  await shot('report-en')
  await inEnglish(false)
})

test('R1-04 R3-30 goal, control group and a figure are set in the panel; the draft keeps them', async () => {
  await page.goto(`${home}/journeys/${journey}?show=draft&panel=settings`)
  const kind = page.getByLabel('做到什麼算成功')
  await kind.waitFor()
  expect(await kind.inputValue()).toBe('sign_up')
  await kind.selectOption({ label: '進入旅程後下單' })
  await page.getByLabel('達成目標就離開旅程').check()
  await page.getByLabel('對照組比例').fill('25')
  await page.getByRole('button', { name: /指標與目標值/ }).click()
  const third = page.getByRole('group', { name: '指標與目標值' })
  await third.getByLabel('目標值', { exact: true }).last().fill('12')
  await bothSchemes('settings')
  await eventually(
    'the draft is saved',
    async () => {
      const body = await site.brand.ask('journey', { params: { journey } })
      const { goal, policy } = body.draft as JourneyGraph
      return (
        goal?.rule.op === 'orders' &&
        goal.exitOnGoal &&
        policy?.controlPercent === 25 &&
        policy.kpis?.length === 3 &&
        policy.kpis[2]!.target === 12
      )
    },
    20_000,
  )
})

test('the caps for each person are saved and published', async () => {
  await page.goto(`${home}/settings?tab=sending`)
  await page.getByText('還沒有規則').waitFor()
  await page.getByRole('button', { name: '新增規則' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('最多幾則').fill('2')
  await dialog.getByLabel('期間').selectOption({ label: '任意連續幾天' })
  await dialog.getByLabel('天數').fill('5')
  await dialog.getByRole('checkbox', { name: '旅程決定發送時就判斷' }).check()
  await dialog.getByRole('button', { name: '儲存' }).click()
  await eventually(
    'the caps are saved',
    async () => {
      const body = await site.brand.ask('sendingRules')
      return JSON.stringify(body.caps) === JSON.stringify([{ max: 2, withinMs: 5 * DAY }])
    },
    15_000,
  )
  await page.getByRole('row', { name: /^每個人任意連續 5 天內最多收到 2 則行銷訊息/ }).waitFor()
  await page.getByRole('switch', { name: '交易通知也算進次數' }).waitFor()
  await bothSchemes('sending')
  // the same limit at the last moment instead: one of both at every moment, and the list says one sentence
  await page.getByRole('button', { name: /^編輯規則：每個人任意連續 5 天內/ }).click()
  await dialog.getByRole('checkbox', { name: '旅程決定發送時就判斷' }).uncheck()
  await dialog.getByRole('button', { name: '儲存' }).click()
  await eventually(
    'it is a rule, and no cap',
    async () => {
      const [caps, rules] = [await site.brand.ask('sendingRules'), await site.brand.ask('frequencyRules')]
      const [rule] = rules.items as { max: number; per: string; days: number }[]
      return JSON.stringify(caps.caps) === '[]' && rule?.max === 2 && rule.per === 'days' && rule.days === 5
    },
    15_000,
  )
})
