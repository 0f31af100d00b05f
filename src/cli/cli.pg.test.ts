// The command itself, as a shell runs it, on engines given by URL.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callApi } from '../../test/http-client.ts'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import { cartNotPaid } from '../journeys/examples.ts'
import { startWeb, type Web } from '../web.ts'

const BIN = fileURLToPath(new URL('../../bin/itinera.mjs', import.meta.url))
let core: TestCore
let web: Web
let dir: string

beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  dir = mkdtempSync(join(tmpdir(), 'itinera-cli-'))
})
afterAll(async () => {
  await web.stop()
  await core.close()
})

type Ended = { code: number; out: string; err: string }

function itinera(...args: string[]): Promise<Ended> {
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: dir,
    DATABASE_URL: core.databaseUrl,
    CLICKHOUSE_URL: core.clickhouseUrl,
    SECRET_KEY: core.secretKey,
    PUBLIC_URL: core.baseUrl,
  }
  return new Promise(resolve => {
    execFile(process.execPath, [BIN, ...args], { env, cwd: dir }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    )
  })
}

test('workspace create --json prints a workspace, a write key and an API key that work at once', async () => {
  const made = await itinera('workspace', 'create', '品牌', '--kind', 'sandbox', '--json')
  expect([made.code, made.err]).toEqual([0, ''])
  const { workspace, writeKey, apiKey } = JSON.parse(made.out) as {
    workspace: { id: string; kind: string }
    writeKey: string
    apiKey: string
  }
  expect(workspace.kind).toBe('sandbox')
  const asked = await callApi(core.baseUrl, 'workspace', { key: apiKey }, { params: { ws: workspace.id } })
  expect(asked.body).toMatchObject({ id: workspace.id, name: '品牌' })
  const sent = await fetch(`${core.baseUrl}/v1/track`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    },
    body: JSON.stringify({ anonymousId: 'a', event: 'Signed Up' }),
  })
  expect(sent.status).toBe(200)
})

test('a brand’s first key and its sandbox’s accounts are named in the language of the brand', async () => {
  const named = async (...locale: string[]) => {
    const made = await itinera('workspace', 'create', '霧丘茶事', '--kind', 'sandbox', '--json', ...locale)
    expect([made.code, made.err]).toEqual([0, ''])
    const { workspace, apiKey } = JSON.parse(made.out) as {
      workspace: { id: string; locale: string }
      apiKey: string
    }
    const ask = async (what: 'channels' | 'keys') => {
      const answer = await callApi(core.baseUrl, what, { key: apiKey }, { params: { ws: workspace.id } })
      return (answer.body as unknown as { items: { name: string }[] }).items.map(i => i.name)
    }
    const channels = await callApi(
      core.baseUrl,
      'channels',
      { key: apiKey },
      { params: { ws: workspace.id } },
    )
    const { items } = channels.body as unknown as {
      items: { adapter: string; settings: Record<string, string> }[]
    }
    const mailFrom = items.find(a => a.adapter === 'smtp')?.settings.fromName
    return { locale: workspace.locale, mailFrom, names: [...(await ask('keys')), ...(await ask('channels'))] }
  }
  const zh = await named()
  expect(zh.locale).toBe('zh-TW')
  expect(zh.names).toEqual(
    expect.arrayContaining(['網站', 'LINE（沙盒）', 'App 推播（沙盒）', '三竹簡訊（沙盒）']),
  )
  expect(zh.names.filter(n => /sandbox|Website|push/.test(n))).toEqual([])
  const en = await named('--locale', 'en')
  expect(en.locale).toBe('en')
  expect(en.names).toEqual(
    expect.arrayContaining(['Website', 'LINE (sandbox)', 'App push (sandbox)', 'Mitake (sandbox)']),
  )
  expect(en.names.filter(n => /[^ -~]/.test(n))).toEqual([])
  expect((await itinera('workspace', 'create', 'Brand', '--locale', 'fr')).code).toBe(4)
  const { out } = await itinera('workspace', 'create', '港島茶', '--country', 'HK', '--json')
  expect(JSON.parse(out)).toMatchObject({ workspace: { timezone: 'Asia/Hong_Kong', currency: 'HKD' } })
  expect(await itinera('workspace', 'create', 'Brand', '--country', 'XX')).toMatchObject({
    code: 4,
    err: expect.stringContaining('Use one of TW, HK'),
  })
  // mails of a sandbox come from the brand, by its own name
  expect(zh.mailFrom).toBe('霧丘茶事')
})

test('a journey is imported, published and exported unchanged', async () => {
  const { out } = await itinera('workspace', 'create', 'Journeys', '--json')
  const { workspace } = JSON.parse(out) as { workspace: { id: string } }
  const file = join(dir, 'journey.json')
  writeFileSync(file, JSON.stringify(cartNotPaid))
  const imported = await itinera(
    'journey',
    'import',
    file,
    '--workspace',
    workspace.id,
    '--publish',
    '--json',
  )
  expect([imported.code, imported.err]).toEqual([0, ''])
  const { id, version } = JSON.parse(imported.out) as { id: string; version: number }
  expect(version).toBe(1)
  const exported = await itinera('journey', 'export', id, '--workspace', 'Journeys', '--live', '--json')
  expect(JSON.parse(exported.out)).toEqual(JSON.parse(JSON.stringify(cartNotPaid)))
  writeFileSync(file, JSON.stringify({ ...cartNotPaid, start: 'nowhere' }))
  const refused = await itinera('journey', 'import', file, '--workspace', workspace.id, '--publish', '--json')
  expect([refused.code, JSON.parse(refused.err)]).toEqual([
    4,
    expect.objectContaining({ code: 'graph_invalid' }),
  ])
})

test('a file that was exported on the page is imported: the segment of the same name is used, what lacks is said', async () => {
  const { out } = await itinera('workspace', 'create', 'Taken In', '--json')
  const { workspace, apiKey } = JSON.parse(out) as { workspace: { id: string }; apiKey: string }
  const made = await callApi(
    core.baseUrl,
    'createSegment',
    { key: apiKey },
    {
      params: { ws: workspace.id },
      body: {
        name: '常客',
        kind: 'live',
        definition: {
          groups: [{ key: 'in', name: 'in', rule: { op: 'stage', is: 'exactly', stage: 'retention' } }],
        },
      },
    },
  )
  const segment = String(made.body.id)
  const [there, gone] = ['seg_06evj8kkhm3wzcq6g4r5xw5q7c', 'seg_06evj8kkhm3wzcq6g4r5xw5q7d']
  const inSegment = (id: string) => ({ op: 'segment', segment: id, is: 'in' })
  const graph = {
    ...cartNotPaid,
    filter: { op: 'and', rules: [inSegment(there), inSegment(gone)] },
  }
  const file = join(dir, 'exported.json')
  const names = { [there]: '常客', [gone]: '不在這裡' }
  writeFileSync(file, JSON.stringify({ itinera: 'journey', format: 1, graph, uses: {}, names }))
  const imported = await itinera('journey', 'import', file, '--workspace', workspace.id, '--json')
  expect([imported.code, imported.err]).toEqual([0, ''])
  const { id, ...told } = JSON.parse(imported.out) as { id: string; missing: { kind: string }[] }
  expect(told).toMatchObject({
    version: null,
    mapped: [{ kind: 'segments', name: '常客', from: there, to: segment }],
  })
  expect(told.missing.filter(m => m.kind === 'segments')).toEqual([{ kind: 'segments', name: '不在這裡' }])
  const exported = await itinera('journey', 'export', id, '--workspace', 'Taken In', '--json')
  expect(JSON.parse(exported.out)).toMatchObject({
    name: cartNotPaid.name,
    filter: { rules: [inSegment(segment), inSegment(gone)] },
  })
  const newer = join(dir, 'newer.json')
  writeFileSync(newer, JSON.stringify({ itinera: 'journey', format: 2, graph, names: {} }))
  const refused = await itinera('journey', 'import', newer, '--workspace', workspace.id, '--json')
  expect([refused.code, JSON.parse(refused.err)]).toEqual([
    4,
    expect.objectContaining({ code: 'not_a_journey_file' }),
  ])
})

test('journeys as code: pulled as YAML, edited, pushed as drafts, tested without a server', async () => {
  const { out } = await itinera('workspace', 'create', 'Code', '--json')
  const { workspace } = JSON.parse(out) as { workspace: { id: string } }
  const ws = ['--workspace', workspace.id]
  const given = join(dir, 'given.json')
  writeFileSync(given, JSON.stringify(cartNotPaid))
  const { id } = JSON.parse(
    (await itinera('journey', 'import', given, ...ws, '--publish', '--json')).out,
  ) as { id: string }
  const pulled = await itinera('journey', 'pull', ...ws, '--dir', join(dir, 'code'), '--json')
  expect([pulled.code, pulled.err]).toEqual([0, ''])
  const file = join(dir, 'code', '購物車未結提醒.journey.yaml')
  expect(JSON.parse(pulled.out)).toEqual({ files: [{ id, file }] })
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(new RegExp(`^id: ${id}\nformat: 1\nname: 購物車未結提醒\n`))
  writeFileSync(file, text.replace('timeoutMs: 1h', 'timeoutMs: 2h # later'))
  expect((await itinera('journey', 'push', file, ...ws)).code).toBe(4)
  const pushed = await itinera('journey', 'push', file, ...ws, '--draft', '--json')
  expect([pushed.code, JSON.parse(pushed.out)]).toEqual([
    0,
    { journeys: [{ file, id, created: false, problems: [] }] },
  ])
  const draft = async (...more: string[]) =>
    (JSON.parse((await itinera('journey', 'export', id, ...ws, ...more, '--json')).out) as typeof cartNotPaid)
      .nodes.wait!.fields.timeoutMs
  expect([await draft(), await draft('--live')]).toEqual([7_200_000, 3_600_000])
  expect((await itinera('journey', 'list', ...ws)).out).toBe(`${id}  live     v1  購物車未結提醒\n`)
  // a file without an id and of another name is a new journey
  const other = join(dir, 'other.journey.yaml')
  writeFileSync(other, text.replace(/^id: .*\n/, '').replace('name: 購物車未結提醒', 'name: 另一個'))
  expect(JSON.parse((await itinera('journey', 'push', other, ...ws, '--draft', '--json')).out)).toMatchObject(
    {
      journeys: [{ created: true }],
    },
  )
  writeFileSync(other, 'name: [\n')
  const unreadable = await itinera('journey', 'push', other, ...ws, '--draft')
  expect([unreadable.code, unreadable.err]).toEqual([4, expect.stringContaining(`${other}:2:`)])

  const scenario = (hours: number) => `tests:
  - name: 提醒
    person: { line: true }
    steps:
      - event: Product Added
      - { at: ${hours}h, expect: { at: window, messages: [line] } }
`
  const tests = file.replace('.journey.yaml', '.test.yaml')
  writeFileSync(tests, scenario(2))
  const passed = await itinera('journey', 'test', file, '--json')
  expect([passed.code, JSON.parse(passed.out)]).toMatchObject([0, { passed: 1, failed: 0 }])
  writeFileSync(tests, scenario(1))
  const failed = await itinera('journey', 'test', file)
  expect(failed.code).toBe(3)
  expect(failed.out).toContain('step 2: at should be ["window"], and is ["wait"]')
  expect(failed.out).toContain('0 passed, 1 failed')
}, 180_000)

test('import checks, imports and says what is wrong; export writes what came in', async () => {
  const { out } = await itinera('workspace', 'create', 'Files', '--json')
  const { workspace } = JSON.parse(out) as { workspace: { id: string } }
  const file = join(dir, 'list.csv')
  writeFileSync(file, '會員編號,姓名,生日\nM-1,王小明,民國85/3/2\nM-2,李大華,never\n')
  const args = [file, '--workspace', workspace.id, '--target', 'customers', '--json']
  type Told = { status: string; counts: Record<string, number>; faults: { row: number; code: string }[] }
  for (const [more, status] of [
    [['--check'], 'ready'],
    [[], 'done'],
  ] as const) {
    const told = await itinera('import', ...args, ...more)
    expect([told.code, told.err]).toEqual([3, ''])
    expect(JSON.parse(told.out) as Told).toMatchObject({
      status,
      counts: { new: 1, wrong: 1 },
      faults: [{ row: 2, code: 'bad_date' }],
    })
  }
  const again = await itinera('import', ...args)
  expect((JSON.parse(again.out) as Told).counts).toMatchObject({ new: 0, same: 1, wrong: 1 })
  const { rows } = await core.pool.query('select from bulk')
  expect(rows).toHaveLength(1)
  const none = await itinera(
    'export',
    'customers',
    '--workspace',
    'Files',
    '--output',
    join(dir, 'out.csv'),
    '--json',
  )
  expect([none.code, JSON.parse(none.out)]).toEqual([0, { rows: 0, file: join(dir, 'out.csv') }]) // not folded yet
  expect((await itinera('import', join(dir, 'no-such.csv'), '--workspace', 'Files')).code).toBe(2)
  expect((await itinera('export', 'ga4', '--workspace', 'Files', '--output', '-')).code).toBe(4)
}, 120_000)

test('exit codes: 2 for wrong usage and configuration, 4 for what is refused, 3 for faults found', async () => {
  expect((await itinera('nonsense')).code).toBe(2)
  expect((await itinera('workspace', 'create')).code).toBe(2)
  expect((await itinera('user', 'link', 'nobody@example.com')).code).toBe(4)
  expect((await itinera('--help')).code).toBe(0)
  const fine = await itinera('verify', '--json')
  expect([fine.code, (JSON.parse(fine.out) as { ok: boolean }).ok]).toEqual([0, true])
  await core.pool.query(`update bucket set journal_seq = journal_seq + 5 where bucket = 7`)
  const faulty = await itinera('verify', '--json')
  expect([faulty.code, (JSON.parse(faulty.out) as { ok: boolean }).ok]).toEqual([3, false])
}, 180_000)
