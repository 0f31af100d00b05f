// Golden files: what both engines' migrations give. A change of the schema shows in the review as a change of
// test/golden/schema.sql; update it on purpose with UPDATE_GOLDEN=1.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { golden } from './golden.ts'
import { openTestCore, type TestCore } from './harness.ts'
import { clickhouseSchema, postgresSchema } from './schema.ts'

let core: TestCore
beforeAll(async () => {
  core = await openTestCore()
})
afterAll(() => core.close())

test('the migrated schema is the golden one', async () => {
  const text = `${await postgresSchema(core.pool)}\n${await clickhouseSchema(core.history)}`
  expect(text).toContain('create table inbox')
  expect(golden('schema.sql', text)).toBe('same')
})
