// Both languages say everything, with the same blanks to fill, and no page holds words of its own.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { words } from './index.ts'

type Tree = { [key: string]: readonly [string, string] | Tree }
type Pair = { key: string; zh: string; en: string }

function pairs(tree: Tree, path: string[] = []): Pair[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    Array.isArray(value)
      ? [{ key: [...path, key].join('.'), zh: value[0] as string, en: value[1] as string }]
      : pairs(value as Tree, [...path, key]),
  )
}
const all = pairs(words)
const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(m => m[1]).sort()
const CJK = /[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]/

const web = join(import.meta.dirname, '..')
const sources = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter(f => /\.tsx$/.test(f))

describe('words', () => {
  test('there are words', () => expect(all.length).toBeGreaterThan(400))

  test('both languages say every key', () =>
    expect(all.filter(p => p.zh.trim() === '' || p.en.trim() === '')).toEqual([]))

  test('the same blanks in both', () =>
    expect(all.filter(p => blanks(p.zh).join() !== blanks(p.en).join())).toEqual([]))

  test('English holds no Chinese', () => expect(all.filter(p => CJK.test(p.en))).toEqual([]))

  test('Taiwan usage: never the words of elsewhere', () =>
    expect(all.filter(p => /短信|數據庫|用戶|視頻|信息|默認|登錄/.test(p.zh))).toEqual([]))

  test('pages hold no words of their own', () => {
    const found = sources.flatMap(file => {
      const lines = readFileSync(join(web, file), 'utf8').split('\n')
      return lines.flatMap((line, i) => {
        const code = line.replace(/\/\/.*$/, '').replace(/\/\*.*$/, '')
        const spoken =
          CJK.test(code) || />\s*[A-Za-z]{3,}[A-Za-z ]*</.test(code.replace(/=>|<[A-Z]\w*</g, ''))
        // names of languages are written in each language itself; keys are engraved alike everywhere
        return spoken && !code.includes('繁體中文') && !code.includes('<kbd>')
          ? [`${file}:${i + 1}: ${line.trim()}`]
          : []
      })
    })
    expect(found, 'move these to web/words/*.ts').toEqual([])
  })

  test('whatever the deliverer decides of a message is said as words', () => {
    const decide = readFileSync(join(web, '../src/messages/decide.ts'), 'utf8')
    const reasons = [...decide.matchAll(/end\((?:again|'\w+'), (?:null|'\w+'), '(\w+)'/g)].map(m => m[1]!)
    expect(reasons).toContain('bad_recipient')
    expect(reasons.filter(reason => !(reason in words.reason))).toEqual([])
  })
})
