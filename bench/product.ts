// The real product, started through its supervisor in a folder of its own, and spoken to from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import { type OpenCore, openCore } from '../src/compose.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { readConfig } from '../src/platform/config.ts'
import { readRunning, type Running } from '../src/platform/embedded/engines.ts'
import { openLog } from '../src/platform/log.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import { until } from './machine.ts'

export type Product = {
  pid: number
  dataDir: string
  baseUrl: string
  /** start of the supervisor to the first good answer of /readyz */
  readyMs: number
  /** our own connections, to create the workspace and to check the work */
  core: OpenCore
  stop(): Promise<void>
}

export function temporaryDataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'itinera-bench-'))
  chmodSync(dir, 0o755) // as root, PostgreSQL runs under another user
  return dir
}

/** `dataDir`: one to start on again; it is then left in place by `stop`. */
export async function startProduct(dataDir?: string): Promise<Product> {
  const dir = dataDir ?? temporaryDataDir()
  const began = performance.now()
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../src/main.ts')],
    {
      env: {
        ...process.env,
        DATA_DIR: dir,
        NODE_COMPILE_CACHE: join(dir, 'compiled'), // as npm start sets it
        PORT: '0',
        LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'warn',
        ALLOW_PRIVATE_URLS: '1',
        ROLES: '',
        DATABASE_URL: '',
        CLICKHOUSE_URL: '',
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  const ended = new Promise<never>((_, reject) =>
    child.on('exit', code => reject(new Error(`the product ended with code ${code}`))),
  )
  ended.catch(() => undefined)
  const ready = until(
    'start',
    120_000,
    10,
    async () => readRunning(dir),
    r => r?.ready === true && r.baseUrl !== '',
  )
  const running = (await Promise.race([ready, ended])) as Running
  await until(
    'ready',
    30_000,
    10,
    () =>
      fetch(running.baseUrl + '/readyz').then(
        r => r.status,
        () => 0,
      ),
    s => s === 200,
  )
  const readyMs = performance.now() - began
  const core = await openCore(
    readConfig({ DATA_DIR: dir, PORT: '0' }),
    {
      databaseUrl: running.databaseUrl,
      clickhouseUrl: running.clickhouseUrl,
      secretKey: readFileSync(join(dir, 'secret.key'), 'utf8').trim(),
      baseUrl: running.baseUrl,
    },
    { name: 'bench', log: openLog('warn', 'bench'), poolMax: 4 },
  )
  return {
    pid: child.pid!,
    dataDir: dir,
    baseUrl: running.baseUrl,
    readyMs,
    core,
    async stop() {
      await core.close()
      const gone = new Promise(r => child.once('exit', r))
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await gone
      }
      if (!dataDir && process.env.BENCH_KEEP !== '1') rmSync(dir, { recursive: true, force: true })
    },
  }
}

export type Space = { id: Uuid; publicId: string; apiKey: string; writeKey: string }

export async function newSpace(product: Product): Promise<Space> {
  const made = await createWorkspace(product.core, { name: 'Bench', kind: 'live' })
  return { ...made, publicId: publicId('wsp', made.id) }
}

export async function api<T>(
  product: Product,
  space: Space,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`${product.baseUrl}/api/w/${space.publicId}${path}`, {
    method,
    headers: { authorization: `Bearer ${space.apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`)
  return JSON.parse(text) as T
}

export async function publishJourney(product: Product, space: Space, graph: JourneyGraph): Promise<string> {
  const made = await api<{ id: string; version: number }>(product, space, 'POST', '/journeys', { graph })
  await api(product, space, 'POST', `/journeys/${made.id}/publish`, { version: made.version })
  return made.id
}

export async function ask<T>(
  product: Product,
  query: string,
  params: Record<string, unknown> = {},
): Promise<T> {
  const answer = await product.core.history.query({ query, query_params: params, format: 'JSONEachRow' })
  return (await answer.json<T>())[0]!
}

/** Errors that the embedded PostgreSQL told of, counted by their text: deadlocks, timeouts. */
export function troubles(product: Product): string {
  const path = join(product.dataDir, 'postgres.log')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').match(/(?:ERROR|FATAL): {2}[^\n]*/g) : null
  const counts = new Map<string, number>()
  for (const line of lines ?? []) counts.set(line, (counts.get(line) ?? 0) + 1)
  return [...counts].map(([line, times]) => `${line} (${times})`).join('; ') || 'none'
}

/** Waits until everything taken in is folded and in history. */
export async function settled(product: Product, limitMs: number): Promise<void> {
  await until(
    'settle',
    limitMs,
    250,
    async () => {
      const { rows } = await product.core.pool.query<{ inbox: boolean; behind: number }>(
        `select exists (select from inbox) as inbox,
                (select count(*)::int from bucket b join history_cursor h using (bucket) where h.seq < b.journal_seq) as behind`,
      )
      return rows[0]!
    },
    r => !r.inbox && r.behind === 0,
  )
}
