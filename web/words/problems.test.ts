// The Chinese of problems: of codes that the API has, and with what to do.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROBLEMS_ZH, problemZh } from './problems.ts'

const src = join(import.meta.dirname, '../../src')
const code = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map(file => readFileSync(join(src, file), 'utf8'))
  .join('\n')

test('each is of a code that the API has', () =>
  expect(Object.keys(PROBLEMS_ZH).filter(key => !code.includes(`'${key}'`))).toEqual([]))

test('each is a whole sentence in Taiwan usage', () =>
  expect(
    Object.entries(PROBLEMS_ZH).filter(
      ([, text]) => !text.endsWith('。') || /短信|數據|用戶|默認|登錄/.test(text),
    ),
  ).toEqual([]))

test('what is not there is said in Chinese, too, whatever it is', () => {
  for (const what of ['customer', 'broadcast', 'coupon'])
    expect(problemZh(`${what}_not_found`)).toMatch(/^找不到.*。$/)
  expect(problemZh('no_such_code')).toBeUndefined()
})
