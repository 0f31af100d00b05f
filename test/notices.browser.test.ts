// The bell in Chromium: a journey tells the team, the number appears by itself, the list is read with the keyboard alone.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seriousFaults } from './axe.ts'
import { eventually } from './browser.ts'
import { createTestWorkspace, type TestCore } from './harness.ts'
import { callApi, postBatch } from './http-client.ts'
import { publicId } from '../src/platform/ids.ts'
import { graphOf, says } from './journey-lab.ts'
import { putRole } from '../src/team/store.ts'
import { pictures } from './pictures.ts'
import { openSite, signedIn, type Site } from './site.ts'

let site: Site
let core: TestCore

beforeAll(async () => {
  site = await openSite()
  core = site.core
}, 180_000)
afterAll(() => site?.close())

test('a notice comes to the bell by itself, and is read with the keyboard', {
  timeout: 240_000,
}, async () => {
  const page = await signedIn(site, 60_000)
  const { id, apiKey } = await createTestWorkspace(core)
  const { rows } = await core.pool.query<{ id: string }>('select id from team_user')
  await putRole(core.pool, id, rows[0]!.id, 'owner')
  const ws = publicId('wsp', id)
  const call = (name: Parameters<typeof callApi>[1], given: Parameters<typeof callApi>[3]) =>
    callApi(core.baseUrl, name, { key: apiKey }, { ...given, params: { ws, ...given?.params } })
  const graph = graphOf('Return Asked', {
    tell: {
      type: 'notify',
      fields: { text: '{{ customer.name }} 想退 {{ event.sku }}', level: 'warning' },
      next: { next: null },
    },
  })
  const made = await call('createJourney', { body: { graph } })
  const done = await call('publishJourney', {
    params: { journey: String(made.body.id) },
    body: { version: made.body.version },
  })
  expect(done.status).toBe(200)
  await page.goto(`${core.baseUrl}/w/${ws}`)
  const bell = page.getByRole('button', { name: '通知' })
  await bell.waitFor()
  await bell.focus()
  await page.keyboard.press('Enter')
  await page.getByText('還沒有通知').waitFor()
  await page.keyboard.press('Escape')
  await postBatch(core.baseUrl, apiKey, [
    { type: 'identify', anonymousId: 'bell', traits: { name: '王小明' } },
    says('bell', 'Return Asked', { sku: 'TEA-1' }),
  ])
  const ringing = page.getByRole('button', { name: '1 則未讀通知' })
  await ringing.waitFor()
  await ringing.focus()
  await page.keyboard.press('Enter')
  await page.getByText('王小明 想退 TEA-1').waitFor()
  expect(await seriousFaults(page)).toEqual([])
  await pictures('notices')(page, 'list')
  const all = page.getByRole('button', { name: '全部標為已讀' })
  await all.focus()
  await page.keyboard.press('Enter')
  await eventually('nothing is unread', async () => (await ringing.count()) === 0)
})
