// The canvas by mouse in Chromium: an edge drawn, nodes dropped on empty canvas, the map, the form of every kind of node; files
// taken in, a journey put away; a narrow screen.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { largeJourney } from '../bench/web.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { NODE_TYPES } from '../src/journeys/register.ts'
import { createJourney } from '../src/journeys/store.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { seriousFaults } from './axe.ts'
import type { TestCore } from './harness.ts'
import { pictures } from './pictures.ts'
import { type BrandSite, openBrandSite } from './site.ts'

let site: BrandSite
let core: TestCore
let page: Page
let home: string
let workspace: Uuid

beforeAll(async () => {
  site = await openBrandSite(60_000)
  ;({ core, page } = site)
  ;({ id: workspace, home } = site.brand)
}, 180_000)
afterAll(() => site?.close())

const picture = pictures('mouse')
const shot = (name: string) => picture(page, name)
const poll = <T>(ask: () => T) => expect.poll(ask, { timeout: 40_000 })
const canvas = () => page.getByRole('region', { name: '旅程圖' })
const card = (name: string) => canvas().locator('[data-card]').filter({ hasText: name })
const palette = () => page.getByRole('complementary', { name: '節點盤' })
const base: JourneyGraph = {
  format: 1,
  name: '滑鼠',
  trigger: { kind: 'event', event: 'Signed Up' },
  reentry: { kind: 'always' },
  exits: [],
  start: 'wait',
  nodes: {
    wait: { type: 'delay', title: '等一下', fields: { ms: 3_600_000 }, next: { next: null } },
    far: { type: 'update', title: '遠處', fields: { addTags: ['x'] }, next: { next: null } },
  },
  canvas: { places: { far: { x: 420, y: 260 } } },
}
async function open(graph: JourneyGraph): Promise<string> {
  const id = publicId('jrn', await createJourney(core, workspace, graph))
  await page.goto(`${home}/journeys/${id}`)
  await canvas().locator('[data-card]').first().waitFor()
  return id
}
async function draft(id: string): Promise<JourneyGraph> {
  const answer = await page.request.get(`${home.replace('/w/', '/api/w/')}/journeys/${id}`)
  return ((await answer.json()) as { draft: JourneyGraph }).draft
}
async function middle(of: ReturnType<typeof card>): Promise<{ x: number; y: number }> {
  const box = (await of.boundingBox())!
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

test('R3-03 by mouse: an edge is drawn from a port to a node; a node is dropped on empty canvas; the map moves the view', async () => {
  const id = await open(base)
  const from = canvas()
    .locator('.react-flow__node')
    .filter({ hasText: '等一下' })
    .locator('.react-flow__handle.source')
  const a = await middle(from as ReturnType<typeof card>)
  const b = await middle(card('遠處'))
  await page.mouse.move(a.x, a.y)
  await page.mouse.down()
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2, { steps: 5 })
  await page.mouse.move(b.x, b.y - 30, { steps: 5 })
  await page.mouse.up()
  await poll(async () => (await draft(id)).nodes.wait!.next).toEqual({ next: 'far' })
  await shot('edge')

  const pane = (await canvas().locator('.react-flow').boundingBox())!
  await palette()
    .getByRole('button', { name: '更新顧客' })
    .dragTo(canvas().locator('.react-flow__pane'), { targetPosition: { x: 60, y: pane.height - 60 } })
  await poll(async () => Object.keys((await draft(id)).nodes).length).toBe(3)
  const { nodes, canvas: kept } = await draft(id)
  const dropped = Object.keys(nodes).find(n => n !== 'wait' && n !== 'far')!
  expect(nodes[dropped]!.type).toBe('update')
  expect(Object.values(nodes).some(n => Object.values(n.next).includes(dropped))).toBe(false) // nothing leads there yet
  expect(kept?.places?.[dropped]).toBeDefined()

  const view = () => canvas().locator('.react-flow__viewport').getAttribute('style')
  await page.getByRole('button', { name: '縮圖' }).click()
  const map = canvas().locator('.react-flow__minimap')
  await map.waitFor()
  const before = await view()
  const at = await middle(map as ReturnType<typeof card>)
  await page.mouse.move(at.x, at.y)
  await page.mouse.down()
  await page.mouse.move(at.x + 30, at.y + 20, { steps: 5 })
  await page.mouse.up()
  await poll(view).not.toBe(before)
  expect(await seriousFaults(page)).toEqual([])
  await shot('map')
  await page.getByRole('button', { name: '縮圖' }).click()
  await map.waitFor({ state: 'detached' })
})

test('a journey that is wider than the canvas opens where it begins', async () => {
  await open(largeJourney())
  const inside = async () => {
    const [area, begin] = [
      await canvas().locator('.react-flow').boundingBox(),
      await card('當').first().boundingBox(),
    ]
    return (
      area !== null && begin !== null && begin.x >= area.x && begin.x + begin.width <= area.x + area.width
    )
  }
  await poll(inside).toBe(true)
  await shot('wide')
})

test('every kind of node: its form opens with its own words, and a name typed there is kept', async () => {
  const types = Object.keys(NODE_TYPES) as (keyof typeof NODE_TYPES)[]
  const nodes = Object.fromEntries(
    types.map((type, i) => [
      `n${i}`,
      { type, title: `節點${i}號`, fields: {}, next: {} } as unknown as JourneyGraph['nodes'][string],
    ]),
  )
  const id = await open({ ...base, start: 'n0', nodes, canvas: {} })
  for (const [i, type] of types.entries()) {
    await page.goto(`${home}/journeys/${id}?node=n${i}&show=draft`)
    const side = page.locator('.journey-side')
    const name = side.getByLabel('節點名稱（可不填）').first()
    await name.waitFor()
    expect(await name.getAttribute('placeholder'), type).not.toBe(type)
    expect(await name.inputValue(), type).toBe(`節點${i}號`)
    await name.fill(`改過${i}號`)
    await name.blur()
    await poll(async () => (await draft(id)).nodes[`n${i}`]!.title).toBe(`改過${i}號`)
    expect(await side.textContent(), type).not.toMatch(/undefined|\[object|fields_/)
  }
  await shot('forms')
}, 120_000)

test('a file is taken in with what lacks told; no journey file is refused; put away and taken back', async () => {
  await page.goto(`${home}/journeys`)
  const take = async (name: string, body: string) => {
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: '匯入旅程檔' }).first().click()
    await (await chooser).setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(body) })
  }
  await take('broken.json', '{ not json')
  const told = page.getByText('這不是 JSON 檔')
  await told.waitFor()
  await page.getByRole('alert').getByRole('button').first().click()
  await told.waitFor({ state: 'detached' })
  const gone = 'seg_06evj8kkhm3wzcq6g4r5xw5q7c'
  const graph = { ...base, name: '帶進來的', filter: { op: 'segment', segment: gone, is: 'in' } }
  await take(
    'file.json',
    JSON.stringify({ itinera: 'journey', format: 1, graph, uses: {}, names: { [gone]: '沒有的分眾' } }),
  )
  const dialog = page.getByRole('dialog')
  await dialog.getByText('沒有的分眾').waitFor()
  await shot('import')
  expect(await seriousFaults(page)).toEqual([])
  await dialog.getByRole('button').last().click()
  await page.getByRole('heading', { level: 1, name: '帶進來的' }).waitFor()

  await page.goto(`${page.url().split('?')[0]}?panel=versions`)
  await page.getByRole('button', { name: '封存', exact: true }).click()
  await page.getByText('狀態已變更').waitFor()
  await page.goto(`${home}/journeys`)
  await page.getByRole('link', { name: '滑鼠' }).first().waitFor()
  expect(await page.getByRole('link', { name: '帶進來的' }).count()).toBe(0)
  await page.getByLabel('也列出已封存的').click()
  await page.getByRole('link', { name: '帶進來的' }).waitFor()
})

test('on a narrow screen the canvas, its bar and a form are there, and nothing is wider than the screen', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  const id = await open(base)
  await card('等一下').first().click()
  await page.locator('.journey-side').getByLabel('節點名稱（可不填）').first().waitFor()
  await shot('narrow')
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth + 1')).toBe(true)
  expect(await seriousFaults(page)).toEqual([])
  await page.goto(`${home}/journeys/${id}?panel=publish&show=draft`)
  await page.getByRole('heading', { name: '這次會改變什麼' }).waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth + 1')).toBe(true)
  await shot('narrow-publish')
})
