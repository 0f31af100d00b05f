// For tests that need engines: a Core on a fresh PostgreSQL database (cloned from a migrated template) and a fresh
// ClickHouse database. Nothing is mocked. Drive roles with tick(); never sleep.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createWorkspace } from '../src/catalogue/workspace.ts'
import { openCore } from '../src/compose.ts'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { readConfig } from '../src/platform/config.ts'
import type { Core } from '../src/platform/core.ts'
import type { Uuid } from '../src/platform/ids.ts'
import { openLog } from '../src/platform/log.ts'
import { migrateClickHouse } from '../src/platform/migrate.ts'
import { TEMPLATE } from './engines.ts'

export type TestCore = Core & { secretKey: string; close(): Promise<void> }

export type TestCoreOptions = {
  /** environment variables of the configuration, e.g. { ALLOW_PRIVATE_URLS: '1' } */
  env?: Record<string, string>
  /** 'silent' when not given; 'debug' to see what a failing test did */
  logLevel?: string
  baseUrl?: string
  /** a second process on the databases of another Core: own connections, own processId; closing it drops nothing */
  beside?: TestCore
}

function enginesOf(): { postgres: string; clickhouse: string } {
  const postgres = process.env.ITINERA_TEST_POSTGRES
  const clickhouse = process.env.ITINERA_TEST_CLICKHOUSE
  if (!postgres || !clickhouse)
    throw new Error('no test engines: run this file with vitest (vitest.config.ts starts them)')
  return { postgres, clickhouse }
}

const withDatabase = (url: string, name: string): string => url.replace(/\/[^/]*$/, `/${name}`)

export async function openTestCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const engines = enginesOf()
  const log = openLog(options.logLevel ?? process.env.TEST_LOG_LEVEL ?? 'silent', 'test')
  let databaseUrl: string
  let clickhouseUrl: string
  let secretKey: string
  const cleanUp: (() => Promise<unknown>)[] = []
  if (options.beside) {
    ;({ databaseUrl, clickhouseUrl, secretKey } = options.beside)
  } else {
    const name = `t_${randomBytes(6).toString('hex')}`
    const fresh = await freshDatabases(engines, name, log)
    ;({ databaseUrl, clickhouseUrl } = fresh)
    cleanUp.push(fresh.drop)
    secretKey = randomBytes(32).toString('hex')
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'itinera-core-'))
  cleanUp.push(async () => rmSync(dataDir, { recursive: true, force: true }))
  const config = readConfig({ DATA_DIR: dataDir, PORT: '0', SECRET_KEY: secretKey, ...options.env })
  const baseUrl = options.baseUrl ?? 'http://127.0.0.1:8080'
  const core = await openCore(
    config,
    { databaseUrl, clickhouseUrl, secretKey, baseUrl },
    { name: 'test', log, poolMax: 8 },
  )
  return {
    ...core,
    secretKey,
    async close() {
      await core.close()
      for (const step of cleanUp) await step()
    },
  }
}

async function freshDatabases(
  engines: { postgres: string; clickhouse: string },
  name: string,
  log: ReturnType<typeof openLog>,
) {
  const admin = new pg.Client({ connectionString: engines.postgres })
  await admin.connect()
  await admin.query(`create database ${name} template ${TEMPLATE}`)
  await admin.end()
  const root = openClickHouse(engines.clickhouse)
  await root.command({ query: `create database ${name} engine = Atomic` })
  await root.close()
  const clickhouseUrl = withDatabase(engines.clickhouse, name)
  const history = openClickHouse(clickhouseUrl)
  await migrateClickHouse(history, log)
  await history.close()
  return {
    databaseUrl: withDatabase(engines.postgres, name),
    clickhouseUrl,
    // PostgreSQL's goes with the whole folder at the end: a drop costs a checkpoint
    async drop() {
      const c = openClickHouse(engines.clickhouse)
      await c.command({ query: `drop database if exists ${name}` })
      await c.close()
    },
  }
}

export async function createTestWorkspace(
  core: Core,
  options: { kind?: 'live' | 'sandbox'; name?: string } = {},
): Promise<{ id: Uuid; writeKey: string; apiKey: string }> {
  return createWorkspace(core, { name: options.name ?? 'Test', kind: options.kind ?? 'sandbox' })
}
