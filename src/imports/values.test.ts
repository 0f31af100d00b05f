// How people in Taiwan write things, and what comes of it.
import { describe, expect, test } from 'vitest'
import type { FieldType } from './model.ts'
import { splitName, tidyName } from './names.ts'
import { readCell } from './values.ts'

const read = (type: FieldType, text: string, zone = 'Asia/Taipei'): unknown => {
  const reading = readCell({ key: 'x', label: { zh: '', en: '' }, type }, text, zone)
  return 'value' in reading ? reading.value : { wrong: reading.wrong }
}
const refused = { wrong: expect.any(String) }

test.each([
  ['民國85/3/2', '1996-03-02'],
  ['民國 85 年 3 月 2 日', '1996-03-02'],
  ['中華民國85年3月2日', '1996-03-02'],
  ['85.03.02', '1996-03-02'],
  ['85/3/2', '1996-03-02'],
  ['0850302', '1996-03-02'],
  ['850302', '1996-03-02'],
  ['1120229', refused],
  ['1130229', '2024-02-29'],
  ['１９８５／０３／０２', '1985-03-02'],
  ['1985-03-02', '1985-03-02'],
  ['19850302', '1985-03-02'],
  ['1985年3月2日', '1985-03-02'],
  ['25/12/1985', '1985-12-25'],
  ['12/25/1985', '1985-12-25'],
  ['03/02/1985', refused],
  ['1985-02-30', refused],
  ['soon', refused],
])('R0-36 R0-25 date %s', (text, expected) => expect(read('date', text)).toEqual(expected))

test.each([
  ['2026-05-01 18:30', '2026-05-01T10:30:00.000Z'],
  ['2026/5/1 下午 06:30:15', '2026-05-01T10:30:15.000Z'],
  ['2026/05/01 上午12:05', '2026-04-30T16:05:00.000Z'],
  ['115/05/01 18:30', '2026-05-01T10:30:00.000Z'],
  ['5/25/2026 6:30 PM', '2026-05-25T10:30:00.000Z'],
  ['2026-05-01', '2026-04-30T16:00:00.000Z'],
  ['2026-05-01T10:30:00Z', '2026-05-01T10:30:00.000Z'],
  ['2026-05-01 18:30:00 +0800', '2026-05-01T10:30:00.000Z'],
  ['2026-05-01 25:30', refused],
])('time %s in the workspace’s zone', (text, expected) => expect(read('time', text)).toEqual(expected))

test('a wall time of a day with a clock change', () => {
  expect(read('time', '2026-03-29 12:00', 'Europe/Berlin')).toBe('2026-03-29T10:00:00.000Z')
  expect(read('time', '2026-03-29 01:00', 'Europe/Berlin')).toBe('2026-03-29T00:00:00.000Z')
})

test.each([
  '0912-345-678',
  '+886912345678',
  '０９１２３４５６７８',
  '0912 345 678',
  '912345678',
  '886912345678',
  '(0912)345678',
])('R3-20 phone %s is one number', text => expect(read('phone', text)).toBe('+886912345678'))

test.each(['6123 4567', '6123-4567', '85261234567', '+852 6123 4567', '６１２３４５６７'])(
  'R3-20 phone %s is one number of Hong Kong',
  text => expect(read('phone', text, 'Asia/Hong_Kong')).toBe('+85261234567'),
)

test.each([
  ['money', 'NT$1,280', 1280],
  ['money', '１，２８０元', 1280],
  ['money', '$ 1280.50', 1280.5],
  ['money', '(120)', -120],
  ['money', '1,28', refused],
  ['money', '免費', refused],
  ['whole', '2.5', refused],
  ['yes_no', '是', true],
  ['yes_no', 'Ｎ', false],
  ['yes_no', '不同意', false],
  ['yes_no', '也許', refused],
  ['email', ' Ming@Example.COM ', 'ming@example.com'],
  ['email', 'ming(at)example.com', refused],
  ['phone', '9.12E+08', refused],
  ['code', 'Ｍ－００１', 'M-001'],
  ['list', 'VIP、茶友;VIP', ['VIP', '茶友']],
] as [FieldType, string, unknown][])('%s %s', (type, text, expected) =>
  expect(read(type, text)).toEqual(expected),
)

describe('R0-36 names in one field', () => {
  test.each([
    ['王小明', '王', '小明'],
    ['王　明', '王', '明'],
    ['歐陽明', '歐陽', '明'],
    ['司馬中原', '司馬', '中原'],
    ['張簡小明', '張簡', '小明'],
  ])('%s', (text, family, given) => expect(splitName(tidyName(text))).toEqual({ family, given }))

  test.each(['張簡明', '陳李美惠', '小明', '谷辣斯·尤達卡', 'John Smith', '王'])(
    '%s stays whole where a cut would be a guess',
    text => expect(splitName(tidyName(text))).toBeNull(),
  )
})
