// What leaves as a file: events as CSV and NDJSON, and the fix list of data quality. By right, masked by role, logged.
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Caller } from '../../test/http-client.ts'
import { openShopLab, type ShopLab } from '../../test/shop-lab.ts'
import { insertKey } from '../catalogue/keys.ts'
import type { Scope } from '../contract.ts'

const NAME = '歐陽瑪莎'
const EMAIL = 'martha.ouyang@example.com'
const SECRETS = [NAME, EMAIL, '912345678', '0912-345-678']
const MANY = 2_050 // more than one page of the reader

let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
  await lab.batch([
    { type: 'identify', userId: 'M-4711', traits: { name: NAME, email: EMAIL, phone: '+886912345678' } },
    {
      type: 'track',
      userId: 'M-4711',
      event: 'Called Us',
      properties: { note: '請回電 0912-345-678', recipient_name: NAME },
    },
    { type: 'track', userId: 'M-4711', event: '=1+1' },
    { type: 'identify', userId: 'M-4712', traits: { name: NAME, phone: '091234567', email: `${EMAIL}@` } },
  ])
  for (let from = 0; from < MANY; from += 500)
    await lab.batch(
      Array.from({ length: Math.min(500, MANY - from) }, (_, i) => ({
        type: 'track',
        userId: `V-${(from + i) % 7}`,
        event: 'Product Viewed',
        properties: { n: from + i },
      })),
    )
  await lab.settle()
}, 180_000)
afterAll(() => lab.close())

async function download(
  path: string,
  caller: Caller = { key: lab.apiKey },
): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(`${lab.core.baseUrl}/api/w/${lab.ws}/exports/${path}`, {
    headers: { ...(caller.key ? { authorization: `Bearer ${caller.key}` } : { cookie: caller.cookie! }) },
  })
  // text() would drop the byte order mark
  const text = Buffer.from(await answer.arrayBuffer()).toString('utf8')
  return { status: answer.status, text, headers: answer.headers }
}
const keyWith = async (name: string, ...scopes: Scope[]): Promise<Caller> => ({
  key: (await insertKey(lab.core.pool, lab.workspace, { kind: 'api', name, scopes })).key,
})

test('R3-50 R0-36 events leave as CSV and NDJSON: each once, over pages, narrowed, formulas made texts', async () => {
  const csv = await download('events.csv')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(csv.text.startsWith('\ufeffevent,kind,occurred_at')).toBe(true)
  expect(csv.text).toContain("\r\n'=1+1,event,")
  const rows = parse(csv.text, { columns: true, bom: true }) as Record<string, string>[]
  const views = rows.filter(r => r.event === 'Product Viewed')
  expect(new Set(views.map(r => (JSON.parse(r.properties!) as { n: number }).n)).size).toBe(MANY)
  expect(views).toHaveLength(MANY)

  const lines = (await download('events.ndjson?name=Called Us')).text.trimEnd().split('\n')
  expect(lines.map(l => JSON.parse(l) as unknown)).toMatchObject([
    {
      event: 'Called Us',
      customer: expect.stringMatching(/^cus_/),
      properties: { note: '請回電 0912-345-678', recipient_name: NAME },
    },
  ])
  expect((await download('events.ndjson?from=2001-01-01&to=2001-02-01')).text).toBe('')
  expect((await download('events.csv?from=soon')).status).toBe(400)
  expect((await download('events.csv?tag=vip')).status).toBe(400)
  expect((await download('events.xlsx')).status).toBe(404)
})

test('R3-50 events are masked for who may not read personal data; the right is its own; who took how many is listed', async () => {
  expect((await download('events.csv', await lab.member('analyst'))).status).toBe(403)
  const taker = await keyWith('Takes away', 'customers:read', 'customers:export')
  for (const file of ['events.csv', 'events.ndjson']) {
    const masked = await download(file, taker)
    expect(SECRETS.filter(s => masked.text.includes(s))).toEqual([])
    expect(masked.text).toContain('請回電 0912***678')
    expect(masked.text).toContain('歐**')
  }
  const one = await download('events.ndjson?name=Called Us', taker)
  expect(one.text.trimEnd().split('\n')).toHaveLength(1)
  const { body } = await lab.call('audit', { query: { kind: 'exported', action: 'export', limit: '1' } })
  expect(body.items).toMatchObject([
    {
      actor: 'Takes away',
      target: 'events',
      detail: { rows: 1, format: 'ndjson', name: 'Called Us' },
    },
  ])
})

test('R3-44 R3-50 the fix list is masked for who may not read personal data, and listed with its rows', async () => {
  const list = async (caller: Caller) =>
    (await lab.call('qualityFixList', { params: { rule: 'bad_phone' }, body: { locale: 'zh-TW' } }, caller))
      .body as unknown as { csv: string; rows: number }
  const full = await list(await lab.member('owner'))
  expect(full.rows).toBe(1)
  expect(full.csv).toContain('091234567')
  expect(full.csv).toContain(NAME)
  const masked = await list(await keyWith('Fixes', 'customers:read', 'customers:export'))
  expect(masked.rows).toBe(1)
  expect(masked.csv).toContain('M-4712')
  expect(['091234567', ...SECRETS].filter(s => masked.csv.includes(s))).toEqual([])
  const { body } = await lab.call('audit', { query: { kind: 'exported', action: 'qualityFixList' } })
  expect(body.items).toMatchObject([
    { actor: 'Fixes', detail: { rows: 1 } },
    { actor: 'owner', detail: { rows: 1 } },
  ])
})
