// What PostgreSQL reads of the binary arrays is what was given.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import { newId } from './ids.ts'
import { bigints, booleans, byteas, instants, ints, smallints, texts, uuids } from './pg-array.ts'

let core: TestCore
beforeAll(async () => {
  core = await openTestCore()
})
afterAll(() => core.close())

const read = async (type: string, value: Buffer): Promise<unknown> =>
  (
    await core.pool.query<{ list: unknown }>(
      `select coalesce(json_agg(x order by n), '[]') as list from unnest($1::${type}[]) with ordinality u (x, n)`,
      [value],
    )
  ).rows[0]!.list

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(fc.option(arbitrary), { maxLength: 20 })
const same = <T>(
  type: string,
  lists: fc.Arbitrary<T[]>,
  made: (list: T[]) => Buffer,
  shown = (list: T[]): unknown => list,
) =>
  fc.assert(
    fc.asyncProperty(lists, async list => {
      expect(await read(type, made(list))).toEqual(shown(list))
    }),
    { numRuns: 30 },
  )

test('numbers and booleans, with nulls among them and none at all', async () => {
  await same('smallint', fc.array(fc.integer({ min: -32768, max: 32767 })), smallints)
  await same('int', orNull(fc.integer()), ints)
  await same('bigint', orNull(fc.maxSafeInteger()), bigints)
  await same('boolean', fc.array(fc.boolean()), booleans)
})

test('texts of any characters but NUL', async () => {
  const words = fc
    .string({ unit: 'binary', maxLength: 200 })
    .filter(s => !s.includes('\0') && s.isWellFormed())
  await same('text', orNull(words), texts)
  await same('text', fc.constantFrom(['保濕', '', '"{},\\', null]), texts)
  await same('text', orNull(words), list =>
    texts(list.map(text => (text === null ? null : Buffer.from(text)))),
  )
})

test('ids, instants and bytes', async () => {
  await same('uuid', orNull(fc.uuid().map(String)), uuids)
  await same('uuid', fc.constant([newId(), newId()]), uuids)
  const moments = orNull(
    fc.date({ min: new Date('1905-01-01'), max: new Date('2199-01-01'), noInvalidDate: true }).map(Number),
  )
  await same('timestamptz', moments, instants, list =>
    list.map(ms => (ms === null ? null : expect.anything())),
  )
  const { rows } = await core.pool.query<{ at: Date[] }>('select $1::timestamptz[] as at', [
    instants([0, 1_700_000_000_123, -1]),
  ])
  expect(rows[0]!.at.map(Number)).toEqual([0, 1_700_000_000_123, -1])
  const bytes = [Buffer.from([0, 255, 1]), Buffer.alloc(0)]
  const back = await core.pool.query<{ list: Buffer[] }>('select $1::bytea[] as list', [byteas(bytes)])
  expect(back.rows[0]!.list).toEqual(bytes)
})
