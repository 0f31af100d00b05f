// The waiting table keeps the order of its rows on the way into the inbox.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { eventFor } from '../../test/stage.ts'
import { newId } from '../platform/ids.ts'
import { append } from './append.ts'
import { admitBulk } from './bulk.ts'

let core: TestCore
beforeAll(async () => {
  core = await openTestCore()
})
afterAll(() => core.close())

// the number of buckets changes the plan of the statement
test.each([1, 2, 64, 256])(
  'rows of one customer keep their order when %i buckets are let in',
  async buckets => {
    const { id: workspace } = await createTestWorkspace(core)
    const customer = newId(Date.now(), 0)
    const names = Array.from({ length: 12 }, (_, i) => `E${i}`)
    await append(
      core.pool,
      null,
      names.map(name => eventFor(workspace, customer, name)),
      'bulk',
    )
    expect(
      await admitBulk(
        core.pool,
        Array.from({ length: buckets }, (_, i) => i),
      ),
    ).toBe(names.length)
    const { rows } = await core.pool.query<{ name: string }>(
      `select body::json->>'name' as name from inbox where workspace_id = $1 and kind = 'event' order by received, request_id, ordinal`,
      [workspace],
    )
    expect(rows.map(r => r.name)).toEqual(names)
  },
)
