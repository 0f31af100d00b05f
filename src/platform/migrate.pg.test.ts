// Migrations on a real PostgreSQL: applied once, by any number of processes, and never on a newer schema.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import {
  migrateClickHouse,
  migratePostgres,
  pendingSteps,
  SchemaMismatch,
  statementsOf,
  stepsOf,
} from './migrate.ts'

let core: TestCore
beforeAll(async () => {
  core = await openTestCore()
})
afterAll(() => core.close())

const extra = {
  name: '9999_extra.sql',
  text: 'create table extra (a int); insert into extra values (1)',
  hash: 'x',
}

test('a step is applied once by three processes at the same time', async () => {
  const steps = [...stepsOf('postgres'), extra]
  const applied = await Promise.all([1, 2, 3].map(() => migratePostgres(core.databaseUrl, core.log, steps)))
  expect(applied.flat()).toEqual([extra.name])
  expect((await core.pool.query('select a from extra')).rows).toEqual([{ a: 1 }])
})

test('a schema newer than known is refused, naming the step', async () => {
  await expect(migratePostgres(core.databaseUrl, core.log)).rejects.toThrow(SchemaMismatch)
  await expect(migratePostgres(core.databaseUrl, core.log)).rejects.toThrow(/9999_extra\.sql.*newer version/)
})

test('a step that fails leaves nothing and frees the lock', async () => {
  const broken = { name: '9999_z.sql', text: 'create table half (a int); select nonsense', hash: 'y' }
  const steps = [...stepsOf('postgres'), extra, broken]
  await expect(migratePostgres(core.databaseUrl, core.log, steps)).rejects.toThrow(/nonsense/)
  const client = new pg.Client({ connectionString: core.databaseUrl })
  await client.connect()
  const { rows } = await client.query(
    // the view shows the locks of every database of the server, also those of tests beside this one
    `select to_regclass('half') as half,
       (select count(*)::int from pg_locks where locktype = 'advisory' and database =
         (select oid from pg_database where datname = current_database())) as locks`,
  )
  await client.end()
  expect(rows).toEqual([{ half: null, locks: 0 }])
})

test('a changed step is refused', () => {
  const [first] = stepsOf('postgres')
  expect(() => pendingSteps('PostgreSQL', [first!], [{ name: first!.name, hash: 'other' }])).toThrow(
    /another wording/,
  )
})

test('ClickHouse steps: the second run applies nothing, a newer one is refused', async () => {
  expect(await migrateClickHouse(core.history, core.log)).toEqual([])
  await expect(migrateClickHouse(core.history, core.log, [])).rejects.toThrow(
    /ClickHouse database has the schema step 0001/,
  )
})

test('statements are cut at a semicolon that ends a line', () => {
  expect(statementsOf("-- a; b\nselect ';' as x;\n\nselect 2;\n")).toEqual(["select ';' as x", 'select 2'])
})
