import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { writeXlsx } from 'hucre/xlsx'
import { afterAll, describe, expect, test } from 'vitest'
import { packJournal, unpackJournal } from '../inbox/journal.ts'
import type { JournalEntry } from '../inbox/model.ts'
import { filesWith } from './files.ts'
import { forgetInRow } from './journal.ts'
import { fragmentsOf, holdsAny, needlesOf, redact, type Person } from './model.ts'

const person: Person = {
  workspace: '00000000-0000-4000-8000-000000000001',
  ids: ['00000000-0000-4000-8000-0000000000aa'],
  values: [
    { kind: 'email', value: 'Kate.Lin@example.com' },
    { kind: 'phone', value: '+886912345678' },
    { kind: 'member_no', value: '1001' },
  ],
  names: ['林凱特'],
}
const needles = needlesOf(person, v => `k${v.length}xxxxxxxxxxxxx`)
const fragments = fragmentsOf(needles)

describe('what gives a person away', () => {
  test.each([
    'kate.lin@EXAMPLE.com wrote',
    '{"note":"call 0912-345-678"}',
    '0912 345 678',
    '{"kind":"member_no","value":"1001"}',
    '{"kind": "member_no", "value": "1001"}',
    '{"userId":"1001"}',
    '[2,"w","c",1,1,1,["API"],[["member_no","1001",1,0]],[],{}]',
  ])('%s', text => expect(holdsAny(text, fragments)).toBe(true))

  test.each([
    '{"product_id":"1001"}',
    '{"kind":"order","value":"1001"}',
    '10010',
    'lin@example.com',
    '林凱特',
  ])('not %s: somebody else may mean something else by it', text =>
    expect(holdsAny(text, fragments)).toBe(false),
  )

  test('a number of Hong Kong as it is written there; not the eight digits of a time or an id', () => {
    const phone = { kind: 'phone', value: '+85261234567' } as const
    const found = fragmentsOf(needlesOf({ ...person, values: [phone] }, v => `k${v.length}xxxxxxxxxxxxx`))
    for (const text of ['請打 6123 4567', '6123-4567', '852-61234567', '85261234567'])
      expect(holdsAny(text, found), text).toBe(true)
    for (const text of ['{"at":1761234567890}', '61234567-0000-4000-8000-000000000001'])
      expect(holdsAny(text, found)).toBe(false)
  })

  test('redacted: the value wherever it stands, its short ones only as identifiers, the name beside them', () => {
    const before = {
      ids: [{ kind: 'member_no', value: '1001' }],
      product: { id: '1001' },
      note: '林凱特 <KATE.LIN@example.com> 0912345678',
    }
    const after = redact(before, needles)
    expect(after.product).toEqual({ id: '1001' })
    expect(holdsAny(JSON.stringify(after), fragments)).toBe(false)
    expect(after.note).not.toContain('林凱特')
    expect(redact(before, needles)).toEqual(after) // the same word each time
  })
})

test('a journal row: the person’s entries become empty places, others keep theirs and their line', () => {
  const entry = (c: string, b: unknown): string =>
    JSON.stringify({ c, k: 'event', n: 5, r: 5, b } as unknown as JournalEntry)
  const other = '00000000-0000-4000-8000-0000000000bb'
  const row = packJournal([
    entry(other, { props: { a: 1 } }),
    entry(person.ids[0]!, { props: { secret: true } }),
    entry(other, { props: { friend: 'kate.lin@example.com' } }),
  ])
  const after = forgetInRow(row, needles)!
  expect(after.erased).toBe(1)
  expect([...after.redacted]).toEqual([[other, 1]])
  const { entries } = unpackJournal(after.body)
  expect(entries[0]).toEqual({ c: other, k: 'event', n: 5, r: 5, b: { props: { a: 1 } } })
  expect(entries[1]).toEqual({ c: null, k: 'erased', n: 5, r: 5, b: null })
  expect(JSON.stringify(entries)).not.toMatch(/kate|secret/i)
  expect(forgetInRow(after.body, needles)).toBeNull() // done once, done for good
})

describe('files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'itinera-files-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  test('in the encodings of uploads, across pieces, in packed ones and sheets; the engines’ own are left alone', async () => {
    for (const folder of ['imports', 'postgres']) mkdirSync(join(dir, folder))
    const put = (name: string, bytes: Uint8Array | string) => writeFileSync(join(dir, name), bytes)
    put('imports/utf8', `name,email\n林,kate.lin@example.com\n`)
    put('imports/utf16', Buffer.from('phone\n0912345678\n', 'utf16le'))
    put('imports/wide', '電話\n０９１２３４５６７８\n')
    put('imports/split', `${'x'.repeat(1024 * 1024 - 7)}0912345678`)
    put('imports/clean', 'email\nsomebody@example.com\n')
    put('imports/packed', gzipSync('name,email\n林,kate.lin@example.com'))
    put('imports/packed-clean', gzipSync('somebody@example.com'))
    put('imports/cut', gzipSync('somebody@example.com '.repeat(100)).subarray(0, 30))
    put('imports/twice', gzipSync(gzipSync('kate.lin@example.com')))
    const book = (rows: unknown[][], hidden: unknown[][]) =>
      writeXlsx({
        sheets: [
          { name: 'A', rows: rows as string[][] },
          { name: 'B', rows: hidden as string[][], hidden: true },
        ],
      })
    put('imports/book', await book([['email'], ['kate.lin@example.com']], []))
    put('imports/book-hidden', await book([['email']], [['手機'], [912345678]]))
    put('imports/book-clean', await book([['email'], ['somebody@example.com']], [[912345679]]))
    put('postgres/base', 'kate.lin@example.com')
    put('secret.key', 'kate.lin@example.com')
    const { found, packed, searched } = await filesWith(dir, needles)
    expect(found.map(f => basename(f)).sort()).toEqual([
      'book',
      'book-hidden',
      'packed',
      'split',
      'utf16',
      'utf8',
      'wide',
    ])
    expect(packed.map(f => basename(f)).sort()).toEqual(['cut', 'twice'])
    expect(searched).toBe(12)
  })
})
