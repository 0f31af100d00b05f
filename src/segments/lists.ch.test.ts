// Lists from files, matched by any identifier in Taiwan's formats, and members as files.
import iconv from 'iconv-lite'
import { writeXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSegmentLab, type SegmentLab } from '../../test/segment-lab.ts'
import { insertKey } from '../catalogue/keys.ts'
import type { IdRef } from '../customers/model.ts'
import { openImports, type Imports } from '../imports/workers.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { resolveBatch } from '../collect/resolve.ts'

let lab: SegmentLab
let imports: Imports
beforeAll(async () => {
  lab = await openSegmentLab(core => {
    imports = openImports(core)
    return [imports]
  })
})
afterAll(() => lab.close())
beforeEach(() => lab.fresh())

/** A customer who is known by these, through the intake's own resolving. */
async function known(name: string, ...ids: IdRef[]): Promise<Uuid> {
  const [found] = await resolveBatch({ pool: lab.core.pool }, [
    { workspace: lab.space.id, ids, proof: 'server' },
  ])
  await lab.tell({ who: found!.customer, name: 'Identified', more: { ids, traits: { name } } })
  return found!.customer
}

const at = (path: string) => `${lab.url}/api/w/${publicId('wsp', lab.space.id)}/${path}`
const auth = (key = lab.space.apiKey) => ({ authorization: `Bearer ${key}` })
async function upload(segment: string, name: string, bytes: Uint8Array): Promise<Record<string, unknown>> {
  const response = await fetch(at(`segments/${segment}/upload?name=${encodeURIComponent(name)}`), {
    method: 'POST',
    headers: auth(),
    body: new Uint8Array(bytes),
  })
  return (await response.json()) as Record<string, unknown>
}

async function memberIds(segment: string): Promise<string[]> {
  const { items } = await lab.ok('segmentMembers', { params: { segment } })
  return items.map(m => m.customer.id).toSorted()
}

test('a Big5 file puts people on a list by member number, mobile or e-mail; who is not known is in the error file', async () => {
  const ming = await known('王小明', { kind: 'member_no', value: 'M-001' })
  const mei = await known('歐陽美麗', { kind: 'phone', value: '+886922333444' })
  const da = await known('陳大同', { kind: 'email', value: 'da@example.com' })
  const list = await lab.ok('createSegment', { body: { name: '茶會名單', kind: 'static' } })
  const text = [
    '會員編號,中文姓名,手機,E-mail,備註',
    'M-001,王小明,,,茶會常客，喜歡高山烏龍',
    ',歐陽美麗,０９２２－３３３－４４４,,第一次參加',
    ',陳大同,,DA@example.com ,朋友介紹來的',
    'M-999,林不在,,,查無此人',
    ',黃打錯,12,,手機打錯了',
    ',張無名,,,什麼都沒留',
  ].join('\r\n')
  const answer = await upload(list.id, '茶會.csv', iconv.encode(text, 'cp950'))
  expect(answer).toMatchObject({ target: 'members', status: 'queued' })
  await lab.stage.settle()
  const found = await lab.ok('import', { params: { import: answer.id as string } })
  expect(found).toMatchObject({ status: 'done', counts: { new: 3, wrong: 3 } })
  expect(found.faults.map(f => [f.row, f.code])).toEqual([
    [4, 'unknown_person'],
    [5, 'bad_phone'],
    [6, 'no_identifier'],
  ])
  expect(await memberIds(list.id)).toEqual([ming, mei, da].map(id => publicId('cus', id)).toSorted())
  const errors = await fetch(at(`imports/${answer.id as string}/errors.csv`), { headers: auth() })
  const lines = (await errors.text()).trim().split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[1]).toContain('找不到這位顧客')
  // nobody came into being by a row that named nobody
  const { rows } = await lab.core.pool.query(
    'select 1 from identifier where workspace_id = $1 and value = $2',
    [lab.space.id, 'M-999'],
  )
  expect(rows).toEqual([])
})

test('an .xlsx takes people off again; the same file twice does the same', async () => {
  const ids: IdRef[] = [1, 2, 3].map(i => ({ kind: 'member_no', value: `M-00${i}` }))
  for (const id of ids) await known(id.value, id)
  const list = await lab.ok('createSegment', { body: { name: '名單', kind: 'static' } })
  const file = (rows: string[][]) => writeXlsx({ sheets: [{ name: 'A', rows }] })
  const all = await file([['會員編號'], ...ids.map(id => [id.value])])
  const off = await file([
    ['會員編號', '動作'],
    ['M-002', '移除'],
  ])
  await upload(list.id, 'all.xlsx', all)
  await lab.stage.settle()
  expect(await memberIds(list.id)).toHaveLength(3)
  for (let i = 0; i < 2; i++) {
    await upload(list.id, 'off.xlsx', off)
    await lab.stage.settle()
    expect(await memberIds(list.id)).toHaveLength(2)
  }
  await upload(list.id, 'all.xlsx', all)
  await lab.stage.settle()
  expect(await memberIds(list.id)).toHaveLength(3)
})

test('a file that does not say who its rows are about waits for its columns; a rule has no list to fill', async () => {
  const list = await lab.ok('createSegment', { body: { name: '名單', kind: 'static' } })
  const answer = await upload(list.id, 'x.csv', Buffer.from('顏色,大小\n紅,1\n'))
  expect(answer).toMatchObject({ status: 'draft' })
  const waiting = await lab.ok('import', { params: { import: answer.id as string } })
  expect(waiting.status).toBe('draft')
  expect(waiting.missing.flat()).toContain('phone')
  const live = await lab.ok('createSegment', { body: { name: '規則', kind: 'live' } })
  expect(await upload(live.id, 'x.csv', Buffer.from('會員編號\nM-1\n'))).toMatchObject({ code: 'not_a_list' })
})

test('members go out as CSV and Excel by right, masked for who may not read personal data, and logged', async () => {
  const ann = await known(
    '王小明',
    { kind: 'member_no', value: 'M-001' },
    { kind: 'phone', value: '+886912345678' },
  )
  const list = await lab.ok('createSegment', { body: { name: '名單', kind: 'static' } })
  await lab.ok('changeSegmentMembers', {
    params: { segment: list.id },
    body: { add: [publicId('cus', ann)] },
  })
  await lab.stage.settle()
  const get = (key: string, format = 'csv') =>
    fetch(at(`segments/${list.id}/export/members.${format}`), { headers: auth(key) })
  const csv = await (await get(lab.space.apiKey)).text()
  expect(csv).toMatch(/^顧客代號,群組,成為成員時間,會員編號/)
  expect(csv.trim().split('\r\n')).toHaveLength(2)
  expect(csv).toContain('王小明')
  expect(csv).toContain('+886912345678')
  const excel = new Uint8Array(await (await get(lab.space.apiKey, 'xlsx')).arrayBuffer())
  expect([...excel.slice(0, 2)]).toEqual([0x50, 0x4b])
  const key = async (...scopes: ('segments:read' | 'customers:export')[]) =>
    (await insertKey(lab.core.pool, lab.space.id, { kind: 'api', name: 'x', scopes })).key
  expect((await get(await key('segments:read'))).status).toBe(403)
  const masked = await (await get(await key('segments:read', 'customers:export'))).text()
  expect(masked).not.toContain('王小明')
  expect(masked).not.toContain('+886912345678')
  const { rows } = await lab.core.pool.query<{ detail: { rows: number; format: string } }>(
    `select detail from audit where workspace_id = $1 and action = 'exportSegment' order by at`,
    [lab.space.id],
  )
  expect(rows.map(r => r.detail)).toEqual([
    { rows: 1, format: 'csv' },
    { rows: 1, format: 'xlsx' },
    { rows: 1, format: 'csv' },
  ])
})
