// The embedded ClickHouse as its callers meet it: the official client, unchanged, against the child process.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestCore, type TestCore } from '../../../test/harness.ts'
import { openClickHouse } from '../clickhouse.ts'

let core: TestCore
beforeAll(async () => {
  core = await openTestCore()
  await core.history.command({
    query:
      'create table t (a Int32, b String) engine = MergeTree order by a settings non_replicated_deduplication_window = 100',
  })
})
afterAll(() => core.close())

const rows = async <T>(
  query: string,
  more: Omit<Parameters<TestCore['history']['query']>[0], 'query' | 'format'> = {},
): Promise<T[]> => (await core.history.query({ query, format: 'JSONEachRow', ...more })).json<T>()

test('parameters arrive as they are, also odd ones', async () => {
  const text = 'x\'"\t\\n\\\n`{a:String} 旅圖 \u0000'
  const query_params = { text, list: ["a'b", '\\'], time: new Date(1_700_000_000_123), none: null, n: -5 }
  const [row] = await rows<Record<string, unknown>>(
    'select {text:String} as text, {list:Array(String)} as list, toUnixTimestamp64Milli({time:DateTime64(3)}) as time, {none:Nullable(String)} as none, {n:Int8} as n',
    { query_params },
  )
  expect(row).toEqual({ text, list: ["a'b", '\\'], time: 1_700_000_000_123, none: null, n: -5 })
})

test('a parameter of an earlier request is not there in the next', async () => {
  await Promise.all(
    Array.from({ length: 8 }, () => rows('select {leak:UInt8}', { query_params: { leak: 7 } })),
  )
  await expect(rows('select {leak:UInt8}')).rejects.toThrow(/leak/)
})

test('parallel requests do not see the parameters of each other', async () => {
  const all = await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      rows<{ n: number }>('select {n:UInt32} as n, sleep(0.002)', { query_params: { n } }),
    ),
  )
  expect(all.map(r => r[0]!.n)).toEqual(Array.from({ length: 60 }, (_, n) => n))
})

test('settings hold for their request only', async () => {
  const threads = () => rows<{ v: string }>("select toString(getSetting('max_block_size')) as v")
  const [before] = await threads()
  const [during] = await rows<{ v: string }>("select toString(getSetting('max_block_size')) as v", {
    clickhouse_settings: { max_block_size: '77' },
  })
  expect(during!.v).toBe('77')
  for (let i = 0; i < 4; i++) expect(await threads()).toEqual([before])
  await expect(
    rows('select 1', { clickhouse_settings: { no_such_setting: 1 } as Record<string, number> }),
  ).rejects.toThrow(/no_such_setting/)
})

test('the deduplication token is honoured: same token once, another again', async () => {
  const insert = (token: string) =>
    core.history.insert({
      table: 't',
      values: [
        { a: 1, b: 'x' },
        { a: 2, b: 'é' },
      ],
      format: 'JSONEachRow',
      clickhouse_settings: { insert_deduplication_token: token },
    })
  for (const token of ['one', 'one', 'two', 'one']) await insert(token)
  expect(await rows('select toInt32(count()) as n from t')).toEqual([{ n: 4 }])
  const r = await insert('three')
  expect(r.summary?.written_rows).toBe('2')
})

test('columns, compact rows and compressed bodies are understood', async () => {
  await core.history.command({
    query: 'create table c (a Int32, b String, d DateTime64(3)) engine = MergeTree order by a',
  })
  const zipped = openClickHouse(core.clickhouseUrl + '?compression_request=1&compression_response=1')
  await zipped.insert({
    table: 'c',
    values: Array.from({ length: 500 }, (_, a) => [a, 'b'.repeat(100)]),
    format: 'JSONCompactEachRow',
    columns: ['a', 'b'],
  })
  const found = await zipped.query({
    query: 'select toInt32(sum(a)) as s, toInt32(sum(length(b))) as l, toInt32(count()) as n from c',
    format: 'JSONEachRow',
  })
  expect(await found.json()).toEqual([{ s: 124750, l: 50000, n: 500 }])
  await zipped.close()
})

test('a bad row is refused with ClickHouse’s code and nothing of it is stored', async () => {
  const n = await rows('select count() as n from t')
  await expect(
    core.history.insert({
      table: 't',
      values: [
        { a: 1, b: 'x' },
        { a: 'no', b: 'x' },
      ],
      format: 'JSONEachRow',
    }),
  ).rejects.toMatchObject({ code: '27' })
  expect(await rows('select count() as n from t')).toEqual(n)
})

test('an insert does not wait for scans', async () => {
  // three scans hold all lanes for questions; the insert has its own
  const scans = Array.from({ length: 3 }, () =>
    rows('select count() from system.numbers where sleepEachRow(0.5) = 0 limit 3', {
      clickhouse_settings: { max_execution_time: 2, max_block_size: '1', timeout_overflow_mode: 'break' },
    }).catch(() => []),
  )
  const from = performance.now()
  await core.history.insert({ table: 't', values: [{ a: 9, b: 'z' }], format: 'JSONEachRow' })
  const insertMs = performance.now() - from
  await Promise.all(scans)
  const scanMs = performance.now() - from
  expect(scanMs).toBeGreaterThan(1_000)
  expect(insertMs).toBeLessThan(scanMs / 2)
})

test('a question that takes too long is ended, and its lane is free again', async () => {
  await expect(
    rows('select count() from system.numbers', { clickhouse_settings: { max_execution_time: 1 } }),
  ).rejects.toMatchObject({ code: '159' })
  expect(await rows<{ v: number }>("select toUInt32(getSetting('max_execution_time')) as v")).toEqual([
    { v: 60 },
  ])
})

test('databases are apart', async () => {
  const other = await openTestCore()
  try {
    await expect(
      (await other.history.query({ query: 'select 1 from t', format: 'JSONEachRow' })).json(),
    ).rejects.toThrow()
  } catch (error) {
    expect(String(error)).toMatch(/UNKNOWN_TABLE|Unknown table/)
  } finally {
    await other.close()
  }
})

describe('what reaches outside the database is switched off', () => {
  test.each([
    "select * from file('/etc/passwd', 'LineAsString')",
    "select file('/etc/passwd')",
    "select * from url('http://127.0.0.1:1/', 'LineAsString')",
    "select * from remote('127.0.0.1:1', 'system', 'one')",
    "select * from remoteSecure('127.0.0.1:1', 'system', 'one')",
    "select * from cluster('default', 'system', 'one')",
    "select * from s3('http://127.0.0.1:1/bucket/k', 'CSV')",
    "select * from executable('x.sh', 'TSV', 'a String')",
    "select * from filesystem('/etc')",
    "select * from mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "select * from postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "select * from sqlite('/tmp/x.db', 't')",
    "select * from hdfs('hdfs://127.0.0.1:1/x', 'CSV')",
    "select * from mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "select * from redis('127.0.0.1:1', 'k', 'k String')",
    "select * from deltaLakeLocal('/etc')",
    "select * from eval('select 1')",
    "select 1 into outfile '/tmp/itinera-must-not-exist'",
    "insert into t from infile '/etc/passwd' format CSV",
    "insert into function file('/tmp/itinera-must-not-exist') select 1",
    'create table f (a Int32) engine = File(CSV)',
    "create table f (a Int32) engine = URL('http://127.0.0.1:1', 'CSV')",
    "create table f (a Int32) engine = Kafka('127.0.0.1:1', 'a', 'b', 'CSV')",
    "create database f engine = SQLite('/tmp/x')",
    "create database f engine = Filesystem('/etc')",
    "create dictionary f (a Int32) primary key a source(file(path '/etc/passwd' format 'TSV')) layout(flat()) lifetime(0)",
    "create dictionary f (a Int32) primary key a source(http(url 'http://127.0.0.1:1/' format 'TSV')) layout(flat()) lifetime(0)",
    "create dictionary f (a Int32) primary key a source(executable(command 'id' format 'TSV')) layout(flat()) lifetime(0)",
    'select * from default.`/etc/passwd`',
    "select * from '/etc/passwd'",
    'system shutdown',
    "backup table t to S3('http://127.0.0.1:1/bucket/k')",
  ])('%s', async query => {
    await expect(core.history.command({ query })).rejects.toMatchObject({ code: '497' })
  })
  test('BACKUP writes only below its folder', async () => {
    await expect(
      core.history.command({ query: "backup table t to File('/tmp/itinera-must-not-exist')" }),
    ).rejects.toThrow(/not allowed for backups/)
  })
  test('every table function this build knows is either on the list or refused', async () => {
    const all = await rows<{ name: string }>('select name from system.table_functions')
    expect(all.length).toBeGreaterThan(60)
    const open: string[] = []
    for (const { name } of all) {
      const code = await core.history.command({ query: `select * from ${name}() limit 1` }).then(
        () => null,
        e => (e as { code?: string }).code,
      )
      if (code !== '497') open.push(name.toLowerCase())
    }
    expect(open.sort()).toEqual(
      [
        'dictionary',
        'format',
        'generaterandom',
        'generate_series',
        'generateseries',
        'input',
        'merge',
        'null',
        'numbers',
        'numbers_mt',
        'primes',
        'values',
        'view',
        'zeros',
        'zeros_mt',
      ].sort(),
    )
  })
})

describe('who may ask', () => {
  const ask = (headers: Record<string, string>, path = '/?query=select+1'): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(core.clickhouseUrl)
      request({ hostname, port, path, method: 'POST', headers }, res => {
        res.resume()
        resolve(res.statusCode!)
      })
        .on('error', reject)
        .end()
    })
  const basic = () => {
    const { username, password } = new URL(core.clickhouseUrl)
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  }
  test('no password or a wrong one: 401', async () => {
    expect(await ask({})).toBe(401)
    expect(await ask({ authorization: 'Basic ' + Buffer.from('itinera:wrong').toString('base64') })).toBe(401)
    expect(await ask({}, '/?query=select+1&user=default&password=')).toBe(401)
  })
  test('another Host, as a rebound name would send: 421', async () => {
    expect(await ask({ authorization: basic(), host: 'evil.example' })).toBe(421)
    expect(await ask({ authorization: basic() })).toBe(200)
  })
})
