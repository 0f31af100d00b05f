// Versions in Chromium, by role and label only: a live journey with people in it is edited, the planner moves them, a
// second person approves, an old version comes back. Axe finds nothing serious, in both languages and schemes.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { openSession } from '../src/team/session.ts'
import { insertUser, putRole } from '../src/team/store.ts'
import { seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { type Brand, type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let core: TestCore
let page: Page
let home: string

beforeAll(async () => {
  site = await openBrandSite(60_000)
  ;({ core, page } = site)
  await page.setViewportSize({ width: 1360, height: 1000 })
  home = site.brand.home
}, 180_000)
afterAll(() => site?.close())

const api: Brand['ask'] = (name, given) => site.brand.ask(name, given)
const picture = pictures('versions')
const shoot = (name: string) => picture(page, name)
const graph: JourneyGraph = {
  format: 1,
  name: '迎新',
  trigger: { kind: 'event', event: 'Signed Up' },
  reentry: { kind: 'never' },
  exits: [],
  start: 'wait',
  nodes: {
    wait: { type: 'delay', title: '等三天', fields: { ms: 3 * 86_400_000 }, next: { next: 'mark' } },
    mark: { type: 'update', title: '貼上迎新', fields: { addTags: ['迎新'] }, next: { next: null } },
  },
}
const edited: JourneyGraph = {
  ...graph,
  start: 'gift',
  nodes: {
    ...graph.nodes,
    wait: { ...graph.nodes.wait!, fields: { ms: 86_400_000 } },
    gift: { type: 'update', title: '送見面禮', fields: { addTags: ['見面禮'] }, next: { next: 'wait' } },
  },
}

let journey: string
const waiting = async (version: number): Promise<number> => {
  const { places } = (await api('publishPlan', { params: { journey } })) as {
    places: { version: number; people: number }[]
  }
  return places.filter(p => p.version === version).reduce((n, p) => n + p.people, 0)
}

test('the planner: what changes in words, people per node, and a choice that brings them along', async () => {
  const made = await api('createJourney', { body: { graph } })
  journey = String(made.id)
  await api('publishJourney', { params: { journey }, body: { version: made.version } })
  await site.brand.send(...[1, 2, 3].map(n => ({ type: 'track', event: 'Signed Up', userId: `m${n}` })))
  await eventually('three people wait', async () => (await waiting(1)) === 3, 30_000)
  const { version } = await api('journey', { params: { journey } })
  await api('saveJourney', { params: { journey }, body: { graph: edited, version } })

  await page.goto(`${home}/journeys/${journey}?panel=publish&show=draft`)
  await page.getByRole('heading', { name: '這次會改變什麼' }).waitFor()
  await page.getByText('送見面禮').first().waitFor()
  await page.getByText('等 3 天 → 等 1 天').waitFor()
  await page.getByText('版本 1 · 3 人').waitFor()
  await page.getByText('沒有人立刻進入').waitFor()
  await shoot('plan')
  expect(await seriousFaults(page)).toEqual([])
  await page.getByLabel('「等三天」的人').first().click()
  await page.getByRole('option', { name: '補走「送見面禮」，再回到這裡' }).click()
  await page.getByRole('button', { name: '發布版本 2' }).click()
  await page.getByText('已發布').first().waitFor()
  await eventually(
    'they are on version 2',
    async () => (await waiting(2)) === 3 && (await waiting(1)) === 0,
    30_000,
  )
  const tagged = await core.pool.query<{ n: string }>(
    `select count(*) as n from customer where workspace_id = $1 and state like '%見面禮%'`,
    [site.brand.id],
  )
  expect(Number(tagged.rows[0]!.n)).toBe(3)
}, 120_000)

test('a later publication: scheduled on the page, seen in the head, kept beside later edits, taken back', async () => {
  const made = await api('createJourney', { body: { graph: { ...graph, name: '晚點發布' } } })
  const id = String(made.id)
  await page.goto(`${home}/journeys/${id}?panel=publish&show=draft`)
  const later = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 16)
  await page.getByLabel('稍後發布（不填為立即）').fill(later)
  await page.getByRole('button', { name: '排定發布版本 1' }).click()
  await page.getByText('已排定', { exact: true }).first().waitFor()
  await page.goto(`${home}/journeys/${id}?panel=publish&show=draft`)
  await page.getByRole('heading', { name: '已排定的發布' }).waitFor()
  await page.getByText('排定發布', { exact: false }).first().waitFor()
  const waits = await api('journey', { params: { journey: id } })
  expect(waits).toMatchObject({ status: 'draft', scheduled: { fault: null, changed: false } })
  const zone = 8 * 3_600_000 // Taipei
  expect(Date.parse((waits as { scheduled: { at: string } }).scheduled.at)).toBe(
    Date.parse(`${later}Z`) - zone,
  )
  await api('saveJourney', { params: { journey: id }, body: { graph: edited, version: waits.version } })
  await page.getByText('草稿後來改過').waitFor()
  await shoot('scheduled')
  expect(await seriousFaults(page)).toEqual([])
  await page.getByRole('button', { name: '取消排定' }).click()
  await page.getByText('已取消排定').waitFor()
  expect(await api('journey', { params: { journey: id } })).toMatchObject({ scheduled: null })
}, 180_000)

test('versions: compared in words, an old one restored, the state turned', async () => {
  await page.goto(`${home}/journeys/${journey}?panel=versions`)
  await page.getByRole('heading', { name: '比較' }).waitFor()
  await page.getByText('途中 3 人').waitFor()
  await page.getByLabel('從', { exact: true }).first().click()
  await page.getByRole('option', { name: '版本 1' }).click()
  await page.getByText('等 3 天 → 等 1 天').waitFor()
  await shoot('versions')
  expect(await seriousFaults(page)).toEqual([])
  await page.getByRole('button', { name: '恢復為草稿 版本 1' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '恢復為草稿' }).click()
  await page.getByText('已恢復為草稿').waitFor()
  expect((await api('journey', { params: { journey } })).draft).toMatchObject({ start: 'wait' })
  await page.getByRole('button', { name: '只出不進' }).click()
  await page.getByText('狀態已變更').waitFor()
  expect(await api('journey', { params: { journey } })).toMatchObject({ status: 'draining' })
  expect(await page.getByText('沒有人進來，途中的人走完為止。').count()).toBeGreaterThan(0)
}, 180_000)

test('approval: asked for on the journey, seen on Home, given by another person', async () => {
  await page.goto(`${home}/settings?tab=workspace`)
  await page.getByRole('switch', { name: '發布要經過核准' }).click()
  await eventually('it is kept', async () => {
    const found = (await api('publishingSettings')) as { settings: { approval: boolean } }
    return found.settings.approval
  })
  await page.goto(`${home}/journeys/${journey}?panel=publish&show=draft`)
  await page.getByLabel('給核准者的話').fill('回到三天')
  await page.getByRole('button', { name: '請求核准' }).click()
  await page.getByText('要由另一位有核准權限的人決定。').waitFor()
  await page.goto(home)
  await page.getByRole('link', { name: '等待核准的發布' }).click()
  await page.getByRole('link', { name: '迎新' }).first().waitFor()
  await shoot('waiting')
  // the colleague
  const user = await insertUser(core.pool, { email: 'bo@brand.example', name: 'Bo', passwordHash: null })
  await putRole(core.pool, site.brand.id, user.id, 'admin')
  const value = await openSession(core.pool, user.id)
  await site.browser.context.addCookies([{ name: 'itinera_session', value, url: core.baseUrl }])
  await page.goto(`${home}/journeys/${journey}?panel=publish&show=draft`)
  await page.getByText('回到三天').waitFor()
  await shoot('approve')
  expect(await seriousFaults(page)).toEqual([])
  await page.getByRole('button', { name: '核准並發布' }).click()
  await page.getByText('已核准並發布').waitFor()
  expect(await api('journey', { params: { journey } })).toMatchObject({ status: 'live', liveVersion: 3 })
}, 180_000)

test('in English and in the dark', async () => {
  await page.evaluate(() => localStorage.setItem('itinera.locale', 'en'))
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const [panel, heading] of [
    ['versions', 'Compare'],
    ['publish', 'What changes'],
  ] as const) {
    await page.goto(`${home}/journeys/${journey}?panel=${panel}&show=draft`)
    await page.getByRole('heading', { name: heading }).waitFor()
    await shoot(`en-${panel}`)
    expect(await seriousFaults(page)).toEqual([])
  }
}, 180_000)
