// What came in and was not used is said in Chinese, whatever the reason.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WRITTEN } from '../../src/customers/contacts.ts'
import { REFUSALS_ZH } from './refusals.ts'

const src = join(import.meta.dirname, '../../src')
const REFUSE = [
  'collect/clean.ts',
  'collect/identifiers.ts',
  'collect/json.ts',
  'collect/intake.ts',
  'collect/append-group.ts',
  'connectors/take.ts',
  'connectors/mapping.ts',
]
const codes = REFUSE.flatMap(file =>
  [
    ...readFileSync(join(src, file), 'utf8').matchAll(
      /(?:\bfault\(\s*|\bcode: |badToken\()'([a-z_]*[a-z])'/g,
    ),
  ].map(m => m[1]!),
)

test('R3-46 each reason for which an event or a body is refused has its Chinese, and no other', () => {
  const kinds = Object.keys(WRITTEN).map(kind => `bad_${kind}`)
  const tokens = ['bad_token', 'token_expired'] // problems of src/collect/token.ts
  expect(Object.keys(REFUSALS_ZH).sort()).toEqual([...new Set([...codes, ...kinds, ...tokens])].sort())
})

test('each says what is wrong and what to do, in Taiwan usage', () =>
  expect(
    Object.entries(REFUSALS_ZH).filter(
      ([, text]) => !/請.*。$/.test(text) || /短信|數據|用戶|默認|登錄/.test(text),
    ),
  ).toEqual([]))
