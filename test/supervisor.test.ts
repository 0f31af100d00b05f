// The supervisor as a person meets it: real processes on real engines, killed in all the ways that happen.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  chmodSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { readRunning, type Running } from '../src/platform/embedded/engines.ts'
import { startEmbeddedChdb } from '../src/platform/embedded/chdb.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'
import { freePort, isAlive } from '../src/platform/embedded/process.ts'
import { openLog } from '../src/platform/log.ts'

vi.setConfig({ testTimeout: 240_000 })

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

type Server = { child: ChildProcess; out: () => string; ended: Promise<number | null>; dataDir: string }
const servers: Server[] = []
const dirs: string[] = []

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'itinera-sup-'))
  chmodSync(dir, 0o755)
  dirs.push(dir)
  return join(dir, 'data')
}

function start(dataDir: string, env: Record<string, string> = {}): Server {
  const base = { ...process.env, DATABASE_URL: '', CLICKHOUSE_URL: '', PORT: '', SECRET_KEY: '' }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { ...base, DATA_DIR: dataDir, ROLES: 'history', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (d: Buffer) => (text += d.toString()))
  const ended = new Promise<number | null>(resolve => child.on('exit', resolve))
  const server = { child, out: () => text, ended, dataDir }
  servers.push(server)
  return server
}

/** How many want each core just now: what a person may expect of a machine at rest takes as much longer beside other work. */
const crowd = (): number => Math.max(1, loadavg()[0]! / availableParallelism())

/** Looks every 20 ms until `what` gives something. */
async function until<T>(
  name: string,
  what: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const end = Date.now() + 40_000 * crowd()
  while (Date.now() < end) {
    const found = await what()
    if (found) return found
    await new Promise(r => setTimeout(r, 20))
  }
  throw new Error(`waited in vain: ${name}\n${servers.map(s => s.out().slice(-2000)).join('\n')}`)
}

const ready = (s: Server): Promise<Running> =>
  until('ready', () => {
    if (s.child.exitCode !== null) throw new Error(s.out())
    const r = readRunning(s.dataDir)
    return r?.ready && r.pid === s.child.pid ? r : null
  })

const pidsOf = (s: Server): { postgres: number; clickhouse: number } =>
  JSON.parse(
    s
      .out()
      .split('\n')
      .find(l => l.includes('"msg":"ready"'))!,
  ).engines

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function stopped(s: Server): Promise<number | null> {
  s.child.kill('SIGINT')
  return s.ended
}

afterEach(async () => {
  for (const s of servers.splice(0)) {
    if (s.child.exitCode === null && s.child.signalCode === null) s.child.kill('SIGTERM')
    await s.ended
  }
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

test('starts from nothing, keeps what was written, stops every child, starts again within 8 s', async () => {
  const dataDir = newDir()
  const first = start(dataDir)
  const { databaseUrl } = await ready(first)
  await until('log', () => first.out().includes('"msg":"ready"'))
  const pids = pidsOf(first)
  await ask(databaseUrl, "insert into system values ('kept', 'yes')")
  for (const secret of ['secret.key', 'postgres.password', 'clickhouse.password', 'running.json']) {
    expect(statSync(join(dataDir, secret)).mode & 0o077, secret).toBe(0)
  }
  const key = readFileSync(join(dataDir, 'secret.key'), 'utf8')
  expect(key).toMatch(/^[0-9a-f]{64}\n$/)
  expect(first.out()).not.toContain(key.trim())
  expect(first.out()).not.toContain(readFileSync(join(dataDir, 'postgres.password'), 'utf8').trim())

  const from = Date.now()
  expect(await stopped(first)).toBe(0)
  expect(Date.now() - from).toBeLessThan(8_000 * crowd())
  for (const pid of Object.values(pids)) expect(isAlive(pid)).toBe(false)
  expect(readRunning(dataDir)).toBeNull()

  const second = start(dataDir)
  const again = Date.now()
  const running = await ready(second)
  expect(Date.now() - again).toBeLessThan(8_000 * crowd())
  expect(await ask(running.databaseUrl, "select value from system where key = 'kept'")).toEqual([
    { value: 'yes' },
  ])
  expect(readFileSync(join(dataDir, 'secret.key'), 'utf8')).toBe(key)
})

test('kill -9 of PostgreSQL, of ClickHouse and of the application: each is started again on its port', async () => {
  const s = start(newDir())
  const { databaseUrl, clickhouseUrl } = await ready(s)
  await until('log', () => s.out().includes('"msg":"ready"'))
  const pids = pidsOf(s)
  await ask(databaseUrl, "insert into system values ('acknowledged', 'yes')")
  const history = openClickHouse(clickhouseUrl)
  await history.command({ query: 'create table kept (a Int32) engine = MergeTree order by a' })
  await history.insert({ table: 'kept', values: [{ a: 1 }], format: 'JSONEachRow' })

  process.kill(pids.postgres, 'SIGKILL')
  expect(
    await until('PostgreSQL', () =>
      ask(databaseUrl, "select value from system where key = 'acknowledged'").catch(() => null),
    ),
  ).toEqual([{ value: 'yes' }])

  process.kill(pids.clickhouse, 'SIGKILL')
  const rows = await until('ClickHouse', () =>
    history.query({ query: 'select a from kept', format: 'JSONEachRow' }).then(
      r => r.json(),
      () => null,
    ),
  )
  expect(rows).toEqual([{ a: 1 }])
  await history.close()

  const appPid = () =>
    ask(databaseUrl, "select application_name from pg_stat_activity where application_name like 'itinera %'")
      .then(r => r.length > 0)
      .catch(() => false)
  expect(await until('application', appPid)).toBe(true)
  const children = readFileSync(`/proc/${s.child.pid}/task/${s.child.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
  const app = children.find(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('app.ts'))!
  process.kill(app, 'SIGKILL')
  await until('new application', () => s.out().includes('history ended: starting it again'))
  await until('a running one', () => {
    const now = readFileSync(`/proc/${s.child.pid}/task/${s.child.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number)
    return now.some(pid => pid !== app && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('app.ts'))
  })
  expect(await stopped(s)).toBe(0)
})

test('kill -9 of the supervisor: its children end by themselves and the next start works', async () => {
  const dataDir = newDir()
  const s = start(dataDir)
  const { databaseUrl } = await ready(s)
  await until('log', () => s.out().includes('"msg":"ready"'))
  const pids = pidsOf(s)
  await ask(databaseUrl, "insert into system values ('kept', 'yes')")
  s.child.kill('SIGKILL')
  await s.ended
  const next = start(dataDir) // at once, while they still end
  const running = await ready(next)
  for (const pid of Object.values(pids)) expect(isAlive(pid)).toBe(false)
  expect(await ask(running.databaseUrl, "select value from system where key = 'kept'")).toEqual([
    { value: 'yes' },
  ])
})

test('engines left running by an earlier start are stopped, not joined', async () => {
  const dataDir = newDir()
  mkdirSync(dataDir)
  const log = openLog('silent', 'test')
  const [postgres, chdb] = await Promise.all([
    startEmbeddedPostgres({ dataDir, log }),
    startEmbeddedChdb({ dataDir, log }),
  ])
  const s = start(dataDir)
  await ready(s)
  for (const { pid } of [postgres, chdb]) expect(isAlive(pid)).toBe(false)
  expect(s.out()).toContain('a PostgreSQL server was left behind by an earlier start')
  expect(s.out()).toContain('a ClickHouse process was left behind by an earlier start')
})

test('a stale pid that now belongs to somebody else: left alone, and the start goes on', async () => {
  const dataDir = newDir()
  const s = start(dataDir)
  await ready(s)
  expect(await stopped(s)).toBe(0)
  // a process of ours stands for the program that now has the number of an old postmaster
  const innocent = spawn('sleep', ['60'])
  const lines = [
    String(innocent.pid),
    join(dataDir, 'postgres'),
    '1700000000',
    '5432',
    '',
    '127.0.0.1',
    '',
    'ready',
  ]
  writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), lines.join('\n') + '\n')
  writeFileSync(join(dataDir, 'clickhouse.pid'), `${innocent.pid}\n12345\n`)
  writeFileSync(
    join(dataDir, 'running.json'),
    JSON.stringify({ pid: innocent.pid, startTime: '12345', baseUrl: '', ready: true }),
  )
  const next = start(dataDir)
  await ready(next)
  expect(innocent.exitCode).toBeNull()
  expect(isAlive(innocent.pid!)).toBe(true)
  innocent.kill()
})

test('a half-made data folder is thrown away, not started', async () => {
  const dataDir = newDir()
  mkdirSync(join(dataDir, 'postgres.part-1'), { recursive: true })
  writeFileSync(join(dataDir, 'postgres.part-1', 'PG_VERSION'), '18\n')
  writeFileSync(join(dataDir, 'running.json'), '{"pid": 1')
  const s = start(dataDir)
  await ready(s)
  expect(existsSync(join(dataDir, 'postgres.part-1'))).toBe(false)
})

test('a data folder of another major version is refused with the command that mends it', async () => {
  const dataDir = newDir()
  mkdirSync(join(dataDir, 'postgres'), { recursive: true })
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '16\n')
  const s = start(dataDir)
  expect(await s.ended).toBe(2)
  expect(s.out()).toMatch(/made by PostgreSQL 16.*itinera upgrade/)
})

test('a second server on the same folder is refused', async () => {
  const dataDir = newDir()
  const s = start(dataDir)
  await ready(s)
  const second = start(dataDir)
  expect(await second.ended).toBe(2)
  expect(second.out()).toMatch(/DATA_DIR: .* is in use by process \d+/)
})

test('a port that is taken: the next one when none was asked for, a refusal when it was', async () => {
  const blocker = createServer()
  const port = await freePort()
  await new Promise<void>(r => blocker.listen(port, '127.0.0.1', r))
  const refused = start(newDir(), { PORT: String(port) })
  expect(await refused.ended).toBe(2)
  expect(refused.out()).toContain(`PORT: ${port} is in use by another program`)
  blocker.close()

  const usual = createServer()
  const taken = await new Promise<boolean>(r =>
    usual.once('error', () => r(true)).listen(8080, '127.0.0.1', () => r(false)),
  )
  const s = start(newDir())
  const { baseUrl } = await ready(s)
  expect(Number(new URL(baseUrl).port)).toBeGreaterThan(8080)
  expect(s.out()).toMatch(/port 8080 is taken: using \d+/)
  if (!taken) usual.close()
})

test.each([
  [{ PORT: 'abc' }, /PORT: must be a port number/],
  [{ ROLES: 'web,cook' }, /ROLES: must list roles among web, fold/],
  [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL: must be a URL starting with postgres/],
  [{ CLICKHOUSE_URL: 'x' }, /CLICKHOUSE_URL: must be a URL/],
  [{ SECRET_KEY: 'short' }, /SECRET_KEY: must be 64 hexadecimal/],
  [{ LOG_LEVEL: 'loud' }, /LOG_LEVEL: must be/],
  [{ HOST: '203.0.113.1' }, /HOST: 203\.0\.113\.1 is not an address of this machine/],
])('a mistake is refused with the name of the variable: %o', async (env, message) => {
  const dataDir = newDir()
  const s = start(dataDir, env)
  expect(await s.ended).toBe(2)
  expect(s.out()).toMatch(message)
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false)
})

test.runIf(process.getuid?.() === 0)(
  'a folder that only root can enter: data and programs go where PostgreSQL’s user reaches, and that is said',
  async () => {
    const dataDir = newDir()
    chmodSync(join(dataDir, '..'), 0o700)
    const s = start(dataDir)
    const { databaseUrl } = await ready(s)
    const folder = /its data in (\/var\/lib\/itinera\/[\w-]+)/.exec(s.out())?.[1]
    expect(folder).toBeDefined()
    dirs.push(folder!)
    expect(await ask(databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await stopped(s)
  },
)
