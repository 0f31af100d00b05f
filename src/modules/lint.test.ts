import { expect, test } from 'vitest'
import { lintText } from './lint.ts'

const found = (text: string, settings: Record<string, string>) =>
  lintText(text, settings).map(f => [f.code, f.level])

test('links and numbers of a text are spoken of, also where the account names no registered ones', () => {
  const text = '【霧丘茶事】看 https://mist.tea/a 或撥 0912-345-678'
  const [hint, ...more] = lintText(text, { registeredLinks: ' ' })
  expect(more).toEqual([])
  expect(hint).toMatchObject({ code: 'unregistered_link', level: 'hint', path: '/text' })
  expect(hint!.message.zh).toContain('https://mist.tea/a、0912 345 678')
  expect(found('【霧丘茶事】新茶到店', {})).toEqual([])
  expect(found(text, { registeredLinks: 'mist.tea 0912345678' })).toEqual([])
  expect(found(text, { registeredLinks: 'mist.tea' })).toEqual([['unregistered_link', 'warning']])
})
