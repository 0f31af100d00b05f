// Data quality from customers that came through the real intake, fold and history.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHandler } from '../../../test/call.ts'
import { postBatch } from '../../../test/http-client.ts'
import { serveApp } from '../../../test/collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from '../../../test/harness.ts'
import { openStage, type Stage } from '../../../test/stage.ts'
import { collectApp } from '../../collect/routes.ts'
import { newId } from '../../platform/ids.ts'
import { qualityRoutes } from './routes.ts'

let core: TestCore
let stage: Stage
let server: Awaited<ReturnType<typeof serveApp>>
let space: Awaited<ReturnType<typeof createTestWorkspace>>
const DAY = 86_400_000

const identify = (userId: string, traits: Record<string, unknown>, daysAgo = 0) => ({
  type: 'identify',
  messageId: newId(),
  userId,
  traits,
  timestamp: new Date(Date.now() - daysAgo * DAY),
})

beforeAll(async () => {
  core = await openTestCore()
  space = await createTestWorkspace(core)
  server = await serveApp(collectApp(core))
  stage = openStage(core)
  await stage.settle()
  await post(space.apiKey, [
    identify('good', { name: '林好', gender: 'female', birthday: '1990-05-05', email: 'good@example.com' }),
    identify('bad-mail', { name: '林信', email: 'nobody@@example' }),
    identify('bad-phone', { name: '=1+1', phone: '0912-34' }),
    identify('odd', { name: '林怪', birthday: 'yesterday' }),
    identify('old', { name: '林舊', email: 'old@example.com' }, 500),
    // two people who say the same phone to the shop's site: a hint of each
    identify('twin-1', { name: '林雙' }),
    identify('twin-2', { name: '林對' }),
  ])
  await post(space.writeKey, [
    identify('twin-1', { phone: '0922 222 222' }),
    identify('twin-2', { phone: '0922-222-222' }),
    { type: 'page', messageId: newId(), anonymousId: 'just-a-visitor' },
  ])
}, 180_000)
afterAll(async () => {
  await server.close()
  await stage.close()
  await core.close()
})

async function post(key: string, batch: Record<string, unknown>[]): Promise<void> {
  await postBatch(server.url, key, batch, new Date())
  await stage.settle()
}

const quality = (query: Record<string, unknown> = {}) =>
  callHandler(core, space.id, 'quality', qualityRoutes.quality, { query })
const people = async (rule: string, query: Record<string, unknown> = {}) => {
  const answer = await callHandler(core, space.id, 'qualityPeople', qualityRoutes.qualityPeople, {
    params: { rule },
    query,
  })
  return answer.items.map(i => [i.customer.memberNo, i.value])
}
const fixList = (rule: string, body: Record<string, unknown> = {}) =>
  callHandler(core, space.id, 'qualityFixList', qualityRoutes.qualityFixList, { params: { rule }, body })

test('R3-44 the score and what each rule finds: format, duplicates, stale, missing', async () => {
  const found = await quality()
  expect(found.customers).toBe(7)
  const counts = Object.fromEntries(found.rules.map(r => [r.key, r.people]))
  expect(counts).toMatchObject({
    bad_email: 1,
    bad_phone: 1,
    refused: 1,
    same_email: 0,
    same_phone: 2,
    not_seen: 1,
    'missing.gender': 6,
    'missing.birthday': 6,
    'missing.name': 0,
    'missing.contact.line': 7,
  })
  const dimension = (key: string) => found.dimensions.find(d => d.key === key)!.score
  expect(dimension('format')).toBeCloseTo(100 * (4 / 7))
  expect(dimension('duplicate')).toBeCloseTo(100 * (5 / 7))
  expect(found.score).toBe(Math.round(found.dimensions.reduce((sum, d) => sum + d.score, 0) / 4))
  // with a longer patience nobody is stale
  expect((await quality({ months: 24 })).rules.find(r => r.key === 'not_seen')!.people).toBe(0)
})

test('R3-44 bad phone and e-mail are flagged with the value as it came; the doubled stand together', async () => {
  expect(await people('bad_email')).toEqual([['bad-mail', 'nobody@@example']])
  expect(await people('bad_phone')).toEqual([['bad-phone', '0912-34']])
  expect(await people('refused')).toEqual([['odd', 'birthday']])
  const twins = await people('same_phone')
  expect(twins.map(t => t[0]).sort()).toEqual(['twin-1', 'twin-2'])
  expect((await people('not_seen')).map(p => p[0])).toEqual(['old'])
  expect((await people('missing.gender')).length).toBe(6)
  await expect(people('nonsense')).rejects.toMatchObject({ status: 404 })
})

test('R3-44 the fix list is CSV with a byte order mark, safe to open in a spreadsheet', async () => {
  const list = await fixList('bad_phone')
  expect(list).toMatchObject({ file: 'fix-list-bad_phone.csv', rows: 1, more: false })
  expect(list.csv.startsWith('\ufeff顧客,姓名,會員編號,')).toBe(true)
  const [, line] = list.csv.split('\r\n')
  expect(line).toContain('bad-phone')
  expect(line).toContain('0912-34')
  // a name that a spreadsheet would work out as a formula stays a text
  expect(line).toContain("'=1+1")
  expect((await fixList('missing.gender', { locale: 'en' })).csv.split('\r\n')[0]).toBe(
    '\ufeffcustomer,name,member_no,email,phone,rule,found',
  )
})

test('R3-44 what is put right is no finding any more', async () => {
  await post(space.apiKey, [identify('bad-mail', { email: 'right@example.com' })])
  expect(await people('bad_email')).toEqual([])
})
