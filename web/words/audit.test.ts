// Whatever leaves a line in the audit log is called something there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endpoints } from '../../src/contract.ts'
import { auditWords } from './audit.ts'

const src = join(import.meta.dirname, '../../src')
/** Files that write a line of their own. */
const RECORD = [
  'segments/transfer.ts',
  'catalogue/pictures.ts',
  'imports/transfer.ts',
  'insight/event-file.ts',
]

test('R3-10 R3-50 the audit log says every act in words: each endpoint that writes or is audited, and each stream', () => {
  const told = Object.entries(endpoints).flatMap(([name, of]) =>
    of.scope !== 'public' && !('quiet' in of && of.quiet) && (of.method !== 'get' || 'audit' in of)
      ? [name]
      : [],
  )
  const streams = RECORD.flatMap(file =>
    [...readFileSync(join(src, file), 'utf8').matchAll(/(?:action: |'(?:changed|exported)', )'(\w+)'/g)].map(
      m => m[1]!,
    ),
  )
  expect(streams).toEqual(expect.arrayContaining(['export', 'uploadImport', 'uploadPicture']))
  expect([...told, ...streams].filter(name => !Object.hasOwn(auditWords.auditAction, name))).toEqual([])
})
