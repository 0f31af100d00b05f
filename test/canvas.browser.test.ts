// The canvas in Chromium, by role and label: a first journey by mouse and by keyboard, problems at their nodes, a draft that a
// reload does not lose, two people on one draft. Axe finds nothing serious, in both languages and schemes.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { birthday, cartNotPaid } from '../src/journeys/examples.ts'
import type { JourneyGraph, NodeData } from '../src/journeys/model.ts'
import { publishJourney } from '../src/journeys/publish.ts'
import { createJourney, saveDraft } from '../src/journeys/store.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { expectCleanInBothSchemes } from './axe.ts'
import { eventually } from './browser.ts'
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

const picture = pictures('canvas')
const shot = (name: string) => picture(page, name)
const everyWay = (name: string) => expectCleanInBothSchemes(page, name, picture)
/** The machine may be busy: what has not come about after ten seconds does not. */
const poll = <T>(ask: () => T) => expect.poll(ask, { timeout: 40_000 })
const canvas = () => page.getByRole('region', { name: '旅程圖' })
const card = (name: RegExp | string) => canvas().locator('[data-card]').filter({ hasText: name })
const palette = () => page.getByRole('complementary', { name: '節點盤' })
const saved = () => page.getByRole('status').filter({ hasText: '已儲存' }).waitFor()
const begin = () => page.getByRole('region', { name: '什麼時候開始？' })
/** The journey of the page, as the server has it. */
async function onServer(): Promise<{ status: string; draft: JourneyGraph }> {
  const id = /journeys\/(jrn_\w+)/.exec(page.url())?.[1]
  const answer = await page.request.get(home.replace('/w/', '/api/w/') + `/journeys/${id}`)
  return (await answer.json()) as { status: string; draft: JourneyGraph }
}
/** The types along the main way, from the start. */
function mainWay({ draft }: { draft: JourneyGraph }): string[] {
  const types: string[] = []
  for (let at: string | null | undefined = draft.start; at && draft.nodes[at]; ) {
    const node: NodeData = draft.nodes[at]!
    types.push(node.type)
    at = Object.entries(node.next).find(([, to]) => to !== null)?.[1]
  }
  return types
}

test('R3-03 a first journey by mouse: trigger, wait, split, send, live in at most 15 actions', async () => {
  let actions = 0
  const act = async (done: Promise<unknown>) => {
    actions++
    await done
  }
  await page.goto(`${home}/journeys`)
  await act(page.getByRole('button', { name: '新增旅程' }).click())
  await begin().waitFor()
  await everyWay('begin')
  await act(begin().getByRole('button', { name: '加入購物車' }).click())
  await act(
    palette()
      .getByRole('button', { name: '等待時間' })
      .dragTo(canvas().getByRole('button', { name: '在這裡加入節點' })),
  )
  await card('等待時間').waitFor()
  await act(palette().getByRole('button', { name: '條件分流' }).click())
  await card('條件分流').getByRole('img', { name: /./ }).waitFor() // no rule yet: the fault stands on the node
  await shot('fault')
  await act(page.getByRole('button', { name: '加條件' }).click())
  await act(
    page
      .getByRole('option', { name: /^買過(?!某)/ })
      .first()
      .click(),
  )
  await act(canvas().getByRole('button', { name: '在「符合」之後加入節點' }).click())
  await act(page.getByRole('option', { name: /發送訊息/ }).click())
  await act(page.getByLabel('文字', { exact: true }).fill('您好，購物車還在等您'))
  await page.getByText('沒有問題', { exact: true }).waitFor()
  await saved()
  await everyWay('built')
  await act(page.getByRole('button', { name: '發布', exact: true }).click())
  // the last look before it, in a dialog or in the panel beside
  const lastLook = page.getByRole('dialog').or(page.locator('.journey-side'))
  await act(lastLook.getByRole('button', { name: /^發布/ }).click())
  await poll(async () => (await onServer()).status).toBe('live')
  expect(actions).toBeLessThanOrEqual(15)
  console.log(`R3-03 by mouse: ${actions} actions`)
  const { draft } = await onServer()
  expect(draft.trigger).toEqual({ kind: 'event', event: 'Product Added' })
  expect(mainWay({ draft })).toEqual(['delay', 'split', 'send'])
  await page.getByRole('radio', { name: '線上版本' }).waitFor({ state: 'attached' })
  await everyWay('live')
}, 120_000)

test('R3-03 the same by keyboard alone', async () => {
  const keys = page.keyboard
  let actions = 0
  const press = async (key: string) => {
    actions++
    await keys.press(key)
  }
  const type = async (text: string) => {
    actions++
    await keys.insertText(text)
  }
  const focused = (selector: string) =>
    poll(() => page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)).toBe(true)
  /** Tab is no action: it only moves. */
  const tabTo = async (name: string, most = 40) => {
    for (let i = 0; i < most; i++) {
      const at = await page.evaluate(
        `document.activeElement?.getAttribute('aria-label') || document.activeElement?.labels?.[0]?.textContent || document.activeElement?.textContent || ''`,
      )
      if (String(at).trim() === name) return
      await keys.press('Tab')
    }
    throw new Error(`Tab does not come to ${name}`)
  }
  const add = async (search: string) => {
    await press('a')
    await focused('[role="combobox"]')
    await type(search)
    await press('Enter')
    await focused('[data-card]')
  }
  await page.goto(`${home}/journeys`)
  await page.getByRole('button', { name: '新增旅程' }).waitFor()
  await tabTo('新增旅程')
  await press('Enter')
  await begin().waitFor()
  await focused('.begin-event') // the page was opened to choose a trigger: the focus is there
  await press('Enter')
  await focused('[data-card="__start"]')
  await add('等待時間')
  await add('條件')
  await press('Enter') // into the form
  await focused('[data-panel-form] *')
  await tabTo('加條件')
  await press('Enter')
  await focused('input[aria-label="搜尋條件"]')
  // the second that is offered is a whole condition already
  await keys.press('ArrowDown')
  await keys.press('ArrowDown')
  await press('Enter')
  await page.getByRole('button', { name: /歲/ }).first().waitFor()
  await keys.press('Escape')
  await focused('[data-card]')
  // the way that the rule opens is the first that is offered
  await press('a')
  await focused('[role="combobox"]') // messages come first: nothing has to be typed
  await press('Enter')
  await card('發送訊息').waitFor()
  await focused('[data-card]')
  await press('Enter')
  await focused('[data-panel-form] *')
  await tabTo('文字')
  await type('您好')
  await page.getByText('沒有問題', { exact: true }).waitFor()
  await saved()
  // Tab and arrows move the focus as a hand moves the mouse, which is not counted either
  expect(actions).toBeLessThanOrEqual(15)
  console.log(`R3-03 by keyboard: ${actions} actions`)
  expect(mainWay(await onServer())).toEqual(['delay', 'split', 'send'])
  const split = Object.values((await onServer()).draft.nodes).find(n => n.type === 'split')!
  expect(Object.keys(split.next)).toEqual(expect.arrayContaining(['符合', 'else']))
  // back at the graph: arrows walk, Delete heals, undo brings back, ? lists the keys
  await keys.press('Escape')
  await focused('[data-card]')
  await keys.press('ArrowUp')
  await keys.press('ArrowUp')
  await poll(() => page.evaluate('document.activeElement?.textContent')).toContain('等待時間')
  await keys.press('Delete')
  await poll(async () => mainWay(await onServer())).toEqual(['split', 'send'])
  await keys.press('Control+z')
  await poll(async () => mainWay(await onServer())).toEqual(['delay', 'split', 'send'])
  await keys.press('Control+Shift+z')
  await poll(async () => mainWay(await onServer())).toEqual(['split', 'send'])
  await keys.press('?')
  await page.getByRole('dialog', { name: '快速鍵' }).waitFor()
  await shot('keys')
  await keys.press('Escape')
}, 120_000)

test('a reload, a lost connection and another person lose nothing of a draft', async () => {
  const id = await createJourney(core, workspace, cartNotPaid)
  const url = `${home}/journeys/${publicId('jrn', id)}`
  await page.goto(url)
  await card('LINE 提醒').click()
  const title = page.getByLabel('節點名稱（可不填）')
  // nothing reaches the server: what is written is in the browser
  await page.route('**/api/w/*/journeys/*', route =>
    route.request().method() === 'PUT' ? route.abort() : route.continue(),
  )
  await title.fill('沒有存到的名字')
  await page.getByText(/連不上伺服器/).waitFor()
  await shot('offline')
  await page.reload()
  await poll(() => title.inputValue()).toBe('沒有存到的名字')
  expect((await onServer()).draft.nodes.line?.title).toBe('LINE 提醒')
  await page.unroute('**/api/w/*/journeys/*')
  await saved()
  expect((await onServer()).draft.nodes.line?.title).toBe('沒有存到的名字')
  await expect
    .poll(() => page.evaluate('Object.keys(localStorage).filter(k => k.startsWith("itinera.draft")).length'))
    .toBe(0)

  // somebody else saves the same draft while this page cannot
  await page.route('**/api/w/*/journeys/*', route =>
    route.request().method() === 'PUT' ? route.abort() : route.continue(),
  )
  await title.fill('我的名字')
  await page.getByText(/連不上伺服器/).waitFor()
  const { rows } = await core.pool.query<{ version: number }>('select version from journey where id = $1', [
    id,
  ])
  await saveDraft(
    core,
    workspace,
    id,
    { ...cartNotPaid, name: '別人改的' },
    rows[0]!.version,
    'amy@example.com',
  )
  await page.unroute('**/api/w/*/journeys/*')
  const notice = page.getByRole('alert').filter({ hasText: 'amy@example.com' })
  await notice.waitFor()
  await everyWay('conflict')
  await notice.getByRole('button', { name: '用對方的' }).click()
  await notice.waitFor({ state: 'detached' })
  expect((await onServer()).draft.name).toBe('別人改的')
  await poll(() => title.inputValue()).toBe('LINE 提醒')
  // undo brings back what was here
  await card('LINE 提醒').focus()
  await page.keyboard.press('Control+z')
  await poll(() => title.inputValue()).toBe('我的名字')
  await saved()
}, 120_000)

test('nodes are copied into another journey, grouped, commented, and shown as a list', async () => {
  await site.browser.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const from = await createJourney(core, workspace, cartNotPaid)
  const to = await createJourney(core, workspace, birthday)
  await page.goto(`${home}/journeys/${publicId('jrn', from)}`)
  await card('LINE 提醒').click()
  await card('LINE 提醒').focus()
  await page.keyboard.press('Control+c')
  await page.goto(`${home}/journeys/${publicId('jrn', to)}`)
  await card('生日當天').click()
  await card('生日當天').focus()
  await page.keyboard.press('Control+v')
  await card('LINE 提醒').waitFor()
  await card('LINE 提醒').focus()
  await page.keyboard.press('g')
  await page.getByLabel('群組名稱').waitFor()
  await page.keyboard.press('c')
  await page.getByLabel('註解', { exact: true }).fill('先給法務看過')
  await saved()
  const { draft } = await onServer()
  const copied = Object.entries(draft.nodes).find(([, n]) => n.title === 'LINE 提醒')![0]
  expect(draft.nodes.day?.next.accepted).toBe(copied)
  expect(draft.canvas?.groups?.[0]?.nodes).toEqual([copied])
  expect(draft.canvas?.comments?.[0]).toMatchObject({ text: '先給法務看過', node: copied })
  await everyWay('noted')
  await page.getByText('清單', { exact: true }).click()
  await page
    .getByRole('list', { name: '旅程圖' })
    .or(page.getByRole('list', { name: '節點清單' }))
    .waitFor()
  await everyWay('list')
  await page
    .getByRole('button', { name: /提前祝福/ })
    .first()
    .click()
  await page.getByLabel('文字', { exact: true }).waitFor()
}, 120_000)

test('live: people on the nodes and shares on the ways; both languages', async () => {
  const id = await createJourney(core, workspace, cartNotPaid)
  await publishJourney(core, workspace, id, 1, 'test')
  const batch = [
    { type: 'identify', userId: 'L1', traits: { name: '王小美' } },
    { type: 'track', userId: 'L1', event: 'Product Added', properties: { name: '洋裝' } },
    { type: 'track', userId: 'L2', event: 'Product Added', properties: { name: '外套' } },
    { type: 'track', userId: 'L2', event: 'Order Completed', properties: { order_id: 'O1', total: 100 } },
  ]
  await site.brand.send(...batch)
  await page.goto(`${home}/journeys/${publicId('jrn', id)}`)
  await eventually(
    'the counts stand on the card',
    async () => {
      await page.reload()
      await card('等一小時看是否結帳').waitFor()
      const [waits, entered] = await Promise.all(
        ['等一小時看是否結帳', '觸發條件'].map(name => card(name).textContent()),
      )
      return /等待中 1通過/.test(waits ?? '') && /進入 2/.test(entered ?? '')
    },
    40_000,
  )
  // nothing can be changed in the live version
  expect(await palette().count()).toBe(0)
  await card('等一小時看是否結帳').click()
  await page.getByRole('tab', { name: '人數' }).click()
  await page.getByRole('link', { name: '王小美' }).waitFor()
  await everyWay('people')
  await page.evaluate('localStorage.setItem("itinera.locale", "en")')
  await page.reload()
  await page.getByRole('region', { name: 'Journey graph' }).locator('[data-card]').first().waitFor()
  await page.getByText('Draft', { exact: true }).click()
  await page.getByLabel('Name of the node (optional)').waitFor()
  await everyWay('english')
  await page.evaluate('localStorage.setItem("itinera.locale", "zh-TW")')
}, 120_000)
