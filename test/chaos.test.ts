// Everything at once: real processes through the supervisor, one load, and random SIGKILLs of every role and of both
// engines. FULL=1: 120 kills instead of 10. SEED=n repeats a run's choices.
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import { type OpenCore, openCore } from '../src/compose.ts'
import { verifyAll } from '../src/inbox/verify.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { readConfig } from '../src/platform/config.ts'
import { readRunning, type Running } from '../src/platform/embedded/engines.ts'
import { type Kept, keepRunning, type Runs } from '../src/platform/embedded/keep.ts'
import { exitOf, isAlive, readOrNull } from '../src/platform/embedded/process.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { openLog } from '../src/platform/log.ts'
import { callApi } from './http-client.ts'
import { seeded } from './kill.ts'

const KILLS = process.env.FULL === '1' ? 120 : 10
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const PEOPLE = 24
const LANES = 3
const random = seeded(SEED)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** One enrollment, one timer and one LINE message for each visit. */
const GRAPH: JourneyGraph = {
  format: 1,
  name: 'Chaos',
  trigger: { kind: 'event', event: 'Visit Booked' },
  key: 'visit',
  reentry: { kind: 'always' },
  exits: [],
  start: 'wait',
  nodes: {
    wait: { type: 'delay', fields: { ms: 700 }, next: { next: 'send' } },
    send: {
      type: 'send',
      fields: {
        channel: 'line',
        purpose: 'transactional',
        content: { channel: 'line', messages: [{ type: 'text', text: '{{ event.props.visit }}' }] },
      },
      next: { accepted: null },
    },
  },
}

const dir = mkdtempSync(join(tmpdir(), 'itinera-chaos-'))
chmodSync(dir, 0o755) // as root, PostgreSQL runs under another user
const dataDir = join(dir, 'data')
const said: string[] = []
const listen = (child: ChildProcess): void => {
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (d: Buffer) => said.push(d.toString()))
}
const stops: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
  rmSync(dir, { recursive: true, force: true })
})

async function until<T>(
  name: string,
  limitMs: number,
  what: () => Promise<T | null | false> | T | null | false,
) {
  for (const end = Date.now() + limitMs; ; await sleep(25)) {
    const found = await what()
    if (found) return found
    if (Date.now() > end)
      throw new Error(`seed ${SEED}: waited in vain for ${name}\n${said.join('').slice(-3000)}`)
  }
}

/** The supervisor with both engines and the web; workers run beside it, so that each can be killed alone. */
async function startSupervisor(): Promise<{ pid: number; running: Running }> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('../src/main.ts', import.meta.url))],
    {
      env: {
        ...process.env,
        DATA_DIR: dataDir,
        ROLES: 'web',
        PORT: '0',
        LOG_LEVEL: 'warn',
        DATABASE_URL: '',
        CLICKHOUSE_URL: '',
        SECRET_KEY: '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  listen(child)
  const ended = exitOf(child)
  stops.push(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const running = await until('ready', 60_000, () => {
    const r = readRunning(dataDir)
    return r?.ready ? r : null
  })
  return { pid: child.pid!, running }
}

type Worker = Runs & { pid: number }

/** A process of the product with these roles, started again whenever it ends. */
async function keepWorker(roles: string, running: Running, secretKey: string): Promise<Kept<Worker>> {
  const kept = await keepRunning<Worker>({
    name: roles,
    log: openLog('silent', 'chaos'),
    async start() {
      const child = fork(fileURLToPath(new URL('../src/app.ts', import.meta.url)), {
        env: {
          ...process.env,
          DATA_DIR: dataDir,
          ROLES: roles,
          LOG_LEVEL: 'warn',
          PORT: new URL(running.baseUrl).port,
          DATABASE_URL: running.databaseUrl,
          CLICKHOUSE_URL: running.clickhouseUrl,
          SECRET_KEY: secretKey,
        },
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      })
      listen(child)
      const ended = exitOf(child)
      const first = await Promise.race([new Promise<null>(r => child.once('message', () => r(null))), ended])
      if (first !== null) throw new Error(`${roles} did not start: ${first}`)
      return {
        pid: child.pid!,
        ended,
        async stop() {
          child.kill('SIGTERM')
          await ended
        },
      }
    },
  })
  stops.push(() => kept.stop())
  return kept
}

type Load = { sent: string[]; visits: number; orders: number; resent: number; refused: number }

/** A client that repeats with the same messageIds until it is answered 200, and now and then once more after that. */
function startLoad(baseUrl: string, key: string, told: Load): { stop(): Promise<void> } {
  let stopping = false
  let made = 0
  const event = () => {
    const messageId = `chaos-${SEED}-${made++}`
    const item = { type: 'track', messageId, userId: `M${Math.floor(random() * PEOPLE)}` }
    told.sent.push(messageId)
    const dice = random()
    if (dice < 0.15) {
      told.visits++
      return { ...item, event: 'Visit Booked', properties: { visit: messageId } }
    }
    if (dice < 0.3) {
      told.orders++
      return {
        ...item,
        event: 'Order Completed',
        properties: { order_id: messageId, total: 10, currency: 'TWD' },
      }
    }
    return { ...item, event: 'Product Viewed', properties: { product_id: 'A1' } }
  }
  async function lane(): Promise<void> {
    const before: string[] = []
    while (!stopping) {
      const again = before.length > 3 && random() < 0.1
      const body = again ? pick(before) : JSON.stringify({ batch: Array.from({ length: 5 }, event) })
      if (again) told.resent++
      else before.push(body)
      while (!(await taken(body))) {
        told.refused++
        await sleep(100)
      }
      await sleep(40)
    }
  }
  const taken = (body: string): Promise<boolean> =>
    fetch(`${baseUrl}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(15_000),
    }).then(
      async r => r.status === 200 && ((await r.json()) as { rejected?: unknown }).rejected === undefined,
      () => false,
    )
  const lanes = Array.from({ length: LANES }, lane)
  return {
    async stop() {
      stopping = true
      await Promise.all(lanes)
    },
  }
}

const rows = async <T extends Record<string, unknown>>(core: OpenCore, sql: string): Promise<T[]> =>
  (await core.pool.query<T>(sql)).rows

test(`hard problems 1 and 2: ${KILLS} random kills of every role and both engines: replay equals state, seed ${SEED}`, {
  timeout: 60_000 + KILLS * 12_000,
}, async () => {
  const supervisor = await startSupervisor()
  const { running } = supervisor
  const secretKey = readFileSync(join(dataDir, 'secret.key'), 'utf8').trim()
  const engines = { databaseUrl: running.databaseUrl, clickhouseUrl: running.clickhouseUrl }
  const core = await openCore(
    readConfig({ DATA_DIR: dataDir, PORT: '0' }),
    { ...engines, secretKey, baseUrl: running.baseUrl },
    { name: 'chaos', log: openLog('silent', 'chaos'), poolMax: 3 },
  )
  stops.push(() => core.close())
  const workers = new Map<string, Kept<Worker>>()
  for (const roles of ['fold', 'fold,history', 'deliver'])
    workers.set(roles, await keepWorker(roles, running, secretKey))

  const { id: workspace, apiKey } = await createWorkspace(core, { name: 'Chaos', kind: 'sandbox' })
  const params = { ws: publicId('wsp', workspace) }
  for (let i = 0; i < PEOPLE; i++) {
    const address = `U${String(i).padStart(32, '0')}`
    const body = { channel: 'line', address, act: 'follow', name: `P${i}` }
    expect((await callApi(running.baseUrl, 'sandboxAct', { key: apiKey }, { params, body })).status).toBe(200)
    const said = await fetch(`${running.baseUrl}/v1/identify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: `M${i}`, traits: { line_uid: address } }),
    })
    expect(said.status).toBe(200)
  }
  const made = await callApi(
    running.baseUrl,
    'createJourney',
    { key: apiKey },
    { params, body: { graph: GRAPH } },
  )
  const published = await callApi(
    running.baseUrl,
    'publishJourney',
    { key: apiKey },
    { params: { ...params, journey: String(made.body.id) }, body: { version: made.body.version } },
  )
  expect(published.status).toBe(200)
  await until('friends', 20_000, async () => {
    const found = await rows<{ n: number }>(
      core,
      `select count(*) as n from customer where merged_into is null and state like '%"following":true%' and state like '%member_no%'`,
    )
    return found[0]!.n === PEOPLE
  })

  const pidIn = (file: string): number | null => Number(readOrNull(file)?.split('\n')[0]) || null
  const childOf = (pid: number): number | null =>
    (readOrNull(`/proc/${pid}/task/${pid}/children`) ?? '')
      .trim()
      .split(' ')
      .map(Number)
      .find(p => readOrNull(`/proc/${p}/cmdline`)?.includes('app.ts')) ?? null
  const victims: Record<string, () => number | null> = {
    postgres: () => pidIn(join(dataDir, 'postgres', 'postmaster.pid')),
    clickhouse: () => pidIn(join(dataDir, 'clickhouse.pid')),
    web: () => childOf(supervisor.pid),
    ...Object.fromEntries([...workers].map(([roles, kept]) => [roles, () => kept.current().pid])),
  }
  const names = Object.keys(victims)
  const told: Load = { sent: [], visits: 0, orders: 0, resent: 0, refused: 0 }
  const load = startLoad(running.baseUrl, apiKey, told)
  const killed: Record<string, number> = {}
  let bag: string[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(200 + random() * 1_500)
    if (bag.length === 0) bag = [...names]
    const name = bag.splice(Math.floor(random() * bag.length), 1)[0]!
    const pid = await until(`${name} to kill`, 60_000, () => {
      const found = victims[name]!()
      return found !== null && isAlive(found) ? found : null
    })
    process.kill(pid, 'SIGKILL')
    killed[name] = (killed[name] ?? 0) + 1
  }
  await load.stop()
  expect(Object.keys(killed).sort()).toEqual([...names].sort())

  await until('rest', 60_000, async () => {
    const found = await rows<{ busy: boolean }>(
      core,
      `select exists (select from inbox) or exists (select from bulk)
              or exists (select from message where state in ('intended', 'claimed', 'sending', 'unknown'))
              or exists (select from customer where due_at is not null)
              or exists (select from bucket b join history_cursor h using (bucket) where h.seq < b.journal_seq) as busy`,
    ).catch(() => null)
    return found?.[0]?.busy === false
  })
  const stored = await core.history.query({
    query: `select toUInt32(count()) as n, toUInt32(uniqExact(message_id)) as ids from event where message_id like 'chaos-%'`,
    format: 'JSONEachRow',
  })
  expect(await stored.json()).toEqual([{ n: told.sent.length, ids: told.sent.length }])

  const messages = await rows<{ id: Uuid; state: string }>(core, 'select id, state from message order by id')
  expect([...new Set(messages.map(m => m.state))]).toEqual(['accepted'])
  expect(messages).toHaveLength(told.visits)
  const seen = await rows<{ retry_key: Uuid }>(
    core,
    `select retry_key from sandbox_message where channel = 'line' and direction = 'to_customer' order by retry_key`,
  )
  expect(seen.map(s => s.retry_key)).toEqual(messages.map(m => m.id))
  const orders = await rows<{ n: number; named: number }>(
    core,
    'select count(*) as n, count(distinct order_no) as named from order_entry',
  )
  expect(orders).toEqual([{ n: told.orders, named: told.orders }])
  expect(await rows(core, 'select customer_id from parked')).toEqual([])
  const verified = await verifyAll(core)
  expect(verified.checks.flatMap(c => c.faults)).toEqual([])
  const complaints = said.join('').split('\n')
  expect(
    complaints.filter(line => /DeprecationWarning|Unhandled|rejected and nobody caught/.test(line)),
  ).toEqual([])
  console.log(
    `chaos, seed ${SEED}: ${JSON.stringify(killed)}; ${told.sent.length} events (${told.resent} batches sent again, ${told.refused} refused meanwhile), ${told.visits} messages, ${told.orders} orders`,
  )
})
