// Schema migrations of both engines: numbered files, applied once each, in order. A database that holds steps this
// version does not know is refused.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { History } from './clickhouse.ts'
import type { Log } from './log.ts'

/** The database is newer than this program, or its schema was made by files that have changed since. */
export class SchemaMismatch extends Error {}

export type Step = { name: string; text: string; hash: string }

const LOCK = 7_402_713 // any number: one lock for all migrations of a database

/** The numbered files of an engine, in order. `hash`: the first 16 hexadecimal digits of the text's SHA-256. */
export function stepsOf(engine: 'postgres' | 'clickhouse'): Step[] {
  const dir = new URL(`../../migrations/${engine}/`, import.meta.url)
  return readdirSync(fileURLToPath(dir))
    .filter(name => /^\d{4}_\w+\.sql$/.test(name))
    .sort()
    .map(name => {
      const text = readFileSync(new URL(name, dir), 'utf8')
      return { name, text, hash: createHash('sha256').update(text).digest('hex').slice(0, 16) }
    })
}

/** The steps still to be applied.
 *  @throws SchemaMismatch when the database is newer or its steps are not ours */
export function pendingSteps(
  engine: string,
  steps: Step[],
  applied: { name: string; hash: string }[],
): Step[] {
  for (const a of applied) {
    const known = steps.find(s => s.name === a.name)
    if (!known) {
      throw new SchemaMismatch(
        `The ${engine} database has the schema step ${a.name}, which this version of Itinera does not know: it was opened by a newer version. Start that version, or restore a backup made by this one.`,
      )
    }
    if (known.hash !== a.hash) {
      throw new SchemaMismatch(
        `The ${engine} schema step ${a.name} was applied in another wording than it has now. Before the first release steps change: start with an empty data folder (DATA_DIR) or database.`,
      )
    }
  }
  return steps.filter(s => !applied.some(a => a.name === s.name))
}

/** Applies what is missing to PostgreSQL; several processes may call it at once.
 *  @param steps for tests: another list than the files */
export async function migratePostgres(
  url: string,
  log: Log,
  steps: Step[] = stepsOf('postgres'),
): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'itinera migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(
      'create table if not exists schema_migration (name text primary key, hash text not null, at timestamptz not null default now())',
    )
    const { rows } = await client.query<{ name: string; hash: string }>(
      'select name, hash from schema_migration',
    )
    const pending = pendingSteps('PostgreSQL', steps, rows)
    for (const step of pending) {
      await client.query('begin')
      await client.query(step.text)
      await client.query('insert into schema_migration (name, hash) values ($1, $2)', [step.name, step.hash])
      await client.query('commit')
      log.info({ step: step.name }, 'PostgreSQL schema step applied')
    }
    return pending.map(s => s.name)
  } finally {
    await client.end() // ends a failed transaction and the lock with it
  }
}

/** Applies what is missing to ClickHouse, whose database must exist. Its steps are idempotent: it has no
 *  transactions, so a step that broke off is run again from the start. */
export async function migrateClickHouse(
  history: History,
  log: Log,
  steps: Step[] = stepsOf('clickhouse'),
): Promise<string[]> {
  await history.command({
    query:
      'create table if not exists schema_migration (name String, hash String, at DateTime default now()) engine = ReplacingMergeTree order by name',
  })
  const found = await history.query({
    query: 'select name, hash from schema_migration final',
    format: 'JSONEachRow',
  })
  const pending = pendingSteps('ClickHouse', steps, await found.json<{ name: string; hash: string }>())
  for (const step of pending) {
    for (const query of statementsOf(step.text)) await history.command({ query })
    await history.insert({
      table: 'schema_migration',
      values: [{ name: step.name, hash: step.hash }],
      columns: ['name', 'hash'],
      format: 'JSONEachRow',
    })
    log.info({ step: step.name }, 'ClickHouse schema step applied')
  }
  return pending.map(s => s.name)
}

/** ClickHouse takes one statement a request. Statements of a step end with `;` at the end of a line. */
export function statementsOf(text: string): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .split(/;\s*(?:\n|$)/)
    .map(s => s.trim())
    .filter(Boolean)
}
